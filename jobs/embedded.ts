/**
 * Jobs without Redis: a few loops that claim what has been due longest and run it, woken by a notification of the
 * database and, because that may be missed, by a timer. Any number of processes do this on one database; SKIP LOCKED
 * keeps them out of each other's way.
 */
import type { Database } from '../src/base/db.ts'
import type { JobLog } from './job.ts'
import type { Runner } from './runner.ts'
import { type Transport, transportDefaults, type TransportSettings, within } from './transport.ts'
import { Bell, listenForJobs } from './wakeup.ts'

export function openEmbeddedTransport(
  runner: Runner,
  database: Database,
  log: JobLog,
  given: Partial<TransportSettings> = {},
): Transport {
  const { concurrency, sweepMs, cautiousMs } = { ...transportDefaults, ...given }
  const bell = new Bell()
  const listener = listenForJobs(database, bell)
  const stopping = new AbortController()
  let isAway = false
  const next = async (): Promise<boolean> => {
    try {
      const ran = await runner.runNext()
      isAway = false
      return ran
    } catch (error) {
      // Once an outage, not once a second.
      if (!isAway) log('warn', 'jobs_unreachable', { failure: error instanceof Error ? error.message : typeof error })
      isAway = true
      return false
    }
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rung = bell.rung
      if (!(await next()) && !stopping.signal.aborted) await bell.wait(rung, sweepMs)
    }
  }
  const loops = [loop()]
  const others = setTimeout(() => {
    for (let n = 1; n < concurrency; n++) loops.push(loop())
  }, cautiousMs)
  return {
    stop: async (withinMs) => {
      stopping.abort()
      clearTimeout(others)
      bell.ring()
      await Promise.all([within(withinMs, loops), listener.stop()])
      await runner.releaseAll()
    },
  }
}
