/** The SQL of all money of a project: its accounts, and the entries that tell of it. */
import { rowsOf, type Sql } from '../../base/db.ts'
import { controlAccounts } from '../../ledger/charts/control-accounts.ts'
import type { Book } from '../../ledger/book.ts'
import { carryOverType } from '../../ledger/entry.ts'
import { type MoneyAccount, settledSubjects } from './money.ts'

/** Every account of a project in a book with all it ever moved, by account and source. */
export async function moneyAccountsIn(
  sql: Sql,
  { bookId, code }: Pick<Book, 'bookId' | 'code'>,
  project: string,
): Promise<MoneyAccount[]> {
  const rows = await rowsOf<Omit<MoneyAccount, 'book'>>(sql, accountsText, [bookId, project, settledSubjects])
  return rows.map((row) => ({ book: code, ...row }))
}

/**
 * SQL of the sum that accounts `a` gave back: of the given subjects, what debits them otherwise than a year-end or its
 * reversal does. `bounds`: conditions on the lines `l`.
 */
export const takenBackOf = (subjects: string, bounds: string): string => `
  coalesce(sum((select sum(l.debit_fen) from line l join entry e on e.book_id = l.book_id and e.sequence = l.sequence
      left join entry o on o.book_id = e.book_id and o.sequence = e.reverses
    where l.book_id = a.book_id and l.account = a.account and ${bounds}
      and coalesce(o.type, e.type) <> '${carryOverType}'))
    filter (where a.subject = any(${subjects})), 0)`

const accountsText = `
  select a.subject, a.source, sum(c.debit_fen) as "debitFen", sum(c.credit_fen) as "creditFen",
    ${takenBackOf('$3::text[]', 'true')} as "takenBackFen"
  from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
  where a.book_id = $1 and a.project = $2
  group by a.subject, a.source order by a.subject, a.source`

export type TiedEntry = {
  readonly bookId: number
  readonly sequence: number
  /** How many entries its transaction has, as text; empty where it stands alone. */
  readonly ofTransaction: string
}

/**
 * The entries that tell of a project, by book and sequence: those with its lines; those that brought the indicators its
 * lines name, and what these were allotted from; and all that were one transaction with any of them.
 */
export async function tiedEntries(sql: Sql, project: string): Promise<TiedEntry[]> {
  const rows = await sql<{ book_id: number; sequence: bigint; halves: bigint | null }[]>`
    with recursive own as materialized (
      select a.book_id, a.account, a.indicator from account a where a.project = ${project}),
    named as (
      select indicator from own where indicator is not null
      union select i.parent from named n join indicator i using (indicator) where i.parent is not null),
    founding as materialized (
      select a.book_id, a.account from account a
      where a.subject = ${controlAccounts.approved} and a.indicator in (select indicator from named)),
    found as (
      select l.book_id, l.sequence from (select book_id, account from own union select book_id, account from founding) o
      join line l on l.account = o.account and l.book_id = o.book_id),
    transactions as (
      select distinct e.transaction_id from entry e join (select distinct * from found) f using (book_id, sequence)
      where e.transaction_id is not null),
    halves as (
      select e.book_id, e.sequence, count(*) over (partition by e.transaction_id) as halves
      from entry e join transactions t on t.transaction_id = e.transaction_id)
    select book_id, sequence, max(halves) as halves
    from (select book_id, sequence, halves from halves union all select book_id, sequence, null from found) x
    group by book_id, sequence order by book_id, sequence`
  return rows.map(({ book_id, sequence, halves }) => ({
    bookId: book_id,
    sequence: Number(sequence),
    ofTransaction: halves === null ? '' : String(halves),
  }))
}
