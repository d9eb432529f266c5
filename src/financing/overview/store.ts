/** The SQL of the overview: accounts of many projects, summed by book and account, in one statement each. */
import { type Day, type Instant, instantText } from '../../base/calendar.ts'
import { textArray } from '../../base/arrays.ts'
import { type Reader, rowsOf } from '../../base/db.ts'
import { knownOn } from '../../ledger/balance.ts'
import { standingOn } from '../../projects/project/facts.ts'
import { moneySubjects, settledSubjects } from '../money/money.ts'
import { takenBackOf } from '../money/store.ts'
import { planAccounts } from '../entries.ts'
import type { OverviewAccount, PlannedItem } from './overview.ts'

export type OverviewQuery = {
  /** Of which plan year; absent: all. */
  readonly year?: number | undefined
  readonly district?: string | undefined
  readonly asOf: Day
  readonly knownAt: Instant
}

// Which projects, in which books, each book with the last entry known: once a book and not once an account.
const owned = `
  own as materialized (
    select p.project, p.district, p.book, p.plan_book from project p
    cross join ${standingOn('p.project', '$1::date')} w
    where ($3::text is null or p.district = $3) and ($4::int is null or w.year = $4)),
  known as materialized (
    select b.book_id, b.code, e.sequence, e.booked_on from book b
    cross join lateral entry_at(b.book_id, $2::timestamptz) e
    where b.code in (select book from own union select plan_book from own))`

const accountsText = `
  with ${owned}
  select o.district, k.code as book, a.subject, a.source,
    sum(c.debit_fen) as "debitFen", sum(c.credit_fen) as "creditFen",
    ${takenBackOf('$6::text[]', 'l.booked_on <= $1::date and l.sequence <= k.sequence')} as "takenBackFen"
  from known k join account a on a.book_id = k.book_id and a.subject = any($5::text[])
  join own o on o.project = a.project and k.code in (o.book, o.plan_book)
  cross join ${knownOn('a.book_id', 'a.account', '$1::date', 'k')} c
  group by o.district, k.code, a.subject, a.source order by o.district, k.code, a.subject, a.source`

const plannedText = `
  with ${owned}
  select a.source, l.item, (sum(coalesce(l.credit_fen, 0)) - sum(coalesce(l.debit_fen, 0))) as "amountFen"
  from known k join account a on a.book_id = k.book_id and a.subject = any($5::text[])
  join own o on o.project = a.project and k.code = o.plan_book
  join line l on l.account = a.account and l.book_id = a.book_id and l.booked_on <= $1::date and l.sequence <= k.sequence
  group by a.source, l.item order by a.source, l.item`

const valuesOf = ({ asOf, knownAt, district, year }: OverviewQuery, subjects: readonly string[]) => [
  asOf,
  instantText(knownAt),
  district ?? null,
  year ?? null,
  textArray(subjects),
]

/** Every account that counts, of the projects of a query, by district, book, account and source. */
export const readOverviewAccounts = (reader: Reader, query: OverviewQuery): Promise<OverviewAccount[]> =>
  rowsOf<OverviewAccount>(reader, accountsText, [...valuesOf(query, moneySubjects), textArray(settledSubjects)])

/** What the plans in force pay, by source and item. */
export const readPlannedItems = (reader: Reader, query: OverviewQuery): Promise<PlannedItem[]> =>
  rowsOf<PlannedItem>(reader, plannedText, valuesOf(query, [planAccounts.sources]))

const countsText = `
  select p.district, count(*)::int as projects from project p
  cross join ${standingOn('p.project', '$1::date')} w
  where ($2::text is null or p.district = $2) and ($3::int is null or w.year = $3)
  group by p.district order by p.district`

/** How many projects each district has in the query. */
export const readProjectCounts = (
  reader: Reader,
  { asOf, district, year }: OverviewQuery,
): Promise<{ district: string; projects: number }[]> =>
  rowsOf(reader, countsText, [asOf, district ?? null, year ?? null])
