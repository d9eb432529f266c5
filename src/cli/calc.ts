/**
 * `yiben calc`: trial calculations from stdin to stdout, one JSON object a line, in order, at constant memory. Reading
 * waits for writing, so a slow reader of the answers slows the reader of the cases. Bad lines are answered and never
 * stop the rest. Status 1 where a line could not be read at all; a calculation that was refused, or whose input is not
 * of its form, is an answer like another.
 */
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, Option } from 'commander'
import { schemaOf } from '../calc/calculation.ts'
import { answerLine, unreadable } from '../calc/line.ts'
import { calculationOf, calculations } from '../calc/registry.ts'
import { type FileLine, linesOf } from '../form/file/lines.ts'

/** Wrong usage, as against a calculation that was refused. */
const wrongUsage = 2

/** Answers are written out in pieces of about this many characters. */
const pieceLength = 64 * 1024

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
      const unread = await streamCalculations(process.stdin, process.stdout)
      if (unread > 0) process.exitCode = 1
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
 * status 1. Gives how many lines could not be read: those that are answered without an id.
 */
export async function streamCalculations(input: Readable, output: Writable): Promise<number> {
  const told = { unread: 0 }
  try {
    await pipeline(input, (chunks: AsyncIterable<Buffer | string>) => answers(chunks, told), output, { end: false })
  } catch (thrown) {
    if (!isClosedPipe(thrown)) throw thrown
  }
  return told.unread
}

/** The answers to the lines of a byte stream, in pieces; whatever was asked is answered before more is read. */
async function* answers(chunks: AsyncIterable<Buffer | string>, told: { unread: number }): AsyncGenerator<string> {
  for await (const lines of linesOf(chunks)) {
    let piece = ''
    for (const line of lines) {
      const answer = answerTo(line)
      if (answer.id === null) told.unread += 1
      piece += `${JSON.stringify(answer)}\n`
      if (piece.length < pieceLength) continue
      yield piece
      piece = ''
    }
    if (piece !== '') yield piece
  }
}

const answerTo = (line: FileLine) =>
  line.fault === undefined ? answerLine(line.text, reportBug, line.number) : unreadable(line.fault)

function reportBug(bug: unknown): void {
  process.exitCode = 1
  process.stderr.write(`yiben calc: ${bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)}\n`)
}

function isClosedPipe(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    (thrown.code === 'EPIPE' || thrown.code === 'ERR_STREAM_PREMATURE_CLOSE')
  )
}
