/**
 * `yiben calc`: trial calculations from stdin to stdout, one JSON object a line, in order, at constant memory. Reading
 * waits for writing, so a slow reader of the answers slows the reader of the cases. Bad lines are answered and never
 * stop the rest; only a wrong use of the command fails (status 2).
 */
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, Option } from 'commander'
import { schemaOf } from '../calc/calculation.ts'
import { answerLine, unreadable } from '../calc/line.ts'
import { calculationOf, calculations } from '../calc/registry.ts'

/** Wrong usage, as against a calculation that was refused. */
const wrongUsage = 2

/** A line longer than this is answered as invalid and not kept: one line must not take the memory of all. */
const lineBytesMax = 4 * 1024 * 1024

/** Answers are written out in pieces of about this many characters. */
const pieceLength = 64 * 1024

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Adds `calc` to the program. */
export function calcCommand(program: Command): void {
  program
    .command('calc')
    .description('试算：每行一个 JSON，逐行作答 / trial calculations, one JSON object a line')
    .addOption(new Option('--list', '列出全部试算 / every calculation, one line each').conflicts('schema'))
    .addOption(new Option('--schema <name>', '输入与输出的 JSON Schema / its JSON Schema, input and output'))
    .action(async ({ list, schema }: { list?: true; schema?: string }, command: Command) => {
      if (list) return void process.stdout.write(listing())
      if (schema !== undefined) return printSchema(schema, command)
      await streamCalculations(process.stdin, process.stdout)
    })
}

function listing(): string {
  const width = Math.max(...calculations.map(({ name }) => name.length))
  return calculations.map(({ name, about }) => `${name.padEnd(width)}  ${about.zh} / ${about.en}\n`).join('')
}

function printSchema(name: string, command: Command): void {
  const found = calculationOf(name)
  if (!found) {
    return command.error(`没有试算 ${name}，见 yiben calc --list / no calculation ${name}, see yiben calc --list`, {
      exitCode: wrongUsage,
      code: 'yiben.unknownCalculation',
    })
  }
  process.stdout.write(`${JSON.stringify(schemaOf(found), null, 2)}\n`)
}

/**
 * Answers every line of the input on the output, in order. Ends when the input ends; a reader that went away (EPIPE)
 * ends it too, without an error. A failure of ours is answered on its line, told on stderr, and ends the process with
 * status 1.
 */
export async function streamCalculations(input: Readable, output: Writable): Promise<void> {
  try {
    await pipeline(input, answers, output, { end: false })
  } catch (thrown) {
    if (!isClosedPipe(thrown)) throw thrown
  }
}

/** The answers to the lines of a byte stream, in pieces; whatever was asked is answered before more is read. */
async function* answers(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const lines = new LineReader()
  let piece = ''
  for await (const chunk of chunks) {
    for (const line of lines.take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) {
      piece += answerTo(line)
      if (piece.length < pieceLength) continue
      yield piece
      piece = ''
    }
    if (piece !== '') yield piece
    piece = ''
  }
  for (const line of lines.rest()) yield answerTo(line)
}

/** A line as bytes, or that it was too long to keep. */
type Line = Buffer | 'too_long'

const utf8 = new TextDecoder('utf-8', { fatal: true })

function answerTo(line: Line): string {
  const answer = line === 'too_long' ? tooLong : answerBytes(line)
  return answer === undefined ? '' : `${JSON.stringify(answer)}\n`
}

const tooLong = unreadable({
  zh: `一行不得超过 ${lineBytesMax} 字节`,
  en: `a line may have at most ${lineBytesMax} bytes`,
})

const notUtf8 = unreadable({ zh: '不是合法的 UTF-8', en: 'not valid UTF-8' })

/** `undefined` for a blank line, which gets no answer. */
function answerBytes(line: Buffer) {
  let text: string
  try {
    text = utf8.decode(line)
  } catch {
    return notUtf8
  }
  return text.trim() === '' ? undefined : answerLine(text, reportBug)
}

function reportBug(bug: unknown): void {
  process.exitCode = 1
  process.stderr.write(`yiben calc: ${bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)}\n`)
}

/**
 * Cuts a stream of bytes at each \n (a \r before it belongs to the line end) and forgets a line that grows too long.
 */
class LineReader {
  #parts: Buffer[] = []
  #length = 0

  /** The lines that end in this chunk. */
  take(chunk: Buffer): Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#keep(chunk.subarray(start, end))
      lines.push(this.#line())
      start = end + 1
    }
    this.#keep(chunk.subarray(start))
    return lines
  }

  /** The last line, where the input does not end with \n. */
  rest(): Line[] {
    return this.#length > 0 ? [this.#line()] : []
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    if (this.#length > lineBytesMax) this.#parts = []
    else if (part.length > 0) this.#parts.push(part)
  }

  #line(): Line {
    const [only] = this.#parts
    const whole = only && this.#parts.length === 1 ? only : Buffer.concat(this.#parts)
    const line = this.#length > lineBytesMax ? 'too_long' : whole
    this.#parts = []
    this.#length = 0
    return line === 'too_long' || line.at(-1) !== carriageReturn ? line : line.subarray(0, -1)
  }
}

function isClosedPipe(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    (thrown.code === 'EPIPE' || thrown.code === 'ERR_STREAM_PREMATURE_CLOSE')
  )
}
