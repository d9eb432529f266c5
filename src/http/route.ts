/**
 * An endpoint, said once: its forms, its permission, its answers and its handler. The published document is made of the
 * same definition that validates, so the two cannot differ, and a route without a permission does not compile.
 *
 * A request is served in a fixed order: who asks (401), whether the role may (403), path and query and key (400), body
 * (413, 415, 400), then the handler, which calls one action and presents what it returns.
 */
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { Accounts } from '../access/account/account.ts'
import { type Actor, demand, type Permission } from '../access/actor.ts'
import type { TokenDesk } from '../access/token.ts'
import { Unavailable, weatherOf } from '../base/db.ts'
import type { KeyedAnswer } from '../base/keyed.ts'
import type { Text } from '../base/refusal.ts'
import type { Standby } from '../base/wire/standby.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ProofTools } from '../ledger/proof.ts'
import type { Session } from '../access/session.ts'
import { authenticate, requireOwnPage } from './auth.ts'
import { type BodyForm, noBody } from './body.ts'
import type { CursorDesk } from './cursor.ts'
import { formed } from './faults.ts'
import { keyPattern } from '../form/field.ts'
import { jsonHeaders, replayedHeader } from './headers.ts'
import type { ConsoleFiles } from './routes/console.ts'
import type { Limits } from './watch/limits.ts'
import type { Log } from './watch/log.ts'
import type { Metrics } from './watch/metrics.ts'
import type { RefusalCode } from './refusal-forms.ts'
import { answerRefusal, type Answered, invalid, type Language, languageOf, Problem } from './problem.ts'
import { parseQuery } from './query.ts'

/** What handlers work with. */
export type Service = Served & { readonly cursors: CursorDesk; readonly limits: Limits }
type Served = {
  readonly ledger: Ledger
  readonly desk: TokenDesk
  readonly proof: ProofTools
  readonly accounts: Accounts
  /** The key of the link that tries the sample; absent where there is none. */
  readonly trialKey?: string
  /** Absent: this process counts for itself. */
  readonly limits?: Limits
  /** Answers reads that decide nothing; absent: the primary answers all. */
  readonly standby?: Standby
}

/** What the routes are about, in the order of the document. */
export const tags = {
  books: '账套 / Books',
  entries: '凭证 / Entries',
  balances: '余额与明细 / Balances',
  periods: '期间与年结 / Periods and years',
  proof: '证明 / Proof',
  attachments: '附件 / Attachments',
  calc: '试算 / Trial calculations',
  codes: '代码与名称 / Codes and their names',
  approvals: '审批与委托 / Approvals and delegations',
  persons: '人员、职责与令牌 / Persons, duties and tokens',
  projects: '小区、项目与状态 / Communities, projects and their states',
  plans: '年度计划与资金方案 / Annual plans and funding plans',
  indicators: '指标、用款计划与承诺 / Appropriation lines, cash plans and commitments',
  bonds: '专项债券 / Special bonds',
  allocations: '补助资金分配 / Allocation of subsidies',
  withdrawals: '公积金提取 / Withdrawals from the provident fund',
  scores: '分区考核 / Scores of districts',
  releases: '拨付与早拨付 / Releases and early disbursement',
  history: '经过 / Histories',
  jobs: '任务 / Jobs',
  session: '登录与会话 / Signing in and sessions',
} as const

/** `signed_in`: any valid token; what it sees is settled by the handler. */
export type Right = Permission | 'signed_in'

type AnswerForm = {
  readonly about: Text
  readonly schema?: z.ZodType
  readonly mediaType?: string
  /** The same as plain text of another type. */
  readonly also?: string
}

export type Asked<Params, Query, Body, Keyed> = {
  readonly actor: Actor
  /** Where the caller came by one, and not by a token. */
  readonly session: Session | undefined
  readonly incoming: IncomingMessage
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The idempotency key, for routes that take one. */
  readonly key: Keyed extends true ? string : undefined
  /** The version the caller last read, of routes that change one (`If-Match`). */
  readonly version: number | undefined
  readonly language: Language
  /** Of which types the caller takes an answer. */
  readonly accept: string | undefined
  readonly service: Service
}

export type Definition<Params extends z.ZodType, Query extends z.ZodType, Body, Keyed extends boolean> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With {names} for parameters. */
  readonly path: string
  readonly id: string
  readonly tag: keyof typeof tags
  readonly summary: Text
  readonly description?: Text
  readonly right: Right
  /** Of which the work demands one more, by what is asked for; absent: none. */
  readonly demands?: readonly Permission[]
  /** Absent: the address names nothing. */
  readonly params?: Params
  /** Absent: nothing may be asked for. */
  readonly query?: Query
  /** Absent: what is sent is not looked at. */
  readonly body?: BodyForm<Body>
  /** Whether it takes an idempotency key; absent: not. */
  readonly keyed?: Keyed
  /** Changes a thing that has versions: takes `If-Match` with the ETag last read. */
  readonly versioned?: boolean
  /**
   * A token revoked a moment ago must not open it, so it is asked for anew. Absent: of whatever changes anything, and
   * not of what is only read or calculated.
   */
  readonly fresh?: boolean
  /**
   * It reads and decides nothing, nor does anybody by a version it tells: a standby may answer it, where this says so
   * of what is asked. Absent: the primary does.
   */
  readonly standby?: (query: z.output<Query>) => boolean
  readonly answers: Readonly<Record<number, AnswerForm>>
  readonly refuses: readonly RefusalCode[]
  readonly handle: (asked: Asked<z.output<Params>, z.output<Query>, Body, Keyed>) => Promise<Answered> | Answered
}

/** What is left of a definition when its types have done their work: enough to route, serve and document it. */
export type Route = Pick<
  Definition<z.ZodType, z.ZodType, unknown, boolean>,
  | 'method'
  | 'path'
  | 'id'
  | 'tag'
  | 'summary'
  | 'description'
  | 'right'
  | 'demands'
  | 'versioned'
  | 'answers'
  | 'refuses'
> & {
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly keyed: boolean
  readonly fresh: boolean
  /** A standby may answer it. */
  readonly onStandby: boolean
  /** Does what a verb does, in its one transaction: it can be tried and taken back. */
  readonly isVerb?: true
  readonly body: Pick<BodyForm<unknown>, 'mediaType' | 'required' | 'schema'>
  readonly serve: (incoming: IncomingMessage, params: Record<string, string>, service: Service) => Promise<Answered>
}

/** What a running door holds. */
export type Parts = {
  readonly service: Served
  readonly log: Log
  readonly metrics: Metrics
  /** Absent: the API alone. */
  readonly console?: ConsoleFiles
}

/** A route without a token: its path is hono's. */
export type Page = {
  readonly path: string
  readonly serve: (params: Record<string, string>, incoming: IncomingMessage) => Promise<Answered> | Answered
}

export const none = z.strictObject({})

/** Of a read that a standby may answer whatever is asked. */
export const always = (): boolean => true

export function route<
  Params extends z.ZodType = typeof none,
  Query extends z.ZodType = typeof none,
  Body = undefined,
  Keyed extends boolean = false,
>(definition: Definition<Params, Query, Body, Keyed>): Route {
  const { handle, right, standby, ...documented } = definition
  // What a definition leaves out, its types have left out too.
  const paramsForm = (definition.params ?? none) as Params
  const queryForm = (definition.query ?? none) as Query
  const bodyForm = (definition.body ?? noBody) as BodyForm<Body>
  const keyed = (definition.keyed ?? false) as Keyed
  const fresh = definition.fresh ?? (definition.method !== 'GET' && right !== 'signed_in')
  return {
    ...documented,
    right,
    keyed,
    fresh,
    onStandby: standby !== undefined,
    params: paramsForm,
    query: queryForm,
    body: bodyForm,
    serve: async (incoming, pathParams, service) => {
      const known = knownOrCounted(incoming, service, { fresh, changes: definition.method !== 'GET' })
      const { actor, session } = known instanceof Promise ? await known : known
      if (right !== 'signed_in') demand(actor, right)
      const params = formed(paramsForm, pathParams, '/path')
      const query = formed(queryForm, parseQuery(incoming.url ?? ''), '/query')
      const key = keyOf(incoming, keyed)
      const version = definition.versioned ? versionOf(incoming) : undefined
      const body = await bodyForm.read(incoming)
      const language = languageOf(incoming.headers['accept-language'])
      const { accept } = incoming.headers
      const asked = { actor, session, incoming, params, query, body, key, version, language, accept }
      if (!service.standby || !standby?.(query)) return handle({ ...asked, service })
      return besideStandby(service, service.standby, (chosen) => handle({ ...asked, service: chosen }))
    },
  }
}

/** A route by which one becomes known: nobody has to be. */
export type OpenRoute = Omit<Route, 'right'> & { readonly right: 'open' }

type OpenDefinition<Body> = Pick<
  Definition<z.ZodType, z.ZodType, Body, false>,
  'method' | 'path' | 'id' | 'tag' | 'summary' | 'description' | 'answers'
> & {
  readonly body?: BodyForm<Body>
  readonly refuses?: readonly RefusalCode[]
  readonly handle: (asked: {
    readonly incoming: IncomingMessage
    readonly body: Body
    readonly service: Service
    readonly language: Language
  }) => Promise<Answered>
}

/** Makes an open route. Only our own pages may call what changes anything. */
export function openRoute<Body = undefined>({ handle, ...definition }: OpenDefinition<Body>): OpenRoute {
  const bodyForm = (definition.body ?? noBody) as BodyForm<Body>
  return {
    ...definition,
    right: 'open',
    refuses: definition.refuses ?? [],
    keyed: false,
    fresh: false,
    onStandby: false,
    params: none,
    query: none,
    body: bodyForm,
    serve: async (incoming, _, service) => {
      if (definition.method !== 'GET') requireOwnPage(incoming)
      const body = await bodyForm.read(incoming)
      return handle({ incoming, body, service, language: languageOf(incoming.headers['accept-language']) })
    },
  }
}

/**
 * Has a read answered by the standby, where it has all that is committed when the question comes; else by the primary,
 * and so where the standby fails on the way (a read may be cancelled there for what it has to replay).
 */
async function besideStandby(
  service: Service,
  standby: Standby,
  read: (service: Service) => Promise<Answered> | Answered,
): Promise<Answered> {
  // Now is the moment of the question: what is recorded later is not known by it, of neither.
  const at = service.ledger.clock()
  if (await standby.hasAll()) {
    try {
      const { database } = standby
      const answer = await read({ ...service, ledger: { ...service.ledger, database, clock: () => at } })
      standby.answered('standby')
      return answer
    } catch (error) {
      if (!(weatherOf(error) instanceof Unavailable)) throw error
    }
  }
  standby.answered('primary')
  return read(service)
}

/** Who asks; a wrong token is counted, and refused as `too_many_requests` where there were too many. */
function knownOrCounted(
  incoming: IncomingMessage,
  service: Service,
  asked: Parameters<typeof authenticate>[2],
): ReturnType<typeof authenticate> {
  const counted = async (problem: unknown): Promise<never> => {
    const isWrong = problem instanceof Problem && problem.code === 'unauthenticated'
    if (isWrong && incoming.headers.authorization !== undefined)
      await service.limits.wrongToken(incoming.socket.remoteAddress ?? '')
    throw problem
  }
  try {
    const known = authenticate(incoming, service.desk, asked)
    return known instanceof Promise ? known.catch(counted) : known
  } catch (problem) {
    return counted(problem)
  }
}

// The types say a key exactly where the route takes one; here both are the one value that was read.
function keyOf<Keyed extends boolean>(incoming: IncomingMessage, keyed: Keyed): Keyed extends true ? string : undefined
function keyOf(incoming: IncomingMessage, keyed: boolean): string | undefined {
  if (!keyed) return undefined
  const key = incoming.headers['idempotency-key']
  if (key === undefined) throw new Problem('idempotency_key_missing')
  // Two headers arrive as one value with a comma and a space between them, and so are refused too.
  if (typeof key !== 'string' || !keyPattern.test(key)) throw new Problem('idempotency_key_invalid')
  return key
}

// Versions count from 1; the ETag of a thing is its version in quotes.
function versionOf(incoming: IncomingMessage): number {
  const given = incoming.headers['if-match']
  if (given === undefined) throw new Problem('if_match_missing')
  const parts = /^"([1-9][0-9]{0,8})"$/.exec(given)
  if (!parts)
    throw invalid('/header/If-Match', '须为上次读取的 ETag，如 "3"', 'must be the ETag last read, such as "3"')
  return Number(parts[1])
}

export const etagOfVersion = (version: number): string => `"${version}"`

/** What an action under a key answered, the first time or again. */
export function answerKeyed<T>(
  result: KeyedAnswer<T>,
  status: number,
  language: Language,
  present: (answer: T) => object,
  extra: (answer: T) => Readonly<Record<string, string>> = () => ({}),
): Answered {
  const replayed = result.replayed ? replayedHeader : {}
  if ('refusal' in result) return answerRefusal(result.refusal, language, replayed)
  return reply(status, present(result.answer), { ...extra(result.answer), ...replayed })
}

/** For an answer that is its own view. */
export const same = <T extends object>(answer: T): T => answer

/** The ETag of what carries a version: what a change names in If-Match. */
export const versionTag = ({ version }: { readonly version: number }) => ({ etag: etagOfVersion(version) })

/** An answer in JSON. */
export const reply = (status: number, view: object, extra?: Readonly<Record<string, string>>): Answered =>
  replyText(status, JSON.stringify(view), extra)

/** An answer that is JSON already. */
export function replyText(status: number, text: string, extra?: Readonly<Record<string, string>>): Answered {
  return { status, headers: extra ? { ...jsonHeaders, ...extra } : jsonHeaders, text }
}

/**
 * An answer of many items that are JSON already. Each becomes bytes by itself: one text of them all would cost ten
 * times as much to join and encode, the more so where one character of it is Chinese.
 */
export function replyItems(
  status: number,
  before: string,
  items: readonly string[],
  after: string,
  extra?: Readonly<Record<string, string>>,
): Answered {
  const parts = items.map((item, index) => Buffer.from(index === 0 ? item : `,${item}`))
  const bytes = Buffer.concat([Buffer.from(`${before}[`), ...parts, Buffer.from(`]${after}`)])
  return { ...replyText(status, '', extra), bytes }
}

/** The view of a schema: what a handler must present. */
export type ViewOf<Form extends z.ZodType> = z.input<Form>
