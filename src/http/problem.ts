/**
 * How this door says no: problem+json (RFC 9457), made in this file and nowhere else. Refusals of the rooms keep their
 * code, status and sentences; what only a door can refuse (a body that cannot be read, a missing key, a wrong method)
 * is catalogued here.
 *
 * A problem speaks Chinese, or English to who asks for it, and never carries a stack, a statement or what the database
 * said: what is not a refusal is logged and answered as `internal_error` without detail.
 */
import type { Day } from '../base/calendar.ts'
import { Unavailable, Unknown, weatherOf } from '../base/db.ts'
import { JsonFault } from '../base/json.ts'
import { Refusal, type RefusalRecord, type Text } from '../base/refusal.ts'
import { problemHeaders } from './headers.ts'

export type Language = 'zh' | 'en'

/** What is wrong with an input, by place (a JSON pointer into the body, or /query/…, /path/…, /header/…). */
export type Fault = { readonly path: string; readonly message: Text }

type DoorForm = { readonly status: number; readonly title: Text; readonly detail: Text }

const form = (status: number, title: Text, detail: Text): DoorForm => ({ status, title, detail })

/** What the door itself refuses. */
export const doorProblems = {
  input_invalid: form(
    400,
    { zh: '输入不合要求', en: 'The input is not of the form' },
    { zh: '请按 errors 逐项更正后重新提交。', en: 'Correct what errors lists and send again.' },
  ),
  request_malformed: form(
    400,
    { zh: '请求无法识别', en: 'The request cannot be understood' },
    {
      zh: '请求行、请求头或主机名不合规范，请检查客户端。',
      en: 'The request line, a header or the host is malformed; check the client.',
    },
  ),
  idempotency_key_missing: form(
    400,
    { zh: '缺少幂等键', en: 'Idempotency-Key missing' },
    {
      zh: '涉及资金的提交必须带 Idempotency-Key 请求头（1–255 个可见 ASCII 字符）；重试时使用同一个键。',
      en: 'A POST that moves money takes the header Idempotency-Key (1–255 visible ASCII characters); retry with the same key.',
    },
  ),
  idempotency_key_invalid: form(
    400,
    { zh: '幂等键不合要求', en: 'Idempotency-Key invalid' },
    {
      zh: 'Idempotency-Key 须为一个 1–255 个可见 ASCII 字符的值，不含空格。',
      en: 'Idempotency-Key is one value of 1–255 visible ASCII characters without spaces.',
    },
  ),
  if_match_missing: form(
    400,
    { zh: '缺少 If-Match', en: 'If-Match missing' },
    {
      zh: '修改须带 If-Match 请求头，值为上次读取时的 ETag，以免覆盖他人的修改。',
      en: 'A change takes the header If-Match with the ETag last read, so that nobody else’s change is overwritten.',
    },
  ),
  unauthenticated: form(
    401,
    { zh: '未登录', en: 'Not signed in' },
    {
      zh: '请在控制台登录，或在 Authorization 请求头中提供有效的 Bearer 令牌；本机试用可运行 npm run -s yiben -- token --role integration。',
      en: 'Sign in at the console, or send a valid bearer token in the Authorization header; for a local trial run npm run -s yiben -- token --role integration.',
    },
  ),
  cross_site: form(
    403,
    { zh: '请求不是从本服务的页面发出的', en: 'Not sent by a page of this service' },
    {
      zh: '以登录会话提交的，须由本服务自己的页面发出（Origin 与 yiben-console 请求头）。请在控制台中办理；程序请用 Bearer 令牌。',
      en: 'What is sent under a session must come from this service’s own pages (Origin and the header yiben-console). Use the console; programs use a bearer token.',
    },
  ),
  not_found: form(
    404,
    { zh: '没有这个资源', en: 'Not found' },
    {
      zh: '没有这个地址，或不在您的管辖范围内。接口清单见 /docs。',
      en: 'There is nothing here, or it is not yours to see. See /docs for what there is.',
    },
  ),
  method_not_allowed: form(
    405,
    { zh: '不支持该方法', en: 'Method not allowed' },
    {
      zh: '该地址不支持此请求方法，可用方法见 Allow 响应头。',
      en: 'This address does not take the method; see the Allow header.',
    },
  ),
  request_timeout: form(
    408,
    { zh: '请求未按时送达', en: 'The request took too long' },
    { zh: '请求未在限定时间内完整送达，请重新提交。', en: 'The request did not arrive in time; send it again.' },
  ),
  batch_key_repeated: form(
    409,
    { zh: '同一批中幂等键重复', en: 'A key comes twice in the batch' },
    {
      zh: '同一批中每张凭证须有各自的键，请按 errors 更正。',
      en: 'Each entry of a batch has a key of its own; correct what errors lists.',
    },
  ),
  body_too_large: form(
    413,
    { zh: '请求体过大', en: 'The body is too large' },
    {
      zh: 'JSON 请求体不得超过 4 MB，附件不得超过 20 MB。请分批提交。',
      en: 'A JSON body has at most 4 MB, an attachment at most 20 MB. Send it in parts.',
    },
  ),
  batch_too_large: form(
    413,
    { zh: '一批凭证过多', en: 'Too many entries in one batch' },
    { zh: '一批至多 1,000 张凭证，请分批提交。', en: 'A batch takes at most 1,000 entries; send several.' },
  ),
  unsupported_media_type: form(
    415,
    { zh: '不支持的内容类型', en: 'Unsupported media type' },
    {
      zh: '请求体须为 application/json（UTF-8），不得压缩；附件须写明其 Content-Type。',
      en: 'The body must be application/json in UTF-8 without content encoding; an attachment names its own type.',
    },
  ),
  too_many_requests: form(
    429,
    { zh: '请求过于频繁', en: 'Too many requests' },
    {
      zh: '此前的请求过多或耗时过长，未受理此请求。请按 Retry-After 所示秒数后重试。',
      en: 'Earlier requests were too many or cost too much; this one was not taken. Retry after the seconds of Retry-After.',
    },
  ),
  range_reversed: form(
    422,
    { zh: '日期范围颠倒', en: 'The range ends before it begins' },
    { zh: 'from 不得晚于 to，请核对两个日期。', en: 'from must not be after to; check both days.' },
  ),
  wrong_host: form(
    421,
    { zh: '主机名不属于本服务', en: 'Not this host' },
    {
      zh: '请求的主机名不属于本服务。经反向代理访问时请把域名写入 YIBEN_HOSTS。',
      en: 'The host of the request is not one of this service. Behind a proxy, name its hosts in YIBEN_HOSTS.',
    },
  ),
  headers_too_large: form(
    431,
    { zh: '请求头过大', en: 'The headers are too large' },
    { zh: '请求头总长不得超过 16 KB，且不得多于 100 个。', en: 'Headers have at most 16 KB and are at most 100.' },
  ),
  internal_error: form(
    500,
    { zh: '服务内部错误', en: 'Internal error' },
    {
      zh: '服务出现内部错误，未记账或结果可用同一幂等键查询。请把时间和请求内容告知管理员。',
      en: 'The service failed. Ask again with the same key to learn the outcome, and tell the operator when it happened.',
    },
  ),
  unavailable: form(
    503,
    { zh: '服务暂不可用', en: 'Temporarily unavailable' },
    {
      zh: '账簿数据库暂时无法访问，未记账。请稍后用同一幂等键重试。',
      en: 'The books cannot be reached right now; nothing was posted. Retry with the same key.',
    },
  ),
  outcome_unknown: form(
    503,
    { zh: '结果暂不可知', en: 'The outcome is not known yet' },
    {
      zh: '提交过程中与数据库的连接中断，可能已记账也可能没有。请用同一幂等键重试，将得到确定的结果。',
      en: 'The connection to the database broke during the commit. Retry with the same key and you get the definite answer.',
    },
  ),
  shutting_down: form(
    503,
    { zh: '服务正在停止', en: 'The service is stopping' },
    {
      zh: '服务正在停止，未受理此请求。请稍后重试。',
      en: 'The service is stopping and did not take this request. Retry shortly.',
    },
  ),
} satisfies Record<string, DoorForm>

export type DoorCode = keyof typeof doorProblems

/** Thrown on the way through the door, answered at its end. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: DoorCode
  readonly faults: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(code: DoorCode, faults: readonly Fault[] = [], headers: Readonly<Record<string, string>> = {}) {
    super(code)
    this.code = code
    this.faults = faults
    this.headers = headers
  }
}

export const invalid = (path: string, zh: string, en: string): Problem =>
  new Problem('input_invalid', [{ path, message: { zh, en } }])

/** The body of a problem, in a fixed order of keys: a replay must be the same byte for byte. */
export type ProblemView = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  clause?: string
  errors?: { path: string; message: string }[]
}

export const problemType = (code: string): string => `/docs/problems/${code}`

/** A refusal as it is answered, alone or in its place within a batch. */
export function refusalView({ code, status, title, detail, clause }: RefusalRecord, language: Language): ProblemView {
  return {
    type: problemType(code),
    title: title[language],
    status,
    detail: detail[language],
    code,
    ...(clause !== undefined && { clause }),
  }
}

export function problemView(problem: Problem, language: Language): ProblemView {
  const { status, title, detail } = doorProblems[problem.code]
  const errors = problem.faults.map(({ path, message }) => ({ path, message: message[language] }))
  return {
    type: problemType(problem.code),
    title: title[language],
    status,
    detail: detail[language],
    code: problem.code,
    ...(errors.length > 0 && { errors }),
  }
}

export type Answered = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Sent instead of the text. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  /** Sent piece by piece instead of the text. */
  readonly stream?: () => AsyncIterable<Uint8Array>
  /** Set where the failure is ours and must be looked at. */
  readonly bug?: unknown
}

// Long enough for a database that restarts, short enough that nobody waits for nothing.
const retryAfter = { 'retry-after': '2' }

/** The answer to anything that was thrown. */
export function answerTo(thrown: unknown, language: Language): Answered {
  if (thrown instanceof Refusal) return answer(refusalView(thrown.record(), language))
  const problem = problemOf(thrown)
  const extra = { ...([429, 503].includes(doorProblems[problem.code].status) && retryAfter), ...problem.headers }
  const answered = answer(problemView(problem, language), extra)
  return problem.code === 'internal_error' ? { ...answered, bug: thrown } : answered
}

/** The answer of a refusal that is not thrown but pinned to its key. */
export const answerRefusal = (
  refusal: RefusalRecord,
  language: Language,
  extra: Readonly<Record<string, string>>,
): Answered => answer(refusalView(refusal, language), extra)

function answer(view: ProblemView, extra: Readonly<Record<string, string>> = {}): Answered {
  return { status: view.status, headers: { ...problemHeaders, ...extra }, text: JSON.stringify(view) }
}

function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (thrown instanceof JsonFault) return invalid(thrown.path, thrown.zh, thrown.message)
  const weather = weatherOf(thrown)
  if (weather instanceof Unavailable) return new Problem('unavailable')
  if (weather instanceof Unknown) return new Problem('outcome_unknown')
  return new Problem('internal_error')
}

// Headers of clients repeat, so each is looked at once; a flood of different ones must not fill the memory.
const languages = new Map<string, Language>()
const languagesMax = 1_000

/** The language an Accept-Language header prefers; Chinese where it names neither. */
export function languageOf(header: string | undefined): Language {
  if (header === undefined) return 'zh'
  let language = languages.get(header)
  if (language === undefined) {
    language = preferred(header)
    if (languages.size < languagesMax) languages.set(header, language)
  }
  return language
}

function preferred(header: string): Language {
  const quality = { zh: 0, en: 0 }
  for (const range of header.slice(0, 500).toLowerCase().split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim())
    const given = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    const q = given === undefined ? 1 : Number(given)
    if (!(q >= 0 && q <= 1)) continue
    const language = /^zh(-|$)/.test(tag) ? 'zh' : /^en(-|$)/.test(tag) ? 'en' : undefined
    if (language) quality[language] = Math.max(quality[language], q)
  }
  return quality.en > quality.zh ? 'en' : 'zh'
}

/** Refuses a range that ends before it begins. */
export function requireOrder(from: Day | undefined, to: Day | undefined): void {
  if (from !== undefined && to !== undefined && from > to) throw new Problem('range_reversed')
}
