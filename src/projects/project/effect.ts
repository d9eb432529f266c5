/**
 * What a step, a report of progress and a promise of owners bring about: at once where a machine client brings them,
 * else when another person has checked them. What a person proposes is held to the same gates twice, when it is asked
 * for and when it is checked.
 */
import * as z from 'zod'
import type { Actor } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import { formatFen, sumFen } from '../../base/money.ts'
import { inWords, listedCodes } from '../../base/refusal.ts'
import { day, sha256, text } from '../../form/field.ts'
import { makerOf, proposal } from '../../noun/proposal.ts'
import type { Doing } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { dropFromPlan, lockPlan, planName, updatePlan } from '../annual-plan/store.ts'
import { type Dated, dayOf } from '../dated.ts'
import { requireEvidence } from '../fact/evidence.ts'
import type { Waiting } from '../fact/fact.ts'
import { factNamesZh, projectFact } from '../fact/forms.ts'
import { refuse } from '../refusals.ts'
import { type DocumentScope, type DwellingName, type ProjectState, stateNamesZh } from '../terms.ts'
import { moveForm, type NewDocument, newDocument, newProgress, ofProject, scopeItemOf } from './forms.ts'
import { isOpenState, requireMove } from './project.ts'
import {
  assignedTo,
  changeProject as writeProject,
  insertDocument,
  insertProgress,
  isRecorded,
  itemCosts,
  lockProject,
  moveFacts,
  type ProjectRow,
  requireState,
} from './store.ts'

// --- What is written ------------------------------------------------------------------------------------------------

type By = { readonly person: string; readonly at: bigint; readonly body: { [key: string]: Json } }

export const progressBody = ({ on, ratio, value, evidence, sha256 }: z.output<typeof newProgress>) => ({
  on,
  ratio,
  value: value === undefined ? null : formatFen(value),
  evidence,
  ...(sha256 !== undefined && { sha256 }),
})

/** Writes a report of progress; a later one of the same day corrects it. */
export async function writeProgress(
  tx: Tx,
  row: ProjectRow,
  { on, ratio, value, evidence }: z.output<typeof newProgress>,
  by: By,
): Promise<ProjectRow> {
  const reported = { on, ratio, evidence, reportedBy: by.person, reportedAt: by.at }
  await insertProgress(tx, { project: row.project, ...reported, ...(value !== undefined && { valueFen: value }) })
  return writeProject(tx, row, {}, { verb: 'progress_reported', ...by })
}

export function scopeOf({ communities, items }: Pick<NewDocument, 'communities' | 'items'>): DocumentScope | undefined {
  if (communities === undefined && items === undefined) return undefined
  return { ...(communities && { communities }), ...(items && { items: items.map(scopeItemOf) }) }
}

export const dwellingJson = ({ community, building, dwelling }: DwellingName) => ({ community, building, dwelling })
const scopeJson = ({ communities, items }: DocumentScope) => ({
  ...(communities !== undefined && { communities: [...communities] }),
  ...(items !== undefined && {
    items: items.map(({ item, dwelling }) => ({ item, ...(dwelling && { dwelling: dwellingJson(dwelling) }) })),
  }),
})

export const documentBody = (given: NewDocument) => {
  const { kind, number, on, sha256 } = given
  const scope = scopeOf(given)
  return { kind, number, on, sha256: sha256 ?? null, scope: scope === undefined ? null : scopeJson(scope) }
}

/** Writes a document of a project. Refuses `document_recorded` where it has one of this kind and number. */
export async function writeDocument(tx: Tx, row: ProjectRow, given: NewDocument, by: By): Promise<ProjectRow> {
  const { project } = row
  const { kind, number, on, sha256 } = given
  const scope = scopeOf(given)
  await requireUnrecorded(tx, { project, kind, number })
  await insertDocument(tx, {
    project,
    kind,
    number,
    on,
    recordedBy: by.person,
    recordedAt: by.at,
    ...(sha256 !== undefined && { sha256: Buffer.from(sha256, 'hex') }),
    ...(scope !== undefined && { scope: scopeJson(scope) }),
  })
  return writeProject(tx, row, {}, { verb: 'document_recorded', ...by })
}

/** Refuses a scope of communities, items or dwellings that are not the project's. */
export async function requireOfProject(
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

export async function requireUnrecorded(tx: Tx, document: Parameters<typeof isRecorded>[1]): Promise<void> {
  if (await isRecorded(tx, document)) throw refuse('document_recorded', document)
}

// --- Steps ----------------------------------------------------------------------------------------------------------

type Step = {
  readonly to: ProjectState
  readonly reason: string | undefined
  readonly on: Day
}
type Taking = { readonly tx: Tx; readonly at: bigint; readonly actor: Actor }

/** 动态调整 (clause 3): with a reason a planned project leaves its batch; without one only a batch moves it. */
const leavesBatch = ({ state }: ProjectRow, { to, reason }: Step): boolean =>
  state === 'planned' && to === 'reserve' && reason !== undefined

/** Refuses what stands in the way of a step by its gates (project.ts), and by the money it would leave behind. */
export async function requireStep(tx: Tx, row: ProjectRow, step: Step): Promise<void> {
  requireMove(row.state, step.to, await moveFacts(tx, row, { on: step.on, byBatch: leavesBatch(row, step) }))
  await requireLeavable(tx, row, step)
}

/** Refuses `project_holds_money` where a project would leave its batch with money assigned to it. */
async function requireLeavable(tx: Tx, row: ProjectRow, step: Step): Promise<void> {
  if (!leavesBatch(row, step)) return
  const { project } = row
  const held = await assignedTo(tx, project)
  if (held.length === 0) return
  const bySource = listedCodes(held.map(({ source, heldFen }) => `${source} ${formatFen(heldFen)}`))
  throw refuse('project_holds_money', { project, heldFen: sumFen(held.map(({ heldFen }) => heldFen)), bySource })
}

/** Takes a step that its gates let pass. */
export async function takeStep(
  { tx, at, actor }: Taking,
  row: ProjectRow,
  step: Step,
  asked: { [key: string]: Json },
): Promise<ProjectRow> {
  const { on } = step
  const body = { from: row.state, ...asked }
  if (leavesBatch(row, step)) return leaveBatch({ tx, at, actor, on }, row, body)
  return moveTo(tx, row, step.to, { on, person: actor.person, at, body })
}

type Leaving = { readonly tx: Tx; readonly at: bigint; readonly actor: Actor; readonly on: Day }

/**
 * Takes a planned project out of its batch and its plan's queue, back to the reserve: what it needed is the year's
 * again.
 */
async function leaveBatch({ tx, at, actor, on }: Leaving, row: ProjectRow, body: Json): Promise<ProjectRow> {
  const { project, district, year, batch } = row
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

// --- What a person says and another checks --------------------------------------------------------------------------

const original = { sha256, keptIn: z.string() }
const content = z.discriminatedUnion('fact', [
  z.strictObject({ fact: z.literal('progress'), ...ofProject.shape, ...newProgress.shape, ...original }),
  z.strictObject({
    fact: z.literal('state'),
    ...ofProject.shape,
    ...moveForm.shape,
    on: day,
    document: text(200, '文件', 'document'),
    ...original,
  }),
  z.strictObject({ fact: z.literal('promise'), ...ofProject.shape, ...newDocument.shape, ...original }),
])
type Content = z.output<typeof content>
type DistributiveOmit<T, Key extends string> = T extends unknown ? Omit<T, Key> : never
/** A fact as a person gives it: where its original is kept is looked for. */
export type GivenFact = DistributiveOmit<Content, 'project' | 'sha256' | 'keptIn' | 'document'> & {
  readonly document?: string | undefined
  readonly sha256?: string | undefined
}

export const projectFactProposal = proposal({
  kind: projectFact,
  form: content,
  approved: async ({ tx, at, today, approval, content: given, stored }) => {
    const actor = makerOf(approval)
    const row = await lockProject(tx, actor, given.project)
    const { fact: _, project: __, keptIn: ___, ...asked } = stored
    const { keptIn } = given
    const by = (body: { [key: string]: Json }) => ({
      person: actor.person,
      at,
      body: { ...body, keptIn, approval: approval.id },
    })
    if (given.fact === 'progress') {
      requireState(row, ...reportable)
      await writeProgress(tx, row, given, by(progressBody(given)))
    } else if (given.fact === 'promise') {
      requireState(row, ...documentable)
      await requireOfProject(tx, row, scopeOf(given) ?? {})
      await writeDocument(tx, row, given, by(documentBody(given)))
    } else {
      const { to, reason, document } = given
      const on = await dayOfMove(tx, row, { on: given.on, document, today })
      await requireStep(tx, row, { to, reason, on })
      await takeStep({ tx, at, actor }, row, { to, reason, on }, by(asked).body)
    }
  },
})

/** In which states works are reported, and documents recorded. */
export const reportable = ['under_way', 'accepted'] as const
export const documentable = ['reserve', 'planned', 'under_way', 'accepted', 'settled'] as const

/**
 * Has a fact of a project checked by another person. Refuses `evidence_missing`, and `approval_pending` while the same
 * waits.
 */
export async function proposeFact(
  { tx, at, today, actor }: Pick<Doing, 'tx' | 'at' | 'today' | 'actor'>,
  row: ProjectRow,
  given: GivenFact,
): Promise<Waiting<ProjectRow>> {
  const { project, district } = row
  const document = given.fact === 'progress' ? given.evidence : given.fact === 'promise' ? given.number : given.document
  const evidence = await requireEvidence(tx, actor, { district, document, sha256: given.sha256 }, lawOn(today))
  const named = given.fact === 'state' ? evidence : { sha256: evidence.sha256, keptIn: evidence.keptIn }
  const submitted = {
    subject: [projectFact, project, given.fact, ...(given.fact === 'progress' ? [given.on] : [])].join(':'),
    district,
    summary: `${project} ${factNamesZh[given.fact]} ${saidOf(given)}`,
    content: { ...given, project, ...named } as Content,
  }
  return { row, waits: await projectFactProposal.submit(tx, actor, submitted, at) }
}

function saidOf(given: GivenFact): string {
  if (given.fact === 'progress') return `${given.on} ${given.ratio}`
  if (given.fact === 'promise') return given.number
  return `${stateNamesZh[given.to]}（自 ${given.on}）`
}
