/**
 * The yearly plan of a district: its capacity and queue, and the batches fixed from them. Fixing a batch takes its
 * projects from the reserve into the plan, through the same gates as any other step; one that does not pass stops the
 * batch.
 */
import { datedRefusals, dayOf } from '../dated.ts'
import type { Day } from '../../base/calendar.ts'
import { recordChange, requireVersion } from '../../base/history.ts'
import type { Actor } from '../../access/actor.ts'
import type { Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import { formatFen, sumFen } from '../../base/money.ts'
import { inWords } from '../../base/refusal.ts'
import type { Act } from '../../ledger/act.ts'
import { type Doing, nothing, verb } from '../../noun/verb.ts'
import { requireDistrict } from '../community/verbs.ts'
import { requireMove } from '../project/project.ts'
import { dayOfMove, moveTo, requireNotBefore, type TakenOverStep } from '../project/effect.ts'
import { lockProjects, moveFacts, type ProjectRow } from '../project/store.ts'
import { refuse } from '../refusals.ts'
import { stateNamesZh } from '../terms.ts'
import { type BatchChoice, chooseFor } from './annual-plan.ts'
import { batchForm, choiceView, newPlan, ofBatch, ofPlan, type PlanContent, planContent } from './forms.ts'
import {
  addToBatch,
  type BatchTaking,
  insertPlan,
  lockPlan,
  type PlanKey,
  planName,
  type PlanRow,
  queueOf,
  takenOf,
  updatePlan,
  writeBatch,
  writeQueue,
} from './store.ts'

const contentJson = ({ capacity, queue }: PlanContent) => ({
  capacity: formatFen(capacity),
  queue: queue.map(({ project, priority, need }) => ({ project, priority, need: formatFen(need) })),
})

const queueRefusals = ['listed_twice', 'project_not_found', 'plan_project_unfit', 'project_already_planned'] as const

/** Makes the plan of a year. */
export const makePlan = verb({
  kind: 'plan.make',
  right: 'plan.manage',
  of: nothing,
  form: newPlan,
  refuses: ['district_unknown', 'district_not_yours', 'plan_exists', ...queueRefusals, 'idempotency_key_reused'],
  work: async ({ tx, at, today, actor }, given) => {
    const { district, year, capacity } = given
    requireDistrict(actor, district, today)
    const row = await insertPlan(tx, { district, year, capacityFen: capacity, version: 1 })
    if (!row) throw refuse('plan_exists', { district, year })
    await replaceQueue(tx, actor, row, given, [])
    const body = { district, year, ...contentJson(given) }
    const change = { noun: 'plan', id: planName(given), version: 1, verb: 'made', person: actor.person, at }
    await recordChange(tx, { ...change, body })
    return { ...body, version: 1 }
  },
})

/** Changes a plan's capacity and queue. What batches have taken stays. */
export const changePlan = verb({
  kind: 'plan.change',
  right: 'plan.manage',
  of: ofPlan,
  form: planContent,
  versioned: 'version',
  refuses: [
    'plan_not_found',
    'version_stale',
    'capacity_below_fixed',
    'plan_project_fixed',
    ...queueRefusals,
    'idempotency_key_reused',
  ],
  content: (given) => contentOf(given, contentJson(given)),
  work: (doing, given) =>
    onPlan(doing, given, async (row) => {
      const { tx, actor } = doing
      doing.passed()
      const { capacity: capacityFen } = given
      const taken = await requireCapacity(tx, { ...row, capacityFen })
      await replaceQueue(tx, actor, row, given, taken)
      await updatePlan(tx, row, { capacityFen })
      return { verb: 'changed', body: contentJson(given) }
    }),
})

/** What the batches of a plan took and still need. Refuses `capacity_below_fixed`. */
async function requireCapacity(tx: Tx, { district, year, capacityFen }: PlanRow): Promise<BatchTaking[]> {
  const taken = (await takenOf(tx, { district, year })).filter(({ state }) => state !== 'withdrawn')
  const fixedFen = sumFen(taken.map(({ needFen }) => needFen))
  if (capacityFen >= fixedFen) return taken
  const amounts = { capacity: formatFen(capacityFen), fixed: formatFen(fixedFen) }
  throw refuse('capacity_below_fixed', { district, year, ...amounts })
}

async function replaceQueue(
  tx: Tx,
  actor: Actor,
  plan: PlanRow,
  { queue }: PlanContent,
  taken: readonly BatchTaking[],
): Promise<void> {
  requireDistinct(queue)
  for (const { project, batch, needFen: need } of taken) {
    const stays = queue.some((entry) => entry.project === project && entry.need === need)
    if (!stays) throw refuse('plan_project_fixed', { project, batch, need: formatFen(need) })
  }
  const projects = queue.map(({ project }) => project).toSorted()
  for (const row of await lockProjects(tx, actor, projects)) {
    if (!taken.some(({ project }) => project === row.project)) requireFit(row, plan)
  }
  await writeQueue(
    tx,
    plan,
    queue.map(({ need: needFen, ...entry }) => ({ ...entry, needFen })),
  )
}

function requireDistinct(queue: PlanContent['queue']): void {
  const seen = new Set<string>()
  for (const { project, priority } of queue) {
    for (const what of [
      { zh: `项目 ${project}`, en: `Project ${project}` },
      { zh: `排序 ${priority}`, en: `Priority ${priority}` },
    ]) {
      if (seen.has(what.zh)) throw refuse('listed_twice', { what })
      seen.add(what.zh)
    }
  }
}

// Only the reserve of the district itself is queued; what stands in a batch is not planned again.
function requireFit({ project, district, state, year, batch }: ProjectRow, plan: PlanKey): void {
  if (state !== 'withdrawn' && year !== null && batch !== null)
    throw refuse('project_already_planned', { project, year, batch })
  if (state !== 'reserve' || district !== plan.district)
    throw refuse('plan_project_unfit', { project, state: inWords(stateNamesZh, state), district: plan.district })
}

// --- Batches --------------------------------------------------------------------------------------------------------

/**
 * Fixes a batch from the queue within what is left of the year's capacity, or fixes it anew while none of its projects
 * has begun.
 */
export const fixBatch = verb({
  kind: 'plan.batch',
  right: 'plan.manage',
  of: ofBatch,
  form: batchForm,
  versioned: 'version',
  refuses: [
    'plan_not_found',
    'version_stale',
    ...datedRefusals,
    'day_before_state',
    'batch_started',
    'batch_empty',
    'project_covers_nothing',
    'fund_promise_missing',
    'households_not_stated',
    'households_increase',
    'idempotency_key_reused',
  ],
  // Where a project moved on by itself after the queue was read and before its row was locked.
  alsoRefuses: ['project_move_unlawful'],
  content: ({ batch, mode, on, document, ...plan }) => contentOf(plan, { batch, mode, ...dayJson({ on, document }) }),
  work: (doing, given) =>
    onPlan(doing, given, async (row) => {
      const { tx, at, actor } = doing
      const { district, year, batch, mode, on: day, document } = given
      const plan = { district, year }
      const what = { zh: `${planName(plan)} 第 ${batch} 批`, en: `Batch ${batch} of ${planName(plan)}` }
      const on = await dayOf(tx, { what, district, on: day, document, today: doing.today })
      const mine = (await takenOf(tx, plan)).filter((entry) => entry.batch === batch && entry.state !== 'withdrawn')
      requireNotStarted(plan, batch, mine)
      const { choice, queue } = chooseFor(row.capacityFen, await queueOf(tx, plan), batch, mode)
      const [first] = queue
      if (choice.taken.length === 0) {
        const asked = { first: first?.project ?? '—', need: formatFen(first?.needFen ?? 0n) }
        throw refuse('batch_empty', { ...plan, left: formatFen(choice.leftFen), ...asked })
      }
      await moveProjects(doing, actor, plan, { batch, before: mine.map(({ project }) => project), choice, on })
      await writeBatch(tx, { ...plan, batch }, { mode, person: actor.person, at, taken: choice.taken })
      return { verb: 'batch_fixed', body: { batch, mode, ...dayJson({ on: day, document }), ...choiceView(choice) } }
    }),
})

/**
 * Puts a project of the queue into a batch that was fixed before the books began, as a take-over tells it. Refuses
 * `take_over_not_queued` where the plan has no place for it, `capacity_below_fixed`, and by the gates of a batch.
 */
export async function joinBatch(
  tx: Tx,
  row: ProjectRow,
  { year, batch }: { readonly year: number; readonly batch: number },
  { person, at, ...given }: TakenOverStep,
): Promise<void> {
  const { project, district } = row
  const on = await dayOfMove(tx, row, given)
  const plan = await lockPlan(tx, { person, role: 'finance_maker' }, { district, year })
  const place = (await queueOf(tx, plan)).find((queued) => queued.project === project)
  if (!place) throw refuse('take_over_not_queued', { project, district, year })
  requireMove(row.state, 'planned', await moveFacts(tx, row, { on, byBatch: true }))
  await addToBatch(tx, { district, year, batch }, { person, at, project, needFen: place.needFen })
  await requireCapacity(tx, plan)
  const version = plan.version + 1
  await updatePlan(tx, plan, { version })
  const { document, takeOver } = given
  const body = { project, batch, on, document, takeOver }
  await recordChange(tx, { noun: 'plan', id: planName(plan), version, verb: 'project_taken_over', person, at, body })
  const moved = { from: row.state, to: 'planned', plan: planName(plan), batch, on, document, takeOver }
  await moveTo(tx, row, 'planned', { on, person, at, body: moved }, { year, batch })
}

/** The day as it was given; what is absent leaves no mark, because a key is answered with the content it had. */
const dayJson = ({ on, document }: { on?: Day | undefined; document?: string | undefined }) => ({
  ...(on !== undefined && { on }),
  ...(document !== undefined && { document }),
})

function requireNotStarted(plan: PlanKey, batch: number, taken: readonly BatchTaking[]): void {
  const started = taken.find(({ state }) => state !== 'planned')
  if (started)
    throw refuse('batch_started', {
      ...plan,
      batch,
      project: started.project,
      state: inWords(stateNamesZh, started.state),
    })
}

async function moveProjects(
  { tx, at }: Act,
  actor: Actor,
  plan: PlanKey,
  { batch, before, choice, on }: { batch: number; before: readonly string[]; choice: BatchChoice; on: Day },
): Promise<void> {
  const taken = choice.taken.map(({ project }) => project)
  const given = { on, person: actor.person, at }
  const rows = await lockProjects(tx, actor, [...new Set([...before, ...taken])].toSorted())
  for (const row of rows) {
    const facts = await moveFacts(tx, row, { on, byBatch: true })
    if (!taken.includes(row.project)) {
      requireNotBefore(row, on)
      requireMove(row.state, 'reserve', facts)
      const body = { from: row.state, to: 'reserve', plan: planName(plan), batch }
      await moveTo(tx, row, 'reserve', { ...given, body }, { year: null, batch: null })
    } else if (!before.includes(row.project)) {
      requireMove(row.state, 'planned', facts)
      const body = { from: row.state, to: 'planned', plan: planName(plan), batch }
      await moveTo(tx, row, 'planned', { ...given, body }, { year: plan.year, batch })
    }
  }
}

// --- Verbs of one plan ----------------------------------------------------------------------------------------------

type OfPlan = PlanKey & { readonly version: number | undefined }
type Body = { [key: string]: Json }
type Change<Done extends Body> = { readonly verb: string; readonly body: Done }

const contentOf = ({ district, year, version }: OfPlan, asked: Body): Body => ({
  district,
  year,
  version: version ?? null,
  ...asked,
})

/** Does something with a plan that was read, and records it under the next version. */
async function onPlan<Done extends Body>(
  { tx, at, actor }: Doing,
  { district, year, version }: OfPlan,
  work: (row: PlanRow) => Promise<Change<Done>>,
): Promise<PlanKey & Done & { version: number }> {
  const row = await lockPlan(tx, actor, { district, year })
  const what = { zh: `${district} ${year} 年度计划`, en: `The plan of ${district} for ${year}` }
  requireVersion(what, version, row.version)
  const { verb, body } = await work(row)
  const next = row.version + 1
  await updatePlan(tx, row, { version: next })
  const change = { noun: 'plan', id: planName(row), version: next, verb, person: actor.person, at }
  await recordChange(tx, { ...change, body })
  return { district, year, ...body, version: next }
}
