/** Reading projects: lists with what selects them, and one project with everything that is known of it. */
import { and, asc, gt, sql } from 'drizzle-orm'
import { type Actor, demand, isElsewhere } from '../../access/actor.ts'
import { type Day, formatInstant } from '../../base/calendar.ts'
import { rowsOf, type Sql } from '../../base/db.ts'
import { historyOf, type RecordedChange } from '../../base/history.ts'
import type { Fen } from '../../base/money.ts'
import { matching, prepared } from '../../base/drizzle/queries.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { type FactsFilter, type ProjectFacts, readProjectFacts, standingOn } from './facts.ts'
import {
  type BundleRow,
  findBundle,
  type ItemCost,
  itemCosts,
  projectJson,
  type ProjectJson,
  readProject,
} from './store.ts'
import { type BuildingRow, buildingColumns } from '../community/store.ts'
import type { WaitingFact } from '../fact/forms.ts'
import { waitingOfProject } from '../fact/reads.ts'
import { refuse } from '../refusals.ts'
import { seesDistrict } from './store.ts'
import {
  bundles,
  projectDocuments as documents,
  projectProgress as progress,
  projects,
  projectUnfinished as unfinished,
} from '../tables.ts'
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

const listing = prepared((on, given) =>
  on
    .select()
    .from(projects)
    .where(and(gt(projects.project, sql.placeholder('after')), matching(projects, given)))
    .orderBy(asc(projects.project))
    .limit(sql.placeholder('limit')),
)

/** Projects after a code, by code: one's own district's, or, for the city, all. Refuses `permission_denied`. */
export async function listProjects(
  { database }: Ledger,
  actor: Actor,
  { district = actor.district, ...filter }: ProjectFilter,
): Promise<ProjectJson[]> {
  demand(actor, 'project.read')
  if (isElsewhere(actor, district)) return []
  return (await listing(database.sql, { ...filter, district })).map(projectJson)
}

/** What projects cover and how far they are by a day, by code. Refuses `permission_denied`. */
export async function listProjectFacts(
  { database }: Ledger,
  actor: Actor,
  { district = actor.district, ...filter }: Omit<FactsFilter, 'projects'>,
): Promise<ProjectFacts[]> {
  demand(actor, 'project.read')
  return isElsewhere(actor, district) ? [] : readProjectFacts(database.sql, { ...filter, district })
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

/** A project as it stands. Refuses `permission_denied`, `project_not_found`. */
export async function findProject({ database: { sql } }: Ledger, actor: Actor, project: string): Promise<ProjectJson> {
  demand(actor, 'project.read')
  return projectJson(await readProject(sql, actor, project))
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
  /** What was entered of it and waits to be checked. */
  readonly waiting: readonly WaitingFact[]
}

/**
 * Everything about a project; state, year and batch are those of the day. Refuses `permission_denied`,
 * `project_not_found`.
 */
export async function showProject(
  { database: { sql: reader } }: Ledger,
  actor: Actor,
  project: string,
  asOf: Day,
): Promise<ProjectRead> {
  demand(actor, 'project.read')
  const row = await readProject(reader, actor, project)
  const [[facts], buildings, items, documents, unfinished, progress, history, waiting] = await Promise.all([
    readProjectFacts(reader, { projects: [project], asOf }),
    buildingsOf(reader, project),
    itemCosts(reader, project),
    documentsOf(reader, project),
    unfinishedOf(reader, project),
    progressOf(reader, project),
    historyOf(reader, 'project', project),
    waitingOfProject(reader, actor, row.project),
  ])
  const [standing] = await standingOf(reader, project, asOf)
  if (!facts || !standing) throw refuse('project_not_found', { project })
  return {
    project: { ...projectJson(row), ...standing },
    facts,
    buildings,
    items,
    documents,
    unfinished,
    progress,
    history,
    waiting,
  }
}

const standingOf = (reader: Sql, project: string, asOf: Day) =>
  rowsOf<Pick<ProjectJson, 'state' | 'stateOn' | 'year' | 'batch'>>(
    reader,
    `select w.state, w.on_day::text as "stateOn", w.year, w.batch from (select) one cross join ${standingOn('$1::text', '$2::date')} w`,
    [project, asOf],
  )

const buildingsOf = (reader: Sql, project: string): Promise<(BuildingRow & { community: string })[]> =>
  reader<(BuildingRow & { community: string })[]>`
    select community, ${reader.unsafe(buildingColumns)} from project_building join building using (community, building)
    where project = ${project} order by community, building`

const readingDocuments = prepared((on, given) =>
  on.select().from(documents).where(matching(documents, given)).orderBy(asc(documents.sequence)),
)

async function documentsOf(reader: Sql, project: string): Promise<DocumentRead[]> {
  const rows = await readingDocuments(reader, { project })
  return rows.map(({ kind, number, on, sha256, scope, recordedBy, recordedAt }) => ({
    kind,
    number,
    on,
    sha256: sha256 === null ? null : sha256.toString('hex'),
    scope,
    recordedBy,
    recordedAt: formatInstant(recordedAt),
  }))
}

const readingUnfinished = prepared((on, given) => {
  const { item, community, building, dwelling, cause, reason, costFen } = unfinished
  return on
    .select({ item, community, building, dwelling, cause, reason, costFen })
    .from(unfinished)
    .where(matching(unfinished, given))
    .orderBy(asc(unfinished.sequence))
})

const unfinishedOf = (reader: Sql, project: string): Promise<UnfinishedRead[]> => readingUnfinished(reader, { project })

const readingProgress = prepared((on, given) => {
  const { on: day, valueFen, evidence, reportedBy, reportedAt, sequence } = progress
  const ratio = sql<string>`trim_scale(${progress.ratio})::text`
  return on
    .select({ on: day, ratio, valueFen, evidence, reportedBy, reportedAt })
    .from(progress)
    .where(matching(progress, given))
    .orderBy(asc(day), asc(sequence))
})

async function progressOf(reader: Sql, project: string): Promise<ProgressRead[]> {
  const rows = await readingProgress(reader, { project })
  return rows.map((row) => ({ ...row, reportedAt: formatInstant(row.reportedAt) }))
}

// --- Bundles
// ------------------------------------------------------------------------------------------------------------

const listingBundles = prepared((on, given) =>
  on
    .select()
    .from(bundles)
    .where(and(gt(bundles.bundle, sql.placeholder('after')), matching(bundles, given)))
    .orderBy(asc(bundles.bundle))
    .limit(sql.placeholder('limit')),
)

/** Bundles after a code, by code: one's own district's, or, for the city, all. Refuses `permission_denied`. */
export async function listBundles(
  { database }: Ledger,
  actor: Actor,
  { district = actor.district, after, limit }: { district?: string | undefined; after: string; limit: number },
): Promise<BundleRow[]> {
  demand(actor, 'project.read')
  return isElsewhere(actor, district) ? [] : listingBundles(database.sql, { district, after, limit })
}

const readingBundled = prepared((on, given) =>
  on.select().from(projects).where(matching(projects, given)).orderBy(asc(projects.project)),
)

/** A bundle with its projects, each with its own code and book. Refuses `permission_denied`, `bundle_not_found`. */
export async function showBundle(
  { database: { sql: reader } }: Ledger,
  actor: Actor,
  bundle: string,
): Promise<BundleRow & { projects: ProjectJson[] }> {
  demand(actor, 'project.read')
  const row = await findBundle(reader, { bundle })
  if (!row || !seesDistrict(actor, row)) throw refuse('bundle_not_found', { bundle })
  return { ...row, projects: (await readingBundled(reader, { bundle })).map(projectJson) }
}
