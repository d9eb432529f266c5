/**
 * Queued jobs as their operator sees them: how they stand, asking for one, sending a parked one again, cancelling one
 * that waits.
 */
import * as z from 'zod'
import { askForJob, cancelJob, jobByHand, listJobs, readJob, retryJob } from '../../../jobs/actions.ts'
import { jobByHandForm, jobForm, jobId, jobName, stateForm } from '../../../jobs/forms.ts'
import { json } from '../body.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { formed } from '../faults.ts'
import { answerKeyed, reply, type Route, route, same } from '../route.ts'

const list = listRoute({
  path: '/v1/jobs',
  id: 'listJobs',
  tag: 'jobs',
  summary: { zh: '后台作业，新的在前', en: 'Jobs, newest first' },
  description: {
    zh: '只属一个区的人员只看到自己提交的作业。',
    en: 'A person of one district sees the jobs they asked for.',
  },
  right: 'job.read',
  filter: { state: z.exactOptional(stateForm), name: z.exactOptional(jobName) },
  about: { zh: '作业', en: 'Jobs' },
  item: jobForm,
  page: z.strictObject({ items: z.array(jobForm), next: z.union([z.string(), z.null()]) }),
  list: ({ actor, query: { state, name }, service }) => ({
    name: ['jobs', state ?? null, name ?? null],
    place: jobId,
    read: (before, limit) => listJobs(service.ledger, actor, { state, name, before, limit }),
    placeOf: ({ id }) => id,
    view: same,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/jobs/{id}',
  id: 'readJob',
  tag: 'jobs',
  summary: { zh: '一个作业：进度、次数、错误、结果', en: 'A job: progress, attempts, error, result' },
  right: 'job.read',
  params: z.strictObject({ id: jobId }),
  answers: { 200: { about: { zh: '作业', en: 'The job' }, schema: jobForm } },
  refuses: ['job_not_found'],
  handle: async ({ actor, params, service }) => reply(200, await readJob(service.ledger, actor, params.id)),
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
  right: askForJob.right,
  body: json(jobByHandForm),
  keyed: true,
  answers: { 202: { about: { zh: '已受理', en: 'Taken' }, schema: jobForm } },
  refuses: askForJob.refuses,
  // The form of the payload is the job's, so it is known when the name has been read.
  handle: async ({ actor, body, key, language, service }) => {
    const { name, payload } = body
    formed(jobByHand(name).payload, payload, '/payload')
    return answerKeyed(await askForJob(service.ledger, actor, body, key), 202, language, same, ({ id }) => ({
      location: `/v1/jobs/${id}`,
    }))
  },
})

const retry = verbRoute(retryJob, {
  path: '/v1/jobs/{id}/retry',
  id: 'retryJob',
  tag: 'jobs',
  summary: { zh: '重新执行已搁置的作业', en: 'Send a parked job again' },
  optionalBody: true,
  status: 202,
  about: { zh: '等待执行', en: 'Waiting to run' },
  answer: jobForm,
})

const cancel = verbRoute(cancelJob, {
  path: '/v1/jobs/{id}/cancellation',
  id: 'cancelJob',
  tag: 'jobs',
  summary: { zh: '撤销等待执行的作业', en: 'Cancel a job that waits' },
  status: 200,
  about: { zh: '已撤销', en: 'Cancelled' },
  answer: jobForm,
})

export const jobRoutes: readonly Route[] = [list, read, ask, retry, cancel]
