/**
 * What growth costs. Books of 10,000 accounts over 365 business days, filled through the posting path to each size, oldest day first;
 * at each size the rate of posting, the reads of a balance by both clocks, trial balances and a page of a statement, in the process.
 */
import { type Day, day, type Instant, lastDayOf, monthOf } from '../src/base/calendar.ts'
import { type Database, instantColumn, openDatabase } from '../src/base/db.ts'
import { type Moment, readBalance, readStatement, readTrialBalance } from '../src/ledger/balance.ts'
import type { Book } from '../src/ledger/book.ts'
import { type Ledger, openLedger } from '../src/ledger/ledger.ts'
import { businessDays, keyed, openBook, post, postOpening, today } from './books.ts'
import { ledgerDatabase, type Place } from './place.ts'
import { type Measure, measureOf } from './stats.ts'
import {
  accountCount,
  batchSize,
  drawTransfer,
  projectOfAccount,
  randomFrom,
  sourceOfAccounts,
  subjectOfAccount,
  upTo,
} from './transfers.ts'

export type ReadName = 'nothing' | 'now' | 'asOf' | 'known' | 'both' | 'trial' | 'trialKnown' | 'statement'

export type Size = {
  /** Lines of the book when it was measured. */
  readonly lines: number
  readonly fill: { readonly seconds: number; readonly rate: number }
  readonly bytesAnEntry: number
  readonly memoryMb: number
  /** The first batch of a process that knows nothing of the book, in milliseconds. */
  readonly coldMs: number
  readonly posting: Measure
  readonly reads: Readonly<Record<ReadName, Measure>>
}

const days = 365
const fillBatch = 1_000
// Entries between a checkpoint and the measuring: posting is then in the midst of things, not paying for the first touch of every page.
const settling = 60_000
const random = randomFrom(11)

export type Effort = { readonly batches: number; readonly reads: number; readonly trials: number }
export type Say = (line: string) => void

export async function measureSizes(place: Place, sizes: readonly number[], effort: Effort, say: Say): Promise<Size[]> {
  const measured: Size[] = []
  for (const [index, lines] of sizes.entries()) {
    measured.push(await measureSize(place, `BENCH-SIZE-${index}`, lines, effort, say))
  }
  return measured
}

async function measureSize(place: Place, code: string, lines: number, effort: Effort, say: Say): Promise<Size> {
  const before = await bytesOf(place)
  const { fill, entries, memoryMb } = await fillBook(place, code, lines, say)
  const bytesAnEntry = ((await bytesOf(place)) - before) / entries
  // What autovacuum would do in its own time: so that it does not do it in ours.
  await place.superQuery(ledgerDatabase, 'vacuum analyze')
  const database = openDatabase(place.appUrl)
  try {
    const ledger = openLedger(database)
    const book = await ledger.shelf.find(code)
    if (!book) throw new Error(`book ${code}`)
    const coldMs = await timeOf(() => post(ledger, book, someEntries()))
    await postOpening(ledger, book)
    const posting = await repeated(effort.batches, () => post(ledger, book, someEntries()), batchSize)
    const reads = await measureReads(database, book, effort)
    return { lines: entries * 2, fill, bytesAnEntry, memoryMb, coldMs, posting, reads }
  } finally {
    await database.close()
  }
}

const someEntries = () =>
  keyed(
    Array.from({ length: batchSize }, () => drawTransfer(random, 'even')),
    today,
  )

async function fillBook(place: Place, code: string, lines: number, say: Say) {
  const database = openDatabase(place.appUrl)
  try {
    const ledger = openLedger(database)
    const calendar = businessDays(days)
    const book = await openBook(ledger, code, calendar[0])
    const opened = accountCount / 2 + 1
    const wanted = Math.max(0, lines / 2 - opened)
    const dayOf = (entry: number): Day => calendar[Math.floor((entry * calendar.length) / wanted)] ?? today
    const progress = (posted: number) =>
      say(`  ${code}: ${Math.round(((posted + opened) * 2) / 1e4) / 100} million lines`)
    const settled = Math.max(0, wanted - settling)
    const filling = (from: number, to: number) => timeOf(() => fill(ledger, book, { from, to }, dayOf, progress))
    const before = await filling(0, settled)
    await place.superQuery(ledgerDatabase, 'checkpoint')
    const seconds = (before + (await filling(settled, wanted))) / 1_000
    const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20)
    return { entries: opened + wanted, fill: { seconds, rate: wanted / seconds }, memoryMb }
  } finally {
    await database.close()
  }
}

async function fill(
  ledger: Ledger,
  book: Book,
  { from: first, to }: { readonly from: number; readonly to: number },
  dayOf: (entry: number) => Day,
  progress: (posted: number) => void,
): Promise<void> {
  let next = first
  let told = first
  const one = async (): Promise<void> => {
    while (next < to) {
      const from = next
      next = Math.min(to, next + fillBatch)
      const on = dayOf(from)
      await post(
        ledger,
        book,
        keyed(
          Array.from({ length: next - from }, () => drawTransfer(random, 'even')),
          on,
        ),
      )
      if (next - told >= 500_000) {
        told = next
        progress(next)
      }
    }
  }
  // Two: while one batch is with the database the next is made ready.
  await Promise.all([one(), one()])
}

async function measureReads(database: Database, book: Book, effort: Effort): Promise<Size['reads']> {
  const calendar = businessDays(days)
  const instants = await someInstants(database, book)
  const asOf = (): Day => calendar[upTo(random, days) - 1] ?? today
  const knownAt = (): Instant => instants[upTo(random, instants.length) - 1] ?? 0n
  const balance = (moment: () => Moment) => () => {
    const account = upTo(random, accountCount)
    return readBalance(database, book, {
      account: subjectOfAccount(account),
      project: projectOfAccount(account),
      source: sourceOfAccounts,
      ...moment(),
    })
  }
  const reads = (work: () => Promise<unknown>, count = effort.reads) => warmAndRepeat(count, work)
  return {
    // What the machine itself takes, and how it scatters: a goal in milliseconds says little without it.
    nothing: await reads(() => database.sql`select 1`),
    now: await reads(balance(() => ({}))),
    asOf: await reads(balance(() => ({ asOf: asOf() }))),
    known: await reads(balance(() => ({ knownAt: knownAt() }))),
    both: await reads(balance(() => ({ asOf: asOf(), knownAt: knownAt() }))),
    trial: await reads(() => readTrialBalance(database, book, { asOf: asOf() }), effort.trials),
    trialKnown: await reads(() => readTrialBalance(database, book, { knownAt: knownAt() }), Math.min(5, effort.trials)),
    statement: await reads(() => readPage(database, book, asOf())),
  }
}

function readPage(database: Database, book: Book, on: Day): Promise<unknown> {
  const account = upTo(random, accountCount)
  return readStatement(database, book, {
    account: subjectOfAccount(account),
    project: projectOfAccount(account),
    source: sourceOfAccounts,
    from: day(`${monthOf(on)}-01`),
    to: lastDayOf(monthOf(on)),
    limit: 50,
  })
}

async function someInstants({ sql }: Database, { bookId }: Book): Promise<Instant[]> {
  const rows = await sql<{ at: bigint }[]>`
    select ${sql.unsafe(instantColumn('recorded_at'))} as at from entry
    where book_id = ${bookId} and sequence in (
      select (1 + random() * (h.sequence - 1))::bigint from generate_series(1, 200) cross join book_head h
      where h.book_id = ${bookId})`
  return rows.map(({ at }) => at)
}

// Each connection of the pool prepares its statements on first use.
async function warmAndRepeat(count: number, work: () => Promise<unknown>): Promise<Measure> {
  const warm = Math.min(count, 30)
  await Promise.all(Array.from({ length: Math.min(warm, 6) }, work))
  await repeated(warm, work)
  return repeated(count, work)
}

async function repeated(count: number, work: () => Promise<unknown>, each = 1): Promise<Measure> {
  const latencies: number[] = []
  for (let i = 0; i < count; i++) latencies.push(await timeOf(work))
  return measureOf(latencies, latencies.reduce((sum, ms) => sum + ms, 0) / 1_000, each)
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now()
  await work()
  return performance.now() - since
}

async function bytesOf(place: Place): Promise<number> {
  const [row] = await place.superQuery<{ bytes: string }>(
    ledgerDatabase,
    `select sum(pg_total_relation_size(oid)) as bytes from pg_class
     where relkind = 'r' and relnamespace = 'yiben'::regnamespace`,
  )
  return Number(row?.bytes ?? 0)
}
