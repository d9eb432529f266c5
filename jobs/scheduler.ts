/** Asks for what the calendar says is due, every half minute, in every process: a job of one key is asked for once. */
import { type Clock, formatInstant } from '../src/base/calendar.ts'
import { type Database, transact } from '../src/base/db.ts'
import { enqueue } from '../src/base/outbox.ts'
import type { Job, JobLog } from './job.ts'
import type { Registry } from './registry.ts'
import { latestOccurrence } from './schedule.ts'
import { firstBookAt } from './store.ts'

export type Scheduler = { stop(): void; tick(): Promise<readonly string[]> }

type Parts = {
  readonly database: Database
  readonly registry: Registry
  readonly clock: Clock
  readonly log: JobLog
  readonly everyMs?: number
}

const everyMsDefault = 30_000

export function openScheduler({ database, registry, clock, log, everyMs = everyMsDefault }: Parts): Scheduler {
  const scheduled = Object.values(registry).filter(({ schedule }) => schedule !== undefined)
  // What this process has asked for already; another may have, which the outbox knows.
  const asked = new Map<string, string>()
  const tick = async (): Promise<readonly string[]> => {
    const keys: string[] = []
    for (const job of scheduled) {
      const key = await askOnce({ database, clock, log }, job, asked)
      if (key !== undefined) keys.push(key)
    }
    return keys
  }
  const ticking = (): void =>
    void tick().catch((error: unknown) =>
      log('warn', 'schedule_failed', { failure: error instanceof Error ? error.message : typeof error }),
    )
  ticking()
  const timer = setInterval(ticking, everyMs)
  return { tick, stop: () => clearInterval(timer) }
}

async function askOnce(
  { database, clock, log }: Pick<Parts, 'database' | 'clock' | 'log'>,
  { name, schedule }: Job,
  asked: Map<string, string>,
): Promise<string | undefined> {
  if (!schedule) return undefined
  const occurrence = latestOccurrence(schedule.rule, clock())
  const { period, at, certain } = occurrence
  if (asked.get(name) === period) return undefined
  const since = await firstBookAt(database)
  // Nothing is due from before there were books: a new service does not make up for the years before it.
  if (since === undefined || since > at) return undefined
  const job = { name, key: period, payload: schedule.payload(occurrence), askedBy: 'schedule' }
  const { existed } = await transact(database, (tx) => enqueue(tx, job))
  asked.set(name, period)
  if (existed) return undefined
  log('info', 'job_scheduled', { name, period, due: formatInstant(at) })
  if (!certain) log('warn', 'holidays_not_announced', { name, period, day: occurrence.on })
  return period
}
