/**
 * The operations of the API asked from the command line, in this process and without a socket: the very routes, with
 * their forms, rights, keys and answers. So what a command prints as JSON is what the API answers, and a command that
 * acts does what the API does.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Actor } from '../../access/actor.ts'
import { TokenDesk } from '../../access/token.ts'
import { assert } from '../../base/assert.ts'
import { type Json, parseJson } from '../../base/json.ts'
import { openCursors } from '../../http/cursor.ts'
import { type Answered, answerTo } from '../../http/problem.ts'
import type { Route, Service } from '../../http/route.ts'
import { apiRoutes } from '../../http/routes.ts'
import { openLimits } from '../../http/watch/limits.ts'
import { type Ledger, Passed } from '../../ledger/ledger.ts'
import { Told, WrongUsage } from '../failure.ts'

export type Asked = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: Json
  readonly key?: string
  /** The version that was read (If-Match). */
  readonly version?: number | undefined
}

export type AnswerOf = {
  readonly status: number
  readonly json: Readonly<Record<string, Json>>
  readonly replayed: boolean
}

/** Who asks: whoever sits at the machine and reads, or the holder of a token. */
export type Asker = { readonly actor: Actor } | { readonly token: string }

export function operationOf(id: string): Route {
  const found = apiRoutes.find((route) => route.id === id)
  assert(found, `there is an operation ${id}`)
  return found
}

/** Asks an operation. A problem is an answer too. */
export async function ask(ledger: Ledger, who: Asker, route: Route, asked: Asked = {}): Promise<AnswerOf> {
  const { status, headers, bytes, text } = await answered(ledger, who, route, asked)
  return {
    status,
    json: objectOf(bytes ? Buffer.from(bytes).toString() : text),
    replayed: headers['idempotent-replayed'] === 'true',
  }
}

function objectOf(text: string): Record<string, Json> {
  const json = parseJson(text)
  assert(json !== null && typeof json === 'object' && !Array.isArray(json), 'every answer is an object')
  return json
}

async function answered(ledger: Ledger, who: Asker, route: Route, asked: Asked): Promise<Answered> {
  try {
    return await route.serve(requestOf(who, route, asked), { ...asked.params }, serviceFor(ledger, who))
  } catch (error) {
    const answer = answerTo(error, 'zh')
    if (answer.bug !== undefined) throw error
    return answer
  }
}

// What a route reads of node's message: address, headers, bytes. Nothing comes from a socket.
function requestOf(who: Asker, route: Route, { query = {}, body, key, version }: Asked): IncomingMessage {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  )
  const headers = {
    authorization: `Bearer ${'token' in who ? who.token : 'console'}`,
    'accept-language': 'zh',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(key !== undefined && route.keyed && { 'idempotency-key': key }),
    ...(version !== undefined && { 'if-match': `"${version}"` }),
  }
  const bytes = Readable.from(body === undefined ? [] : [Buffer.from(JSON.stringify(body))])
  const url = `${route.path}${given.length > 0 ? `?${given.join('&')}` : ''}`
  return Object.assign(bytes, { method: route.method, url, headers, rawHeaders: [], socket: {} }) as never
}

// Of one command: its cursors end with it, and nothing of it is signed.
const ownSeal = randomBytes(32)

/** What the running service alone has: the keys it signs and seals with. */
const ofService: never = new Proxy(
  {},
  {
    get: () => {
      throw new WrongUsage('须由运行中的服务办理 / the running service alone does this')
    },
  },
) as never

function serviceFor(ledger: Ledger, who: Asker): Service {
  const { database, clock } = ledger
  const desk = new TokenDesk(database, clock)
  if ('actor' in who) desk.actorOf = () => who.actor
  const cursors = openCursors({ sign: (bytes) => createHmac('sha512', ownSeal).update(bytes).digest() })
  return {
    ledger,
    desk,
    proof: { database, clock, signer: ofService },
    accounts: { database, clock, vault: ofService },
    limits: openLimits(),
    cursors,
  }
}

/**
 * Whether an operation would be refused as things stand, by the very gates that refuse it; `undefined` where not, or
 * where the operation cannot be tried. Nothing is written.
 */
export async function refusedNow(
  ledger: Ledger,
  who: Asker,
  route: Route,
  asked: Asked,
): Promise<AnswerOf | undefined> {
  if (!route.isVerb) return undefined
  try {
    return await ask({ ...ledger, isTrial: true }, who, route, asked)
  } catch (error) {
    if (error instanceof Passed) return undefined
    throw error
  }
}

/** A refusal of an answer, told as the command line tells refusals. */
export function requireDone({ status, json }: AnswerOf): void {
  if (status < 400) return
  const {
    code,
    detail,
    errors = [],
  } = json as { code: string; detail: string; errors?: { path: string; message: string }[] }
  process.stderr.write(`yiben: ${code}: ${detail}\n`)
  for (const { path, message } of errors) process.stderr.write(`    ${path} ${message}\n`)
  throw new Told(code)
}

/** All pages of a list as one, as the API answers each of them. */
export async function askAll(ledger: Ledger, who: Asker, id: string, asked: Asked = {}): Promise<Record<string, Json>> {
  const route = operationOf(id)
  // Whoever says how many wants one page.
  const isWhole = 'cursor' in queryShape(route) && asked.query?.['limit'] === undefined
  const items: Json[] = []
  for (let cursor: string | undefined; ; ) {
    const query = { ...asked.query, ...(isWhole && { limit: '500', cursor }) }
    const answer = await ask(ledger, who, route, { ...asked, query })
    requireDone(answer)
    if (!isWhole || !Array.isArray(answer.json['items'])) return answer.json
    items.push(...answer.json['items'])
    const { next } = answer.json
    if (typeof next !== 'string') return { ...answer.json, items, next: null }
    cursor = next
  }
}

/** The forms of what a route may be asked, by name. */
export const queryShape = ({ query }: Route): Readonly<Record<string, unknown>> =>
  'shape' in query ? (query.shape as Record<string, unknown>) : {}
