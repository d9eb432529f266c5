/**
 * Redis emptied, killed and late under load, and messages doubled, shuffled and old (F36, F37, F39, F40, F42). What was
 * asked for is done once each time, because Redis only hands ids round; the controls show what the queue alone would
 * have lost or doubled.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { transact } from '../../src/base/db.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { openBullTransport, RedisEvicts } from '../../jobs/bull.ts'
import { registryOf } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import type { Transport } from '../../jobs/transport.ts'
import { leaveEffect } from '../jobs/effect.ts'
import { plainJobs } from '../jobs/fault-jobs.ts'
import { askMany, createEffects, doubled, effectsOf, emptied } from '../jobs/outbox.ts'
import { hasRedis, makeRedis, type OwnRedis } from '../jobs/redis.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { longer, report } from './report.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  await createEffects(test())
})

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function ownRedis(words?: readonly string[], starts = true): Promise<OwnRedis> {
  const redis = await makeRedis(words)
  ends.push(() => redis.close())
  if (starts) await redis.start()
  return redis
}

let queues = 0
async function openWorkers(redis: OwnRedis, count = 2, queue = `faults-${++queues}`): Promise<Transport[]> {
  const opened: Transport[] = []
  for (let n = 0; n < count; n++) {
    const runner = new Runner({ ledger, registry: registryOf(plainJobs), log: () => undefined })
    const settings = { redisUrl: redis.url, queue, sweepMs: 100, againMs: 1_000, lockMs: 1_000, concurrency: 2 }
    const transport = await openBullTransport(runner, test().database, () => undefined, settings)
    opened.push(transport)
    ends.push(() => transport.stop(1_000))
  }
  return opened
}

const keysOf = (fault: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${fault}-${n}`)

/** Asks for jobs all through a fault, then waits until all are done, and looks at what they left. */
async function through(fault: string, count: number, nemesis: () => Promise<void>): Promise<void> {
  const keys = keysOf(fault, count * longer)
  const half = Math.ceil(keys.length / 2)
  await askMany(test(), 'plain', keys.slice(0, half))
  const asking = (async () => {
    for (const key of keys.slice(half)) {
      await askMany(test(), 'plain', [key])
      await sleep(5)
    }
  })()
  await nemesis()
  const over = performance.now()
  await asking
  await emptied(test(), 60_000)
  report(fault, { jobs: keys.length, 'emptied after ms': performance.now() - over })
  expect(await effectsOf(test(), `${fault}-`)).toHaveLength(keys.length)
  expect(await doubled(test(), `${fault}-`)).toEqual([])
}

describe.runIf(hasRedis)('with Redis', () => {
  it('F36 emptied under load: everything is told again', async () => {
    const redis = await ownRedis()
    await openWorkers(redis)
    await through('F36', 120, async () => {
      for (let n = 0; n < 3; n++) {
        await sleep(150)
        await redis.command('flushall')
      }
    })
  }, 120_000)

  it('F36 control: what was told before, and not again, is gone', async () => {
    const redis = await ownRedis()
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null })
    ends.push(async () => connection.disconnect())
    const queue = new Queue('control', { connection, prefix: '{control}', skipVersionCheck: true })
    await queue.addBulk(keysOf('lost', 50).map((key) => ({ name: 'run', data: { key } })))
    expect(await queue.count()).toBe(50)
    await redis.command('flushall')
    expect(await queue.count()).toBe(0)
  })

  it.each([
    ['F37 killed without persistence', ['--save', '', '--appendonly', 'no']],
    ['F37 killed with AOF', ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec']],
  ] as const)(
    '%s, and started again in the middle of telling: nothing is lost or doubled',
    async (name, words) => {
      const redis = await ownRedis(words)
      await openWorkers(redis)
      await through(name, 120, async () => {
        await sleep(150)
        await redis.kill()
        await sleep(300)
        await redis.start()
      })
    },
    120_000,
  )

  it('F39 started late: the outbox grows meanwhile, and drains', async () => {
    const redis = await ownRedis(undefined, false)
    await openWorkers(redis, 1)
    const keys = keysOf('F39', 60)
    await askMany(test(), 'plain', keys)
    await sleep(400)
    expect(await effectsOf(test(), 'F39-')).toEqual([])
    const began = performance.now()
    await redis.start()
    await emptied(test())
    report('F39 Redis late', { jobs: keys.length, 'drained ms': performance.now() - began })
    expect(await doubled(test(), 'F39-')).toEqual([])
  }, 60_000)

  it('F40 messages doubled, shuffled, and a week late are absorbed', async () => {
    const redis = await ownRedis()
    const keys = keysOf('F40', 40)
    const ids = await askMany(test(), 'plain', keys)
    const queue = `faults-${++queues}`
    await openWorkers(redis, 2, queue)
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null })
    ends.push(async () => connection.disconnect())
    const teller = new Queue(queue, { connection, prefix: `{${queue}}`, skipVersionCheck: true })
    const tell = (round: string) =>
      teller.addBulk(
        ids.toReversed().map((id) => ({ name: 'run', data: { id: String(id) }, opts: { jobId: `${round}-${id}` } })),
      )
    await Promise.all([tell('one'), tell('two')])
    await emptied(test())
    // The rows were done long ago.
    await asSuperuser(test(), (client) =>
      client.query(`update job set asked_at = asked_at - interval '7 days', ended_at = ended_at - interval '7 days'`),
    )
    await tell('late')
    while ((await teller.getWaitingCount()) + (await teller.getActiveCount()) > 0) await sleep(20)
    expect(await effectsOf(test(), 'F40-')).toHaveLength(40)
    expect(await doubled(test(), 'F40-')).toEqual([])
  }, 60_000)

  it('F40 control: a worker that believes its messages doubles', async () => {
    const redis = await ownRedis()
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null })
    const worker = new Worker<{ key: string }>(
      'believes',
      async ({ data }) => void (await transact(test().database, (tx) => leaveEffect({ tx }, data.key, 1))),
      { connection, prefix: '{believes}', skipVersionCheck: true, removeOnComplete: { count: 0 } },
    )
    worker.on('error', () => undefined)
    ends.push(async () => {
      await worker.close()
      connection.disconnect()
    })
    const queue = new Queue('believes', { connection, prefix: '{believes}', skipVersionCheck: true })
    const twice = async (jobId: string) => {
      await queue.add('run', { key: 'believed' }, { jobId })
      while ((await queue.getWaitingCount()) + (await queue.getActiveCount()) > 0) await sleep(10)
    }
    await twice('same-name')
    await twice('same-name')
    expect(await doubled(test(), 'believed')).toEqual(['believed ×2'])
  }, 30_000)

  it('F42 told by two relays, then by none for a day: done once, and caught up', async () => {
    const redis = await ownRedis()
    const opened = await openWorkers(redis, 3)
    await through('F42', 90, async () => sleep(100))
    await Promise.all(opened.map((transport) => transport.stop(1_000)))
    const keys = keysOf('F42b', 90)
    await askMany(test(), 'plain', keys)
    await asSuperuser(test(), (client) =>
      client.query(
        `update job set asked_at = asked_at - interval '1 day', not_before = not_before - interval '1 day' where state = 'waiting'`,
      ),
    )
    const began = performance.now()
    await openWorkers(redis, 2)
    await emptied(test())
    report('F42 none for a day', { jobs: keys.length, 'caught up ms': performance.now() - began })
    expect(await effectsOf(test(), 'F42b-')).toHaveLength(90)
    expect(await doubled(test(), 'F42b-')).toEqual([])
  }, 90_000)

  it('refuses a Redis that throws keys away when it is full', async () => {
    const redis = await ownRedis(['--save', '', '--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'])
    await expect(openWorkers(redis, 1)).rejects.toThrow(RedisEvicts)
    await expect(openWorkers(redis, 1)).rejects.toThrow(/allkeys-lru.*noeviction/)
  })
})
