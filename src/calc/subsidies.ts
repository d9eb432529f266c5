/** Fiscal subsidies that follow a standard, and the reward for property service bought first (clauses 13, 14, 28). */
import { areaSubsidy, elevatorSubsidy } from '../funds/subsidy/subsidy.ts'
import { serviceSubsidy } from '../funds/subsidy/service.ts'
import { calculation } from './calculation.ts'
import { faultIf } from './fault.ts'
import { amount, amountOut, flag, form, onDate, policyRatioOut, ratio, ratioOut, ratioUpTo } from './form.ts'

export const areaSubsidyCalculation = calculation({
  name: 'area-subsidy',
  about: { zh: '按面积标准与实际成本孰低补助', en: 'Subsidy by area standard, at most the cost' },
  example: {
    oracle: 'O-07',
    input: { area: '3000', standard: '5786', cost: '25200000.00' },
    result: { standardAmount: '17358000.00', subsidy: '17358000.00', gap: '7842000.00' },
  },
  input: form({
    area: ratio('面积（㎡）', 'area in m²'),
    standard: amount('每平方米标准', 'standard per m²'),
    cost: amount('实际成本', 'real cost'),
  }),
  result: form({
    standardAmount: amountOut('标准金额', 'amount by the standard'),
    subsidy: amountOut('补助', 'subsidy'),
    gap: amountOut('缺口', 'what the subsidy leaves of the cost'),
  }),
  rule: areaSubsidy,
})

export const elevatorSubsidyCalculation = calculation({
  name: 'elevator-subsidy',
  about: { zh: '加装电梯市区两级补贴', en: 'Municipal and district subsidy of an elevator' },
  example: {
    oracle: 'O-08',
    input: { pipelineCost: '315000', totalCost: '1120000', certificate: true, on: '2024-05-01' },
    result: { municipal: '555000.00', district: '245000.00', others: '320000.00', payable: '800000.00' },
  },
  input: form({
    pipelineCost: amount('管线改移实际费用', 'real cost of moving pipelines'),
    totalCost: amount('总费用', 'total cost'),
    certificate: flag('已取得特种设备监督检验合格', 'the special-equipment certificate is there'),
    on: onDate(),
  }),
  result: form({
    municipal: amountOut('市级补贴', 'municipal'),
    district: amountOut('区级补贴', 'district'),
    others: amountOut('其他出资', 'others'),
    payable: amountOut('现可支付', 'payable now'),
  }),
  on: (input) => input.on,
  rule: elevatorSubsidy,
})

export const serviceSubsidyCalculation = calculation({
  name: 'service-subsidy',
  about: { zh: '先买后补：按物业费收缴率分档补贴', en: 'Buy first, subsidise later: by collection rate' },
  example: {
    oracle: 'O-73',
    input: { due: '374400.00', collected: '336959.99', satisfaction: '80', on: '2024-12-31' },
    result: { collectionRate: '0.9000', tier: '0.1500', subsidy: '50544.00' },
  },
  input: form({
    due: amount('应收物业费', 'fees due'),
    collected: amount('实收物业费', 'fees collected'),
    satisfaction: ratioUpTo('100', '居民满意度（0至100）', 'satisfaction, 0 to 100'),
    on: onDate(),
  }),
  result: form({
    collectionRate: ratioOut('收缴率', 'collection rate'),
    tier: policyRatioOut('补贴比例', 'tier'),
    subsidy: amountOut('补贴', 'subsidy'),
  }),
  on: (input) => input.on,
  faults: ({ due }) => faultIf(due === 0n, '/due', '须大于0', 'must be above 0'),
  rule: serviceSubsidy,
})
