/** Queued jobs as their operator sees them: how they stand, asking for one, sending a parked one again, cancelling one that waits. */
import * as z from 'zod'
import {
  askForJob,
  cancelJob,
  jobByHand,
  jobStateNames,
  jobStates,
  type JobView,
  listJobs,
  readJob,
  retryJob,
} from '../../../jobs/actions.ts'
import { json, optionalJson } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import { formed } from '../faults.ts'
import { about, anyJson, cursor, identifier, limit, text } from '../../form/field.ts'
import { answerKeyed, none, reply, type Route, route } from '../route.ts'

const jobId = z
  .string({ error: 'identifier' })
  .regex(/^[1-9][0-9]{0,17}$/, { error: 'identifier' })
  .meta(about('作业编号', 'id of the job'))
const ofJob = z.strictObject({ id: jobId })
const jobName = z
  .string({ error: 'identifier' })
  .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'identifier' })
  .meta(about('作业种类，如 checks', 'which job, such as checks'))
const instantOut = (zh: string, en: string) => z.string().meta({ ...about(zh, en), format: 'date-time' })
const stateNames = jobStates.map((state) => `${state} ${jobStateNames[state].zh}`).join('，')
const stateForm = z
  .enum(jobStates, { error: `one_of:${jobStates.join('|')}` })
  .meta(about(stateNames, 'how the job stands'))

const jobView = z
  .strictObject({
    id: jobId,
    name: jobName,
    title: z.string(),
    key: z.string().meta(about('同一种类、同一键只有一个作业', 'one job a name and key')),
    state: stateForm,
    payload: anyJson.meta(about('参数：只含编号和日期', 'ids and days only')),
    askedBy: z.string().meta(about('提交人；schedule 为按日历自动提交', 'who asked; schedule: the calendar')),
    askedAt: instantOut('提交时刻', 'when it was asked for'),
    notBefore: instantOut('最早执行时刻', 'not to run before'),
    attempts: z.int().meta(about('已执行次数', 'runs so far')),
    attemptsMost: z.exactOptional(z.int().meta(about('至多执行次数，之后搁置', 'parked after so many runs'))),
    setbacks: z
      .int()
      .meta(about('因数据库不可用或停机而中断、不计次数', 'runs ended by an outage or a stop, not counted')),
    endedAt: z.exactOptional(instantOut('结束时刻', 'when it ended')),
    progress: z.exactOptional(
      z.strictObject({ done: z.int(), total: z.int(), note: z.string(), at: instantOut('何时', 'when') }),
    ),
    error: z.exactOptional(
      z
        .strictObject({
          code: z.string(),
          title: z.string(),
          detail: z.exactOptional(z.string().meta(about('无查账权限者不见金额', 'only for who may read the books'))),
          attempt: z.int(),
        })
        .meta(about('最近一次未成功的原因', 'why the last run did not finish')),
    ),
    result: z.exactOptional(anyJson.meta(about('结果；仅有查账权限者可见', 'only for who may read the books'))),
  })
  .meta({ id: 'Job', ...about('后台作业', 'a queued job') })

const present = (view: JobView): z.input<typeof jobView> => view

const list = route({
  method: 'GET',
  path: '/v1/jobs',
  id: 'listJobs',
  tag: 'jobs',
  summary: { zh: '后台作业，新的在前', en: 'Jobs, newest first' },
  description: {
    zh: '只属一个区的人员只看到自己提交的作业。',
    en: 'A person of one district sees the jobs they asked for.',
  },
  right: 'job.read',
  query: z.strictObject({ state: z.exactOptional(stateForm), name: z.exactOptional(jobName), limit, cursor }),
  answers: {
    200: {
      about: { zh: '作业', en: 'Jobs' },
      schema: z.strictObject({ items: z.array(jobView), next: z.union([z.string(), z.null()]) }),
    },
  },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const { state, name, limit } = query
    const of = ['jobs', state ?? null, name ?? null]
    const before = placeOfCursor(query.cursor, of, jobId)
    const found = await listJobs(service.ledger, actor, { state, name, before, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const next = found.length > limit && last ? cursorFor(of, last.id) : null
    return reply(200, { items: items.map(present), next })
  },
})

const read = route({
  method: 'GET',
  path: '/v1/jobs/{id}',
  id: 'readJob',
  tag: 'jobs',
  summary: { zh: '一个作业：进度、次数、错误、结果', en: 'A job: progress, attempts, error, result' },
  right: 'job.read',
  params: ofJob,
  answers: { 200: { about: { zh: '作业', en: 'The job' }, schema: jobView } },
  refuses: ['job_not_found'],
  handle: async ({ actor, params, service }) => reply(200, present(await readJob(service.ledger, actor, params.id))),
})

const ask = route({
  method: 'POST',
  path: '/v1/jobs',
  id: 'askForJob',
  tag: 'jobs',
  summary: { zh: '提交作业', en: 'Ask for a job' },
  description: {
    zh: '同一种类、同一键的作业只有一个：再次提交返回已有的那一个。',
    en: 'One job a name and key: asked for again, the one there is is answered.',
  },
  right: 'job.operate',
  body: json(
    z.strictObject({
      name: jobName,
      key: identifier('作业键：同一效果同一键，如 2024Q3', 'one key an effect, such as 2024Q3'),
      payload: anyJson.meta(about('参数，格式依作业种类', 'what the job takes')),
    }),
  ),
  keyed: true,
  answers: { 202: { about: { zh: '已受理', en: 'Taken' }, schema: jobView } },
  refuses: ['job_unknown', 'job_payload_too_large', 'idempotency_key_reused'],
  handle: async ({ actor, body, key, language, service }) => {
    const { name, payload } = body
    formed(jobByHand(name).payload, payload, '/payload')
    return answerKeyed(await askForJob(service.ledger, actor, body, key), 202, language, present, ({ id }) => ({
      location: `/v1/jobs/${id}`,
    }))
  },
})

const retry = route({
  method: 'POST',
  path: '/v1/jobs/{id}/retry',
  id: 'retryJob',
  tag: 'jobs',
  summary: { zh: '重新执行已搁置的作业', en: 'Send a parked job again' },
  right: 'job.operate',
  params: ofJob,
  body: optionalJson(none),
  keyed: true,
  answers: { 202: { about: { zh: '等待执行', en: 'Waiting to run' }, schema: jobView } },
  refuses: ['job_not_found', 'job_not_parked', 'idempotency_key_reused'],
  handle: async ({ actor, params, key, language, service }) =>
    answerKeyed(await retryJob(service.ledger, actor, params.id, key), 202, language, present),
})

const cancel = route({
  method: 'POST',
  path: '/v1/jobs/{id}/cancellation',
  id: 'cancelJob',
  tag: 'jobs',
  summary: { zh: '撤销等待执行的作业', en: 'Cancel a job that waits' },
  right: 'job.operate',
  params: ofJob,
  body: json(z.strictObject({ reason: text(500, '撤销原因', 'why') })),
  keyed: true,
  answers: { 200: { about: { zh: '已撤销', en: 'Cancelled' }, schema: jobView } },
  refuses: ['job_not_found', 'job_running', 'job_ended', 'idempotency_key_reused'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await cancelJob(service.ledger, actor, params.id, body.reason, key), 200, language, present),
})

export const jobRoutes: readonly Route[] = [list, read, ask, retry, cancel]
