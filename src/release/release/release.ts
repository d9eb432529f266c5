/**
 * Paying out what was allotted to a district, tranche by tranche (拨付批次, clause 24; O-06). A tranche is a cumulative
 * target: what may be paid now is the target of the tranche less what was paid before and what must come back. So what
 * came early is missing later, what was clawed back may come again, and all tranches together never make more than the
 * allotment.
 */
import * as z from 'zod'
import { numbered } from '../../form/numbered.ts'
import type { Decimal } from '../../base/decimal.ts'
import { type Fen, maxFen, splitNext, sumFen } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'
import { ratioOf } from '../../policy/value.ts'
import { atLeast, type Part } from '../score/facts.ts'
import { earlyRelease, type ReleaseCondition, tranches } from './tranche.ts'

export const releaseNames = numbered('R')
export const clawbackNames = numbered('B')
export const settlementNames = numbered('T')
/** What an instruction to the treasury is called after: a release, a claw-back, or what settles a claim. */
export const instructionReference = z.union([releaseNames.form, clawbackNames.form, settlementNames.form])

export type ReleaseKind = 'normal' | 'early'
export const releaseKindNamesZh: Record<ReleaseKind, string> = { normal: '正常', early: '早拨付' }

export type ReleaseState = 'drafted' | 'released' | 'rejected' | 'withdrawn'

export const releaseStateNamesZh: Record<ReleaseState, string> = {
  drafted: '待审批',
  released: '已拨付',
  rejected: '已退回',
  withdrawn: '已撤回',
}

/** What was allotted to a district, and how far it has been paid. */
export type Allotted = {
  readonly allottedFen: Fen
  /** Less what was clawed back. */
  readonly releasedFen: Fen
  /** What must come back because the final budget was below the early notice (O-05), and has not yet. */
  readonly recoveryFen: Fen
}

/** The tranches of a day, counted from 1. */
export type Tranche = {
  readonly tranche: number
  /** This and all before it. */
  readonly targetFen: Fen
  /** The progress at which it is due. */
  readonly progress: Decimal
  readonly early: boolean
}

export function tranchesOf(allottedFen: Fen, law: Law): Tranche[] {
  const terms = law.take('release_schedule')
  const { amounts } = tranches({ total: allottedFen, shares: terms.map(({ share }) => ratioOf(share)) })
  return terms.map(({ progress, early }, index) => ({
    tranche: index + 1,
    targetFen: sumFen(amounts.slice(0, index + 1)),
    progress: ratioOf(progress),
    early,
  }))
}

/** The most that may be paid under a tranche now. */
export const mostFen = ({ releasedFen, recoveryFen }: Allotted, { targetFen }: Pick<Tranche, 'targetFen'>): Fen =>
  maxFen(0n, targetFen - releasedFen - recoveryFen)

/** The first tranche under which anything is still to be paid; undefined when all is. */
export const nextTranche = (allotted: Allotted, law: Law): Tranche | undefined =>
  tranchesOf(allotted.allottedFen, law).find((tranche) => mostFen(allotted, tranche) > 0n)

/** Whether the works are so far that a tranche is due anyway. No area, no progress. */
export const isDue = ({ progress }: Pick<Tranche, 'progress'>, reached: Part): boolean =>
  reached.of.gt('0') ? atLeast(reached, progress) : progress.eq('0')

/** What was paid before it was due: the most that can be clawed back. */
export function earlyFen(allotted: Allotted, reached: Part, law: Law): Fen {
  const due = tranchesOf(allotted.allottedFen, law).filter((tranche) => isDue(tranche, reached))
  return maxFen(0n, allotted.releasedFen - (due.at(-1)?.targetFen ?? 0n))
}

export type EarlyConditions = Readonly<Record<ReleaseCondition, string>>

/** The conditions of early disbursement that a district fails, of a score as it is kept. */
export const failedConditions = ({ score, satisfaction, progress }: EarlyConditions, law: Law): ReleaseCondition[] =>
  earlyRelease({ score: ratioOf(score), satisfaction: ratioOf(satisfaction), progress: ratioOf(progress) }, law).failed

export const conditionNamesZh: Record<ReleaseCondition, string> = {
  score: '考核得分',
  satisfaction: '居民满意度',
  progress: '改造进度',
}

/** A share of a project in what was allotted, and what it has had of it. */
export type ProjectShare = { readonly project: string; readonly shareFen: Fen; readonly releasedFen: Fen }
export type ProjectPart = { readonly project: string; readonly amountFen: Fen }

/** A payment to a district over its projects: the running totals are split, not each payment alone (C4). */
export function splitOverProjects(amountFen: Fen, shares: readonly ProjectShare[]): ProjectPart[] {
  const row = splitNext(
    amountFen,
    shares.map(({ shareFen }) => shareFen),
    shares.map(({ releasedFen }) => releasedFen),
  )
  return shares.flatMap(({ project }, index) => {
    const partFen = row[index] ?? 0n
    return partFen > 0n ? [{ project, amountFen: partFen }] : []
  })
}
