/**
 * What each room has, in one list: its proposals and its checks. A proposal that stands here has its effect under its
 * kind, and an approval of any other kind cannot be decided; a check that stands here is run with all others.
 */
import { accessChecks } from '../access/checks.ts'
import { allocationChecks } from '../allocation/checks.ts'
import { allocationProposal } from '../allocation/effect.ts'
import { approvalChecks } from '../approvals/checks.ts'
import type { Check } from '../base/check.ts'
import { fundChecks } from '../budget/checks.ts'
import { assignmentProposal, reinstatementProposal } from '../budget/indicator/assign.ts'
import { finalBudgetProposal } from '../budget/indicator/final-budget.ts'
import { quotaProposal } from '../budget/indicator/quota.ts'
import { indicatorProposal } from '../budget/indicator/register.ts'
import { renewalProposal } from '../budget/indicator/renew.ts'
import { cashPlanProposal } from '../budget/cash-plan/verbs.ts'
import { planChecks } from '../financing/checks.ts'
import { advanceProposal } from '../financing/ownership/channels.ts'
import { planProposal, plansProposal } from '../financing/plan/effect.ts'
import { withdrawalProposal } from '../financing/withdrawal/verbs.ts'
import { bondChecks } from '../funds/checks.ts'
import {
  bondAllocationProposal,
  bondIssueProposal,
  bondPlanProposal,
  bondServiceProposal,
  bondUseProposal,
} from '../funds/bond/effect.ts'
import type { Effect } from '../noun/proposal.ts'
import { communityFactProposal } from '../projects/community/effect.ts'
import { projectFactProposal } from '../projects/project/effect.ts'
import { projectChecks } from '../projects/checks.ts'
import { releaseChecks } from '../release/checks.ts'
import { voucherChecks } from '../vouchers/checks.ts'
import { takeOverProposal } from '../vouchers/take-over/effect.ts'
import { reversalProposal, voucherProposal } from '../vouchers/voucher/verbs.ts'
import { settlementProposal } from '../release/claim/verbs.ts'
import { clawbackProposal } from '../release/clawback/verbs.ts'
import { releaseProposal } from '../release/release/effect.ts'
import { scoreEntryProposal } from '../release/score/propose.ts'
import { yearEndProposal } from './year-end/verbs.ts'
import { reopeningProposal } from './reopening.ts'

export const proposals: readonly { readonly kind: string; readonly effect: Effect }[] = [
  indicatorProposal,
  finalBudgetProposal,
  assignmentProposal,
  reinstatementProposal,
  renewalProposal,
  quotaProposal,
  cashPlanProposal,
  allocationProposal,
  planProposal,
  plansProposal,
  advanceProposal,
  releaseProposal,
  clawbackProposal,
  voucherProposal,
  reversalProposal,
  takeOverProposal,
  yearEndProposal,
  reopeningProposal,
  settlementProposal,
  scoreEntryProposal,
  projectFactProposal,
  communityFactProposal,
  withdrawalProposal,
  bondPlanProposal,
  bondIssueProposal,
  bondAllocationProposal,
  bondUseProposal,
  bondServiceProposal,
]

/** What follows from a decision, by kind. */
export const effects: Readonly<Record<string, Effect>> = Object.fromEntries(
  proposals.map(({ kind, effect }) => [kind, effect]),
)

/** What is looked at again beside the books, in this order. */
export const checks: readonly Check[] = [
  ...accessChecks,
  ...approvalChecks,
  ...projectChecks,
  ...fundChecks,
  ...bondChecks,
  ...planChecks,
  ...allocationChecks,
  ...releaseChecks,
  ...voucherChecks,
]
