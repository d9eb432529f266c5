/**
 * Paying an allocation in tranches (clause 24; O-06): early disbursement moves a tranche forward in time, it never adds
 * money. The last tranche is what is left, not a share of its own, so the tranches add up (C5).
 */
import { type Decimal, portion } from '../../base/decimal.ts'
import type { Json } from '../../base/json.ts'
import { type Fen, minFen } from '../../base/money.ts'
import type { Law, ParameterName } from '../../policy/parameters.ts'
import { ratioOf } from '../../policy/value.ts'

/** The tranches of a total by shares that add up to 1, in fen. */
export function tranches({ total, shares }: { total: Fen; shares: readonly Decimal[] }): { amounts: Fen[] } {
  let left = total
  const amounts = shares.slice(0, -1).map((share) => {
    const amount = minFen(portion(total, share), left)
    left -= amount
    return amount
  })
  return { amounts: [...amounts, left] }
}

/** What a district is judged by, in the order in which what fails is named. */
export const releaseConditions = ['score', 'satisfaction', 'progress'] as const
export type ReleaseCondition = (typeof releaseConditions)[number]

/** The parameter that says what a condition must reach, by the law of a quarter's end. */
export const thresholdName = <Condition extends ReleaseCondition>(condition: Condition) =>
  `early_release_${condition}` as const satisfies ParameterName

const thresholdsOf = (law: Law): Record<ReleaseCondition, string> => ({
  score: law.take('early_release_score'),
  satisfaction: law.take('early_release_satisfaction'),
  progress: law.take('early_release_progress'),
})

/**
 * Whether a district's next tranche may come early: score, satisfaction and progress each at least at its threshold.
 */
export function earlyRelease(
  facts: Record<ReleaseCondition, Decimal>,
  law: Law,
): { eligible: boolean; failed: ReleaseCondition[] } {
  const thresholds = thresholdsOf(law)
  const failed = releaseConditions.filter((condition) => facts[condition].lt(ratioOf(thresholds[condition])))
  return { eligible: failed.length === 0, failed }
}

/** A value of policy that took part in a decision, as it is kept and shown: `from` is the day since which it holds. */
export type RuleUsed = {
  readonly parameter: string
  readonly value: Json
  readonly from: string
  readonly clause: string
}

/** The tranches of a law, and of another what an early one takes, noted as used whether or not anything was judged. */
export function rulesUsed(law: Law, thresholds?: Law): RuleUsed[] {
  law.take('release_schedule')
  if (thresholds) thresholdsOf(thresholds)
  return [...law.uses, ...(thresholds?.uses ?? [])].map(({ value, ...use }) => ({ ...use, value: value as Json }))
}
