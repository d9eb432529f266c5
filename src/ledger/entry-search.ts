/**
 * Entries over books: what officers and auditors look for. Pages go by when an entry was recorded, its book and its
 * sequence, from either end and in either direction; totals are asked for apart.
 *
 * A payee, a contract, a debt and a project have indexes of their own, and so have document numbers: where one is
 * asked for, its lines or entries are found first. Everything else is looked for while walking book by book along its
 * sequences, from where the page before ended, and ends where the page is full.
 */
import type { Actor } from '../access/actor.ts'
import { type Day, type Instant, instantText } from '../base/calendar.ts'
import type { Sql } from '../base/db.ts'
import type { Fen } from '../base/money.ts'
import type { Book } from './book.ts'
import { type Basis, bases, type Dimension, dimensions } from './chart.ts'
import { readPlaces } from './journal.ts'
import type { PostedEntry } from './leaf.ts'
import { bookFor, type Ledger } from './ledger.ts'
import { assert } from '../base/assert.ts'

export type EntrySearch = {
  /** Code of the only book. */
  readonly book?: string
  readonly district?: string
  readonly from?: Day
  readonly to?: Day
  readonly recordedFrom?: Instant
  /** Recorded up to and including this instant. */
  readonly knownAt?: Instant
  readonly type?: string
  readonly maker?: string
  /** 文号. */
  readonly document?: string
  readonly approved?: boolean
  /** Booked in a month before the one it was recorded in. */
  readonly backDated?: boolean
  readonly line: LineSearch
}

/** What one and the same line of the entry shows. */
export type LineSearch = { readonly [D in Dimension]?: string } & {
  /** A code or the beginning of one. */
  readonly account?: string
  /** Of red figures, without their sign. */
  readonly amountFromFen?: Fen
  readonly amountToFen?: Fen
}

export type FoundPlace = { readonly recordedAt: Instant; readonly bookId: number; readonly sequence: number }

export type Way = 'oldest' | 'newest'

type Asked = EntrySearch & { readonly bookId: number | undefined; readonly seen: string | undefined }

/**
 * Up to `limit` entries after a place, or from the beginning, oldest or newest first, of the books the actor sees.
 * Refuses `book_not_found`.
 */
export async function findEntries(
  ledger: Ledger,
  actor: Actor,
  search: EntrySearch,
  { way, after, limit }: { readonly way: Way; readonly after: FoundPlace | undefined; readonly limit: number },
): Promise<PostedEntry[]> {
  const { sql } = ledger.database
  const asked = await askedBy(ledger, actor, search)
  const order = way === 'newest' ? sql`desc` : sql`asc`
  const found = narrowed(search.line)
    ? sql`${narrowEntries(sql, asked)} ${beyond(sql, way, after)}`
    : search.document !== undefined
      ? sql`${documentEntries(sql, asked)} ${withLines(sql, asked)} ${beyond(sql, way, after)}`
      : sql`select w.* from (${booksOf(sql, asked)}) b cross join lateral (
          select e.* from entry e where e.book_id = b.book_id ${span(sql, asked)} ${within(sql, way, after)}
            ${passing(sql, asked)} ${withLines(sql, asked)} ${beyond(sql, way, after)}
          order by e.sequence ${order} limit ${limit}) w`
  const rows = await sql<{ book_id: number; sequence: bigint }[]>`
    select book_id, sequence from (${found}) f
    order by recorded_at ${order}, book_id ${order}, sequence ${order} limit ${limit}`
  const places = []
  for (const { book_id, sequence } of rows)
    places.push({ book: await known(ledger, book_id), sequence: Number(sequence) })
  return readPlaces(ledger.database, places)
}

export type SearchTotals = {
  readonly entries: number
  readonly lines: number
  /** Of the lines that show what was asked for. */
  readonly bases: readonly { readonly basis: Basis; readonly debitFen: Fen; readonly creditFen: Fen }[]
}

/** How many entries are found, and what their lines come to that show what was asked for. Refuses `book_not_found`. */
export async function totalEntries(ledger: Ledger, actor: Actor, search: EntrySearch): Promise<SearchTotals> {
  const { sql } = ledger.database
  const asked = await askedBy(ledger, actor, search)
  const found = narrowed(search.line)
    ? narrowEntries(sql, asked)
    : search.document !== undefined
      ? documentEntries(sql, asked)
      : sql`select e.* from (${booksOf(sql, asked)}) b cross join lateral (
          select e.* from entry e where e.book_id = b.book_id ${span(sql, asked)} ${passing(sql, asked)} offset 0) e`
  const rows = await sql<Counted[]>`
    select l.basis, count(distinct (l.book_id, l.sequence)) as entries, count(*) as lines,
      coalesce(sum(l.debit_fen), 0) as debit_fen, coalesce(sum(l.credit_fen), 0) as credit_fen
    from (${found}) e cross join lateral (
      select l.* from line l ${asksAccount(search.line) ? accountOf(sql) : sql``}
      where l.book_id = e.book_id and l.sequence = e.sequence ${showing(sql, search.line)} offset 0) l
    group by grouping sets ((l.basis), ()) order by l.basis`
  const all = rows.find(({ basis }) => basis === null)
  return {
    entries: Number(all?.entries ?? 0),
    lines: Number(all?.lines ?? 0),
    bases: rows.flatMap(({ basis: number, debit_fen, credit_fen }) => {
      const basis = number === null ? undefined : bases[number - 1]
      return basis ? [{ basis, debitFen: debit_fen, creditFen: credit_fen }] : []
    }),
  }
}

type Counted = { basis: number | null; entries: bigint; lines: bigint; debit_fen: Fen; credit_fen: Fen }

async function askedBy(ledger: Ledger, actor: Actor, search: EntrySearch): Promise<Asked> {
  const book = search.book === undefined ? undefined : await bookFor(ledger, actor, search.book, 'book.read')
  return { ...search, bookId: book?.bookId, seen: actor.district }
}

async function known({ shelf }: Ledger, bookId: number): Promise<Book> {
  const book = await shelf.findById(bookId)
  assert(book, 'an entry stands in a book')
  return book
}

// --- What is looked for ---------------------------------------------------------------------------------------------

/** Those that have indexes, the one that finds least first. */
const narrowing = ['contract', 'debt', 'counterparty', 'project'] as const

const narrowed = (line: LineSearch) => narrowing.find((dimension) => line[dimension] !== undefined)

const booksOf = (sql: Sql, { bookId, district, seen }: Asked) => sql`
  select book_id from book where true
    ${bookId === undefined ? sql`` : sql`and book_id = ${bookId}`}
    ${district === undefined ? sql`` : sql`and district = ${district}`}
    ${seen === undefined ? sql`` : sql`and district = ${seen}`}`

// The entries that have a line which shows all that was asked for, found by the index of one dimension.
function narrowEntries(sql: Sql, asked: Asked) {
  const dimension = narrowed(asked.line)
  assert(dimension, 'one dimension has an index')
  const value = asked.line[dimension] ?? ''
  const ofAccounts = sql`
    select l.* from account k join line l on l.account = k.account and l.book_id = k.book_id
    where k.${sql(dimension)} = ${value}`
  const lines =
    dimension === 'project'
      ? ofAccounts
      : sql`${ofAccounts} union all select l.* from line l where l.${sql(dimension)} = ${value}`
  return sql`
    select e.* from (
      select distinct l.book_id, l.sequence from (${lines}) l ${accountOf(sql)}
      where l.book_id in (${booksOf(sql, asked)}) ${showing(sql, asked.line)} offset 0) p
    cross join lateral (select * from entry where book_id = p.book_id and sequence = p.sequence offset 0) e
    where true ${passing(sql, asked)}`
}

const documentEntries = (sql: Sql, asked: Asked) => sql`
  select e.* from (
    select * from entry where documents @> ${documentText(asked.document)}::text::jsonb offset 0) e
  where e.book_id in (${booksOf(sql, asked)}) ${passing(sql, asked)}`

const documentText = (document: string | undefined): string => JSON.stringify([{ number: document }])

const passing = (
  sql: Sql,
  { from, to, recordedFrom, knownAt, type, maker, document, approved, backDated }: Asked,
) => sql`
  ${from === undefined ? sql`` : sql`and e.booked_on >= ${from}::date`}
  ${to === undefined ? sql`` : sql`and e.booked_on <= ${to}::date`}
  ${recordedFrom === undefined ? sql`` : sql`and e.recorded_at >= ${instantText(recordedFrom)}::timestamptz`}
  ${knownAt === undefined ? sql`` : sql`and e.recorded_at <= ${instantText(knownAt)}::timestamptz`}
  ${type === undefined ? sql`` : sql`and e.type = ${type}`}
  ${maker === undefined ? sql`` : sql`and e.maker = ${maker}`}
  ${document === undefined ? sql`` : sql`and e.documents @> ${documentText(document)}::text::jsonb`}
  ${approved === undefined ? sql`` : approved ? sql`and e.approvals is not null` : sql`and e.approvals is null`}
  ${backDated === undefined ? sql`` : backDated ? sql`and ${late(sql)}` : sql`and not ${late(sql)}`}`

// Months are those of Beijing.
const late = (sql: Sql) => sql`(e.booked_on < date_trunc('month', e.recorded_at at time zone 'Asia/Shanghai')::date)`

const accountOf = (sql: Sql) => sql`
  cross join lateral (select * from account where book_id = l.book_id and account = l.account limit 1) a`

function showing(sql: Sql, line: LineSearch) {
  const { account, amountFromFen, amountToFen } = line
  const amount = sql`abs(coalesce(l.debit_fen, l.credit_fen))`
  const given = dimensions.flatMap((dimension) => {
    const value = line[dimension]
    if (value === undefined) return []
    const held = dimension === 'project' || dimension === 'source'
    return [
      held
        ? sql`and a.${sql(dimension)} = ${value}`
        : sql`and coalesce(a.${sql(dimension)}, l.${sql(dimension)}) = ${value}`,
    ]
  })
  return sql`
    ${given.reduce((all, one) => sql`${all} ${one}`, sql``)}
    ${account === undefined ? sql`` : sql`and starts_with(a.subject, ${account})`}
    ${amountFromFen === undefined ? sql`` : sql`and ${amount} >= ${String(amountFromFen)}::text::bigint`}
    ${amountToFen === undefined ? sql`` : sql`and ${amount} <= ${String(amountToFen)}::text::bigint`}`
}

// Of entries that are walked along; those found by their lines need not be asked again.
const withLines = (sql: Sql, { line }: Asked) =>
  Object.values(line).every((value) => value === undefined)
    ? sql``
    : sql`and exists (
        select from line l ${asksAccount(line) ? accountOf(sql) : sql``}
        where l.book_id = e.book_id and l.sequence = e.sequence ${showing(sql, line)})`

// Amounts stand on the line itself: its account need not be looked at for them.
const asksAccount = ({ amountFromFen: _, amountToFen: __, ...rest }: LineSearch): boolean =>
  Object.values(rest).some((value) => value !== undefined)

// --- Where in the order ---------------------------------------------------------------------------------------------

/** Past a place, in the order that is read. */
function beyond(sql: Sql, way: Way, after: FoundPlace | undefined) {
  if (after === undefined) return sql``
  const place = sql`(${instantText(after.recordedAt)}::timestamptz, ${after.bookId}::int, ${after.sequence}::bigint)`
  const own = sql`(e.recorded_at, e.book_id, e.sequence)`
  return way === 'newest' ? sql`and ${own} < ${place}` : sql`and ${own} > ${place}`
}

// Instants rise with the sequence, so an instant is a sequence in each book: the walk begins there.
const recordedBy = (sql: Sql, at: Instant) =>
  sql`(select sequence from entry_at(b.book_id, ${instantText(at)}::timestamptz))`

const within = (sql: Sql, way: Way, after: FoundPlace | undefined) =>
  after === undefined
    ? sql``
    : way === 'newest'
      ? sql`and e.sequence <= ${recordedBy(sql, after.recordedAt)}`
      : sql`and e.sequence > ${recordedBy(sql, after.recordedAt - 1n)}`

const span = (sql: Sql, { recordedFrom, knownAt }: Asked) => sql`
  ${recordedFrom === undefined ? sql`` : sql`and e.sequence > ${recordedBy(sql, recordedFrom - 1n)}`}
  ${knownAt === undefined ? sql`` : sql`and e.sequence <= ${recordedBy(sql, knownAt)}`}`
