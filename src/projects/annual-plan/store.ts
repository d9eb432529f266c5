/** The SQL of yearly plans: the plan, its queue, its batches. */
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Actor } from '../../access/actor.ts'
import { intArray, textArray } from '../../base/arrays.ts'
import { type Day, type Instant, instantText } from '../../base/calendar.ts'
import type { Reader, Sql, Tx } from '../../base/db.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import { changed, matching, prepared, written } from '../../base/drizzle/queries.ts'
import { lawOn } from '../../policy/parameters.ts'
import { type BatchMode, type PlannedWorks, type SeismicEnergyMonitor, seismicEnergyMonitor } from './annual-plan.ts'
import { refuse } from '../refusals.ts'
import { seesDistrict } from '../project/store.ts'
import { annualPlans, planBatches, planBatchProjects as batched, planProjects as places, projects } from '../tables.ts'

export type PlanKey = { readonly district: string; readonly year: number }
export type PlanRow = Readonly<typeof annualPlans.$inferSelect>

export const planName = ({ district, year }: PlanKey): string => `${district}-${year}`

const isPlan = matching(annualPlans, new Set(['district', 'year']))
const reading = prepared((on) => on.select().from(annualPlans).where(isPlan))
const locking = prepared((on) => on.select().from(annualPlans).where(isPlan).for('update'))

/** A plan, locked till the transaction ends. Refuses `plan_not_found`, also where it is another district's. */
export async function lockPlan(tx: Tx, actor: Actor, { district, year }: PlanKey): Promise<PlanRow> {
  const [row] = await locking(tx, { district, year })
  if (!row || !seesDistrict(actor, row)) throw refuse('plan_not_found', { district, year })
  return row
}

const inserting = prepared((on, given) =>
  on.insert(annualPlans).values(written(annualPlans, given)).onConflictDoNothing().returning(),
)

/** Writes a new plan; `undefined` where there is one of this district and year. */
export async function insertPlan(tx: Tx, given: PlanRow): Promise<PlanRow | undefined> {
  return (await inserting(tx, given))[0]
}

const updating = prepared((on, given) => on.update(annualPlans).set(changed(annualPlans, given)).where(isPlan))

export async function updatePlan(
  tx: Tx,
  { district, year }: PlanKey,
  given: { readonly capacityFen: Fen } | { readonly version: number },
): Promise<void> {
  await updating(tx, { district, year, ...given })
}

const inQueue = { district: sql.placeholder('district'), year: sql.placeholder('year') }
const queueing = prepared((on) =>
  on
    .select({
      project: places.project,
      name: projects.name,
      priority: places.priority,
      needFen: places.needFen,
      state: projects.state,
      batch: batched.batch,
    })
    .from(places)
    .innerJoin(projects, eq(projects.project, places.project))
    .leftJoin(
      batched,
      and(eq(batched.project, places.project), eq(batched.district, places.district), eq(batched.year, places.year)),
    )
    .where(and(eq(places.district, inQueue.district), eq(places.year, inQueue.year)))
    .orderBy(asc(places.priority), asc(places.project)),
)

/** A place in the queue, with where the project stands and the batch of this plan that took it. */
export type QueueRow = Awaited<ReturnType<typeof queueing>>[number]

/** The queue of a plan in its order. */
export const queueOf = (reader: Reader, { district, year }: PlanKey): Promise<QueueRow[]> =>
  queueing(reader, { district, year })

/**
 * Takes a project out of the queue of its plan and of the batch that took it: nothing of the year is its any more.
 */
export async function dropFromPlan(tx: Tx, { district, year }: PlanKey, project: string): Promise<void> {
  const place = [district, year, project]
  await tx.query('delete from plan_batch_project where district = $1 and year = $2 and project = $3', place)
  await tx.query('delete from plan_project where district = $1 and year = $2 and project = $3', place)
}

export type QueueEntry = { readonly project: string; readonly priority: number; readonly needFen: Fen }

/** Puts the queue in place of the one there was. */
export async function writeQueue(tx: Tx, { district, year }: PlanKey, queue: readonly QueueEntry[]): Promise<void> {
  await tx.query('delete from plan_project where district = $1 and year = $2', [district, year])
  if (queue.length === 0) return
  await tx.query(
    `insert into plan_project (district, year, project, priority, need_fen)
     select $1, $2, * from unnest($3::text[], $4::int[], $5::bigint[])`,
    [
      district,
      year,
      textArray(queue.map(({ project }) => project)),
      intArray(queue.map(({ priority }) => priority)),
      intArray(queue.map(({ needFen }) => needFen)),
    ],
  )
}

const taking = prepared((on) =>
  on
    .select({ project: batched.project, needFen: batched.needFen, batch: batched.batch, state: projects.state })
    .from(batched)
    .innerJoin(projects, eq(projects.project, batched.project))
    .where(and(eq(batched.district, inQueue.district), eq(batched.year, inQueue.year)))
    .orderBy(asc(batched.batch), asc(batched.project)),
)

export type BatchTaking = Awaited<ReturnType<typeof taking>>[number]

/** What the batches of a plan took. What was withdrawn since needs nothing any more. */
export const takenOf = (tx: Tx, { district, year }: PlanKey): Promise<BatchTaking[]> => taking(tx, { district, year })

const insertingBatch = prepared((on, given) => on.insert(planBatches).values(written(planBatches, given)))

/** Writes a batch in place of what stood under its number. */
export async function writeBatch(
  tx: Tx,
  { district, year, batch }: PlanKey & { readonly batch: number },
  { mode, person, at, taken }: { mode: BatchMode; person: string; at: Instant; taken: readonly Taken[] },
): Promise<void> {
  const key = [district, year, batch]
  await tx.query('delete from plan_batch_project where district = $1 and year = $2 and batch = $3', key)
  await tx.query('delete from plan_batch where district = $1 and year = $2 and batch = $3', key)
  await insertingBatch(tx, { district, year, batch, mode, fixedBy: person, fixedAt: at })
  await insertTaken(tx, key, taken)
}

const insertTaken = (tx: Tx, key: readonly (string | number)[], taken: readonly Taken[]): Promise<unknown> =>
  tx.query(
    `insert into plan_batch_project (district, year, batch, project, need_fen)
     select $1, $2, $3, * from unnest($4::text[], $5::bigint[])`,
    [...key, textArray(taken.map(({ project }) => project)), intArray(taken.map(({ needFen }) => needFen))],
  )

type Taken = { readonly project: string; readonly needFen: Fen }

/** Adds a project to a batch, which is made where there is none of its number. */
export async function addToBatch(
  tx: Tx,
  { district, year, batch }: PlanKey & { readonly batch: number },
  given: Taken & { readonly person: string; readonly at: Instant },
): Promise<void> {
  const key = [district, year, batch]
  await tx.query(
    `insert into plan_batch (district, year, batch, mode, fixed_by, fixed_at) values ($1, $2, $3, 'strict', $4, $5)
     on conflict do nothing`,
    [...key, given.person, instantText(given.at)],
  )
  await insertTaken(tx, key, [given])
}

// --- Reading
// ----------------------------------------------------------------------------------------------------------

export type BatchRow = {
  batch: number
  mode: BatchMode
  projects: number
  totalFen: bigint
  fixedBy: string
  at: bigint
}

export type PlanRead = {
  readonly row: PlanRow
  readonly queue: readonly QueueRow[]
  readonly batches: readonly BatchRow[]
  /** Of the year's capacity, what no batch has taken. */
  readonly leftFen: Fen
  readonly monitor: { readonly fixed: SeismicEnergyMonitor; readonly queued: SeismicEnergyMonitor }
}

/** A plan with its queue, its batches and the monitor of clause 3, by the law and the catalogue of a day. */
export async function readPlan(reader: Sql, actor: Actor, key: PlanKey, on: Day): Promise<PlanRead> {
  const { district, year } = key
  const [row] = await reading(reader, { district, year })
  if (!row || !seesDistrict(actor, row)) throw refuse('plan_not_found', { district, year })
  const [queue, batches, works] = await Promise.all([
    queueOf(reader, key),
    batchesOf(reader, key),
    worksOf(reader, key),
  ])
  const fixed = works.filter(({ fixed: isFixed }) => isFixed)
  return {
    row,
    queue,
    batches,
    leftFen: row.capacityFen - sumFen(batches.map(({ totalFen }) => totalFen)),
    monitor: {
      fixed: seismicEnergyMonitor(fixed, lawOn(on)),
      queued: seismicEnergyMonitor(works, lawOn(on)),
    },
  }
}

async function batchesOf(reader: Sql, { district, year }: PlanKey): Promise<BatchRow[]> {
  return reader<BatchRow[]>`
    select b.batch, b.mode, b.fixed_by as "fixedBy", (extract(epoch from b.fixed_at) * 1000000)::bigint as at,
      count(*) filter (where p.state <> 'withdrawn')::int as projects,
      coalesce(sum(t.need_fen) filter (where p.state <> 'withdrawn'), 0) as "totalFen"
    from plan_batch b
    join plan_batch_project t on t.district = b.district and t.year = b.year and t.batch = b.batch
    join project p on p.project = t.project
    where b.district = ${district} and b.year = ${year}
    group by b.district, b.year, b.batch order by b.batch`
}

/** The works of a queue as the monitor counts them; a project that was withdrawn is none. */
async function worksOf(reader: Sql, { district, year }: PlanKey): Promise<(PlannedWorks & { fixed: boolean })[]> {
  const rows = await reader<
    { project: string; kind: PlannedWorks['kind']; area: bigint; items: string[]; fixed: boolean }[]
  >`
    select p.project, p.kind,
      (select coalesce(sum(b.area_dm2), 0) from project_building x
         join building b on b.community = x.community and b.building = x.building where x.project = p.project) as area,
      array(select i.item from project_item i where i.project = p.project order by i.item) as items,
      exists (select from plan_batch_project t where t.project = p.project and t.district = q.district and t.year = q.year) as fixed
    from plan_project q join project p on p.project = q.project
    where q.district = ${district} and q.year = ${year} and p.state <> 'withdrawn' order by p.project`
  return rows.map(({ area, ...row }) => ({ ...row, areaDm2: area }))
}

const listing = prepared((on, given) => {
  const after = sql`(${sql.placeholder('afterDistrict')}, ${sql.placeholder('afterYear')}::int)`
  return on
    .select()
    .from(annualPlans)
    .where(and(sql`(${annualPlans.district}, ${annualPlans.year}) > ${after}`, matching(annualPlans, given)))
    .orderBy(asc(annualPlans.district), asc(annualPlans.year))
    .limit(sql.placeholder('limit'))
})

export const readPlans = (
  reader: Sql,
  {
    after,
    ...filter
  }: { readonly district?: string | undefined; readonly year?: number | undefined; after: PlanKey; limit: number },
): Promise<PlanRow[]> => listing(reader, { ...filter, afterDistrict: after.district, afterYear: after.year })
