/**
 * What a stranger may send, to every route: kinds of bodies that cost others their machine. None is answered with a
 * fault of ours, none holds the one thread of the service longer than a third of a second, and the service answers
 * meanwhile. What the thread spends is counted in its own time, because machines that test are busy with other things.
 */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/access/actor.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { useDoor } from '../support/door.ts'
import { big, small } from './hostile-bodies.ts'

const door = useDoor()
const nightly = process.env['YIBEN_NIGHTLY'] === '1'

/** Spent by this process between two turns of the loop, at most, in milliseconds. */
const spent = { most: 0, looking: true }
function look(before = process.cpuUsage()): void {
  const used = process.cpuUsage(before)
  spent.most = Math.max(spent.most, (used.user + used.system) / 1000)
  if (spent.looking) setImmediate(look, process.cpuUsage())
}

const tokens: string[] = []
beforeAll(async () => {
  for (const role of [
    'finance_maker',
    'finance_checker',
    'provident_fund',
    'operator',
  ] as const satisfies readonly Role[])
    tokens.push(await door().token(role, { person: `h-${role}` }))
})
afterAll(() => {
  spent.looking = false
})

let keys = 0
function send(route: (typeof apiRoutes)[number], body: Buffer, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = route.path.replaceAll(/\{[a-z0-9]+\}/g, '1')
    const outgoing = request(
      door().url + path,
      {
        method: route.method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': body.length,
          'idempotency-key': `h${++keys}`,
          'if-match': '"1"',
        },
      },
      (incoming) => {
        incoming.resume()
        incoming.on('end', () => resolve(incoming.statusCode ?? 0))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const taking = apiRoutes.filter(({ body }) => body.mediaType === 'application/json')

describe('hostile bodies', () => {
  it('has routes to send to', () => expect(taking.length).toBeGreaterThan(60))

  it('of some kilobytes are refused by every route, at once', { timeout: 600_000 }, async () => {
    const odd: string[] = []
    for (const [kind, text] of Object.entries(small)) {
      const body = Buffer.from(text)
      for (const [place, route] of taking.entries()) {
        const status = await send(route, body, tokens[place % tokens.length] ?? '')
        if (status >= 500 || status === 0) odd.push(`${kind} to ${route.id}: ${status}`)
      }
    }
    expect(odd).toEqual([])
  })

  it('of megabytes hold up nobody', { timeout: 600_000 }, async () => {
    const odd: string[] = []
    look()
    for (const [kind, make] of Object.entries(big)) {
      const body = Buffer.from(make())
      const routes = taking.filter((route, place) => nightly || place % 12 === 0 || route.id.startsWith('calc-split'))
      for (const [place, route] of routes.entries()) {
        // The maker of `make` and the garbage of it are not the service's.
        await new Promise((resolve) => setImmediate(resolve))
        spent.most = 0
        const status = await send(route, body, tokens[place % tokens.length] ?? '')
        if (status >= 500 || status === 0) odd.push(`${kind} to ${route.id}: ${status}`)
        if (spent.most > 300) odd.push(`${kind} to ${route.id}: ${Math.round(spent.most)} ms of the thread`)
      }
      expect((await fetch(`${door().url}/healthz`)).status).toBe(200)
    }
    expect(odd).toEqual([])
  })
})

describe('a body above the limit', () => {
  it.each([1, 2, 3])('is told so to a client that writes it whole before it reads, time %i', async () => {
    const body = Buffer.alloc(30 * 1024 * 1024, 'a')
    const route = taking.find(({ id }) => id === 'postBatch') ?? taking[0]
    if (!route) throw new Error('no route')
    expect(await send(route, body, await door().token('integration'))).toBe(413)
  })

  it('is told so by fetch too, with a length and without', async () => {
    const token = await door().token('integration')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'f' }
    const to = `${door().url}/v1/books/B/entries/batch`
    const whole = await fetch(to, { method: 'POST', headers, body: Buffer.alloc(30 * 1024 * 1024, 'a') })
    expect([whole.status, ((await whole.json()) as { code: string }).code]).toEqual([413, 'body_too_large'])
    const pieces = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 30; i++) controller.enqueue(Buffer.alloc(1024 * 1024, 'a'))
        controller.close()
      },
    })
    const streamed = await fetch(to, { method: 'POST', headers, body: pieces, duplex: 'half' })
    expect(streamed.status).toBe(413)
  })
})
