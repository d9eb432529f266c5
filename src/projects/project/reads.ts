/** Reading projects: lists with what selects them, and one project with everything that is known of it. */
import { type Actor, demand, isElsewhere } from '../../access/actor.ts'
import { type Day, formatInstant } from '../../base/calendar.ts'
import type { Sql } from '../../base/db.ts'
import { historyOf, type RecordedChange } from '../../base/history.ts'
import type { Fen } from '../../base/money.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { type FactsFilter, type ProjectFacts, readProjectFacts } from './facts.ts'
import { type ItemCost, projectColumns, projectJson, type ProjectJson, type ProjectRow, readProject } from './store.ts'
import { type BuildingRow, buildingColumns } from '../community/store.ts'
import { refuse } from '../refusals.ts'
import { seesDistrict } from './store.ts'
import type { DocumentKind, DocumentScope, ProjectKind, ProjectState } from '../terms.ts'

export type ProjectFilter = {
  readonly district?: string | undefined
  readonly state?: ProjectState | undefined
  readonly kind?: ProjectKind | undefined
  readonly year?: number | undefined
  readonly batch?: number | undefined
  readonly bundle?: string | undefined
  readonly after: string
  readonly limit: number
}

/** Projects after a code, by code: one's own district's, or, for the city, all. Refuses `permission_denied`. */
export async function listProjects(
  { database: { sql } }: Ledger,
  actor: Actor,
  given: ProjectFilter,
): Promise<ProjectJson[]> {
  demand(actor, 'project.read')
  if (isElsewhere(actor, given.district)) return []
  const { district = actor.district, state, kind, year, batch, bundle, after, limit } = given
  const rows = await sql<ProjectRow[]>`
    select ${sql.unsafe(projectColumns)} from project where project > ${after}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
      ${year === undefined ? sql`` : sql`and year = ${year}`}
      ${batch === undefined ? sql`` : sql`and batch = ${batch}`}
      ${bundle === undefined ? sql`` : sql`and bundle = ${bundle}`}
    order by project limit ${limit}`
  return rows.map(projectJson)
}

/** What projects cover and how far they are by a day, by code. Refuses `permission_denied`. */
export async function listProjectFacts(
  { database: { sql } }: Ledger,
  actor: Actor,
  { district = actor.district, ...filter }: Omit<FactsFilter, 'projects'>,
): Promise<ProjectFacts[]> {
  demand(actor, 'project.read')
  return isElsewhere(actor, district) ? [] : readProjectFacts(sql, { ...filter, district })
}

export type DocumentRead = {
  kind: DocumentKind
  number: string
  on: string
  sha256: string | null
  scope: DocumentScope | null
  recordedBy: string
  recordedAt: string
}
export type UnfinishedRead = {
  item: string
  community: string | null
  building: string | null
  dwelling: string | null
  cause: string
  reason: string
  costFen: Fen
}
export type ProgressRead = {
  on: string
  ratio: string
  valueFen: Fen | null
  evidence: string
  reportedBy: string
  reportedAt: string
}

export type ProjectRead = {
  readonly project: ProjectJson
  readonly facts: ProjectFacts
  readonly buildings: readonly (BuildingRow & { community: string })[]
  readonly items: readonly ItemCost[]
  readonly documents: readonly DocumentRead[]
  readonly unfinished: readonly UnfinishedRead[]
  readonly progress: readonly ProgressRead[]
  readonly history: readonly RecordedChange[]
}

/** Everything about a project. Refuses `permission_denied`, `project_not_found`. */
export async function showProject(
  { database: { sql } }: Ledger,
  actor: Actor,
  project: string,
  asOf: Day,
): Promise<ProjectRead> {
  demand(actor, 'project.read')
  const row = await readProject(sql, actor, project)
  const [[facts], buildings, items, documents, unfinished, progress, history] = await Promise.all([
    readProjectFacts(sql, { projects: [project], asOf }),
    buildingsOf(sql, project),
    itemsOf(sql, project),
    documentsOf(sql, project),
    unfinishedOf(sql, project),
    progressOf(sql, project),
    historyOf(sql, 'project', project),
  ])
  if (!facts) throw refuse('project_not_found', { project })
  return { project: projectJson(row), facts, buildings, items, documents, unfinished, progress, history }
}

const buildingsOf = (sql: Sql, project: string): Promise<(BuildingRow & { community: string })[]> =>
  sql<(BuildingRow & { community: string })[]>`
    select community, ${sql.unsafe(buildingColumns)} from project_building join building using (community, building)
    where project = ${project} order by community, building`

const itemsOf = (sql: Sql, project: string): Promise<ItemCost[]> =>
  sql<ItemCost[]>`
    select item, quantity, cost_fen as "costFen" from project_item where project = ${project} order by item`

async function documentsOf(sql: Sql, project: string): Promise<DocumentRead[]> {
  const rows = await sql<(Omit<DocumentRead, 'recordedAt'> & { recordedAt: bigint })[]>`
    select kind, number, on_day as on, encode(sha256, 'hex') as sha256, scope, recorded_by as "recordedBy",
      (extract(epoch from recorded_at) * 1000000)::bigint as "recordedAt"
    from project_document where project = ${project} order by sequence`
  return rows.map((row) => ({ ...row, recordedAt: formatInstant(row.recordedAt) }))
}

const unfinishedOf = (sql: Sql, project: string): Promise<UnfinishedRead[]> =>
  sql<UnfinishedRead[]>`
    select item, community, building, dwelling, cause, reason, cost_fen as "costFen"
    from project_unfinished where project = ${project} order by sequence`

async function progressOf(sql: Sql, project: string): Promise<ProgressRead[]> {
  const rows = await sql<(Omit<ProgressRead, 'reportedAt'> & { reportedAt: bigint })[]>`
    select on_day as on, trim_scale(ratio)::text as ratio, value_fen as "valueFen", evidence, reported_by as "reportedBy",
      (extract(epoch from reported_at) * 1000000)::bigint as "reportedAt"
    from project_progress where project = ${project} order by on_day, sequence`
  return rows.map((row) => ({ ...row, reportedAt: formatInstant(row.reportedAt) }))
}

// --- Bundles ------------------------------------------------------------------------------------------------------------

export type BundleRow = { bundle: string; district: string; name: string; version: number }

/** Bundles after a code, by code: one's own district's, or, for the city, all. Refuses `permission_denied`. */
export async function listBundles(
  { database: { sql } }: Ledger,
  actor: Actor,
  { district = actor.district, after, limit }: { district?: string | undefined; after: string; limit: number },
): Promise<BundleRow[]> {
  demand(actor, 'project.read')
  if (isElsewhere(actor, district)) return []
  return sql<BundleRow[]>`
    select bundle, district, name, version from bundle where bundle > ${after}
      ${district === undefined ? sql`` : sql`and district = ${district}`} order by bundle limit ${limit}`
}

/** A bundle with its projects, each with its own code and book. Refuses `permission_denied`, `bundle_not_found`. */
export async function showBundle(
  { database: { sql } }: Ledger,
  actor: Actor,
  bundle: string,
): Promise<BundleRow & { projects: ProjectJson[] }> {
  demand(actor, 'project.read')
  const [row] = await sql<BundleRow[]>`select bundle, district, name, version from bundle where bundle = ${bundle}`
  if (!row || !seesDistrict(actor, row)) throw refuse('bundle_not_found', { bundle })
  const projects = await sql<ProjectRow[]>`
    select ${sql.unsafe(projectColumns)} from project where bundle = ${bundle} order by project`
  return { ...row, projects: projects.map(projectJson) }
}
