/**
 * How many must approve: duties are separated by law (会计法 第二十五条), the amounts at which more eyes are needed are ours to
 * set, and so are the kinds for which the eyes of one who checks are enough.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

/** The kinds of approval that are made and checked, and approved by nobody. */
const checkedOnly: readonly string[] = ['year_end', 'score_entry', 'project_fact', 'community_fact', 'withdrawal']

/** The kinds of approval whose last signature takes a fresh proof, whatever the amount: money leaves, a month opens. */
const provedAlways: readonly string[] = ['release', 'period_reopening']

export const approvals = {
  approval_checked_only: {
    zh: '只经办、复核而无须审批的事项种类：复核后即生效',
    en: 'Kinds that are made and checked and need no approver: checked, they take effect',
    unit: 'list',
    values: undated(checkedOnly, 'internal-control-2012-21', '第十二条（一）（种类为本单位规定）'),
  },
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
  approval_proved_always: {
    zh: '最后一人批准前须再次确认身份的事项种类（不论金额；其他种类为超过第一级金额的）',
    en: 'Kinds whose last approval takes a fresh proof of who approves, whatever the amount; of other kinds, what is above the first tier',
    unit: 'list',
    values: undated(provedAlways, 'internal-control-2012-21', '第十二条（二）（种类为本单位规定）'),
  },
  delegation_longest: {
    zh: '委托最长期限（月，自授出之日起）',
    en: 'Longest delegation, in months from the day it is made',
    unit: 'months',
    values: undated(12, 'internal-control-2012-21', '第十二条（二）（期限为本单位规定）'),
  },
} satisfies Record<string, Parameter>
