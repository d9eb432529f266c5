/**
 * Money is a whole number of fen (分) in a bigint, everywhere: in memory, in the database (bigint columns `…_fen`) and,
 * as a decimal string of yuan, on the wire. There is no float and no other currency. Two rules keep sums exact
 * (rules C1–C4 of the examples): round half-up once per posted amount, and split so that the parts add up.
 */
import { assert } from './assert.ts'

/** An amount in fen; negative only where a signature says so. */
export type Fen = bigint

/** The form of an amount coming in: yuan, ASCII digits, at most 15 before the point and 2 after, no sign. */
export const amountPattern = /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$/

/** The largest amount of the form, in fen: 999,999,999,999,999.99 yuan. */
export const amountMaxFen: Fen = 99_999_999_999_999_999n

/** Reads an amount of the form; `undefined` for anything else. Longer strings are refused before they are looked at. */
export function parseAmount(text: string): Fen | undefined {
  if (text.length > 18 || !amountPattern.test(text)) return undefined
  const point = text.indexOf('.')
  if (point === -1) return BigInt(text) * 100n
  return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(2, '0'))
}

/** Writes fen as yuan with exactly two decimals; never a negative zero. */
export function formatFen(amountFen: Fen): string {
  const digits = (amountFen < 0n ? -amountFen : amountFen).toString().padStart(3, '0')
  return `${amountFen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export function sumFen(amounts: Iterable<Fen>): Fen {
  let total = 0n
  for (const amountFen of amounts) total += amountFen
  return total
}

export const minFen = (a: Fen, b: Fen): Fen => (a < b ? a : b)
export const maxFen = (a: Fen, b: Fen): Fen => (a > b ? a : b)

/** numerator ÷ denominator, a half going away from zero (四舍五入). The denominator is positive. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'divideHalfUp needs a positive denominator')
  const size = numerator < 0n ? -numerator : numerator
  const rounded = (2n * size + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}

/** numerator ÷ denominator rounded up to the next whole number: for shares the law calls "at least" (C9). */
export function divideUp(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'divideUp needs a positive denominator')
  const quotient = numerator / denominator
  return numerator > 0n && quotient * denominator < numerator ? quotient + 1n : quotient
}

/**
 * Splits a total ≥ 0 by weights ≥ 0 whose sum is above 0: every part is floored, and the fen left over go one by one to
 * the largest remainders, of equal ones to the earlier (最大余数法, C3). The parts always add up to the total.
 */
export function splitLargestRemainder(totalFen: Fen, weights: readonly bigint[]): Fen[] {
  const weightSum = sumFen(weights)
  assert(totalFen >= 0n && weightSum > 0n, 'a split needs a total of at least 0 and weights above 0')
  const parts = weights.map((weight) => (totalFen * weight) / weightSum)
  const remainders = weights.map((weight) => (totalFen * weight) % weightSum)
  let left = Number(totalFen - sumFen(parts))
  const byRemainder = weights.map((_, index) => index)
  byRemainder.sort((a, b) => compareBig(at(remainders, b), at(remainders, a)) || a - b)
  for (const index of byRemainder) {
    if (left-- <= 0) break
    parts[index] = at(parts, index) + 1n
  }
  return parts
}

/** Splits with the tail left to the last part (尾差归末位): every other part is floored. */
export function splitToLast(totalFen: Fen, weights: readonly bigint[]): Fen[] {
  const weightSum = sumFen(weights)
  assert(totalFen >= 0n && weightSum > 0n, 'a split needs a total of at least 0 and weights above 0')
  const parts = weights.slice(0, -1).map((weight) => (totalFen * weight) / weightSum)
  return [...parts, totalFen - sumFen(parts)]
}

/**
 * Splits a stream of amounts so that the running totals are split by largest remainder, not each amount alone (C4).
 * A growing total can take a fen back from a part (the Alabama effect); nobody is paid a negative amount, so that part
 * gets 0 now and the fen is taken, one by one, from the then largest part of the row (of equal ones the later).
 */
export function splitStream(amounts: readonly Fen[], weights: readonly bigint[]): Fen[][] {
  const sofar = weights.map(() => 0n)
  return amounts.map((amountFen) => {
    const row = splitNext(amountFen, weights, sofar)
    row.forEach((part, index) => {
      sofar[index] = at(sofar, index) + part
    })
    return row
  })
}

/** The next amount of such a stream, whose parts have had so much before. */
export function splitNext(amountFen: Fen, weights: readonly bigint[], sofar: readonly Fen[]): Fen[] {
  const total = sumFen(sofar) + amountFen
  const row = splitLargestRemainder(total, weights).map((target, index) => target - at(sofar, index))
  takeBackNegatives(row)
  return row
}

function takeBackNegatives(row: Fen[]): void {
  let excess = 0n
  row.forEach((part, index) => {
    if (part < 0n) {
      excess -= part
      row[index] = 0n
    }
  })
  if (excess > 0n) takeOffLargest(row, excess)
}

/**
 * Takes fen off a row one by one, each from the then largest part, of equal ones the later. All at once: the largest
 * parts come down to one level, and what is then still to take comes off the later of those that stand on it.
 */
function takeOffLargest(row: Fen[], excess: Fen): void {
  const level = levelAfter(row, excess)
  let left = excess
  row.forEach((part, index) => {
    if (part <= level) return
    left -= part - level
    row[index] = level
  })
  for (let index = row.length - 1; left > 0n; index--) {
    if (at(row, index) < level) continue
    row[index] = level - 1n
    left--
  }
}

/** The lowest level to which so many fen bring down all parts above it. */
function levelAfter(row: readonly Fen[], excess: Fen): Fen {
  const sorted = row.toSorted((a, b) => compareBig(b, a))
  let sum = 0n
  for (let count = 1; count < sorted.length; count++) {
    sum += at(sorted, count - 1)
    const level = divideUp(sum - excess, BigInt(count))
    if (level >= at(sorted, count)) return level
  }
  return divideUp(sum + at(sorted, sorted.length - 1) - excess, BigInt(sorted.length))
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function at(list: readonly bigint[], index: number): bigint {
  const value = list[index]
  assert(value !== undefined, 'index within the list')
  return value
}
