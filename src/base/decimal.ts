/**
 * Rates, ratios, weights, areas, scores: decimal numbers that are not money. They are `Decimal`s: big.js with `strict`
 * on, so that a JavaScript number can neither come in nor slip out. Products and sums are exact; a quotient is
 * never formed as a Decimal (big.js would cut it at 20 places) but rounded once, from its exact numerator and
 * denominator.
 */
import Big from 'big.js'
import { assert } from './assert.ts'
import { divideHalfUp, type Fen } from './money.ts'

/** Our own constructor: the library's shared one keeps its defaults. Compare with `.lt()`, `.gt()`, never `<`. */
export const Decimal = Big()
Decimal.strict = true
export type Decimal = Big

/** The form of a ratio coming in: not negative, at most 15 digits before the point and 12 after. */
export const ratioPattern = /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?$/

/** Reads a decimal of the form; `undefined` for anything else. */
export function parseRatio(text: string): Decimal | undefined {
  return text.length <= 28 && ratioPattern.test(text) ? new Decimal(text) : undefined
}

/** A Decimal as an exact fraction of whole numbers; the denominator is a power of ten. */
export function toFraction(value: Decimal): { numerator: bigint; denominator: bigint } {
  const [whole = '0', decimals = ''] = value.toFixed().split('.')
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) }
}

/** Whole numbers in the proportion of the given decimals, for splits by weight. */
export function toWeights(values: readonly Decimal[]): bigint[] {
  const fractions = values.map(toFraction)
  const scale = fractions.reduce((most, { denominator }) => (denominator > most ? denominator : most), 1n)
  return fractions.map(({ numerator, denominator }) => numerator * (scale / denominator))
}

/** numerator ÷ denominator, half-up at so many decimals, in units of that decimal: `quotient(2, 3, 4)` is 6667n. */
export function quotient(numerator: Decimal, denominator: Decimal, decimals: number): bigint {
  assert(denominator.gt('0'), 'a quotient needs a positive denominator')
  const over = toFraction(numerator)
  const under = toFraction(denominator)
  return divideHalfUp(over.numerator * under.denominator * 10n ** BigInt(decimals), over.denominator * under.numerator)
}

/** numerator ÷ denominator as text with so many decimals, cut off and not rounded: what stood before a floor. */
export const cutQuotient = (numerator: bigint, denominator: bigint, decimals: number): string =>
  formatScaled((numerator * 10n ** BigInt(decimals)) / denominator, decimals)

/** The same, cut off and not rounded: what falls short of a line must not reach it on paper. */
export function quotientDown(numerator: Decimal, denominator: Decimal, decimals: number): bigint {
  assert(
    denominator.gt('0') && !numerator.lt('0'),
    'a quotient needs a positive denominator, and no negative numerator',
  )
  const over = toFraction(numerator)
  const under = toFraction(denominator)
  return (over.numerator * under.denominator * 10n ** BigInt(decimals)) / (over.denominator * under.numerator)
}

/** An amount in fen as the Decimal number of fen it is, to be multiplied by a rate. */
export const fenToDecimal = (amountFen: Fen): Decimal => new Decimal(amountFen)

/** A Decimal number of fen, half-up to whole fen: the one rounding of a posted amount (C2). */
export function roundToFen(amount: Decimal): Fen {
  const { numerator, denominator } = toFraction(amount)
  return divideHalfUp(numerator, denominator)
}

/** So much of an amount: amount × ratio, rounded once to the fen. */
export const portion = (amountFen: Fen, ratio: Decimal): Fen => roundToFen(fenToDecimal(amountFen).times(ratio))

/** Exact; 0 for none. */
export function sumDecimals(values: Iterable<Decimal>): Decimal {
  let sum = new Decimal('0')
  for (const value of values) sum = sum.plus(value)
  return sum
}

/** A whole number written in our own code or given as a count, as a Decimal. */
export const whole = (count: number): Decimal => new Decimal(BigInt(count))

/**
 * A whole number of 10^-decimals written as a decimal string with exactly that many decimals; never a negative zero.
 */
export function formatScaled(scaled: bigint, decimals: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, '0')
  const sign = scaled < 0n ? '-' : ''
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
