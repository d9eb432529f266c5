/**
 * Role × route × own and foreign object, made from the table of routes itself: with a token of any role, of the whole
 * city or of one district, each route is asked about the things of that district and about those of another. Nobody
 * does what his role does not say, and of another district nothing is read and nothing changed. The same sweep finds a
 * hole that is planted in a copy of the table.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type Permission, permissionsOf, type Role, roles } from '../../src/access/actor.ts'
import { openApp } from '../../src/http/app.ts'
import { listen } from '../../src/http/server.ts'
import { examplesOf } from '../../src/http/examples/examples.ts'
import { rolesFor } from '../../src/http/openapi.ts'
import { reply, type Right, type Route, route } from '../../src/http/route.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { openMetrics } from '../../src/http/watch/metrics.ts'
import { testClock } from '../release/programme.ts'
import { useDoor } from '../support/door.ts'
import { type Asking, type District, districtOf, requestTo } from './rights-world.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let own: District
let foreign: District
type Holder = { readonly role: Role; readonly scope: 'city' | 'own'; readonly token: string }
const holders: Holder[] = []

beforeAll(async () => {
  own = await districtOf(door(), '110102', 'WEST')
  foreign = await districtOf(door(), '110105', 'OST')
  for (const role of roles) {
    holders.push({ role, scope: 'city', token: await door().token(role, { person: `city.${role}` }) })
    if (role === 'security_admin') continue
    const person = `west.${role}`
    holders.push({ role, scope: 'own', token: await door().token(role, { person, district: '110102' }) })
  }
})

/** What is published; the doors below may serve something else. */
const published = new Map(apiRoutes.map(({ id, right }) => [id, right]))
const may = (role: Role, right: Right): boolean => {
  const permissions: readonly Permission[] = permissionsOf[role]
  return right === 'signed_in' || permissions.includes(right)
}

type Said = { readonly status: number; readonly text: string }
let keys = 0
async function ask(url: string, token: string, { path, given }: Asking): Promise<Said> {
  const { method = 'GET', body, headers = {} } = given
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method !== 'GET' && { 'content-type': 'application/json', 'idempotency-key': `rights-${++keys}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

/** Runs a few at a time: the door serves many. */
async function all(work: readonly (() => Promise<string | undefined>)[]): Promise<string[]> {
  const found: string[] = []
  const queue = [...work]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const fault = await next()
      if (fault !== undefined) found.push(fault)
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  return found.toSorted()
}

const cases = (routes: readonly Route[]) =>
  holders.flatMap((holder) => routes.map((one) => ({ ...holder, one, right: published.get(one.id) ?? 'signed_in' })))

const refused = (status: number): boolean => [401, 403, 404].includes(status)

/** Who does what his role does not say. Whatever is asked for, it is refused before it is looked at. */
const beyondRole = (url: string, routes: readonly Route[]): Promise<string[]> =>
  all(
    cases(routes)
      .filter(({ role, right }) => !may(role, right))
      .map(({ role, scope, token, one }) => async () => {
        const { status, text } = await ask(url, token, requestTo(one, own))
        return status === 403 && text.includes('permission_denied')
          ? undefined
          : `${role} ${scope} ${one.id}: ${status}`
      }),
  )

/** What of another district is read or answered otherwise than by a refusal. */
const beyondDistrict = (url: string, routes: readonly Route[]): Promise<string[]> =>
  all(
    cases(routes)
      .filter(({ role, scope, right, one }) => scope === 'own' && may(role, right) && !citywide.test(one.id))
      .map(({ role, token, one }) => async () => {
        const { status, text } = await ask(url, token, requestTo(one, foreign))
        if (status < 300 && text.includes(foreign.mark)) return `${role} ${one.id}: reads ${text.slice(0, 200)}`
        const names = /\{(?!quarter|run)/.test(one.path) || one.method !== 'GET'
        return !names || refused(status) ? undefined : `${role} ${one.id}: ${status} ${text.slice(0, 200)}`
      }),
  )

/** Writes that name nothing of a district: jobs, a quarter, persons, who are the city's, and one's own session. */
const citywide = /^(?:calc-.*|askForJob|askEarlyDisbursement|makeDelegation|stepUp)$/

/** Everything in the tables but what every refusal may leave. */
async function stateOf(): Promise<unknown> {
  const { sql } = door().test.database
  const tables = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c where c.relnamespace = 'yiben'::regnamespace and c.relkind = 'r'
      and c.relname not in ('action_receipt', 'receipt', 'migration') order by 1`
  const hashes = []
  for (const { name } of tables)
    hashes.push(
      ...(await sql`select ${name} as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash
                    from ${sql(name)} t`),
    )
  return hashes
}

describe('every role at every route', () => {
  it('does what its permissions say and nothing else', async () => {
    expect(await beyondRole(door().url, apiRoutes)).toEqual([])
  })

  it('reads and changes nothing of another district', async () => {
    const before = await stateOf()
    expect(await beyondDistrict(door().url, apiRoutes)).toEqual([])
    expect(await stateOf()).toEqual(before)
  })

  it('is asked about things that are there: who may, reads his own', async () => {
    // Nothing of these was made: they need a programme of their own.
    const notMade =
      /^read(?:Allocation|Release|Commitment|Withdrawal|Job|EarlyRun|Transaction|Ownership|Calculation)|^search$|^actionsOf(?:Allocation|Release|Job)|^compareAll|^tryBatch|^listScoreV|^previewE/
    const reads = apiRoutes.filter(({ method, id }) => method === 'GET' && !notMade.test(id))
    const faults = await all(
      cases(reads)
        .filter(({ role, right }) => may(role, right))
        .map(({ role, scope, token, one }) => async () => {
          const { status, text } = await ask(door().url, token, requestTo(one, own))
          // What waits here is of the finance offices: to those of another office it is not there.
          const isOthers = role.startsWith('pf_') && one.id.endsWith('Approval')
          const fits = isOthers ? status === 404 : status < 300
          return fits ? undefined : `${role} ${scope} ${one.id}: ${status} ${text.slice(0, 200)}`
        }),
    )
    expect(faults).toEqual([])
    expect(reads.length).toBeGreaterThan(45)
  })
})

describe('the document', () => {
  it('offers a route to those alone who may use it', { timeout: 600_000 }, async () => {
    const denied = await all(
      apiRoutes.flatMap((one) =>
        holders
          .filter(({ role, scope }) => scope === 'city' && rolesFor(one).includes(role))
          .map(({ role, token }) => async () => {
            const examples = examplesOf(one.id)
            const codes = new Set<string>()
            for (const example of examples.length === 0 ? [undefined] : examples) {
              const asking = requestTo(one, own, example && [example])
              const { status, text } = await ask(door().url, token, asking)
              codes.add(status === 403 ? (JSON.parse(text) as { code: string }).code : 'other')
            }
            // By somebody's leave one may: who has none may not.
            codes.delete('not_delegated')
            return codes.size === 1 && codes.has('permission_denied') ? `${role} ${one.id}` : undefined
          }),
      ),
    )
    expect(denied).toEqual([])
  })
})

describe('a hole', () => {
  const ofBook = z.strictObject({ book: z.string() })
  const said = { 200: { about: { zh: '账套', en: 'The book' }, schema: z.looseObject({}) } }
  const copied = (id: string): Route => {
    const found = apiRoutes.find((one) => one.id === id)
    if (!found) throw new Error(`no route ${id}`)
    return found
  }
  /** The route of a book, copied by a hand that forgot something. */
  const planted = (id: string, right: Right): Route => {
    const { path, tag, summary } = copied(id)
    return route({
      method: 'GET',
      path,
      id,
      tag,
      summary,
      right,
      params: ofBook,
      answers: said,
      refuses: [],
      handle: async ({ params, service }) => {
        const book = await service.ledger.shelf.find(params.book)
        return reply(200, { code: book?.code, name: book?.name })
      },
    })
  }

  it.each([
    ['a right that was widened', () => planted('readBook', 'signed_in'), 'beyondRole', 'operator city readBook: 200'],
    [
      'a district that was not asked for',
      () => planted('readBook', 'book.read'),
      'beyondDistrict',
      'auditor readBook: reads',
    ],
  ] as const)('that is planted is found: %s', async (_, plant, sweep, expected) => {
    const hole = plant()
    const routes = apiRoutes.map((one) => (one.id === hole.id ? hole : one))
    const parts = {
      service: { ledger: door().ledger, desk: door().desk, accounts: door().accounts, proof: door().proof },
      log: () => undefined,
      metrics: openMetrics(),
    }
    const listening = await listen(openApp(parts, routes), { host: '127.0.0.1', port: 0 })
    try {
      const found = await (sweep === 'beyondRole' ? beyondRole : beyondDistrict)(listening.url, [hole])
      expect(found.join('\n')).toContain(expected)
    } finally {
      await listening.drain(1_000)
    }
  })
})
