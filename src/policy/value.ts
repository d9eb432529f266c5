/**
 * A policy value as the rules calculate with it: the tables hold decimal strings, so that they print as they were
 * written.
 */
import { assert } from '../base/assert.ts'
import { Decimal, parseRatio } from '../base/decimal.ts'
import { type Fen, parseAmount } from '../base/money.ts'

/** A ratio, rate or number of points. A value that is no decimal is a typing error of ours. */
export function ratioOf(text: string): Decimal {
  const ratio = parseRatio(text)
  assert(ratio, `not a ratio: ${text}`)
  return ratio
}

/** An amount in yuan, as fen. */
export function amountOf(text: string): Fen {
  const amountFen = parseAmount(text)
  assert(amountFen !== undefined, `not an amount: ${text}`)
  return amountFen
}

export const zero = new Decimal('0')
export const one = new Decimal('1')
