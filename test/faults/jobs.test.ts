/**
 * Workers that are killed, frozen, blocked and poisoned (F32, F34, F35, F41), against a bank whose book is the judge.
 * Each effect leaves a row in a table without a unique key, so that a doubled one is seen; each harness has a control
 * that doubles.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { superviseJobs } from '../../jobs/supervisor.ts'
import { registryOf } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { useDatabase } from '../support/database.ts'
import { payingJobs, plainJobs } from '../jobs/fault-jobs.ts'
import { ask, createEffects, doubled, effectsOf, emptied, ended, rowOf } from '../jobs/outbox.ts'
import type { WorkerOrder } from '../jobs/worker-process.ts'
import { until } from './own-server.ts'
import { report } from './report.ts'

const test = useDatabase()
const checkout = resolve(import.meta.dirname, '../..')
const children: ChildProcess[] = []
const paid = new Map<string, number>()
let bank: Server
let bankUrl = ''
let ledger: Ledger

beforeAll(async () => {
  ledger = openLedger(test().database)
  await createEffects(test())
  // Pays whatever it is sent, as often as it is sent; tells whether it has paid a reference.
  bank = createServer((request, response) => {
    const reference = request.url ?? ''
    if (request.method === 'POST') paid.set(reference, (paid.get(reference) ?? 0) + 1)
    response.statusCode = paid.has(reference) ? 200 : 404
    response.end('paid')
  })
  await new Promise<void>((listening) => bank.listen(0, '127.0.0.1', () => listening()))
  const address = bank.address()
  bankUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => {
  bank.closeAllConnections()
  bank.close()
})

const leaseMs = 400

function startWorker(more: Partial<WorkerOrder> = {}) {
  const host = { databaseUrl: test().url, runner: { leaseMs, backoffMs: 20 }, sweepMs: 50 }
  const order: WorkerOrder = { host, bank: bankUrl, ...more }
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/jobs/worker-process.ts', JSON.stringify(order)], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return {
    child,
    said: (line: string) => until(() => said.split('\n').includes(line), 20_000, `“${line}” of ${said}`),
    gone: () => until(() => child.exitCode !== null || child.signalCode !== null, 10_000, 'the worker to end'),
  }
}

/** Another worker, in this process. */
async function runHere(): Promise<void> {
  const jobs = [
    ...plainJobs.filter(({ name }) => name === 'plain' || name === 'blocks'),
    ...payingJobs(bankUrl, async () => undefined),
  ]
  const holds = plainJobs.find(({ name }) => name === 'plain')
  const runner = new Runner({
    ledger,
    registry: { ...registryOf(jobs), ...(holds && { holds }) },
    log: () => undefined,
    settings: { leaseMs, backoffMs: 20 },
  })
  await until(
    async () => {
      while (await runner.runNext());
      const [row] = await test().database.sql<
        { n: number }[]
      >`select count(*)::int as n from job where state = 'waiting'`
      return row?.n === 0
    },
    60_000,
    'the outbox to empty',
  )
}

async function killedAt(name: string, key: string, pauseAt: string): Promise<number> {
  const worker = startWorker({ pauseAt })
  const id = await ask(test(), name, key)
  await worker.said(`at ${pauseAt}`)
  worker.child.kill('SIGKILL')
  const killed = performance.now()
  await worker.gone()
  await runHere()
  report(`${name} killed ${pauseAt}`, { 'taken over ms': Math.round(performance.now() - killed) })
  expect((await rowOf(test(), id)).state).toBe('done')
  return paid.get(`/ref-${key}`) ?? 0
}

describe('F32 a worker killed', () => {
  it.each(['before the call', 'after the call', 'after the record'])('%s pays once', async (point) => {
    const key = point.replaceAll(' ', '-')
    expect(await killedAt('pays', key, point)).toBe(1)
    expect(await effectsOf(test(), key)).toEqual([{ key, times: 1 }])
  })

  it('control: a job that sends without asking first pays twice', async () => {
    expect(await killedAt('pays-naively', 'naive', 'after the call')).toBe(2)
  })
})

describe('a worker that stands still longer than its lease', () => {
  it('F34 with its event loop blocked: the other run has the effect, its own is refused', async () => {
    const worker = startWorker()
    await worker.said('ready')
    const file = join(fs.mkdtempSync(join(tmpdir(), 'yiben-blocked-')), 'go-on')
    const id = await ask(test(), 'blocks', file)
    await until(async () => (await rowOf(test(), id)).attempts === 1, 5_000, 'the first run')
    await runHere()
    expect(await rowOf(test(), id)).toMatchObject({ state: 'done', attempts: 2 })
    fs.writeFileSync(file, '')
    await worker.said('job_fenced')
    expect(await effectsOf(test(), file)).toEqual([{ key: file, times: 1 }])
    fs.rmSync(dirname(file), { recursive: true })
  })

  it('F35 frozen and thawed after another finished: it writes nothing', async () => {
    const worker = startWorker()
    const id = await ask(test(), 'holds', 'frozen')
    await worker.said('at holding')
    worker.child.kill('SIGSTOP')
    await runHere()
    expect((await rowOf(test(), id)).attempts).toBe(2)
    worker.child.kill('SIGCONT')
    await worker.said('job_fenced')
    expect(await test().database.sql`select attempt from effect where key = 'frozen'`).toEqual([{ attempt: 2 }])
  })
})

describe('F41 poison among good jobs', () => {
  it('costs the thread it ends or blocks, not the others and not the process', async () => {
    const events: string[] = []
    const settings = {
      databaseUrl: test().url,
      runner: { leaseMs, backoffMs: 20 },
      concurrency: 2,
      sweepMs: 50,
      silentSeconds: 1,
      entry: new URL('../jobs/poison-thread.mjs', import.meta.url),
    }
    const supervisor = await superviseJobs(settings, (_, event) => events.push(event))
    const poison: [string, bigint][] = []
    for (const name of ['throws', 'exits', 'endless', 'hangs'])
      poison.push([name, await ask(test(), name, `x-${name}`)])
    const good: bigint[] = []
    for (let n = 0; n < 40; n++) good.push(await ask(test(), 'plain', `good-${n}`))
    const began = performance.now()
    await Promise.all(good.map((id) => ended(test(), id, 60_000)))
    const goodMs = performance.now() - began
    await emptied(test())
    report('F41 poison', { 'good jobs ms': Math.round(goodMs), 'threads lost': supervisor.lostThreads })
    await supervisor.stop(1_000)
    const ends = await Promise.all(poison.map(async ([name, id]) => [name, await rowOf(test(), id)] as const))
    const codes = ends.map(([name, { state, error, attempts }]) => [name, state, error?.code, attempts])
    expect(codes).toEqual([
      ['throws', 'parked', 'job_failed', 3],
      ['exits', 'parked', 'job_lost', 3],
      ['endless', 'parked', 'job_too_slow', 3],
      ['hangs', 'parked', 'job_lost', 3],
    ])
    expect(supervisor.lostThreads).toBeGreaterThanOrEqual(4)
    expect(events).toContain('job_thread_silent')
    expect(await effectsOf(test(), 'good-')).toHaveLength(40)
    expect(await doubled(test(), 'good-')).toEqual([])
  }, 90_000)
})
