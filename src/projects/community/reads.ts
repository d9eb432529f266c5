/** Reading communities, for whoever may: a community exists for its own district and for the city. */
import { type Actor, demand, isElsewhere } from '../../access/actor.ts'
import { historyOf, type RecordedChange } from '../../base/history.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { WaitingFact } from '../fact/forms.ts'
import { waitingOfCommunity } from '../fact/reads.ts'
import {
  type BuildingRow,
  type CommunityRow,
  type DwellingRow,
  readCommunities,
  readCommunity,
  readDwellings,
} from './store.ts'

export type { BuildingRow, DwellingRow } from './store.ts'

/** Communities after a code, by code: one's own district's, or, for the city, all. Refuses `permission_denied`. */
export async function listCommunities(
  { database: { sql } }: Ledger,
  actor: Actor,
  { district = actor.district, ...place }: Parameters<typeof readCommunities>[1],
): Promise<CommunityRow[]> {
  demand(actor, 'project.read')
  return isElsewhere(actor, district) ? [] : readCommunities(sql, { ...place, district })
}

/** A community with its buildings. Refuses `permission_denied`, `community_not_found`. */
export async function findCommunity(
  { database: { sql } }: Ledger,
  actor: Actor,
  community: string,
): Promise<{ community: CommunityRow; buildings: readonly BuildingRow[] }> {
  demand(actor, 'project.read')
  const { row, buildings } = await readCommunity(sql, actor, community)
  return { community: row, buildings }
}

/** Everything that became of a community one has found. */
export const historyOfCommunity = (
  { database: { sql } }: Ledger,
  { community }: Pick<CommunityRow, 'community'>,
): Promise<RecordedChange[]> => historyOf(sql, 'community', community)

/** Dwellings of a community one has found, after one of them, by building and number. */
export const dwellingsOf = (
  { database: { sql } }: Ledger,
  { community }: Pick<CommunityRow, 'community'>,
  page: Parameters<typeof readDwellings>[2],
): Promise<DwellingRow[]> => readDwellings(sql, community, page)

/** What was entered of a community one has found and waits to be checked. */
export const waitingFactsOf = (
  { database: { sql } }: Ledger,
  actor: Actor,
  { community }: Pick<CommunityRow, 'community'>,
): Promise<WaitingFact[]> => waitingOfCommunity(sql, actor, community)
