/** What is kept of a run that did not finish: a code and a sentence for whoever looks after the jobs. */
import type { Refusal, Text } from '../src/base/refusal.ts'
import type { JobError } from './store.ts'

const wordsMax = 500

const error = (code: string, attempt: number, title: Text, detail: Text): JobError => ({ code, title, detail, attempt })

/** The room said no. */
export const refused = ({ code, title, detail }: Refusal, attempt: number): JobError =>
  error(code, attempt, title, detail)

/** The job threw: a fault of the program, or of what it works on. */
export function failed(thrown: unknown, attempt: number): JobError {
  const words = (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : typeof thrown).slice(0, wordsMax)
  return error('job_failed', attempt, { zh: '作业执行出错', en: 'The job failed' }, { zh: words, en: words })
}

export const tooSlow = (limitMs: number, attempt: number): JobError =>
  error(
    'job_too_slow',
    attempt,
    { zh: '作业超时', en: 'The job took too long' },
    {
      zh: `作业在 ${limitMs / 1000} 秒内未完成，已放弃本次执行。`,
      en: `The run did not end within ${limitMs / 1000} s and was given up.`,
    },
  )

export const lost = (attempt: number): JobError =>
  error(
    'job_lost',
    attempt,
    { zh: '执行进程多次中断', en: 'Its process ended each time' },
    {
      zh: `作业执行了 ${attempt} 次，每次执行进程都未能回报结果（进程退出或长时间无响应）。请检查日志后再重新执行。`,
      en: `The job ran ${attempt} times and its process never told how it ended (it exited or stood still). Read the log before it is sent again.`,
    },
  )

export const notUnderstood = (attempt: number): JobError =>
  error(
    'job_payload_invalid',
    attempt,
    { zh: '作业参数不合要求', en: 'The payload is not of the form' },
    {
      zh: '作业参数与该作业的格式不符，无法执行。请撤下后按正确参数重新提交。',
      en: 'The payload is not of the form of this job. Ask for a new one with what it needs.',
    },
  )

export const unavailable = (attempt: number): JobError =>
  error(
    'unavailable',
    attempt,
    { zh: '数据库或外部服务暂不可用', en: 'The database was away' },
    {
      zh: '执行中数据库无法访问或结果不可知，已安排再次执行。',
      en: 'The database could not be reached, or its answer did not come; the job runs again.',
    },
  )
