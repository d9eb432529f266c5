/**
 * What holds a release (clause 24; 预算法实施条例 48, 57): its tranche, what was allotted, the final budget and the cash plan;
 * an early one the score, the satisfaction and the progress besides. Pure: what there is now is read before.
 */
import type * as z from 'zod'
import type { Day } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { bound, figure, type Limit, limitBy } from '../../noun/limit.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { type Law, lawOn } from '../../policy/parameters.ts'
import type { Held } from './allotment.ts'
import type { releaseContent } from './forms.ts'
import { tranchesOf } from './release.ts'
import { releaseConditions, thresholdName } from './tranche.ts'

/** Of the regulation of the budget law: payment under a cash plan, and within the final budget. */
export const cashPlanClause = clauseText(clause('budget-law-regulation', '第五十七条'))
export const finalBudgetClause = clauseText(clause('budget-law-regulation', '第四十八条'))

/** The thresholds of early disbursement, by the law of a quarter's end, with what the district reached. */
export const earlyLimits = (conditions: Readonly<Record<string, string>>, quarter: Quarter): Limit[] => {
  const law = lawOn(lastDayOfQuarter(quarter))
  return releaseConditions.map((name) => limitBy(law, thresholdName(name), figure(conditions[name] ?? '')))
}

type Content = z.output<typeof releaseContent>

export function releaseLimits(content: Content, { on, held }: { readonly on: Day; readonly held: Held | undefined }) {
  const { kind, quarter, conditions, amount: amountFen } = content
  const of = (clauseOfBound: string) => ({ from: on, clause: clauseOfBound, measured: figure(formatFen(amountFen)) })
  return [
    trancheLimit(content, lawOn(on)),
    ...(kind === 'early' && quarter !== undefined ? earlyLimits(conditions, quarter) : []),
    ...(held
      ? [
          bound('allotment_waiting', held.waitingFen, of(finalBudgetClause)),
          bound('final_budget_left', held.budget.finalFen - held.budget.paidFen, of(finalBudgetClause)),
          bound('cash_plan_left', held.cashPlanFen, of(cashPlanClause)),
        ]
      : []),
  ]
}

function trancheLimit(content: Content, law: Law): Limit {
  const { tranche, amount, allotted, released, recovery, conditions } = content
  const target = tranchesOf(allotted, law).find((one) => one.tranche === tranche)
  const [upTo, most] = [formatFen(released + amount), formatFen((target?.targetFen ?? 0n) - recovery)]
  const progress = conditions['progress'] ?? '0'
  return limitBy(law, 'release_schedule', {
    zh: `第${tranche}批：拨付后累计 ${upTo} 元，至本批可累计 ${most} 元（已分配 ${formatFen(allotted)} 元）；进度 ${progress}`,
    en: `tranche ${tranche}: ${upTo} paid with it, of ${most} up to this tranche (${formatFen(allotted)} allotted); progress ${progress}`,
  })
}
