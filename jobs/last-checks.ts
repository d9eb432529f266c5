/** What the last recomputation of all books found. */
import * as z from 'zod'
import { formatInstant } from '../src/base/calendar.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import { checks } from './checks.ts'
import { readJobRows } from './store.ts'

export type LastChecks = {
  readonly job: string
  readonly on: string
  readonly at: string
  readonly ok: boolean
  /** Checks that do not hold. */
  readonly failed: readonly string[]
}

const resultForm = z.looseObject({
  on: z.string(),
  ok: z.boolean(),
  checks: z.array(z.looseObject({ check: z.string(), ok: z.boolean() })),
})

/** `undefined` before the first; a result that an older program wrote otherwise counts for nothing. */
export async function lastChecks({ database }: Ledger): Promise<LastChecks | undefined> {
  const [row] = await readJobRows(database, { name: checks.name, state: 'done', limit: 1 })
  const result = resultForm.safeParse(row?.result)
  if (!row || row.ended_at === null || !result.success) return undefined
  const { on, ok, checks: found } = result.data
  const failed = found.filter((one) => !one.ok).map(({ check }) => check)
  return { job: String(row.job_id), on, at: formatInstant(row.ended_at), ok, failed }
}
