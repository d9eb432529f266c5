/**
 * Tells the treasury of a release, a claw-back or a settlement that was approved and posted. That it is going out is
 * written down before it does; the treasury is asked whether it has it, and sent it only where it has not: killed at
 * any point, run twice or late, it is told once.
 */
import { z } from 'zod'
import { beginSending, recordSent } from '../src/release/instruction/verbs.ts'
import { instructionReference } from '../src/release/release/release.ts'
import { defineJob, type Job } from './job.ts'
import { callOutside } from './outside.ts'
import type { Order, Receipt, TreasuryGateway } from './treasury.ts'

export const instructRelease = (treasury: TreasuryGateway): Job =>
  defineJob({
    name: 'instruct-release',
    title: { zh: '向国库发送拨付指令', en: 'Instruct the treasury' },
    payload: z.strictObject({ reference: instructionReference }),
    attempts: 20,
    run: (running, { reference }) =>
      callOutside<Order, Receipt>(running, {
        prepare: (act) => beginSending(act, reference),
        find: treasury.find,
        send: treasury.send,
        record: async (act, _, { receipt }) => ({ reference, receipt: await recordSent(act, reference, receipt) }),
      }),
  })
