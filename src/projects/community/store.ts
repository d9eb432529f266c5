/** The SQL of communities, buildings and dwellings: whole lists at once, totals of the buildings kept with them. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Actor } from '../../access/actor.ts'
import { intArray, textArray } from '../../base/arrays.ts'
import { only, type Sql, type Tx } from '../../base/db.ts'
import { changed, matching, prepared, written } from '../../base/drizzle/queries.ts'
import type { Text } from '../../base/refusal.ts'
import { type Ownership, ownerships } from './community.ts'
import { refuse } from '../refusals.ts'
import { seesDistrict } from '../project/store.ts'
import { communities, dwellings } from '../tables.ts'

/** A community as it is kept, and as an action answers it. */
export type CommunityRow = Readonly<typeof communities.$inferSelect>

const ofCommunity = eq(communities.community, sql.placeholder('community'))
const reading = prepared((on) => on.select().from(communities).where(ofCommunity))
const locking = prepared((on) =>
  on
    .select()
    .from(communities)
    .where(sql`${communities.community} = any(${sql.placeholder('codes')}::text[])`)
    .orderBy(asc(communities.community))
    .for('update'),
)

/**
 * A community, locked till the transaction ends. Refuses `community_not_found`, also where it is another district's.
 */
export async function lockCommunity(tx: Tx, actor: Actor, community: string): Promise<CommunityRow> {
  const [row] = await lockCommunities(tx, [community])
  if (!row || !seesDistrict(actor, row)) throw refuse('community_not_found', { community })
  return row
}

/** Those of the codes that there are, locked in order. */
export const lockCommunities = (tx: Tx, codes: readonly string[]): Promise<CommunityRow[]> => locking(tx, { codes })

const registering = prepared((on, given) =>
  on.insert(communities).values(written(communities, given)).onConflictDoNothing().returning(),
)

export type NewCommunityRow = Omit<typeof communities.$inferInsert, 'version'>

/** Writes a new community; `undefined` where there is one of this code. */
export async function insertCommunity(tx: Tx, given: NewCommunityRow): Promise<CommunityRow | undefined> {
  return (await registering(tx, { ...given, version: 1 }))[0]
}

const changing = prepared((on, given) =>
  on.update(communities).set(changed(communities, given)).where(ofCommunity).returning(),
)

/** Writes some columns of a community that is locked, its next version among them. */
export async function updateCommunity(
  tx: Tx,
  given: Pick<CommunityRow, 'community' | 'version'> & Partial<CommunityRow>,
): Promise<CommunityRow> {
  return only(await changing(tx, given))
}

export type BuildingKey = { readonly community: string; readonly building: string }
/** `floors` absent: as they stand; null: not known. */
export type BuildingDraft = BuildingKey & { readonly name: string; readonly floors?: number | null | undefined }
export type ChangedBuilding = BuildingKey & { readonly name: string; readonly floors: number | null }
export type DwellingDraft = BuildingKey & {
  readonly dwelling: string
  readonly areaDm2: bigint
  readonly ownership: Ownership
}

/**
 * Registers buildings, or corrects those there are, in communities that are locked. Gives those that are new or differ
 * from what stood, as they stand now.
 */
export async function writeBuildings(tx: Tx, rows: readonly BuildingDraft[]): Promise<ChangedBuilding[]> {
  if (rows.length === 0) return []
  return tx.query<ChangedBuilding>(
    `insert into building (community, building, name, floors)
     select g.community, g.building, g.name, case when g.says then g.floors else b.floors end
     from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::boolean[]) g(community, building, name, floors, says)
     left join building b on b.community = g.community and b.building = g.building
     on conflict (community, building) do update set name = excluded.name, floors = excluded.floors
       where (building.name, building.floors) is distinct from (excluded.name, excluded.floors)
     returning community, building, name, floors`,
    [
      textArray(rows.map(({ community }) => community)),
      textArray(rows.map(({ building }) => building)),
      textArray(rows.map(({ name }) => name)),
      intArray(rows.map(({ floors }) => floors ?? null)),
      rows.map(({ floors }) => floors !== undefined),
    ],
  )
}

/**
 * Registers dwellings, or corrects those there are. Gives the buildings of those that are new or differ from what
 * stood.
 */
export async function writeDwellings(tx: Tx, rows: readonly DwellingDraft[]): Promise<BuildingKey[]> {
  if (rows.length === 0) return []
  return tx.query<BuildingKey>(
    `insert into dwelling (community, building, dwelling, area_dm2, ownership)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
     on conflict (community, building, dwelling) do update set area_dm2 = excluded.area_dm2, ownership = excluded.ownership
       where (dwelling.area_dm2, dwelling.ownership) is distinct from (excluded.area_dm2, excluded.ownership)
     returning community, building`,
    [
      textArray(rows.map(({ community }) => community)),
      textArray(rows.map(({ building }) => building)),
      textArray(rows.map(({ dwelling }) => dwelling)),
      intArray(rows.map(({ areaDm2 }) => areaDm2)),
      textArray(rows.map(({ ownership }) => ownership)),
    ],
  )
}

const sums = ownerships
  .map((ownership) => `coalesce(sum(d.area_dm2) filter (where d.ownership = '${ownership}'), 0) as ${ownership}`)
  .join(', ')
const sets = ownerships.map((ownership) => `${ownership}_dm2 = t.${ownership}`).join(', ')

/** Brings the totals of buildings in line with their dwellings. */
export async function refreshTotals(tx: Tx, buildings: readonly BuildingKey[]): Promise<void> {
  if (buildings.length === 0) return
  await tx.query(
    `update building b set households = t.households, ${sets}
     from (
       select k.community, k.building, count(d.dwelling)::int as households, ${sums}
       from unnest($1::text[], $2::text[]) k(community, building)
       left join dwelling d on d.community = k.community and d.building = k.building
       group by k.community, k.building
     ) t
     where b.community = t.community and b.building = t.building`,
    [textArray(buildings.map(({ community }) => community)), textArray(buildings.map(({ building }) => building))],
  )
}

/** A building or a dwelling of a community, as sentences name it. */
export const placeText = (building: string, dwelling?: string): Text =>
  dwelling === undefined
    ? { zh: `楼栋 ${building}`, en: `Building ${building}` }
    : { zh: `房屋 ${building} ${dwelling}`, en: `Dwelling ${building} ${dwelling}` }

/** Takes buildings out with their dwellings. Refuses `building_unknown`, `dwelling_in_use`. */
export async function deleteBuildings(tx: Tx, community: string, buildings: readonly string[]): Promise<void> {
  if (buildings.length === 0) return
  const [used] = await tx.query<{ building: string; project: string }>(
    'select building, project from project_building where community = $1 and building = any($2::text[]) limit 1',
    [community, [...buildings]],
  )
  if (used) throw refuse('dwelling_in_use', { community, what: placeText(used.building), by: used.project })
  await tx.query('delete from dwelling where community = $1 and building = any($2::text[])', [
    community,
    [...buildings],
  ])
  const gone = await tx.query<{ building: string }>(
    'delete from building where community = $1 and building = any($2::text[]) returning building',
    [community, [...buildings]],
  )
  const missing = buildings.find((building) => !gone.some((row) => row.building === building))
  if (missing !== undefined) throw refuse('building_unknown', { community, building: missing })
}

/**
 * Takes dwellings out. Refuses `building_unknown` where there is no such dwelling, `dwelling_in_use` where works of it
 * are on record.
 */
export async function deleteDwellings(
  tx: Tx,
  community: string,
  dwellings: readonly { readonly building: string; readonly dwelling: string }[],
): Promise<void> {
  if (dwellings.length === 0) return
  const pairs = [dwellings.map(({ building }) => building), dwellings.map(({ dwelling }) => dwelling)]
  const [used] = await tx.query<{ building: string; dwelling: string; project: string }>(
    `select u.building, u.dwelling, u.project from project_unfinished u
     join unnest($2::text[], $3::text[]) k(building, dwelling) on k.building = u.building and k.dwelling = u.dwelling
     where u.community = $1 limit 1`,
    [community, ...pairs],
  )
  if (used)
    throw refuse('dwelling_in_use', { community, what: placeText(used.building, used.dwelling), by: used.project })
  const gone = await tx.query<{ building: string; dwelling: string }>(
    `delete from dwelling d using unnest($2::text[], $3::text[]) k(building, dwelling)
     where d.community = $1 and d.building = k.building and d.dwelling = k.dwelling returning d.building, d.dwelling`,
    [community, ...pairs],
  )
  const missing = dwellings.find(
    ({ building, dwelling }) => !gone.some((row) => row.building === building && row.dwelling === dwelling),
  )
  if (missing) throw refuse('building_unknown', { community, building: `${missing.building} ${missing.dwelling}` })
}

// --- Reading
// ----------------------------------------------------------------------------------------------------------

export type BuildingRow = {
  building: string
  name: string
  floors: number | null
  households: number
  area_dm2: bigint
} & Record<`${Ownership}_dm2`, bigint>

export const buildingColumns = `building, name, floors, households, area_dm2, ${ownerships.map((name) => `${name}_dm2`).join(', ')}`

export async function readCommunity(
  reader: Sql,
  actor: Actor,
  community: string,
): Promise<{ row: CommunityRow; buildings: BuildingRow[] }> {
  const [row] = await reading(reader, { community })
  if (!row || !seesDistrict(actor, row)) throw refuse('community_not_found', { community })
  const buildings = await reader<BuildingRow[]>`
    select ${reader.unsafe(buildingColumns)} from building where community = ${community} order by building`
  return { row, buildings }
}

const listing = prepared((on, given) =>
  on
    .select()
    .from(communities)
    .where(and(gt(communities.community, sql.placeholder('after')), matching(communities, given)))
    .orderBy(asc(communities.community))
    .limit(sql.placeholder('limit')),
)

export const readCommunities = (
  reader: Sql,
  filter: { readonly after: string; readonly limit: number; readonly district?: string | undefined },
): Promise<CommunityRow[]> => listing(reader, filter)

const listingDwellings = prepared((on, given) => {
  const after = sql`(${sql.placeholder('afterBuilding')}, ${sql.placeholder('afterDwelling')})`
  const { building, dwelling, areaDm2, ownership } = dwellings
  return on
    .select({ building, dwelling, areaDm2, ownership })
    .from(dwellings)
    .where(and(matching(dwellings, given), sql`(${building}, ${dwelling}) > ${after}`))
    .orderBy(asc(building), asc(dwelling))
    .limit(sql.placeholder('limit'))
})

export type DwellingRow = Awaited<ReturnType<typeof listingDwellings>>[number]

export const readDwellings = (
  reader: Sql,
  community: string,
  {
    building,
    after: [afterBuilding, afterDwelling],
    limit,
  }: { building?: string | undefined; after: readonly [building: string, dwelling: string]; limit: number },
): Promise<DwellingRow[]> => listingDwellings(reader, { community, building, afterBuilding, afterDwelling, limit })
