/** The SQL of what is to come back from later tranches, because a final budget was below its early notice. */
import { and, asc, eq, sql } from 'drizzle-orm'
import { only, type Sql, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { matching, queries } from '../../base/queries.ts'
import { indicatorRecoveries as table } from '../tables.ts'

/** What a district (or, without one, everybody) still owes an indicator whose final budget was below its early notice. */
export async function outstandingRecovery(tx: Tx, indicator: string, district?: string): Promise<Fen> {
  const { dueFen } = only(
    await queries(tx)
      .select({ dueFen: sql<Fen>`coalesce(sum(${table.dueFen} - ${table.doneFen}), 0)::bigint` })
      .from(table)
      .where(matching(table, { indicator, district })),
  )
  return dueFen
}

/** Notes that so much more is to come back from a district's later tranches. */
export async function addRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  await queries(tx)
    .insert(table)
    .values({ indicator, district, dueFen: amountFen })
    .onConflictDoUpdate({
      target: [table.indicator, table.district],
      set: { dueFen: sql`${table.dueFen} + excluded.due_fen` },
    })
}

/** Notes that so much of it has come back: to be called in the transaction that posts it. More than is due is refused by the table. */
export async function settleRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  only(
    await queries(tx)
      .update(table)
      .set({ doneFen: sql`${table.doneFen} + ${amountFen}` })
      .where(and(eq(table.indicator, indicator), eq(table.district, district)))
      .returning({ doneFen: table.doneFen }),
  )
}

export function readRecoveries(
  reader: Sql,
  indicator: string,
): Promise<{ district: string; dueFen: Fen; doneFen: Fen }[]> {
  return queries(reader)
    .select({ district: table.district, dueFen: table.dueFen, doneFen: table.doneFen })
    .from(table)
    .where(eq(table.indicator, indicator))
    .orderBy(asc(table.district))
}
