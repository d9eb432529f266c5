/**
 * Tells the treasury of a release or a claw-back that was approved and posted. That it is going out is written down before it does; the treasury is
 * asked whether it has it, and sent it only where it has not: killed at any point, run twice or late, it is told once.
 */
import { z } from 'zod'
import { assert } from '../src/base/assert.ts'
import { lockInstruction, markSending, markSent } from '../src/release/instruction/store.ts'
import { defineJob, type Job } from './job.ts'
import { callOutside } from './outside.ts'
import type { Order, Receipt, TreasuryGateway } from './treasury.ts'

export const instructRelease = (treasury: TreasuryGateway): Job =>
  defineJob({
    name: 'instruct-release',
    title: { zh: '向国库发送拨付指令', en: 'Instruct the treasury' },
    payload: z.strictObject({ reference: z.string().regex(/^[RB]-[1-9][0-9]{0,17}$/) }),
    attempts: 20,
    run: (running, { reference }) =>
      callOutside<Order, Receipt>(running, {
        prepare: async ({ tx, at }) => {
          const instruction = await lockInstruction(tx, reference)
          assert(instruction, `instruction ${reference} was written with its release`)
          if (instruction.state === 'drafted') await markSending(tx, reference, at)
          const { content, hash } = instruction
          return { reference, content, hash }
        },
        find: treasury.find,
        send: treasury.send,
        record: async ({ tx, at }, _, { receipt }) => {
          const instruction = await lockInstruction(tx, reference)
          // A job that an operator asked for again finds it sent: it stays as it was.
          if (instruction?.state === 'sending') await markSent(tx, reference, receipt, at)
          return { reference, receipt: instruction?.receipt ?? receipt }
        },
      }),
  })
