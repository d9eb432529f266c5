/**
 * The text of a file that comes in. UTF-8, strictly: a byte that is none would stand in the books for ever as U+FFFD.
 * What Chinese editors and spreadsheets save by default (GB18030, of which GBK and GB2312 are parts) is recognised and
 * said with how to save it otherwise; files of banks and of the provident fund centre, which nobody here can save anew,
 * are taken as GB18030, and that is said too.
 */
import { isUtf8 } from 'node:buffer'
import type { Text } from '../../base/refusal.ts'

/** A file of which nothing can be taken. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused'
  readonly text: Text

  constructor(zh: string, en: string) {
    super(`${zh} / ${en}`)
    this.text = { zh, en }
  }
}

export type FileText = {
  readonly text: string
  /** What the reader should know of how it was read. */
  readonly said?: Text
}

const mark = '\uFEFF'

/**
 * The text, without its byte order mark. Throws `FileRefused` where it is not UTF-8; `foreign` says that it comes from
 * another office and may be GB18030.
 */
export function textOfFile(bytes: Buffer, { foreign = false } = {}): FileText {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8')
    return { text: text.startsWith(mark) ? text.slice(1) : text }
  }
  const found = encodingOf(bytes)
  if (foreign && found.text !== undefined) {
    const said = { zh: `文件按 ${found.name} 编码读取`, en: `the file was read as ${found.name}` }
    return { text: found.text, said }
  }
  const line = firstWrongLine(bytes)
  throw new FileRefused(
    `文件不是 UTF-8 编码（${found.zh}，自第 ${line} 行起）：${saveAs.zh}`,
    `the file is not UTF-8 (${found.en}, from line ${line} on): ${saveAs.en}`,
  )
}

const saveAs: Text = {
  zh: '请在表格软件中另存为“CSV UTF-8”，或在记事本中另存为时编码选 UTF-8',
  en: 'save it as “CSV UTF-8” in a spreadsheet, or choose UTF-8 when saving in an editor',
}

/** What is wrong with bytes of one line that are not UTF-8. */
export function notUtf8(bytes: Buffer, line: number): Text {
  const found = encodingOf(bytes)
  return {
    zh: `第 ${line} 行不是合法的 UTF-8（${found.zh}）：${saveAs.zh}`,
    en: `line ${line} is not valid UTF-8 (${found.en}): ${saveAs.en}`,
  }
}

type Encoding = Text & { readonly name: string; readonly text?: string }

const unknown: Encoding = { name: '', zh: '不明编码', en: 'of an unknown encoding' }

/** What bytes that are not UTF-8 are likely to be: UTF-16 by its mark, GB18030 where it reads as Chinese. */
function encodingOf(bytes: Buffer): Encoding {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { name: 'UTF-16', zh: 'UTF-16 编码，即“Unicode 文本”', en: 'UTF-16, “Unicode text”' }
  }
  const text = decodedAs('gb18030', bytes)
  // Latin letters with accents and binary files decode by chance, but not to the characters in use.
  const isChinese = text !== undefined && /\p{Script=Han}/u.test(text) && !/[\p{Co}\p{Cn}\uFFFD\0]/u.test(text)
  return isChinese ? { name: 'GB18030', zh: 'GB18030（GBK）编码', en: 'GB18030, or GBK', text } : unknown
}

function decodedAs(encoding: string, bytes: Buffer): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

// In none of these encodings is a line feed part of another character.
function firstWrongLine(bytes: Buffer): number {
  for (let [line, start] = [1, 0]; ; line += 1) {
    const end = bytes.indexOf(0x0a, start)
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line
    start = end + 1
  }
}
