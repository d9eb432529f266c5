/**
 * The year's end of indicators (预算法 第四十二条): on the evening of 31 December what is left of those in their last year is
 * recovered, and the year's cash plans end, before anybody carries the year over. Each is a transaction of its own and
 * happens once, so a run that was lost goes on where it stopped. What the ledger did not take is kept in the result;
 * put right, the job is asked for again by hand.
 */
import { z } from 'zod'
import type { Actor } from '../src/access/actor.ts'
import type { Json } from '../src/base/json.ts'
import { formatFen } from '../src/base/money.ts'
import { lapseIndicators, type LapseResult } from '../src/budget/lapse/verbs.ts'
import { defineJob } from './job.ts'

const firstYear = 2000
const lastYear = 2100

export const lapseIndicatorsJob = defineJob({
  name: 'lapse-indicators',
  title: { zh: '年终收回到期指标结余', en: 'Recover what is left of indicators at the end of the year' },
  payload: z.strictObject({ year: z.int().min(firstYear).max(lastYear) }),
  limitMs: 3_600_000,
  byHand: true,
  schedule: {
    rule: { every: 'year', month: 12, date: 31, at: '20:00' },
    payload: ({ on }) => ({ year: Number(on.slice(0, 4)) }),
  },
  run: async (running, { year }) => {
    const maker: Actor = { person: running.askedBy, role: 'integration' }
    const result = await lapseIndicators(running.ledger, year, maker)
    const done = result.lapsed.length + result.cashPlans.length
    await running.progress(done, done + result.refused.length, `${year} 年度到期指标`)
    if (result.refused.length > 0)
      running.log('error', 'indicators_not_lapsed', { year, refused: result.refused.length })
    return running.finish(async () => resultJson(year, result))
  },
})

const resultJson = (year: number, { lapsed, refused, cashPlans }: LapseResult): Json => ({
  year,
  lapsed: lapsed.map(({ amountFen, commitments, ...of }) => ({
    ...of,
    amount: formatFen(amountFen),
    commitments: commitments.map(({ openFen, ...one }) => ({ ...one, open: formatFen(openFen) })),
  })),
  cashPlans: cashPlans.map(({ amountFen, ...of }) => ({ ...of, amount: formatFen(amountFen) })),
  refused: refused.map(({ what, refusal }) => ({ what, code: refusal.code, detail: refusal.detail.zh })),
})
