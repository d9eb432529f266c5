/**
 * What is left of an indicator at the end of its last year (预算法 第四十二条; O-68). What was not issued stands on the
 * indicator's own accounts. Quota that was issued and not spent is pooled by project and source; payments consume the
 * oldest money first (先进先出), so what is left in the pool is of the newest indicators, and of an older one only what
 * they cannot account for.
 */
import { type Fen, maxFen, minFen, sumFen } from '../../base/money.ts'
import type { Leftover } from '../indicator/entries.ts'

export type Pool = {
  readonly quotaFen: Fen
  readonly cancelledFen: Fen
  /** Oldest first. */
  readonly issued: readonly { readonly indicator: string; readonly issuedFen: Fen }[]
}

/**
 * What of a pool's unspent quota is an indicator's: off the quota in hand first, then off what was cancelled at a
 * year-end.
 */
export function unspentOf(
  indicator: string,
  { quotaFen, cancelledFen, issued }: Pool,
): { quotaFen: Fen; cancelledFen: Fen } {
  const place = issued.findIndex((one) => one.indicator === indicator)
  if (place === -1) return { quotaFen: 0n, cancelledFen: 0n }
  const newerFen = sumFen(issued.slice(place + 1).map(({ issuedFen }) => issuedFen))
  const unspentFen = maxFen(quotaFen, 0n) + maxFen(cancelledFen, 0n)
  const ownFen = minFen(maxFen(unspentFen - newerFen, 0n), maxFen(issued[place]?.issuedFen ?? 0n, 0n))
  const inHandFen = minFen(ownFen, maxFen(quotaFen, 0n))
  return { quotaFen: inHandFen, cancelledFen: ownFen - inHandFen }
}

export type HeldOfProject = {
  readonly project: string
  readonly availableFen: Fen
  readonly carriedFen: Fen
  readonly committableFen: Fen
}

/** Everything left under one project. */
export function leftoverOf(indicator: string, held: HeldOfProject, pool: Pool | undefined): Leftover {
  const { project, availableFen, carriedFen, committableFen } = held
  const unspent = pool ? unspentOf(indicator, pool) : { quotaFen: 0n, cancelledFen: 0n }
  return { project, availableFen, carriedFen, committableFen, ...unspent }
}

/** What goes back to the treasury; the right to commit that ends with it is no money of its own. */
export const surplusOf = ({ availableFen, carriedFen, quotaFen, cancelledFen }: Leftover): Fen =>
  availableFen + carriedFen + quotaFen + cancelledFen
