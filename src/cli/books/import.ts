/**
 * `yiben import`: entries from NDJSON, a line an entry `{key, on, summary, lines, …}` of the same form as a batch over
 * HTTP. Lines are posted in batches as they are read, so a file of any length takes the memory of one batch. The keys
 * make it safe to run again: what is posted is answered again, not posted again. Exit 1 if any line was refused; each
 * is told with its number on stderr. A file that is not text in UTF-8, or no NDJSON, is refused before anything of it
 * is posted.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { type Command, Option } from 'commander'
import type * as z from 'zod'
import { JsonFault, parseJson } from '../../base/json.ts'
import { type FileLine, linesOf } from '../../form/file/lines.ts'
import { FileRefused } from '../../form/file/text.ts'
import { formed } from '../../http/faults.ts'
import { batchEntryForm } from '../../http/routes/entry-forms.ts'
import { type Fault, Problem } from '../../http/problem.ts'
import { type Answer, postBatch } from '../../ledger/actions.ts'
import { entryId } from '../../ledger/leaf.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { unreadable } from '../failure.ts'
import { bearerOf, loginName, operator, withLedger } from './open.ts'
import { makeVoucher } from '../../vouchers/voucher/verbs.ts'
import { type Actor, may } from '../../access/actor.ts'
import { Refusal, type RefusalRecord } from '../../base/refusal.ts'

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
    .option('--person <name>', '由谁导入，记为制单人；缺省为本机登录名 / who imports; the login name by default')
    .option(
      '--token <token>',
      '以某人的令牌导入：经办人员的逐条填制记账凭证，待他人审核 / with a token; a maker’s lines become vouchers',
    )
    .action(async ({ book, file, person, token }: Options) => {
      if (file !== undefined) await requireText(file)
      const { posted, known, refused } = await withLedger(async (ledger) => {
        const importer = await importerOf(ledger, { person, token })
        return importEntries(ledger, book, file === undefined ? process.stdin : createReadStream(file), importer)
      })
      process.stderr.write(
        `已记账 ${posted}，此前已记 ${known}，被拒 ${refused} / posted ${posted}, known ${known}, refused ${refused}\n`,
      )
      if (refused > 0) process.exitCode = 1
    })
}

type Options = {
  book: string
  file?: string | undefined
  person?: string | undefined
  token?: string | undefined
}

/**
 * Who imports: `actor` has the right and owns the keys, `maker` is named in the entries. The keys stay the machine's
 * whoever is named, so that a file that is read again under another name is known again.
 */
type Importer = { readonly actor: Actor; readonly maker: string }

async function importerOf(ledger: Ledger, { person, token }: Pick<Options, 'person' | 'token'>): Promise<Importer> {
  if (token === undefined) return { actor: operator(), maker: person ?? loginName() }
  const actor = await bearerOf(ledger, token)
  return { actor, maker: actor.person }
}

/** Posts what a stream of lines holds; ids of what was made go to stdout in order, refusals to stderr. */
async function importEntries(ledger: Ledger, code: string, input: Readable, importer: Importer): Promise<Counts> {
  await bookFor(ledger, importer.actor, code, 'entry.post')
  const counts: Counts = { posted: 0, known: 0, refused: 0 }
  let batch: Numbered[] = []
  for await (const lines of linesOf(input)) {
    for (const line of lines) {
      const entry = readLine(textOf(line), line.number, counts)
      if (!entry) continue
      batch.push({ line: line.number, entry })
      if (batch.length < batchSize) continue
      await take(ledger, code, batch, counts, importer)
      batch = []
    }
  }
  if (batch.length > 0) await take(ledger, code, batch, counts, importer)
  return counts
}

/** Refuses a file of which any line is no text, and one that is something else than NDJSON; `WrongUsage` without it. */
async function requireText(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (!found || found.isDirectory()) throw unreadable(file)
  // What is no file can be read once only: there the lines are looked at as they come.
  if (!found.isFile()) return
  let isFirst = true
  try {
    for await (const lines of linesOf(createReadStream(file))) {
      for (const line of lines) {
        const text = textOf(line)
        if (isFirst && !text.trimStart().startsWith('{')) throw notNdjson(line.number)
        isFirst = false
      }
    }
  } catch (error) {
    if (error instanceof FileRefused) throw error
    throw unreadable(file)
  }
}

const notNdjson = (line: number): FileRefused =>
  new FileRefused(
    `文件不是 NDJSON：每行须为一个 JSON 对象，第 ${line} 行不是`,
    `the file is not NDJSON: each line is one JSON object, line ${line} is not`,
  )

function textOf({ text, fault }: FileLine): string {
  if (fault === undefined) return text
  throw new FileRefused(fault.zh, fault.en)
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
      process.stderr.write(`第 ${line} 行 ${path}: ${message.zh} / line ${line}: ${message.en}\n`)
    return undefined
  }
}

async function take(
  ledger: Ledger,
  code: string,
  batch: readonly Numbered[],
  counts: Counts,
  { actor, maker }: Importer,
): Promise<void> {
  const entries = batch.map(({ entry }) => entry)
  const ids = may(actor, 'entry.post_directly')
    ? (await postBatch(ledger, actor, code, entries, false, maker)).flatMap((answer, index) =>
        told(batch[index]?.line ?? 0, answer, counts),
      )
    : await vouchersOf(ledger, code, batch, counts, actor)
  if (ids.length > 0) process.stdout.write(`${ids.join('\n')}\n`)
}

/** A person's lines are vouchers, each submitted under its key for others to check. */
async function vouchersOf(
  ledger: Ledger,
  book: string,
  batch: readonly Numbered[],
  counts: Counts,
  actor: Actor,
): Promise<string[]> {
  const made: string[] = []
  for (const { line, entry } of batch) {
    const { on, type, summary, documents, lines } = entry.draft
    const given = lines.map(({ side, amountFen, ...rest }) => ({ ...rest, [side]: amountFen }))
    const voucher = {
      book,
      on,
      type,
      summary,
      ...(documents.length > 0 && { documents: [...documents] }),
      lines: given,
    }
    const answer = await settled(() => makeVoucher(ledger, actor, voucher, entry.key))
    if ('refusal' in answer) {
      made.push(...told(line, { refusal: answer.refusal, replayed: false }, counts))
      continue
    }
    counts[answer.replayed ? 'known' : 'posted'] += 1
    made.push(answer.answer.voucher.voucher)
  }
  return made
}

async function settled<T>(work: () => Promise<T>): Promise<T | { refusal: RefusalRecord }> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.record() }
    throw error
  }
}

function told(line: number, answer: Answer | undefined, counts: Counts): string[] {
  if (!answer || 'refusal' in answer) {
    counts.refused += 1
    process.stderr.write(
      `第 ${line} 行 ${answer?.refusal.code}: ${answer?.refusal.detail.zh} / line ${line}: ${answer?.refusal.detail.en}\n`,
    )
    return []
  }
  counts[answer.replayed ? 'known' : 'posted'] += 1
  return answer.entries.map(({ bookId, sequence }) => entryId(bookId, sequence))
}
