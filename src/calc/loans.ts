/** The interest subsidy on loans (clause 25) and interest on payments that come late. */
import type * as z from 'zod'
import type { Day } from '../base/calendar.ts'
import { lateInterest } from '../disbursement/late-interest.ts'
import { firstDraw, interestSubsidy, principalByDay, type SubsidyClaim, settlementPeriods } from '../funds/loan/loan.ts'
import type { Law } from '../policy/parameters.ts'
import { calculation } from './calculation.ts'
import { type Fault, fault, faultIf, repeated } from './fault.ts'
import { amount, amountOut, anyList, countOut, date, dateOut, form, list, ratio } from './form.ts'

const subsidyInput = form({
  draws: list(form({ on: date('放款日', 'day'), amount: amount('放款额', 'drawn') }), '放款', 'draws'),
  repayments: anyList(
    form({ on: date('还本日', 'day'), amount: amount('还本额', 'repaid') }),
    '还本',
    'repayments',
  ).optional(),
  rates: list(form({ from: date('生效日', 'from'), rate: ratio('年利率', 'yearly rate') }), '贷款利率', 'loan rates'),
  requestedRate: ratio('申请贴息率，默认为上限', 'requested rate, default the cap').optional(),
  otherSubsidyRate: ratio('其他渠道已贴息率，默认0', 'refunded by another programme, default 0').optional(),
  windowStart: date('贴息期起始日', 'first day of the subsidy window'),
  until: date('计算至该日（不含）', 'calculated up to and without this day'),
  paid: anyList(
    form({ to: date('结息期末日', 'end of the period'), amount: amount('已付利息', 'interest paid') }),
    '各期已付利息；不填视为全部已付',
    'interest paid by period; absent, all of it',
  ).optional(),
  overdue: anyList(
    form({
      from: date('逾期起始日', 'from'),
      to: date('逾期终止日（不含）', 'to, not included'),
      amount: amount('逾期本金', 'principal overdue'),
    }),
    '逾期本金',
    'overdue principal',
  ).optional(),
})

export const interestSubsidyCalculation = calculation({
  name: 'interest-subsidy',
  about: { zh: '贷款贴息：按结息期计算利息与贴息', en: 'Interest subsidy on a loan, by settlement period' },
  example: {
    oracle: 'O-32',
    input: {
      draws: [{ on: '2023-03-20', amount: '10000000.00' }],
      rates: [{ from: '2023-01-01', rate: '0.043' }],
      windowStart: '2023-03-15',
      until: '2023-06-20',
      overdue: [{ from: '2023-05-21', to: '2023-06-20', amount: '500000' }],
    },
    result: {
      periods: [
        {
          from: '2023-03-20',
          to: '2023-06-20',
          days: 92,
          interest: '109888.89',
          subsidisedDays: 92,
          subsidy: '50277.78',
        },
      ],
      interestTotal: '109888.89',
      subsidyTotal: '50277.78',
    },
  },
  input: subsidyInput,
  result: form({
    periods: list(
      form({
        from: dateOut('起', 'from'),
        to: dateOut('止（不含）', 'to, not included'),
        days: countOut('天数', 'days'),
        interest: amountOut('利息', 'interest'),
        subsidisedDays: countOut('贴息期内天数', 'days inside the window'),
        subsidy: amountOut('贴息', 'subsidy'),
      }),
      '结息期',
      'settlement periods',
    ),
    interestTotal: amountOut('利息合计', 'interest in all'),
    subsidyTotal: amountOut('贴息合计', 'subsidy in all'),
  }),
  on: lastDate,
  faults: subsidyFaults,
  rule: interestSubsidy,
})

/** The last date of the input: the row names no other day whose policy applies. */
function lastDate(input: z.output<typeof subsidyInput>): Day {
  const days = [
    input.windowStart,
    input.until,
    ...input.draws.map(({ on }) => on),
    ...(input.repayments ?? []).map(({ on }) => on),
    ...input.rates.map(({ from }) => from),
    ...(input.paid ?? []).map(({ to }) => to),
    ...(input.overdue ?? []).flatMap(({ from, to }) => [from, to]),
  ]
  return days.reduce((last, on) => (on > last ? on : last))
}

function subsidyFaults(claim: SubsidyClaim, law: Law): Fault[] {
  const first = firstDraw(claim)
  if (claim.until <= first) return [fault('/until', '须晚于首次放款日', 'must be after the first draw')]
  return [...rateFaults(claim, first), ...principalFaults(claim), ...overdueFaults(claim), ...paidFaults(claim, law)]
}

function rateFaults({ rates }: SubsidyClaim, first: Day): Fault[] {
  const unknown = rates.every(({ from }) => from > first)
  return [
    ...repeated(rates, '/rates', 'from', ({ from }) => from),
    ...faultIf(
      unknown,
      '/rates',
      `首次放款日 ${first} 没有利率`,
      `there is no rate on the day of the first draw, ${first}`,
    ),
  ]
}

function principalFaults(claim: SubsidyClaim): Fault[] {
  const below = principalByDay(claim).find(({ amount: principal }) => principal < 0n)
  if (!below) return []
  return [fault('/repayments', `${below.on} 还本后本金小于0`, `more is repaid by ${below.on} than was drawn`)]
}

function overdueFaults({ overdue = [] }: SubsidyClaim): Fault[] {
  return overdue.flatMap(({ from, to }, index) =>
    faultIf(from >= to, `/overdue/${index}/to`, '须晚于逾期起始日', 'must be after its first day'),
  )
}

function paidFaults(claim: SubsidyClaim, law: Law): Fault[] {
  const { paid = [] } = claim
  const ends = new Set(settlementPeriods(claim, law).map(({ to }) => to))
  return [
    ...repeated(paid, '/paid', 'to', ({ to }) => to),
    ...paid.flatMap(({ to }, index) =>
      faultIf(!ends.has(to), `/paid/${index}/to`, `没有结息期终止于 ${to}`, `no settlement period ends on ${to}`),
    ),
  ]
}

export const lateInterestCalculation = calculation({
  name: 'late-interest',
  about: { zh: '逾期支付利息', en: 'Interest on a late payment' },
  example: {
    oracle: 'O-79',
    input: { amount: '500000', due: '2025-06-14', paid: '2025-07-31' },
    result: { days: 47, interest: '11750.00' },
  },
  input: form({
    amount: amount('应付款', 'amount due'),
    due: date('应付日', 'due on'),
    paid: date('实付日', 'paid on'),
    dailyRate: ratio('日利率，默认按规定', 'daily rate, default the law’s').optional(),
  }),
  result: form({ days: countOut('逾期天数', 'days late'), interest: amountOut('逾期利息', 'interest') }),
  on: ({ due, paid }) => (due > paid ? due : paid),
  rule: lateInterest,
})
