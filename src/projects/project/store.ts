/**
 * The SQL of projects, inside the transaction of whoever changes them. Locks go by code, so that two actions never wait
 * for each other.
 */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import type { Day, Instant } from '../../base/calendar.ts'
import { recordChange, recordChanges } from '../../base/history.ts'
import { groupBy } from '../../base/arrays.ts'
import { only, type Reader, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Fen } from '../../base/money.ts'
import { changed, matching, prepared, recordOf, type RecordOf, written } from '../../base/drizzle/queries.ts'
import { inWords, listed } from '../../base/refusal.ts'
import type { Paper } from '../../noun/proposal.ts'
import { heldOfProject } from '../../ledger/balance.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { formatArea } from '../community/community.ts'
import type { GateDocument, MoveFacts, Unfinished } from './project.ts'
import { refuse } from '../refusals.ts'
import {
  bundles,
  communities,
  projectBuildings,
  projectDocuments as documents,
  projectItems as items,
  projectProgress as progress,
  projects,
  projectUnfinished as unfinished,
} from '../tables.ts'
import { type DocumentKind, documentNamesZh, type ProjectState, stateNamesZh } from '../terms.ts'

export type ProjectRow = Readonly<typeof projects.$inferSelect>

/** What belongs to a district exists for that district and for the city. */
export const seesDistrict = (actor: Actor, { district }: { readonly district: string }): boolean =>
  actor.district === undefined || actor.district === district

const ofProject = eq(projects.project, sql.placeholder('project'))
const reading = prepared((on) => on.select().from(projects).where(ofProject))
const locking = prepared((on) => on.select().from(projects).where(ofProject).for('update'))
const lockingAll = prepared((on) =>
  on
    .select()
    .from(projects)
    .where(sql`${projects.project} = any(${sql.placeholder('projects')}::text[])`)
    .orderBy(asc(projects.project))
    .for('update'),
)

/** A project, locked till the transaction ends. Refuses `project_not_found`, also where it is another district's. */
export async function lockProject(tx: Tx, actor: Actor, project: string): Promise<ProjectRow> {
  const [row] = await locking(tx, { project })
  if (!row || !seesDistrict(actor, row)) throw refuse('project_not_found', { project })
  return row
}

/** Several at once, in the order of their codes. */
export async function lockProjects(tx: Tx, actor: Actor, codes: readonly string[]): Promise<ProjectRow[]> {
  const rows = await lockingAll(tx, { projects: codes })
  for (const project of codes) {
    const row = rows.find((candidate) => candidate.project === project)
    if (!row || !seesDistrict(actor, row)) throw refuse('project_not_found', { project })
  }
  return rows
}

/** A project as it stands, without a lock. */
export async function readProject(reader: Reader, actor: Actor, project: string): Promise<ProjectRow> {
  const [row] = await reading(reader, { project })
  if (!row || !seesDistrict(actor, row)) throw refuse('project_not_found', { project })
  return row
}

/** Refuses `project_state_wrong` unless the project is in one of the states. */
export function requireState({ project, state }: ProjectRow, ...states: readonly ProjectState[]): void {
  if (states.includes(state)) return
  throw refuse('project_state_wrong', {
    project,
    state: inWords(stateNamesZh, state),
    wanted: listed(states.map((wanted) => inWords(stateNamesZh, wanted))),
  })
}

const registering = prepared((on, given) =>
  on.insert(projects).values(written(projects, given)).onConflictDoNothing().returning(),
)

export type NewProjectRow = Pick<ProjectRow, 'project' | 'district' | 'name' | 'kind' | 'implementer' | 'stateOn'>

/** Writes a new project, in the reserve; `undefined` where there is one of this code. */
export async function insertProject(tx: Tx, given: NewProjectRow): Promise<ProjectRow | undefined> {
  return (await registering(tx, { ...given, state: 'reserve', version: 1 }))[0]
}

const readingNames = prepared((on) =>
  on
    .select({ project: projects.project, name: projects.name, district: projects.district, state: projects.state })
    .from(projects)
    .where(sql`${projects.project} = any(${sql.placeholder('codes')}::text[])`),
)

/** Papers of projects as an approval shows them: what was recorded of each, in order. */
export async function papersOfProjects(tx: Tx, codes: readonly string[]): Promise<Paper[]> {
  const rows = await tx.query<{ project: string; kind: DocumentKind; number: string; sha256: string | null }>(
    `select project, kind, number, encode(sha256, 'hex') as sha256 from project_document
     where project = any($1::text[]) order by project, sequence`,
    [codes],
  )
  return rows.map(({ project, kind, number, sha256 }) => ({
    name: `${project} ${documentNamesZh[kind]}`,
    number,
    ...(sha256 !== null && { sha256 }),
    href: `/v1/projects/${encodeURIComponent(project)}`,
  }))
}

/** What projects are called, where they are and how far, by code; a programme's code is none. */
export const namesOfProjects = (
  reader: Reader,
  codes: readonly string[],
): Promise<Pick<ProjectRow, 'project' | 'name' | 'district' | 'state'>[]> => readingNames(reader, { codes: [...codes] })

export type ItemCost = { readonly item: string; readonly quantity: string | null; readonly costFen: Fen }

const readingItems = prepared((on) =>
  on
    .select({ project: items.project, item: items.item, quantity: items.quantity, costFen: items.costFen })
    .from(items)
    .where(sql`${items.project} = any(${sql.placeholder('codes')}::text[])`)
    .orderBy(asc(items.project), asc(items.item)),
)

/** What each item of projects costs, by code. */
export async function itemCostsOf(reader: Reader, codes: readonly string[]): Promise<Map<string, ItemCost[]>> {
  const groups = groupBy(await readingItems(reader, { codes: [...codes] }), ({ project }) => project)
  return new Map([...groups].map(([code, rows]) => [code, rows.map(({ project: _, ...cost }) => cost)]))
}

export const itemCosts = async (reader: Reader, project: string): Promise<readonly ItemCost[]> =>
  (await itemCostsOf(reader, [project])).get(project) ?? []

export type ProjectColumns = Partial<Omit<ProjectRow, 'project' | 'district' | 'version'>>

const changing = prepared((on, given) => on.update(projects).set(changed(projects, given)).where(ofProject).returning())

/** Writes some of a project's own columns, and no record of it: of one that is just being registered. */
export async function writeColumns(tx: Tx, project: string, columns: ProjectColumns): Promise<ProjectRow> {
  return only(await changing(tx, { ...columns, project }))
}

/** Writes a change of a project's own columns, and the record of it, under the next version. */
export async function changeProject(
  tx: Tx,
  row: ProjectRow,
  columns: ProjectColumns,
  change: { readonly verb: string; readonly person: string; readonly at: Instant; readonly body: Json },
): Promise<ProjectRow> {
  const version = row.version + 1
  const made = only(await changing(tx, { ...columns, project: row.project, version }))
  await recordChange(tx, { noun: 'project', id: row.project, version, ...change })
  return made
}

/**
 * Notes that projects have a funding plan that is approved; the room of funding plans calls it in the transaction of
 * the approval. Works may begin only then.
 */
export async function setPlansApproved(
  tx: Tx,
  plans: readonly { readonly row: ProjectRow; readonly plan: string }[],
  by: { readonly person: string; readonly at: Instant },
): Promise<void> {
  const noted = plans.map(({ row: { project, version }, plan }) => ({ project, version: version + 1, plan }))
  await tx.query(
    `update project p set plan_approved = true, version = g.version
     from unnest($1::text[], $2::int[]) g(project, version) where p.project = g.project`,
    [noted.map(({ project }) => project), noted.map(({ version }) => version)],
  )
  const verb = 'funding_plan_approved'
  await recordChanges(
    tx,
    noted.map(({ project, version, plan }) => ({ noun: 'project', id: project, version, verb, ...by, body: { plan } })),
  )
}

/** A project as an action answers it. */
export const projectJson = (row: ProjectRow) => ({
  project: row.project,
  district: row.district,
  name: row.name,
  kind: row.kind,
  implementer: row.implementer,
  book: row.book,
  planBook: row.planBook,
  year: row.year,
  batch: row.batch,
  state: row.state,
  stateOn: row.stateOn,
  bundle: row.bundle,
  householdsBefore: row.householdsBefore,
  householdsAfter: row.householdsAfter,
  addedArea: row.addedAreaDm2 === null ? null : formatArea(row.addedAreaDm2),
  planApproved: row.planApproved,
  version: row.version,
})
export type ProjectJson = ReturnType<typeof projectJson>

const repricing = prepared((on, given) =>
  on
    .update(items)
    .set(changed(items, given))
    .where(and(eq(items.project, sql.placeholder('project')), eq(items.item, sql.placeholder('item'))))
    .returning({ item: items.item }),
)

/**
 * Replaces what items cost, without asking whether that is lawful: for a change of the funding plan that was approved.
 */
export async function rewriteItemCosts(
  tx: Tx,
  row: ProjectRow,
  costs: readonly { readonly item: string; readonly costFen: Fen }[],
  change: { readonly verb: string; readonly person: string; readonly at: Instant; readonly body: Json },
): Promise<ProjectRow> {
  for (const { item, costFen } of costs) {
    const repriced = await repricing(tx, { project: row.project, item, costFen })
    if (repriced.length === 0) throw refuse('item_not_in_project', { project: row.project, item })
  }
  return changeProject(tx, row, {}, change)
}

const promising = prepared((on) =>
  on
    .selectDistinct({ community: communities.community, promisedOn: communities.fundPromisedOn })
    .from(projectBuildings)
    .innerJoin(communities, eq(communities.community, projectBuildings.community))
    .where(eq(projectBuildings.project, sql.placeholder('project')))
    .orderBy(asc(communities.community)),
)

/** What the gates of a step look at, read in the transaction that takes it. */
export async function moveFacts(
  tx: Tx,
  { project, kind, planApproved, ...row }: ProjectRow,
  { on, byBatch }: { readonly on: Day; readonly byBatch: boolean },
): Promise<MoveFacts> {
  const { householdsBefore, householdsAfter } = row
  return {
    project,
    kind,
    on,
    byBatch,
    communities: (await promising(tx, { project })).map(recordOf),
    ...recordOf({ householdsBefore, householdsAfter }),
    planApproved,
    documents: await gateDocuments(tx, project),
    unfinished: await unfinishedWorks(tx, project),
  }
}

/** Begins the works of many projects from a day on, without a record of each: for a register that is loaded whole. */
export async function beginAll(tx: Tx, codes: readonly string[], on: Day): Promise<void> {
  await tx.query(`update project set state = 'under_way', state_on = $2::date where project = any($1::text[])`, [
    [...codes],
    on,
  ])
}

const heldText = `
  select a.source, sum(a.debit_fen - a.credit_fen) as "heldFen"
  from (select distinct book from indicator) own join book b on b.code = own.book
  cross join unnest($2::text[]) s(subject)
  cross join ${heldOfProject('b.book_id', 's.subject', '$1::text', `'infinity'::date`)} a
  where a.indicator is not null group by a.source having sum(a.debit_fen - a.credit_fen) <> 0 order by a.source`
const assignedAccounts = [control.committable, control.committed, control.committedPaid]

/** What indicators were assigned to a project and not taken back, spent or not, by source. */
export const assignedTo = (tx: Tx, project: string): Promise<{ source: string; heldFen: Fen }[]> =>
  tx.query(heldText, [project, assignedAccounts])

// --- Documents, unfinished works, progress: what is only added to
// -------------------------------------------------------

const readingGates = prepared((on) =>
  on
    .select({ kind: documents.kind, number: documents.number, on: documents.on, scope: documents.scope })
    .from(documents)
    .where(eq(documents.project, sql.placeholder('project')))
    .orderBy(asc(documents.sequence)),
)

/** The documents of a project as the gates read them. */
export async function gateDocuments(tx: Tx, project: string): Promise<GateDocument[]> {
  return (await readingGates(tx, { project })).map(recordOf)
}

const readingUnfinished = prepared((on) =>
  on
    .select({
      item: unfinished.item,
      community: unfinished.community,
      building: unfinished.building,
      dwelling: unfinished.dwelling,
      reason: unfinished.reason,
    })
    .from(unfinished)
    .where(eq(unfinished.project, sql.placeholder('project')))
    .orderBy(asc(unfinished.sequence)),
)

/** Works of a project that were recorded as not done. */
export async function unfinishedWorks(tx: Tx, project: string): Promise<Unfinished[]> {
  const rows = await readingUnfinished(tx, { project })
  return rows.map(({ item, community, building, dwelling, reason }) => {
    if (community === null) return { item, reason }
    assert(building !== null && dwelling !== null, 'a dwelling is named whole')
    return { item, reason, dwelling: { community, building, dwelling } }
  })
}

/** The next number within a project of what is only added to; the project is locked. */
const nextOf = (table: typeof documents | typeof unfinished | typeof progress): SQL =>
  sql`(select coalesce(max(${table.sequence}), 0) + 1 from ${table} where ${table.project} = ${sql.placeholder('project')})`

const findingDocument = prepared((on, given) =>
  on.select({ number: documents.number }).from(documents).where(matching(documents, given)),
)

export async function isRecorded(
  tx: Tx,
  document: Pick<typeof documents.$inferSelect, 'project' | 'kind' | 'number'>,
): Promise<boolean> {
  return (await findingDocument(tx, document)).length > 0
}

/** What is added to a project, but for its number there: the next, which the statement takes itself. */
type Added<T> = Omit<RecordOf<T>, 'sequence'>

const addingDocument = prepared((on, given) =>
  on.insert(documents).values({ ...written(documents, given), sequence: nextOf(documents) }),
)

export async function insertDocument(tx: Tx, given: Added<typeof documents.$inferSelect>): Promise<void> {
  await addingDocument(tx, given)
}

const addingUnfinished = prepared((on, given) =>
  on.insert(unfinished).values({ ...written(unfinished, given), sequence: nextOf(unfinished) }),
)

export async function insertUnfinished(tx: Tx, given: Added<typeof unfinished.$inferSelect>): Promise<void> {
  await addingUnfinished(tx, given)
}

const addingProgress = prepared((on, given) =>
  on.insert(progress).values({ ...written(progress, given), sequence: nextOf(progress) }),
)

export async function insertProgress(tx: Tx, given: Added<typeof progress.$inferSelect>): Promise<void> {
  await addingProgress(tx, given)
}

// --- Bundles
// ------------------------------------------------------------------------------------------------------------

export type BundleRow = Readonly<typeof bundles.$inferSelect>

const bundling = prepared((on, given) =>
  on.insert(bundles).values(written(bundles, given)).onConflictDoNothing().returning(),
)

/** Writes a new bundle; false where there is one of this code. */
export const insertBundle = async (tx: Tx, given: BundleRow): Promise<boolean> => (await bundling(tx, given)).length > 0

const findingBundle = prepared((on, given) => on.select().from(bundles).where(matching(bundles, given)))

export async function findBundle(
  reader: Reader,
  given: { readonly bundle: string; readonly district?: string },
): Promise<BundleRow | undefined> {
  return (await findingBundle(reader, given))[0]
}
