/** The SQL of all money of a project. */
import type { Sql } from '../../base/db.ts'
import type { Book } from '../../ledger/book.ts'
import type { MoneyAccount } from './money.ts'

/** Every account of a project in a book with all it ever moved, by account and source. */
export async function moneyAccountsIn(
  sql: Sql,
  { bookId, code }: Pick<Book, 'bookId' | 'code'>,
  project: string,
): Promise<MoneyAccount[]> {
  const rows = await sql<{ subject: string; source: string; debit: bigint; credit: bigint }[]>`
    select a.subject, a.source, sum(c.debit_fen)::bigint as debit, sum(c.credit_fen)::bigint as credit
    from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.book_id = ${bookId} and a.project = ${project}
    group by a.subject, a.source order by a.subject, a.source`
  return rows.map(({ subject, source, debit, credit }) => ({
    book: code,
    subject,
    source,
    debitFen: debit,
    creditFen: credit,
  }))
}
