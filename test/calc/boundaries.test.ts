/**
 * The rows of the contract word for word: both sides of every threshold, what is absent, empty, zero or as large as the
 * form allows.
 */
import { describe, expect, test } from 'vitest'
import { resultOf, trial, usesOf } from './trial.ts'

type Case = [title: string, input: unknown, expected: unknown]

const ok = (result: unknown) => ({ result })
const no = (refusal: string) => ({ refusal })
const bad = (...invalid: string[]) => ({ invalid })

function rows(calc: string, cases: Case[]): void {
  describe(calc, () => {
    test.each(cases)('%s', (_title, input, expected) => expect(trial(calc, input)).toEqual(expected))
  })
}

rows('split', [
  ['gives zeros for nothing', { total: '0', weights: ['1', '2'] }, ok({ parts: ['0.00', '0.00'] })],
  ['refuses weights of 0 for nothing, too', { total: '0', weights: ['0'] }, bad('/weights')],
  [
    'gives nothing to a weight of 0',
    { total: '0.01', weights: ['0', '0.000000000001'] },
    ok({ parts: ['0.00', '0.01'] }),
  ],
  ['gives ties to the earlier', { total: '0.01', weights: ['1', '1'] }, ok({ parts: ['0.01', '0.00'] })],
  [
    'gives ties to the earlier among different weights',
    { total: '0.03', weights: ['1', '3', '1', '1'] },
    ok({ parts: ['0.01', '0.02', '0.00', '0.00'] }),
  ],
  [
    'leaves the tail to the last even at weight 0',
    { total: '0.05', weights: ['1', '1', '0'], remainder: 'last' },
    ok({ parts: ['0.02', '0.02', '0.01'] }),
  ],
  ['knows "largest" by name', { total: '1', weights: ['1'], remainder: 'largest' }, ok({ parts: ['1.00'] })],
  [
    'splits the largest amount',
    { total: '999999999999999.99', weights: ['1', '1'] },
    ok({ parts: ['500000000000000.00', '499999999999999.99'] }),
  ],
  ['takes one decimal and none', { total: '0.5', weights: ['1.0', '1'] }, ok({ parts: ['0.25', '0.25'] })],
])

rows('split-stream', [
  [
    'keeps zeros in the stream',
    { amounts: ['0', '0.01', '0'], weights: ['1', '1'] },
    ok({
      parts: [
        ['0.00', '0.00'],
        ['0.01', '0.00'],
        ['0.00', '0.00'],
      ],
    }),
  ],
  [
    'catches up in the later row',
    { amounts: ['0.01', '0.01'], weights: ['1', '1'] },
    ok({
      parts: [
        ['0.01', '0.00'],
        ['0.00', '0.01'],
      ],
    }),
  ],
  ['refuses weights of 0', { amounts: ['0'], weights: ['0', '0'] }, bad('/weights')],
])

const dwellings = (...floors: number[]) => floors.map((floor, index) => ({ id: `d${index}`, floor }))
const shares = (...amounts: string[]) => ok({ shares: amounts.map((amount, index) => ({ id: `d${index}`, amount })) })

rows('owner-shares', [
  [
    'asks nothing of the lowest floors',
    { total: '100', dwellings: dwellings(0, 1, 2, 3) },
    shares('0.00', '0.00', '0.00', '100.00'),
  ],
  ['refuses a house of lowest floors only', { total: '100', dwellings: dwellings(1, 2) }, bad('/dwellings')],
  ['adds a tenth a floor, without end', { total: '240', dwellings: dwellings(3, 13) }, shares('70.00', '170.00')],
  [
    'uses given coefficients alone',
    { total: '30', dwellings: dwellings(1, 9), coefficients: { 1: '1', 9: '2', 3: '7' } },
    shares('10.00', '20.00'),
  ],
  [
    'refuses a floor the coefficients lack',
    { total: '30', dwellings: dwellings(1, 3), coefficients: { 1: '1' } },
    bad('/dwellings/1/floor'),
  ],
  ['refuses an empty table', { total: '30', dwellings: dwellings(3), coefficients: {} }, bad('/dwellings/0/floor')],
  ['refuses coefficients of 0', { total: '30', dwellings: dwellings(3), coefficients: { 3: '0' } }, bad('/dwellings')],
  [
    'refuses a floor written oddly',
    { total: '30', dwellings: dwellings(3), coefficients: { 3: '1', '03': '1' } },
    bad('/coefficients/03'),
  ],
  [
    'refuses a negative floor as key',
    { total: '30', dwellings: dwellings(3), coefficients: { 3: '1', '-1': '1' } },
    bad('/coefficients/-1'),
  ],
  [
    'refuses a prototype key',
    { total: '30', dwellings: dwellings(3), coefficients: { 3: '1', toString: '1' } },
    bad('/coefficients/toString'),
  ],
  [
    'refuses areas for some',
    {
      total: '1',
      dwellings: [
        { id: 'a', floor: 3, area: '1' },
        { id: 'b', floor: 3 },
      ],
    },
    bad('/dwellings/1/area'),
  ],
  ['refuses areas of 0 only', { total: '1', dwellings: [{ id: 'a', floor: 3, area: '0' }] }, bad('/dwellings')],
  [
    'refuses an id that comes twice',
    {
      total: '1',
      dwellings: [
        { id: 'a', floor: 3 },
        { id: 'a', floor: 4 },
      ],
    },
    bad('/dwellings/1/id'),
  ],
])

const recipient = { id: 'A', area: '1', households: 1, buildings: 1, communities: 1, coefficient: '1' }
const other = { ...recipient, id: 'B' }
const even = { area: '0.25', households: '0.25', buildings: '0.25', communities: '0.25' }
const areaOnly = { area: '1', households: '0', buildings: '0', communities: '0' }
const performanceOnly = { ...areaOnly, area: '0', performance: '1' }

rows('factor-allocation', [
  [
    'splits evenly between equals',
    { total: '0.01', weights: even, recipients: [recipient, other] },
    ok({
      shares: [
        { id: 'A', amount: '0.01' },
        { id: 'B', amount: '0.00' },
      ],
    }),
  ],
  [
    'refuses weights that are not 1',
    { total: '1', weights: { ...even, area: '0.250000000001' }, recipients: [recipient] },
    bad('/weights'),
  ],
  [
    'counts the weight of performance',
    { total: '1', weights: { ...even, performance: '0.1' }, recipients: [{ ...recipient, performance: '1' }] },
    bad('/weights'),
  ],
  [
    'leaves a factor of weight 0 out, though it sums to 0',
    { total: '1', weights: areaOnly, recipients: [{ ...recipient, households: 0, buildings: 0, communities: 0 }] },
    ok({ shares: [{ id: 'A', amount: '1.00' }] }),
  ],
  [
    'leaves performance of weight 0 out, though it is absent',
    { total: '1', weights: { ...areaOnly, performance: '0' }, recipients: [recipient] },
    ok({ shares: [{ id: 'A', amount: '1.00' }] }),
  ],
  [
    'refuses a weighted factor that sums to 0',
    { total: '1', weights: even, recipients: [{ ...recipient, buildings: 0 }] },
    bad('/weights/buildings'),
  ],
  [
    'refuses coefficients of 0',
    { total: '1', weights: areaOnly, recipients: [{ ...recipient, coefficient: '0' }] },
    bad('/weights/area'),
  ],
  [
    'does not multiply performance by the coefficient',
    {
      total: '3',
      weights: performanceOnly,
      recipients: [
        { ...recipient, coefficient: '0', performance: '1' },
        { ...other, performance: '2' },
      ],
    },
    ok({
      shares: [
        { id: 'A', amount: '1.00' },
        { id: 'B', amount: '2.00' },
      ],
    }),
  ],
  [
    'refuses an absent performance',
    { total: '1', weights: performanceOnly, recipients: [{ ...recipient, performance: '1' }, other] },
    bad('/recipients/1/performance'),
  ],
  [
    'refuses performance that sums to 0',
    { total: '1', weights: performanceOnly, recipients: [{ ...recipient, performance: '0' }] },
    bad('/weights/performance'),
  ],
  [
    'refuses an id that comes twice',
    { total: '1', weights: even, recipients: [recipient, recipient] },
    bad('/recipients/1/id'),
  ],
])

const rewarded = [
  { ...recipient, reward: '1' },
  { ...other, reward: '3' },
]
const rewardShares = (...parts: string[][]) =>
  ok({ shares: parts.map(([task, reward, amount], index) => ({ id: 'AB'[index], task, reward, amount })) })

rows('reward-allocation', [
  [
    'rounds the task, and rewards with the rest',
    { total: '0.03', weights: even, taskShare: '0.5', recipients: rewarded },
    rewardShares(['0.01', '0.00', '0.01'], ['0.01', '0.01', '0.02']),
  ],
  [
    'may be all task',
    { total: '1', weights: even, taskShare: '1', recipients: rewarded },
    rewardShares(['0.50', '0.00', '0.50'], ['0.50', '0.00', '0.50']),
  ],
  [
    'may be all reward',
    { total: '1', weights: even, taskShare: '0', recipients: rewarded },
    rewardShares(['0.00', '0.25', '0.25'], ['0.00', '0.75', '0.75']),
  ],
  [
    'refuses more than all task',
    { total: '1', weights: even, taskShare: '1.000000000001', recipients: rewarded },
    bad('/taskShare'),
  ],
  [
    'refuses rewards of 0, also where nothing is left for them',
    { total: '1', weights: even, taskShare: '1', recipients: [{ ...recipient, reward: '0' }] },
    bad('/recipients'),
  ],
  [
    'refuses rewards only for those without a share',
    {
      total: '1',
      weights: areaOnly,
      taskShare: '0.5',
      recipients: [
        { ...recipient, reward: '0' },
        { ...other, area: '0', reward: '1' },
      ],
    },
    bad('/recipients'),
  ],
  [
    'refuses weights that are not 1',
    { total: '1', weights: areaOnly, taskShare: '0.5', recipients: [{ ...recipient, coefficient: '0', reward: '0' }] },
    bad('/weights/area'),
  ],
])

rows('tranches', [
  ['may be one', { total: '5', shares: ['1'] }, ok({ amounts: ['5.00'] })],
  [
    'pays at most what is left',
    { total: '0.01', shares: ['0.5', '0.5', '0'] },
    ok({ amounts: ['0.01', '0.00', '0.00'] }),
  ],
  ['gives the last the rest', { total: '0.03', shares: ['0.5', '0.5'] }, ok({ amounts: ['0.02', '0.01'] })],
  [
    'gives a last share of 0 what rounding left',
    { total: '0.01', shares: ['0.3', '0.3', '0.4', '0'] },
    ok({ amounts: ['0.00', '0.00', '0.00', '0.01'] }),
  ],
  ['refuses a sum above 1', { total: '1', shares: ['0.5', '0.500000000001'] }, bad('/shares')],
])

const release = (score: string, satisfaction: string, progress: string) => ({
  score,
  satisfaction,
  progress,
  on: '2024-06-30',
})

rows('early-release', [
  [
    'fails in the order of the row',
    release('0', '0', '0'),
    ok({ eligible: false, failed: ['score', 'satisfaction', 'progress'] }),
  ],
  [
    'fails satisfaction by the least',
    release('90', '0.899999999999', '0.40'),
    ok({ eligible: false, failed: ['satisfaction'] }),
  ],
  [
    'fails progress by the least',
    release('90.0', '0.9', '0.399999999999'),
    ok({ eligible: false, failed: ['progress'] }),
  ],
  ['passes far above', release('100', '1', '1.2'), ok({ eligible: true, failed: [] })],
])

rows('district-score', [
  [
    'gives no more than the weight',
    { indicators: [{ id: 'a', value: '2', target: '1.5', weight: '100' }] },
    ok({ points: [{ id: 'a', points: '100.00' }], total: '100.00' }),
  ],
  [
    'adds the rounded points',
    {
      indicators: [
        { id: 'a', value: '1', target: '3', weight: '50' },
        { id: 'b', value: '1', target: '3', weight: '50' },
      ],
    },
    ok({
      points: [
        { id: 'a', points: '16.67' },
        { id: 'b', points: '16.67' },
      ],
      total: '33.34',
    }),
  ],
  [
    'rounds a half up',
    { indicators: [{ id: 'a', value: '0.00005', weight: '100' }] },
    ok({ points: [{ id: 'a', points: '0.01' }], total: '0.01' }),
  ],
  [
    'refuses a target of 0',
    { indicators: [{ id: 'a', value: '1', target: '0', weight: '100' }] },
    bad('/indicators/0/target'),
  ],
  ['refuses weights of 99.99', { indicators: [{ id: 'a', value: '1', weight: '99.99' }] }, bad('/indicators')],
  [
    'refuses an id that comes twice',
    {
      indicators: [
        { id: 'a', value: '1', weight: '50' },
        { id: 'a', value: '1', weight: '50' },
      ],
    },
    bad('/indicators/1/id'),
  ],
])

rows('area-subsidy', [
  [
    'rounds the standard amount once',
    { area: '0.05', standard: '0.10', cost: '1' },
    ok({ standardAmount: '0.01', subsidy: '0.01', gap: '0.99' }),
  ],
  [
    'gives nothing for no cost',
    { area: '10', standard: '10', cost: '0' },
    ok({ standardAmount: '100.00', subsidy: '0.00', gap: '0.00' }),
  ],
  [
    'writes as many digits as it takes',
    { area: '999999999999999', standard: '999999999999999.99', cost: '0' },
    ok({ standardAmount: '999999999999998990000000000000.01', subsidy: '0.00', gap: '0.00' }),
  ],
])

const elevator = (pipelineCost: string, totalCost: string, certificate = true) => ({
  pipelineCost,
  totalCost,
  certificate,
  on: '2024-05-01',
})
const lift = (municipal: string, district: string, others: string, payable: string) =>
  ok({ municipal, district, others, payable })

rows('elevator-subsidy', [
  ['leaves the city the cost it has', elevator('0', '100000'), lift('100000.00', '0.00', '0.00', '100000.00')],
  ['leaves the district what is left', elevator('0', '300000'), lift('240000.00', '60000.00', '0.00', '300000.00')],
  [
    'stops at the cap of the pipelines',
    elevator('400000.01', '900000'),
    lift('640000.00', '160000.00', '100000.00', '800000.00'),
  ],
  ['stops at the cap of all', elevator('0', '800000.01'), lift('240000.00', '560000.00', '0.01', '800000.00')],
  ['pays nothing for no cost', elevator('5', '0'), lift('0.00', '0.00', '0.00', '0.00')],
  [
    'pays nothing before the certificate',
    elevator('0', '300000', false),
    lift('240000.00', '60000.00', '0.00', '0.00'),
  ],
])

const bond = (rest: object) => ({ face: '100', rate: '0.03', years: 1, start: '2023-01-15', ...rest })
const couponDays = (input: object) =>
  resultOf<{ coupons: { on: string }[] }>('bond-schedule', bond(input)).coupons.map(({ on }) => on)

rows('bond-schedule', [
  [
    'is yearly up to 7 years',
    bond({ years: 2 }),
    ok({
      coupons: [
        { on: '2024-01-15', amount: '3.00' },
        { on: '2025-01-15', amount: '3.00' },
      ],
      principal: { on: '2025-01-15', amount: '100.00' },
      interestTotal: '6.00',
    }),
  ],
  [
    'rounds each coupon, and adds the rounded',
    bond({ face: '0.33', rate: '0.05', frequency: 2 }),
    ok({
      coupons: [
        { on: '2023-07-15', amount: '0.01' },
        { on: '2024-01-15', amount: '0.01' },
      ],
      principal: { on: '2024-01-15', amount: '0.33' },
      interestTotal: '0.02',
    }),
  ],
  ['refuses 4 years', bond({ years: 4 }), no('term_not_allowed')],
  ['refuses 8 years', bond({ years: 8 }), no('term_not_allowed')],
  ['refuses 0 years', bond({ years: 0, frequency: 1 }), no('term_not_allowed')],
  ['refuses 31 years', bond({ years: 31 }), no('term_not_allowed')],
  [
    'names the first of two refusals',
    bond({ years: 4, projects: [{ id: 'A', amount: '99.99' }] }),
    no('allocation_not_face'),
  ],
  ['refuses no projects for a face', bond({ projects: [] }), no('allocation_not_face')],
  [
    'takes no projects for no face',
    bond({ face: '0', projects: [] }),
    ok({
      coupons: [{ on: '2024-01-15', amount: '0.00' }],
      principal: { on: '2024-01-15', amount: '0.00' },
      interestTotal: '0.00',
      projects: [],
    }),
  ],
  [
    'checks the form before the rule',
    bond({
      years: 4,
      projects: [
        { id: 'A', amount: '100' },
        { id: 'A', amount: '0' },
      ],
    }),
    bad('/projects/1/id'),
  ],
  ['refuses projects of 0 for a face', bond({ projects: [{ id: 'A', amount: '0' }] }), no('allocation_not_face')],
  [
    'refuses projects for no face',
    bond({ face: '0', projects: [{ id: 'A', amount: '0.01' }] }),
    no('allocation_not_face'),
  ],
  [
    'cannot split by projects of 0, where the face is 0 too',
    bond({ face: '0', projects: [{ id: 'A', amount: '0' }] }),
    bad('/projects'),
  ],
  [
    'finds an id twice before it adds up',
    bond({
      projects: [
        { id: 'A', amount: '0' },
        { id: 'A', amount: '0' },
      ],
    }),
    bad('/projects/1/id'),
  ],
  ['refuses a frequency of 4', bond({ frequency: 4 }), bad('/frequency')],
  [
    'splits the coupons as a stream',
    bond({
      face: '1',
      rate: '0.01',
      years: 2,
      projects: [
        { id: 'A', amount: '0.5' },
        { id: 'B', amount: '0.5' },
      ],
    }),
    ok({
      coupons: [
        { on: '2024-01-15', amount: '0.01' },
        { on: '2025-01-15', amount: '0.01' },
      ],
      principal: { on: '2025-01-15', amount: '1.00' },
      interestTotal: '0.02',
      projects: [
        { id: 'A', coupons: ['0.01', '0.00'] },
        { id: 'B', coupons: ['0.00', '0.01'] },
      ],
    }),
  ],
])

describe('bond-schedule days', () => {
  test.each<[string, object, string[]]>([
    ['start on the 31st', { start: '2023-08-31', frequency: 2 }, ['2024-02-29', '2024-08-31']],
    [
      'start on 30 June: a month-end start stays at month end',
      { start: '2023-06-30', frequency: 2 },
      ['2023-12-31', '2024-06-30'],
    ],
    ['start on 28 February', { start: '2023-02-28', frequency: 2 }, ['2023-08-31', '2024-02-29']],
    ['start on 29 February', { start: '2024-02-29', years: 2 }, ['2025-02-28', '2026-02-28']],
    [
      'start on 28 February of a leap year is no month end',
      { start: '2024-02-28', frequency: 2 },
      ['2024-08-28', '2025-02-28'],
    ],
    ['start on the 30th of a long month', { start: '2023-08-30', frequency: 2 }, ['2024-02-29', '2024-08-30']],
    ['end after the years an input may name', { start: '2199-01-15', frequency: 1 }, ['2200-01-15']],
  ])('%s', (_title, input, days) => expect(couponDays(input)).toEqual(days))

  test('are half-yearly from 10 years', () => expect(couponDays({ years: 10 })).toHaveLength(20))
  test('are yearly at 7 years', () => expect(couponDays({ years: 7 })).toHaveLength(7))
  test('are half-yearly at 30 years', () => expect(couponDays({ years: 30 })).toHaveLength(60))
  test('say where the usual frequency comes from only where it is used', () => {
    expect(usesOf('bond-schedule', bond({}))).toEqual(['special_bond_terms', 'special_bond_coupons'])
    expect(usesOf('bond-schedule', bond({ frequency: 2 }))).toEqual(['special_bond_terms'])
  })
})

const accrual = (rest: object) => ({
  face: '1000',
  rate: '0.04',
  frequency: 2,
  from: '2023-09-27',
  to: '2024-03-27',
  at: '2023-12-27',
  basis: 'act/act',
  ...rest,
})

rows('bond-accrual', [
  ['is nothing on the first day', accrual({ at: '2023-09-27' }), ok({ days: 0, amount: '0.00' })],
  ['is the coupon at the end', accrual({ at: '2024-03-27' }), ok({ days: 182, amount: '20.00' })],
  ['is the coupon of a year', accrual({ at: '2024-03-27', frequency: 1 }), ok({ days: 182, amount: '40.00' })],
  ['knows a year of 365 days', accrual({ basis: 'act/365' }), ok({ days: 91, amount: '9.97' })],
  ['refuses a day before', accrual({ at: '2023-09-26' }), bad('/at')],
  ['refuses a day after', accrual({ at: '2024-03-28' }), bad('/at')],
  ['refuses an empty period', accrual({ to: '2023-09-27', at: '2023-09-27' }), bad('/to')],
  ['refuses another basis', accrual({ basis: '30/360' }), bad('/basis')],
])

const coverage = (netRevenue: string, bonds: object[], loans?: object[]) => ({
  netRevenue,
  bonds,
  ...(loans && { loans }),
  on: '2024-01-01',
})
const nothing = { face: '0', rate: '0.03', years: 5 }

rows('bond-coverage', [
  [
    'passes where there is nothing to serve',
    coverage('0', [nothing]),
    ok({
      bondService: '0.00',
      totalService: '0.00',
      bondRatio: null,
      totalRatio: null,
      bondPasses: true,
      totalPasses: true,
    }),
  ],
  [
    'may have loans alone',
    coverage('120', [nothing], [{ principal: '100', rate: '0', years: 0 }]),
    ok({
      bondService: '0.00',
      totalService: '100.00',
      bondRatio: null,
      totalRatio: '1.2000',
      bondPasses: true,
      totalPasses: true,
    }),
  ],
  [
    'takes an empty list of loans',
    coverage('110', [{ face: '100', rate: '0', years: 5 }], []),
    ok({
      bondService: '100.00',
      totalService: '100.00',
      bondRatio: '1.1000',
      totalRatio: '1.1000',
      bondPasses: true,
      totalPasses: false,
    }),
  ],
  [
    'compares with the unrounded service',
    coverage('0.01', [{ face: '0.01', rate: '0.000000000001', years: 1 }]),
    ok({
      bondService: '0.01',
      totalService: '0.01',
      bondRatio: '1.0000',
      totalRatio: '1.0000',
      bondPasses: false,
      totalPasses: false,
    }),
  ],
])

rows('budget-cut', [
  [
    'pays all where all fit',
    {
      claims: [
        { id: 'a', amount: '1' },
        { id: 'b', amount: '2' },
      ],
      budget: '3.00',
    },
    ok({
      paid: [
        { id: 'a', amount: '1.00' },
        { id: 'b', amount: '2.00' },
      ],
      unpaid: '0.00',
    }),
  ],
  [
    'cuts by the fen',
    {
      claims: [
        { id: 'a', amount: '1' },
        { id: 'b', amount: '2' },
      ],
      budget: '2.99',
    },
    ok({
      paid: [
        { id: 'a', amount: '1.00' },
        { id: 'b', amount: '1.99' },
      ],
      unpaid: '0.01',
    }),
  ],
  [
    'pays nothing of nothing',
    { claims: [{ id: 'a', amount: '0' }], budget: '0' },
    ok({ paid: [{ id: 'a', amount: '0.00' }], unpaid: '0.00' }),
  ],
  [
    'pays nothing from nothing',
    { claims: [{ id: 'a', amount: '5' }], budget: '0' },
    ok({ paid: [{ id: 'a', amount: '0.00' }], unpaid: '5.00' }),
  ],
  [
    'refuses an id that comes twice',
    {
      claims: [
        { id: 'a', amount: '5' },
        { id: 'a', amount: '5' },
      ],
      budget: '0',
    },
    bad('/claims/1/id'),
  ],
])

const withdrawal = (rest: object) => ({
  purpose: 'elevator',
  on: '2023-06-01',
  contribution: '100',
  applicants: [{ relation: 'self', balance: '60' }],
  ...rest,
})
const grants = (limit: string, ...list: object[]) => ok({ limit, grants: list })
const notEligible = (relation: string) => ({ relation, max: '0.00', granted: '0.00', refusal: 'relation_not_eligible' })
const full = (relation: string, max: string) => ({ relation, max, granted: max })
const family = ['self', 'spouse', 'parent', 'child'].map((relation) => ({ relation, balance: '10' }))

rows('provident-withdrawal', [
  [
    'deducts refunds, loans and what was withdrawn',
    withdrawal({ refunded: '10', loan: '20', withdrawn: '30' }),
    grants('40.00', full('self', '40.00')),
  ],
  ['has no negative limit', withdrawal({ refunded: '100.01' }), grants('0.00', full('self', '0.00'))],
  [
    'grants what was asked, up to the last fen',
    withdrawal({ applicants: [{ relation: 'self', balance: '60', requested: '60' }] }),
    grants('100.00', full('self', '60.00')),
  ],
  [
    'grants a request of nothing',
    withdrawal({ applicants: [{ relation: 'self', balance: '60', requested: '0' }] }),
    grants('100.00', { relation: 'self', max: '60.00', granted: '0.00' }),
  ],
  [
    'keeps for the next what a refused request did not take',
    withdrawal({
      applicants: [
        { relation: 'self', balance: '60', requested: '60.01' },
        { relation: 'spouse', balance: '100' },
      ],
    }),
    grants(
      '100.00',
      { relation: 'self', max: '60.00', granted: '0.00', refusal: 'exceeds_limit' },
      full('spouse', '100.00'),
    ),
  ],
  [
    'passes over who is not listed',
    withdrawal({
      applicants: [
        { relation: 'parent', balance: '60', requested: '99' },
        { relation: '', balance: '1' },
        { relation: 'spouse', balance: '100' },
      ],
    }),
    grants('100.00', notEligible('parent'), notEligible(''), full('spouse', '100.00')),
  ],
  [
    'lists nobody before 2022-01-12',
    withdrawal({ on: '2022-01-11', applicants: family }),
    grants('100.00', ...family.map(({ relation }) => notEligible(relation))),
  ],
  [
    'lists the family from 2022-01-12',
    withdrawal({ on: '2022-01-12', applicants: family }),
    grants('100.00', ...family.map(({ relation }) => full(relation, '10.00'))),
  ],
  [
    'lists the family until 2022-11-08',
    withdrawal({ on: '2022-11-08', applicants: family }),
    grants('100.00', ...family.map(({ relation }) => full(relation, '10.00'))),
  ],
  [
    'lists the couple from 2022-11-09',
    withdrawal({ on: '2022-11-09', applicants: family }),
    grants('100.00', full('self', '10.00'), full('spouse', '10.00'), notEligible('parent'), notEligible('child')),
  ],
  [
    'lets two of one relation stand',
    withdrawal({
      applicants: [
        { relation: 'self', balance: '60' },
        { relation: 'self', balance: '60' },
      ],
    }),
    grants('100.00', full('self', '60.00'), full('self', '40.00')),
  ],
  [
    'keeps 10 in each account for the maintenance deposit',
    withdrawal({
      purpose: 'maintenance_deposit',
      applicants: [
        { relation: 'self', balance: '10.01' },
        { relation: 'spouse', balance: '9.99' },
      ],
    }),
    grants('100.00', full('self', '0.01'), full('spouse', '0.00')),
  ],
  ['refuses another purpose, on any date', withdrawal({ purpose: '', on: '1900-01-01' }), no('purpose_not_eligible')],
  ['checks the form before the purpose', withdrawal({ purpose: 'x', applicants: [] }), bad('/applicants')],
])

const row = (month: number, payment: string, interest: string, principal: string, balance: string) => ({
  month,
  payment,
  interest,
  principal,
  balance,
})

rows('annuity-schedule', [
  [
    'divides at rate 0, the last clearing',
    { principal: '100', rate: '0', months: 3 },
    ok({
      payment: '33.33',
      rows: [
        row(1, '33.33', '0.00', '33.33', '66.67'),
        row(2, '33.33', '0.00', '33.33', '33.34'),
        row(3, '33.34', '0.00', '33.34', '0.00'),
      ],
      interestTotal: '0.00',
    }),
  ],
  [
    'may be one month',
    { principal: '1200', rate: '0.12', months: 1 },
    ok({ payment: '1212.00', rows: [row(1, '1212.00', '12.00', '1200.00', '0.00')], interestTotal: '12.00' }),
  ],
  [
    'may be of nothing',
    { principal: '0', rate: '0.12', months: 1 },
    ok({ payment: '0.00', rows: [row(1, '0.00', '0.00', '0.00', '0.00')], interestTotal: '0.00' }),
  ],
  [
    'clears in the last month what small payments left',
    { principal: '0.01', rate: '0', months: 3 },
    ok({
      payment: '0.00',
      rows: [
        row(1, '0.00', '0.00', '0.00', '0.01'),
        row(2, '0.00', '0.00', '0.00', '0.01'),
        row(3, '0.01', '0.00', '0.01', '0.00'),
      ],
      interestTotal: '0.00',
    }),
  ],
  ['refuses no months', { principal: '1', rate: '0', months: 0 }, bad('/months')],
])

rows('maintenance-line', [
  [
    'has no line without an area',
    { area: '0', standard: '100', balance: '0', on: '2024-03-01' },
    ok({ due: '0.00', line: '0.00', below: false, shortfall: '0.00' }),
  ],
  [
    'is not below at the line',
    { area: '1', standard: '10', balance: '3', on: '2024-03-01' },
    ok({ due: '10.00', line: '3.00', below: false, shortfall: '0.00' }),
  ],
  [
    'is below a fen under it',
    { area: '1', standard: '10', balance: '2.99', on: '2024-03-01' },
    ok({ due: '10.00', line: '3.00', below: true, shortfall: '7.01' }),
  ],
])

const topup = (rest: object) => ({ revenue: '100', cost: '0', balance: '0', line: '1', on: '2024-03-01', ...rest })

rows('maintenance-topup', [
  [
    'has no negative net',
    topup({ cost: '100.01' }),
    ok({ net: '0.00', obliged: true, minimum: '0.00', topup: '0.00', rest: '0.00' }),
  ],
  [
    'rounds the minimum up',
    topup({ revenue: '0.01' }),
    ok({ net: '0.01', obliged: true, minimum: '0.01', topup: '0.01', rest: '0.00' }),
  ],
  [
    'takes a vote above the minimum',
    topup({ voted: '0.755555' }),
    ok({ net: '100.00', obliged: true, minimum: '50.00', topup: '75.56', rest: '24.44' }),
  ],
  [
    'takes the minimum above a vote',
    topup({ voted: '0.4' }),
    ok({ net: '100.00', obliged: true, minimum: '50.00', topup: '50.00', rest: '50.00' }),
  ],
  [
    'takes a vote without an obligation',
    topup({ balance: '1', voted: '0.1' }),
    ok({ net: '100.00', obliged: false, minimum: '0.00', topup: '10.00', rest: '90.00' }),
  ],
  ['refuses a vote above 1', topup({ voted: '1.01' }), bad('/voted')],
])

const progress = (rest: object) => ({
  completed: '100',
  payRatio: '0.8',
  retentionRate: '0.03',
  advanceRecoveryRate: '0',
  labourRate: '0',
  advanceLeft: '0',
  on: '2024-05-01',
  ...rest,
})

rows('progress-certificate', [
  [
    'names the first of three refusals',
    progress({ payRatio: '0.79', retentionRate: '0.31' }),
    no('below_minimum_progress_payment'),
  ],
  [
    'names the second of two',
    progress({ payRatio: '1', retentionRate: '0.030000000001' }),
    no('retention_above_maximum'),
  ],
  ['names the last', progress({ payRatio: '1' }), no('retention_eaten')],
  [
    'may pay all without retention',
    progress({ payRatio: '1', retentionRate: '0' }),
    ok({
      retention: '0.00',
      recovered: '0.00',
      payable: '100.00',
      payNow: '100.00',
      wages: '0.00',
      contractor: '100.00',
      unpaid: '0.00',
    }),
  ],
  [
    'recovers no more than is left of the advance',
    progress({ advanceRecoveryRate: '0.1', advanceLeft: '5' }),
    ok({
      retention: '3.00',
      recovered: '5.00',
      payable: '92.00',
      payNow: '75.00',
      wages: '0.00',
      contractor: '75.00',
      unpaid: '17.00',
    }),
  ],
  [
    'recovers no more than is paid',
    progress({ advanceRecoveryRate: '1', advanceLeft: '500', labourRate: '1' }),
    ok({
      retention: '3.00',
      recovered: '80.00',
      payable: '17.00',
      payNow: '0.00',
      wages: '0.00',
      contractor: '0.00',
      unpaid: '17.00',
    }),
  ],
  [
    'pays wages no more than is paid',
    progress({ labourRate: '1' }),
    ok({
      retention: '3.00',
      recovered: '0.00',
      payable: '97.00',
      payNow: '80.00',
      wages: '80.00',
      contractor: '0.00',
      unpaid: '17.00',
    }),
  ],
  [
    'pays at most what the rounded retention leaves',
    progress({ completed: '0.50', payRatio: '0.97', retentionRate: '0.03' }),
    ok({
      retention: '0.02',
      recovered: '0.00',
      payable: '0.48',
      payNow: '0.48',
      wages: '0.00',
      contractor: '0.48',
      unpaid: '0.00',
    }),
  ],
  ['refuses a ratio above 1 as form', progress({ payRatio: '1.01', retentionRate: '0.5' }), bad('/payRatio')],
  [
    'refuses each rate above 1',
    progress({ retentionRate: '1.1', advanceRecoveryRate: '1.1', labourRate: '1.1' }),
    bad('/retentionRate', '/advanceRecoveryRate', '/labourRate'),
  ],
])

rows('management-fee-cap', [
  ['is nothing of nothing', { investment: '0' }, ok({ cap: '0.00' })],
  ['rises at 1.5 % above 10 million', { investment: '10000001' }, ok({ cap: '200000.02' })],
  ['reaches 800,000 at 50 million', { investment: '50000000' }, ok({ cap: '800000.00' })],
  ['reaches 1.4 million at 100 million', { investment: '100000000' }, ok({ cap: '1400000.00' })],
  ['reaches 5.4 million at 500 million', { investment: '500000000' }, ok({ cap: '5400000.00' })],
  ['reaches 9.4 million at 1,000 million', { investment: '1000000000' }, ok({ cap: '9400000.00' })],
  ['rises at 0.4 % above', { investment: '1000001000' }, ok({ cap: '9400004.00' })],
])

const late = (due: string, paid: string, dailyRate?: string) => ({
  amount: '100',
  due,
  paid,
  ...(dailyRate && { dailyRate }),
})

rows('late-interest', [
  ['is nothing on the day', late('2025-01-01', '2025-01-01'), ok({ days: 0, interest: '0.00' })],
  ['is nothing before', late('2025-01-02', '2025-01-01'), ok({ days: 0, interest: '0.00' })],
  ['counts 29 February', late('2024-02-28', '2024-03-01'), ok({ days: 2, interest: '0.10' })],
  ['takes the rate of the contract', late('2025-01-01', '2025-01-02', '0.00045'), ok({ days: 1, interest: '0.05' })],
  ['takes a rate of 0', late('2025-01-01', '2025-01-02', '0'), ok({ days: 1, interest: '0.00' })],
])

const service = (collected: string, satisfaction = '80', due = '100') => ({
  due,
  collected,
  satisfaction,
  on: '2024-12-31',
})
const tier = (collectionRate: string, ratio: string, subsidy: string) => ok({ collectionRate, tier: ratio, subsidy })

rows('service-subsidy', [
  ['gives nothing below 70 %', service('69.99'), tier('0.6999', '0.0000', '0.00')],
  ['gives 10 % from 70 %', service('70'), tier('0.7000', '0.1000', '7.00')],
  ['gives 10 % below 80 %', service('79.99'), tier('0.7999', '0.1000', '8.00')],
  ['gives 15 % from 80 %', service('80'), tier('0.8000', '0.1500', '12.00')],
  ['gives 20 % from 90 %', service('90'), tier('0.9000', '0.2000', '18.00')],
  ['may collect more than is due', service('150', '100'), tier('1.5000', '0.2000', '30.00')],
  ['gives nothing where few are satisfied', service('100', '79.999999999999'), tier('1.0000', '0.0000', '0.00')],
  ['refuses nothing due', service('0', '80', '0.00'), bad('/due')],
  ['refuses satisfaction above 100', service('100', '100.1'), bad('/satisfaction')],
])

const waterfall = (
  revenue: string,
  operatingCost: string,
  debtService: string,
  reserveTarget: string,
  reserve: string,
) => ({ revenue, operatingCost, debtService, reserveTarget, reserve })
const falls = (
  available: string,
  dscr: string | null,
  debtPaid: string,
  fromReserve: string,
  shortfall: string,
  toReserve: string,
  distributable: string,
) => ok({ available, dscr, debtPaid, fromReserve, shortfall, toReserve, distributable })

rows('debt-waterfall', [
  [
    'may have less than nothing',
    waterfall('100', '200', '300', '50', '50'),
    falls('-100.00', '-0.3333', '50.00', '50.00', '250.00', '0.00', '0.00'),
  ],
  [
    'rounds half away from zero',
    waterfall('0', '0.01', '200', '0', '0'),
    falls('-0.01', '-0.0001', '0.00', '0.00', '200.00', '0.00', '0.00'),
  ],
  [
    'writes no negative zero',
    waterfall('0', '0.01', '300', '0', '0'),
    falls('-0.01', '0.0000', '0.00', '0.00', '300.00', '0.00', '0.00'),
  ],
  [
    'has no ratio without debt, though income is negative',
    waterfall('0', '1', '0', '5', '0'),
    falls('-1.00', null, '0.00', '0.00', '0.00', '0.00', '0.00'),
  ],
  [
    'fills the reserve to its target',
    waterfall('100', '0', '10', '50', '20'),
    falls('100.00', '10.0000', '10.00', '0.00', '0.00', '30.00', '60.00'),
  ],
  [
    'leaves a reserve above its target',
    waterfall('100', '0', '10', '50', '60'),
    falls('100.00', '10.0000', '10.00', '0.00', '0.00', '0.00', '90.00'),
  ],
  [
    'fills the reserve with what there is',
    waterfall('15', '0', '10', '50', '20'),
    falls('15.00', '1.5000', '10.00', '0.00', '0.00', '5.00', '0.00'),
  ],
  [
    'takes from the reserve what is missing only',
    waterfall('6', '0', '10', '50', '20'),
    falls('6.00', '0.6000', '10.00', '4.00', '0.00', '0.00', '0.00'),
  ],
])

const indicator = (...spent: [number, string][]) => ({
  year: 2022,
  indicator: '100',
  spent: spent.map(([year, amount]) => ({ year, amount })),
})

rows('carry-forward', [
  [
    'lapses whole where nothing is spent',
    indicator(),
    ok({
      years: [
        { year: 2022, opening: '100.00', spent: '0.00', closing: '100.00' },
        { year: 2023, opening: '100.00', spent: '0.00', closing: '100.00' },
      ],
      lapsed: { year: 2023, amount: '100.00' },
    }),
  ],
  [
    'adds up the entries of a year, in any order',
    indicator([2023, '1'], [2022, '2'], [2023, '97']),
    ok({
      years: [
        { year: 2022, opening: '100.00', spent: '2.00', closing: '98.00' },
        { year: 2023, opening: '98.00', spent: '98.00', closing: '0.00' },
      ],
      lapsed: { year: 2023, amount: '0.00' },
    }),
  ],
  ['refuses a year before', indicator([2021, '1']), no('indicator_not_open')],
  ['refuses a third year', indicator([2024, '1']), no('indicator_not_open')],
  ['refuses more than the indicator', indicator([2022, '100.01']), no('exceeds_indicator')],
  ['refuses more than was carried', indicator([2022, '50'], [2023, '50.01']), no('exceeds_indicator')],
  ['names the first of two refusals', indicator([2022, '200'], [2024, '1']), no('indicator_not_open')],
  ['knows the years of the calendar only', { ...indicator(), year: 1899 }, bad('/year')],
  ['knows the years of the calendar only, for spending too', indicator([2200, '1']), bad('/spent/0/year')],
])

const vote = (
  kind: string,
  present: [string, number],
  yes: [string, number],
  total: [string, number] = ['90', 90],
) => ({
  kind,
  totalArea: total[0],
  totalHouseholds: total[1],
  presentArea: present[0],
  presentHouseholds: present[1],
  yesArea: yes[0],
  yesHouseholds: yes[1],
})
const counted = (quorum: boolean, passes: boolean) => ok({ quorum, passes })

rows('vote', [
  ['needs two thirds of the area', vote('use', ['59.999999999999', 60], ['59', 60]), counted(false, false)],
  ['needs two thirds of the owners', vote('use', ['60', 59], ['60', 59]), counted(false, false)],
  ['needs more than half of the area', vote('use', ['60', 60], ['30', 60]), counted(true, false)],
  ['needs more than half of the owners', vote('use', ['60', 60], ['60', 30]), counted(true, false)],
  ['carries by the least', vote('use', ['60', 60], ['30.000000000001', 31]), counted(true, true)],
  ['raises at three quarters', vote('raise', ['60', 60], ['45', 45]), counted(true, true)],
  ['does not raise below', vote('raise', ['60', 60], ['60', 44]), counted(true, false)],
  ['does not pass with nobody present', vote('raise', ['0', 0], ['0', 0]), counted(false, false)],
  ['refuses more present than all', vote('use', ['90.1', 91], ['1', 1]), bad('/presentArea', '/presentHouseholds')],
  ['refuses more yes than present', vote('use', ['60', 60], ['60.1', 61]), bad('/yesArea', '/yesHouseholds')],
  ['refuses nobody at all', vote('use', ['0', 0], ['0', 0], ['0', 0]), bad('/totalArea', '/totalHouseholds')],
])

const identifier = (kind: string, value: string) => ({ kind, value })
const valid = ok({ valid: true })
const because = (reason: string) => ok({ valid: false, reason })

rows('check-identifier', [
  ['credit code too short', identifier('credit_code', '91350100M000100Y4'), because('length')],
  ['credit code empty', identifier('credit_code', ''), because('length')],
  [
    'credit code with a letter the alphabet lacks',
    identifier('credit_code', '91350100I000100Y43'),
    because('characters'),
  ],
  ['credit code in small letters', identifier('credit_code', '91350100m000100y43'), because('characters')],
  ['credit code in wide digits', identifier('credit_code', '９1350100M000100Y43'), because('characters')],
  ['credit code with a space', identifier('credit_code', '91350100M000100Y43 '), because('length')],
  ['an emoji is one character', identifier('credit_code', '91350100M000100Y4😀'), because('characters')],
  ['citizen id with a small x', identifier('citizen_id', '11010519491231002x'), because('characters')],
  ['citizen id with an X inside', identifier('citizen_id', '1101051949123100X2'), because('characters')],
  ['citizen id of 15 digits', identifier('citizen_id', '110105491231002'), because('length')],
  [
    'citizen id with the wrong digit and the wrong date',
    identifier('citizen_id', '110105194913310022'),
    because('check_digit'),
  ],
  ['citizen id of no date', identifier('citizen_id', '110105194913310021'), because('date')],
  ['citizen id of a leap day', identifier('citizen_id', '110105200002290013'), valid],
  ['citizen id of no leap day', identifier('citizen_id', '110105190002290017'), because('date')],
  ['citizen id of a year no form knows', identifier('citizen_id', '110105189912310015'), because('date')],
  ['district too long', identifier('district', '1101050'), because('length')],
  ['district with a letter', identifier('district', '11010A'), because('characters')],
  ['district of another province', identifier('district', '310101'), because('district')],
  ['district 110104', identifier('district', '110104'), because('district')],
  ['district 110110', identifier('district', '110110'), because('district')],
  ['district 110119', identifier('district', '110119'), valid],
  ['invoice of 2021', identifier('einvoice', '21110000000000000001'), valid],
  ['invoice of 2020', identifier('einvoice', '20110000000000000001'), because('year')],
  ['invoice with a letter', identifier('einvoice', '2511700000001234567A'), because('characters')],
  ['another kind', identifier('passport', '1'), bad('/kind')],
])

const plan = (items: [string, string][], sources: [string, string, number?][]) => ({
  items: items.map(([itemClass, amount], index) => ({ id: `i${index}`, class: itemClass, amount })),
  sources: sources.map(([kind, limit, priority = 1], index) => ({ id: `s${index}`, kind, limit, priority })),
  on: '2024-03-01',
})
const pays = (allocations: [number, number, string][], gap: string, used: [string, string][]) =>
  ok({
    allocations: allocations.map(([item, source, amount]) => ({ item: `i${item}`, source: `s${source}`, amount })),
    gap,
    sources: used.map(([usedAmount, left], index) => ({ id: `s${index}`, used: usedAmount, left })),
  })

rows('funding-plan', [
  [
    'takes the earlier of equal priorities',
    plan(
      [['basic', '1']],
      [
        ['owner', '1', 7],
        ['unit', '1', 7],
      ],
    ),
    pays([[0, 0, '1.00']], '0.00', [
      ['1.00', '0.00'],
      ['0.00', '1.00'],
    ]),
  ],
  [
    'takes the lower priority first, wherever it stands',
    plan(
      [['basic', '1']],
      [
        ['owner', '1', 7],
        ['unit', '1', 0],
      ],
    ),
    pays([[0, 1, '1.00']], '0.00', [
      ['0.00', '1.00'],
      ['1.00', '0.00'],
    ]),
  ],
  [
    'writes the rows of an item by priority',
    plan(
      [['basic', '3']],
      [
        ['owner', '1', 3],
        ['unit', '1', 1],
        ['social', '1', 2],
      ],
    ),
    pays(
      [
        [0, 1, '1.00'],
        [0, 2, '1.00'],
        [0, 0, '1.00'],
      ],
      '0.00',
      [
        ['1.00', '0.00'],
        ['1.00', '0.00'],
        ['1.00', '0.00'],
      ],
    ),
  ],
  ['pays nothing for nothing', plan([['basic', '0']], [['owner', '0']]), pays([], '0.00', [['0.00', '0.00']])],
  [
    'keeps fiscal money out of upgrades',
    plan(
      [['upgrade', '1']],
      [
        ['central', '1'],
        ['municipal', '1'],
        ['district', '1'],
        ['bond', '0.5'],
      ],
    ),
    pays([[0, 3, '0.50']], '0.50', [
      ['0.00', '1.00'],
      ['0.00', '1.00'],
      ['0.00', '1.00'],
      ['0.50', '0.00'],
    ]),
  ],
  [
    'lets every source pay improvements',
    plan(
      [['improvement', '9']],
      [
        ['central', '1'],
        ['municipal', '1'],
        ['district', '1'],
        ['bond', '1'],
        ['owner', '1'],
        ['unit', '1'],
        ['housing_reform_proceeds', '1'],
        ['maintenance_fund', '1'],
        ['social', '1'],
      ],
    ),
    pays(
      Array.from({ length: 9 }, (_, source) => [0, source, '1.00'] as [number, number, string]),
      '0.00',
      Array.from({ length: 9 }, () => ['1.00', '0.00'] as [string, string]),
    ),
  ],
  [
    'does not strand what only an upgrade can use',
    plan(
      [
        ['upgrade', '1'],
        ['basic', '1'],
      ],
      [
        ['social', '1', 1],
        ['municipal', '1', 2],
      ],
    ),
    pays(
      [
        [0, 0, '1.00'],
        [1, 1, '1.00'],
      ],
      '0.00',
      [
        ['1.00', '0.00'],
        ['1.00', '0.00'],
      ],
    ),
  ],
  [
    'refuses an id that comes twice',
    {
      ...plan([['basic', '1']], [['owner', '1']]),
      items: [
        { id: 'a', class: 'basic', amount: '1' },
        { id: 'a', class: 'basic', amount: '1' },
      ],
    },
    bad('/items/1/id'),
  ],
])

describe('uses', () => {
  test.each<[string, unknown, string[]]>([
    ['split', { total: '1', weights: ['1'] }, []],
    ['owner-shares', { total: '1', dwellings: dwellings(3) }, ['floor_coefficients']],
    ['owner-shares', { total: '1', dwellings: dwellings(3), coefficients: { 3: '1' } }, []],
    [
      'early-release',
      release('90', '0.9', '0.4'),
      ['early_release_score', 'early_release_satisfaction', 'early_release_progress'],
    ],
    [
      'elevator-subsidy',
      elevator('1', '1'),
      ['elevator_pipeline_grant_cap', 'elevator_purchase_grant', 'elevator_subsidy_cap'],
    ],
    ['bond-accrual', accrual({}), []],
    ['bond-accrual', accrual({ basis: 'act/365' }), ['special_bond_year_days']],
    ['bond-coverage', coverage('1', [nothing]), ['special_bond_coverage_min', 'total_debt_coverage_min']],
    ['provident-withdrawal', withdrawal({}), ['provident_purposes', 'provident_relations']],
    [
      'provident-withdrawal',
      withdrawal({ purpose: 'maintenance_deposit' }),
      ['provident_purposes', 'provident_relations', 'provident_kept'],
    ],
    ['maintenance-line', { area: '0', standard: '100', balance: '0', on: '2024-03-01' }, ['maintenance_line']],
    ['maintenance-topup', topup({}), ['maintenance_topup_min']],
    ['progress-certificate', progress({}), ['progress_payment_min', 'retention_max']],
    ['management-fee-cap', { investment: '1' }, ['management_fee_bands']],
    ['late-interest', late('2025-01-01', '2025-01-02'), ['late_payment_daily_rate']],
    ['late-interest', late('2025-01-01', '2025-01-02', '1'), []],
    ['service-subsidy', service('1'), ['service_subsidy_satisfaction', 'service_subsidy_tiers']],
    ['carry-forward', indicator(), ['indicator_open_years']],
    ['vote', vote('raise', ['60', 60], ['45', 45]), ['vote_quorum', 'vote_raise']],
    ['vote', vote('use', ['60', 60], ['45', 45]), ['vote_quorum', 'vote_use']],
    [
      'funding-plan',
      plan(
        [
          ['basic', '1'],
          ['upgrade', '1'],
        ],
        [['owner', '1']],
      ),
      ['eligibility_basic', 'eligibility_upgrade'],
    ],
  ])('of %s %j are %j', (calc, input, names) => expect(usesOf(calc, input)).toEqual(names))
})
