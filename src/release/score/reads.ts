/** Reading what was entered for scores: what counts, and what waits to be checked. */
import { type Actor, demand } from '../../access/actor.ts'
import { approvalView, readApprovals } from '../../approvals/store.ts'
import type { Reader, Sql } from '../../base/db.ts'
import type { Quarter } from '../../base/quarter.ts'
import type * as z from 'zod'
import type { ScoreEntry } from './facts.ts'
import type { waitingScoreEntry } from './forms.ts'
import { scoreEntryProposal, waitingOf } from './propose.ts'
import { readScoreEntries } from './store.ts'

export type WaitingEntry = z.input<typeof waitingScoreEntry>

// Two for each district and quarter.
const waitingMost = 10_000

/** What was entered for a quarter and waits to be checked, of all districts or one, what has waited longest first. */
export async function waitingEntries(reader: Reader, quarter: Quarter, district?: string): Promise<WaitingEntry[]> {
  const filter = { kind: scoreEntryProposal.kind, waiting: true, district, after: 0n, limit: waitingMost }
  const views = (await readApprovals(reader, filter)).map(approvalView)
  return views
    .map((view) => waitingOf(view, scoreEntryProposal.read(view)))
    .filter((entry) => entry.quarter === quarter)
}

/** What was entered for a quarter, of all districts or of one's own: what counts, and what waits to be checked. */
export async function scoreEntries(
  sql: Sql,
  actor: Actor,
  quarter: Quarter,
  district?: string,
): Promise<{ items: ScoreEntry[]; waiting: WaitingEntry[] }> {
  demand(actor, 'allocation.read')
  const of = actor.district ?? district
  if (district !== undefined && of !== district) return { items: [], waiting: [] }
  return { items: await readScoreEntries(sql, quarter, of), waiting: await waitingEntries(sql, quarter, of) }
}
