/**
 * How many must approve: duties are separated by law (会计法 第二十五条), the amounts at which more eyes are needed are ours to
 * set.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const approvals = {
  approval_tiers: {
    zh: '审批层级：超过该金额须由几人审批',
    en: 'Approval tiers: how many approve above an amount',
    unit: 'table',
    values: undated(
      [
        { above: '0.00', approvers: 1 },
        { above: '10000000.00', approvers: 2 },
      ],
      'accounting-law',
      '第二十五条（金额为示例参数 O-80）',
    ),
  },
  delegation_longest: {
    zh: '委托最长期限（月，自授出之日起）',
    en: 'Longest delegation, in months from the day it is made',
    unit: 'months',
    values: undated(12, 'internal-control-2012-21', '第十二条（二）（期限为本单位规定）'),
  },
} satisfies Record<string, Parameter>
