/** Reading the journal: entries with their lines, one by one, by transaction, or on from a sequence. */
import { assert } from '../base/assert.ts'
import { type Day, type Instant, instantText } from '../base/calendar.ts'
import { type Database, instantColumn, type Sql } from '../base/db.ts'
import type { Fen } from '../base/money.ts'
import type { Book } from './book.ts'
import { type Basis, bases, type Dimension, dimensions, type Side } from './chart.ts'
import { type Approval, type DocumentReference, type EntryLine, linesMax } from './entry.ts'
import { linesText, type PostedEntry } from './leaf.ts'
import { groupBy } from '../base/arrays.ts'

type EntryRow = {
  book_id: number
  sequence: bigint
  on: Day
  number: number
  recorded_at: Instant
  reverses: bigint | null
  transaction_id: string | null
  type: string
  summary: string
  maker: string
  approvals: Approval[] | null
  documents: DocumentReference[] | null
  leaf: Buffer
}

type LineRow = {
  book_id: number
  sequence: bigint
  subject: string
  basis: number
  debit_fen: Fen | null
  credit_fen: Fen | null
  memo: string | null
} & {
  [D in Dimension]: string | null
}

const entryColumns = `e.book_id, e.sequence, e.booked_on as on, e.number, ${instantColumn('e.recorded_at')} as recorded_at,
  e.reverses, e.transaction_id, e.type, e.summary, e.maker, e.approvals, e.documents, e.leaf`

// A dimension stands on the account where balances are kept by it, on the line where it is only noted.
const lineColumns = `l.book_id, l.sequence, a.subject, l.basis, l.debit_fen, l.credit_fen, l.memo, a.project, a.source,
  ${dimensions
    .filter((d) => d !== 'project' && d !== 'source')
    .map((d) => `coalesce(a.${d}, l.${d}) as ${d}`)
    .join(', ')}`

/** Where an entry stands. */
export type Place = { readonly book: Book; readonly sequence: number }

/** The entries of a book whose sequences are given, in that order. */
export const readEntries = (database: Database, book: Book, sequences: readonly number[]): Promise<PostedEntry[]> =>
  readPlaces(
    database,
    sequences.map((sequence) => ({ book, sequence })),
  )

/** The entries that stand at places of one or several books, in the order of these. */
export async function readPlaces({ sql }: Database, places: readonly Place[]): Promise<PostedEntry[]> {
  const ids = places.map(({ book }) => book.bookId)
  const sequences = places.map(({ sequence }) => String(sequence))
  const wanted = sql`unnest(${ids}::int[], ${sequences}::bigint[]) s(book_id, sequence)`
  const [entries, lines] = await Promise.all([
    // Probe by probe, whatever the planner thinks of the tables' sizes.
    sql<EntryRow[]>`select ${sql.unsafe(entryColumns)} from ${wanted}
      cross join lateral (select * from entry where book_id = s.book_id and sequence = s.sequence limit 1) e`,
    sql<LineRow[]>`select ${sql.unsafe(lineColumns)} from ${wanted}
      cross join lateral (
        select * from line where book_id = s.book_id and sequence = s.sequence order by line limit ${linesMax}) l
      cross join lateral (select * from account where book_id = l.book_id and account = l.account limit 1) a
      order by l.book_id, l.sequence, l.line`,
  ])
  const linesOf = groupBy(lines, placeText)
  const rows = new Map(entries.map((row) => [placeText(row), row]))
  return places.flatMap(({ book, sequence }) => {
    const place = placeText({ book_id: book.bookId, sequence })
    const row = rows.get(place)
    return row ? [postedOf(book, row, (linesOf.get(place) ?? []).map(lineOfRow))] : []
  })
}

const placeText = ({ book_id, sequence }: { readonly book_id: number; readonly sequence: number | bigint }): string =>
  `${book_id}-${sequence}`

export async function readEntry(database: Database, book: Book, sequence: number): Promise<PostedEntry | undefined> {
  const [entry] = await readEntries(database, book, [sequence])
  return entry
}

/** The sequence of the entry that reversed one, in its book; `undefined` where none did. */
export async function reversalOf(
  { sql }: Database,
  { bookId, sequence }: Pick<PostedEntry, 'bookId' | 'sequence'>,
): Promise<number | undefined> {
  const [row] = await sql<{ sequence: bigint }[]>`
    select sequence from entry where book_id = ${bookId} and reverses = ${sequence}`
  return row && Number(row.sequence)
}

/** Where the entries of a transaction are, in the order they were posted. */
export async function placesOfTransaction(
  { sql }: Database,
  transaction: string,
): Promise<{ bookId: number; sequence: number }[]> {
  const rows = await sql<{ book_id: number; sequence: bigint }[]>`
    select book_id, sequence from entry where transaction_id = ${transaction} order by recorded_at, book_id, sequence`
  return rows.map(({ book_id, sequence }) => ({ bookId: book_id, sequence: Number(sequence) }))
}

export type EntryFilter = {
  readonly from?: Day
  readonly to?: Day
  readonly type?: string
  /** This one alone. */
  readonly sequence?: number
  /** Recorded up to and including this instant. */
  readonly knownAt?: Instant
}

/** Up to `limit` entries after a sequence, oldest first. */
export async function readEntriesAfter(
  database: Database,
  book: Book,
  after: number,
  limit: number,
  filter: EntryFilter = {},
): Promise<PostedEntry[]> {
  const { sql } = database
  const rows = await sql<{ sequence: bigint }[]>`
    select sequence from entry e where book_id = ${book.bookId} and sequence > ${after} ${passing(sql, filter)}
    order by sequence limit ${limit}`
  return readEntries(database, book, rows.map(sequenceOf))
}

/** Up to `limit` entries before a sequence, or from the last on, newest first; none at or before `after`. */
export async function readEntriesBefore(
  database: Database,
  book: Book,
  before: number | undefined,
  limit: number,
  { after, ...filter }: EntryFilter & { readonly after: number },
): Promise<PostedEntry[]> {
  const { sql } = database
  const rows = await sql<{ sequence: bigint }[]>`
    select sequence from entry e where book_id = ${book.bookId} and sequence > ${after}
      ${before === undefined ? sql`` : sql`and sequence < ${before}`} ${passing(sql, filter)}
    order by sequence desc limit ${limit}`
  return readEntries(database, book, rows.map(sequenceOf))
}

const sequenceOf = ({ sequence }: { sequence: bigint }): number => Number(sequence)

const passing = (sql: Sql, { from, to, type, sequence, knownAt }: EntryFilter) => sql`
  ${from ? sql`and booked_on >= ${from}` : sql``}
  ${to ? sql`and booked_on <= ${to}` : sql``}
  ${type ? sql`and type = ${type}` : sql``}
  ${sequence === undefined ? sql`` : sql`and sequence = ${sequence}`}
  ${knownAt === undefined ? sql`` : sql`and recorded_at <= ${instantText(knownAt)}::timestamptz`}`

function postedOf(book: Book, row: EntryRow, lines: readonly EntryLine[]): PostedEntry {
  return {
    bookId: row.book_id,
    book: book.code,
    sequence: Number(row.sequence),
    number: row.number,
    on: row.on,
    recordedAt: row.recorded_at,
    type: row.type,
    summary: row.summary,
    maker: row.maker,
    approvals: row.approvals ?? [],
    documents: row.documents ?? [],
    lines,
    hash: row.leaf,
    linesText: linesText(lines),
    ...(row.reverses !== null && { reverses: Number(row.reverses) }),
    ...(row.transaction_id !== null && { transaction: row.transaction_id }),
  }
}

function lineOfRow(row: LineRow): EntryLine {
  const side: Side = row.debit_fen === null ? 'credit' : 'debit'
  const amountFen = row.debit_fen ?? row.credit_fen
  const basis: Basis | undefined = bases[row.basis - 1]
  assert(amountFen !== null && basis, 'a line has one side and a basis')
  const given: { [D in Dimension]?: string } = {}
  for (const dimension of dimensions) {
    const value = row[dimension]
    if (value !== null) given[dimension] = value
  }
  return { account: row.subject, basis, side, amountFen, ...given, ...(row.memo !== null && { memo: row.memo }) }
}
