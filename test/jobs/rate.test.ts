/** How fast an outbox drains, for docs/SCALE.md: medians of several runs, in the nightly run. No figure is asserted. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openBullTransport } from '../../jobs/bull.ts'
import { openEmbeddedTransport } from '../../jobs/embedded.ts'
import { registryOf } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { nightly, report } from '../faults/report.ts'
import { until } from '../faults/own-server.ts'
import { useDatabase } from '../support/database.ts'
import { plainJobs } from './fault-jobs.ts'
import { askMany, createEffects, doubled, effectsOf } from './outbox.ts'
import { hasRedis, makeRedis } from './redis.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  await createEffects(test())
})
const [runs, jobs] = nightly ? [7, 1_000] : [1, 100]

async function drained(kind: string, concurrency: number, redisUrl?: string): Promise<void> {
  const rates: number[] = []
  for (let n = 0; n < runs; n++) {
    const prefix = `${kind}-${concurrency}-${n}-`
    const ids = await askMany(
      test(),
      'plain',
      Array.from({ length: jobs }, (_, i) => `${prefix}${i}`),
    )
    const runner = new Runner({ ledger, registry: registryOf(plainJobs), log: () => undefined })
    const { database } = test()
    const began = performance.now()
    const transport =
      redisUrl === undefined
        ? openEmbeddedTransport(runner, database, () => undefined, { concurrency })
        : await openBullTransport(runner, database, () => undefined, { concurrency, redisUrl, queue: `rate-${prefix}` })
    await until(() => runner.counts.of('plain', 'done') === ids.length, 60_000, 'all to be done')
    rates.push((jobs / (performance.now() - began)) * 1_000)
    await transport.stop(1_000)
    expect(await doubled(test(), prefix)).toEqual([])
    expect(await effectsOf(test(), prefix)).toHaveLength(jobs)
  }
  const median = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0
  report(`drain ${kind} ×${concurrency}`, { 'jobs/s, median': median, runs })
}

describe('an outbox drains', () => {
  it.each([1, 2, 4])('embedded, %i at a time', (concurrency) => drained('embedded', concurrency), 300_000)

  it.runIf(hasRedis).each([1, 2, 4])(
    'through Redis, %i at a time',
    async (concurrency) => {
      const redis = await makeRedis()
      await redis.start()
      try {
        await drained('bullmq', concurrency, redis.url)
      } finally {
        await redis.close()
      }
    },
    300_000,
  )
})
