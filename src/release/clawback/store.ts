/** The SQL of claw-backs. */
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Day } from '../../base/calendar.ts'
import { only, type Reader, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import type { ClawbackState } from './clawback.ts'
import { changed, matching, prepared, written } from '../../base/drizzle/queries.ts'
import { clawbacks as table } from '../tables.ts'

export type ClawbackRow = typeof table.$inferSelect

export type NewClawback = Omit<ClawbackRow, 'id' | 'takenFen' | 'state' | 'postedOn'>

const inserting = prepared((on, given) => on.insert(table).values(written(table, given)).returning())

export const insertClawback = async (tx: Tx, given: NewClawback): Promise<ClawbackRow> =>
  only(await inserting(tx, { ...given, state: 'drafted' }))

const locking = prepared((on, given) => on.select().from(table).where(matching(table, given)).for('update'))

export const lockClawbackOf = async (tx: Tx, approval: string): Promise<ClawbackRow> =>
  only(await locking(tx, { approval }))

const pending = prepared((on, given) =>
  on
    .select()
    .from(table)
    .where(and(matching(table, given), eq(table.state, 'drafted'))),
)

export const pendingClawback = async (tx: Tx, releaseId: bigint): Promise<ClawbackRow | undefined> =>
  (await pending(tx, { releaseId }))[0]

const updating = prepared((on, given) =>
  on
    .update(table)
    .set(changed(table, given))
    .where(eq(table.id, sql.placeholder('id'))),
)

export async function endClawback(
  tx: Tx,
  id: bigint,
  state: ClawbackState,
  posted: { readonly takenFen: Fen; readonly on: Day } | undefined,
): Promise<void> {
  await updating(tx, { id, state, takenFen: posted?.takenFen ?? null, postedOn: posted?.on ?? null })
}

const ofRelease = prepared((on, given) => on.select().from(table).where(matching(table, given)).orderBy(asc(table.id)))

export const readClawbacks = (reader: Reader, releaseId: bigint): Promise<ClawbackRow[]> =>
  ofRelease(reader, { releaseId })
