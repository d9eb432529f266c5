/** The SQL of yearly plans: the plan, its queue, its batches. */
import type { Actor } from '../../access/actor.ts'
import { intArray, textArray } from '../../base/arrays.ts'
import { type Day, type Instant, instantText } from '../../base/calendar.ts'
import type { Reader, Sql, Tx } from '../../base/db.ts'
import { rowsOf } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { lawOn } from '../../policy/parameters.ts'
import { type BatchMode, type PlannedWorks, type SeismicEnergyMonitor, seismicEnergyMonitor } from './annual-plan.ts'
import { refuse } from '../refusals.ts'
import { seesDistrict } from '../project/store.ts'
import type { ProjectState } from '../terms.ts'

export type PlanKey = { readonly district: string; readonly year: number }
export type PlanRow = { district: string; year: number; capacity_fen: bigint; version: number }

export const planName = ({ district, year }: PlanKey): string => `${district}-${year}`

/** A plan, locked till the transaction ends. Refuses `plan_not_found`, also where it is another district's. */
export async function lockPlan(tx: Tx, actor: Actor, { district, year }: PlanKey): Promise<PlanRow> {
  const [row] = await tx.query<PlanRow>('select * from annual_plan where district = $1 and year = $2 for update', [
    district,
    year,
  ])
  if (!row || !seesDistrict(actor, row)) throw refuse('plan_not_found', { district, year })
  return row
}

/** A place in the queue, with where the project stands and the batch of this plan that took it. */
export type QueueRow = {
  project: string
  name: string
  priority: number
  need_fen: bigint
  state: ProjectState
  batch: number | null
}

const queueText = `
  select q.project, p.name, q.priority, q.need_fen, p.state, b.batch
  from plan_project q join project p on p.project = q.project
  left join plan_batch_project b on b.project = q.project and b.district = q.district and b.year = q.year
  where q.district = $1 and q.year = $2 order by q.priority, q.project`

/** The queue of a plan in its order. */
export async function queueOf(reader: Reader, { district, year }: PlanKey): Promise<QueueRow[]> {
  return rowsOf<QueueRow>(reader, queueText, [district, year])
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

export type BatchTaking = { project: string; need_fen: bigint; batch: number; state: ProjectState }

/** What the batches of a plan took. What was withdrawn since needs nothing any more. */
export async function takenOf(tx: Tx, { district, year }: PlanKey): Promise<BatchTaking[]> {
  return tx.query<BatchTaking>(
    `select b.project, b.need_fen, b.batch, p.state from plan_batch_project b join project p on p.project = b.project
     where b.district = $1 and b.year = $2 order by b.batch, b.project`,
    [district, year],
  )
}

/** Writes a batch in place of what stood under its number. */
export async function writeBatch(
  tx: Tx,
  { district, year, batch }: PlanKey & { readonly batch: number },
  {
    mode,
    person,
    at,
    taken,
  }: { mode: BatchMode; person: string; at: Instant; taken: readonly Omit<QueueEntry, 'priority'>[] },
): Promise<void> {
  const key = [district, year, batch]
  await tx.query('delete from plan_batch_project where district = $1 and year = $2 and batch = $3', key)
  await tx.query('delete from plan_batch where district = $1 and year = $2 and batch = $3', key)
  await tx.query(
    'insert into plan_batch (district, year, batch, mode, fixed_by, fixed_at) values ($1, $2, $3, $4, $5, $6)',
    [...key, mode, person, instantText(at)],
  )
  await tx.query(
    `insert into plan_batch_project (district, year, batch, project, need_fen)
     select $1, $2, $3, * from unnest($4::text[], $5::bigint[])`,
    [...key, textArray(taken.map(({ project }) => project)), intArray(taken.map(({ needFen }) => needFen))],
  )
}

// --- Reading ----------------------------------------------------------------------------------------------------------

export type BatchRow = {
  batch: number
  mode: BatchMode
  projects: number
  total_fen: bigint
  fixed_by: string
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
export async function readPlan(sql: Sql, actor: Actor, key: PlanKey, on: Day): Promise<PlanRead> {
  const { district, year } = key
  const [row] = await sql<PlanRow[]>`select * from annual_plan where district = ${district} and year = ${year}`
  if (!row || !seesDistrict(actor, row)) throw refuse('plan_not_found', { district, year })
  const [queue, batches, works] = await Promise.all([queueOf(sql, key), batchesOf(sql, key), worksOf(sql, key)])
  const fixed = works.filter(({ fixed: isFixed }) => isFixed)
  const usedFen = batches.reduce((sum, { total_fen: total }) => sum + total, 0n)
  return {
    row,
    queue,
    batches,
    leftFen: row.capacity_fen - usedFen,
    monitor: {
      fixed: seismicEnergyMonitor(fixed, lawOn(on)),
      queued: seismicEnergyMonitor(works, lawOn(on)),
    },
  }
}

async function batchesOf(sql: Sql, { district, year }: PlanKey): Promise<BatchRow[]> {
  return sql<BatchRow[]>`
    select b.batch, b.mode, b.fixed_by, (extract(epoch from b.fixed_at) * 1000000)::bigint as at,
      count(*) filter (where p.state <> 'withdrawn')::int as projects,
      coalesce(sum(t.need_fen) filter (where p.state <> 'withdrawn'), 0)::bigint as total_fen
    from plan_batch b
    join plan_batch_project t on t.district = b.district and t.year = b.year and t.batch = b.batch
    join project p on p.project = t.project
    where b.district = ${district} and b.year = ${year}
    group by b.district, b.year, b.batch order by b.batch`
}

/** The works of a queue as the monitor counts them; a project that was withdrawn is none. */
async function worksOf(sql: Sql, { district, year }: PlanKey): Promise<(PlannedWorks & { fixed: boolean })[]> {
  const rows = await sql<
    { project: string; kind: PlannedWorks['kind']; area: bigint; items: string[]; fixed: boolean }[]
  >`
    select p.project, p.kind,
      (select coalesce(sum(b.area_dm2), 0)::bigint from project_building x
         join building b on b.community = x.community and b.building = x.building where x.project = p.project) as area,
      array(select i.item from project_item i where i.project = p.project order by i.item) as items,
      exists (select from plan_batch_project t where t.project = p.project and t.district = q.district and t.year = q.year) as fixed
    from plan_project q join project p on p.project = q.project
    where q.district = ${district} and q.year = ${year} and p.state <> 'withdrawn' order by p.project`
  return rows.map(({ area, ...row }) => ({ ...row, areaDm2: area }))
}

export async function readPlans(
  sql: Sql,
  filter: { readonly district?: string | undefined; readonly year?: number | undefined; after: PlanKey; limit: number },
): Promise<PlanRow[]> {
  const { district, year, after, limit } = filter
  return sql<PlanRow[]>`
    select * from annual_plan where (district, year) > (${after.district}, ${after.year})
      ${district === undefined ? sql`` : sql`and district = ${district}`}
      ${year === undefined ? sql`` : sql`and year = ${year}`}
    order by district, year limit ${limit}`
}
