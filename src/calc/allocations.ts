/**
 * How subsidies are allocated, paid in tranches and scored, and what a budget leaves of claims and indicators (clauses
 * 14, 24, 31).
 */
import type * as z from 'zod'
import { budgetCut } from '../allocation/budget-cut.ts'
import { carryForward } from '../allocation/carry-forward.ts'
import { districtScore } from '../release/score/district-score.ts'
import {
  type FactorAllocation,
  factorAllocation,
  factorShares,
  factorSum,
  factorsUsed,
  rewardAllocation,
  rewardWeights,
} from '../allocation/factor.ts'
import { earlyRelease, releaseConditions, tranches } from '../release/release/tranche.ts'
import { Decimal, sumDecimals } from '../base/decimal.ts'
import { one } from '../policy/value.ts'
import { calculation } from './calculation.ts'
import { type Fault, fault, faultIf, repeatedIds, weightsZero } from './fault.ts'
import {
  amount,
  amountOut,
  anyList,
  count,
  countOut,
  flag,
  form,
  id,
  list,
  onDate,
  oneOf,
  pointsOut,
  ratio,
  ratioUpTo,
  year,
} from './form.ts'

const fullScore = new Decimal('100')

const factorWeights = form({
  area: ratio('面积权重', 'weight of area'),
  households: ratio('户数权重', 'weight of households'),
  buildings: ratio('楼栋数权重', 'weight of buildings'),
  communities: ratio('小区数权重', 'weight of communities'),
  performance: ratio('绩效权重', 'weight of performance').optional(),
})

const recipient = {
  id: id('区或单位', 'recipient'),
  area: ratio('改造面积', 'area'),
  households: count('户数', 'households'),
  buildings: count('楼栋数', 'buildings'),
  communities: count('小区数', 'communities'),
  coefficient: ratio('财政困难系数', 'coefficient of fiscal difficulty'),
  performance: ratio('绩效得分', 'performance').optional(),
}

const total = amount('分配总额', 'the amount to allocate')

function factorFaults({ weights, recipients }: Omit<FactorAllocation, 'total'>): Fault[] {
  const found = repeatedIds(recipients, '/recipients')
  const weightSum = sumDecimals(Object.values(weights).filter((weight) => weight !== undefined))
  found.push(
    ...faultIf(
      !weightSum.eq(one),
      '/weights',
      `各因素权重合计须为1，现为 ${weightSum.toFixed()}`,
      `the weights must add up to 1, not ${weightSum.toFixed()}`,
    ),
  )
  const used = factorsUsed(weights)
  if (used.includes('performance')) {
    recipients.forEach(({ performance }, index) => {
      if (performance !== undefined) return
      found.push(
        fault(
          `/recipients/${index}/performance`,
          '绩效有权重时须填写绩效得分',
          'performance is weighted and must be given',
        ),
      )
    })
  }
  for (const factor of used) {
    if (factorSum(recipients, factor).gt('0')) continue
    found.push(fault(`/weights/${factor}`, '该因素有权重，但各单位合计为0', 'this factor is weighted but adds up to 0'))
  }
  return found
}

const districts = [
  { id: 'A', area: '120', households: 15000, buildings: 300, communities: 40, coefficient: '1.00' },
  { id: 'B', area: '80', households: 11000, buildings: 220, communities: 35, coefficient: '1.20' },
  { id: 'C', area: '50', households: 6000, buildings: 130, communities: 15, coefficient: '1.50' },
]
const usualWeights = { area: '0.40', households: '0.40', buildings: '0.10', communities: '0.10' }

export const factorAllocationCalculation = calculation({
  name: 'factor-allocation',
  about: { zh: '按因素法分配补助资金', en: 'Allocate a subsidy by weighted factors' },
  example: {
    oracle: 'O-01',
    input: { total: '100000000.00', weights: usualWeights, recipients: districts },
    result: {
      shares: [
        { id: 'A', amount: '40404197.99' },
        { id: 'B', amount: '34886824.30' },
        { id: 'C', amount: '24708977.71' },
      ],
    },
  },
  input: form({ total, weights: factorWeights, recipients: list(form(recipient), '分配对象', 'the recipients') }),
  result: form({
    shares: list(form({ id: id(), amount: amountOut('分配额', 'share') }), '各单位分配额', 'the shares'),
  }),
  faults: factorFaults,
  rule: factorAllocation,
})

const rewardInput = form({
  total,
  weights: factorWeights,
  taskShare: ratioUpTo('1', '按任务量分配的比例', 'the part that goes by task'),
  recipients: list(
    form({ ...recipient, reward: ratio('奖励系数', 'reward coefficient') }),
    '分配对象',
    'the recipients',
  ),
})

export const rewardAllocationCalculation = calculation({
  name: 'reward-allocation',
  about: {
    zh: '任务部分按因素、奖励部分按因素乘奖励系数分配',
    en: 'Allocate a task part by factors and a reward part by factors × reward',
  },
  example: {
    oracle: 'O-03',
    input: {
      total: '100000000.00',
      weights: usualWeights,
      taskShare: '0.80',
      recipients: ['1.1', '1.0', '0.9'].map((reward, index) => ({ ...districts[index], reward })),
    },
    result: {
      shares: [
        { id: 'A', task: '32323358.39', reward: '8751565.80', amount: '41074924.19' },
        { id: 'B', task: '27909459.44', reward: '6869545.83', amount: '34779005.27' },
        { id: 'C', task: '19767182.17', reward: '4378888.37', amount: '24146070.54' },
      ],
    },
  },
  input: rewardInput,
  result: form({
    shares: list(
      form({
        id: id(),
        task: amountOut('任务部分', 'task part'),
        reward: amountOut('奖励部分', 'reward part'),
        amount: amountOut('合计', 'together'),
      }),
      '各单位分配额',
      'the shares',
    ),
  }),
  faults: rewardFaults,
  rule: rewardAllocation,
})

function rewardFaults(input: z.output<typeof rewardInput>): Fault[] {
  const found = factorFaults(input)
  if (found.length > 0) return found
  const rewardSum = sumDecimals(rewardWeights(input.recipients, factorShares(input)))
  return rewardSum.gt('0') ? [] : [weightsZero('/recipients')]
}

export const tranchesCalculation = calculation({
  name: 'tranches',
  about: { zh: '分批拨付，末批为余额', en: 'Pay in tranches, the last being the rest' },
  example: {
    oracle: 'O-06',
    input: { total: '40404197.99', shares: ['0.5', '0.3', '0.2'] },
    result: { amounts: ['20202099.00', '12121259.40', '8080839.59'] },
  },
  input: form({
    total: amount('拨付总额', 'the amount to pay'),
    shares: list(ratio('比例', 'share'), '各批比例，合计为1', 'shares that add up to 1'),
  }),
  result: form({ amounts: list(amountOut('拨付额', 'tranche'), '各批拨付额', 'the tranches') }),
  faults: ({ shares }) => {
    const sum = sumDecimals(shares)
    return faultIf(
      !sum.eq(one),
      '/shares',
      `各批比例合计须为1，现为 ${sum.toFixed()}`,
      `the shares must add up to 1, not ${sum.toFixed()}`,
    )
  },
  rule: tranches,
})

export const earlyReleaseCalculation = calculation({
  name: 'early-release',
  about: { zh: '是否符合早拨付条件', en: 'Does a district earn early disbursement' },
  example: {
    oracle: 'O-06',
    input: { score: '89.99', satisfaction: '0.90', progress: '0.40', on: '2024-06-30' },
    result: { eligible: false, failed: ['score'] },
  },
  input: form({
    score: ratio('考核得分', 'score'),
    satisfaction: ratio('居民满意度', 'satisfaction'),
    progress: ratio('改造进度', 'progress'),
    on: onDate(),
  }),
  result: form({
    eligible: flag('符合条件', 'eligible'),
    failed: anyList(oneOf(releaseConditions, '未达标项', 'condition'), '未达标项', 'the conditions that fail'),
  }),
  on: (input) => input.on,
  rule: earlyRelease,
})

export const districtScoreCalculation = calculation({
  name: 'district-score',
  about: { zh: '区级考核得分', en: 'Score of a district' },
  example: {
    oracle: 'O-81',
    input: {
      indicators: [
        { id: 'progress', value: '0.96', weight: '25' },
        { id: 'fund_execution', value: '8450', target: '10000', weight: '20' },
        { id: 'integrity', value: '1', weight: '10' },
        { id: 'long_term', value: '0.80', weight: '15' },
        { id: 'social_capital', value: '0.26', target: '0.30', weight: '10' },
        { id: 'satisfaction', value: '0.93', weight: '20' },
      ],
    },
    result: {
      points: [
        { id: 'progress', points: '24.00' },
        { id: 'fund_execution', points: '16.90' },
        { id: 'integrity', points: '10.00' },
        { id: 'long_term', points: '12.00' },
        { id: 'social_capital', points: '8.67' },
        { id: 'satisfaction', points: '18.60' },
      ],
      total: '90.17',
    },
  },
  input: form({
    indicators: list(
      form({
        id: id('指标', 'indicator'),
        value: ratio('完成值', 'value'),
        target: ratio('目标值，默认1', 'target, default 1').optional(),
        weight: ratio('权重（分）', 'weight in points'),
      }),
      '指标，权重合计100',
      'indicators whose weights add up to 100',
    ),
  }),
  result: form({
    points: list(form({ id: id(), points: pointsOut('得分', 'points') }), '各指标得分', 'points by indicator'),
    total: pointsOut('总分', 'total'),
  }),
  faults: ({ indicators }) => {
    const sum = sumDecimals(indicators.map(({ weight }) => weight))
    return [
      ...repeatedIds(indicators, '/indicators'),
      ...indicators.flatMap(({ target }, index) =>
        faultIf(target?.eq('0') ?? false, `/indicators/${index}/target`, '目标值须大于0', 'the target must be above 0'),
      ),
      ...faultIf(
        !sum.eq(fullScore),
        '/indicators',
        `权重合计须为100，现为 ${sum.toFixed()}`,
        `the weights must add up to 100, not ${sum.toFixed()}`,
      ),
    ]
  },
  rule: districtScore,
})

export const budgetCutCalculation = calculation({
  name: 'budget-cut',
  about: { zh: '预算不足时按申请额同比例核减', en: 'Cut claims in proportion where the budget is short' },
  example: {
    oracle: 'O-34',
    input: {
      claims: [
        { id: 'a', amount: '51111.11' },
        { id: 'b', amount: '30666.67' },
        { id: 'c', amount: '122222.22' },
      ],
      budget: '150000.00',
    },
    result: {
      paid: [
        { id: 'a', amount: '37581.70' },
        { id: 'b', amount: '22549.02' },
        { id: 'c', amount: '89869.28' },
      ],
      unpaid: '54000.00',
    },
  },
  input: form({
    claims: list(form({ id: id('申请', 'claim'), amount: amount('申请额', 'claimed') }), '申请', 'the claims'),
    budget: amount('预算', 'the budget'),
  }),
  result: form({
    paid: list(form({ id: id(), amount: amountOut('支付额', 'paid') }), '各申请支付额', 'what each is paid'),
    unpaid: amountOut('未支付合计', 'what stays unpaid'),
  }),
  faults: ({ claims }) => repeatedIds(claims, '/claims'),
  rule: budgetCut,
})

export const carryForwardCalculation = calculation({
  name: 'carry-forward',
  about: {
    zh: '预算指标结转与两年期满的结余',
    en: 'Carry-forward of a budget indicator and what lapses after two years',
  },
  example: {
    oracle: 'O-68',
    input: {
      year: 2022,
      indicator: '5000000',
      spent: [
        { year: 2022, amount: '3200000' },
        { year: 2023, amount: '1100000' },
      ],
    },
    result: {
      years: [
        { year: 2022, opening: '5000000.00', spent: '3200000.00', closing: '1800000.00' },
        { year: 2023, opening: '1800000.00', spent: '1100000.00', closing: '700000.00' },
      ],
      lapsed: { year: 2023, amount: '700000.00' },
    },
  },
  input: form({
    year: year('指标年度', 'year of the indicator'),
    indicator: amount('指标额', 'the indicator'),
    spent: anyList(
      form({ year: year('支出年度', 'year'), amount: amount('支出', 'spent') }),
      '支出，可为空；同一年度相加',
      'spending, may be empty; entries of a year add up',
    ),
  }),
  result: form({
    years: list(
      form({
        year: countOut('年度', 'year'),
        opening: amountOut('年初余额', 'opening'),
        spent: amountOut('支出', 'spent'),
        closing: amountOut('年末余额', 'closing'),
      }),
      '各年度',
      'the years',
    ),
    lapsed: form({ year: countOut('年度', 'year'), amount: amountOut('结余', 'surplus') }),
  }),
  rule: carryForward,
})
