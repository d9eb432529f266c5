/**
 * Jobs over Redis: a relay tells BullMQ the ids of due rows, workers anywhere take them and run them by id. Redis holds
 * nothing that cannot be lost. A row that was told and is neither claimed nor done after a while is told again, so an
 * emptied or restarted Redis heals by itself; retries, delays and parking belong to the row, and BullMQ tries each
 * message once. While Redis is away the outbox grows.
 */
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { Database } from '../src/base/db.ts'
import { StartFault } from '../src/base/server/fault.ts'
import type { JobLog } from './job.ts'
import type { Runner } from './runner.ts'
import { takeUnpublished, unpublish } from './store.ts'
import { type Transport, transportDefaults, type TransportSettings, within } from './transport.ts'
import { Bell, listenForJobs } from './wakeup.ts'

export type BullSettings = TransportSettings & {
  readonly redisUrl: string
  /** After so long a message that led to nothing is taken for lost. */
  readonly againMs: number
  /** BullMQ's own lock on a message. It saves double work, nothing more: the row decides. */
  readonly lockMs: number
  readonly queue: string
}

export const bullDefaults = { ...transportDefaults, againMs: 20_000, lockMs: 30_000, queue: 'yiben-jobs' }

/** A Redis that throws keys away when it is full would throw messages away. Shown as it is. */
export class RedisEvicts extends StartFault {
  override readonly name = 'RedisEvicts'
  readonly policy: string

  constructor(policy: string) {
    super(
      `Redis 的 maxmemory-policy 为 ${policy}，会丢弃待办消息，须改为 noeviction`,
      `Redis evicts (maxmemory-policy ${policy}) and would drop messages: set it to noeviction`,
    )
    this.policy = policy
  }
}

const atOnce = 200
const firstAnswerMs = 2_000
const closeWithinMs = 1_000
const tellAgainMs = 60_000

/** Commands of the relay fail at once while Redis is away: the outbox waits better than they do. */
const relayOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  connectTimeout: 5_000,
  commandTimeout: 5_000,
  retryStrategy: (times: number) => Math.min(times * 100, 2_000),
}
/** A worker waits for messages as long as it takes. */
const workerOptions = {
  maxRetriesPerRequest: null,
  connectTimeout: 5_000,
  retryStrategy: (times: number) => Math.min(times * 100, 2_000),
}

/** Opens relay and worker. Throws `RedisEvicts`; a Redis that does not answer is waited for in the background. */
export async function openBullTransport(
  runner: Runner,
  database: Database,
  log: JobLog,
  given: Partial<BullSettings> & Pick<BullSettings, 'redisUrl'>,
): Promise<Transport> {
  const settings = { ...bullDefaults, ...given }
  const tell = tellingSometimes(log)
  const relay = await openRelay(database, tell, settings)
  const worker = openWorker(runner, tell, settings)
  return {
    stop: async (withinMs) => {
      await Promise.all([relay.stop(), worker.stop(withinMs)])
      await runner.releaseAll()
      worker.leave()
    },
  }
}

type Tell = (event: string, error: unknown) => void

/** Drivers tell of every failed attempt to connect; an operator wants to hear it once a minute. */
function tellingSometimes(log: JobLog): Tell {
  const toldAt = new Map<string, number>()
  return (event, error) => {
    const now = performance.now()
    if (now - (toldAt.get(event) ?? -Infinity) < tellAgainMs) return
    toldAt.set(event, now)
    log('warn', event, {
      failure: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : typeof error,
    })
  }
}

// --- Relay ----------------------------------------------------------------------------------------------------------

export type Relay = { stop(): Promise<void> }

/** Tells the queue what is due. Several relays share the outbox: SKIP LOCKED, and one message an attempt by its id. */
export async function openRelay(
  database: Database,
  tell: Tell,
  { redisUrl, queue: name, againMs, sweepMs }: Pick<BullSettings, 'redisUrl' | 'queue' | 'againMs' | 'sweepMs'>,
): Promise<Relay> {
  const redis = new Redis(redisUrl, relayOptions)
  redis.on('error', (error) => tell('redis_away', error))
  // Asked anew after each reconnection: another Redis may answer there now.
  let policy: Promise<string> | undefined
  redis.on('close', () => (policy = undefined))
  const usable = async (): Promise<boolean> => {
    if (redis.status !== 'ready') return false
    const found = await (policy ??= policyOf(redis))
    if (found === 'noeviction') return true
    policy = undefined
    tell('redis_evicts', new RedisEvicts(found))
    return false
  }
  await refuseEviction(redis)
  const queue = new Queue(name, {
    connection: redis,
    prefix: prefixOf(name),
    skipVersionCheck: true,
    streams: { events: { maxLen: 1_000 } },
  })
  queue.on('error', (error) => tell('redis_away', error))
  const bell = new Bell()
  const listener = listenForJobs(database, bell)
  const stopping = new AbortController()
  const publish = async (): Promise<boolean> => {
    if (!(await usable())) return false
    const rows = await takeUnpublished(database, { againMs, limit: atOnce })
    try {
      if (rows.length > 0) await queue.addBulk(rows.map(messageOf))
    } catch (error) {
      await unpublish(
        database,
        rows.map(({ job_id: id }) => id),
      )
      throw error
    }
    return rows.length === atOnce
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rung = bell.rung
      const isMore = await publish().catch((error: unknown) => (tell('relay_failed', error), false))
      if (!isMore && !stopping.signal.aborted) await bell.wait(rung, sweepMs)
    }
  }
  const looping = loop()
  return {
    stop: async () => {
      stopping.abort()
      bell.ring()
      await Promise.all([within(closeWithinMs, [looping]), listener.stop()])
      await within(closeWithinMs, [queue.close()])
      redis.disconnect()
    },
  }
}

// The attempt is part of the name: a message of a lost run must not keep the next from being told.
const messageOf = ({ job_id: id, attempts }: { job_id: bigint; attempts: number }) => ({
  name: 'run',
  data: { id: String(id) },
  // Nothing is kept in Redis: a message that is kept would keep its name taken.
  opts: { jobId: `ob-${id}-${attempts}`, attempts: 1, removeOnComplete: true, removeOnFail: true },
})

/** In braces, so that all keys of a queue lie in one slot of a cluster, and different queues in different ones. */
const prefixOf = (queue: string): string => `{${queue}}`

async function policyOf(redis: Redis): Promise<string> {
  const memory = await redis.info('memory')
  return /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'unknown'
}

async function refuseEviction(redis: Redis): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    if (redis.status === 'ready') resolve()
    else redis.once('ready', () => resolve())
  })
  if (!(await within(firstAnswerMs, [ready]))) return
  const policy = await policyOf(redis).catch(() => 'noeviction')
  if (policy === 'noeviction') return
  redis.disconnect()
  throw new RedisEvicts(policy)
}

// --- Worker ---------------------------------------------------------------------------------------------------------

type Working = { stop(withinMs: number): Promise<void>; leave(): void }

function openWorker(runner: Runner, tell: Tell, settings: BullSettings): Working {
  const { redisUrl, queue: name, concurrency, lockMs, cautiousMs } = settings
  const redis = new Redis(redisUrl, workerOptions)
  redis.on('error', (error) => tell('redis_away', error))
  // An error of a run stands in its row. What is thrown here is that the row could not be asked; the relay tells of it
  // again.
  const worker = new Worker<{ id: string }>(name, async ({ data }) => void (await runner.runOne(BigInt(data.id))), {
    connection: redis,
    prefix: prefixOf(name),
    skipVersionCheck: true,
    concurrency: cautiousMs > 0 ? 1 : concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: 1,
    // Nothing of a worker's is told by waiting longer than this.
    drainDelay: 2,
    runRetryDelay: 1_000,
  })
  worker.on('error', (error) => tell('redis_away', error))
  const others = setTimeout(() => (worker.concurrency = concurrency), cautiousMs)
  return {
    stop: async (withinMs) => {
      clearTimeout(others)
      const closing = worker.close()
      if (await within(withinMs, [closing])) return
      await within(closeWithinMs, [worker.disconnect()])
    },
    leave: () => redis.disconnect(),
  }
}
