/**
 * Importing lists: dwellings with their communities and buildings, projects, items. A file is one transaction, all of
 * it or nothing: every row that cannot be taken is told by its number, and then none is.
 */
import { type Actor, demand } from '../access/actor.ts'
import { recordChange } from '../base/history.ts'
import { Refusal } from '../base/refusal.ts'
import type { RowFault } from '../form/file/rows.ts'
import { type Act, actOnce } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { itemOf } from '../policy/catalogue.ts'
import { lawOn } from '../policy/parameters.ts'
import type { CostedItem, NewProject } from './project/forms.ts'
import { registerWithin, replaceItems, requireUnsettledScope } from './project/verbs.ts'
import { requireDistrict } from './community/verbs.ts'
import { formatArea } from './community/community.ts'
import { refuse } from './refusals.ts'
import { itemCosts, lockProject, seesDistrict } from './project/store.ts'
import {
  type BuildingDraft,
  type BuildingKey,
  type ChangedBuilding,
  type CommunityRow,
  type DwellingDraft,
  insertCommunity,
  lockCommunities,
  refreshTotals,
  writeBuildings,
  writeDwellings,
} from './community/store.ts'
import { groupBy } from '../base/arrays.ts'

/** Nothing of the file was taken. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused'
  readonly faults: readonly RowFault[]

  constructor(faults: readonly RowFault[]) {
    super(`${faults.length} rows refused`)
    this.faults = faults
  }
}

type Numbered<Given> = Given & { readonly row: number }

const fault = (row: number, zh: string, en: string): RowFault => ({ row, message: { zh, en } })

/** Does something for each row; what is refused is noted and the next row looked at. */
async function eachRow<Given extends { readonly row: number }>(
  rows: readonly Given[],
  faults: RowFault[],
  work: (row: Given) => Promise<void> | void,
): Promise<void> {
  for (const row of rows) {
    try {
      await work(row)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      faults.push({ row: row.row, message: error.detail })
    }
  }
}

// Thrown inside the transaction, so that nothing of the file stands.
function requireNone(faults: readonly RowFault[]): void {
  if (faults.length > 0) throw new ImportRefused(faults.toSorted((a, b) => a.row - b.row))
}

// --- Dwellings ------------------------------------------------------------------------------------------------------

export type DwellingRow = Numbered<
  Omit<DwellingDraft, 'community'> & {
    readonly district: string
    readonly community: string
    readonly communityName: string
    readonly buildingName: string
    /** Absent where the file has no such column: then floors stay as they are. */
    readonly floors?: number | null | undefined
  }
>

export type ImportCounts = { readonly communities: number; readonly buildings: number; readonly dwellings: number }

/**
 * Registers dwellings, and the communities and buildings they name, or corrects those there are. Throws
 * `ImportRefused`.
 */
export function importDwellings(ledger: Ledger, actor: Actor, rows: readonly DwellingRow[]): Promise<ImportCounts> {
  demand(actor, 'project.manage')
  return actOnce(ledger, async (running) => {
    const faults = [...repeatedDwellings(rows), ...differingRows(rows)]
    const communities = firstsBy(rows, ({ community }) => community)
    const known = await lockCommunities(
      running.tx,
      communities.map(({ community }) => community),
    )
    await eachRow(communities, faults, (row) => requireCommunity(actor, row, known, running.today))
    requireNone(faults)
    return writeAll(running, actor, rows, known)
  })
}

const firstsBy = <Given>(rows: readonly Given[], key: (row: Given) => string): Given[] => {
  const firsts = new Map<string, Given>()
  for (const row of rows) if (!firsts.has(key(row))) firsts.set(key(row), row)
  return [...firsts.values()]
}

const buildingKey = ({ community, building }: BuildingKey): string => `${community}\n${building}`

function repeatedDwellings(rows: readonly DwellingRow[]): RowFault[] {
  const first = new Map<string, number>()
  return rows.flatMap((row) => {
    const key = `${buildingKey(row)}\n${row.dwelling}`
    const before = first.get(key)
    first.set(key, before ?? row.row)
    if (before === undefined) return []
    return [fault(row.row, `与第 ${before} 行是同一套房屋`, `is the same dwelling as row ${before}`)]
  })
}

/** Rows that say something else of a community or a building than the first row that names it. */
function differingRows(rows: readonly DwellingRow[]): RowFault[] {
  const communities = new Map<string, DwellingRow>()
  const buildings = new Map<string, DwellingRow>()
  return rows.flatMap((row) => {
    const community = communities.get(row.community) ?? row
    communities.set(row.community, community)
    const building = buildings.get(buildingKey(row)) ?? row
    buildings.set(buildingKey(row), building)
    if (community.district !== row.district || community.communityName !== row.communityName) {
      const { row: first } = community
      return [
        fault(
          row.row,
          `小区的区划或名称与第 ${first} 行不一致`,
          `district or name of the community differs from row ${first}`,
        ),
      ]
    }
    if (building.buildingName !== row.buildingName || building.floors !== row.floors) {
      const { row: first } = building
      return [
        fault(
          row.row,
          `楼栋名称或层数与第 ${first} 行不一致`,
          `name or floors of the building differ from row ${first}`,
        ),
      ]
    }
    return []
  })
}

function requireCommunity(
  actor: Actor,
  { community, district }: DwellingRow,
  known: readonly CommunityRow[],
  today: Act['today'],
): void {
  requireDistrict(actor, district, today)
  const stands = known.find((row) => row.community === community)
  if (stands && (stands.district !== district || !seesDistrict(actor, stands)))
    throw refuse('community_exists', { community })
}

async function writeAll(
  running: Act,
  actor: Actor,
  rows: readonly DwellingRow[],
  known: readonly CommunityRow[],
): Promise<ImportCounts> {
  const { tx } = running
  const communities = firstsBy(rows, ({ community }) => community)
  const added = communities.filter(({ community }) => !known.some((row) => row.community === community))
  for (const { community, district, communityName } of added) {
    const made = await insertCommunity(tx, { community, district, name: communityName })
    if (!made) throw refuse('community_exists', { community })
  }
  const buildings = firstsBy(rows, buildingKey).map(
    ({ community, building, buildingName: name, floors }): BuildingDraft => ({ community, building, name, floors }),
  )
  const changedBuildings = await writeBuildings(tx, buildings)
  const changedDwellings = await writeDwellings(tx, rows)
  await refreshTotals(tx, firstsBy(changedDwellings, buildingKey))
  const renamed = communities.filter(({ community, communityName }) =>
    known.some((row) => row.community === community && row.name !== communityName),
  )
  const touched = [...changedBuildings, ...changedDwellings, ...renamed]
  await noteImport(running, actor, rows, {
    added: new Set(added.map(({ community }) => community)),
    touched: new Set(touched.map(({ community }) => community)),
    buildings: changedBuildings,
  })
  return { communities: added.length, buildings: changedBuildings.length, dwellings: changedDwellings.length }
}

type Noted = {
  readonly added: ReadonlySet<string>
  readonly touched: ReadonlySet<string>
  readonly buildings: readonly ChangedBuilding[]
}

async function noteImport(
  { tx, at }: Act,
  actor: Actor,
  rows: readonly DwellingRow[],
  { added, touched, buildings: changed }: Noted,
): Promise<void> {
  const byCommunity = groupBy(rows, ({ community }) => community)
  for (const community of touched) {
    const own = byCommunity.get(community) ?? []
    const name = own[0]?.communityName ?? ''
    const [{ version } = { version: 1 }] = added.has(community)
      ? []
      : await tx.query<{ version: number }>(
          'update community set version = version + 1, name = $2 where community = $1 returning version',
          [community, name],
        )
    const buildings = changed
      .filter((row) => row.community === community)
      .map(({ building, name, floors }) => ({ building, name, floors }))
    const dwellings = own.map(({ building, dwelling, areaDm2, ownership }) => [
      building,
      dwelling,
      formatArea(areaDm2),
      ownership,
    ])
    const change = { noun: 'community', id: community, version, verb: 'imported', person: actor.person, at }
    await recordChange(tx, { ...change, body: { name, buildings, dwellings } })
  }
}

// --- Projects and items ---------------------------------------------------------------------------------------------

/** A project of a file: its buildings by name, or a community for all of its buildings. */
export type ProjectFileRow = Numbered<Omit<NewProject, 'items' | 'buildings'>> & {
  readonly covers: readonly { readonly community: string; readonly building?: string | undefined }[]
}

/** Registers projects of a file in the reserve. Gives how many. Throws `ImportRefused`. */
export function importProjects(ledger: Ledger, actor: Actor, rows: readonly ProjectFileRow[]): Promise<number> {
  demand(actor, 'project.manage')
  return actOnce(ledger, async (running) => {
    const faults: RowFault[] = []
    await eachRow(rows, faults, async ({ row: _, covers, ...given }) => {
      const buildings = await coveredBy(running, given.district, covers)
      await registerWithin(ledger, actor, running, { ...given, buildings, items: [] })
    })
    requireNone(faults)
    return rows.length
  })
}

async function coveredBy({ tx }: Act, district: string, covers: ProjectFileRow['covers']): Promise<BuildingKey[]> {
  const found: BuildingKey[] = []
  for (const { community, building } of covers) {
    if (building !== undefined) {
      found.push({ community, building })
      continue
    }
    const all = await tx.query<BuildingKey>(
      `select b.community, b.building from community c join building b on b.community = c.community
       where c.community = $1 and c.district = $2 order by b.building`,
      [community, district],
    )
    if (all.length === 0) throw refuse('building_unknown', { community, building: '*' })
    found.push(...all)
  }
  return found
}

export type ItemRow = Numbered<
  Omit<CostedItem, 'quantity'> & {
    readonly project: string
    /** Absent where the file has no such column: then an item that stays keeps what it has. */
    readonly quantity?: string | null | undefined
  }
>

/** Puts the items of a file in place of those of the projects it names. Gives how many. Throws `ImportRefused`. */
export function importItems(ledger: Ledger, actor: Actor, rows: readonly ItemRow[]): Promise<number> {
  demand(actor, 'project.manage')
  return actOnce(ledger, async (running) => {
    const faults: RowFault[] = []
    const law = lawOn(running.today)
    const seen = new Map<string, number>()
    await eachRow(rows, faults, ({ row, project, item }) => {
      if (!itemOf(item, law)) throw refuse('item_not_in_catalogue', { item, on: law.on })
      const before = seen.get(`${project}\n${item}`)
      if (before !== undefined)
        throw refuse('listed_twice', {
          what: {
            zh: `项目 ${project} 的 ${item}（第 ${before} 行）`,
            en: `${item} of project ${project} (row ${before})`,
          },
        })
      seen.set(`${project}\n${item}`, row)
    })
    const firsts = firstsBy(rows, ({ project }) => project).toSorted((a, b) => (a.project < b.project ? -1 : 1))
    const byProject = groupBy(rows, ({ project }) => project)
    await eachRow(firsts, faults, async ({ project }) => {
      const row = await lockProject(running.tx, actor, project)
      if (faults.length > 0) return requireUnsettledScope(row)
      const items = await withQuantities(running, project, byProject.get(project) ?? [])
      await replaceItems(running, actor, row, items)
    })
    requireNone(faults)
    return rows.length
  })
}

async function withQuantities({ tx }: Act, project: string, rows: readonly ItemRow[]): Promise<CostedItem[]> {
  const before = new Map((await itemCosts(tx, project)).map(({ item, quantity }) => [item, quantity]))
  return rows.map(({ item, cost, quantity: said }) => {
    const quantity = said === undefined ? before.get(item) : said
    return { item, cost, ...(typeof quantity === 'string' && { quantity }) }
  })
}
