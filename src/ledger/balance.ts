/**
 * What the books say: balances now, as of a business day, as known at an instant, or both; trial balances; statements.
 *
 * Two clocks. By business day alone an account holds what its last closing at or before the day says (`balance_on`). As
 * known at an instant, the instant becomes the last entry recorded by then (`entry_at`): the last closing that was
 * complete holds up to its day, and of a later day that had begun, the running total on its last line known
 * (`known_balance_near`). Neither reads more when accounts have more lines.
 */
import { addDays, type Day, type Instant, instantText } from '../base/calendar.ts'
import { type Database, instantColumn, type Reader, rowsOf, type Sql } from '../base/db.ts'
import { type Fen, sumFen } from '../base/money.ts'
import type { Book } from './book.ts'
import type { Side, Subject } from './chart.ts'
import { refuse } from './refusals.ts'

export type Moment = {
  /** By business day: up to and including this day. Absent: all days. */
  readonly asOf?: Day | undefined
  /** By what was recorded up to and including this instant. Absent: all that is recorded. */
  readonly knownAt?: Instant | undefined
}

export type AccountFilter = {
  /** An account code or the beginning of one: children are summed. */
  readonly account?: string | undefined
  readonly project?: string | undefined
  readonly source?: string | undefined
}

export type Balance = {
  /** 累计借方、贷方发生额. */
  readonly debitFen: Fen
  readonly creditFen: Fen
  /** Not negative; it lies on `side`. */
  readonly balanceFen: Fen
  readonly side: Side
}

type Sums = { debit_fen: Fen; credit_fen: Fen }
type SumsBySubject = Sums & { subject: string }

const lastDay = '2199-12-31' as Day

/** The balance of the accounts a filter names. Refuses `account_unknown` where no account of the chart begins so. */
export async function readBalance(database: Database, book: Book, filter: AccountFilter & Moment): Promise<Balance> {
  const side = sideOf(book, filter.account)
  const { sql } = database
  return balanceOf(await sumsOf(sql, book, filter, filter), side)
}

/** A balance lies on the side that is larger; where they are equal, on the account's normal side. */
export function balanceOf({ debit_fen, credit_fen }: Sums, normal: Side): Balance {
  const netFen = debit_fen - credit_fen
  return {
    debitFen: debit_fen,
    creditFen: credit_fen,
    balanceFen: netFen < 0n ? -netFen : netFen,
    side: netFen > 0n ? 'debit' : netFen < 0n ? 'credit' : normal,
  }
}

function sideOf(book: Book, prefix: string | undefined): Side {
  if (prefix === undefined) return 'debit'
  const subject: Subject | undefined = [...book.chart.subjects.values()].find(({ code }) => code.startsWith(prefix))
  if (!subject) throw refuse('account_unknown', { line: 0, account: prefix, standard: book.chart.standard })
  return subject.side
}

// Accounts of a subject lie together in the index of keys, those of its project too: a range, not a walk over the book.
function accountsOf(sql: Sql, book: Book, { account, project, source }: AccountFilter) {
  const leaf = account !== undefined && book.chart.subjects.get(account)?.postable
  const from = [book.bookId, account ?? '', ...(leaf && project !== undefined ? [project] : [])].join('|')
  return sql`
    select account from account where key >= ${from} and key < ${`${from}\u{10ffff}`} and book_id = ${book.bookId}
      ${project === undefined ? sql`` : sql`and project = ${project}`}
      ${source === undefined ? sql`` : sql`and source = ${source}`}`
}

// What each account of `a` holds: by its last closing, or, at an instant, by what was known then.
function balanceAt(sql: Sql, book: Book, { asOf: on = lastDay, knownAt }: Moment) {
  return knownAt === undefined
    ? sql`cross join lateral balance_on(${book.bookId}, a.account, ${on}::date) c`
    : sql`cross join entry_at(${book.bookId}, ${instantText(knownAt)}::timestamptz) e
          cross join lateral known_balance_near(${book.bookId}, a.account, ${on}::date, e.sequence, e.booked_on) c`
}

async function sumsOf(sql: Sql, book: Book, filter: AccountFilter, moment: Moment): Promise<Sums> {
  const [row] = await sql<Sums[]>`
    select coalesce(sum(c.debit_fen), 0) as debit_fen, coalesce(sum(c.credit_fen), 0) as credit_fen
    from (${accountsOf(sql, book, filter)}) a ${balanceAt(sql, book, moment)}`
  return row ?? { debit_fen: 0n, credit_fen: 0n }
}

/** What each subject has turned over by a moment. */
export async function sumsBySubject(sql: Sql, book: Book, moment: Moment): Promise<SumsBySubject[]> {
  return sql<SumsBySubject[]>`
    select a.subject, sum(c.debit_fen) as debit_fen, sum(c.credit_fen) as credit_fen
    from account a ${balanceAt(sql, book, moment)}
    where a.book_id = ${book.bookId} group by a.subject order by a.subject`
}

// --- Holdings -------------------------------------------------------------------------------------------------------

/** What an account holds. */
export type Holding = {
  readonly account: string
  readonly project: string
  readonly source: string
  readonly counterparty: string | null
  readonly item: string | null
  readonly indicator: string | null
  readonly debt: string | null
  /** Debit less credit, never zero: an account that holds nothing is left out. */
  readonly netFen: Fen
}

export type HoldingQuery = {
  /** The book's code. */
  readonly book: string
  /** Codes of accounts that are posted to. */
  readonly accounts: readonly string[]
  /** With what stands below the accounts, too. */
  readonly below?: boolean | undefined
  /** Of one project; of one source. */
  readonly project?: string | undefined
  readonly source?: string | undefined
  readonly indicator?: string | undefined
  readonly debt?: string | undefined
  /** Up to and including this day. Absent: all days. */
  readonly on?: Day | undefined
}

// Accounts lie in the index of keys by book, subject, project and source: from `first` to `beyond` is a range of it.
// `offset 0` keeps the range together: else a plan may walk a book by its primary key, or all books where the filters
// promise few rows, and look at keys after.
const heldBetween = (book: string, first: string, beyond: string, on: string): string => `
  lateral (
    select k.subject, k.project, k.source, k.counterparty, k.item, k.indicator, k.debt, h.debit_fen, h.credit_fen
    from (select * from account where key >= ${book} || '|' || ${first} and key < ${book} || '|' || ${beyond} offset 0) k
    cross join lateral balance_on(k.book_id, k.account, ${on}) h)`

/**
 * SQL for a `from`: the accounts of one code, each with its sums by the end of a day, as `subject`, `project`,
 * `source`, `counterparty`, `item`, `indicator`, `debt`, `debit_fen`, `credit_fen`. It probes one range of keys a book
 * and code, whatever else the statement joins. The arguments are SQL: the book's number, the code of an account that is
 * posted to, the day. An account that has not moved by then gives no row.
 */
export const heldOn = (book: string, account: string, on: string): string =>
  heldBetween(book, `${account} || '|'`, `${account} || '}'`, on)

/** The same of one project, whose code is SQL too: it probes that project's own range. */
export const heldOfProject = (book: string, account: string, project: string, on: string): string => {
  const path = `${account} || '|' || ${project}`
  return heldBetween(book, `${path} || '|'`, `${path} || '}'`, on)
}

/**
 * SQL for a `from`: what an account held by a day, as known when `known.sequence` was the last entry of its book
 * (`entry_at` gives it, once a book). Where its closing of that day was complete then, that is one probe. The arguments
 * are SQL: the book's number, the account, the day, and the row that `entry_at` gave.
 */
export const knownOn = (book: string, account: string, on: string, known: string): string => `
  lateral (
    select coalesce(n.debit_fen, h.debit_fen) as debit_fen, coalesce(n.credit_fen, h.credit_fen) as credit_fen
    from (
      select c.debit_fen, c.credit_fen, c.last_sequence from closing c
      where c.book_id = ${book} and c.account = ${account} and c.booked_on <= ${on} order by c.booked_on desc limit 1) h
    left join lateral (
      select * from known_balance_near(${book}, ${account}, ${on}, ${known}.sequence, ${known}.booked_on)
      where h.last_sequence > ${known}.sequence offset 0) n on true)`

const holdingsText = `
  select a.subject as account, a.project, a.source, a.counterparty, a.item, a.indicator, a.debt, a.debit_fen - a.credit_fen as "netFen"
  from book b cross join unnest($2::text[], $3::text[]) r(first, beyond)
  cross join ${heldBetween('b.book_id', 'r.first', 'r.beyond', "coalesce($4::date, 'infinity')")} a
  where b.code = $1 and ($5::text is null or a.project = $5) and ($6::text is null or a.source = $6)
    and ($7::text is null or a.indicator = $7) and ($8::text is null or a.debt = $8) and a.debit_fen <> a.credit_fen`

/**
 * What accounts of a book hold, those with the dimensions named, as of a day. Within a transaction the book need not be
 * locked.
 */
export function readHoldings(reader: Reader, query: HoldingQuery): Promise<Holding[]> {
  const { book, accounts, below = false, project, source, indicator, debt, on } = query
  // What stands below an account lies between it and its own projects: then these narrow nothing.
  const place = below || project === undefined ? [] : source === undefined ? [project] : [project, source]
  const paths = accounts.map((account) => [account, ...place].join('|'))
  return rowsOf<Holding>(reader, holdingsText, [
    book,
    paths.map((path) => (below || place.length > 0 ? path : `${path}|`)),
    paths.map((path) => `${path}}`),
    ...[on, project, source, indicator, debt].map((value) => value ?? null),
  ])
}

/** Their sum, debit less credit. */
export const readHeldFen = async (reader: Reader, query: HoldingQuery): Promise<Fen> =>
  sumFen((await readHoldings(reader, query)).map(({ netFen }) => netFen))

// --- Statements -----------------------------------------------------------------------------------------------------

export type StatementItem = {
  readonly sequence: number
  readonly line: number
  readonly number: number
  readonly on: Day
  readonly recordedAt: Instant
  readonly summary: string
  readonly account: string
  readonly project: string
  readonly source: string
  readonly memo: string | null
  readonly debitFen: Fen
  readonly creditFen: Fen
  /** After this line, on `side`. */
  readonly balanceFen: Fen
  readonly side: Side
}

export type StatementPlace = { readonly on: Day; readonly sequence: number; readonly line: number }

export type Statement = {
  readonly opening: Balance
  readonly closing: Balance
  readonly items: readonly StatementItem[]
  /** Where the next page begins; absent on the last. */
  readonly next?: StatementPlace
}

export type StatementQuery = AccountFilter & {
  readonly account: string
  readonly from: Day
  readonly to: Day
  /** By what was recorded up to and including this instant. Absent: all that is recorded. */
  readonly knownAt?: Instant | undefined
  readonly limit: number
  readonly after?: StatementPlace | undefined
}

type StatementRow = {
  sequence: bigint
  line: number
  number: number
  on: Day
  recorded_at: Instant
  summary: string
  account: string
  project: string
  source: string
  memo: string | null
  debit_fen: Fen | null
  credit_fen: Fen | null
}

/** A page of the account's lines from one day to another (明细账), each with the balance after it. */
export async function readStatement(database: Database, book: Book, query: StatementQuery): Promise<Statement> {
  const { sql } = database
  const normal = sideOf(book, query.account)
  const accounts = (await accountsOf(sql, book, query)).map(({ account }) => account as number)
  const [opening, closing, before, rows] = await Promise.all([
    sumsOf(sql, book, query, { asOf: addDays(query.from, -1), knownAt: query.knownAt }),
    sumsOf(sql, book, query, { asOf: query.to, knownAt: query.knownAt }),
    query.after ? sumsWithin(sql, book, accounts, query, query.after) : { debit_fen: 0n, credit_fen: 0n },
    statementRows(sql, book, accounts, query),
  ])
  const page = rows.slice(0, query.limit)
  const running = {
    debit_fen: opening.debit_fen + before.debit_fen,
    credit_fen: opening.credit_fen + before.credit_fen,
  }
  const items = page.map((row) => {
    running.debit_fen += row.debit_fen ?? 0n
    running.credit_fen += row.credit_fen ?? 0n
    return itemOf(row, balanceOf(running, normal))
  })
  const last = items.at(-1)
  return {
    opening: balanceOf(opening, normal),
    closing: balanceOf(closing, normal),
    items,
    ...(rows.length > page.length && last && { next: { on: last.on, sequence: last.sequence, line: last.line } }),
  }
}

function itemOf(row: StatementRow, { balanceFen, side }: Balance): StatementItem {
  const { line, number, on, summary, account, project, source, memo } = row
  return {
    sequence: Number(row.sequence),
    line,
    number,
    on,
    recordedAt: row.recorded_at,
    summary,
    account,
    project,
    source,
    memo,
    debitFen: row.debit_fen ?? 0n,
    creditFen: row.credit_fen ?? 0n,
    balanceFen,
    side,
  }
}

function statementRows(
  sql: Sql,
  book: Book,
  accounts: readonly number[],
  { from, to, knownAt, after, limit }: StatementQuery,
) {
  return sql<StatementRow[]>`
    select l.sequence, l.line, e.number, l.booked_on as on, ${sql.unsafe(instantColumn('e.recorded_at'))} as recorded_at, e.summary,
      a.subject as account, a.project, a.source, l.memo, l.debit_fen, l.credit_fen
    from line l
    join entry e on e.book_id = l.book_id and e.sequence = l.sequence
    join account a on a.book_id = l.book_id and a.account = l.account
    where l.book_id = ${book.bookId} and l.account = any(${accounts}::int[]) and l.booked_on between ${from}::date and ${to}::date
      ${knownAt === undefined ? sql`` : sql`and e.recorded_at <= ${instantText(knownAt)}::timestamptz`}
      ${after ? sql`and (l.booked_on, l.sequence, l.line) > (${after.on}::date, ${after.sequence}, ${after.line})` : sql``}
    order by l.booked_on, l.sequence, l.line limit ${limit + 1}`
}

async function sumsWithin(
  sql: Sql,
  book: Book,
  accounts: readonly number[],
  { from, knownAt }: StatementQuery,
  upTo: StatementPlace,
): Promise<Sums> {
  const [row] = await sql<Sums[]>`
    select coalesce(sum(debit_fen), 0) as debit_fen, coalesce(sum(credit_fen), 0) as credit_fen
    from line where book_id = ${book.bookId} and account = any(${accounts}::int[]) and booked_on >= ${from}::date
      ${knownAt === undefined ? sql`` : sql`and sequence <= (select sequence from entry_at(${book.bookId}, ${instantText(knownAt)}::timestamptz))`}
      and (booked_on, sequence, line) <= (${upTo.on}::date, ${upTo.sequence}, ${upTo.line})`
  return row ?? { debit_fen: 0n, credit_fen: 0n }
}
