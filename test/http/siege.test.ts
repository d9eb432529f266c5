/**
 * A service of its own under all that a stranger may send: every kind of body to every route, one after the other, each
 * answered in words and never by a fault, while whoever asks whether the service lives is answered at once. What counts
 * is the time of the service's one thread: how long a clock runs meanwhile says how busy the machine is. Afterwards the
 * memory is what it was. Every night all of it; otherwise each kind to some routes, and each route some kinds.
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from '../../src/access/token.ts'
import { examplesOf } from '../../src/http/examples/examples.ts'
import { rolesFor } from '../../src/http/openapi.ts'
import { apiRoutes, openRoutes } from '../../src/http/routes.ts'
import { useDatabase } from '../support/database.ts'
import { endAll, type Running, startService } from '../support/process.ts'
import { big, small } from './hostile-bodies.ts'

const nightly = process.env['YIBEN_NIGHTLY'] === '1'
const test = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'yiben-siege-'))
let service: Running
let url = ''
const tokens = new Map<string, string>()
const routes = [...apiRoutes, ...openRoutes]

beforeAll(async () => {
  service = startService({ DATABASE_URL: test().superUrl, YIBEN_DATA: folder })
  url = await service.ready(180_000)
  // The examples revoke the first token and end the first duty there are.
  await issueToken(test().database, { person: 'first', role: 'auditor', days: 1 })
  for (const role of new Set(routes.map((route) => rolesFor(route)[0] ?? 'auditor')))
    tokens.set(role, await issueToken(test().database, { person: `siege-${role}`, role, days: 1 }))
}, 240_000)
afterAll(async () => {
  await endAll([service])
  await rm(folder, { recursive: true, force: true })
})

// Machines that do not tell what a thread works are asked for the answers alone.
const tells = existsSync('/proc/self/schedstat')

/** Milliseconds the service's one thread has been at work. */
function worked(): number {
  const { pid } = service.child
  return tells ? Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6 : 0
}

function residentMb(): number {
  const status = tells ? readFileSync(`/proc/${service.child.pid}/status`, 'utf8') : ''
  return Number(/^VmRSS:\s+([0-9]+) kB/m.exec(status)?.[1] ?? 0) / 1024
}

let keys = 0
function send(route: (typeof routes)[number], body: Buffer): Promise<number> {
  const [example] = examplesOf(route.id)
  const path = route.path.replaceAll(/\{([a-z0-9]+)\}/gi, (_, name: string) =>
    encodeURIComponent(example?.params?.[name] ?? '1'),
  )
  const role = rolesFor(route)[0] ?? 'auditor'
  const known =
    route.right === 'open' ? { origin: url, 'yiben-console': '1' } : { authorization: `Bearer ${tokens.get(role)}` }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url + path,
      {
        method: route.method,
        headers: {
          ...known,
          'content-type': 'application/json',
          'content-length': body.length,
          'idempotency-key': `s${++keys}`,
          'if-match': '"1"',
        },
      },
      (incoming) => {
        incoming.resume()
        incoming.on('end', () => resolve(incoming.statusCode ?? 0))
        incoming.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Asks whether the service lives, and gives what its thread worked till it said so. */
async function alive(): Promise<number> {
  const before = worked()
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  return worked() - before
}

let aliveAlone = 0
beforeAll(async () => {
  const alone: number[] = []
  for (let asked = 0; asked < 40; asked++) alone.push(await alive())
  aliveAlone = alone.toSorted((a, b) => a - b)[alone.length / 2] ?? 0
})

/**
 * What the thread worked for an answer, without what asking whether the service lives took meanwhile, and at most
 * between asking that and hearing it.
 */
async function besieged(ask: () => Promise<number>) {
  const began = worked()
  const under = { siege: true }
  const asked = ask().finally(() => (under.siege = false))
  let [waited, heard] = [0, 0]
  do {
    waited = Math.max(waited, await alive())
    heard += 1
    if (under.siege) await sleep(2)
  } while (under.siege)
  return { status: await asked, took: worked() - began - heard * aliveAlone, waited }
}

const limits = { took: 300, waited: 100 }

/** As `besieged`; where it goes beyond a limit, the least of three: a neighbour that takes the core is not the body. */
async function leastBesieged(ask: () => Promise<number>) {
  let seen = await besieged(ask)
  for (let again = 0; again < 2 && (seen.took > limits.took || seen.waited > limits.waited); again++) {
    const { took, waited } = await besieged(ask)
    seen = { ...seen, took: Math.min(seen.took, took), waited: Math.min(seen.waited, waited) }
  }
  return seen
}

describe('a service under siege', () => {
  const all = [...Object.entries(small).map(([kind, text]) => [kind, () => text] as const), ...Object.entries(big)]

  it('knows forty kinds', () => expect(all.length).toBeGreaterThanOrEqual(40))

  it.skipIf(!tells)('is measured: what an answer costs is seen', async () => {
    const route = routes.find(({ id }) => id === 'postBatch')
    if (!route) throw new Error('no route')
    const body = Buffer.from(big['two million marks']?.() ?? '')
    const { took, waited } = await besieged(() => send(route, body))
    expect(took).toBeGreaterThan(1)
    expect(waited).toBeGreaterThan(1)
  })

  it('answers each in words, holds up nobody, and keeps nothing', { timeout: 3_600_000 }, async () => {
    for (const route of routes) await send(route, Buffer.from('{}'))
    const before = residentMb()
    const odd: string[] = []
    for (const [place, [kind, make]] of all.entries()) {
      const body = Buffer.from(make())
      const every = nightly ? 1 : body.length > 100_000 ? 20 : 8
      const asked = routes.filter((_, at) => (at + place) % every === 0)
      for (const route of asked) {
        const { status, took, waited } = await leastBesieged(() => send(route, body))
        if (status >= 500 || status === 0) odd.push(`${kind} to ${route.id}: ${status}`)
        if (status === 401 && route.right !== 'open') odd.push(`${kind} to ${route.id}: by nobody`)
        if (took > limits.took) odd.push(`${kind} to ${route.id}: ${Math.round(took)} ms of the thread`)
        if (waited > limits.waited)
          odd.push(`${kind} to ${route.id}: /healthz after ${Math.round(waited)} ms of the thread`)
      }
    }
    expect(odd).toEqual([])
    let after = residentMb()
    for (let seconds = 0; seconds < 60 && after > before + 50; seconds++) {
      await sleep(1_000)
      after = residentMb()
    }
    expect(after).toBeLessThanOrEqual(before + 50)
  })
})
