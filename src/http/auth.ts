/**
 * Who asks: the actor behind the bearer token of a request, or behind the console's session. One header, one scheme,
 * one token; anything else is nobody. A cookie comes with whatever a browser sends, so by cookie a request that changes
 * anything must also come from our own pages: with their Origin and a header no other site can send.
 */
import type { IncomingMessage } from 'node:http'
import type { Actor } from '../access/actor.ts'
import type { Session } from '../access/session.ts'
import type { TokenDesk } from '../access/token.ts'
import { Problem } from './problem.ts'

const challenge = { 'www-authenticate': 'Bearer realm="yiben"' }
const invalidToken = { 'www-authenticate': 'Bearer realm="yiben", error="invalid_token"' }

/** Who asks, and the session where he asks by one. */
export type Asking = { readonly actor: Actor; readonly session?: Session }

/** Who asks; `fresh` where what is believed of a token is not enough, `changes` where it changes anything. */
export function authenticate(
  incoming: IncomingMessage,
  desk: TokenDesk,
  { fresh, changes }: { readonly fresh: boolean; readonly changes: boolean },
): Asking | Promise<Asking> {
  const { authorization } = incoming.headers
  if (authorization === undefined) return bySession(incoming, desk, changes)
  // Of two Authorization headers node keeps the first; a proxy may have read the second.
  const token = /^bearer +([^ ]+)$/i.exec(authorization)?.[1]
  const actor = token === undefined || hasTwice(incoming, 'authorization') ? undefined : desk.actorOf(token, fresh)
  return actor instanceof Promise ? actor.then(required) : required(actor)
}

function required(actor: Actor | undefined): Asking {
  if (!actor) throw new Problem('unauthenticated', [], invalidToken)
  return { actor }
}

async function bySession(incoming: IncomingMessage, desk: TokenDesk, changes: boolean): Promise<Asking> {
  const session = await sessionOf(incoming, desk)
  if (!session) throw new Problem('unauthenticated', [], challenge)
  if (changes) requireOwnPage(incoming)
  return { actor: session.actor, session }
}

const cookieName = '__Host-yiben'

/** The session of a request's cookie. */
export async function sessionOf({ headers }: IncomingMessage, desk: TokenDesk): Promise<Session | undefined> {
  const given = (headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${cookieName}=`))
  // Two of them, and another site may have set one.
  const [only, second] = given
  if (only === undefined || second !== undefined) return undefined
  // A page that asks by itself keeps no session alive that nobody sits before.
  return desk.sessions.find(only.slice(cookieName.length + 1), headers['yiben-resting'] === '1')
}

/** Refuses `cross_site` unless a page of this very host sent it. */
export function requireOwnPage({ headers }: IncomingMessage): void {
  const { origin, host } = headers
  const own = origin === `https://${host}` || origin === `http://${host}`
  if (!own || headers['yiben-console'] !== '1') throw new Problem('cross_site')
}

/** What keeps, and what ends, a session in the browser. */
export const sessionCookie = (secret: string) => ({
  'set-cookie': `${cookieName}=${secret}; Path=/; Secure; HttpOnly; SameSite=Strict`,
})
export const noCookie = {
  'set-cookie': `${cookieName}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`,
}

function hasTwice({ rawHeaders }: IncomingMessage, name: string): boolean {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const raw = rawHeaders[i]
    if (raw?.length === name.length && raw.toLowerCase() === name) count += 1
  }
  return count > 1
}
