/**
 * What each dwelling pays for an elevator (clauses 4, 13; O-43, O-44): the higher the floor and the larger the
 * dwelling, the more; the lowest floors pay nothing. The shares are split by largest remainder and always add up to the
 * total.
 */
import { assert } from '../../base/assert.ts'
import { type Decimal, toWeights, whole } from '../../base/decimal.ts'
import { type Fen, splitLargestRemainder } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'
import { one, ratioOf, zero } from '../../policy/value.ts'

export type Dwelling = { id: string; floor: number; area?: Decimal | undefined }

export type ElevatorShares = {
  total: Fen
  /** With an area each, or none with one. */
  dwellings: readonly Dwelling[]
  /** By floor; where given they replace the policy's altogether. */
  coefficients?: Readonly<Record<string, Decimal>> | undefined
}

/** Each dwelling's share of the total, in fen. Every floor has a coefficient, and some weight is above 0. */
export function ownerShares(facts: ElevatorShares, law: Law): { shares: { id: string; amount: Fen }[] } {
  const amounts = splitLargestRemainder(facts.total, toWeights(dwellingWeights(facts, law)))
  return { shares: facts.dwellings.map(({ id }, index) => ({ id, amount: amounts[index] ?? 0n })) }
}

/** coefficient × area of each dwelling, an absent area counting as 1. */
export function dwellingWeights({ dwellings, coefficients }: Omit<ElevatorShares, 'total'>, law: Law): Decimal[] {
  return dwellings.map(({ floor, area }) => {
    const coefficient = coefficients ? givenCoefficient(coefficients, floor) : usualCoefficient(floor, law)
    assert(coefficient, `floor ${floor} has a coefficient`)
    return coefficient.times(area ?? one)
  })
}

/** The coefficient that a given table has for a floor. */
export function givenCoefficient(coefficients: Readonly<Record<string, Decimal>>, floor: number): Decimal | undefined {
  return Object.hasOwn(coefficients, String(floor)) ? coefficients[String(floor)] : undefined
}

/** 0 for the free floors, then the first coefficient and a step more for each floor up. */
function usualCoefficient(floor: number, law: Law): Decimal {
  const { freeUpTo, first, step } = law.take('floor_coefficients')
  if (floor <= freeUpTo) return zero
  return ratioOf(first).plus(ratioOf(step).times(whole(floor - freeUpTo - 1)))
}
