/**
 * The interest subsidy against an oracle that knows nothing of stretches: it walks from day to day and adds up
 * fractions. Then the words of the row, one by one.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, type Day, day, daysBetween } from '../../src/base/calendar.ts'
import { divideHalfUp, type Fen, formatFen, minFen } from '../../src/base/money.ts'
import { numRuns } from './runs.ts'
import { answer, resultOf, trial, usesOf } from './trial.ts'

type Dated = { on: Day; amount: Fen }
type Period = { from: string; to: string; days: number; interest: string; subsidisedDays: number; subsidy: string }
type Claim = {
  draws: Dated[]
  repayments: Dated[]
  rates: { from: Day; rate: bigint }[]
  requested: bigint | undefined
  other: bigint
  windowStart: Day
  until: Day
  overdue: { from: Day; to: Day; amount: Fen }[]
}

/** Rates are whole numbers of 10⁻⁴ here, so a day's interest is principal × rate over 360 × 10⁴. */
const rateScale = 10_000n
const settles = (on: Day): boolean => ['03-20', '06-20', '09-20', '12-20'].includes(on.slice(5))
const sumOn = (list: Dated[], on: Day): Fen =>
  list.filter((entry) => entry.on <= on).reduce((sum, { amount }) => sum + amount, 0n)

function oracle(claim: Claim): Period[] {
  const first = claim.draws.map(({ on }) => on).sort()[0] as Day
  const windowEnd = addMonths(claim.windowStart, 60)
  const periods: Period[] = []
  let current = { from: first, interest: 0n, subsidy: 0n, subsidisedDays: 0 }
  for (let on = first; on < claim.until; on = addDays(on, 1)) {
    if (on > current.from && settles(on)) {
      periods.push(closed(current, on))
      current = { from: on, interest: 0n, subsidy: 0n, subsidisedDays: 0 }
    }
    const principal = sumOn(claim.draws, on) - sumOn(claim.repayments, on)
    const rate =
      claim.rates
        .filter(({ from }) => from <= on)
        .sort((a, b) => (a.from < b.from ? -1 : 1))
        .at(-1)?.rate ?? 0n
    const overdue = claim.overdue
      .filter(({ from, to }) => from <= on && on < to)
      .reduce((sum, { amount }) => sum + amount, 0n)
    const granted = [claim.requested ?? 200n, 200n, rate - claim.other].reduce(minFen)
    const inside = on >= claim.windowStart && on < windowEnd
    current.interest += principal * rate
    if (inside) current.subsidisedDays++
    if (inside && granted > 0n) current.subsidy += (principal - minFen(overdue, principal)) * granted
  }
  return [...periods, closed(current, claim.until)]
}

function closed(sums: { from: Day; interest: bigint; subsidy: bigint; subsidisedDays: number }, to: Day): Period {
  const yuan = (sum: bigint): string => formatFen(divideHalfUp(sum, 360n * rateScale))
  return {
    from: sums.from,
    to,
    days: daysBetween(sums.from, to),
    interest: yuan(sums.interest),
    subsidisedDays: sums.subsidisedDays,
    subsidy: yuan(sums.subsidy),
  }
}

const start = day('2022-11-01')
const someDay = fc.integer({ min: 0, max: 2400 }).map((days) => addDays(start, days))
const amount = fc.integer({ min: 0, max: 900_000_000 }).map(BigInt)
const dated = fc.record({ on: someDay, amount })
const ratio = fc.integer({ min: 0, max: 700 }).map(BigInt)

const claims = fc
  .record({
    draws: fc.array(dated, { minLength: 1, maxLength: 4 }),
    repaid: fc.array(fc.record({ on: someDay, part: fc.integer({ min: 0, max: 30 }) }), { maxLength: 3 }),
    rates: fc.uniqueArray(fc.record({ from: someDay, rate: ratio }), { maxLength: 4, selector: ({ from }) => from }),
    requested: fc.option(ratio, { nil: undefined }),
    other: ratio,
    windowStart: someDay,
    length: fc.integer({ min: 1, max: 2300 }),
    overdue: fc.array(fc.record({ from: someDay, days: fc.integer({ min: 1, max: 400 }), amount }), { maxLength: 3 }),
  })
  .map(({ draws, repaid, rates, length, overdue, ...rest }): Claim => {
    const [first] = draws.map(({ on }) => on).sort()
    const opening = { ...(draws[0] as Dated), on: first as Day }
    return {
      ...rest,
      draws: [...draws.slice(1), opening],
      // Three repayments of at most 30 % of the first draw leave a principal.
      repayments: repaid.map(({ on, part }) => ({
        on: on < opening.on ? opening.on : on,
        amount: (opening.amount * BigInt(part)) / 100n,
      })),
      rates: [{ from: day('2022-01-01'), rate: 430n }, ...rates],
      until: addDays(opening.on, length),
      overdue: overdue.map(({ from, days, amount: late }) => ({ from, to: addDays(from, days), amount: late })),
    }
  })

const decimal = (units: bigint): string => `0.${units.toString().padStart(4, '0')}`
const yuan = <Entry extends { amount: Fen }>(list: Entry[]) =>
  list.map((entry) => ({ ...entry, amount: formatFen(entry.amount) }))

function inputOf(claim: Claim) {
  return {
    draws: yuan(claim.draws),
    repayments: yuan(claim.repayments),
    rates: claim.rates.map(({ from, rate }) => ({ from, rate: decimal(rate) })),
    ...(claim.requested !== undefined && { requestedRate: decimal(claim.requested) }),
    otherSubsidyRate: decimal(claim.other),
    windowStart: claim.windowStart,
    until: claim.until,
    overdue: yuan(claim.overdue),
  }
}

describe('interest-subsidy', () => {
  test('equals a sum from day to day', () => {
    fc.assert(
      fc.property(claims, (claim) => {
        const { periods } = resultOf<{ periods: Period[] }>('interest-subsidy', inputOf(claim))
        expect(periods).toEqual(oracle(claim))
      }),
      { numRuns: Math.min(numRuns, 2000) },
    )
  }, 120_000)

  test('never exceeds the interest, in a period or in all, and is 0 outside the window', () => {
    fc.assert(
      fc.property(claims, (claim) => {
        const { periods, interestTotal, subsidyTotal } = resultOf<{
          periods: Period[]
          interestTotal: string
          subsidyTotal: string
        }>('interest-subsidy', inputOf(claim))
        for (const { interest, subsidy, subsidisedDays } of periods) {
          expect(Number(subsidy)).toBeLessThanOrEqual(Number(interest))
          if (subsidisedDays === 0) expect(subsidy).toBe('0.00')
        }
        expect(Number(subsidyTotal)).toBeLessThanOrEqual(Number(interestTotal))
      }),
      { numRuns },
    )
  })
})

const simple = (rest: object) => ({
  draws: [{ on: '2023-03-20', amount: '36000' }],
  rates: [{ from: '2023-01-01', rate: '0.04' }],
  windowStart: '2023-01-01',
  until: '2023-06-20',
  ...rest,
})
const periodsOf = (rest: object) => resultOf<{ periods: Period[] }>('interest-subsidy', simple(rest)).periods
const subsidies = (rest: object) => periodsOf(rest).map(({ subsidy }) => subsidy)

describe('the words of the row', () => {
  test('a quarter of 92 days at 4 % and 2 %', () => {
    expect(periodsOf({})).toEqual([
      { from: '2023-03-20', to: '2023-06-20', days: 92, interest: '368.00', subsidisedDays: 92, subsidy: '184.00' },
    ])
  })

  test('a last period may be shorter, and one day longer makes one more', () => {
    expect(periodsOf({ until: '2023-06-21' }).map(({ from, to }) => [from, to])).toEqual([
      ['2023-03-20', '2023-06-20'],
      ['2023-06-20', '2023-06-21'],
    ])
    expect(periodsOf({ until: '2023-06-19' }).map(({ to }) => to)).toEqual(['2023-06-19'])
  })

  test('periods without principal stay in, and their days count as subsidised', () => {
    const periods = periodsOf({ repayments: [{ on: '2023-06-20', amount: '36000' }], until: '2023-09-20' })
    expect(periods[1]).toEqual({
      from: '2023-06-20',
      to: '2023-09-20',
      days: 92,
      interest: '0.00',
      subsidisedDays: 92,
      subsidy: '0.00',
    })
  })

  test('what is dated until or later does nothing', () => {
    const later = {
      draws: [
        { on: '2023-03-20', amount: '36000' },
        { on: '2023-06-20', amount: '1' },
      ],
      repayments: [{ on: '2023-06-20', amount: '99999999' }],
      rates: [
        { from: '2023-01-01', rate: '0.04' },
        { from: '2023-06-20', rate: '9' },
      ],
    }
    expect(periodsOf(later)).toEqual(periodsOf({}))
  })

  test('a repayment counts from its own day on', () => {
    expect(subsidies({ repayments: [{ on: '2023-06-19', amount: '36000' }] })).toEqual(['182.00'])
  })

  test('draws and repayments of a day are one change', () => {
    expect(trial('interest-subsidy', simple({ repayments: [{ on: '2023-03-20', amount: '36000' }] }))).toHaveProperty(
      'result',
    )
  })

  test.each<[string, object, string[]]>([
    ['until on the first draw', { until: '2023-03-20' }, ['/until']],
    ['until before the first draw', { until: '2023-03-19' }, ['/until']],
    ['a principal below 0', { repayments: [{ on: '2023-04-01', amount: '36000.01' }] }, ['/repayments']],
    ['a repayment before the first draw', { repayments: [{ on: '2023-03-19', amount: '1' }] }, ['/repayments']],
    [
      'two rates of one day',
      {
        rates: [
          { from: '2023-01-01', rate: '0.04' },
          { from: '2023-01-01', rate: '0.04' },
        ],
      },
      ['/rates/1/from'],
    ],
    ['no rate on the first draw’s day', { rates: [{ from: '2023-03-21', rate: '0.04' }] }, ['/rates']],
    [
      'an empty overdue period',
      { overdue: [{ from: '2023-04-01', to: '2023-04-01', amount: '1' }] },
      ['/overdue/0/to'],
    ],
    ['an interest payment of no period', { paid: [{ to: '2023-06-19', amount: '1' }] }, ['/paid/0/to']],
    [
      'two interest payments of a period',
      {
        paid: [
          { to: '2023-06-20', amount: '1' },
          { to: '2023-06-20', amount: '1' },
        ],
      },
      ['/paid/1/to'],
    ],
    ['a date for the policy, which the row has not', { on: '2023-06-20' }, ['/on']],
  ])('refuses %s', (_title, rest, invalid) => expect(trial('interest-subsidy', simple(rest))).toEqual({ invalid }))

  test('a rate on the first draw’s day is enough', () => {
    expect(periodsOf({ rates: [{ from: '2023-03-20', rate: '0.04' }] })[0]?.interest).toBe('368.00')
  })

  test('the lists may be empty where they may be absent', () => {
    expect(periodsOf({ repayments: [], overdue: [] })).toEqual(periodsOf({}))
    expect(subsidies({ paid: [] })).toEqual(['0.00'])
  })

  test('the subsidised rate is the least of request, cap and what is left of the loan rate', () => {
    expect(subsidies({ requestedRate: '0.01' })).toEqual(['92.00'])
    expect(subsidies({ requestedRate: '0.5' })).toEqual(['184.00'])
    expect(subsidies({ otherSubsidyRate: '0.03' })).toEqual(['92.00'])
    expect(subsidies({ otherSubsidyRate: '0.05' })).toEqual(['0.00'])
    expect(subsidies({ requestedRate: '0' })).toEqual(['0.00'])
  })

  test('the window ends five years later, on 28 February after a leap day', () => {
    const late = { draws: [{ on: '2029-02-27', amount: '36000' }], windowStart: '2024-02-29', until: '2029-03-20' }
    expect(periodsOf(late)[0]).toMatchObject({ days: 21, subsidisedDays: 1, subsidy: '2.00' })
  })

  test('a window may start after the first draw', () => {
    expect(periodsOf({ windowStart: '2023-06-10' })[0]).toMatchObject({
      subsidisedDays: 10,
      subsidy: '20.00',
      interest: '368.00',
    })
    expect(periodsOf({ windowStart: '2023-06-20' })[0]).toMatchObject({ subsidisedDays: 0, subsidy: '0.00' })
  })

  test('overdue principal gets no subsidy; entries that overlap add up, at most to the principal', () => {
    const overdue = (amount: string) => ({ from: '2023-03-20', to: '2023-06-20', amount })
    expect(subsidies({ overdue: [overdue('9000')] })).toEqual(['138.00'])
    expect(subsidies({ overdue: [overdue('9000'), overdue('9000')] })).toEqual(['92.00'])
    expect(subsidies({ overdue: [overdue('30000'), overdue('30000')] })).toEqual(['0.00'])
    expect(subsidies({ overdue: [{ from: '1999-01-01', to: '2023-03-21', amount: '36000' }] })).toEqual(['182.00'])
  })

  test('paid interest counts in proportion, at most in full, and not beyond its period', () => {
    expect(subsidies({ paid: [{ to: '2023-06-20', amount: '184' }] })).toEqual(['92.00'])
    expect(subsidies({ paid: [{ to: '2023-06-20', amount: '368.01' }] })).toEqual(['184.00'])
    expect(subsidies({ paid: [{ to: '2023-09-20', amount: '368' }], until: '2023-09-20' })).toEqual(['0.00', '184.00'])
  })

  test('uses show the cap, and where it comes from', () => {
    expect(usesOf('interest-subsidy', simple({ requestedRate: '0.5' }))).toEqual([
      'interest_subsidy_rate_cap',
      'interest_subsidy_years',
      'loan_year_days',
      'loan_settlement_days',
    ])
    expect(answer('interest-subsidy', simple({})).uses?.[0]).toEqual({
      parameter: 'interest_subsidy_rate_cap',
      value: '0.02',
      from: '1900-01-01',
      clause: '京政办发〔2022〕28号 第（二十五）条',
    })
  })
})
