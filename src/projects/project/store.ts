/** The SQL of projects, inside the transaction of whoever changes them. Locks go by code, so that two actions never wait for each other. */
import { inWords, listed } from '../../base/refusal.ts'
import type { Actor } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import type { Day, Instant } from '../../base/calendar.ts'
import { recordChange } from '../../base/history.ts'
import { only, type Row, type Sql, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Fen } from '../../base/money.ts'
import { formatArea } from '../community/community.ts'
import type { GateDocument, MoveFacts, Unfinished } from './project.ts'
import { refuse } from '../refusals.ts'
import { type DocumentKind, type DocumentScope, type ProjectKind, type ProjectState, stateNamesZh } from '../terms.ts'

export type ProjectRow = {
  project: string
  district: string
  name: string
  kind: ProjectKind
  implementer: string
  book: string | null
  plan_book: string | null
  year: number | null
  batch: number | null
  state: ProjectState
  state_on: string
  bundle: string | null
  households_before: number | null
  households_after: number | null
  added_area_dm2: bigint | null
  plan_approved: boolean
  version: number
}

export const projectColumns = `project, district, name, kind, implementer, book, plan_book, year, batch, state, state_on, bundle,
  households_before, households_after, added_area_dm2, plan_approved, version`

/** What belongs to a district exists for that district and for the city. */
export const seesDistrict = (actor: Actor, { district }: { readonly district: string }): boolean =>
  actor.district === undefined || actor.district === district

/** A project, locked till the transaction ends. Refuses `project_not_found`, also where it is another district's. */
export async function lockProject(tx: Tx, actor: Actor, project: string): Promise<ProjectRow> {
  const [row] = await tx.query<ProjectRow>(`select ${projectColumns} from project where project = $1 for update`, [
    project,
  ])
  if (!row || !seesDistrict(actor, row)) throw refuse('project_not_found', { project })
  return row
}

/** Several at once, in the order of their codes. */
export async function lockProjects(tx: Tx, actor: Actor, projects: readonly string[]): Promise<ProjectRow[]> {
  const rows = await tx.query<ProjectRow>(
    `select ${projectColumns} from project where project = any($1::text[]) order by project for update`,
    [[...projects]],
  )
  for (const project of projects) {
    const row = rows.find((candidate) => candidate.project === project)
    if (!row || !seesDistrict(actor, row)) throw refuse('project_not_found', { project })
  }
  return rows
}

/** A project as it stands, without a lock. */
export async function readProject(sql: Sql, actor: Actor, project: string): Promise<ProjectRow> {
  const [row] = await sql<ProjectRow[]>`
    select ${sql.unsafe(projectColumns)} from project where project = ${project}`
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

export type ItemCost = { readonly item: string; readonly quantity: string | null; readonly costFen: Fen }

/** What each item of a project costs, by code. */
export async function itemCosts(tx: Tx, project: string): Promise<ItemCost[]> {
  const rows = await tx.query<{ item: string; quantity: string | null; cost_fen: bigint }>(
    'select item, quantity, cost_fen from project_item where project = $1 order by item',
    [project],
  )
  return rows.map(({ item, quantity, cost_fen: costFen }) => ({ item, quantity, costFen }))
}

/** Writes a change of a project's own columns, and the record of it, under the next version. */
export async function changeProject(
  tx: Tx,
  row: ProjectRow,
  columns: Partial<Omit<ProjectRow, 'project' | 'district' | 'version'>>,
  change: { readonly verb: string; readonly person: string; readonly at: Instant; readonly body: Json },
): Promise<ProjectRow> {
  const names = Object.keys(columns) as (keyof typeof columns)[]
  const version = row.version + 1
  const sets = names.map((name, index) => `${name} = $${index + 3}, `).join('')
  const values = names.map((name) => {
    const value = columns[name]
    return typeof value === 'bigint' ? value.toString() : (value ?? null)
  })
  const changed = only(
    await tx.query<ProjectRow>(
      `update project set ${sets}version = $2 where project = $1 returning ${projectColumns}`,
      [row.project, version, ...values],
    ),
  )
  await recordChange(tx, { noun: 'project', id: row.project, version, ...change })
  return changed
}

/**
 * Notes whether a project's funding plan is approved; the room of funding plans calls it in the transaction of its approval. Works
 * may begin only while it is.
 */
export async function setPlanApproved(
  tx: Tx,
  row: ProjectRow,
  approved: boolean,
  { person, at, plan }: { readonly person: string; readonly at: Instant; readonly plan: string },
): Promise<ProjectRow> {
  const verb = approved ? 'funding_plan_approved' : 'funding_plan_reopened'
  return changeProject(tx, row, { plan_approved: approved }, { verb, person, at, body: { plan } })
}

/** A project as an action answers it. */
export const projectJson = (row: ProjectRow) => ({
  project: row.project,
  district: row.district,
  name: row.name,
  kind: row.kind,
  implementer: row.implementer,
  book: row.book,
  planBook: row.plan_book,
  year: row.year,
  batch: row.batch,
  state: row.state,
  stateOn: row.state_on,
  bundle: row.bundle,
  householdsBefore: row.households_before,
  householdsAfter: row.households_after,
  addedArea: row.added_area_dm2 === null ? null : formatArea(row.added_area_dm2),
  planApproved: row.plan_approved,
  version: row.version,
})
export type ProjectJson = ReturnType<typeof projectJson>

/** Replaces what items cost, without asking whether that is lawful: for a change of the funding plan that was approved. */
export async function rewriteItemCosts(
  tx: Tx,
  row: ProjectRow,
  costs: readonly { readonly item: string; readonly costFen: Fen }[],
  change: { readonly verb: string; readonly person: string; readonly at: Instant; readonly body: Json },
): Promise<ProjectRow> {
  for (const { item, costFen } of costs) {
    const changed = await tx.query(
      'update project_item set cost_fen = $3 where project = $1 and item = $2 returning 1',
      [row.project, item, costFen.toString()],
    )
    if (changed.length === 0) throw refuse('item_not_in_project', { project: row.project, item })
  }
  return changeProject(tx, row, {}, change)
}

/** What the gates of a step look at, read in the transaction that takes it. */
export async function moveFacts(
  tx: Tx,
  row: ProjectRow,
  { on, byBatch }: { readonly on: Day; readonly byBatch: boolean },
): Promise<MoveFacts> {
  const communities = await tx.query<{ community: string; fund_promised_on: string | null }>(
    `select distinct c.community, c.fund_promised_on from project_building b join community c on c.community = b.community
     where b.project = $1 order by c.community`,
    [row.project],
  )
  return {
    project: row.project,
    kind: row.kind,
    on,
    byBatch,
    communities: communities.map(({ community, fund_promised_on: promisedOn }) => ({
      community,
      ...(promisedOn !== null && { promisedOn }),
    })),
    ...(row.households_before !== null && { householdsBefore: row.households_before }),
    ...(row.households_after !== null && { householdsAfter: row.households_after }),
    planApproved: row.plan_approved,
    documents: await gateDocuments(tx, row.project),
    unfinished: await unfinishedWorks(tx, row.project),
  }
}

// --- Documents, unfinished works --------------------------------------------------------------------------------------

type DocumentRow = Row & { kind: DocumentKind; number: string; on_day: string; scope: DocumentScope | null }
type UnfinishedRow = Row & {
  item: string
  community: string | null
  building: string | null
  dwelling: string | null
  reason: string
}

/** The documents of a project as the gates read them. */
export async function gateDocuments(tx: Tx, project: string): Promise<GateDocument[]> {
  const rows = await tx.query<DocumentRow>(
    'select kind, number, on_day, scope from project_document where project = $1 order by sequence',
    [project],
  )
  return rows.map(({ kind, number, on_day: on, scope }) => ({ kind, number, on, ...(scope !== null && { scope }) }))
}

/** Works of a project that were recorded as not done. */
export async function unfinishedWorks(tx: Tx, project: string): Promise<Unfinished[]> {
  const rows = await tx.query<UnfinishedRow>(
    'select item, community, building, dwelling, reason from project_unfinished where project = $1 order by sequence',
    [project],
  )
  return rows.map(({ item, community, building, dwelling, reason }) => {
    if (community === null) return { item, reason }
    assert(building !== null && dwelling !== null, 'a dwelling is named whole')
    return { item, reason, dwelling: { community, building, dwelling } }
  })
}

/** The next number within a project of what is only added to; the project is locked. */
export async function nextSequence(
  tx: Tx,
  table: 'project_document' | 'project_unfinished' | 'project_progress',
  project: string,
): Promise<number> {
  const [row] = await tx.query<{ next: number }>(
    `select coalesce(max(sequence), 0)::int + 1 as next from ${table} where project = $1`,
    [project],
  )
  return row?.next ?? 1
}
