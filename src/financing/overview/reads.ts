/** Reading the overview, for whoever may read projects: the city all districts, a district itself. */
import { type Actor, demand, isElsewhere } from '../../access/actor.ts'
import { type Day, type Instant } from '../../base/calendar.ts'
import { type Ledger, todayOf } from '../../ledger/ledger.ts'
import { type Overview, overviewOf } from './overview.ts'
import { type OverviewQuery, readOverviewAccounts, readPlannedItems, readProjectCounts } from './store.ts'

export type OverviewGiven = {
  readonly year?: number | undefined
  readonly district?: string | undefined
  readonly asOf?: Day | undefined
  readonly knownAt?: Instant | undefined
}

export type OverviewRead = Overview & {
  readonly query: OverviewQuery
  readonly projects: readonly { readonly district: string; readonly projects: number }[]
}

/**
 * The figures as of a day and as known at an instant: today and now where they are not given. The answer names both,
 * and asked again with them it is the same. Refuses `permission_denied`.
 */
export async function readOverview(ledger: Ledger, actor: Actor, given: OverviewGiven): Promise<OverviewRead> {
  demand(actor, 'project.read')
  const { year, district = actor.district } = given
  const query = { year, district, asOf: given.asOf ?? todayOf(ledger), knownAt: given.knownAt ?? ledger.clock() }
  if (isElsewhere(actor, district)) {
    return { ...overviewOf({ accounts: [], planned: [], districts: [], on: query.asOf }), query, projects: [] }
  }
  const { sql } = ledger.database
  const [accounts, planned, projects] = await Promise.all([
    readOverviewAccounts(sql, query),
    readPlannedItems(sql, query),
    readProjectCounts(sql, query),
  ])
  const districts = projects.map((one) => one.district)
  return { ...overviewOf({ accounts, planned, districts, on: query.asOf }), query, projects }
}
