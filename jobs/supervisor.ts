/**
 * Keeps a thread in which jobs run. A job that computes long does not hold up requests; one that ends its thread, runs
 * it out of memory or blocks it for good costs the thread, which is started anew, and one attempt of the job. The
 * service goes on meanwhile.
 */
import { Worker } from 'node:worker_threads'
import { RedisEvicts } from './bull.ts'
import { Counts } from './figures.ts'
import type { HostSettings } from './host.ts'
import type { JobLog } from './job.ts'
import type { ToSupervisor, ToThread } from './thread.ts'

export type SupervisorSettings = HostSettings & {
  /** So many seconds without a sign of life and the thread is ended. */
  readonly silentSeconds?: number
  /** Where the thread begins; tests begin elsewhere. */
  readonly entry?: URL
}

export type Supervisor = {
  /** How runs ended since the process began. */
  runs(): ReturnType<Counts['list']>
  /** Threads that ended without being told to. */
  readonly lostThreads: number
  stop(withinMs: number): Promise<void>
}

const silentSecondsDefault = 60
/** Reading itself takes a thread a second, on a busy machine some. */
const startSeconds = 30
const heapMb = 1_024
const restartFirstMs = 200
const restartMostMs = 30_000
/** Longer than a lease: what was lost with a thread comes back while jobs still run one at a time. */
const cautiousMs = 90_000
const stopSlackMs = 2_500

type Thread = { readonly worker: Worker; readonly ended: Promise<void> }

/** Starts the thread and waits until it takes jobs. Throws `RedisEvicts`, or what ended the first thread. */
export async function superviseJobs(settings: SupervisorSettings, log: JobLog): Promise<Supervisor> {
  const keeper = new ThreadKeeper(settings, log)
  await keeper.begin()
  return keeper
}

class ThreadKeeper implements Supervisor {
  lostThreads = 0
  readonly #settings: SupervisorSettings
  readonly #log: JobLog
  readonly #before = new Counts()
  #runs: ReturnType<Counts['list']> = []
  #thread: Thread | undefined
  #silent = 0
  #restartMs = restartFirstMs
  #restart: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(settings: SupervisorSettings, log: JobLog) {
    this.#settings = settings
    this.#log = log
  }

  begin(): Promise<void> {
    // Ticks, not time: a process that was frozen as a whole has not seen its thread silent.
    this.#watch = setInterval(() => this.#look(), 1_000)
    return new Promise((resolve, reject) => this.#spawn(resolve, reject))
  }

  runs(): ReturnType<Counts['list']> {
    const all = new Counts()
    for (const { name, outcome, runs } of [...this.#before.list(), ...this.#runs]) all.note(name, outcome, runs)
    return all.list()
  }

  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#watch)
    clearTimeout(this.#restart)
    const thread = this.#thread
    if (!thread) return
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.worker.postMessage({ say: 'stop', withinMs } satisfies ToThread)
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), withinMs + stopSlackMs).unref())
    // What does not end by itself is ended: its claims run out, and another takes its jobs.
    if ((await Promise.race([thread.ended, late])) === 'late') await thread.worker.terminate()
  }

  #spawn(onReady?: () => void, onRefused?: (error: Error) => void): void {
    const { silentSeconds: _, entry = new URL('./thread.mjs', import.meta.url), ...given } = this.#settings
    const workerData = { ...given, cautiousMs: this.lostThreads > 0 ? cautiousMs : 0 }
    const worker = new Worker(entry, { workerData, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMb } })
    this.#silent = -startSeconds
    let failure: Error | undefined
    worker.on('message', (message: ToSupervisor) => {
      this.#silent = 0
      if (message.say === 'log') this.#log(...message.args)
      else if (message.say === 'alive') this.#runs = message.runs
      else if (message.say === 'ready') onReady?.()
      else failure = new RedisEvicts(message.policy)
    })
    worker.on('error', (error) => (failure = error instanceof Error ? error : new Error(typeof error)))
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        this.#lost(failure, onRefused)
        resolve()
      })
    })
    this.#thread = { worker, ended }
  }

  #lost(failure: Error | undefined, onRefused?: (error: Error) => void): void {
    for (const { name, outcome, runs } of this.#runs) this.#before.note(name, outcome, runs)
    this.#runs = []
    this.#thread = undefined
    onRefused?.(failure ?? new Error('the thread of the jobs ended'))
    if (this.#isStopping || failure instanceof RedisEvicts) return
    this.lostThreads += 1
    this.#log('error', 'job_thread_ended', {
      failure: failure && `${failure.name}: ${failure.message}`.slice(0, 300),
      restartInMs: this.#restartMs,
    })
    this.#restart = setTimeout(() => this.#spawn(() => (this.#restartMs = restartFirstMs)), this.#restartMs)
    this.#restartMs = Math.min(this.#restartMs * 2, restartMostMs)
  }

  #look(): void {
    const thread = this.#thread
    if (!thread) return
    this.#silent += 1
    if (this.#silent <= (this.#settings.silentSeconds ?? silentSecondsDefault)) return
    this.#log('error', 'job_thread_silent', { seconds: this.#silent })
    this.#silent = 0
    void thread.worker.terminate()
  }
}
