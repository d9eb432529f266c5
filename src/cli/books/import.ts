/**
 * `yiben import`: entries from NDJSON, a line an entry `{key, on, summary, lines, …}` of the same form as a batch over
 * HTTP. Lines are posted in batches as they are read, so a file of any length takes the memory of one batch. The keys
 * make it safe to run again: what is posted is answered again, not posted again. Exit 1 if any line was refused; each
 * is told with its number on stderr.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Command, Option } from 'commander'
import type * as z from 'zod'
import { JsonFault, parseJson } from '../../base/json.ts'
import { formed } from '../../http/faults.ts'
import { batchEntryForm } from '../../http/routes/entry-forms.ts'
import { type Fault, Problem } from '../../http/problem.ts'
import { type Answer, postBatch } from '../../ledger/actions.ts'
import { entryId } from '../../ledger/leaf.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { operator, withLedger } from './open.ts'

const batchSize = 500

type Entry = z.output<typeof batchEntryForm>
type Numbered = { readonly line: number; readonly entry: Entry }
type Counts = { posted: number; known: number; refused: number }

export function importCommand(program: Command): void {
  program
    .command('import')
    .description('从 NDJSON 成批记账，可重复运行 / post entries from NDJSON; safe to run again')
    .requiredOption('--book <code>', '账套编号 / code of the book')
    .addOption(new Option('--file <file>', '文件；缺省为标准输入 / file, stdin by default'))
    .action(async ({ book, file }: { book: string; file?: string }) => {
      const input = file === undefined ? process.stdin : createReadStream(file)
      const { posted, known, refused } = await withLedger((ledger) => importEntries(ledger, book, input))
      process.stderr.write(
        `已记账 ${posted}，此前已记 ${known}，被拒 ${refused} / posted ${posted}, known ${known}, refused ${refused}\n`,
      )
      if (refused > 0) process.exitCode = 1
    })
}

/** Posts what a stream of lines holds; ids of the entries go to stdout in order, refusals to stderr. */
async function importEntries(ledger: Ledger, code: string, input: Readable): Promise<Counts> {
  await bookFor(ledger, operator(), code, 'entry.post')
  const counts: Counts = { posted: 0, known: 0, refused: 0 }
  let batch: Numbered[] = []
  let line = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1
    if (text.trim() === '') continue
    const entry = readLine(text, line, counts)
    if (!entry) continue
    batch.push({ line, entry })
    if (batch.length < batchSize) continue
    await post(ledger, code, batch, counts)
    batch = []
  }
  if (batch.length > 0) await post(ledger, code, batch, counts)
  return counts
}

function readLine(text: string, line: number, counts: Counts): Entry | undefined {
  try {
    return formed(batchEntryForm, parseJson(text), '')
  } catch (thrown) {
    const faults: readonly Fault[] =
      thrown instanceof JsonFault
        ? [{ path: thrown.path, message: { zh: thrown.zh, en: thrown.message } }]
        : thrown instanceof Problem
          ? thrown.faults
          : []
    if (faults.length === 0) throw thrown
    counts.refused += 1
    for (const { path, message } of faults)
      process.stderr.write(`第 ${line} 行 ${path}: ${message.zh} / ${message.en}\n`)
    return undefined
  }
}

async function post(ledger: Ledger, code: string, batch: readonly Numbered[], counts: Counts): Promise<void> {
  const answers = await postBatch(
    ledger,
    operator(),
    code,
    batch.map(({ entry }) => entry),
    false,
  )
  const ids = batch.flatMap(({ line }, index) => told(line, answers[index], counts))
  if (ids.length > 0) process.stdout.write(`${ids.join('\n')}\n`)
}

function told(line: number, answer: Answer | undefined, counts: Counts): string[] {
  if (!answer || 'refusal' in answer) {
    counts.refused += 1
    process.stderr.write(
      `第 ${line} 行 ${answer?.refusal.code}: ${answer?.refusal.detail.zh} / ${answer?.refusal.detail.en}\n`,
    )
    return []
  }
  counts[answer.replayed ? 'known' : 'posted'] += 1
  return answer.entries.map(({ bookId, sequence }) => entryId(bookId, sequence))
}
