/**
 * What growth costs. Books of 10,000 accounts over 365 business days, filled through the posting path, oldest day
 * first; then, in the process, the reads of a balance by both clocks, trial balances, a page of a statement and the
 * rate of posting. First every book is filled, then all are measured in turn, block by block: what growth costs is a
 * ratio of seconds, not of minutes, apart.
 */
import { type Day, day, type Instant, lastDayOf, monthOf } from '../src/base/calendar.ts'
import { type Database, instantColumn, openDatabase } from '../src/base/db.ts'
import { type Moment, readBalance, readStatement } from '../src/ledger/balance.ts'
import { readTrialBalance } from '../src/ledger/trial-balance.ts'
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

const readNames = ['nothing', 'now', 'asOf', 'known', 'both', 'trial', 'trialKnown', 'statement'] as const
export type ReadName = (typeof readNames)[number]

/**
 * A book of one size; where there are several measures they are the rounds, and the same round of two sizes was the
 * same moment.
 */
export type Size = {
  /** Lines of the book when its reads were measured. */
  readonly lines: number
  readonly fill: { readonly seconds: number; readonly rate: number }
  readonly bytesAnEntry: number
  readonly memoryMb: number
  /** The first batch of a process that knows nothing of the book, in milliseconds. */
  readonly coldMs: number
  readonly posting: readonly Measure[]
  readonly reads: Readonly<Record<ReadName, readonly Measure[]>>
}

const days = 365
const fillBatch = 1_000
const random = randomFrom(11)

/** How often each thing is done in a round, for each size. */
export type Effort = {
  readonly rounds: number
  readonly batches: number
  readonly reads: number
  readonly trials: number
  /**
   * Entries of the largest book between a checkpoint and the measuring of posting: it is then in the midst of things
   * (of a minute or two of posting, where there is a checkpoint every five), not paying for the first touch of every
   * page.
   */
  readonly settling: number
}
export type Say = (line: string) => void

type Filled = Pick<Size, 'lines' | 'fill' | 'bytesAnEntry' | 'memoryMb'> & { readonly code: string }

export async function measureSizes(place: Place, sizes: readonly number[], effort: Effort, say: Say): Promise<Size[]> {
  const filled: Filled[] = []
  for (const [index, lines] of sizes.entries()) {
    filled.push(await fillBook(place, `BENCH-SIZE-${index}`, lines, say))
  }
  // What autovacuum would do in its own time: so that it does not do it in ours.
  await place.superQuery(ledgerDatabase, 'vacuum analyze')
  const database = openDatabase(place.appUrl)
  try {
    const books = await Promise.all(filled.map(({ code }) => findBook(openLedger(database), code)))
    // Reads before posting, which makes the small book a larger one.
    say('  reads')
    const reads = await measureReads(database, books, effort)
    say('  posting')
    const postings = await measurePosting(place, database, books, effort)
    return filled.map((book, index) => ({ ...book, ...at(postings, index), reads: at(reads, index) }))
  } finally {
    await database.close()
  }
}

async function findBook({ shelf }: Ledger, code: string): Promise<Book> {
  const book = await shelf.find(code)
  if (!book) throw new Error(`book ${code}`)
  return book
}

async function measurePosting(place: Place, database: Database, books: readonly Book[], effort: Effort) {
  const measured: { coldMs: number; posting: Measure[] }[] = []
  const works: (() => Promise<void>)[] = []
  await place.superQuery(ledgerDatabase, 'checkpoint')
  for (const [index, book] of books.entries()) {
    const ledger = openLedger(database)
    const work = () => post(ledger, book, someEntries())
    measured.push({ coldMs: await timeOf(work), posting: [] })
    works.push(work)
    await postOpening(ledger, book)
    // Of a small book all pages are touched by now; the largest is measured when most of its are.
    if (index === books.length - 1) await fill(ledger, book, effort.settling)
  }
  for (let round = 1; round <= effort.rounds; round++) {
    for (const [index, work] of works.entries()) {
      at(measured, index).posting.push(await repeated(effort.batches, work, batchSize))
    }
  }
  return measured
}

const someEntries = () =>
  keyed(
    Array.from({ length: batchSize }, () => drawTransfer(random, 'even')),
    today,
  )

async function fillBook(place: Place, code: string, lines: number, say: Say): Promise<Filled> {
  const bytesBefore = await bytesOf(place)
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
    const seconds = (await timeOf(() => fill(ledger, book, wanted, dayOf, progress))) / 1_000
    const entries = opened + wanted
    return {
      code,
      lines: entries * 2,
      fill: { seconds, rate: wanted / seconds },
      bytesAnEntry: ((await bytesOf(place)) - bytesBefore) / entries,
      memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    }
  } finally {
    await database.close()
  }
}

async function fill(
  ledger: Ledger,
  book: Book,
  entries: number,
  dayOf: (entry: number) => Day = () => today,
  progress: (posted: number) => void = () => undefined,
): Promise<void> {
  let next = 0
  let told = 0
  const one = async (): Promise<void> => {
    while (next < entries) {
      const from = next
      next = Math.min(entries, next + fillBatch)
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

async function measureReads(database: Database, books: readonly Book[], effort: Effort): Promise<Size['reads'][]> {
  const measured = books.map(() => forEachRead((): Measure[] => []))
  const works = await Promise.all(books.map((book) => readsOf(database, book)))
  for (const work of works) {
    for (const name of readNames) await warm(work[name], countOf(name, effort))
  }
  for (let round = 1; round <= effort.rounds; round++) {
    for (const name of readNames) {
      for (const [index, work] of works.entries()) {
        at(measured, index)[name].push(await repeated(countOf(name, effort), work[name]))
      }
    }
  }
  return measured
}

const forEachRead = <T>(make: (name: ReadName) => T) =>
  Object.fromEntries(readNames.map((name) => [name, make(name)])) as Record<ReadName, T>

function countOf(name: ReadName, { reads, trials }: Effort): number {
  if (name === 'trial') return trials
  return name === 'trialKnown' ? Math.min(3, trials) : reads
}

async function readsOf(database: Database, book: Book): Promise<Record<ReadName, () => Promise<unknown>>> {
  const calendar = businessDays(days)
  const instants = await someInstants(database, book)
  const asOf = (): Day => at(calendar, upTo(random, days) - 1)
  const knownAt = (): Instant => at(instants, upTo(random, instants.length) - 1)
  const balance = (moment: () => Moment) => () => {
    const account = upTo(random, accountCount)
    return readBalance(database, book, {
      account: subjectOfAccount(account),
      project: projectOfAccount(account),
      source: sourceOfAccounts,
      ...moment(),
    })
  }
  return {
    // What the machine itself takes, and how it scatters: a goal in milliseconds says little without it.
    nothing: () => database.sql`select 1`,
    now: balance(() => ({})),
    asOf: balance(() => ({ asOf: asOf() })),
    known: balance(() => ({ knownAt: knownAt() })),
    both: balance(() => ({ asOf: asOf(), knownAt: knownAt() })),
    trial: () => readTrialBalance(database, book, { asOf: asOf() }),
    trialKnown: () => readTrialBalance(database, book, { knownAt: knownAt() }),
    statement: () => readPage(database, book, asOf()),
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
async function warm(work: () => Promise<unknown>, count: number): Promise<void> {
  const times = Math.min(count, 30)
  await Promise.all(Array.from({ length: Math.min(times, 6) }, work))
  await repeated(times, work)
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

function at<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new Error(`nothing at ${index} of ${list.length}`)
  return found
}

async function bytesOf(place: Place): Promise<number> {
  const [row] = await place.superQuery<{ bytes: string }>(
    ledgerDatabase,
    `select sum(pg_total_relation_size(oid)) as bytes from pg_class
     where relkind = 'r' and relnamespace = 'yiben'::regnamespace`,
  )
  return Number(row?.bytes ?? 0)
}
