/**
 * Who asks: the actor behind the bearer token of a request. One header, one scheme, one token; anything else is nobody.
 */
import type { IncomingMessage } from 'node:http'
import type { Actor } from '../access/actor.ts'
import type { TokenDesk } from '../access/token.ts'
import { Problem } from './problem.ts'

const challenge = { 'www-authenticate': 'Bearer realm="yiben"' }
const invalidToken = { 'www-authenticate': 'Bearer realm="yiben", error="invalid_token"' }

/** The actor of a request, `fresh` where what is believed of a token is not enough. Refuses `unauthenticated`. */
export function authenticate(incoming: IncomingMessage, desk: TokenDesk, fresh = false): Actor | Promise<Actor> {
  const { authorization } = incoming.headers
  if (authorization === undefined) throw new Problem('unauthenticated', [], challenge)
  // Of two Authorization headers node keeps the first; a proxy may have read the second.
  const token = /^bearer +([^ ]+)$/i.exec(authorization)?.[1]
  const actor = token === undefined || hasTwice(incoming, 'authorization') ? undefined : desk.actorOf(token, fresh)
  return actor instanceof Promise ? actor.then(required) : required(actor)
}

function required(actor: Actor | undefined): Actor {
  if (!actor) throw new Problem('unauthenticated', [], invalidToken)
  return actor
}

function hasTwice({ rawHeaders }: IncomingMessage, name: string): boolean {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const raw = rawHeaders[i]
    if (raw?.length === name.length && raw.toLowerCase() === name) count += 1
  }
  return count > 1
}
