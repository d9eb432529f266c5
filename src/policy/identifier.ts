/**
 * Is this text an identifier of its kind? Four kinds: the unified social credit code, the citizen identity number, the
 * district code of Beijing and the number of a fully digital invoice (rules.md §5.5). The first thing that is wrong is
 * named; a text is counted in characters, so that an emoji is one wrong character and not a wrong length.
 */
import { assert } from '../base/assert.ts'
import { parseDay } from '../base/calendar.ts'
import type { Law } from './parameters.ts'

export const identifierKinds = ['credit_code', 'citizen_id', 'district', 'einvoice'] as const
export type IdentifierKind = (typeof identifierKinds)[number]

/** What can be wrong, in the order in which it is looked for. */
export const identifierReasons = ['length', 'characters', 'check_digit', 'date', 'district', 'year'] as const
export type IdentifierReason = (typeof identifierReasons)[number]

const digitsOnly = /^[0-9]+$/
const citizenIdForm = /^[0-9]+[0-9X]$/

/** Checks one identifier; `reason` is the first fault, and only there where it is not valid. */
export function checkIdentifier(
  { kind, value }: { kind: IdentifierKind; value: string },
  law: Law,
): { valid: boolean; reason?: IdentifierReason | undefined } {
  const reason = faultOf[kind](value, law)
  return reason === undefined ? { valid: true } : { valid: false, reason }
}

const faultOf: Record<IdentifierKind, (value: string, law: Law) => IdentifierReason | undefined> = {
  credit_code(value, law) {
    const { length, alphabet, weights, modulus } = law.take('credit_code')
    if (lengthOf(value) !== length) return 'length'
    const values = Array.from(value, (character) => alphabet.indexOf(character))
    if (values.includes(-1)) return 'characters'
    const check = (modulus - (weightedSum(values, weights) % modulus)) % modulus
    return values.at(-1) === check ? undefined : 'check_digit'
  },
  citizen_id(value, law) {
    const { length, weights, checkDigits, birth } = law.take('citizen_id')
    if (lengthOf(value) !== length) return 'length'
    if (!citizenIdForm.test(value)) return 'characters'
    const sum = weightedSum(Array.from(value, Number), weights)
    if (value.at(-1) !== checkDigits[sum % checkDigits.length]) return 'check_digit'
    const born = value.slice(birth.from, birth.to)
    return parseDay(`${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6)}`) ? undefined : 'date'
  },
  district(value, law) {
    if (lengthOf(value) !== law.take('district_code_length')) return 'length'
    if (!digitsOnly.test(value)) return 'characters'
    return law.take('district_codes').includes(value) ? undefined : 'district'
  },
  einvoice(value, law) {
    const { length, yearDigits, earliestYear } = law.take('einvoice')
    if (lengthOf(value) !== length) return 'length'
    if (!digitsOnly.test(value)) return 'characters'
    return value.slice(0, yearDigits) < earliestYear ? 'year' : undefined
  },
}

const lengthOf = (value: string): number => Array.from(value).length

/** Σ weight × value over the positions that have a weight: all but the check digit. */
function weightedSum(values: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => {
    const value = values[index]
    assert(value !== undefined && value >= 0, 'a value a weight')
    return sum + weight * value
  }, 0)
}

/** Whether a code is the city's or one of its districts in force. */
export const isDistrictOrCity = (value: string, law: Law): boolean =>
  value === law.take('city_code') || checkIdentifier({ kind: 'district', value }, law).valid
