/** Reading all money of one project, for whoever may see the project. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { readProject } from '../../projects/project/store.ts'
import { type MoneyAccount, moneyBySource, type MoneyPart, moneyParts, type SourceMoney } from './money.ts'
import { moneyAccountsIn } from './store.ts'

/**
 * All money of one project by source, and the accounts it is the sum of. Its books are its own two; no other book is
 * added. Refuses `permission_denied`, `project_not_found`.
 */
export async function readMoney(
  { database: { sql }, shelf }: Ledger,
  actor: Actor,
  project: string,
): Promise<{ sources: SourceMoney[]; parts: MoneyPart[] }> {
  demand(actor, 'project.read')
  const row = await readProject(sql, actor, project)
  const accounts: MoneyAccount[] = []
  for (const code of new Set([row.book, row.planBook])) {
    const book = code === null ? undefined : await shelf.find(code)
    if (book) accounts.push(...(await moneyAccountsIn(sql, book, project)))
  }
  const parts = moneyParts(accounts)
  return { sources: moneyBySource(parts), parts }
}
