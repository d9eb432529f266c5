/**
 * The quarter's early disbursement (clause 24): scores all districts, drafts what may come early, and leaves it for
 * approval in the name of who asked. Scores first, so that an officer sees them come; the run itself is one transaction
 * and happens once, however often and by however many it is run.
 */
import { z } from 'zod'
import { earlyJob, runEarly, scoreQuarter } from '../src/release/early/verbs.ts'
import { assert } from '../src/base/assert.ts'
import { parseQuarter } from '../src/base/quarter.ts'
import { defineJob } from './job.ts'

const steps = 2

export const earlyDisbursement = defineJob({
  name: earlyJob,
  title: { zh: '季度早拨付', en: 'Early disbursement of the quarter' },
  payload: z.strictObject({
    quarter: z.string().refine((given) => parseQuarter(given) !== undefined),
    run: z.int().min(1).max(1_000),
  }),
  // Somebody drafts or decides on the same allotment at this moment.
  retries: ['approval_pending', 'release_pending'],
  schedule: {
    rule: { every: 'quarter', workday: 10, at: '08:00' },
    payload: ({ period }) => ({ quarter: period, run: 1 }),
  },
  run: async (running, { quarter: text, run }) => {
    const quarter = parseQuarter(text)
    assert(quarter, 'the form of the payload is a quarter')
    const asked = { quarter, run, askedBy: running.askedBy }
    await running.progress(0, steps, '计算各区得分')
    await running.step((act) => scoreQuarter(act, asked))
    await running.progress(1, steps, '拟定早拨付')
    return running.finish(async (act) => ({ ...(await runEarly(act, asked)) }))
  },
})
