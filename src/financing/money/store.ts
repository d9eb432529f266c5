/** Reads every account of a project in its books, for the view of all its money. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { readProject } from '../../projects/project/store.ts'
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
      select a.subject, a.source, sum(c.debit_fen)::bigint as debit, sum(c.credit_fen)::bigint as credit
      from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
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
