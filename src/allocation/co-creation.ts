/**
 * Co-creation (共同缔造; O-10): the city pays a ratio of the investment per m², up to a standard. The ratio rises with
 * every step that the owners pay above the part their class of works asks of them, up to a most, and falls faster with
 * every step below; a part of a step counts as one.
 */
import { Decimal, portion, toFraction } from '../base/decimal.ts'
import { divideUp, type Fen, minFen } from '../base/money.ts'
import type { ItemClass } from '../policy/catalogue.ts'
import { amountOf, ratioOf, zero } from '../policy/value.ts'

export type CoCreationTerms = {
  /** Most per m² that is subsidised, in yuan. */
  readonly standard: string
  readonly ratio: string
  /** The part of the investment that owners are to pay, by class. */
  readonly ownersRatio: Readonly<Record<ItemClass, string>>
  readonly step: string
  readonly raise: string
  readonly raiseMost: string
  readonly cut: string
}

export type CoCreationFacts = {
  /** Investment per m², in fen. */
  readonly investment: Fen
  readonly area: Decimal
  readonly ownersShare: Decimal
  readonly class: ItemClass
}

export type CoCreationSubsidy = { base: Fen; steps: bigint; ratio: Decimal; subsidy: Fen }

/** What one project gets, in fen, and the ratio it got. The ratio does not fall below 0. */
export function coCreationSubsidy(facts: CoCreationFacts, terms: CoCreationTerms): CoCreationSubsidy {
  const excess = facts.ownersShare.minus(ratioOf(terms.ownersRatio[facts.class]))
  const size = stepsIn(excess.abs(), ratioOf(terms.step))
  const steps = excess.lt(zero) ? -size : size
  const ratio = lifted(ratioOf(terms.ratio), steps, terms)
  const base = minFen(facts.investment, amountOf(terms.standard))
  return { base, steps, ratio, subsidy: portion(base, ratio.times(facts.area)) }
}

function lifted(ratio: Decimal, steps: bigint, { raise, raiseMost, cut }: CoCreationTerms): Decimal {
  if (steps < 0n) {
    const left = ratio.minus(ratioOf(cut).times(new Decimal(-steps)))
    return left.lt(zero) ? zero : left
  }
  const more = ratioOf(raise).times(new Decimal(steps))
  const most = ratioOf(raiseMost)
  return ratio.plus(more.gt(most) ? most : more)
}

/** How many steps a difference takes, a part of one counting as one. */
function stepsIn(difference: Decimal, step: Decimal): bigint {
  const over = toFraction(difference)
  const under = toFraction(step)
  return divideUp(over.numerator * under.denominator, over.denominator * under.numerator)
}
