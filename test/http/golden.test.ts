/**
 * Golden files: what clients and old keys rely on, word for word. A change of one of these files is a change of the
 * contract: the routes, the published document, the hash of a request under a key (a key is answered for ever, so a
 * verb that spells its content otherwise no longer knows the keys it was given), and the contents of approvals (those
 * that wait must stay readable).
 */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { permissionsOf, roles } from '../../src/access/actor.ts'
import { canonicalText } from '../../src/base/json.ts'
import type { KeyedRequest } from '../../src/base/keyed.ts'
import { keyedExamples } from '../../src/http/examples/examples.ts'
import { attachment, attachmentHash, type Example } from '../../src/http/examples/parts.ts'
import { openApiDocument } from '../../src/http/openapi.ts'
import type { Parts, Route } from '../../src/http/route.ts'
import { apiRoutes, openRoutes, pageRoutes } from '../../src/http/routes.ts'
import { effects } from '../../src/workflow/nouns.ts'
import { testClock } from '../release/programme.ts'
import { type Door, newBookBody, useDoor } from '../support/door.ts'
import { submitEveryKind } from './every-approval.ts'

const onPurpose = 'where this is meant, run `npx vitest run test/http/golden.test.ts -u` and review the diff'

const matches = (text: string, file: string): Promise<void> => expect(text, onPurpose).toMatchFileSnapshot(file)

/** What was asked under a key while `capturing`, and every request hash of the ledger. */
const seen = vi.hoisted(() => ({
  capturing: false,
  actions: [] as { readonly kind: string; readonly content: string }[],
  postings: [] as { readonly kind: string; readonly content: readonly string[]; readonly hash: string }[],
}))

// While capturing, an action does nothing: its key and request go into the receipt as always, and it is refused.
vi.mock('../../src/base/keyed.ts', async (original) => {
  const actual = await original<{ keyed: Keyed }>()
  const keyed: Keyed = async (database, request, work) => {
    if (!seen.capturing) return actual.keyed(database, request, work)
    seen.actions.push({ kind: request.kind, content: canonicalText(request.content) })
    await actual.keyed(database, request, () => Promise.resolve(null))
    const said = { zh: '只看内容', en: 'only looked at' }
    return { refusal: { code: 'captured', status: 422, title: said, detail: said }, replayed: false }
  }
  return { ...actual, keyed }
})
type Keyed = (database: unknown, request: KeyedRequest, work: (tx: never) => Promise<unknown>) => Promise<unknown>

vi.mock('../../src/ledger/post.ts', async (original) => {
  const actual = await original<{ hashOfRequest: HashOfRequest }>()
  const hashOfRequest: HashOfRequest = (kind, ...content) => {
    const hash = actual.hashOfRequest(kind, ...content)
    seen.postings.push({ kind, content, hash })
    return hash
  }
  return { ...actual, hashOfRequest }
})
type HashOfRequest = (kind: string, ...content: string[]) => string

/** Keys in order, for `JSON.stringify`: where a key stands in an object means nothing. */
const inOrder = (_: string, part: unknown): unknown =>
  part !== null && typeof part === 'object' && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : part

/** Columns side by side, each as wide as its widest cell. */
function aligned(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(width(column))).join('  ')
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('')
}

describe('routes and their document', () => {
  it('are what they were', async () => {
    const marks = ({
      keyed,
      versioned,
      fresh,
      onStandby,
    }: Pick<Route, 'keyed' | 'versioned' | 'fresh' | 'onStandby'>) =>
      [keyed && 'keyed', versioned && 'versioned', fresh && 'fresh', onStandby && 'standby']
        .filter((mark) => mark !== false && mark)
        .join(' ')
    const routes = [...apiRoutes, ...openRoutes].map((route) => {
      const { method, path, id, right, answers } = route
      return [method, path, id, right, Object.keys(answers).join(','), marks(route)]
    })
    const pages = pageRoutes({} as Parts).map(({ path }) => ['GET', path, '-', 'anybody', '-', ''])
    const order = ([method = '', path = '']: readonly string[]) => `${path} ${method}`
    const rows = [...routes, ...pages].toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    await matches(aligned([['method', 'path', 'id', 'right', 'answers', 'marks'], ...rows]), 'routes.txt')
  })

  it('are published as they were', async () => {
    await matches(`${JSON.stringify(openApiDocument([...apiRoutes, ...openRoutes]), inOrder, 2)}\n`, 'openapi.json')
  })
})

describe('requests under a key', () => {
  const door = useDoor({ clock: testClock('2026-04-15').clock })
  beforeAll(async () => {
    for (const code of ['A', 'B']) await door().ask('/v1/books', { body: newBookBody(code) })
    const headers = { 'content-type': 'text/plain' }
    const kept = await door().ask('/v1/books/A/attachments', { body: attachment, headers })
    expect([kept.status, kept.json.sha256]).toEqual([201, attachmentHash])
  })

  it('each have a sample, and every sample a route', () => {
    expect([lacking(listed), strangers(listed)]).toEqual([[], []])
    const planted = { ...listed, moveProject: [], flyToTheMoon: [{}] }
    expect([lacking(planted), strangers(planted)]).toEqual([['moveProject'], ['flyToTheMoon']])
  })

  it('say everything their forms know, and leave out everything they may', () => {
    expect(apiRoutes.flatMap((route) => unsaid(route, listed[route.id] ?? []))).toEqual([])
    const register = apiRoutes.filter(({ id }) => id === 'registerBundle')
    const name = { bundle: 'DK-1', district: '110102' }
    expect(register.flatMap((route) => unsaid(route, [{ body: name }]))).toEqual(['registerBundle /name never given'])
  })

  it('hash to what they did', async () => {
    const texts: string[] = []
    const known = new Set<string>()
    await newReceipts(door(), known)
    for (const [id, given] of Object.entries(listed)) {
      for (const [index, sample] of given.entries()) {
        // The number of a transaction is random, and stands in the hash: test/ledger/reversal.test.ts has it.
        if (id === 'reverseTransaction') continue
        const name = `${id} ${index + 1}`
        texts.push(...(await asked(name, known, () => captured(() => send(door(), id, sample, name)))))
      }
    }
    await matches(texts.join('\n'), 'request-hashes.txt')
  })

  /** What was asked for meanwhile, each with its receipt. */
  async function asked(name: string, known: Set<string>, work: () => Promise<string>): Promise<string[]> {
    const [actions, postings] = [seen.actions.length, seen.postings.length]
    const answer = await work()
    const made = [
      ...seen.actions.slice(actions),
      ...seen.postings.slice(postings).map(({ kind, content }) => ({ kind, content: content.join('\n') })),
    ]
    const receipts = await newReceipts(door(), known)
    expect([receipts.length, made.length > 0], `${name}: ${answer}`).toEqual([made.length, true])
    return made.map((one, place) => paragraph(name, one, receipts[place]))
  }

  const paragraph = (name: string, { kind, content }: { kind: string; content: string }, receipt?: Receipt): string =>
    [`${name}: ${kind}`, ...content.split('\n'), `key ${receipt?.key}`, `request ${receipt?.request}`].join('\n  ') +
    '\n'
})

describe('approvals', () => {
  const door = useDoor({ clock: testClock('2026-07-15').clock })

  it('of every kind have the content they had, and their effects the keys', async () => {
    const posted = seen.postings.length
    await submitEveryKind(door())
    const approvals = await door().test.database.sql<Stored[]>`
      select approval_id::text as id, kind, subject, content, encode(content_hash, 'hex') as hash
      from approval order by kind, approval_id`
    expect([...new Set(approvals.map(({ kind }) => kind))]).toEqual(Object.keys(effects).toSorted())
    const texts = approvals.map(({ id, kind, subject, content, hash }) =>
      [`${kind}: ${subject} (A-${id})`, content, `sha256 ${hash}`].join('\n  '),
    )
    await matches(`${texts.join('\n\n')}\n`, 'approval-contents.txt')
    const keys = seen.postings.slice(posted).filter(({ kind }) => kind === 'effect')
    await matches(aligned(keys.map(({ content, hash }) => [...content, hash])), 'effect-keys.txt')
  })

  type Stored = {
    readonly id: string
    readonly kind: string
    readonly subject: string
    readonly content: string
    readonly hash: string
  }
})

const listed: Readonly<Record<string, readonly Example[]>> = keyedExamples
type Listed = typeof listed

/** Keyed routes without a sample. */
const lacking = (given: Listed): string[] =>
  apiRoutes.filter(({ id, keyed }) => keyed && (given[id] ?? []).length === 0).map(({ id }) => id)

/** Samples of no route. */
const strangers = (given: Listed): string[] =>
  Object.keys(given).filter((name) => !apiRoutes.some(({ id }) => id === name))

/** Fields of a route's form that no sample gives, and fields that may be left out and never are. */
function unsaid({ id, body }: Route, given: readonly Example[]): string[] {
  if (!body.schema || given.length === 0) return []
  const root = z.toJSONSchema(body.schema, { io: 'input', unrepresentable: 'any' }) as Schema
  const objects = given.flatMap((sample) => objectsIn(sample.body ?? {}, ''))
  const faults = fieldsOf(root, root, '', []).flatMap(({ at, name, optional }) => {
    const places = objects.filter((object) => object.at === at)
    if (!places.some(({ names }) => names.includes(name))) return [`${id} ${at}/${name} never given`]
    const mayGo = optional && !(at.endsWith('/lines/*') && ledgerWants.includes(name))
    return mayGo && places.every(({ names }) => names.includes(name)) ? [`${id} ${at}/${name} never left out`] : []
  })
  return [...new Set(faults)]
}

/** What the form lets a line of an entry leave out and every account requires. */
const ledgerWants: readonly string[] = ['project', 'source']

type Schema = { readonly [key: string]: unknown }
type Field = { readonly at: string; readonly name: string; readonly optional: boolean }

/** Every field a schema knows, whatever the variant, under the path of its object; `*` is any place of a list. */
function fieldsOf(root: Schema, given: Schema, at: string, within: readonly Schema[]): Field[] {
  const reference = given['$ref']
  const schema =
    typeof reference === 'string' ? ((root['$defs'] as Schema)[reference.slice('#/$defs/'.length)] as Schema) : given
  if (within.includes(schema)) return []
  const into = (next: unknown, path: string) => fieldsOf(root, next as Schema, path, [...within, schema])
  const required = (schema['required'] ?? []) as string[]
  return [
    ...['anyOf', 'oneOf', 'allOf'].flatMap((several) =>
      ((schema[several] ?? []) as Schema[]).flatMap((one) => into(one, at)),
    ),
    ...(schema['items'] === undefined ? [] : into(schema['items'], `${at}/*`)),
    ...Object.entries((schema['properties'] ?? {}) as Schema).flatMap(([name, value]) => [
      { at, name, optional: !required.includes(name) },
      ...into(value, `${at}/${name}`),
    ]),
  ]
}

/** Every object in a body, with its path and the names of its fields. */
function objectsIn(value: unknown, at: string): { readonly at: string; readonly names: readonly string[] }[] {
  if (Array.isArray(value)) return value.flatMap((one) => objectsIn(one, `${at}/*`))
  if (value === null || typeof value !== 'object') return []
  const inside = Object.entries(value).flatMap(([name, one]) => objectsIn(one, `${at}/${name}`))
  return [{ at, names: Object.keys(value) }, ...inside]
}

async function captured<T>(work: () => Promise<T>): Promise<T> {
  seen.capturing = true
  try {
    return await work()
  } finally {
    seen.capturing = false
  }
}

type Receipt = { readonly key: string; readonly request: string }

/** Receipts that were not there before, in the order they were written. */
async function newReceipts({ test }: Door, before: Set<string>): Promise<Receipt[]> {
  const found = await test.database.sql<Receipt[]>`
    select encode(key_hash, 'hex') as key, encode(request_hash, 'hex') as request
    from (select key_hash, request_hash, 0 as place from action_receipt
          union all select key_hash, request_hash, sequence from receipt) r order by place`
  const made = found.filter(({ key }) => !before.has(key))
  for (const { key } of made) before.add(key)
  return made
}

/** Sends a sample as somebody who may, under a key made of its name; gives the answer, to be shown if it is amiss. */
async function send(door: Door, id: string, { params = {}, version, body }: Example, name: string): Promise<string> {
  const route = apiRoutes.find((candidate) => candidate.id === id)
  const direct = route?.right.startsWith('entry.') && id !== 'makeVoucher'
  const role = direct
    ? 'integration'
    : roles.find((candidate) => permissionsOf[candidate].some((permission) => permission === route?.right))
  if (!route || !role) throw new Error(`nobody may ${id}`)
  const path = Object.entries(params).reduce(
    (text, [param, value]) => text.replace(`{${param}}`, encodeURIComponent(value)),
    route.path,
  )
  const answer = await door.ask(path, {
    method: route.method,
    // One person sends them all, so that the keys are his.
    token: await door.token(role, { person: 'golden', instead: true }),
    key: name.replace(' ', '-'),
    ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
    ...(body !== undefined && { body }),
  })
  return `${answer.status} ${answer.text.slice(0, 2_000)}`
}
