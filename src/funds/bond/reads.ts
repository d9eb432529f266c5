/** Reading special bonds. A bond exists for the district of its book and for the city. */
import { type Actor, demand } from '../../access/actor.ts'
import { historyOf, type RecordedChange } from '../../base/history.ts'
import type { Fen } from '../../base/money.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { ratioOf } from '../../policy/value.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import { type BondSchedule, bondSchedule } from './bond.ts'
import type { Coverage } from './forms.ts'
import { type Bond, type BondAllocation, shareOf } from './record.ts'
import {
  type BondFilter,
  type DueRow,
  readDues,
  readAllocations,
  readBond,
  readBonds,
  readCoverage,
  unallocatedOf,
  usedOf,
} from './store.ts'

export type BondPage = Omit<BondFilter, 'district'> & { readonly after: string; readonly limit: number }

/** Bonds after a code: of one's own district, or, for the city, all. Refuses `permission_denied`. */
export async function listBonds({ database: { sql } }: Ledger, actor: Actor, page: BondPage): Promise<Bond[]> {
  demand(actor, 'allocation.read')
  return readBonds(sql, { ...page, district: actor.district })
}

/** Refuses `permission_denied`, `bond_not_found`. */
export async function findBond({ database: { sql } }: Ledger, actor: Actor, bond: string): Promise<Bond> {
  demand(actor, 'allocation.read')
  const found = await readBond(sql, bond)
  if (!found || !seesDistrict(actor, found)) throw refuse('bond_not_found', { bond })
  return found
}

export type BondStanding = {
  readonly coverage: Coverage
  readonly unallocatedFen: Fen
  readonly projects: readonly { readonly project: string; readonly allocatedFen: Fen; readonly usedFen: Fen }[]
  /** Of one that was issued. */
  readonly schedule?: BondSchedule
}

/** What a bond one has found holds, and what it will pay. */
export async function standingOf({ database: { sql } }: Ledger, of: Bond): Promise<BondStanding> {
  const { bond, startOn: start, faceFen: face, rate, years, frequency } = of
  const shares = (await readAllocations(sql, bond)).at(-1)?.shares ?? []
  const used = await usedOf(sql, of)
  const projects = [...new Set([...shares.map(({ project }) => project), ...used.keys()])].toSorted()
  return {
    coverage: await readCoverage(sql, bond),
    unallocatedFen: await unallocatedOf(sql, of),
    projects: projects.map((project) => ({
      project,
      allocatedFen: shareOf(shares, project),
      usedFen: used.get(project) ?? 0n,
    })),
    ...(start !== undefined && {
      schedule: bondSchedule({ face, rate: ratioOf(rate), years, start, frequency }, lawOn(start)),
    }),
  }
}

/** The versions of who holds what of a bond one has found, oldest first. */
export const allocationsOf = ({ database: { sql } }: Ledger, { bond }: Bond): Promise<BondAllocation[]> =>
  readAllocations(sql, bond)

/** Everything that happened to a bond one has found, oldest first. */
export const historyOfBond = ({ database: { sql } }: Ledger, { bond }: Bond): Promise<RecordedChange[]> =>
  historyOf(sql, 'bond', bond)

/** What was recorded as due of a bond one has found, oldest first. */
export const duesOf = ({ database: { sql } }: Ledger, { bond }: Bond): Promise<DueRow[]> => readDues(sql, bond)
