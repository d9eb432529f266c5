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

const door = useDoor()
const nightly = process.env['YIBEN_NIGHTLY'] === '1'

const repeat = (piece: string, count: number): string => piece.repeat(count)
const list = (item: string, count: number): string => `[${repeat(`${item},`, count - 1)}${item}]`
const marks = (count: number): string => `a${repeat('\u0300', count)}${repeat('\u0316', count)}`

/** Bodies of some kilobytes, sent to every route. */
const small: Readonly<Record<string, string>> = {
  nothing: '',
  null: 'null',
  number: '1e999',
  text: '"x"',
  list: '[]',
  'empty object': '{}',
  'cut off': '{"a":',
  'two documents': '{}{}',
  'byte order mark': '\ufeff{}',
  'repeated key': '{"on":"2026-01-01","on":"2026-01-02"}',
  prototype: '{"__proto__":{"x":1},"constructor":{"prototype":{}}}',
  'NUL in text': '{"reason":"a\\u0000b"}',
  'half a pair': '{"reason":"\\ud800"}',
  'depth of 40': `${repeat('[', 40)}${repeat(']', 40)}`,
  'depth of 30 objects': `${repeat('{"a":', 30)}1${repeat('}', 30)}`,
  'depth of 20,000': repeat('[', 20_000),
  'marks in a reason': JSON.stringify({ reason: marks(15_000) }),
  'marks in every text': JSON.stringify(
    Object.fromEntries(
      ['summary', 'name', 'title', 'document', 'memo', 'opinion', 'q', 'reason'].map((k) => [k, marks(3_000)]),
    ),
  ),
  'marks in lines': JSON.stringify({ on: '2026-01-01', summary: 'x', lines: [{ memo: marks(15_000) }] }),
  'hangul to compose': JSON.stringify({ reason: repeat('\u1100\u1161\u11a8', 10_000) }),
  'long ligatures': JSON.stringify({ reason: repeat('\ufdfa', 20_000), name: repeat('\ufdfa', 20_000) }),
  'long blanks': JSON.stringify({ reason: repeat(' ', 60_000), summary: repeat('\u3000', 60_000) }),
  'long identifier': JSON.stringify({ project: repeat('字 ', 30_000), indicator: repeat('a-', 30_000) }),
  'long digits': JSON.stringify({ amount: repeat('9', 60_000), area: `0.${repeat('0', 60_000)}` }),
  'long day': JSON.stringify({ on: repeat('2026-01-01', 6_000), from: repeat('1', 60_000) }),
  'many keys': `{${Array.from({ length: 4_000 }, (_, i) => `"k${i}":1`).join()}}`,
  'many lines': `{"on":"2026-01-01","summary":"x","lines":${list('{"account":"x"}', 4_000)}}`,
  'many numbers': `{"weights":${list('"x"', 10_000)},"amounts":${list('"-"', 10_000)}}`,
  'many entries': `{"entries":${list('{}', 4_000)}}`,
  'numbers for text': `{"reason":${repeat('1', 10_000)}}`,
  'escaped keys': `{"\\u0072eason":"x","reason":"y"}`,
}

/** Bodies of megabytes. */
const big: Readonly<Record<string, () => string>> = {
  'a million numbers': () => list('1', 1_000_000),
  'a million lists': () => `{"lines":${list('[]', 1_000_000)}}`,
  'two hundred thousand lines': () => `{"on":"2026-01-01","summary":"x","lines":${list('{"account":"x"}', 200_000)}}`,
  'weights that are none': () => `{"weights":${list('"x"', 900_000)},"total":"1.00"}`,
  'two million marks': () => JSON.stringify({ reason: marks(900_000) }),
  'keys by the hundred thousand': () => `{${Array.from({ length: 250_000 }, (_, i) => `"k${i}":1`).join()}}`,
  'four million letters': () => JSON.stringify({ name: repeat('a', 4_000_000) }),
  'entries by the hundred thousand': () => `{"entries":${list('{"key":"a"}', 250_000)}}`,
  'dwellings by the hundred thousand': () => `{"dwellings":${list('{"id":"a","area":"1"}', 150_000)}}`,
  'escapes by the million': () => `{"reason":"${repeat('\\u0300', 600_000)}"}`,
}

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
