/**
 * What looking after the jobs says no to, in order of precedence. Those marked `pinned` stay with the key they
 * answered.
 */
import { catalogue, type RefusalForm, type Text } from '../src/base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

export const jobRefusals = {
  job_not_found: form<{ job: string }>({
    status: 404,
    title: { zh: '没有这个作业', en: 'No such job' },
    detail: (f) => ({
      zh: `没有作业 ${f.job}，或不是由您提交的。请核对编号。`,
      en: `There is no job ${f.job}, or it was not asked for by you. Check the id.`,
    }),
  }),
  job_unknown: form<{ name: string; names: Text }>({
    status: 422,
    title: { zh: '不能人工提交的作业', en: 'Not a job to ask for by hand' },
    detail: (f) => ({
      zh: `没有可以人工提交的作业「${f.name}」。可以提交：${f.names.zh}。`,
      en: `There is no job ${f.name} that may be asked for by hand. There are: ${f.names.en}.`,
    }),
  }),
  job_payload_too_large: form<{ name: string; characters: number; most: number }>({
    status: 413,
    title: { zh: '作业参数过大', en: 'The payload is too large' },
    detail: (f) => ({
      zh: `作业「${f.name}」的参数有 ${f.characters} 个字符，至多 ${f.most} 个。参数只写编号和日期，内容由作业自行读取。`,
      en: `The payload of ${f.name} has ${f.characters} characters, at most ${f.most} are taken. Name ids and days; the job reads the rest itself.`,
    }),
  }),
  job_not_parked: form<{ job: string; state: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '作业未搁置', en: 'The job is not parked' },
    detail: (f) => ({
      zh: `作业 ${f.job} 的状态为「${f.state.zh}」，只有已搁置的作业可以重新执行。`,
      en: `Job ${f.job} is ${f.state.en}; only a parked job is sent again.`,
    }),
  }),
  job_running: form<{ job: string; until: string }>({
    status: 409,
    pinned: true,
    title: { zh: '作业正在执行', en: 'The job is running' },
    detail: (f) => ({
      zh: `作业 ${f.job} 正在执行（占用至 ${f.until}），不能撤销。请等待本次执行结束。`,
      en: `Job ${f.job} is running (held until ${f.until}) and cannot be cancelled. Wait for the run to end.`,
    }),
  }),
  job_ended: form<{ job: string; state: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '作业已结束', en: 'The job has ended' },
    detail: (f) => ({
      zh: `作业 ${f.job} 的状态为「${f.state.zh}」，只有等待执行的作业可以撤销。`,
      en: `Job ${f.job} is ${f.state.en}; only a waiting job is cancelled.`,
    }),
  }),
} as const

export const refuse = catalogue(jobRefusals)
