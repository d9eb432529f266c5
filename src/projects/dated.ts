/**
 * The day of facts that money rests on: where a project stood, what a batch took, whether a community had somebody who
 * governs it. Without a day they hold from today. An earlier day names the document that shows it, and reaches into no
 * quarter of its district that is scored: what was decided on a score stays decided on what was known (clause 31). One
 * thing passes that: a take-over (建账接转), which others approved with its documents. Scores that stand keep their facts.
 */
import type { Day } from '../base/calendar.ts'
import type { Tx } from '../base/db.ts'
import { quarterOf } from '../base/quarter.ts'
import type { Text } from '../base/refusal.ts'
import { clause, clauseText } from '../policy/documents.ts'
import { refuse } from './refusals.ts'

export type Dated = {
  /** What it is the day of, for the sentence. */
  readonly what: Text
  readonly district: string
  readonly on: Day | undefined
  readonly document: string | undefined
  readonly today: Day
  /** The approved take-over it rests on: it alone reaches into a quarter that is scored. */
  readonly takeOver?: string | undefined
}

export const datedRefusals = ['day_in_future', 'back_dated_without_document', 'quarter_scored'] as const

/** The day something holds from. Refuses `day_in_future`, `back_dated_without_document`, `quarter_scored`. */
export async function dayOf(tx: Tx, { what, district, on, document, today, takeOver }: Dated): Promise<Day> {
  if (on === undefined || on === today) return today
  if (on > today) throw refuse('day_in_future', { what, on, today })
  if (document === undefined) throw refuse('back_dated_without_document', { what, on, today })
  if (takeOver === undefined) await requireUnscored(tx, { what, district, on })
  return on
}

/** Quarters of a district, from the one of a day on, that are scored. */
export async function scoredFrom(tx: Tx, { district, on }: Pick<Dated, 'district'> & { on: Day }): Promise<string[]> {
  const rows = await tx.query<{ quarter: string }>(
    `select quarter from score_head where district = $1 and quarter >= $2 and version > 0 order by quarter`,
    [district, quarterOf(on)],
  )
  return rows.map(({ quarter }) => quarter)
}

/** Refuses `quarter_scored` where the district's quarter of the day, or a later one, is scored. */
export async function requireUnscored(
  tx: Tx,
  { what, district, on }: Pick<Dated, 'what' | 'district'> & { readonly on: Day },
) {
  const [quarter] = await scoredFrom(tx, { district, on })
  if (quarter === undefined) return
  const facts = { what, district, on, quarter }
  throw refuse('quarter_scored', facts, clauseText(clause('beijing-2022-28', '第（三十一）条')))
}
