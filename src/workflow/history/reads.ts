/** The history of a thing, for whoever may see the thing; of what belongs to others he sees what is his district's. */
import { type Actor, demand } from '../../access/actor.ts'
import { officeSeenBy } from '../../approvals/approval.ts'
import { findAllocation } from '../../allocation/reads.ts'
import { findCommitment } from '../../budget/commitment/reads.ts'
import { findIndicator } from '../../budget/indicator/reads.ts'
import { bookFor, type Ledger, todayOf } from '../../ledger/ledger.ts'
import { showPlan } from '../../projects/annual-plan/reads.ts'
import { findCommunity } from '../../projects/community/reads.ts'
import { findProject } from '../../projects/project/reads.ts'
import { releaseOf } from '../../release/release/reads.ts'
import { type HistoryNoun, type HistoryPlace, type HistoryRow, readHistory } from './store.ts'

export type { HistoryNoun, HistoryPlace, HistoryRow } from './store.ts'

type Find = (ledger: Ledger, actor: Actor, id: string) => Promise<unknown>

/** How each is found: refused as it is elsewhere. */
const finds: Readonly<Record<HistoryNoun, Find>> = {
  indicator: findIndicator,
  project: findProject,
  allocation: findAllocation,
  release: releaseOf,
  commitment: findCommitment,
  community: findCommunity,
  plan: (ledger, actor, id) => {
    const [district = '', year] = id.split('-')
    return showPlan(ledger, actor, { district, year: Number(year) }, todayOf(ledger))
  },
  cash_plan: (ledger, actor, id) => bookFor(ledger, actor, id, 'allocation.read'),
}

export type HistoryOf = {
  readonly noun: HistoryNoun
  readonly id: string
}

/** Refuses what finding the thing does. */
export async function requireHistory(ledger: Ledger, actor: Actor, { noun, id }: HistoryOf): Promise<void> {
  await finds[noun](ledger, actor, id)
}

/** What happened to a thing one has found, after a place, in the order it was recorded. */
export async function historyAfter(
  { database: { sql } }: Ledger,
  actor: Actor,
  { noun, id }: HistoryOf,
  page: { readonly after: HistoryPlace | undefined; readonly limit: number },
): Promise<HistoryRow[]> {
  demand(actor, 'project.read')
  return readHistory(sql, { noun, id, district: actor.district, office: officeSeenBy(actor), ...page })
}
