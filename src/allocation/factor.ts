/**
 * Allocation by factors (clause 24; 中央财政城镇保障性安居工程补助资金管理办法; O-01 to O-03): a recipient's share is the weighted sum of
 * its part of the area, households, buildings and communities, each multiplied by its coefficient of fiscal difficulty,
 * and of the performance, which is not. Shares stay exact fractions until the one split.
 */
import { assert } from '../base/assert.ts'
import { type Decimal, portion, sumDecimals, toWeights, whole } from '../base/decimal.ts'
import { type Fen, splitLargestRemainder } from '../base/money.ts'
import { zero } from '../policy/value.ts'

/** The factors in the order in which they are named; performance is the one without the coefficient. */
export const factors = ['area', 'households', 'buildings', 'communities', 'performance'] as const
export type Factor = (typeof factors)[number]

export type Recipient = {
  id: string
  area: Decimal
  households: number
  buildings: number
  communities: number
  coefficient: Decimal
  performance?: Decimal | undefined
}

/** The weight of each factor; they add up to 1. An absent performance weighs nothing. */
export type FactorWeights = { [F in Exclude<Factor, 'performance'>]: Decimal } & { performance?: Decimal | undefined }

export type FactorAllocation<R extends Recipient = Recipient> = {
  total: Fen
  weights: FactorWeights
  recipients: readonly R[]
}

/** Each recipient's part of the total, in fen, by largest remainder. */
export function factorAllocation(facts: FactorAllocation): { shares: { id: string; amount: Fen }[] } {
  const amounts = splitLargestRemainder(facts.total, toWeights(factorShares(facts)))
  return { shares: facts.recipients.map(({ id }, index) => ({ id, amount: amounts[index] ?? 0n })) }
}

export type RewardAllocation = FactorAllocation<Recipient & { reward: Decimal }> & {
  /** The part of the total that goes by task, at most 1. */
  taskShare: Decimal
}

export type RewardedShare = { id: string; task: Fen; reward: Fen; amount: Fen }

/** The task part split by factors, and the rest by factor share × reward coefficient, in fen. */
export function rewardAllocation(facts: RewardAllocation): { shares: RewardedShare[] } {
  const shares = factorShares(facts)
  const taskTotal = portion(facts.total, facts.taskShare)
  const tasks = splitLargestRemainder(taskTotal, toWeights(shares))
  const rewards = splitLargestRemainder(facts.total - taskTotal, toWeights(rewardWeights(facts.recipients, shares)))
  return {
    shares: facts.recipients.map(({ id }, index) => {
      const [task, reward] = [tasks[index] ?? 0n, rewards[index] ?? 0n]
      return { id, task, reward, amount: task + reward }
    }),
  }
}

/** Factor share × reward coefficient. All 0 where nobody with a share has a reward. */
export function rewardWeights(recipients: readonly { reward: Decimal }[], shares: readonly Decimal[]): Decimal[] {
  return recipients.map(({ reward }, index) => reward.times(shares[index] ?? zero))
}

/** The factors that count: those whose weight is not 0. */
export function factorsUsed(weights: FactorWeights): Factor[] {
  return factors.filter((factor) => weights[factor]?.gt(zero))
}

/** What one factor of a recipient counts: multiplied by the coefficient, performance as it is; 0 where it is absent. */
export function factorValue(recipient: Recipient, factor: Factor): Decimal {
  if (factor === 'performance') return recipient.performance ?? zero
  const size = recipient[factor]
  return (typeof size === 'number' ? whole(size) : size).times(recipient.coefficient)
}

/** The sum of one factor over all recipients; a factor that counts may not have the sum 0. */
export function factorSum(recipients: readonly Recipient[], factor: Factor): Decimal {
  return sumDecimals(recipients.map((recipient) => factorValue(recipient, factor)))
}

/**
 * The recipients' shares over one common denominator, the product of all factor sums: weight × value × the sums of the
 * other factors. Only their proportion matters, and no quotient is formed.
 */
export function factorShares({ weights, recipients }: Omit<FactorAllocation, 'total'>): Decimal[] {
  const used = factorsUsed(weights).map((factor) => ({ factor, sum: factorSum(recipients, factor) }))
  const scaled = used.map(({ factor }) => {
    const others = used.filter((other) => other.factor !== factor)
    const weight = weights[factor]
    assert(weight, 'a factor that counts has a weight')
    return { factor, scale: others.reduce((product, { sum }) => product.times(sum), weight) }
  })
  return recipients.map((recipient) =>
    sumDecimals(scaled.map(({ factor, scale }) => factorValue(recipient, factor).times(scale))),
  )
}
