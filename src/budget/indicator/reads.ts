/** Reading indicators: a district's people see their own district's, the city's all. */
import { type Actor, demand } from '../../access/actor.ts'
import { historyOf, type RecordedChange } from '../../base/history.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { readRecoveries } from '../recovery/store.ts'
import { refuse } from '../refusals.ts'
import { type Availability, readAvailability } from './holdings.ts'
import type { Indicator } from './indicator.ts'
import { seesIndicator } from './proposal.ts'
import { type IndicatorFilter, readIndicator, readIndicators } from './store.ts'

type Wanted = Omit<IndicatorFilter, 'district'> & { readonly after: string; readonly limit: number }

/** Indicators after one, by code. */
export function indicatorsFor({ database }: Ledger, actor: Actor, wanted: Wanted): Promise<Indicator[]> {
  demand(actor, 'allocation.read')
  return readIndicators(database.sql, { ...wanted, district: actor.district })
}

/** Refuses `indicator_not_found`, also where it is another district's. */
export async function findIndicator({ database }: Ledger, actor: Actor, indicator: string): Promise<Indicator> {
  demand(actor, 'allocation.read')
  const found = await readIndicator(database.sql, indicator)
  if (!found || !seesIndicator(actor, found)) throw refuse('indicator_not_found', { indicator })
  return found
}

export type Held = Availability & { readonly recoveries: Awaited<ReturnType<typeof readRecoveries>> }

/** What an indicator holds, and what is to come back of it. Refuses `indicator_not_found`. */
export async function holdingsOf(ledger: Ledger, actor: Actor, code: string): Promise<Held> {
  const found = await findIndicator(ledger, actor, code)
  const { sql } = ledger.database
  return { ...(await readAvailability(sql, found)), recoveries: await readRecoveries(sql, found.indicator) }
}

/** All that happened to an indicator, oldest first. Refuses `indicator_not_found`. */
export async function indicatorHistory(ledger: Ledger, actor: Actor, code: string): Promise<RecordedChange[]> {
  const { indicator } = await findIndicator(ledger, actor, code)
  return historyOf(ledger.database.sql, 'indicator', indicator)
}
