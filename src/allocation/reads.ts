/**
 * Reading allocations. The city sees all; a district's people see what divides their own indicators, and of what the
 * city has approved the part that is theirs. Anything else is not there for them.
 */
import { type Actor, demand } from '../access/actor.ts'
import { historyOf, type RecordedChange } from '../base/history.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type Allocation, type ComparedShare, compareShares, type Share } from './allocation.ts'
import type { Formula, Steps } from './formula.ts'
import { refuseAllocation as refuse } from './refusals.ts'
import {
  type AllocationFilter,
  type ListedAllocation,
  readAllocation,
  readAllocations,
  readVersion,
  readVersions,
  type VersionHead,
} from './store.ts'

export type { ListedAllocation, VersionHead } from './store.ts'

export type WholeVersion = VersionHead & { readonly shares: readonly Share[] }

/** Allocations after a code, those one sees. */
export async function listAllocations(
  ledger: Ledger,
  actor: Actor,
  filter: AllocationFilter & { readonly after: string; readonly limit: number },
): Promise<ListedAllocation[]> {
  demand(actor, 'allocation.read')
  return readAllocations(ledger.database.sql, { ...filter, seenBy: actor.district })
}

type Seen = {
  readonly head: Allocation /** The only district whose shares are shown. */
  readonly only: string | undefined
}

/** Refuses `permission_denied`, `allocation_not_found`. */
export async function findAllocation({ database }: Ledger, actor: Actor, allocation: string): Promise<Seen> {
  demand(actor, 'allocation.read')
  const head = await readAllocation(database.sql, allocation)
  if (!head) throw refuse('allocation_not_found', { allocation })
  const { district } = actor
  if (district === undefined || head.district === district) return { head, only: undefined }
  const hasShare =
    head.district === null &&
    head.state === 'approved' &&
    (await readVersion(database.sql, allocation, head.version, district))?.shares.length
  if (!hasShare) throw refuse('allocation_not_found', { allocation })
  return { head, only: district }
}

export type SeenAllocation = {
  readonly head: Allocation
  readonly version: WholeVersion
  /** Oldest first; a district's people see the one that was approved. */
  readonly versions: readonly VersionHead[]
  readonly history: readonly RecordedChange[]
}

/**
 * An allocation with the shares that stand, its versions and all that happened to it. Refuses `allocation_not_found`.
 */
export async function showAllocation(ledger: Ledger, actor: Actor, allocation: string): Promise<SeenAllocation> {
  const { head, only } = await findAllocation(ledger, actor, allocation)
  const { sql } = ledger.database
  const version = await wholeVersion(ledger, { head, only }, head.version)
  const versions = await readVersions(sql, allocation)
  return {
    head,
    version,
    versions: only === undefined ? versions : versions.filter(({ version: number }) => number === head.version),
    history: only === undefined ? await historyOf(sql, 'allocation', allocation) : [],
  }
}

/** One version whole: rows, steps, law. Refuses `allocation_not_found`, `allocation_version_not_found`. */
export async function showVersion(
  ledger: Ledger,
  actor: Actor,
  allocation: string,
  version: number,
): Promise<{ head: Allocation; version: WholeVersion }> {
  const place = await findAllocation(ledger, actor, allocation)
  return { head: place.head, version: await wholeVersion(ledger, place, version) }
}

async function wholeVersion({ database }: Ledger, { head, only }: Seen, version: number): Promise<WholeVersion> {
  const { allocation, version: last } = head
  const found =
    only !== undefined && version !== last ? undefined : await readVersion(database.sql, allocation, version, only)
  if (!found) throw refuse('allocation_version_not_found', { allocation, version, last })
  return found
}

export type Comparison = {
  readonly head: Allocation
  readonly from: WholeVersion
  readonly to: WholeVersion
  readonly shares: readonly ComparedShare[]
  /** What all shares have in common, where it differs. */
  readonly formula?: { readonly before: Formula; readonly after: Formula }
  readonly basis?: { readonly before: Steps; readonly after: Steps }
}

/** Two versions side by side. Refuses `allocation_not_found`, `allocation_version_not_found`. */
export async function compareVersions(
  ledger: Ledger,
  actor: Actor,
  allocation: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Comparison> {
  const place = await findAllocation(ledger, actor, allocation)
  const [before, after] = [await wholeVersion(ledger, place, from), await wholeVersion(ledger, place, to)]
  return {
    head: place.head,
    from: before,
    to: after,
    shares: compareShares(before.shares, after.shares),
    ...(differ(before.formula, after.formula) && { formula: { before: before.formula, after: after.formula } }),
    ...(differ(before.basis, after.basis) && { basis: { before: before.basis, after: after.basis } }),
  }
}

// Both come from the same kind of column, which keeps keys in one order.
const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b)
