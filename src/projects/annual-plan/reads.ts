/** Reading yearly plans. A plan exists for its own district and for the city. Each refuses `permission_denied`. */
import { type Actor, demand, isElsewhere } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import { historyOf, type RecordedChange } from '../../base/history.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { type PlanKey, planName, type PlanRead, type PlanRow, readPlan, readPlans } from './store.ts'

export type { PlanRead } from './store.ts'

export type PlanFilter = {
  readonly district?: string | undefined
  readonly year?: number | undefined
  readonly after: PlanKey
  readonly limit: number
}

/** Plans after one of them, by district and year: the actor's district's, or, for the city, all. */
export async function listPlans(
  { database: { sql } }: Ledger,
  actor: Actor,
  { district = actor.district, ...filter }: PlanFilter,
): Promise<PlanRow[]> {
  demand(actor, 'project.read')
  return isElsewhere(actor, district) ? [] : readPlans(sql, { ...filter, district })
}

/** A plan with queue, batches and monitor, by the law and the catalogue of a day. Refuses `plan_not_found`. */
export async function showPlan({ database: { sql } }: Ledger, actor: Actor, key: PlanKey, on: Day): Promise<PlanRead> {
  demand(actor, 'project.read')
  return readPlan(sql, actor, key, on)
}

/** Everything that became of a plan one has found. */
export const historyOfPlan = ({ database: { sql } }: Ledger, { row }: PlanRead): Promise<RecordedChange[]> =>
  historyOf(sql, 'plan', planName(row))
