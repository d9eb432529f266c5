/** What any transport must do, asked of each in the same words: the embedded one, and BullMQ on a real Redis. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { transact } from '../../src/base/db.ts'
import { enqueue } from '../../src/base/outbox.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { openBullTransport } from '../../jobs/bull.ts'
import { openEmbeddedTransport } from '../../jobs/embedded.ts'
import { defineJob, type Job, type JobLog, type Running } from '../../jobs/job.ts'
import { registryOf } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import type { Transport } from '../../jobs/transport.ts'
import { gateOf, until } from '../faults/own-server.ts'
import { useDatabase } from '../support/database.ts'
import { ask, askMany, createEffects, doubled, effectsOf, emptied, ended, leaveEffect, rowOf } from './outbox.ts'
import { hasRedis, makeRedis, type OwnRedis } from './redis.ts'

const title = { zh: '测试', en: 'test' }
const payload = z.strictObject({ key: z.string() })
const effect = (running: Running, key: string) =>
  running.finish((act) => leaveEffect(act, key, running.attempt).then(() => null))

let redis: OwnRedis | undefined
beforeAll(async () => {
  if (!hasRedis) return
  redis = await makeRedis()
  await redis.start()
})
afterAll(() => redis?.close())

type Open = (runner: Runner, ledger: Ledger, log: JobLog, concurrency?: number) => Promise<Transport>
const settings = { sweepMs: 150 }
let queues = 0
const transports: [string, boolean, Open][] = [
  [
    'embedded',
    true,
    async (runner, { database }, log, concurrency = 4) =>
      openEmbeddedTransport(runner, database, log, { ...settings, concurrency }),
  ],
  [
    'BullMQ',
    hasRedis,
    (runner, { database }, log, concurrency = 4) =>
      openBullTransport(runner, database, log, {
        ...settings,
        concurrency,
        redisUrl: redis?.url ?? '',
        queue: `conformance-${++queues}`,
        againMs: 1_000,
        lockMs: 1_000,
      }),
  ],
]

describe.each(transports.filter(([, runs]) => runs))('%s', (kind, _, open) => {
  const test = useDatabase()
  let ledger: Ledger
  beforeAll(async () => {
    ledger = openLedger(test().database)
    await createEffects(test())
  })

  const plain = defineJob({ name: 'plain', title, payload, run: (running, { key }) => effect(running, key) })

  async function running<T>(jobs: readonly Job[], work: (runner: Runner) => Promise<T>, processes = 1): Promise<T> {
    const log: JobLog = () => undefined
    const opened: { runner: Runner; transport: Transport }[] = []
    for (let n = 0; n < processes; n++) {
      const runner = new Runner({
        ledger,
        registry: registryOf(jobs),
        log,
        settings: { backoffMs: 50, leaseMs: 1_000 },
      })
      opened.push({ runner, transport: await open(runner, ledger, log) })
    }
    try {
      const [first] = opened
      if (!first) throw new Error('none opened')
      return await work(first.runner)
    } finally {
      await Promise.all(opened.map(({ transport }) => transport.stop(2_000)))
    }
  }

  it('runs what was asked for before it began and what is asked for then', async () => {
    const before = await ask(test(), 'plain', `${kind}-before`)
    await running([plain], async () => {
      await ended(test(), before)
      const after = await ask(test(), 'plain', `${kind}-after`)
      await ended(test(), after)
      expect((await rowOf(test(), after)).state).toBe('done')
    })
    expect(await doubled(test(), kind)).toEqual([])
  })

  it('does not run what was asked for by a transaction that was rolled back', async () => {
    await running([plain], async () => {
      const lost = transact(test().database, async (tx) => {
        await enqueue(tx, { name: 'plain', key: `${kind}-never`, payload: { key: `${kind}-never` }, askedBy: 'z' })
        throw new Error('rolled back')
      })
      await expect(lost).rejects.toThrow('rolled back')
      await ended(test(), await ask(test(), 'plain', `${kind}-later`))
    })
    expect(await effectsOf(test(), `${kind}-never`)).toEqual([])
  })

  it('waits for the time a job may begin', async () => {
    await running([plain], async () => {
      const { jobId } = await transact(test().database, (tx) =>
        enqueue(tx, {
          name: 'plain',
          key: `${kind}-tomorrow`,
          payload: { key: `${kind}-tomorrow` },
          askedBy: 'z',
          notBefore: ledger.clock() + 86_400_000_000n,
        }),
      )
      await ended(test(), await ask(test(), 'plain', `${kind}-now`))
      expect((await rowOf(test(), jobId)).attempts).toBe(0)
      await test().database.pool.query('update job set not_before = now() where job_id = $1', [jobId.toString()])
      await ended(test(), jobId)
    })
  })

  it('runs each of 200 jobs once, by three processes', async () => {
    const keys = Array.from({ length: 200 }, (_, n) => `${kind}-many-${n}`)
    await askMany(test(), 'plain', keys)
    await running([plain], () => emptied(test()), 3)
    expect(await effectsOf(test(), `${kind}-many`)).toHaveLength(200)
    expect(await doubled(test(), `${kind}-many`)).toEqual([])
  })

  it('tries again after failures and parks what never succeeds, with good jobs going on', async () => {
    const flaky = defineJob({
      name: 'flaky',
      title,
      payload,
      run: (running, { key }) => (running.attempt < 3 ? Promise.reject(new Error('not yet')) : effect(running, key)),
    })
    const never = defineJob({ name: 'never', title, payload, attempts: 2, run: () => Promise.reject(new Error('no')) })
    await running([plain, flaky, never], async () => {
      const third = await ask(test(), 'flaky', `${kind}-third`)
      const poison = await ask(test(), 'never', `${kind}-poison`)
      await Promise.all([ended(test(), third), ended(test(), poison)])
      expect(await rowOf(test(), third)).toMatchObject({ state: 'done', attempts: 3 })
      expect(await rowOf(test(), poison)).toMatchObject({ state: 'parked', attempts: 2 })
      await ended(test(), await ask(test(), 'plain', `${kind}-good`))
    })
  })

  it('takes a job over whose process went away with it', async () => {
    const id = await ask(test(), 'plain', `${kind}-orphan`)
    await test().database.pool.query(
      `update job set claim = gen_random_uuid(), claimed_until = now() + interval '400 ms', attempts = 1, published_at = now()
       where job_id = $1`,
      [id.toString()],
    )
    await running([plain], () => ended(test(), id))
    expect(await rowOf(test(), id)).toMatchObject({ state: 'done', attempts: 2 })
    expect(await doubled(test(), `${kind}-orphan`)).toEqual([])
  })

  it('stops: lets the running end, takes nothing new, and gives back what does not end', async () => {
    const { open: letGo, gate } = gateOf()
    const short = gateOf()
    const slow = defineJob({
      name: 'slow',
      title,
      payload,
      run: async (run, { key }) => {
        if (run.attempt === 1) await (key.endsWith('short') ? short.gate : gate)
        return effect(run, key)
      },
    })
    const log: JobLog = () => undefined
    const runner = new Runner({ ledger, registry: registryOf([slow]), log })
    const transport = await open(runner, ledger, log, 2)
    const ids = [await ask(test(), 'slow', `${kind}-short`), await ask(test(), 'slow', `${kind}-long`)]
    await until(() => runner.running === 2, 10_000, 'both to run')
    const stopped = transport.stop(500)
    const late = await ask(test(), 'slow', `${kind}-late`)
    short.open()
    await stopped
    const rows = await Promise.all([...ids, late].map((id) => rowOf(test(), id)))
    expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['done', 1],
      ['waiting', 0],
      ['waiting', 0],
    ])
    letGo()
    await running([defineJob({ name: 'slow', title, payload, run: (run, { key }) => effect(run, key) })], () =>
      emptied(test()),
    )
    expect(await doubled(test(), kind)).toEqual([])
  })
})
