/** Scores, tranches and the plan of a quarter as pure rules, at their boundaries and under any sequence of events. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from '../../src/base/decimal.ts'
import { day } from '../../src/base/calendar.ts'
import { formatFen, sumFen } from '../../src/base/money.ts'
import {
  firstDayOfQuarter,
  lastDayOfQuarter,
  nextQuarter,
  parseQuarter,
  quarter,
  quarterOf,
  quartersSince,
} from '../../src/base/quarter.ts'
import { type EarlyDistrict, type EarlyFacts, earlyPlanJson, planEarly } from '../../src/release/early/early.ts'
import {
  earlyFen,
  failedConditions,
  isDue,
  mostFen,
  nextTranche,
  splitOverProjects,
  tranchesOf,
} from '../../src/release/release/release.ts'
import { takenOver } from '../../src/release/claim/standing.ts'
import { missingOf, scoreOf, weightSum } from '../../src/release/score/score.ts'
import { floorOf, type Part, type ScoreFacts } from '../../src/release/score/facts.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { fen } from './programme.ts'

const law = lawOn(day('2026-07-01'))
const part = (ratio: string): Part => ({ reached: new Decimal(ratio), of: new Decimal('1') })
const allottedFen = fen('40404197.99')
const unpaid = { allottedFen, releasedFen: 0n, recoveryFen: 0n }

describe('a quarter', () => {
  it.each([
    ['2026-01-01', '2026Q1'],
    ['2026-03-31', '2026Q1'],
    ['2026-04-01', '2026Q2'],
    ['2026-12-31', '2026Q4'],
  ])('%s lies in %s', (on, of) => expect(quarterOf(day(on))).toBe(of))
  it('has its first and last day', () => {
    expect([firstDayOfQuarter(quarter('2024Q1')), lastDayOfQuarter(quarter('2024Q1'))]).toEqual([
      '2024-01-01',
      '2024-03-31',
    ])
    expect(lastDayOfQuarter(quarter('2026Q2'))).toBe('2026-06-30')
    expect([nextQuarter(quarter('2026Q2')), nextQuarter(quarter('2026Q4'))]).toEqual(['2026Q3', '2027Q1'])
    expect([quartersSince(2026, quarter('2026Q1')), quartersSince(2025, quarter('2026Q2'))]).toEqual([0, 5])
  })
  it.each(['2026Q0', '2026Q5', '26Q1', '2026q1', '1899Q1', '2026Q1 '])('%s is none', (text) => {
    expect(parseQuarter(text)).toBeUndefined()
  })
})

const evidence = { entry: 'S-1', document: '调查报告', sha256: 'ab', sampleSize: 100, person: 'zhou' }
const money = (kind: ScoreFacts['figures'][number]['kind'], amount: string) => ({
  kind,
  book: 'B',
  account: '1',
  source: 'F21',
  amountFen: fen(amount),
})
/** O-81: 96 % of the works, 8,450 of 10,000 spent, 80 % of communities governed, 2,600 of 10,000 social. */
const o81: ScoreFacts = {
  quarter: quarter('2026Q4'),
  works: [{ project: 'P1', year: 2025, areaDm2: 1_000_000n, progress: '0.96' }],
  communities: { count: 5, governed: 4 },
  figures: [
    money('spent', '84500000'),
    money('received', '100000000'),
    money('arrived', '100000000'),
    money('allotted', '112000000'),
    money('social', '26000000'),
    money('investment', '100000000'),
  ],
  entered: { integrity: { ...evidence, value: '1' }, satisfaction: { ...evidence, value: '0.93' } },
}

describe('a score', () => {
  it('of O-81 is 90.17, indicator by indicator', () => {
    const score = scoreOf(o81, law)
    expect(score?.indicators.map(({ points }) => points)).toEqual(['24.00', '16.90', '10.00', '12.00', '8.67', '18.60'])
    expect(score).toMatchObject({ total: '90.17', arrival: '0.8929', leverage: '0.89' })
  })

  it('has the leverage of O-81 from published figures', () => {
    const figures = o81.figures.filter(({ kind }) => kind !== 'allotted' && kind !== 'investment')
    const facts = { ...o81, figures: [...figures, money('allotted', '244000000'), money('investment', '2069000000')] }
    expect(scoreOf(facts, law)?.leverage).toBe('8.48')
  })

  it('has weights that add up to 100', () => expect(weightSum(law).toFixed()).toBe('100'))

  it('earns the full weight at the target and no more above', () => {
    const at = (amount: string) =>
      scoreOf(
        { ...o81, figures: [...o81.figures.filter(({ kind }) => kind !== 'social'), money('social', amount)] },
        law,
      )?.indicators[4]?.points
    expect([at('29999999.99'), at('30000000'), at('90000000')]).toEqual(['10.00', '10.00', '10.00'])
    expect(at('29900000')).toBe('9.97')
  })

  it.each([
    ['2026Q1', 2026, '0.025', '12.50'],
    ['2026Q2', 2026, '0.15', '25.00'],
    ['2026Q3', 2026, '0.299', '24.92'],
    ['2026Q4', 2026, '0.40', '22.22'],
    ['2027Q1', 2026, '0.40', '16.67'],
    ['2027Q4', 2026, '0.40', '10.00'],
    ['2028Q1', 2026, '0.40', '10.00'],
  ])('measures works by what is planned by then: %s of plan %i', (of, year, progress, points) => {
    const facts = { ...o81, quarter: quarter(of), works: [{ project: 'P1', year, areaDm2: 7n, progress }] }
    expect(scoreOf(facts, law)?.indicators[0]?.points).toBe(points)
  })

  it('weighs works by area', () => {
    const works = [
      { project: 'P1', year: 2025, areaDm2: 300n, progress: '1' },
      { project: 'P2', year: 2025, areaDm2: 100n, progress: '0' },
    ]
    expect(scoreOf({ ...o81, works }, law)?.indicators[0]).toMatchObject({ value: '0.7500', points: '18.75' })
  })

  it('is not made where anything is missing, and says what', () => {
    const without = (kind: string) => ({ ...o81, figures: o81.figures.filter((figure) => figure.kind !== kind) })
    expect(scoreOf({ ...o81, entered: {} }, law)).toBeUndefined()
    expect(missingOf({ ...o81, entered: {} }, law)).toEqual(['integrity', 'satisfaction'])
    expect(missingOf(without('received'), law)).toEqual(['fund_execution'])
    expect(missingOf(without('investment'), law)).toEqual(['social_capital'])
    expect(missingOf({ ...o81, works: [] }, law)).toEqual(['progress'])
    expect(missingOf({ ...o81, communities: { count: 0, governed: 0 } }, law)).toEqual(['long_term'])
    expect(missingOf(without('spent'), law)).toEqual([])
  })

  it('shows progress cut off, so that 39.996 % is not 40 %', () => {
    expect(floorOf(part('0.39996'))).toBe('0.3999')
    expect(floorOf({ reached: new Decimal('2'), of: new Decimal('3') })).toBe('0.6666')
  })
})

describe('tranches', () => {
  it('of O-06 are 20,202,099.00, 12,121,259.40 and the rest', () => {
    const targets = tranchesOf(allottedFen, law).map(({ targetFen }) => targetFen)
    const amounts = targets.map((target, index) => formatFen(target - (targets[index - 1] ?? 0n)))
    expect(amounts).toEqual(['20202099.00', '12121259.40', '8080839.59'])
  })

  it('shrink by what came before and by what must come back', () => {
    const [first, second, third] = tranchesOf(allottedFen, law)
    if (!first || !second || !third) throw new Error('three tranches')
    const paid = { ...unpaid, releasedFen: fen('20202099.00') }
    expect(formatFen(mostFen(paid, first))).toBe('0.00')
    expect(formatFen(mostFen(paid, second))).toBe('12121259.40')
    expect(formatFen(mostFen({ ...paid, recoveryFen: fen('6000000') }, second))).toBe('6121259.40')
    expect(formatFen(mostFen({ ...paid, recoveryFen: fen('60000000') }, third))).toBe('0.00')
    expect(nextTranche({ ...unpaid, releasedFen: allottedFen }, law)).toBeUndefined()
  })

  it.each([
    ['0.5999', [1]],
    ['0.60', [1, 2]],
    ['0.9999', [1, 2]],
    ['1', [1, 2, 3]],
  ])('are due at a progress of %s: %j', (progress, due) => {
    const all = tranchesOf(allottedFen, law).filter((tranche) => isDue(tranche, part(progress)))
    expect(all.map(({ tranche }) => tranche)).toEqual(due)
  })

  it('are early as far as they are paid and not due', () => {
    const paid = { ...unpaid, releasedFen: fen('32323358.40') }
    expect(formatFen(earlyFen(paid, part('0.45'), law))).toBe('12121259.40')
    expect(formatFen(earlyFen(paid, part('0.60'), law))).toBe('0.00')
  })
})

describe('the conditions of early disbursement', () => {
  const good = { score: '90', satisfaction: '0.90', progress: '0.40' }
  it.each([
    [{}, []],
    [{ score: '89.99' }, ['score']],
    [{ satisfaction: '0.8999' }, ['satisfaction']],
    [{ progress: '0.3999' }, ['progress']],
    [{ score: '0', progress: '0' }, ['score', 'progress']],
  ])('with %j fail %j', (change, failed) => expect(failedConditions({ ...good, ...change }, law)).toEqual(failed))
})

describe('the plan of a quarter', () => {
  const paidFirst = { ...unpaid, releasedFen: fen('20202099.00') }
  const allotment = {
    ...paidFirst,
    allocation: 'FP',
    pending: false,
    yearOver: false,
    waitingFen: fen('20202098.99'),
    readyFen: fen('20202098.99'),
    carriedFen: 0n,
    cashPlan: 'C',
    indicator: 'SZ',
    progress: part('0.45'),
    left: [],
  }
  const budgetsFen = { SZ: fen('1000000000') }
  const of = (district: string, score: string, more: object = {}): EarlyDistrict => ({
    district,
    score: { version: 1, conditions: { score, satisfaction: '0.93', progress: '0.45' } },
    missing: [],
    overdue: [],
    allotments: [{ ...allotment, ...more }],
  })
  const plan = (districts: EarlyDistrict[], cash = '1000000000'): ReturnType<typeof planEarly> =>
    planEarly({ districts, cashPlansFen: { C: fen(cash) }, budgetsFen }, { law, thresholds: law })

  it('gives the better district the cash plan first, of equal ones the lower code, and fills up with what still fits', () => {
    const small = of('110109', '90.00', { allottedFen: fen('4000000'), releasedFen: fen('2000000') })
    const { drafts, others } = plan(
      [of('110106', '92.00'), small, of('110105', '95.00'), of('110102', '92.00')],
      '25000000',
    )
    expect(drafts.map(({ district, cashPlanFen }) => [district, formatFen(cashPlanFen)])).toEqual([
      ['110105', '25000000.00'],
      ['110102', '12878740.60'],
    ])
    expect(others.map(({ district, reason }) => [district, reason])).toEqual([
      ['110106', 'exceeds_cash_plan'],
      ['110109', 'exceeds_cash_plan'],
    ])
    const wider = plan([of('110106', '92.00'), small, of('110105', '95.00'), of('110102', '92.00')], '26000000')
    expect(wider.drafts.map(({ district }) => district)).toEqual(['110105', '110102', '110109'])
  })

  it('compares scores as numbers', () => {
    expect(plan([of('110101', '99.50'), of('110102', '100.00')]).drafts.map(({ district }) => district)).toEqual([
      '110102',
      '110101',
    ])
  })

  const { score: _, ...unscored } = of('110101', '95')
  it.each<[string, EarlyDistrict]>([
    ['inputs_missing', { ...unscored, missing: ['satisfaction'] }],
    ['conditions_not_met', of('110101', '89.99')],
    ['nothing_allotted', { ...of('110101', '95'), allotments: [] }],
    ['all_released', of('110101', '95', { releasedFen: allottedFen })],
    ['release_pending', of('110101', '95', { pending: true })],
    ['indicator_year_over', of('110101', '95', { yearOver: true })],
    ['carried_over', of('110101', '95', { readyFen: fen('12121259.39'), carriedFen: 1n })],
    ['first_tranche_open', of('110101', '95', { releasedFen: 0n })],
    ['release_project_left', of('110101', '95', { left: ['P1'] })],
    ['due_anyway', of('110101', '95', { progress: part('0.60') })],
    ['exceeds_final_budget', of('110101', '95', { indicator: 'OTHER' })],
    ['release_blocked_by_clawback', { ...of('110101', '95'), overdue: ['B-1'] }],
    ['later_quarter', { ...of('110101', '95'), later: quarter('2026Q3') }],
    ['not_early', of('110101', '95', { releasedFen: fen('32323358.40') })],
    ['exceeds_allotment', of('110101', '95', { waitingFen: fen('12121259.39') })],
  ])('says %s', (reason, district) => {
    const { drafts, others } = plan([district])
    expect([drafts, others.map((other) => other.reason)]).toEqual([[], [reason]])
  })

  it('fits to the fen', () => {
    expect(plan([of('110101', '95')], '12121259.40').drafts).toHaveLength(1)
    expect(plan([of('110101', '95')], '12121259.39').others).toMatchObject([{ reason: 'exceeds_cash_plan' }])
  })

  it('is the same whatever order the facts come in', () => {
    const districts = ['110101', '110102', '110105', '110106', '110107'].map((code, index) =>
      of(code, String(90 + (index % 3))),
    )
    fc.assert(
      fc.property(fc.shuffledSubarray(districts, { minLength: 5 }), (shuffled) => {
        const facts: EarlyFacts = { districts: shuffled, cashPlansFen: { C: fen('40000000') }, budgetsFen }
        expect(earlyPlanJson(planEarly(facts, { law, thresholds: law }))).toEqual(
          earlyPlanJson(plan(districts, '40000000')),
        )
      }),
    )
  })
})

type Step =
  | { readonly do: 'pay'; readonly part: number }
  | { readonly do: 'claw'; readonly part: number; readonly spent: number }
  | { readonly do: 'recover'; readonly part: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('pay' as const), part: fc.integer({ min: 1, max: 1000 }) }),
  fc.record({
    do: fc.constant('claw' as const),
    part: fc.integer({ min: 1, max: 1000 }),
    spent: fc.integer({ min: 0, max: 1000 }),
  }),
  fc.record({ do: fc.constant('recover' as const), part: fc.integer({ min: 1, max: 100 }) }),
)

describe('any sequence of payments, claw-backs and recoveries', () => {
  it('never pays more than was allotted, to nobody more than his share, and ends with the whole of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 9_999_999_999n }), { minLength: 1, maxLength: 12 }),
        fc.array(step, { maxLength: 25 }),
        (shares, steps) => {
          const state = play(shares, steps)
          // All is done: everything is due, and is paid tranche by tranche.
          for (let next = nextTranche(state, law); next; next = nextTranche(state, law))
            pay(state, mostFen(state, next))
          expect(state.releasedFen).toBe(maxOf(state))
          if (state.recoveryFen === 0n) expect(state.had).toEqual(shares)
          expect(sumFen(state.had)).toBe(state.releasedFen)
        },
      ),
      { numRuns: 500 },
    )
  })

  type State = { allottedFen: bigint; releasedFen: bigint; recoveryFen: bigint; shares: bigint[]; had: bigint[] }
  const maxOf = (state: State): bigint => {
    const whole = state.allottedFen - state.recoveryFen
    return whole > state.releasedFen ? whole : state.releasedFen
  }

  function play(shares: bigint[], steps: readonly Step[]): State {
    const state: State = {
      allottedFen: sumFen(shares),
      releasedFen: 0n,
      recoveryFen: 0n,
      shares,
      had: shares.map(() => 0n),
    }
    for (const given of steps) {
      if (given.do === 'pay') {
        const next = nextTranche(state, law)
        if (next) pay(state, (mostFen(state, next) * BigInt(given.part)) / 1000n)
      } else if (given.do === 'claw') claw(state, given)
      // A final budget below the notice takes only what is not paid.
      else state.recoveryFen = ((state.allottedFen - state.releasedFen) * BigInt(given.part)) / 1000n
      holds(state)
    }
    return state
  }

  function pay(state: State, amountFen: bigint): void {
    if (amountFen === 0n) return
    const parts = splitOverProjects(
      amountFen,
      state.shares.map((shareFen, index) => ({
        project: String(index),
        shareFen,
        releasedFen: state.had[index] ?? 0n,
      })),
    )
    expect(sumFen(parts.map((one) => one.amountFen))).toBe(amountFen)
    for (const { project, amountFen: own } of parts)
      state.had[Number(project)] = (state.had[Number(project)] ?? 0n) + own
    state.releasedFen += amountFen
    holds(state)
  }

  function claw(state: State, { part: asked, spent }: { part: number; spent: number }): void {
    const held = state.had.map((amountFen, index) => ({
      project: String(index),
      hadFen: amountFen,
      quotaFen: amountFen - (amountFen * BigInt(spent)) / 1000n,
      cancelledFen: 0n,
    }))
    const { parts, takenFen } = takenOver((state.releasedFen * BigInt(asked)) / 1000n, held)
    expect(sumFen(parts.map((one) => one.amountFen))).toBe(takenFen)
    for (const { project, amountFen } of parts)
      state.had[Number(project)] = (state.had[Number(project)] ?? 0n) - amountFen
    state.releasedFen -= takenFen
  }

  function holds({ allottedFen: whole, releasedFen, shares, had }: State): void {
    expect(releasedFen).toBeGreaterThanOrEqual(0n)
    expect(releasedFen).toBeLessThanOrEqual(whole)
    had.forEach((own, index) => {
      expect(own).toBeGreaterThanOrEqual(0n)
      expect(own).toBeLessThanOrEqual(shares[index] ?? 0n)
    })
  }
})
