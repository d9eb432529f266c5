/**
 * Buy first, subsidise later (先买后补, clause 28; O-73): the owners pay their property fee, and the government adds a part
 * of what was collected, by tiers of the collection rate and only where the residents are satisfied enough.
 */
import { assert } from '../../base/assert.ts'
import { type Decimal, fenToDecimal, portion, quotient } from '../../base/decimal.ts'
import type { Fen } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'
import { ratioDecimals } from '../../policy/units.ts'
import { ratioOf, zero } from '../../policy/value.ts'

export type ServiceYear = { due: Fen; collected: Fen; satisfaction: Decimal }

/** `collectionRate` in units of the fourth decimal; `tier` is the part of the collected fen that is granted. */
export type ServiceSubsidy = { collectionRate: bigint; tier: Decimal; subsidy: Fen }

/** The tier is found by the exact rate, never by the printed one: 89.99999 % is not 90 %. `due` is above 0. */
export function serviceSubsidy({ due, collected, satisfaction }: ServiceYear, law: Law): ServiceSubsidy {
  const satisfied = satisfaction.gte(ratioOf(law.take('service_subsidy_satisfaction')))
  const reached = law
    .take('service_subsidy_tiers')
    .findLast(({ from }) => fenToDecimal(collected).gte(fenToDecimal(due).times(ratioOf(from))))
  assert(reached, 'the lowest tier starts at 0')
  const tier = satisfied ? ratioOf(reached.ratio) : zero
  return {
    collectionRate: quotient(fenToDecimal(collected), fenToDecimal(due), ratioDecimals),
    tier,
    subsidy: portion(collected, tier),
  }
}
