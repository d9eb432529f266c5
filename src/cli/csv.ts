/**
 * Reading CSV as RFC 4180 says and as spreadsheets write it: a byte order mark and either kind of line end are taken, a
 * quote where none may be is told with its line. Every record knows the line it begins on.
 */
import { isUtf8 } from 'node:buffer'
import { WrongUsage } from './failure.ts'

export type CsvRecord = { readonly line: number; readonly cells: readonly string[] }

/** The records of a file. Throws `WrongUsage` where it is not CSV in UTF-8. */
export function readCsv(bytes: Buffer): CsvRecord[] {
  if (!isUtf8(bytes)) {
    throw new WrongUsage('文件不是 UTF-8 编码，请另存为“CSV UTF-8” / the file is not UTF-8: save it as CSV UTF-8')
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const records: CsvRecord[] = []
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y
  let [line, begins] = [1, 1]
  let cells: string[] = []
  while (pattern.lastIndex < text.length || cells.length > 0) {
    const found = pattern.exec(text)
    if (!found) throw new WrongUsage(`第 ${line} 行的引号不成对 / line ${line}: a quote is out of place`)
    const [whole, quoted, plain = '', end = ''] = found
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    line += whole.split('\n').length - 1
    if (end === ',') continue
    if (cells.length > 1 || cells[0] !== '') records.push({ line: begins, cells })
    begins = line
    cells = []
    if (end === '') break
  }
  return records
}

/** Records as objects by the names of the header, in Chinese or as keys; an empty cell is left out. */
export function namedRecords(
  records: readonly CsvRecord[],
  columns: Readonly<Record<string, string>>,
): { readonly row: number; readonly record: Readonly<Record<string, string>> }[] {
  const [header, ...rest] = records
  const keys = (header?.cells ?? []).map((name) => keyOf(name.trim(), columns))
  const missing = Object.keys(columns).filter((key) => !columns[key]?.endsWith('?') && !keys.includes(key))
  if (missing.length > 0)
    throw new WrongUsage(`缺少列 / missing columns: ${missing.map((key) => titled(key, columns)).join('、')}`)
  if (new Set(keys).size !== keys.length) throw new WrongUsage('表头有重复的列 / a column comes twice')
  return rest.map(({ line, cells }) => {
    if (cells.length > keys.length) {
      throw new WrongUsage(
        `第 ${line} 行有 ${cells.length} 列，表头只有 ${keys.length} 列 / line ${line} has more cells than the header`,
      )
    }
    const pairs = cells.flatMap((cell, index) =>
      cell.trim() === '' ? [] : [[keys[index] ?? '', cell.trim()] as const],
    )
    return { row: line, record: Object.fromEntries(pairs) }
  })
}

const titled = (key: string, columns: Readonly<Record<string, string>>): string =>
  `${columns[key]?.replace(/\?$/, '') ?? ''}（${key}）`

function keyOf(name: string, columns: Readonly<Record<string, string>>): string {
  const found = Object.entries(columns).find(([key, zh]) => name === key || name === zh.replace(/\?$/, ''))
  if (!found) throw new WrongUsage(`不认识的列 ${name} / unknown column ${name}`)
  return found[0]
}
