import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  amountMaxFen,
  divideHalfUp,
  divideUp,
  formatFen,
  parseAmount,
  splitLargestRemainder,
  splitStream,
  splitToLast,
  sumFen,
} from '../../src/base/money.ts'

const runs = { numRuns: process.env.YIBEN_NIGHTLY ? 10_000 : 500 }
const amounts = fc.bigInt({ min: 0n, max: amountMaxFen })
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1, maxLength: 12 })
  .filter((list) => list.some((w) => w > 0n))

describe('an amount', () => {
  it.each([
    ['0', 0n],
    ['0.01', 1n],
    ['1', 100n],
    ['1.5', 150n],
    ['1234.50', 123450n],
    ['999999999999999.99', amountMaxFen],
  ])('reads %s', (text, fen) => {
    expect(parseAmount(text)).toBe(fen)
  })

  it.each([
    '',
    '-1',
    '+1',
    ' 1',
    '1 ',
    '1\n',
    '01',
    '00',
    '.5',
    '5.',
    '1.005',
    '1.000',
    '1e2',
    '0x10',
    '1_000',
    '1,000.00',
    '１２',
    '一百',
    'NaN',
    'Infinity',
    '-0',
    '1000000000000000',
    '9'.repeat(100_000),
    '٣',
  ])('refuses %j', (text) => {
    expect(parseAmount(text)).toBeUndefined()
  })

  it('is written as it is read', () => {
    fc.assert(
      fc.property(amounts, (fen) => parseAmount(formatFen(fen)) === fen),
      runs,
    )
  })

  it('is never written as a negative zero', () => {
    expect([formatFen(0n), formatFen(-1n), formatFen(-100n), formatFen(5n)]).toEqual(['0.00', '-0.01', '-1.00', '0.05'])
  })
})

describe('rounding', () => {
  it('takes a half away from zero, never to the even', () => {
    expect([divideHalfUp(5n, 10n), divideHalfUp(25n, 10n), divideHalfUp(-25n, 10n), divideHalfUp(24n, 10n)]).toEqual([
      1n,
      3n,
      -3n,
      2n,
    ])
  })

  it('is within half a unit of the exact quotient', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        (n, d) => {
          const off = 2n * (divideHalfUp(n, d) * d - n)
          return off <= d && off >= -d
        },
      ),
      runs,
    )
  })

  it('rounds "at least" up', () => {
    expect([divideUp(18333333n, 2n), divideUp(10n, 5n), divideUp(0n, 3n)]).toEqual([9166667n, 2n, 0n])
  })
})

describe('a split', () => {
  it('gives ties to the earlier (O-45)', () => {
    expect(splitLargestRemainder(10000n, [1n, 1n, 1n])).toEqual([3334n, 3333n, 3333n])
    expect(splitLargestRemainder(2n, [1n, 1n, 1n])).toEqual([1n, 1n, 0n])
    expect(splitToLast(80000n, [1n, 1n, 1n])).toEqual([26666n, 26666n, 26668n])
  })

  it('adds up to its total, and no part is a fen off its share', () => {
    fc.assert(
      fc.property(amounts, weights, (total, list) => {
        const parts = splitLargestRemainder(total, list)
        const sum = sumFen(list)
        const near = parts.every(
          (part, i) => part * sum - total * (list[i] ?? 0n) < sum && total * (list[i] ?? 0n) - part * sum < sum,
        )
        return (
          sumFen(parts) === total && near && parts.every((part, i) => part >= 0n && (part === 0n || list[i] !== 0n))
        )
      }),
      runs,
    )
  })

  it('of a stream sums to each amount, pays nobody a negative, and ends where the whole would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 6n }), { minLength: 1, maxLength: 20 }),
        weights,
        (stream, list) => {
          const rows = splitStream(stream, list)
          const whole = splitLargestRemainder(sumFen(stream), list)
          const paid = list.map((_, i) => sumFen(rows.map((row) => row[i] ?? 0n)))
          return (
            rows.every((row, i) => sumFen(row) === stream[i] && row.every((part) => part >= 0n)) &&
            paid.every((sum, i) => sum - (whole[i] ?? 0n) <= 2n && (whole[i] ?? 0n) - sum <= 2n)
          )
        },
      ),
      runs,
    )
  })
})
