/**
 * Weather as an office meets it: connections ended while they are opened, a database restarted, hung or gone, under
 * readers and posters. What was hit is answered 503 with `Retry-After`, the process stays, and it is back within 10 s.
 */
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from '../../src/access/token.ts'
import { openDatabase } from '../../src/base/db.ts'
import { newBookBody, quotaBody } from '../support/door.ts'
import { endAll, type Running, startService } from '../support/process.ts'
import { postmasterOf } from '../support/postmaster.ts'
import { openOwnServer, type OwnServer, stemFolder, until } from './own-server.ts'

let server: OwnServer
let service: Running
let url = ''
let token = ''
const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-weather-'))

beforeAll(async () => {
  server = await openOwnServer()
  service = startService({ DATABASE_URL: server.superUrl, YIBEN_DATA: folder })
  url = await service.ready()
  const database = openDatabase(server.superUrl)
  token = await issueToken(database, { person: 'zhang', role: 'integration', days: 1 })
  await database.close()
  expect((await post('/v1/books', newBookBody('W'))).status).toBe(201)
}, 120_000)
afterAll(async () => {
  for (const pid of tree(server.pid())) signal(pid, 'SIGCONT')
  await endAll([service])
  await server.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

let keys = 0
type Answered = { readonly status: number; readonly retry: string | null; readonly ms: number }

type Sent = { readonly method?: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }

async function ask(path: string, init: Sent = {}): Promise<Answered> {
  const began = performance.now()
  const response = await fetch(url + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    signal: AbortSignal.timeout(20_000),
  })
  await response.text()
  return { status: response.status, retry: response.headers.get('retry-after'), ms: performance.now() - began }
}
const read = () => ask('/v1/books/W/trial-balance?asOf=2026-12-31')
const post = (path: string, body: object, key = `w${++keys}`) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'idempotency-key': key } })
const postOne = (key?: string) => post('/v1/books/W/entries', quotaBody(), key)

/** Six readers and a poster without pause, until told to stop; every answer they got. */
function load() {
  const answers: Answered[] = []
  const posted: string[] = []
  const stopping = new AbortController()
  const loop = async (once: () => Promise<Answered>) => {
    while (!stopping.signal.aborted) {
      answers.push(await once())
      await sleep(2)
    }
  }
  const poster = async () => {
    const key = `w${++keys}`
    const answer = await postOne(key)
    if (answer.status === 201) posted.push(key)
    return answer
  }
  const loops = [...Array.from({ length: 6 }, () => loop(read)), loop(poster)]
  return {
    answers,
    posted,
    stop: async () => {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

const childrenOf = (pid: number): number[] =>
  fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
const tree = (pid: number): number[] => (pid === 0 ? [] : [pid, ...childrenOf(pid)])
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone already.
  }
}

/** The milliseconds until a read and a posting are answered as on any day. */
async function backWithin(limitMs: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const both = [await read(), await postOne()]
    if (both[0]?.status === 200 && both[1]?.status === 201) return performance.now() - began
    if (performance.now() - began > limitMs) throw new Error(`not back: ${JSON.stringify(both)} ${service.said()}`)
    await sleep(50)
  }
}

/** Nothing but what was hit, and that told as weather; each posting that was answered stands, once. */
async function judged({ answers, posted, stop }: ReturnType<typeof load>): Promise<void> {
  await stop()
  const odd = answers.filter(({ status, retry }) => ![200, 201].includes(status) && !(status === 503 && retry === '2'))
  expect(odd).toEqual([])
  expect(service.child.exitCode).toBeNull()
  const [{ count } = { count: -1 }] = await server.query<{ count: number }>(
    `select count(*)::int as count from yiben.entry`,
  )
  expect(count).toBeGreaterThanOrEqual(posted.length)
  for (const key of posted.slice(-20)) expect((await postOne(key)).status).toBe(201)
  const [after] = await server.query<{ count: number }>(`select count(*)::int as count from yiben.entry`)
  expect(after?.count).toBe(count)
}

describe('the service stays while its database has weather', () => {
  it('connections ended as they appear, those being opened too', { timeout: 60_000 }, async () => {
    const under = load()
    let killed = 0
    for (const began = performance.now(); performance.now() - began < 6_000; await sleep(1)) {
      for (const pid of childrenOf(server.pid())) {
        let title = ''
        try {
          title = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        } catch {
          continue
        }
        if (!/127\.0\.0\.1/.test(title)) continue
        signal(pid, 'SIGTERM')
        killed += 1
      }
    }
    expect(killed).toBeGreaterThan(20)
    await backWithin(10_000)
    await judged(under)
  })

  it('a fast restart, again and again', { timeout: 120_000 }, async () => {
    const under = load()
    for (let round = 0; round < 3; round++) {
      await sleep(300)
      server.signal('SIGINT')
      await server.gone()
      await sleep(200)
      await server.start()
      await backWithin(10_000)
    }
    await judged(under)
  })

  it('gone for a while', { timeout: 60_000 }, async () => {
    server.signal('SIGINT')
    await server.gone()
    await sleep(3_000)
    for (const answer of [await read(), await postOne()]) {
      expect([answer.status, answer.retry]).toEqual([503, '2'])
      expect(answer.ms).toBeLessThan(5_000)
    }
    await server.start()
    await backWithin(10_000)
  })

  it('hung: 503 within 5 s, for reads too, and back when it goes on', { timeout: 90_000 }, async () => {
    const under = load()
    await sleep(300)
    const hung = tree(server.pid())
    for (const pid of hung) signal(pid, 'SIGSTOP')
    await sleep(1_000)
    const late = await Promise.all([read(), postOne(), read(), postOne()])
    for (const answer of [...late, await read(), await postOne()]) {
      expect([answer.status, answer.retry]).toEqual([503, '2'])
      expect(answer.ms).toBeLessThan(5_000)
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    for (const pid of hung) signal(pid, 'SIGCONT')
    await backWithin(10_000)
    await judged(under)
  })
})

// How long it takes is the recovery of PostgreSQL, two seconds where the machine is not busy.
describe('the embedded server', () => {
  it('is started again when it dies, and everybody finds it', { timeout: 120_000 }, async () => {
    const home = stemFolder('yiben-weather-')
    const own = startService({ YIBEN_DATA: home })
    try {
      const address = await own.ready(90_000)
      const healthy = async () => (await fetch(`${address}/readyz`)).status
      expect(await healthy()).toBe(200)
      for (let round = 0; round < 2; round++) {
        const before = await postmasterOf(home)
        signal(before, 'SIGKILL')
        await until(async () => (await healthy()) === 503 || (await pidOf(home)) !== before, 10_000, 'it to be gone')
        await until(async () => (await healthy()) === 200 && (await pidOf(home)) !== before, 60_000, 'a new one')
      }
      expect(own.child.exitCode).toBeNull()
      own.child.kill('SIGTERM')
      expect((await own.ended).status).toBe(0)
      await expect(postmasterOf(home)).rejects.toThrow()
    } finally {
      await endAll([own])
      fs.rmSync(home, { recursive: true, force: true })
    }
  })

  it('that cannot be had back ends the process with a failure', { timeout: 120_000 }, async () => {
    const home = stemFolder('yiben-weather-')
    const own = startService({ YIBEN_DATA: home })
    try {
      await own.ready(90_000)
      const place = fs.existsSync(join(home, 'postgres.location'))
        ? fs.readFileSync(join(home, 'postgres.location'), 'utf8').trim()
        : join(home, 'postgres')
      const pid = await postmasterOf(home)
      fs.renameSync(join(place, 'global', 'pg_control'), join(place, 'global', 'pg_control.away'))
      signal(pid, 'SIGKILL')
      expect((await own.ended).status).toBe(1)
      expect(own.said()).toContain('database_lost')
    } finally {
      await endAll([own])
      fs.rmSync(home, { recursive: true, force: true })
    }
  })
})

const pidOf = (home: string): Promise<number> => postmasterOf(home).catch(() => 0)

describe('the command that the test sends', () => {
  it('reaches the processes of the server, or nothing would be tried', () => {
    expect(tree(server.pid()).length).toBeGreaterThan(3)
    expect(execFileSync('cat', [`/proc/${server.pid()}/comm`], { encoding: 'utf8' })).toContain('postgres')
  })
})
