/**
 * Early notice (提前下达): before the year's budget is final the upper level announces part of what is expected, at least
 * so much of a special transfer that works can begin on time; when the budget is final the difference follows, or comes
 * back (O-05).
 */
import { Decimal, toFraction } from '../../base/decimal.ts'
import { divideUp, type Fen, maxFen, minFen } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'
import { ratioOf } from '../../policy/value.ts'

export type EarlyNotice = {
  /** What the law wants announced at least; rounded up to the fen, because it says "not below" (C9). */
  readonly minimumFen: Fen
  /** How far the notice stays below it: a warning, no refusal. */
  readonly shortFen: Fen
  /** The clause it rests on. */
  readonly clause: string
}

/** An early notice measured against what is expected. */
export function earlyNotice({ noticeFen, expectedFen }: { noticeFen: Fen; expectedFen: Fen }, law: Law): EarlyNotice {
  const ratio = ratioOf(law.take('early_notice_ratio'))
  const { numerator, denominator } = toFraction(new Decimal(expectedFen).times(ratio))
  const minimumFen = divideUp(numerator, denominator)
  const clause = law.uses.find(({ parameter }) => parameter === 'early_notice_ratio')?.clause ?? ''
  return { minimumFen, shortFen: maxFen(minimumFen - noticeFen, 0n), clause }
}

export type FinalBudget = {
  /** Still to be issued. */
  readonly furtherFen: Fen
  /** Too much was announced: comes off what is still free. */
  readonly recoveredFen: Fen
  /** And the rest of it, which was allotted or issued, off later tranches. */
  readonly outstandingFen: Fen
}

/**
 * What a final budget changes. `freeFen`: what is neither issued nor allotted nor committed and can be taken back at
 * once.
 */
export function finalBudget(given: { approvedFen: Fen; finalFen: Fen; freeFen: Fen }): FinalBudget {
  const differenceFen = given.finalFen - given.approvedFen
  if (differenceFen >= 0n) return { furtherFen: differenceFen, recoveredFen: 0n, outstandingFen: 0n }
  const recoveredFen = minFen(-differenceFen, maxFen(given.freeFen, 0n))
  return { furtherFen: 0n, recoveredFen, outstandingFen: -differenceFen - recoveredFen }
}
