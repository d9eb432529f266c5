/**
 * The SQL of running jobs. Every statement of a run names its claim; where the row no longer has it, nothing is changed. The clock is the
 * database's, because leases of several machines are compared.
 */
import { type Database, only, transact, type Tx } from '../src/base/db.ts'
import type { Json } from '../src/base/json.ts'
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

// A job that is lost with its run comes back behind what waited meanwhile: one that ends its process must not go first each time.
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

/** The first statement of every transaction of a run: locks the row and renews its lease. False where the claim is lost. */
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

/** Keeps a claim alive while the run computes. A row that is locked is in a step of the run, which renews it. False where it is lost. */
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

/** Back to waiting after a failed run, not before so many milliseconds. A run that is not its own fault is not counted as an attempt. */
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
 * Due jobs to be told to a queue, marked so that they are not told again for a while: what is neither done nor claimed by then was lost on
 * the way and is told once more.
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
