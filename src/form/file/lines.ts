/**
 * The lines of a file that is read as it comes, at the memory of one line: NDJSON. A line ends with \n, \r\n or \r, as
 * editors of any system write it (none of them stands inside JSON); it knows its number; one that grows too long is
 * told and forgotten.
 */
import { isUtf8 } from 'node:buffer'
import type { Text } from '../../base/refusal.ts'
import { notUtf8 } from './text.ts'

/** A line longer than this is refused and not kept: one line must not take the memory of all. */
export const lineBytesMax = 4 * 1024 * 1024

export type FileLine = { readonly number: number } & (
  | { readonly text: string; readonly fault?: never }
  | { readonly text?: never; readonly fault: Text }
)

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** The lines of a stream of bytes, without those that are blank, in pieces as they arrive. */
export async function* linesOf(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<FileLine[]> {
  const cutter = new LineCutter()
  for await (const chunk of chunks) {
    const lines = cutter.take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    if (lines.length > 0) yield lines
  }
  const rest = cutter.rest()
  if (rest.length > 0) yield rest
}

class LineCutter {
  #parts: Buffer[] = []
  #length = 0
  #number = 0
  /** A line feed that comes next belongs to the carriage return before it. */
  #afterReturn = false

  /** The lines that end in this chunk. */
  take(chunk: Buffer): FileLine[] {
    const lines: FileLine[] = []
    let start = this.#afterReturn && chunk[0] === lineFeed ? 1 : 0
    if (chunk.length > 0) this.#afterReturn = false
    let [feed, back] = [chunk.indexOf(lineFeed, start), chunk.indexOf(carriageReturn, start)]
    while (feed !== -1 || back !== -1) {
      const end = feed === -1 || (back !== -1 && back < feed) ? back : feed
      this.#keep(chunk.subarray(start, end))
      lines.push(...this.#line())
      start = end + 1
      if (end === back) {
        if (chunk[start] === lineFeed) start += 1
        else this.#afterReturn = start === chunk.length
        back = chunk.indexOf(carriageReturn, start)
      }
      if (feed !== -1 && feed < start) feed = chunk.indexOf(lineFeed, start)
    }
    this.#keep(chunk.subarray(start))
    return lines
  }

  /** The last line, where the file does not end with a line end. */
  rest(): FileLine[] {
    return this.#length > 0 ? this.#line() : []
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    if (this.#length > lineBytesMax) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
  }

  #line(): FileLine[] {
    const [only] = this.#parts
    const whole = only && this.#parts.length === 1 ? only : Buffer.concat(this.#parts)
    const isTooLong = this.#length > lineBytesMax
    this.#parts = []
    this.#length = 0
    const number = (this.#number += 1)
    if (isTooLong) return [{ number, fault: tooLong(number) }]
    if (!isUtf8(whole)) return [{ number, fault: notUtf8(whole, number) }]
    const text = whole.toString('utf8').replace(/^\uFEFF/, '')
    return text.trim() === '' ? [] : [{ number, text }]
  }
}

const tooLong = (line: number): Text => ({
  zh: `第 ${line} 行超过 ${lineBytesMax} 字节`,
  en: `line ${line} has more than ${lineBytesMax} bytes`,
})
