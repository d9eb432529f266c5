/**
 * Early disbursement of a quarter (clause 24): which tranches may come before they are due. It moves money in time and
 * never adds any. The better district goes first; of equal ones the lower code. A tranche that no longer fits the cash
 * plan waits, and a smaller one behind it may still go. The same facts give the same plan.
 */
import { type Fen, formatFen } from '../../base/money.ts'
import type { Json } from '../../base/json.ts'
import type { Quarter } from '../../base/quarter.ts'
import type { Law } from '../../policy/parameters.ts'
import type { ScoreIndicator } from '../../policy/parameters/scores.ts'
import { ratioOf } from '../../policy/value.ts'
import {
  type Allotted,
  type EarlyConditions,
  failedConditions,
  isDue,
  mostFen,
  nextTranche,
} from '../release/release.ts'
import type { RuleUsed } from '../release/tranche.ts'
import type { Part } from '../score/facts.ts'
import type { ReleaseCondition } from '../release/tranche.ts'

export type EarlyAllotment = Allotted & {
  readonly allocation: string
  /** A release of it already waits for approval. */
  readonly pending: boolean
  /** What of it still waits to be paid, by the books. */
  readonly waitingFen: Fen
  /** The cash plan it is paid under. */
  readonly cashPlan: string
  /** The indicator whose final budget all its payments stay within. */
  readonly indicator: string
  /** How far the works it is for are now: what makes a tranche due, early or not. */
  readonly progress: Part
  /** Projects that left the plan and would still be paid out of it. */
  readonly left: readonly string[]
  /** Whether its indicator may no longer be used on the day. */
  readonly yearOver: boolean
  /** What the district's indicator can issue, and what of it year-end carried over and nobody renewed. */
  readonly readyFen: Fen
  readonly carriedFen: Fen
}

export type EarlyDistrict = {
  readonly district: string
  readonly score?: { readonly version: number; readonly conditions: EarlyConditions }
  readonly missing: readonly ScoreIndicator[]
  /** The latest quarter it was scored for, where that is after the run's. */
  readonly later?: Quarter
  /** Claw-backs of which what is spent is not given back though it is overdue. */
  readonly overdue: readonly string[]
  readonly allotments: readonly EarlyAllotment[]
}

export type EarlyFacts = {
  readonly districts: readonly EarlyDistrict[]
  /** What is left of each cash plan. */
  readonly cashPlansFen: Readonly<Record<string, Fen>>
  /** What is left to be paid of the final budget of each indicator. */
  readonly budgetsFen: Readonly<Record<string, Fen>>
}

export type EarlyDraft = {
  readonly district: string
  readonly allocation: string
  readonly tranche: number
  readonly amountFen: Fen
  readonly scoreVersion: number
  readonly conditions: EarlyConditions
  /** Of the cash plan, before this release. */
  readonly cashPlanFen: Fen
}

/** Why a tranche does not come early, in the order in which it is looked at. */
export const earlyReasons = [
  'later_quarter',
  'inputs_missing',
  'conditions_not_met',
  'release_blocked_by_clawback',
  'nothing_allotted',
  'all_released',
  'release_pending',
  'release_project_left',
  'indicator_year_over',
  'carried_over',
  'first_tranche_open',
  'due_anyway',
  'not_early',
  'exceeds_allotment',
  'exceeds_final_budget',
  'exceeds_cash_plan',
] as const
export type EarlyReason = (typeof earlyReasons)[number]

export const reasonNamesZh: Record<EarlyReason, string> = {
  later_quarter: '以后季度已有考核得分，以最近季度为准',
  inputs_missing: '考核数据不全',
  conditions_not_met: '未达到早拨付条件',
  release_blocked_by_clawback: '有逾期未缴的应收回款',
  nothing_allotted: '没有已批准的分配',
  all_released: '已全部拨付',
  release_pending: '已有拨付待审批',
  release_project_left: '分配中有项目已退出',
  indicator_year_over: '指标已过可使用的年度',
  carried_over: '区级指标为上年结转，须先整体恢复',
  first_tranche_open: '前一批次尚未拨付',
  due_anyway: '已达正常拨付条件，按正常程序办理',
  not_early: '该批次不适用早拨付',
  exceeds_allotment: '超过账上已分配待拨付数',
  exceeds_final_budget: '累计拨付超过正式预算',
  exceeds_cash_plan: '超过可用用款计划',
}

export type NotEarly = {
  readonly district: string
  readonly reason: EarlyReason
  readonly allocation?: string
  readonly tranche?: number
  readonly amountFen?: Fen
  /** What there is of what is too little. */
  readonly leftFen?: Fen
  readonly failed?: readonly ReleaseCondition[]
  readonly missing?: readonly ScoreIndicator[]
  readonly conditions?: EarlyConditions
  readonly later?: Quarter
  readonly projects?: readonly string[]
  readonly clawbacks?: readonly string[]
}

export type EarlyLaw = { readonly law: Law; readonly thresholds: Law }

export type EarlyPlan = { readonly drafts: readonly EarlyDraft[]; readonly others: readonly NotEarly[] }

/**
 * The plan of a quarter: tranches by the law of the day it is made on, what a score must reach by that of the quarter's
 * end.
 */
export function planEarly(facts: EarlyFacts, { law, thresholds }: EarlyLaw): EarlyPlan {
  const drafts: EarlyDraft[] = []
  const others: NotEarly[] = []
  const left = {
    cashPlans: new Map(Object.entries(facts.cashPlansFen)),
    budgets: new Map(Object.entries(facts.budgetsFen)),
  }
  for (const district of facts.districts.toSorted(better)) {
    const barred = barOf(district, thresholds)
    if (barred) {
      others.push(barred)
      continue
    }
    for (const allotment of district.allotments.toSorted(byAllocation)) {
      const budgetFen = left.budgets.get(allotment.indicator) ?? 0n
      const within = { cashPlanFen: left.cashPlans.get(allotment.cashPlan) ?? 0n, budgetFen }
      const found = offer(district, allotment, within, law)
      if ('reason' in found) others.push(found)
      else {
        drafts.push(found)
        left.cashPlans.set(allotment.cashPlan, found.cashPlanFen - found.amountFen)
        left.budgets.set(allotment.indicator, budgetFen - found.amountFen)
      }
    }
  }
  return { drafts, others }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byAllocation = (a: EarlyAllotment, b: EarlyAllotment): number => compare(a.allocation, b.allocation)

function better(a: EarlyDistrict, b: EarlyDistrict): number {
  const [scoreA, scoreB] = [a.score?.conditions.score, b.score?.conditions.score]
  if (scoreA === undefined || scoreB === undefined) {
    return Number(scoreA === undefined) - Number(scoreB === undefined) || compare(a.district, b.district)
  }
  return ratioOf(scoreB).cmp(ratioOf(scoreA)) || compare(a.district, b.district)
}

/** What bars a district as a whole. */
function barOf(
  { district, score, missing, later, overdue, allotments }: EarlyDistrict,
  law: Law,
): NotEarly | undefined {
  if (later !== undefined) return { district, reason: 'later_quarter', later }
  if (!score) return { district, reason: 'inputs_missing', missing }
  const { conditions } = score
  const failed = failedConditions(conditions, law)
  if (failed.length > 0) return { district, reason: 'conditions_not_met', failed, conditions }
  if (overdue.length > 0) return { district, reason: 'release_blocked_by_clawback', clawbacks: overdue }
  if (allotments.length === 0) return { district, reason: 'nothing_allotted', conditions }
  return undefined
}

type Within = { readonly cashPlanFen: Fen; readonly budgetFen: Fen }

function offer(
  { district, score }: EarlyDistrict,
  allotment: EarlyAllotment,
  { cashPlanFen, budgetFen }: Within,
  law: Law,
): EarlyDraft | NotEarly {
  const { allocation, progress, left } = allotment
  const next = nextTranche(allotment, law)
  if (!next || !score) return { district, allocation, reason: 'all_released' }
  const { tranche } = next
  const amountFen = mostFen(allotment, next)
  const no = (reason: EarlyReason, leftFen?: Fen): NotEarly => ({
    district,
    allocation,
    tranche,
    amountFen,
    reason,
    ...(leftFen !== undefined && { leftFen }),
  })
  if (allotment.pending) return no('release_pending')
  if (left.length > 0) return { ...no('release_project_left'), projects: left }
  if (allotment.yearOver) return no('indicator_year_over')
  if (allotment.carriedFen > 0n && amountFen > allotment.readyFen) return no('carried_over', allotment.readyFen)
  if (isDue(next, progress)) return no(tranche === 1 ? 'first_tranche_open' : 'due_anyway')
  if (!next.early) return no('not_early')
  if (amountFen > allotment.waitingFen) return no('exceeds_allotment', allotment.waitingFen)
  if (amountFen > budgetFen) return no('exceeds_final_budget', budgetFen)
  if (amountFen > cashPlanFen) return no('exceeds_cash_plan', cashPlanFen)
  const { version: scoreVersion, conditions } = score
  return { district, allocation, tranche, amountFen, scoreVersion, conditions, cashPlanFen }
}

/** Everything a plan was made from, to be hashed: the same facts again are the same run. */
export const earlyFactsJson = ({ districts, cashPlansFen, budgetsFen }: EarlyFacts): Json => ({
  districts: districts.map(({ district, score, missing, later, overdue, allotments }) => ({
    district,
    score: score ? { version: score.version, ...score.conditions } : null,
    missing: [...missing],
    ...(later !== undefined && { later }),
    overdue: [...overdue],
    allotments: allotments.map(
      ({ allocation, pending, cashPlan, indicator, progress, left, yearOver, ...amounts }) => ({
        allocation,
        pending,
        cashPlan,
        indicator,
        progress: { reached: progress.reached.toFixed(), of: progress.of.toFixed() },
        left: [...left],
        allotted: formatFen(amounts.allottedFen),
        released: formatFen(amounts.releasedFen),
        recovery: formatFen(amounts.recoveryFen),
        waiting: formatFen(amounts.waitingFen),
        ...(yearOver && { yearOver }),
        ...(amounts.carriedFen > 0n && { ready: formatFen(amounts.readyFen), carried: formatFen(amounts.carriedFen) }),
      }),
    ),
  })),
  cashPlans: amountsOf(cashPlansFen),
  budgets: amountsOf(budgetsFen),
})

const amountsOf = (given: Readonly<Record<string, Fen>>): { [name: string]: string } =>
  Object.fromEntries(Object.entries(given).map(([name, leftFen]) => [name, formatFen(leftFen)]))

export type EarlyPlanJson = ReturnType<typeof earlyPlanJson>

/** `rules`: the values of policy that took part, each with its day and clause. */
export const earlyPlanJson = ({ drafts, others }: EarlyPlan, rules: readonly RuleUsed[] = []) => ({
  ...(rules.length > 0 && { rules: [...rules] }),
  drafts: drafts.map(({ amountFen, cashPlanFen, conditions, ...draft }) => ({
    ...draft,
    conditions: { ...conditions },
    amount: formatFen(amountFen),
    cashPlan: formatFen(cashPlanFen),
  })),
  others: others.map(({ amountFen, leftFen, failed, missing, conditions, projects, clawbacks, ...other }) => ({
    ...other,
    ...(projects && { projects: [...projects] }),
    ...(clawbacks && { clawbacks: [...clawbacks] }),
    ...(amountFen !== undefined && { amount: formatFen(amountFen) }),
    ...(leftFen !== undefined && { left: formatFen(leftFen) }),
    ...(failed && { failed: [...failed] }),
    ...(missing && { missing: [...missing] }),
    ...(conditions && { conditions: { ...conditions } }),
  })),
})
