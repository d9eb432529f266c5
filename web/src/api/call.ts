/**
 * The one way to ask the service. What an operation needs, its place, its form, a key, a version, is in its type, so
 * that a call without it does not compile.
 */
import { askInPlace, type Question } from './asking.ts'
import { type Operations, operations } from './operations.ts'
import { Problem, silence } from './problem.ts'
import { isResting } from './resting.ts'

type Of<Id extends keyof Operations> = Operations[Id]
type Need<Name extends string, Form> = Form extends { readonly [name: string]: never }
  ? { readonly [N in Name]?: undefined }
  : Partial<Form> extends Form
    ? { readonly [N in Name]?: Form }
    : { readonly [N in Name]: Form }
/** What stands after the question mark is text of an address, or nothing; whether it is taken, the service says. */
type Lax<Form> = Form extends { readonly [name: string]: never }
  ? Form
  : { readonly [N in keyof Form]: Partial<Pick<Form, N>> extends Pick<Form, N> ? string | undefined : string }
type NeedBody<Body> = undefined extends Body ? { readonly body?: Exclude<Body, undefined> } : { readonly body: Body }
type NeedKey<Keyed> = Keyed extends true ? { readonly key: string } : { readonly key?: undefined }
type NeedVersion<Versioned> = Versioned extends true ? { readonly version: number } : { readonly version?: undefined }

type GivenOf<Operation extends Operations[keyof Operations]> = Need<'path', Operation['path']> &
  Need<'query', Lax<Operation['query']>> &
  NeedBody<Operation['body']> &
  NeedKey<Operation['keyed']> &
  NeedVersion<Operation['versioned']> & { readonly signal?: AbortSignal | undefined }

// Operation by operation: of all at once there are more combinations than the compiler counts.
export type Given<Id extends keyof Operations> = Id extends keyof Operations ? GivenOf<Operations[Id]> : never

export type Answer<Id extends keyof Operations> = Of<Id>['answer']

/** What a list gives, all its pages together. */
export type Items<Id extends keyof Operations> =
  Answer<Id> extends { readonly items: readonly (infer Item)[] } ? Item[] : never

type Loose = {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly key?: string
  readonly version?: number
  readonly signal?: AbortSignal
}

// What an operation needs was checked where it was written; here all are sent alike.
export const looseOf = (given: unknown): Loose => given as Loose

/** Calls an operation and gives its answer. Throws `Problem`. */
export async function call<Id extends keyof Operations>(id: Id, given: Given<Id>): Promise<Answer<Id>> {
  const asked = looseOf(given)
  const before = new Set<Question>()
  for (;;) {
    try {
      const response = await send(id, asked)
      return (await response.json()) as Answer<Id>
    } catch (error) {
      const again = error instanceof Problem && !withoutSession.has(id) ? whatToAsk(error) : undefined
      // The same request, under the same key, once the person has proved himself; each is asked once.
      if (!again || before.has(again) || !(await askInPlace(again))) throw error
      before.add(again)
    }
  }
}

/** The same where which operation it is does not matter. */
export const anyCall = call as unknown as (id: keyof Operations, given: Loose) => Promise<unknown>

const withoutSession = new Set<keyof Operations>([
  'readSession',
  'beginSession',
  'endSession',
  'listTrialPersons',
  'openInvitation',
  'enrol',
])

const whatToAsk = ({ view }: Problem): Question | undefined => {
  if (view.code === 'step_up_needed') return 'step_up'
  return view.status === 401 ? 'sign_in' : undefined
}

/** The address of an operation, for links that fetch a file. */
export function addressOf(id: keyof Operations, { path = {}, query = {} }: Pick<Loose, 'path' | 'query'>): string {
  const pattern: string = operations[id][1]
  const address = pattern.replaceAll(/\{([a-z0-9]+)\}/gi, (_, name: string) => encodeURIComponent(path[name] ?? ''))
  const search = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  return search.length === 0 ? address : `${address}?${search.join('&')}`
}

/** The address of a list as a file: all of it, by the same filter, in the columns named. */
export const sheetOf = (
  id: keyof Operations,
  { columns, query, ...given }: Pick<Loose, 'path' | 'query'> & { readonly columns?: readonly string[] },
): string => addressOf(id, { ...given, query: { ...query, format: 'csv', columns: columns?.join(',') } })

async function send(id: keyof Operations, given: Loose): Promise<Response> {
  const { body, key, version, signal } = given
  const response = await fetch(addressOf(id, given), {
    method: operations[id][0],
    headers: {
      accept: 'application/json',
      'yiben-console': '1',
      ...(isResting() && { 'yiben-resting': '1' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    credentials: 'same-origin',
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw silence()
  })
  if (response.ok) return response
  throw new Problem(await response.json().catch(() => silence().view))
}

/** All pages of a list, 500 a request: for lists with a natural bound. */
export async function callAll<Id extends keyof Operations>(id: Id, given: Given<Id>): Promise<Items<Id>> {
  const asked = looseOf(given)
  const items: unknown[] = []
  let cursor: string | undefined
  do {
    const query = { ...asked.query, limit: '500', ...(cursor !== undefined && { cursor }) }
    const page = (await anyCall(id, { ...asked, query })) as {
      readonly items: readonly unknown[]
      readonly next: string | null
    }
    items.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return items as Items<Id>
}

export const anyCallAll = callAll as unknown as (id: keyof Operations, given: Loose) => Promise<unknown>

/** A key of one submission: random, also where the page is not of a secure origin. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18))
  return `web-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
