/** Reads every account of a project in its books, for the view of all its money. */
import { type Actor, demand } from '../access/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { readProject } from '../projects/store.ts'
import { type MoneyAccount, moneyBySource, type MoneyPart, moneyParts, type SourceMoney } from './money.ts'

/** All money of one project by source, and the accounts it is the sum of. Its books are its own two; no other book is added. */
export async function readMoney(
  { database: { sql }, shelf }: Ledger,
  actor: Actor,
  project: string,
): Promise<{ sources: SourceMoney[]; parts: MoneyPart[] }> {
  demand(actor, 'project.read')
  const row = await readProject(sql, actor, project)
  const accounts: MoneyAccount[] = []
  for (const code of new Set([row.book, row.plan_book])) {
    const book = code === null ? undefined : await shelf.find(code)
    if (!book) continue
    const rows = await sql<{ subject: string; source: string; debit: bigint; credit: bigint }[]>`
      select a.subject, a.source, sum(m.debit_fen)::bigint as debit, sum(m.credit_fen)::bigint as credit
      from account a join month_total m on m.book_id = a.book_id and m.account = a.account
      where a.book_id = ${book.bookId} and a.project = ${project}
      group by a.subject, a.source order by a.subject, a.source`
    accounts.push(
      ...rows.map(({ subject, source, debit, credit }) => ({
        book: book.code,
        subject,
        source,
        debitFen: debit,
        creditFen: credit,
      })),
    )
  }
  const parts = moneyParts(accounts)
  return { sources: moneyBySource(parts), parts }
}
