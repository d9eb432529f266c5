/**
 * What falls due of special bonds: every morning, of each bond that bears interest, what has come to its day and is not
 * recorded yet is drafted for approval, in the name of who asked. A coupon whose day is no working day is paid on the
 * next one, with the amount unchanged. Run again it drafts nothing that waits or stands.
 */
import { z } from 'zod'
import { draftDues } from '../src/funds/bond/propose.ts'
import { defineJob } from './job.ts'

export const bondDues = defineJob({
  name: 'bond-dues',
  title: { zh: '拟定专项债券到期本息', en: 'Draft what falls due of special bonds' },
  payload: z.strictObject({}),
  byHand: true,
  retries: ['approval_pending'],
  schedule: { rule: { every: 'day', at: '06:30' }, payload: () => ({}) },
  run: (running) => running.finish(async (act) => ({ drafted: [...(await draftDues(act, running.askedBy)).drafted] })),
})
