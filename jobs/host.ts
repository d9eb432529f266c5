/** All that runs jobs in one thread: a database of its own, a runner, what brings it jobs, and the calendar. */
import { systemClock } from '../src/base/calendar.ts'
import { openDatabase } from '../src/base/db.ts'
import { openLedger } from '../src/ledger/ledger.ts'
import { openBullTransport } from './bull.ts'
import { openEmbeddedTransport } from './embedded.ts'
import type { JobLog } from './job.ts'
import { type Registry, registryWith } from './registry.ts'
import { Runner, type RunnerSettings } from './runner.ts'
import { openScheduler } from './scheduler.ts'

/** Plain data: it crosses to a thread. */
export type HostSettings = {
  readonly databaseUrl: string
  readonly redisUrl?: string | undefined
  readonly runner?: Partial<RunnerSettings>
  readonly concurrency?: number
  readonly sweepMs?: number
  readonly againMs?: number
  readonly queue?: string
  readonly cautiousMs?: number
  /** The folder of instructions to the treasury. */
  readonly treasury?: string | undefined
}

export type Host = { readonly runner: Runner; stop(withinMs: number): Promise<void> }

// A run needs one connection at a time, its signs of life another; requests of the service have a pool of their own.
const connectionsBeside = 3
const concurrencyDefault = 2
const closeWithinMs = 1_000

/** Throws `RedisEvicts`. */
export async function openHost(
  settings: HostSettings,
  log: JobLog,
  registry: Registry = registryWith(settings),
): Promise<Host> {
  const {
    databaseUrl,
    redisUrl,
    concurrency = concurrencyDefault,
    runner: runnerSettings = {},
    treasury: _,
    ...transport
  } = settings
  const database = openDatabase(databaseUrl, { connections: concurrency + connectionsBeside })
  const ledger = openLedger(database, systemClock)
  const runner = new Runner({ ledger, registry, log, settings: runnerSettings })
  const taking = { ...transport, concurrency }
  const opened =
    redisUrl === undefined
      ? openEmbeddedTransport(runner, database, log, taking)
      : await openBullTransport(runner, database, log, { ...taking, redisUrl })
  const scheduler = openScheduler({ database, registry, clock: systemClock, log })
  return {
    runner,
    stop: async (withinMs) => {
      scheduler.stop()
      await opened.stop(withinMs)
      await Promise.race([database.close(), new Promise((resolve) => setTimeout(resolve, closeWithinMs))])
    },
  }
}
