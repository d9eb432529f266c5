/**
 * The control figure of the project management fee (财建〔2016〕504号; O-62): each band of the investment at its own,
 * falling rate.
 */
import { fenToDecimal, roundToFen, sumDecimals } from '../base/decimal.ts'
import { type Fen, maxFen, minFen } from '../base/money.ts'
import type { Law } from '../policy/parameters.ts'
import { amountOf, ratioOf } from '../policy/value.ts'

/** The most the management of an investment may cost, in fen; rounded once, after all bands. */
export function managementFeeCap({ investment }: { investment: Fen }, law: Law): { cap: Fen } {
  const bands = law.take('management_fee_bands').map(({ above, ratio }) => ({ above: amountOf(above), ratio }))
  const fees = bands.map(({ above, ratio }, index) => {
    const upper = minFen(bands[index + 1]?.above ?? investment, investment)
    return fenToDecimal(maxFen(upper - above, 0n)).times(ratioOf(ratio))
  })
  return { cap: roundToFen(sumDecimals(fees)) }
}
