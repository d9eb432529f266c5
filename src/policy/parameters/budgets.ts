/** Appropriation lines: how much of an expected transfer is announced before the year's budget is final. */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const budgets = {
  early_notice_ratio: {
    zh: '专项转移支付提前下达比例下限（占预计数）',
    en: 'Least part of an expected special transfer that is announced before the budget year',
    unit: 'ratio',
    values: undated('0.70', 'budget-law-regulation', '第四十八条'),
  },
} satisfies Record<string, Parameter>
