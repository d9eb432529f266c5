/**
 * The score of a district for a quarter (clause 31; O-81): what was reached of each indicator, against its target and
 * by its weight. The weights add up to 100. What cannot be measured is named, and then there is no score: nothing is
 * assumed.
 */
import { Decimal, formatScaled, quotient, sumDecimals } from '../../base/decimal.ts'
import { pointDecimals, ratioDecimals } from '../../policy/units.ts'
import { ratioOf } from '../../policy/value.ts'
import type { Law } from '../../policy/parameters.ts'
import { type ScoreIndicator, scoreIndicators } from '../../policy/parameters/scores.ts'
import { districtScore } from './district-score.ts'
import { figureFen, type Part, partOf, type ScoreFacts } from './facts.ts'
import type { Fen } from '../../base/money.ts'

export const indicatorNamesZh: Record<ScoreIndicator, string> = {
  progress: '改造进度',
  fund_execution: '资金执行',
  integrity: '廉政风险防控',
  long_term: '长效管理机制',
  social_capital: '引入社会资本',
  satisfaction: '居民满意度',
}

export type ScoredIndicator = {
  readonly indicator: ScoreIndicator
  /** What was reached, as a part of 1 with four decimals. */
  readonly value: string
  readonly target: string
  readonly weight: string
  readonly points: string
}

export type Score = {
  readonly indicators: readonly ScoredIndicator[]
  /** With two decimals. */
  readonly total: string
  /** 资金到位率: what arrived of what was allotted; absent where nothing was allotted. */
  readonly arrival?: string
  /** 撬动倍数: planned investment over what was allotted. */
  readonly leverage?: string
}

/** What is not known and would have to be, in the order of the clause. */
export const missingOf = (facts: ScoreFacts, law: Law): ScoreIndicator[] =>
  scoreIndicators.filter((indicator) => partOf(facts, indicator, law) === undefined)

/** The score; undefined where anything is missing. */
export function scoreOf(facts: ScoreFacts, law: Law): Score | undefined {
  const weights = law.take('score_weights')
  const targets = law.take('score_targets')
  const measured = scoreIndicators.flatMap((indicator) => {
    const part = partOf(facts, indicator, law)
    return part ? [{ indicator, part, weight: weights[indicator], target: targets[indicator] }] : []
  })
  if (measured.length < scoreIndicators.length) return undefined
  const { points, total } = districtScore({
    indicators: measured.map(({ indicator, part, weight, target }) => ({
      id: indicator,
      value: part.reached,
      // Reached ÷ of ÷ target without a quotient between: one rounding, of the points.
      target: part.of.times(ratioOf(target)),
      weight: ratioOf(weight),
    })),
  })
  return {
    indicators: measured.map(({ indicator, part, weight, target }, index) => ({
      indicator,
      value: valueOf(part),
      target,
      weight,
      points: formatScaled(points[index]?.points ?? 0n, pointDecimals),
    })),
    total: formatScaled(total, pointDecimals),
    ...ratios(facts),
  }
}

const valueOf = ({ reached, of }: Part): string => formatScaled(quotient(reached, of, ratioDecimals), ratioDecimals)

function ratios(facts: ScoreFacts): Pick<Score, 'arrival' | 'leverage'> {
  const allottedFen = figureFen(facts, 'allotted')
  if (allottedFen <= 0n) return {}
  const over = (amountFen: Fen, decimals: number): string =>
    formatScaled(quotient(new Decimal(amountFen), new Decimal(allottedFen), decimals), decimals)
  return {
    arrival: over(figureFen(facts, 'arrived'), ratioDecimals),
    leverage: over(figureFen(facts, 'investment'), pointDecimals),
  }
}

/** What the weights of a day add up to; the loader's test holds it to 100. */
export const weightSum = (law: Law): Decimal => sumDecimals(Object.values(law.take('score_weights')).map(ratioOf))
