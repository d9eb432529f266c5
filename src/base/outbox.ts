/**
 * Jobs are asked for here, in the transaction of the fact they follow from: no fact without its job, no job without its
 * fact. What runs them (jobs/) comes later and may die, be doubled or be late; the row stays until its effect has
 * committed.
 */
import { type Instant, instantText } from './calendar.ts'
import { only, type Tx } from './db.ts'
import type { Json } from './json.ts'

/** The channel on which a waiting runner is woken. */
export const jobChannel = 'yiben_job'

export type NewJob = {
  readonly name: string
  /** What may happen once only: a second job of the same name and key is the first. */
  readonly key: string
  /** Ids and days only, at most 16,000 characters: what a job works on it reads when it runs. */
  readonly payload: Json
  readonly askedBy: string
  readonly notBefore?: Instant
}

/** Asks for a job once. Gives its id, and whether it had been asked for before. */
export async function enqueue(
  tx: Tx,
  { name, key, payload, askedBy, notBefore }: NewJob,
): Promise<{ jobId: bigint; existed: boolean }> {
  const [made] = await tx.query<{ job_id: bigint }>(
    `insert into job (name, key, payload, asked_by, not_before) values ($1, $2, $3, $4, coalesce($5::timestamptz, now()))
     on conflict (key, name) do nothing returning job_id`,
    [name, key, JSON.stringify(payload), askedBy, notBefore === undefined ? null : instantText(notBefore)],
  )
  if (made) {
    await tx.query(`select pg_notify('${jobChannel}', '')`)
    return { jobId: made.job_id, existed: false }
  }
  const { job_id: jobId } = only(
    await tx.query<{ job_id: bigint }>('select job_id from job where key = $1 and name = $2', [key, name]),
  )
  return { jobId, existed: true }
}
