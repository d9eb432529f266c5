/**
 * The operator's view: seeing jobs, asking for one by hand, sending a parked one again, cancelling one that waits.
 * Every change is recorded. A job may speak of any district, so a person of one district sees only what they asked for;
 * and who keeps the machine running sees how jobs stand, not the amounts they speak of (三员分立).
 */
import { listedCodes } from '../src/base/refusal.ts'
import * as z from 'zod'
import { type Actor, demand, may } from '../src/access/actor.ts'
import { formatInstant, type Instant } from '../src/base/calendar.ts'
import type { Tx } from '../src/base/db.ts'
import { recordChange } from '../src/base/history.ts'
import type { Json } from '../src/base/json.ts'
import { enqueue } from '../src/base/outbox.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import { noContent, nothing, verb } from '../src/noun/verb.ts'
import { cancellationForm, jobByHandForm, jobId, jobStateNames, type JobView } from './forms.ts'
import type { Job } from './job.ts'
import { refuse } from './refusals.ts'
import { type Registry, registry } from './registry.ts'
import {
  charactersOf,
  type JobError,
  type JobRow,
  type JobState,
  jobRowWithin,
  markCancelled,
  markWaiting,
  nextVersion,
  readJobRow,
  readJobRows,
} from './store.ts'

export type JobFilter = {
  readonly state?: JobState | undefined
  readonly name?: string | undefined
  /** Jobs older than this one. */
  readonly before?: string | undefined
  readonly limit: number
}

const payloadCharactersMost = 16_000

const stateOf = ({ state, is_running: isRunning }: Pick<JobRow, 'state' | 'is_running'>): JobState =>
  isRunning ? 'running' : state

/** Jobs, newest first. */
export async function listJobs({ database }: Ledger, actor: Actor, filter: JobFilter): Promise<JobView[]> {
  demand(actor, 'job.read')
  const askedBy = actor.district === undefined ? undefined : actor.person
  const rows = await readJobRows(database, { ...filter, askedBy })
  return rows.map((row) => view(actor, row))
}

/** One job. Refuses `job_not_found`. */
export async function readJob({ database }: Ledger, actor: Actor, id: string): Promise<JobView> {
  demand(actor, 'job.read')
  const row = await readJobRow(database, numberOf(id))
  if (!row || !sees(actor, row)) throw refuse('job_not_found', { job: id })
  return view(actor, row)
}

/** A job that may be asked for by hand. Refuses `job_unknown`. */
export function jobByHand(name: string, jobs: Registry = registry): Job {
  const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined
  if (job?.byHand) return job
  const names = Object.values(jobs).filter(({ byHand }) => byHand)
  throw refuse('job_unknown', { name, names: listedCodes(names.map((known) => known.name)) })
}

/** Asks for a job: one of the same name and key is the same job. */
export const askForJob = verb({
  kind: 'job.ask',
  right: 'job.operate',
  of: nothing,
  form: jobByHandForm,
  refuses: ['job_unknown', 'job_payload_too_large', 'idempotency_key_reused'],
  before: async (_ledger, _actor, { name }) => {
    jobByHand(name)
  },
  content: ({ name, key, payload }) => ({ name, key, payload }),
  work: async ({ tx, at, actor }, { name, key, payload }) => {
    await requireSize(tx, name, payload)
    const { jobId, existed } = await enqueue(tx, { name, key, payload, askedBy: actor.person })
    if (!existed) await recordJob(tx, actor, 'asked', String(jobId), at, { name, key, payload })
    return view(actor, await lockJob(tx, actor, String(jobId)))
  },
})

// Ids from the command line have no form yet, so contents are written out here.
const ofJob = z.strictObject({ id: jobId })

/** Lets a parked job run again, with all its attempts. */
export const retryJob = verb({
  kind: 'job.retry',
  right: 'job.operate',
  of: ofJob,
  form: noContent,
  refuses: ['job_not_found', 'job_not_parked', 'idempotency_key_reused'],
  content: ({ id }) => ({ id }),
  work: async ({ tx, at, actor }, { id }) => {
    const row = await lockJob(tx, actor, id)
    if (row.state !== 'parked') throw refuse('job_not_parked', { job: id, state: jobStateNames[stateOf(row)] })
    await markWaiting(tx, row)
    await recordJob(tx, actor, 'retried', id, at, { attempts: row.attempts, error: row.error?.code ?? null })
    return view(actor, await lockJob(tx, actor, id))
  },
})

/** Ends a job that waits and is nobody's. */
export const cancelJob = verb({
  kind: 'job.cancel',
  right: 'job.operate',
  of: ofJob,
  form: cancellationForm,
  refuses: ['job_not_found', 'job_running', 'job_ended', 'idempotency_key_reused'],
  content: ({ id, reason }) => ({ id, reason }),
  work: async ({ tx, at, actor }, { id, reason }) => {
    // Looked at before it is locked: a run that is in a step holds the row for as long as that takes.
    const seen = await findJob(tx, actor, id)
    const row = seen.is_running ? seen : await lockJob(tx, actor, id)
    if (row.is_running) throw refuse('job_running', { job: id, until: formatInstant(row.claimed_until ?? at) })
    if (row.state !== 'waiting') throw refuse('job_ended', { job: id, state: jobStateNames[row.state] })
    await markCancelled(tx, row)
    await recordJob(tx, actor, 'cancelled', id, at, { reason })
    return view(actor, await lockJob(tx, actor, id))
  },
})

// --- Rows -----------------------------------------------------------------------------------------------------------

const sees = (actor: Actor, { asked_by: askedBy }: Pick<JobRow, 'asked_by'>): boolean =>
  actor.district === undefined || actor.person === askedBy

/** The number of an id as it is written; 0, which is none, for anything else. */
const numberOf = (id: string): string => (/^[1-9][0-9]{0,17}$/.test(id) ? id : '0')

const lockJob = (tx: Tx, actor: Actor, id: string): Promise<JobRow> => findJob(tx, actor, id, 'for update')

async function findJob(tx: Tx, actor: Actor, id: string, lock: 'for update' | '' = ''): Promise<JobRow> {
  const row = await jobRowWithin(tx, numberOf(id), lock)
  if (!row || !sees(actor, row)) throw refuse('job_not_found', { job: id })
  return row
}

async function requireSize(tx: Tx, name: string, payload: Json): Promise<void> {
  const characters = await charactersOf(tx, payload)
  if (characters <= payloadCharactersMost) return
  throw refuse('job_payload_too_large', { name, characters, most: payloadCharactersMost })
}

/** The row of the job is locked, so nobody else takes the same version. */
async function recordJob(tx: Tx, actor: Actor, done: string, id: string, at: Instant, body: Json): Promise<void> {
  const version = await nextVersion(tx, id)
  await recordChange(tx, { noun: 'job', id, version, verb: done, person: actor.person, at, body })
}

function view(actor: Actor, row: JobRow): JobView {
  const { error, result, progress, ended_at: endedAt } = row
  const job = Object.hasOwn(registry, row.name) ? registry[row.name] : undefined
  const readsBooks = may(actor, 'book.read')
  return {
    id: String(row.job_id),
    name: row.name,
    title: job?.title.zh ?? row.name,
    key: row.key,
    state: stateOf(row),
    payload: row.payload,
    askedBy: row.asked_by,
    askedAt: formatInstant(row.asked_at),
    notBefore: formatInstant(row.not_before),
    attempts: row.attempts,
    ...(job && { attemptsMost: job.attempts }),
    setbacks: row.setbacks,
    ...(endedAt !== null && { endedAt: formatInstant(endedAt) }),
    ...(progress && { progress: { ...progress, at: formatInstant(row.progress_at ?? row.asked_at) } }),
    ...(error && { error: errorView(error, readsBooks) }),
    ...(result !== null && readsBooks && { result }),
  }
}

const errorView = ({ code, title, detail, attempt }: JobError, readsBooks: boolean) => ({
  code,
  title: title.zh,
  ...((readsBooks || ownCodes.has(code)) && { detail: detail.zh }),
  attempt,
})

/** Errors of running itself speak of no money. */
const ownCodes: ReadonlySet<string> = new Set([
  'job_failed',
  'job_lost',
  'job_too_slow',
  'job_payload_invalid',
  'unavailable',
])
