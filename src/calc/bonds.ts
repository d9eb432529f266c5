/** Special bonds (clause 24) and the waterfall of the income that repays debt (clauses 17, 25). */
import type * as z from 'zod'
import { sumFen } from '../base/money.ts'
import { debtWaterfall } from '../funds/investor/waterfall.ts'
import { bondAccrual, bondCoverage, bondSchedule } from '../funds/bond/bond.ts'
import { calculation } from './calculation.ts'
import { type Fault, faultIf, repeatedIds, weightsZero } from './fault.ts'
import {
  amount,
  amountOut,
  anyList,
  count,
  countOut,
  date,
  dateOut,
  flag,
  form,
  id,
  list,
  maybeRatioOut,
  onDate,
  oneOf,
  oneOfNumbers,
  ratio,
} from './form.ts'

const face = amount('债券面值', 'face')
const rate = ratio('年利率', 'yearly rate')
const frequency = oneOfNumbers([1, 2], '每年付息次数', 'coupons a year')

const scheduleInput = form({
  face,
  rate,
  years: count('期限（年）', 'term in years'),
  start: date('起息日', 'first day of interest'),
  frequency: frequency.optional(),
  projects: anyList(
    form({ id: id('项目', 'project'), amount: amount('分配额', 'allocated') }),
    '债券资金分配到的项目，合计等于面值',
    'the projects that share the face',
  ).optional(),
})

export const bondScheduleCalculation = calculation({
  name: 'bond-schedule',
  about: { zh: '专项债券付息还本计划', en: 'Coupons and repayment of a special bond' },
  example: {
    oracle: 'F-09',
    input: { face: '1000000', rate: '0.03', years: 1, start: '2023-08-31', frequency: 2 },
    result: {
      coupons: [
        { on: '2024-02-29', amount: '15000.00' },
        { on: '2024-08-31', amount: '15000.00' },
      ],
      principal: { on: '2024-08-31', amount: '1000000.00' },
      interestTotal: '30000.00',
    },
  },
  input: scheduleInput,
  result: form({
    coupons: list(
      form({ on: dateOut('付息日', 'day'), amount: amountOut('利息', 'coupon') }),
      '各期利息',
      'the coupons',
    ),
    principal: form({ on: dateOut('还本日', 'day'), amount: amountOut('本金', 'principal') }),
    interestTotal: amountOut('利息合计', 'interest in all'),
    projects: anyList(
      form({ id: id(), coupons: list(amountOut('利息', 'coupon'), '各期利息', 'its coupons') }),
      '各项目各期利息',
      'the coupons by project',
    ).optional(),
  }),
  on: (input) => input.start,
  faults: projectFaults,
  rule: bondSchedule,
})

/** Nothing can be split by projects of 0. Where the face is not 0 their sum is wrong, and that the rule refuses. */
function projectFaults({ face: whole, projects = [] }: z.output<typeof scheduleInput>): Fault[] {
  const allocated = sumFen(projects.map((project) => project.amount))
  const nothing = projects.length > 0 && whole === 0n && allocated === 0n
  return [...repeatedIds(projects, '/projects'), ...(nothing ? [weightsZero('/projects')] : [])]
}

export const bondAccrualCalculation = calculation({
  name: 'bond-accrual',
  about: { zh: '专项债券应计利息', en: 'Accrued interest of a special bond' },
  example: {
    oracle: 'O-21',
    input: {
      face: '54000000',
      rate: '0.0328',
      frequency: 2,
      from: '2023-09-27',
      to: '2024-03-27',
      at: '2024-01-01',
      basis: 'act/act',
    },
    result: { days: 96, amount: '467129.67' },
  },
  input: form({
    face,
    rate,
    frequency,
    from: date('付息期首日', 'first day of the coupon period'),
    to: date('付息期末日（不含）', 'day after the coupon period'),
    at: date('计提至该日（不含）', 'accrued up to and without this day'),
    basis: oneOf(['act/act', 'act/365'], '计息基准', 'day count'),
  }),
  result: form({ days: countOut('天数', 'days'), amount: amountOut('应计利息', 'accrued interest') }),
  on: ({ to }) => to,
  faults: ({ from, to, at }) => [
    ...faultIf(from >= to, '/to', '须晚于付息期首日', 'must be after the first day of the period'),
    ...faultIf(at < from || at > to, '/at', '须在付息期之内', 'must lie within the period'),
  ],
  rule: bondAccrual,
})

const years = count('期限（年）', 'term in years')

export const bondCoverageCalculation = calculation({
  name: 'bond-coverage',
  about: { zh: '专项债券与全部债务的本息覆盖倍数', en: 'Coverage of special bonds and of all debt' },
  example: {
    oracle: 'O-20',
    input: {
      netRevenue: '1668.00',
      bonds: [{ face: '1000', rate: '0.03', years: 5 }],
      loans: [{ principal: '200', rate: '0.04', years: 5 }],
      on: '2024-01-01',
    },
    result: {
      bondService: '1150.00',
      totalService: '1390.00',
      bondRatio: '1.4504',
      totalRatio: '1.2000',
      bondPasses: true,
      totalPasses: true,
    },
  },
  input: form({
    netRevenue: amount('项目净收益', 'net revenue'),
    bonds: list(form({ face, rate, years }), '专项债券', 'special bonds'),
    loans: anyList(form({ principal: amount('本金', 'principal'), rate, years }), '其他债务', 'other debt').optional(),
    on: onDate(),
  }),
  result: form({
    bondService: amountOut('专项债券本息', 'bond service'),
    totalService: amountOut('全部债务本息', 'total service'),
    bondRatio: maybeRatioOut('专项债券覆盖倍数', 'bond coverage'),
    totalRatio: maybeRatioOut('全部债务覆盖倍数', 'total coverage'),
    bondPasses: flag('专项债券覆盖达标', 'bond coverage passes'),
    totalPasses: flag('全部债务覆盖达标', 'total coverage passes'),
  }),
  on: (input) => input.on,
  rule: bondCoverage,
})

export const debtWaterfallCalculation = calculation({
  name: 'debt-waterfall',
  about: { zh: '经营收入偿债顺序', en: 'Waterfall of operating income' },
  example: {
    oracle: 'O-76',
    input: {
      revenue: '780000',
      operatingCost: '420000',
      debtService: '380000',
      reserveTarget: '50000',
      reserve: '50000',
    },
    result: {
      available: '360000.00',
      dscr: '0.9474',
      debtPaid: '380000.00',
      fromReserve: '20000.00',
      shortfall: '0.00',
      toReserve: '0.00',
      distributable: '0.00',
    },
  },
  input: form({
    revenue: amount('经营收入', 'revenue'),
    operatingCost: amount('经营成本', 'operating cost'),
    debtService: amount('应还本息', 'debt service'),
    reserveTarget: amount('准备金目标', 'reserve target'),
    reserve: amount('现有准备金', 'reserve in hand'),
  }),
  result: form({
    available: amountOut('可用收入，可为负', 'available, may be negative'),
    dscr: maybeRatioOut('偿债覆盖率，可为负', 'debt service coverage, may be negative'),
    debtPaid: amountOut('已还本息', 'debt paid'),
    fromReserve: amountOut('动用准备金', 'from the reserve'),
    shortfall: amountOut('未还缺口', 'left unpaid'),
    toReserve: amountOut('补充准备金', 'into the reserve'),
    distributable: amountOut('可分配', 'distributable'),
  }),
  rule: debtWaterfall,
})
