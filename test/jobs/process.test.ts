/** `npm run worker` and the service's own thread of jobs, as an operator starts and stops them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { until } from '../faults/own-server.ts'
import { useDatabase } from '../support/database.ts'
import { postmasterOf } from '../support/postmaster.ts'
import { ask, ended, rowOf } from './outbox.ts'
import { hasRedis, makeRedis } from './redis.ts'

const test = useDatabase()
const checkout = resolve(import.meta.dirname, '../..')
const children: ChildProcess[] = []
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-worker-'))
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

function start(program: 'worker' | 'main', more: Record<string, string> = {}) {
  const url = new URL(inject('server').adminUrl)
  url.pathname = new URL(test().url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', `src/${program}.ts`], {
    cwd: checkout,
    env: { ...process.env, DATABASE_URL: url.href, YIBEN_DATA: folder, PORT: '0', YIBEN_SAMPLE: '0', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const exit = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)))
  return {
    ready: () => until(() => /ready/.test(out) || child.exitCode !== null, 30_000, `ready: ${err}`),
    told: () => ({ out, err }),
    exit,
    end: async (): Promise<[number | null, number]> => {
      const began = performance.now()
      child.kill('SIGTERM')
      return [await exit, performance.now() - began]
    },
  }
}

const checks = (key: string) => ask(test(), 'checks', key, { on: '2026-11-23' })

describe('processes', () => {
  it('a worker alone runs what is asked for, and ends with 0 on SIGTERM', async () => {
    const worker = start('worker')
    await worker.ready()
    const id = await checks('alone')
    await ended(test(), id)
    const [status, ms] = await worker.end()
    expect([status, (await rowOf(test(), id)).state, worker.told().out]).toEqual([0, 'done', 'yiben worker ready\n'])
    expect(ms).toBeLessThan(10_000)
  }, 60_000)

  it('the service runs jobs itself, and not where it is told not to', async () => {
    const idle = start('main', { YIBEN_WORKER: '0' })
    await idle.ready()
    const id = await checks('service')
    await new Promise((passed) => setTimeout(passed, 1_500))
    expect((await rowOf(test(), id)).attempts).toBe(0)
    expect((await idle.end())[0]).toBe(0)
    const service = start('main')
    await service.ready()
    await ended(test(), id)
    const url = /http:\S+/.exec(service.told().out)?.[0]
    const figures = await (await fetch(`${url}/metrics`)).text()
    expect(figures).toContain('yiben_job_lag_seconds 0')
    expect((await service.end())[0]).toBe(0)
  }, 60_000)

  it('a worker whose embedded database is gone says so and ends, to be started anew', async () => {
    const data = await mkdtemp(join(folder, 'own-'))
    const worker = start('worker', { DATABASE_URL: '', YIBEN_DATA: data })
    await worker.ready()
    process.kill(await postmasterOf(data), 'SIGKILL')
    expect(await worker.exit).toBe(1)
    expect(worker.told().err).toContain('database_gone')
  }, 60_000)

  it.runIf(hasRedis)(
    'with Redis away the service is ready and stops; a Redis that evicts is refused in a line',
    async () => {
      const redis = await makeRedis(['--save', '', '--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'])
      try {
        const away = start('main', { REDIS_URL: redis.url })
        await away.ready()
        const url = /http:\S+/.exec(away.told().out)?.[0]
        expect((await fetch(`${url}/readyz`)).status).toBe(200)
        const [status, ms] = await away.end()
        expect(status, away.told().err).toBe(0)
        expect(ms).toBeLessThan(10_000)
        expect(away.told().err).not.toContain('unhandled')
        await redis.start()
        const refused = start('worker', { REDIS_URL: redis.url })
        expect(await refused.exit).toBe(1)
        expect(refused.told().err).toMatch(/^yiben: .*allkeys-lru.*noeviction.*$/m)
      } finally {
        await redis.close()
      }
    },
    60_000,
  )
})
