/** Reading indicators, for whoever may: an indicator exists for the district of its book and for the city. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Fen } from '../../base/money.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { readRecoveredParts, readRecoveries } from '../recovery/store.ts'
import { refuse } from '../refusals.ts'
import { type Availability, readAvailability } from './holdings.ts'
import type { Indicator } from './indicator.ts'
import { seesIndicator } from './proposal.ts'
import { type IndicatorFilter, readIndicator, readIndicators } from './store.ts'

export type IndicatorPage = Omit<IndicatorFilter, 'district'> & { readonly after: string; readonly limit: number }

/** Indicators after a code, by code: one's own district's, or, for the city, all. Refuses `permission_denied`. */
export async function listIndicators(
  { database: { sql } }: Ledger,
  actor: Actor,
  page: IndicatorPage,
): Promise<Indicator[]> {
  demand(actor, 'allocation.read')
  return readIndicators(sql, { ...page, district: actor.district })
}

/** Refuses `permission_denied`, `indicator_not_found`. */
export async function findIndicator(
  { database: { sql } }: Ledger,
  actor: Actor,
  indicator: string,
): Promise<Indicator> {
  demand(actor, 'allocation.read')
  const found = await readIndicator(sql, indicator)
  if (!found || !seesIndicator(actor, found)) throw refuse('indicator_not_found', { indicator })
  return found
}

/** What an indicator one has found holds, out of the ledger. */
export const holdingsOf = ({ database: { sql } }: Ledger, of: Indicator): Promise<Availability> =>
  readAvailability(sql, of)

/** What is to come back of a final budget below its early notice, district by district. */
export type Recovery = {
  readonly district: string
  readonly dueFen: Fen
  readonly doneFen: Fen
  /** Of what is due, what was paid already when the budget became final. */
  readonly returnFen: Fen
  /** Off which projects it came back. */
  readonly projects: readonly { readonly allocation: string; readonly project: string; readonly amountFen: Fen }[]
}

export async function recoveriesOf({ database: { sql } }: Ledger, { indicator }: Indicator): Promise<Recovery[]> {
  const parts = await readRecoveredParts(sql, [indicator])
  return (await readRecoveries(sql, [indicator])).map(({ district, dueFen, doneFen, returnFen }) => ({
    district,
    dueFen,
    doneFen,
    returnFen,
    projects: parts
      .filter((part) => part.district === district)
      .map(({ allocation, project, amountFen }) => ({ allocation, project, amountFen })),
  }))
}
