/**
 * What follows from a settled approval, by kind. Rooms say what their approvals do; this list is where a kind gets its effect, and an
 * approval of a kind that is not here cannot be decided.
 */
import { settleAllocation } from '../allocation/verbs.ts'
import { fundingPlansDecided } from '../financing/plan/effect.ts'
import { advanceDecided } from '../financing/ownership/verbs.ts'
import { settleClawback } from '../release/clawback/verbs.ts'
import { settleRelease } from '../release/release/verbs.ts'
import type { ApprovalView } from '../approvals/store.ts'
import { applyAssignment, applyReinstatement } from '../budget/indicator/assign.ts'
import { applyFinalBudget } from '../budget/indicator/final-budget.ts'
import { applyQuota } from '../budget/indicator/quota.ts'
import { settleIndicator } from '../budget/indicator/register.ts'
import { applyCashPlan } from '../budget/cash-plan/verbs.ts'
import type { Act } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Done in the transaction of the last decision, with the approval locked: `approval.state` says how it ended. */
export type Effect = (ledger: Ledger, act: Act, approval: ApprovalView) => Promise<void>

export const effects: Readonly<Record<string, Effect>> = {
  indicator: settleIndicator,
  indicator_adjustment: applyFinalBudget,
  indicator_assignment: applyAssignment,
  indicator_reinstatement: applyReinstatement,
  quota: applyQuota,
  cash_plan: applyCashPlan,
  allocation: settleAllocation,
  funding_plan: fundingPlansDecided,
  funding_plans: fundingPlansDecided,
  channel_advance: advanceDecided,
  release: settleRelease,
  clawback: settleClawback,
}
