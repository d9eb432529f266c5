/** What comes in and goes out of jobs, as their operator sees them. */
import * as z from 'zod'
import type { Text } from '../src/base/refusal.ts'
import { about, anyJson, identifier, oneOf, text } from '../src/form/field.ts'
import type { JobState } from './store.ts'

export const jobStates = ['waiting', 'running', 'done', 'parked', 'cancelled'] as const

export const jobStateNames: Record<JobState, Text> = {
  waiting: { zh: '等待执行', en: 'waiting' },
  running: { zh: '正在执行', en: 'running' },
  done: { zh: '已完成', en: 'done' },
  parked: { zh: '已搁置', en: 'parked' },
  cancelled: { zh: '已撤销', en: 'cancelled' },
}

export const jobId = z
  .string({ error: 'identifier' })
  .regex(/^[1-9][0-9]{0,17}$/, { error: 'identifier' })
  .meta(about('作业编号', 'id of the job'))
export const jobName = z
  .string({ error: 'identifier' })
  .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'identifier' })
  .meta(about('作业种类，如 checks', 'which job, such as checks'))
const instantOut = (zh: string, en: string) => z.string().meta({ ...about(zh, en), format: 'date-time' })
const stateNames = jobStates.map((state) => `${state} ${jobStateNames[state].zh}`).join('，')
export const stateForm = oneOf(jobStates).meta(about(stateNames, 'how the job stands'))

export const jobForm = z
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
/** `error` and `result` leave out what they say of money to who may not read the books. */
export type JobView = z.input<typeof jobForm>

/** What an operator asks for by hand. */
export const jobByHandForm = z.strictObject({
  name: jobName,
  key: identifier('作业键：同一效果同一键，如 2024Q3', 'one key an effect, such as 2024Q3'),
  payload: anyJson.meta(about('参数，格式依作业种类', 'what the job takes')),
})

export const cancellationForm = z.strictObject({ reason: text(500, '撤销原因', 'why') })
