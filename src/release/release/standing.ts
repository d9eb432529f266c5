/** What must hold of a release when it is drafted, and again when it takes effect. */
import type { Day } from '../../base/calendar.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import { inWords, listed, type Text } from '../../base/refusal.ts'
import type { Law } from '../../policy/parameters.ts'
import { type ProjectState, stateNamesZh } from '../../projects/terms.ts'
import { refuse } from '../refusals.ts'
import { type Part, progressText } from '../score/facts.ts'
import { type Allotment, type Held, leftProjects } from './allotment.ts'
import { cashPlanClause, finalBudgetClause } from './limits.ts'
import { isDue, mostFen, type Tranche, tranchesOf } from './release.ts'

/** What is asked for, and everything it is judged by. */
export type Judged = {
  readonly of: Allotment
  readonly tranche: number
  readonly amountFen: Fen
  readonly on: Day
  readonly held: Held
  readonly law: Law
}

/** Refuses `tranche_unknown`, `tranche_out_of_order`; gives the tranche. */
export function requireTranche({ of, tranche, law }: Judged): Tranche {
  const all = tranchesOf(of.allottedFen, law)
  const wanted = all.find((one) => one.tranche === tranche)
  if (!wanted) throw refuse('tranche_unknown', { tranche, tranches: all.length })
  const open = all.find((one) => one.tranche < tranche && mostFen(of, one) > 0n)
  if (open) throw refuse('tranche_out_of_order', { tranche, first: open.tranche, leftFen: mostFen(of, open) })
  return wanted
}

/** Refuses `tranche_not_due`. */
export function requireDue(wanted: Tranche, progress: Part): void {
  if (isDue(wanted, progress)) return
  throw refuse('tranche_not_due', {
    tranche: wanted.tranche,
    progress: progressText(progress),
    least: wanted.progress.toFixed(),
    early: wanted.early,
  })
}

/** Refuses `release_project_left` where a project that left the plan would be paid. */
export function requireInPlan(of: Allotment): void {
  const left = leftProjects(of)
  if (left.length === 0) return
  const amountFen = sumFen(left.map(({ shareFen, releasedFen }) => shareFen - releasedFen))
  const projects = listed(left.map(({ project, state }) => withState(project, state)))
  throw refuse('release_project_left', { allocation: of.allocation, district: of.district, projects, amountFen })
}

function withState(project: string, state: ProjectState | undefined): Text {
  const { zh, en } = state ? inWords(stateNamesZh, state) : { zh: '', en: '' }
  return { zh: `${project}（${zh}）`, en: `${project} (${en})` }
}

/**
 * Refuses `release_exceeds_tranche`, `release_exceeds_allotment`, `release_exceeds_final_budget`,
 * `release_exceeds_cash_plan`.
 */
export function requireMoney({ of, amountFen, on, held }: Judged, wanted: Tranche): void {
  const { tranche, targetFen } = wanted
  const { releasedFen, recoveryFen, allocation, district, indicator } = of
  const most = mostFen(of, wanted)
  if (amountFen > most) {
    throw refuse('release_exceeds_tranche', { tranche, amountFen, mostFen: most, targetFen, releasedFen, recoveryFen })
  }
  const { waitingFen, cashPlanFen, budget } = held
  if (amountFen > waitingFen) {
    throw refuse('release_exceeds_allotment', { allocation, district, amountFen, waitingFen })
  }
  if (budget.paidFen + amountFen > budget.finalFen) {
    const overFen = budget.paidFen + amountFen - budget.finalFen
    const facts = { indicator: indicator.indicator, amountFen, ...budget, overFen }
    throw refuse('release_exceeds_final_budget', facts, finalBudgetClause)
  }
  if (amountFen > cashPlanFen) {
    const { programme, source } = indicator
    const facts = { programme, source, amountFen, leftFen: cashPlanFen, on }
    throw refuse('release_exceeds_cash_plan', facts, cashPlanClause)
  }
}
