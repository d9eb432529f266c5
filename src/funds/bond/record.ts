/**
 * The record of a special bond: planned, approved with the quota it was given, issued, repaid. What it holds stands in
 * the memo book of its issuer; which project holds how much, and since when, in the versions of its allocation.
 */
import type { RecordOf } from '../../base/drizzle/queries.ts'
import type { Day } from '../../base/calendar.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import type { bonds } from '../tables.ts'
import { refuse } from '../refusals.ts'

export type BondState = 'planned' | 'approved' | 'issued' | 'repaid' | 'rejected'

export const bondStateNamesZh: Record<BondState, string> = {
  planned: '待批准',
  approved: '已批准',
  issued: '已发行',
  repaid: '已还本',
  rejected: '已退回',
}

/** 地方政府专项债券: what every line of a bond is of. */
export const bondSource = 'F40'

export type Bond = Omit<RecordOf<typeof bonds.$inferSelect>, 'coverage'>

export type BondShare = { readonly project: string; readonly amountFen: Fen }

/** What projects hold of a bond from a day on. */
export type BondAllocation = {
  readonly bond: string
  readonly version: number
  readonly fromOn: Day
  readonly documentNumber: string
  readonly approval: string
  readonly shares: readonly BondShare[]
}

/** What a project holds, nothing where it is not named. */
export const shareOf = (shares: readonly BondShare[], project: string): Fen =>
  shares.find((share) => share.project === project)?.amountFen ?? 0n

/** What each project gains and loses by a later version, gains first; nothing of those that stay as they were. */
export function movedBy(before: readonly BondShare[], after: readonly BondShare[]): BondShare[] {
  const projects = [...new Set([...before, ...after].map(({ project }) => project))].toSorted()
  return projects
    .map((project) => ({ project, amountFen: shareOf(after, project) - shareOf(before, project) }))
    .filter(({ amountFen }) => amountFen !== 0n)
    .toSorted((a, b) => Number(a.amountFen < 0n) - Number(b.amountFen < 0n))
}

/** Refuses `allocation_not_face`. */
export function requireFace(faceFen: Fen, shares: readonly BondShare[]): void {
  const allocated = sumFen(shares.map(({ amountFen }) => amountFen))
  if (allocated !== faceFen) throw refuse('allocation_not_face', { allocated, face: faceFen })
}

/**
 * Refuses `bond_allocation_insufficient` where a later version leaves a project less than it has used; `used` is by
 * project.
 */
export function requireAboveUsed(bond: string, after: readonly BondShare[], used: ReadonlyMap<string, Fen>): void {
  for (const [project, usedFen] of used) {
    const allocatedFen = shareOf(after, project)
    if (allocatedFen < usedFen)
      throw refuse('bond_allocation_insufficient', {
        bond,
        project,
        allocatedFen,
        usedFen,
        askedFen: 0n,
        overFen: usedFen - allocatedFen,
      })
  }
}
