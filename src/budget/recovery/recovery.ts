/**
 * What a lower final budget takes back (O-05; 预算法实施条例 第四十八条、第五十七条): who bears it. What is still to be paid bears it
 * first, by district, by allocation and by project; what was paid already returns from quota, and only what nobody has
 * left to be paid. So what was paid in all stays within the final budget. No database.
 */
import { type Fen, maxFen, minFen, splitLargestRemainder, sumFen } from '../../base/money.ts'

/** What a district holds of an indicator that is not free to be taken back at once. */
export type Holder = { readonly district: string; readonly unpaidFen: Fen; readonly paidFen: Fen }

/** What a district has to give back; of it `returnFen` was paid already. */
export type Charge = { readonly district: string; readonly dueFen: Fen; readonly returnFen: Fen }

/** Divides what is outstanding among districts: in proportion to what is unpaid, the rest to what was paid (C3). */
export function chargeDistricts(outstandingFen: Fen, holders: readonly Holder[]): Charge[] {
  const unpaid = holders.map(({ unpaidFen }) => maxFen(0n, unpaidFen))
  const paid = holders.map(({ paidFen }) => maxFen(0n, paidFen))
  const fromUnpaid = splitWithin(outstandingFen, unpaid, unpaid)
  const fromPaid = splitWithin(outstandingFen - sumFen(fromUnpaid), paid, paid)
  return holders.flatMap(({ district }, index) => {
    const returnFen = fromPaid[index] ?? 0n
    const dueFen = (fromUnpaid[index] ?? 0n) + returnFen
    return dueFen > 0n ? [{ district, dueFen, returnFen }] : []
  })
}

/**
 * A total by weight, by largest remainder, no part above its cap: what a capped part cannot take goes to the others by
 * their weights. Gives less than the total only where all caps together are less.
 */
export function splitWithin(totalFen: Fen, weights: readonly bigint[], caps: readonly Fen[]): Fen[] {
  const parts = weights.map(() => 0n)
  for (;;) {
    const leftFen = totalFen - sumFen(parts)
    const open = weights.map((weight, index) => ((parts[index] ?? 0n) < (caps[index] ?? 0n) ? weight : 0n))
    if (leftFen <= 0n || sumFen(open) <= 0n) return parts
    splitLargestRemainder(leftFen, open).forEach((more, index) => {
      parts[index] = minFen((parts[index] ?? 0n) + more, caps[index] ?? 0n)
    })
  }
}

/** An allotment of an indicator to a district: what it is, what was paid of it, what came back of it already. */
export type Bearer = { readonly allottedFen: Fen; readonly releasedFen: Fen; readonly takenFen: Fen }

/**
 * What each of a district's allotments bears of what is due, in their order: what came back of it, and of the rest as
 * much as it has left to be paid. A payment within what is left changes nobody's part.
 */
export function chargeAllotments(dueFen: Fen, bearers: readonly Bearer[]): Fen[] {
  let leftFen = maxFen(0n, dueFen - sumFen(bearers.map(({ takenFen }) => takenFen)))
  return bearers.map(({ allottedFen, releasedFen, takenFen }) => {
    const partFen = minFen(leftFen, maxFen(0n, allottedFen - releasedFen - takenFen))
    leftFen -= partFen
    return takenFen + partFen
  })
}

/** A project's share of an allotment: what it was paid of it, and what came back of it already. */
export type BearingShare = { readonly shareFen: Fen; readonly releasedFen: Fen; readonly takenFen: Fen }

/** What each project bears of what its allotment bears: by share, and never what it was paid already (C3). */
export function chargeProjects(chargeFen: Fen, shares: readonly BearingShare[]): Fen[] {
  const leftFen = maxFen(0n, chargeFen - sumFen(shares.map(({ takenFen }) => takenFen)))
  const more = splitWithin(
    leftFen,
    shares.map(({ shareFen }) => shareFen),
    shares.map(({ shareFen, releasedFen, takenFen }) => maxFen(0n, shareFen - releasedFen - takenFen)),
  )
  return shares.map(({ takenFen }, index) => takenFen + (more[index] ?? 0n))
}
