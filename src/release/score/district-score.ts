/**
 * The yearly score of a district (clause 31; O-81): each indicator earns its weight in the part in which it reached its
 * target, never more than the weight. What is printed is what is added: the total is the sum of the rounded points.
 */
import { type Decimal, quotient } from '../../base/decimal.ts'
import { sumFen } from '../../base/money.ts'
import { pointDecimals } from '../../policy/units.ts'
import { one } from '../../policy/value.ts'

export type Indicator = {
  id: string
  value: Decimal
  /** Above 0; absent: 1. */
  target?: Decimal | undefined
  weight: Decimal
}

/** Points and their total, in hundredths of a point. */
export type DistrictScore = { points: { id: string; points: bigint }[]; total: bigint }

export function districtScore({ indicators }: { indicators: readonly Indicator[] }): DistrictScore {
  const points = indicators.map((indicator) => ({ id: indicator.id, points: pointsOf(indicator) }))
  return { points, total: sumFen(points.map((scored) => scored.points)) }
}

function pointsOf({ value, target = one, weight }: Indicator): bigint {
  const reached = value.lt(target) ? value : target
  return quotient(weight.times(reached), target, pointDecimals)
}
