/**
 * What projects still hold of a release that comes back: quota in hand, or cancelled at a year-end and not restored.
 * What is spent, or another indicator's, cannot come back; payments take the oldest money first (先进先出).
 */
import { type Day, monthOf, yearOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, minFen, sumFen } from '../../base/money.ts'
import { quotaPools } from '../../budget/indicator/holdings.ts'
import { unspentOf } from '../../budget/lapse/lapse.ts'
import type { Allotment } from '../release/allotment.ts'
import type { ReturnedPart } from '../release/entries.ts'
import type { ProjectPart } from '../release/release.ts'
import { readReleaseParts, type ReleaseRow } from '../release/store.ts'

export type HeldOf = {
  readonly project: string
  /** Had of the release, less what came back. */
  readonly hadFen: Fen
  readonly quotaFen: Fen
  readonly cancelledFen: Fen
}

/** By project. Of an indicator that lapsed nothing is held any more, nor of one that is paid directly. */
export async function heldOf(tx: Tx, row: ReleaseRow, { child }: Allotment, on: Day): Promise<HeldOf[]> {
  const had = await readReleaseParts(tx, row.id)
  const none = child.payment === 'direct' || child.state === 'lapsed'
  const pools = none ? new Map() : await quotaPools(tx, child, monthOf(on))
  return had.map(({ project, amountFen: hadFen }) => {
    const pool = pools.get(project)
    const unspent = pool ? unspentOf(child.indicator, pool) : { quotaFen: 0n, cancelledFen: 0n }
    return { project, hadFen, ...unspent }
  })
}

/** An amount over what projects hold of it: of each what it had, quota in hand before what was cancelled. */
export function takenOver(amountFen: Fen, held: readonly HeldOf[]): { parts: ReturnedPart[]; takenFen: Fen } {
  let leftFen = amountFen
  const parts = held.flatMap(({ project, hadFen, quotaFen, cancelledFen }) => {
    const inHandFen = minFen(leftFen, minFen(hadFen, quotaFen))
    const laterFen = minFen(leftFen - inHandFen, minFen(hadFen - inHandFen, cancelledFen))
    leftFen -= inHandFen + laterFen
    return [
      { project, amountFen: inHandFen, from: 'quota' as const },
      { project, amountFen: laterFen, from: 'cancelled' as const },
    ].filter((part) => part.amountFen > 0n)
  })
  return { parts, takenFen: amountFen - leftFen }
}

/** Parts of one project as one. */
export const byProject = (parts: readonly ProjectPart[]): ProjectPart[] =>
  [...new Set(parts.map(({ project }) => project))].map((project) => ({
    project,
    amountFen: sumFen(parts.filter((part) => part.project === project).map((part) => part.amountFen)),
  }))

/** Whether it was paid in the year in which it comes back. */
export const isOfYear = ({ releasedOn }: ReleaseRow, on: Day): boolean =>
  releasedOn !== null && yearOf(releasedOn) === yearOf(on)
