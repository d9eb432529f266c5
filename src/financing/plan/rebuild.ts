/**
 * What a household pays in a rebuild (危旧楼改建, clause 4; O-47): a part of the cost for the area it had, and the price of
 * the area it gains.
 * 45.60 m² × 1,200 + 9.80 m² × 8,000 = 133,120.00. Whether a rebuild may go ahead at all (no household more than
 * before) is the project's gate.
 */
import { divideHalfUp, type Fen } from '../../base/money.ts'
import { dm2PerM2 } from '../../policy/units.ts'
import type { DwellingName } from '../../projects/terms.ts'
import type { PlanShare } from './plan.ts'

export type RebuildPrices = { readonly areaFen: Fen; readonly addedFen: Fen }
export type RebuildDwelling = { readonly dwelling: DwellingName; readonly areaDm2: bigint; readonly addedDm2: bigint }

/** Area times price, one rounding for one posted amount (C2). */
export const rebuildDue = ({ areaDm2, addedDm2 }: Omit<RebuildDwelling, 'dwelling'>, prices: RebuildPrices): Fen =>
  divideHalfUp(areaDm2 * prices.areaFen + addedDm2 * prices.addedFen, dm2PerM2)

/** The owners' shares of the line they pay, dwelling by dwelling. */
export const rebuildShares = (
  line: string,
  source: string,
  prices: RebuildPrices,
  dwellings: readonly RebuildDwelling[],
): PlanShare[] =>
  dwellings.map((given) => ({ line, source, dwelling: given.dwelling, amountFen: rebuildDue(given, prices) }))
