/**
 * The SQL of jobs: running them, and looking after them. Every statement of a run names its claim; where the row no
 * longer has it, nothing is changed. The clock is the database's, because leases of several machines are compared.
 */
import type pg from 'pg'
import type { Instant } from '../src/base/calendar.ts'
import { type Database, instantColumn, only, type Sql, transact, type Tx } from '../src/base/db.ts'
import type { Json } from '../src/base/json.ts'
import { jobChannel } from '../src/base/outbox.ts'
import type { Text } from '../src/base/refusal.ts'

/** Why the last run did not finish. */
export type JobError = {
  readonly code: string
  readonly title: Text
  readonly detail: Text
  readonly attempt: number
}

export type Claimed = {
  readonly job_id: bigint
  readonly claim: string
  readonly name: string
  readonly payload: Json
  readonly asked_by: string
  readonly attempts: number
  readonly setbacks: number
}

type Held = Pick<Claimed, 'job_id' | 'claim'>

const due = `state = 'waiting' and not_before <= now() and (claimed_until is null or claimed_until <= now())`
const shortly = { deadlineMs: 10_000 }

// A job that is lost with its run comes back behind what waited meanwhile: one that ends its process must not go first
// each time.
const claimBy = (which: string): string => `
  update job set claim = gen_random_uuid(), claimed_until = now() + make_interval(secs => $2::float8 / 1000),
    not_before = now() + make_interval(secs => $2::float8 / 1000), attempts = attempts + 1
  where job_id = (select job_id from job where ${which} and ${due} and name = any($1::text[])
                  order by not_before, job_id limit 1 for update skip locked)
  returning job_id, claim, name, payload, asked_by, attempts, setbacks`

/** Claims the job that has been due longest; undefined where none is. */
export async function claimNext(
  database: Database,
  names: readonly string[],
  leaseMs: number,
): Promise<Claimed | undefined> {
  const [row] = await transact(database, (tx) => tx.query<Claimed>(claimBy('true'), [names, leaseMs]), shortly)
  return row
}

/** Claims one job; undefined where it is not due, is another's, or has ended. */
export async function claimOne(
  database: Database,
  names: readonly string[],
  leaseMs: number,
  jobId: bigint,
): Promise<Claimed | undefined> {
  const values = [names, leaseMs, jobId.toString()]
  const [row] = await transact(database, (tx) => tx.query<Claimed>(claimBy('job_id = $3'), values), shortly)
  return row
}

/**
 * The first statement of every transaction of a run: locks the row and renews its lease. False where the claim is lost.
 */
export async function fence(tx: Tx, { job_id: jobId, claim }: Held, leaseMs: number): Promise<boolean> {
  const rows = await tx.query(
    `update job set claimed_until = now() + make_interval(secs => $3::float8 / 1000)
     where job_id = $1 and claim = $2 and state = 'waiting' returning 1`,
    [jobId.toString(), claim, leaseMs],
  )
  return rows.length === 1
}

/** The last statement of the transaction that holds the effect. */
export async function markDone(tx: Tx, { job_id: jobId, claim }: Held, result: Json): Promise<void> {
  only(
    await tx.query(
      `update job set state = 'done', ended_at = now(), result = $3, error = null, claim = null, claimed_until = null
       where job_id = $1 and claim = $2 and state = 'waiting' returning 1`,
      [jobId.toString(), claim, JSON.stringify(result)],
    ),
  )
}

/**
 * Keeps a claim alive while the run computes. A row that is locked is in a step of the run, which renews it. False
 * where it is lost.
 */
export async function renew(database: Database, { job_id: jobId, claim }: Held, leaseMs: number): Promise<boolean> {
  return transact(
    database,
    async (tx) => {
      await tx.query(
        `update job set claimed_until = now() + make_interval(secs => $3::float8 / 1000)
         where job_id = (select job_id from job where job_id = $1 and claim = $2 and state = 'waiting' for update skip locked)`,
        [jobId.toString(), claim, leaseMs],
      )
      const rows = await tx.query(`select 1 from job where job_id = $1 and claim = $2 and state = 'waiting'`, [
        jobId.toString(),
        claim,
      ])
      return rows.length === 1
    },
    shortly,
  )
}

/**
 * Back to waiting after a failed run, not before so many milliseconds. A run that is not its own fault is not counted
 * as an attempt.
 */
export async function giveBack(
  database: Database,
  { job_id: jobId, claim }: Held,
  { delayMs, error, counted }: { delayMs: number; error: JobError | undefined; counted: boolean },
): Promise<boolean> {
  const rows = await transact(
    database,
    (tx) =>
      tx.query(
        `update job set claim = null, claimed_until = null, not_before = now() + make_interval(secs => $3::float8 / 1000),
           error = coalesce($4::jsonb, error), attempts = attempts - $5::int, setbacks = setbacks + $5::int
         where job_id = $1 and claim = $2 and state = 'waiting' returning 1`,
        [jobId.toString(), claim, delayMs, error ? JSON.stringify(error) : null, counted ? 0 : 1],
      ),
    shortly,
  )
  return rows.length === 1
}

/** Ends a job that will not run by itself again; an operator may send it once more. */
export async function park(
  database: Database,
  { job_id: jobId, claim }: Held,
  error: JobError,
  attempts: number,
): Promise<boolean> {
  const rows = await transact(
    database,
    (tx) =>
      tx.query(
        `update job set state = 'parked', ended_at = now(), claim = null, claimed_until = null, error = $3, attempts = $4
         where job_id = $1 and claim = $2 and state = 'waiting' returning 1`,
        [jobId.toString(), claim, JSON.stringify(error), attempts],
      ),
    shortly,
  )
  return rows.length === 1
}

/** Keeps how far a run is. False where the claim is lost. */
export async function tellProgress(
  database: Database,
  { job_id: jobId, claim }: Held,
  { done, total, note }: { done: number; total: number; note: string },
): Promise<boolean> {
  const rows = await transact(
    database,
    (tx) =>
      tx.query(
        `insert into job_progress (job_id, done, total, note)
         select job_id, $3, $4, $5 from job where job_id = $1 and claim = $2 and state = 'waiting'
         on conflict (job_id) do update set done = excluded.done, total = excluded.total, note = excluded.note, at = now()
         returning 1`,
        [jobId.toString(), claim, done, total, note],
      ),
    shortly,
  )
  return rows.length === 1
}

/**
 * Due jobs to be told to a queue, marked so that they are not told again for a while: what is neither done nor claimed
 * by then was lost on the way and is told once more.
 */
export function takeUnpublished(
  database: Database,
  { againMs, limit }: { againMs: number; limit: number },
): Promise<{ job_id: bigint; attempts: number }[]> {
  return transact(
    database,
    (tx) =>
      tx.query(
        `update job set published_at = now() where job_id in (
           select job_id from job where ${due}
             and (published_at is null or published_at < not_before or published_at < claimed_until
                  or published_at <= now() - make_interval(secs => $1::float8 / 1000))
           order by not_before, job_id limit $2 for update skip locked)
         returning job_id, attempts`,
        [againMs, limit],
      ),
    shortly,
  )
}

/** They could not be told after all: the next sweep takes them again. */
export async function unpublish(database: Database, ids: readonly bigint[]): Promise<void> {
  await transact(
    database,
    (tx) =>
      tx.query(`update job set published_at = null where job_id = any($1::bigint[]) and state = 'waiting'`, [
        ids.map(String),
      ]),
    shortly,
  )
}

// --- Looking after them ---------------------------------------------------------------------------------------------

/** As whoever looks after jobs tells it: one that is claimed at this moment runs. */
export type JobState = 'waiting' | 'running' | 'done' | 'parked' | 'cancelled'

export type JobRow = {
  job_id: bigint
  name: string
  key: string
  payload: Json
  state: Exclude<JobState, 'running'>
  is_running: boolean
  asked_by: string
  asked_at: bigint
  not_before: bigint
  attempts: number
  setbacks: number
  ended_at: bigint | null
  claimed_until: bigint | null
  error: JobError | null
  result: Json
  progress: { done: number; total: number; note: string } | null
  progress_at: bigint | null
}

const micros = (name: string, alias = 'j'): string => `${instantColumn(`${alias}.${name}`)} as ${name}`
const columns = `j.job_id, j.name, j.key, j.payload, j.state, j.state = 'waiting' and coalesce(j.claimed_until > now(), false) as is_running,
  j.asked_by, ${micros('asked_at')}, ${micros('not_before')}, j.attempts, j.setbacks, ${micros('ended_at')}, ${micros('claimed_until')},
  j.error, j.result`
const progressColumns = `case when p.job_id is not null then jsonb_build_object('done', p.done, 'total', p.total, 'note', p.note) end as progress,
  ${instantColumn('p.at')} as progress_at`

export type JobRowFilter = {
  readonly state?: JobState | undefined
  readonly name?: string | undefined
  readonly askedBy?: string | undefined
  /** Jobs older than this one. */
  readonly before?: string | undefined
  readonly limit: number
}

/** Jobs, newest first. */
export async function readJobRows(
  { sql }: Pick<Database, 'sql'>,
  { state, name, askedBy, before, limit }: JobRowFilter,
): Promise<JobRow[]> {
  return sql<JobRow[]>`
    select ${sql.unsafe(columns)}, ${sql.unsafe(progressColumns)}
    from job j left join job_progress p using (job_id)
    where ${stateCondition(sql, state)}
      ${name === undefined ? sql`` : sql`and j.name = ${name}`}
      ${before === undefined ? sql`` : sql`and j.job_id < ${before}::bigint`}
      ${askedBy === undefined ? sql`` : sql`and j.asked_by = ${askedBy}`}
    order by j.job_id desc limit ${limit}`
}

function stateCondition(sql: Sql, state: JobState | undefined) {
  if (state === undefined) return sql`true`
  if (state === 'running') return sql`j.state = 'waiting' and j.claimed_until > now()`
  if (state === 'waiting') return sql`j.state = 'waiting' and (j.claimed_until <= now()) is not false`
  return sql`j.state = ${state}`
}

export async function readJobRow({ sql }: Pick<Database, 'sql'>, id: string): Promise<JobRow | undefined> {
  const [row] = await sql<JobRow[]>`
    select ${sql.unsafe(columns)}, ${sql.unsafe(progressColumns)} from job j left join job_progress p using (job_id)
    where j.job_id = ${id}::bigint`
  return row
}

/** A job without its progress, in the transaction of whoever changes it. */
export async function jobRowWithin(tx: Tx, id: string, lock: 'for update' | ''): Promise<JobRow | undefined> {
  const [row] = await tx.query<JobRow>(
    `select ${columns}, null as progress, null as progress_at from job j where job_id = $1 ${lock}`,
    [id],
  )
  return row
}

/** Lets a job run again, with all its attempts, and wakes whoever runs them. */
export async function markWaiting(tx: Tx, { job_id: jobId }: Pick<JobRow, 'job_id'>): Promise<void> {
  await tx.query(
    `update job set state = 'waiting', ended_at = null, attempts = 0, setbacks = 0, not_before = now(), published_at = null
     where job_id = $1`,
    [jobId.toString()],
  )
  await tx.query(`select pg_notify('${jobChannel}', '')`)
}

export async function markCancelled(tx: Tx, { job_id: jobId }: Pick<JobRow, 'job_id'>): Promise<void> {
  await tx.query(
    `update job set state = 'cancelled', ended_at = now(), claim = null, claimed_until = null where job_id = $1`,
    [jobId.toString()],
  )
}

/** How long a payload is as the database counts it: it writes JSON with spaces. */
export async function charactersOf(tx: Tx, payload: Json): Promise<number> {
  const { characters } = only(
    await tx.query<{ characters: number }>('select length(($1::jsonb)::text) as characters', [JSON.stringify(payload)]),
  )
  return characters
}

/** The version under which the next change of a job is recorded. */
export async function nextVersion(tx: Tx, id: string): Promise<number> {
  const { version } = only(
    await tx.query<{ version: number }>(
      `select coalesce(max(version), 0) + 1 as version from change where noun = 'job' and id = $1`,
      [id],
    ),
  )
  return version
}

// --- Figures and calendar -------------------------------------------------------------------------------------------

export type FiguresRow = { waiting: number; running: number; parked: number; lag: number; ok: boolean | null }

/** How the outbox stands, and what the last recomputation of the books said. */
export async function readFigures({ sql }: Pick<Database, 'sql'>): Promise<FiguresRow | undefined> {
  const [row] = await sql<FiguresRow[]>`
    select count(*) filter (where state = 'waiting' and (claimed_until > now()) is not true)::int as waiting,
      count(*) filter (where state = 'waiting' and claimed_until > now())::int as running,
      count(*) filter (where state = 'parked')::int as parked,
      coalesce(extract(epoch from now() - min(greatest(not_before, claimed_until))
        filter (where state = 'waiting' and not_before <= now() and (claimed_until <= now()) is not false)), 0)::float8 as lag,
      (select (result ->> 'ok')::boolean from job where state = 'done' and name = 'checks' order by job_id desc limit 1) as ok
    from job where state in ('waiting', 'parked')`
  return row
}

/** Since when there are books; `undefined` while there are none. */
export async function firstBookAt({ sql }: Pick<Database, 'sql'>): Promise<Instant | undefined> {
  const [since] = await sql<{ at: Instant | null }[]>`
    select (extract(epoch from min(created_at)) * 1000000)::bigint as at from book`
  return since?.at ?? undefined
}

/** Has a connection hear of jobs that are asked for. */
export async function listen(client: pg.Client): Promise<void> {
  await client.query(`listen ${jobChannel}`)
}
