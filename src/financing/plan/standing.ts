/**
 * What of funding plans stands: the versions in force, the books they are posted in, how much their sources
 * have, and the record of their changes.
 */
import type { Actor } from '../../access/actor.ts'
import { rowsOf, type Tx } from '../../base/db.ts'
import { type Change, recordChanges } from '../../base/history.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import { availabilityWithin } from '../../budget/indicator/holdings.ts'
import { indicatorFor } from '../../budget/indicator/proposal.ts'
import { budgetSpentOf } from '../../ledger/charts/plan-accounts.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import type { ProjectRow } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import type { Plan, PlanShare, PlanState } from './plan.ts'
import type { KnownLimit } from './rules.ts'
import { fundBalance, planHead, type PlanHead, type PlanVersion, type WholeVersion, wholeVersions } from './store.ts'

export type PlanName = { readonly project: string; readonly version: number }
/** The versions in force of these heads, by project. */
export async function standing(tx: Tx, heads: ReadonlyMap<string, PlanHead>): Promise<Map<string, WholeVersion>> {
  const wanted = [...heads.values()].flatMap(({ project, approved }) =>
    approved === null ? [] : [{ project, version: approved }],
  )
  return new Map((await wholeVersions(tx, wanted)).map((version) => [version.project, version]))
}

/** The plan of a project that is in force, its head locked. */
export async function planInForce(tx: Tx, project: string): Promise<Plan | undefined> {
  const head = await planHead(tx, project)
  return head && (await standing(tx, new Map([[project, head]]))).get(project)?.plan
}

/** The memo book plans of a project are posted in. Refuses `project_book_missing`. */
export async function planBookOf(ledger: Ledger, { project, planBook: code }: ProjectRow): Promise<string> {
  const book = code === null ? undefined : await ledger.shelf.find(code)
  if (book?.chart.standard !== 'memo')
    throw refuse('project_book_missing', { project, which: { zh: '资金方案备查账', en: 'memo book of its plans' } })
  return book.code
}

/** The government book the project's money is kept in. Refuses `project_book_missing`. */
export async function moneyBookOf(ledger: Ledger, { project, book: code }: ProjectRow): Promise<string> {
  const book = code === null ? undefined : await ledger.shelf.find(code)
  if (book?.chart.standard !== 'government')
    throw refuse('project_book_missing', { project, which: { zh: '政府会计账', en: 'government book' } })
  return book.code
}

/** The account of budget spending in a book of a project's money. */
export const spendingOf = async (ledger: Ledger, code: string): Promise<string> =>
  budgetSpentOf((await ledger.shelf.find(code))?.entity)

/** Records what happened to versions, each under the next number of its own history. */
export async function plansChanged(
  tx: Tx,
  names: readonly PlanName[],
  change: Omit<Change, 'noun' | 'id' | 'version'>,
): Promise<void> {
  const ids = names.map(({ project, version }) => `${project}/${version}`)
  const rows = await rowsOf<{ id: string; last: number }>(
    tx,
    `select id, max(version) as last from change where noun = 'funding_plan' and id = any($1::text[]) group by id`,
    [ids],
  )
  const last = new Map(rows.map((row) => [row.id, row.last]))
  await recordChanges(
    tx,
    ids.map((id) => ({ noun: 'funding_plan', id, version: (last.get(id) ?? 0) + 1, ...change })),
  )
}

export type Summarised = Pick<PlanVersion, 'project' | 'version' | 'kind' | 'hash'> & { readonly state: PlanState }

/** What is known of how much the sources have: an indicator's right to commit, a maintenance fund's money. */
export async function knownLimits(
  ledger: Ledger,
  tx: Tx,
  actor: Actor,
  { project, plan, fundBook }: WholeVersion,
): Promise<KnownLimit[]> {
  const limits: KnownLimit[] = []
  for (const code of new Set(plan.shares.flatMap(({ indicator }) => indicator ?? []).toSorted())) {
    const indicator = await indicatorFor(tx, actor, code)
    const of = (shares: readonly PlanShare[]): Fen => sumFen(shares.map(({ amountFen }) => amountFen))
    const shares = plan.shares.filter((share) => share.indicator === code)
    const wrong = shares.filter(({ source }) => source !== indicator.source)
    if (wrong.length > 0) {
      limits.push({
        source: wrong[0]?.source ?? '',
        of: `${code} ${indicator.source}`,
        limitFen: 0n,
        plannedFen: of(wrong),
      })
    }
    const { byProject } = await availabilityWithin(tx, indicator)
    const limitFen = sumFen(
      byProject.flatMap((held) => [
        ...(held.project === project || held.project === indicator.programme ? [held.committableFen] : []),
        ...(held.project === project ? [held.committedFen, held.committedPaidFen] : []),
      ]),
    )
    limits.push({ source: indicator.source, of: code, limitFen, plannedFen: of(shares) })
  }
  const fund = plan.shares.filter(({ source }) => fundSourceOf(source)?.kind === 'maintenance_fund')
  if (fundBook !== null && fund.length > 0) {
    const { code } = await bookFor(ledger, actor, fundBook, 'book.read')
    const plannedFen = sumFen(fund.map(({ amountFen }) => amountFen))
    limits.push({ source: fund[0]?.source ?? '', of: code, limitFen: await fundBalance(tx, code), plannedFen })
  }
  return limits
}
