/** Reading owners' contributions, for whoever may see the project. */
import { type Actor, demand } from '../../access/actor.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { readProject } from '../../projects/project/store.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { dwellingKey, duesOf } from '../plan/plan.ts'
import { readPlanHead, wholeVersions } from '../plan/store.ts'
import { type OwnerBalance, ownerBalances } from './store.ts'

export type DwellingAccount = {
  readonly dwelling: DwellingName
  readonly dueFen: Fen
  readonly paidFen: Fen
  readonly excessFen: Fen
}

export type Contributions = { readonly dwellings: readonly DwellingAccount[]; readonly suspenseFen: Fen }

/**
 * What each dwelling owes under the plan in force, has paid, and has paid too much; and what is nobody's. Refuses
 * `permission_denied`, `project_not_found`.
 */
export async function readContributions(ledger: Ledger, actor: Actor, project: string): Promise<Contributions> {
  demand(actor, 'project.read')
  const { sql } = ledger.database
  await readProject(sql, actor, project)
  const head = await readPlanHead(sql, project)
  const [version] = head?.approved ? await wholeVersions(sql, [{ project, version: head.approved }]) : []
  const balances = await ownerBalances(sql, project)
  const dues = version ? duesOf(version.plan) : new Map<string, { dwelling: DwellingName; dueFen: Fen }>()
  const known = new Map([...dues].map(([name, { dwelling }]) => [name, dwelling]))
  for (const { dwelling } of balances) if (dwelling) known.set(dwellingKey(dwelling), dwelling)
  return {
    dwellings: [...known]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, dwelling]) => ({
        dwelling,
        dueFen: dues.get(name)?.dueFen ?? 0n,
        paidFen: sumFen(balancesOf(balances, name).map(({ appliedFen }) => appliedFen)),
        excessFen: sumFen(balancesOf(balances, name).map(({ excessFen }) => excessFen)),
      })),
    suspenseFen: sumFen(balances.map(({ suspenseFen }) => suspenseFen)),
  }
}

/** Those of one dwelling. */
export const balancesOf = (balances: readonly OwnerBalance[], name: string): OwnerBalance[] =>
  balances.filter(({ dwelling }) => dwelling && dwellingKey(dwelling) === name)
