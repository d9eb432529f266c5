/**
 * Runs one job from claim to end: done, back to waiting, or parked. Knows nothing of queues: whoever believes that a
 * job is due says so, and the row decides. A run keeps its claim alive by a lease; a run that cannot (its process is
 * frozen or its event loop blocked) loses it to another, and whatever it still tries is refused by the first statement
 * of each of its transactions.
 */
import { type Database, transact, type Tx, Unavailable, Unknown, weatherOf } from '../src/base/db.ts'
import { Refusal } from '../src/base/refusal.ts'
import { type Act, actWithin } from '../src/ledger/act.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import { type Counts, newCounts, type Outcome } from './figures.ts'
import { Fenced, type Finished, type Job, type JobLog, type Running } from './job.ts'
import { failed, lost, notUnderstood, refused, tooSlow, unavailable } from './job-error.ts'
import type { Registry } from './registry.ts'
import {
  type Claimed,
  claimNext,
  claimOne,
  fence,
  giveBack,
  type JobError,
  markDone,
  park,
  renew,
  tellProgress,
} from './store.ts'
import { within } from './transport.ts'

export type RunnerSettings = {
  /** How long a claim holds without a sign of life. Renewed three times as often. */
  readonly leaseMs: number
  /** The first wait after a failure; each next one is twice as long, up to the longest. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
  /** So many runs ended by weather before even that parks a job. */
  readonly setbacksMax: number
}

export const runnerDefaults: RunnerSettings = {
  leaseMs: 30_000,
  backoffMs: 5_000,
  backoffMaxMs: 600_000,
  setbacksMax: 100,
}

/** A quarter's release over a city is one transaction; the service's own limit is meant for requests. */
const stepDeadlineMs = 120_000
const progressEveryMs = 250
const releaseWithinMs = 1_500

type Parts = {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly log: JobLog
  readonly settings?: Partial<RunnerSettings>
}

type Run = { readonly claimed: Claimed; readonly job: Job; readonly abort: AbortController; isDone: boolean }

export class Runner {
  readonly counts: Counts = newCounts()
  readonly #ledger: Ledger
  readonly #database: Database
  readonly #registry: Registry
  readonly #names: readonly string[]
  readonly #log: JobLog
  readonly #settings: RunnerSettings
  readonly #runs = new Set<Run>()

  constructor({ ledger, registry, log, settings }: Parts) {
    this.#ledger = ledger
    this.#database = ledger.database
    this.#registry = registry
    this.#names = Object.keys(registry)
    this.#log = log
    this.#settings = { ...runnerDefaults, ...settings }
  }

  /** Runs the job that has been due longest. False where none is. */
  async runNext(): Promise<boolean> {
    const claimed = await claimNext(this.#database, this.#names, this.#settings.leaseMs)
    if (claimed) await this.#run(claimed)
    return claimed !== undefined
  }

  /** Runs one job, if it is due and nobody else's. */
  async runOne(jobId: bigint): Promise<Outcome> {
    const claimed = await claimOne(this.#database, this.#names, this.#settings.leaseMs, jobId)
    return claimed ? this.#run(claimed) : 'not_due'
  }

  get running(): number {
    return this.#runs.size
  }

  /**
   * Gives back what runs still, uncounted: another process takes it at once, and nothing of this one's may be written
   * any more.
   */
  async releaseAll(): Promise<void> {
    const given = [...this.#runs].map(({ claimed, abort }) => {
      abort.abort(new Fenced(claimed.job_id))
      return giveBack(this.#database, claimed, { delayMs: 0, error: undefined, counted: false })
    })
    // A row that is locked is in a step: that transaction ends with the process, and the lease runs out.
    await within(releaseWithinMs, given)
  }

  async #run(claimed: Claimed): Promise<Outcome> {
    const job = this.#registry[claimed.name]
    if (!job) throw new Error(`claimed a job that is not known: ${claimed.name}`)
    const run: Run = { claimed, job, abort: new AbortController(), isDone: false }
    this.#runs.add(run)
    try {
      const outcome = await this.#attempt(run)
      this.counts.note(claimed.name, outcome)
      return outcome
    } finally {
      this.#runs.delete(run)
    }
  }

  async #attempt(run: Run): Promise<Outcome> {
    const { claimed, job } = run
    // The run that would have been the last never came back to say how it ended.
    if (claimed.attempts > job.attempts) return this.#park(run, lost(claimed.attempts - 1), claimed.attempts - 1)
    const work = job.prepare(claimed.payload)
    if (!work) return this.#park(run, notUnderstood(claimed.attempts), claimed.attempts)
    const heartbeat = this.#keepAlive(run)
    try {
      await withLimit(run, work(this.#running(run)))
      return 'done'
    } catch (error) {
      // What failed after the effect had committed cannot undo it.
      if (run.isDone) return 'done'
      return await this.#ended(run, error)
    } finally {
      clearInterval(heartbeat)
    }
  }

  #running(run: Run): Running {
    const { claimed, abort } = run
    let toldAt = -Infinity
    return {
      jobId: claimed.job_id,
      attempt: claimed.attempts,
      askedBy: claimed.asked_by,
      ledger: this.#ledger,
      clock: this.#ledger.clock,
      log: (level, event, fields) => this.#log(level, event, { ...fields, job: String(claimed.job_id) }),
      signal: abort.signal,
      progress: async (done, total, note) => {
        if (done < total && performance.now() - toldAt < progressEveryMs) return
        toldAt = performance.now()
        const progress = { done, total, note: note.slice(0, 200) }
        if (!(await tellProgress(this.#database, claimed, progress))) throw new Fenced(claimed.job_id)
      },
      step: (work) => this.#fenced(run, (_, act) => work(act)),
      finish: async (work) => {
        await this.#fenced(run, async (tx, act) => markDone(tx, claimed, await work(act)))
        run.isDone = true
        return {} as Finished
      },
    }
  }

  #fenced<T>({ claimed }: Run, work: (tx: Tx, act: Act) => Promise<T>): Promise<T> {
    return transact(
      this.#database,
      async (tx) => {
        if (!(await fence(tx, claimed, this.#settings.leaseMs))) throw new Fenced(claimed.job_id)
        return work(tx, actWithin(this.#ledger, tx))
      },
      { deadlineMs: stepDeadlineMs },
    )
  }

  #keepAlive({ claimed, abort }: Run): NodeJS.Timeout {
    const { leaseMs } = this.#settings
    const renewed = async (): Promise<void> => {
      // Not heard is not lost: the lease says when it is.
      const holds = await renew(this.#database, claimed, leaseMs).catch(() => true)
      if (!holds) abort.abort(new Fenced(claimed.job_id))
    }
    return setInterval(() => void renewed(), leaseMs / 3)
  }

  /** The run did not finish: decides what becomes of the job. */
  async #ended(run: Run, error: unknown): Promise<Outcome> {
    const { claimed, job, abort } = run
    const { attempts: attempt, setbacks } = claimed
    if (error instanceof Fenced || abort.signal.reason instanceof Fenced) return this.#lost(run)
    if (error instanceof Refusal) {
      const told = refused(error, attempt)
      return job.retries.includes(error.code) ? this.#retry(run, told) : this.#park(run, told, attempt)
    }
    const weather = weatherOf(error)
    if (weather instanceof Unavailable || weather instanceof Unknown) {
      if (setbacks >= this.#settings.setbacksMax) return this.#park(run, unavailable(attempt), attempt)
      return this.#wait(run, unavailable(attempt), Math.min(setbacks + 1, 6), false)
    }
    return this.#retry(run, error instanceof TooSlow ? tooSlow(job.limitMs, attempt) : failed(error, attempt))
  }

  #retry(run: Run, error: JobError): Promise<Outcome> {
    const { attempts } = run.claimed
    return attempts >= run.job.attempts ? this.#park(run, error, attempts) : this.#wait(run, error, attempts, true)
  }

  async #wait(run: Run, error: JobError, times: number, counted: boolean): Promise<Outcome> {
    const delayMs = this.#backoff(times)
    this.#tell('warn', counted ? 'job_failed' : 'job_set_back', run, error, { retryInMs: Math.round(delayMs) })
    const kept = await this.#written(run, giveBack(this.#database, run.claimed, { delayMs, error, counted }))
    if (!kept) return this.#lost(run)
    return counted ? 'failed' : 'set_back'
  }

  async #park(run: Run, error: JobError, attempts: number): Promise<Outcome> {
    if (!(await this.#written(run, park(this.#database, run.claimed, error, attempts)))) return this.#lost(run)
    this.#tell('error', 'job_parked', run, error)
    return 'parked'
  }

  #lost({ claimed, isDone }: Run): Outcome {
    if (isDone) return 'done'
    this.#log('warn', 'job_fenced', { job: String(claimed.job_id), name: claimed.name, attempt: claimed.attempts })
    return 'lost'
  }

  // Where not even this can be written, the lease runs out and the job is taken again.
  async #written({ claimed }: Run, write: Promise<boolean>): Promise<boolean> {
    try {
      return await write
    } catch {
      this.#log('warn', 'job_left_to_its_lease', { job: String(claimed.job_id), name: claimed.name })
      return false
    }
  }

  #tell(level: 'warn' | 'error', event: string, { claimed }: Run, error: JobError, more: object = {}): void {
    const { job_id: jobId, name, attempts } = claimed
    // The sentence of a refusal names amounts; the log of the machine does not.
    const detail = error.code === 'job_failed' ? error.detail.en : undefined
    this.#log(level, event, { job: String(jobId), name, attempt: attempts, code: error.code, detail, ...more })
  }

  #backoff(times: number): number {
    const { backoffMs, backoffMaxMs } = this.#settings
    const share = (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 255
    return Math.min(backoffMs * 2 ** Math.max(times - 1, 0), backoffMaxMs) * (0.75 + share / 2)
  }
}

class TooSlow extends Error {}

/** Ends with the work, or when its time is up or its claim is gone, whatever the work then still does. */
async function withLimit({ job, abort }: Run, work: Promise<Finished>): Promise<void> {
  // What nobody waits for any more may still fail.
  work.catch(() => undefined)
  const timer = setTimeout(() => abort.abort(new TooSlow()), job.limitMs)
  const aborted = new Promise<never>((_, reject) => {
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error), { once: true })
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    clearTimeout(timer)
  }
}
