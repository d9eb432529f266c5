/** How far a project is: documents that prove a step, works that stay unfinished, progress, and moving it on. */
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Actor } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import { recordChange } from '../../base/history.ts'
import { formatFen, sumFen } from '../../base/money.ts'
import { inWords } from '../../base/refusal.ts'
import { dropFromPlan, lockPlan, planName, updatePlan } from '../annual-plan/store.ts'
import { type Dated, datedRefusals, dayOf } from '../dated.ts'
import { refuse } from '../refusals.ts'
import { type DocumentScope, type DwellingName, type ProjectState, stateNamesZh } from '../terms.ts'
import { moveForm, type NewDocument, newDocument, newProgress, newUnfinished, scopeItemOf } from './forms.ts'
import { isOpenState, requireMove } from './project.ts'
import {
  assignedTo,
  changeProject as writeProject,
  insertDocument,
  insertProgress,
  insertUnfinished,
  isRecorded,
  itemCosts,
  moveFacts,
  type ProjectRow,
  requireState,
} from './store.ts'
import { addToProject, alterProject } from './verbs.ts'

const addRefusals = ['project_not_found', 'project_state_wrong', 'idempotency_key_reused'] as const

/** Records a document of a project; it is never changed. */
export const recordDocument = addToProject({
  kind: 'project.document',
  form: newDocument,
  refuses: [
    ...addRefusals,
    'day_in_future',
    'document_scope_missing',
    'community_not_of_project',
    'item_not_in_project',
    'dwelling_unknown',
    'document_recorded',
  ],
  body: (given) => {
    const { kind, number, on, sha256 } = given
    const scope = scopeOf(given)
    return { kind, number, on, sha256: sha256 ?? null, scope: scope === undefined ? null : scopeJson(scope) }
  },
  work: async ({ tx, at, today, actor, passed }, row, given, body) => {
    const { kind, number, on, sha256 } = given
    const { project } = row
    requireState(row, 'reserve', 'planned', 'under_way', 'accepted', 'settled')
    passed()
    if (on > today)
      throw refuse('day_in_future', { what: { zh: `文件 ${number} `, en: `Document ${number}` }, on, today })
    const scope = scopeOf(given)
    const needsScope = kind === 'waiver' || kind === 'design_change'
    if (needsScope && (scope?.items ?? []).length === 0) throw refuse('document_scope_missing', { kind })
    if (scope) await requireOfProject(tx, row, scope)
    if (await isRecorded(tx, { project, kind, number })) throw refuse('document_recorded', { project, kind, number })
    await insertDocument(tx, {
      project,
      kind,
      number,
      on,
      recordedBy: actor.person,
      recordedAt: at,
      ...(sha256 !== undefined && { sha256: Buffer.from(sha256, 'hex') }),
      ...(scope !== undefined && { scope: scopeJson(scope) }),
    })
    return writeProject(tx, row, {}, { verb: 'document_recorded', person: actor.person, at, body })
  },
})

function scopeOf({ communities, items }: NewDocument): DocumentScope | undefined {
  if (communities === undefined && items === undefined) return undefined
  return { ...(communities && { communities }), ...(items && { items: items.map(scopeItemOf) }) }
}

const dwellingJson = ({ community, building, dwelling }: DwellingName) => ({ community, building, dwelling })
const scopeJson = ({ communities, items }: DocumentScope) => ({
  ...(communities !== undefined && { communities: [...communities] }),
  ...(items !== undefined && {
    items: items.map(({ item, dwelling }) => ({ item, ...(dwelling && { dwelling: dwellingJson(dwelling) }) })),
  }),
})

async function requireOfProject(
  tx: Tx,
  { project }: ProjectRow,
  { communities = [], items = [] }: DocumentScope,
): Promise<void> {
  const covered = await tx.query<{ community: string }>(
    'select distinct community from project_building where project = $1',
    [project],
  )
  for (const community of communities) {
    if (!covered.some((row) => row.community === community))
      throw refuse('community_not_of_project', { project, community })
  }
  const known = new Set((await itemCosts(tx, project)).map(({ item }) => item))
  for (const { item, dwelling } of items) {
    if (!known.has(item)) throw refuse('item_not_in_project', { project, item })
    if (dwelling) await requireDwelling(tx, project, dwelling)
  }
}

async function requireDwelling(
  tx: Tx,
  project: string,
  { community, building, dwelling }: DwellingName,
): Promise<void> {
  const found = await tx.query(
    `select 1 from project_building p join dwelling d on d.community = p.community and d.building = p.building
     where p.project = $1 and p.community = $2 and p.building = $3 and d.dwelling = $4`,
    [project, community, building, dwelling],
  )
  if (found.length === 0) throw refuse('dwelling_unknown', { project, community, building, dwelling })
}

/**
 * Records works that are not done, because a household refused them or something prevented them (clause 22). From then
 * on nothing is accepted until a signed waiver and a design change cover them.
 */
export const recordUnfinished = addToProject({
  kind: 'project.unfinished',
  form: newUnfinished,
  refuses: [...addRefusals, 'item_not_in_project', 'dwelling_unknown'],
  body: (given) => {
    const { item, dwelling } = scopeItemOf(given)
    const { cause, reason, cost } = given
    return { item, dwelling: dwelling ? dwellingJson(dwelling) : null, cause, reason, cost: formatFen(cost) }
  },
  work: async ({ tx, at, actor, passed }, row, given, body) => {
    const { project } = row
    const { item, dwelling } = scopeItemOf(given)
    requireState(row, 'under_way')
    passed()
    await requireOfProject(tx, row, { items: [scopeItemOf(given)] })
    const { cause, reason, cost: costFen } = given
    const recorded = { recordedBy: actor.person, recordedAt: at }
    await insertUnfinished(tx, { project, item, ...dwelling, cause, reason, costFen, ...recorded })
    return writeProject(tx, row, {}, { verb: 'unfinished_recorded', person: actor.person, at, body })
  },
})

/** Reports how far works are on a day. A later report of the same day corrects it; both stay on record. */
export const reportProgress = addToProject({
  kind: 'project.progress',
  form: newProgress,
  refuses: [...addRefusals, 'day_in_future'],
  body: ({ on, ratio, value, evidence }) => ({
    on,
    ratio,
    value: value === undefined ? null : formatFen(value),
    evidence,
  }),
  work: async ({ tx, at, today, actor, passed }, row, { on, ratio, value, evidence }, body) => {
    requireState(row, 'under_way', 'accepted')
    passed()
    if (on > today) throw refuse('day_in_future', { what: { zh: '进度', en: 'Progress' }, on, today })
    const reported = { on, ratio, evidence, reportedBy: actor.person, reportedAt: at }
    await insertProgress(tx, {
      project: row.project,
      ...reported,
      ...(value !== undefined && { valueFen: value }),
    })
    return writeProject(tx, row, {}, { verb: 'progress_reported', person: actor.person, at, body })
  },
})

// --- State
// --------------------------------------------------------------------------------------------------------------

/**
 * Moves a project to its next state, or out of the programme. Refuses by the first gate that is not passed
 * (project.ts).
 */
export const moveProject = alterProject({
  kind: 'project.move',
  form: moveForm,
  refuses: [
    'project_not_found',
    'version_stale',
    ...datedRefusals,
    'day_before_state',
    'project_move_unlawful',
    'project_planned_by_batch_only',
    'project_holds_money',
    'households_not_stated',
    'households_increase',
    'funding_plan_not_approved',
    'project_document_missing',
    'scope_reduction_unproven',
    'idempotency_key_reused',
  ],
  // What is absent leaves no mark: a key is answered with the content it had.
  body: ({ to, reason, on, document }) => ({
    to,
    reason: reason ?? null,
    ...(on !== undefined && { on }),
    ...(document !== undefined && { document }),
  }),
  work: async ({ tx, at, today, actor }, row, { to, ...given }, body) => {
    const on = await dayOfMove(tx, row, { ...given, today })
    // 动态调整 (clause 3): with a reason a planned project leaves its batch; without one only a batch moves it.
    const leaves = row.state === 'planned' && to === 'reserve' && given.reason !== undefined
    requireMove(row.state, to, await moveFacts(tx, row, { on, byBatch: leaves }))
    if (leaves) return leaveBatch({ tx, at, actor, on }, row, { from: row.state, ...body })
    return moveTo(tx, row, to, { on, person: actor.person, at, body: { from: row.state, ...body } })
  },
})

type Leaving = { readonly tx: Tx; readonly at: bigint; readonly actor: Actor; readonly on: Day }

/**
 * Takes a planned project out of its batch and its plan's queue, back to the reserve: what it needed is the year's
 * again. Refuses `project_holds_money` while indicators are assigned to it.
 */
async function leaveBatch({ tx, at, actor, on }: Leaving, row: ProjectRow, body: Json): Promise<ProjectRow> {
  const { project, district, year, batch } = row
  const held = await assignedTo(tx, project)
  if (held.length > 0) {
    const bySource = held.map(({ source, heldFen }) => `${source} ${formatFen(heldFen)}`).join('、')
    throw refuse('project_holds_money', { project, heldFen: sumFen(held.map(({ heldFen }) => heldFen)), bySource })
  }
  assert(year !== null, 'what is planned is of a year')
  const plan = await lockPlan(tx, actor, { district, year })
  await dropFromPlan(tx, plan, project)
  const version = plan.version + 1
  await updatePlan(tx, plan, { version })
  const change = { noun: 'plan', id: planName(plan), version, verb: 'project_left', person: actor.person, at }
  await recordChange(tx, { ...change, body: { project, batch } })
  return moveTo(tx, row, 'reserve', { on, person: actor.person, at, body }, { year: null, batch: null })
}

type GivenDay = Pick<Dated, 'today' | 'takeOver'> & {
  readonly on?: Day | undefined
  readonly document?: string | undefined
}

/**
 * The day from which a project is in its next state. Refuses what `dayOf` does, and `day_before_state`; when a project
 * came into the reserve says only when it was registered.
 */
export async function dayOfMove(
  tx: Tx,
  row: ProjectRow,
  { on: given, document, today, takeOver }: GivenDay,
): Promise<Day> {
  const { project, district } = row
  const what = { zh: `项目 ${project} 状态`, en: `The state of project ${project}` }
  const on = await dayOf(tx, { what, district, on: given, document, today, takeOver })
  requireNotBefore(row, on)
  return on
}

/** A step as a take-over tells it: it was taken on its day, in whatever quarter that lies. */
export type TakenOverStep = {
  readonly on: Day
  readonly document: string
  readonly today: Day
  readonly takeOver: string
  readonly person: string
  readonly at: bigint
}

/** Writes a step that was taken before the books began, through the same gates. */
export async function moveTakenOver(
  tx: Tx,
  row: ProjectRow,
  to: ProjectState,
  { person, at, ...given }: TakenOverStep,
): Promise<ProjectRow> {
  const on = await dayOfMove(tx, row, given)
  requireMove(row.state, to, await moveFacts(tx, row, { on, byBatch: false }))
  const { document, takeOver } = given
  return moveTo(tx, row, to, { on, person, at, body: { from: row.state, to, on, document, takeOver } })
}

/** Refuses `day_before_state` where a project would leave its state before it came into it. */
export function requireNotBefore({ project, state, stateOn: since }: ProjectRow, on: Day): void {
  if (on >= since || state === 'reserve') return
  throw refuse('day_before_state', { project, state: inWords(stateNamesZh, state), since, on })
}

/** Writes a move that was found lawful; a project that ends gives its buildings free. */
export async function moveTo(
  tx: Tx,
  row: ProjectRow,
  to: ProjectState,
  { on, person, at, body }: { on: Day; person: string; at: bigint; body: Json },
  columns: { readonly year?: number | null; readonly batch?: number | null } = {},
): Promise<ProjectRow> {
  if (!isOpenState(to)) await tx.query('update project_building set open = false where project = $1', [row.project])
  return writeProject(tx, row, { state: to, stateOn: on, ...columns }, { verb: 'moved', person, at, body })
}
