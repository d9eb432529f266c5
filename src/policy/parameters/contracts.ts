/**
 * Contracts and budgets: the floor of a progress payment and the ceiling of retention (clauses 20, 23), the control
 * figure of the management fee, interest on late payments, and how long a budget indicator stays open.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const contracts = {
  progress_payment_min: {
    zh: '进度款支付比例下限',
    en: 'Least part of the completed value that a progress payment pays',
    unit: 'ratio',
    values: undated('0.80', 'progress-payment-2022-183', '第一条'),
  },
  retention_max: {
    zh: '质量保证金比例上限',
    en: 'Highest retention rate',
    unit: 'ratio',
    values: undated('0.03', 'retention-2017-138', '第七条'),
  },
  management_fee_bands: {
    zh: '项目建设管理费总额控制数：按投资额分档累进（元）',
    en: 'Control figure of the management fee: progressive by investment (yuan)',
    unit: 'table',
    values: undated(
      [
        { above: '0', ratio: '0.02' },
        { above: '10000000', ratio: '0.015' },
        { above: '50000000', ratio: '0.012' },
        { above: '100000000', ratio: '0.01' },
        { above: '500000000', ratio: '0.008' },
        { above: '1000000000', ratio: '0.004' },
      ],
      'construction-cost-2016-504',
      '附件 项目建设管理费总额控制数费率表',
    ),
  },
  late_payment_daily_rate: {
    zh: '逾期支付中小企业款项的日利率（合同未约定时）',
    en: 'Daily interest on late payments where the contract has none',
    unit: 'ratio',
    values: undated('0.0005', 'small-business-payments', '第十七条'),
  },
  indicator_open_years: {
    zh: '预算指标可连续使用的年度数（连续两年未用完作为结余）',
    en: 'Years in which a budget indicator may be spent; what is left after them is surplus',
    unit: 'years',
    values: undated(2, 'budget-law', '第四十二条'),
  },
} satisfies Record<string, Parameter>
