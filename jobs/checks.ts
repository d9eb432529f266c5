/**
 * The nightly recomputation of all books by a path of its own. It changes nothing, so it runs outside any transaction;
 * its result is kept.
 */
import { z } from 'zod'
import { runAllChecks } from '../src/workflow/checks.ts'
import { defineJob } from './job.ts'

export const checks = defineJob({
  name: 'checks',
  title: { zh: '全面自查', en: 'Recompute the books' },
  payload: z.strictObject({ on: z.iso.date({ error: 'date' }) }),
  attempts: 4,
  limitMs: 6 * 3_600_000,
  byHand: true,
  schedule: { rule: { every: 'day', at: '02:00' }, payload: ({ on }) => ({ on }) },
  run: async (running, { on }) => {
    const found: { check: string; ok: boolean; looked: number; faults: string[]; warnings: string[] }[] = []
    for await (const { check, ok, looked, faults, warnings } of runAllChecks(running.ledger.database)) {
      found.push({ check, ok, looked, faults: [...faults], warnings: [...warnings] })
      await running.progress(found.length, found.length, check)
    }
    const failed = found.filter(({ ok }) => !ok).map(({ check }) => check)
    if (failed.length > 0) running.log('error', 'checks_failed', { on, checks: failed.join(' ') })
    return running.finish(async () => ({ on, ok: failed.length === 0, checks: found }))
  },
})
