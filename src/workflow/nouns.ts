/**
 * What each room has, in one list. A proposal that stands here has its effect under its kind; an approval of any other kind cannot be decided.
 */
import { allocationProposal } from '../allocation/verbs.ts'
import { assignmentProposal, reinstatementProposal } from '../budget/indicator/assign.ts'
import { finalBudgetProposal } from '../budget/indicator/final-budget.ts'
import { quotaProposal } from '../budget/indicator/quota.ts'
import { indicatorProposal } from '../budget/indicator/register.ts'
import { cashPlanProposal } from '../budget/cash-plan/verbs.ts'
import { advanceProposal } from '../financing/ownership/verbs.ts'
import { planProposal, plansProposal } from '../financing/plan/effect.ts'
import type { Effect } from '../noun/proposal.ts'
import { clawbackProposal } from '../release/clawback/verbs.ts'
import { releaseProposal } from '../release/release/verbs.ts'

export const proposals: readonly { readonly kind: string; readonly effect: Effect }[] = [
  indicatorProposal,
  finalBudgetProposal,
  assignmentProposal,
  reinstatementProposal,
  quotaProposal,
  cashPlanProposal,
  allocationProposal,
  planProposal,
  plansProposal,
  advanceProposal,
  releaseProposal,
  clawbackProposal,
]

/** What follows from a decision, by kind. */
export const effects: Readonly<Record<string, Effect>> = Object.fromEntries(
  proposals.map(({ kind, effect }) => [kind, effect]),
)
