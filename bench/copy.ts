/**
 * Batch posting in the process, beside COPY of the very rows it wrote: entries, lines and receipts, into tables of the
 * same columns, checks and indexes but without triggers, as many rows a transaction; one connection each. COPY decides
 * nothing, hashes nothing and keeps no balances: it is the limit.
 */
import { Client, type Connection } from 'pg'
import postgres from 'postgres'
import { type Database, openDatabase } from '../src/base/db.ts'
import type { Book } from '../src/ledger/book.ts'
import { type Ledger, openLedger } from '../src/ledger/ledger.ts'
import { keyed, openBook, post, today } from './books.ts'
import { ledgerDatabase, type Place } from './place.ts'
import { addFigure, type Figures, type Measure, measureOf } from './stats.ts'
import { batchSize, drawTransfer, type Kind, kinds, randomFrom } from './transfers.ts'

export type CopyBench = {
  run(seconds: number, figures: Figures): Promise<void>
  stop(): Promise<void>
}

const tables = ['entry', 'line', 'receipt'] as const
const orders = { entry: 'sequence', line: 'sequence, line', receipt: 'sequence' } as const
const rowsAnEntry = { entry: 1, line: 2, receipt: 1 } as const
const entriesASecond = 8_000
// Not counted, before each: what stood idle while others were measured has lost its connection, and a machine may have
// taken its memory.
const warming = 8
const random = randomFrom(7)

export async function openCopy(place: Place): Promise<CopyBench> {
  const database = openDatabase(place.appUrl)
  const bare = postgres(place.superUrl(ledgerDatabase), { max: 1, onnotice: () => undefined })
  await bare.unsafe(
    `create schema bench_copy; ${tables.map((name) => `create table bench_copy.${name} (like yiben.${name} including all)`).join('; ')}`,
  )
  const copying = new Client({ connectionString: place.superUrl(ledgerDatabase) })
  await copying.connect()
  const ledger = openLedger(database)
  const books: (readonly [Kind, Book])[] = []
  for (const kind of kinds) books.push([kind, await openBook(ledger, `BENCH-COPY-${kind}`)])
  return {
    run: async (seconds, figures) => {
      const batches = Math.max(2, Math.round((seconds * entriesASecond) / batchSize))
      for (const [kind, book] of books) {
        const from = await lastSequence(database, book)
        await postBatches(ledger, book, kind, warming)
        addFigure(figures, `posted ${kind}`, await postBatches(ledger, book, kind, batches))
        const rows = await rowsAfter(bare, book, from)
        await copyBatches(copying, rows, 0, warming)
        addFigure(figures, `copy ${kind}`, await copyBatches(copying, rows, warming, warming + batches))
      }
    },
    stop: async () => {
      await Promise.all([database.close(), copying.end(), bare.end({ timeout: 2 })])
    },
  }
}

// Two callers: while one batch is with the database the next is decided, over the same one connection as COPY has.
// Entries are drawn one by one, as requests come, within the time: thousands kept ready would be the garbage
// collector's work, not the ledger's.
async function postBatches(ledger: Ledger, book: Book, kind: Kind, batches: number): Promise<Measure> {
  const latencies: number[] = []
  let left = batches
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const transfers = Array.from({ length: batchSize }, () => drawTransfer(random, kind))
      const entries = keyed(transfers, today)
      const since = performance.now()
      await post(ledger, book, entries)
      latencies.push(performance.now() - since)
    }
  }
  const began = performance.now()
  await Promise.all([caller(), caller()])
  return measureOf(latencies, (performance.now() - began) / 1_000, batchSize)
}

type Rows = Record<(typeof tables)[number], string[]>

async function copyBatches(copying: Client, rows: Rows, from: number, to: number): Promise<Measure> {
  const part = (batch: number) =>
    tables.map((table) => {
      const size = batchSize * rowsAnEntry[table]
      return { table, content: Buffer.from(`${rows[table].slice(batch * size, (batch + 1) * size).join('\n')}\n`) }
    })
  return timed(from, to, part, async (parts) => {
    await copying.query('begin')
    for (const { table, content } of parts) await copyIn(copying, table, content)
    await copying.query('commit')
  })
}

// The types do not know these.
type CopyConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }

/**
 * COPY on the driver that disables Nagle's algorithm: the other one stands still for 40 ms between data and end. pg
 * hands the protocol to whoever submits itself as a query.
 */
function copyIn(client: Client, table: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | undefined
    const query = {
      submit: (connection: Connection) => connection.query(`copy bench_copy.${table} from stdin`),
      handleCopyInResponse: (connection: CopyConnection) => {
        connection.sendCopyFromChunk(content)
        connection.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      handleError: (error: Error) => {
        failed = error
        reject(error)
      },
      handleReadyForQuery: () => {
        if (!failed) resolve()
      },
    }
    client.query(query)
  })
}

async function timed<T>(
  from: number,
  to: number,
  make: (batch: number) => T,
  work: (batch: T) => Promise<void>,
): Promise<Measure> {
  const latencies: number[] = []
  for (let batch = from; batch < to; batch++) {
    const prepared = make(batch)
    const since = performance.now()
    await work(prepared)
    latencies.push(performance.now() - since)
  }
  return measureOf(latencies, latencies.reduce((sum, ms) => sum + ms, 0) / 1_000, batchSize)
}

async function lastSequence({ sql }: Database, { bookId }: Book): Promise<number> {
  const [row] = await sql<{ sequence: bigint }[]>`select sequence from book_head where book_id = ${bookId}`
  return Number(row?.sequence ?? 0n)
}

async function rowsAfter(bare: postgres.Sql, { bookId }: Book, sequence: number): Promise<Rows> {
  // Not by COPY TO: read slowly, the library's stream of a large one may stop before its end.
  const read = async (table: (typeof tables)[number]): Promise<string[]> => {
    const rows = await bare
      .unsafe(
        `select * from yiben.${table} where book_id = ${bookId} and sequence > ${sequence} order by ${orders[table]}`,
      )
      .raw()
    return rows.map(copyLine)
  }
  return { entry: await read('entry'), line: await read('line'), receipt: await read('receipt') }
}

// A row in COPY's text format. None of these values holds a tab or a line break.
function copyLine(values: readonly (Buffer | null)[]): string {
  return values.map((value) => value?.toString().replaceAll('\\', '\\\\') ?? '\\N').join('\t')
}
