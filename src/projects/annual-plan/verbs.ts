/**
 * The yearly plan of a district: its capacity and queue, and the batches fixed from them. Fixing a batch takes its projects from the
 * reserve into the plan, through the same gates as any other step; one that does not pass stops the batch.
 */
import { inWords } from '../../base/refusal.ts'
import { type Actor, demand } from '../../access/actor.ts'
import { recordChange, requireVersion } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { type Act, act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { moveTo } from '../project/steps.ts'
import { requireDistrict } from '../community/verbs.ts'
import { type BatchChoice, type BatchMode, chooseFor } from './annual-plan.ts'
import { requireMove } from '../project/project.ts'
import { refuse } from '../refusals.ts'
import { lockProjects, moveFacts, type ProjectRow } from '../project/store.ts'
import {
  type BatchTaking,
  lockPlan,
  type PlanKey,
  planName,
  type PlanRow,
  type QueueEntry,
  queueOf,
  takenOf,
  writeBatch,
  writeQueue,
} from './store.ts'
import { stateNamesZh } from '../terms.ts'

export type PlanContent = { readonly capacityFen: Fen; readonly queue: readonly QueueEntry[] }

const contentJson = ({ capacityFen, queue }: PlanContent) => ({
  capacity: formatFen(capacityFen),
  queue: queue.map(({ project, priority, needFen }) => ({ project, priority, need: formatFen(needFen) })),
})

type PlanJson = ReturnType<typeof contentJson> & { district: string; year: number; version: number }
type BatchJson = ReturnType<typeof choiceJson> & {
  district: string
  year: number
  batch: number
  mode: BatchMode
  version: number
}

/** Makes the plan of a year. Refuses `district_unknown`, `plan_exists`, and what its queue refuses. */
export function makePlan(
  ledger: Ledger,
  actor: Actor,
  given: PlanKey & PlanContent,
  key: string,
): Promise<KeyedAnswer<PlanJson>> {
  demand(actor, 'plan.manage')
  const { district, year } = given
  const content = { district, year, ...contentJson(given) }
  return act(ledger, { person: actor.person, key, kind: 'plan.make', content }, async (running) => {
    const { tx, at, today } = running
    requireDistrict(actor, district, today)
    const [row] = await tx.query<PlanRow>(
      'insert into annual_plan (district, year, capacity_fen, version) values ($1, $2, $3, 1) on conflict do nothing returning *',
      [district, year, given.capacityFen.toString()],
    )
    if (!row) throw refuse('plan_exists', { district, year })
    await replaceQueue(running, actor, row, given, [])
    const change = { noun: 'plan', id: planName(given), version: 1, verb: 'made', person: actor.person, at }
    await recordChange(tx, { ...change, body: content })
    return { ...content, version: 1 }
  })
}

/**
 * Changes a plan's capacity and queue. What batches have taken stays. Refuses `plan_not_found`, `version_stale`, `listed_twice`,
 * `plan_project_fixed`, `capacity_below_fixed`, `plan_project_unfit`, `project_already_planned`.
 */
export function changePlan(
  ledger: Ledger,
  actor: Actor,
  plan: PlanKey,
  given: PlanContent & { readonly version: number | undefined },
  key: string,
): Promise<KeyedAnswer<PlanJson>> {
  const body = contentJson(given)
  return onPlan(ledger, actor, plan, given.version, 'change', body, key, async (running, row) => {
    const taken = (await takenOf(running.tx, plan)).filter(({ state }) => state !== 'withdrawn')
    const fixedFen = sumFen(taken.map(({ need_fen: need }) => need))
    if (given.capacityFen < fixedFen) {
      const amounts = { capacity: formatFen(given.capacityFen), fixed: formatFen(fixedFen) }
      throw refuse('capacity_below_fixed', { ...plan, ...amounts })
    }
    await replaceQueue(running, actor, row, given, taken)
    await running.tx.query('update annual_plan set capacity_fen = $3 where district = $1 and year = $2', [
      plan.district,
      plan.year,
      given.capacityFen.toString(),
    ])
    return { verb: 'changed', body, answer: { district: plan.district, year: plan.year, ...body } }
  })
}

async function replaceQueue(
  { tx }: Act,
  actor: Actor,
  plan: PlanRow,
  { queue }: PlanContent,
  taken: readonly BatchTaking[],
): Promise<void> {
  requireDistinct(queue)
  for (const { project, batch, need_fen: need } of taken) {
    const stays = queue.some((entry) => entry.project === project && entry.needFen === need)
    if (!stays) throw refuse('plan_project_fixed', { project, batch, need: formatFen(need) })
  }
  const projects = queue.map(({ project }) => project).toSorted()
  for (const row of await lockProjects(tx, actor, projects)) {
    if (!taken.some(({ project }) => project === row.project)) requireFit(row, plan)
  }
  await writeQueue(tx, plan, queue)
}

function requireDistinct(queue: readonly QueueEntry[]): void {
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

// --- Batches ------------------------------------------------------------------------------------------------------------

export type BatchRequest = {
  readonly version: number | undefined
  readonly batch: number
  readonly mode: BatchMode
}

/**
 * Fixes a batch from the queue within what is left of the year's capacity, or fixes it anew while none of its projects has begun.
 * Refuses `plan_not_found`, `version_stale`, `batch_started`, `batch_empty`, and the gates of each project it would take.
 */
export function fixBatch(
  ledger: Ledger,
  actor: Actor,
  plan: PlanKey,
  given: BatchRequest,
  key: string,
): Promise<KeyedAnswer<BatchJson>> {
  const { version, batch, mode } = given
  return onPlan(ledger, actor, plan, version, 'batch', { batch, mode }, key, async (running, row) => {
    const { tx, at } = running
    const mine = (await takenOf(tx, plan)).filter((entry) => entry.batch === batch && entry.state !== 'withdrawn')
    requireNotStarted(plan, batch, mine)
    const { choice, queue } = chooseFor(row.capacity_fen, await queueOf(tx, plan), batch, mode)
    const [first] = queue
    if (choice.taken.length === 0) {
      const left = formatFen(choice.leftFen)
      throw refuse('batch_empty', {
        ...plan,
        left,
        first: first?.project ?? '—',
        need: formatFen(first?.needFen ?? 0n),
      })
    }
    await moveProjects(running, actor, plan, { batch, before: mine.map(({ project }) => project), choice })
    await writeBatch(tx, { ...plan, batch }, { mode, person: actor.person, at, taken: choice.taken })
    const body = { batch, mode, ...choiceJson(choice) }
    return { verb: 'batch_fixed', body, answer: { district: plan.district, year: plan.year, ...body } }
  })
}

/** A choice as it is answered: what is taken, what it needs, what is left, where the queue did not fit. */
export const choiceJson = ({ taken, totalFen, leftFen, stoppedAt }: BatchChoice) => ({
  projects: taken.map(({ project, needFen }) => ({ project, need: formatFen(needFen) })),
  total: formatFen(totalFen),
  left: formatFen(leftFen),
  stoppedAt: stoppedAt?.project ?? null,
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
  { tx, at, today }: Act,
  actor: Actor,
  plan: PlanKey,
  { batch, before, choice }: { batch: number; before: readonly string[]; choice: BatchChoice },
): Promise<void> {
  const taken = choice.taken.map(({ project }) => project)
  const given = { today, person: actor.person, at }
  const rows = await lockProjects(tx, actor, [...new Set([...before, ...taken])].toSorted())
  for (const row of rows) {
    const facts = await moveFacts(tx, row, { on: today, byBatch: true })
    if (!taken.includes(row.project)) {
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

type Change<T> = { readonly verb: string; readonly body: Json; readonly answer: T }

function onPlan<T extends { [key: string]: Json }>(
  ledger: Ledger,
  actor: Actor,
  plan: PlanKey,
  version: number | undefined,
  verb: string,
  content: { [key: string]: Json },
  key: string,
  work: (running: Act, row: PlanRow) => Promise<Change<T>>,
): Promise<KeyedAnswer<T & { version: number }>> {
  demand(actor, 'plan.manage')
  const { district, year } = plan
  const request = {
    person: actor.person,
    key,
    kind: `plan.${verb}`,
    content: { district, year, version: version ?? null, ...content },
  }
  return act(ledger, request, async (running) => {
    const { tx, at } = running
    const row = await lockPlan(tx, actor, plan)
    requireVersion(
      { zh: `${district} ${year} 年度计划`, en: `The plan of ${district} for ${year}` },
      version,
      row.version,
    )
    const { verb: done, body, answer } = await work(running, row)
    const next = row.version + 1
    await tx.query('update annual_plan set version = $3 where district = $1 and year = $2', [district, year, next])
    await recordChange(tx, {
      noun: 'plan',
      id: planName(plan),
      version: next,
      verb: done,
      person: actor.person,
      at,
      body,
    })
    return { ...answer, version: next }
  })
}
