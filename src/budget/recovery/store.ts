/** The SQL of what is to come back from later tranches, because a final budget was below its early notice. */
import { asc, eq, sql } from 'drizzle-orm'
import { only, type Sql, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { matching, prepared, written } from '../../base/drizzle/queries.ts'
import { indicatorRecoveries as table } from '../tables.ts'

const owing = prepared((on, given) =>
  on
    .select({ dueFen: sql<Fen>`coalesce(sum(${table.dueFen} - ${table.doneFen}), 0)::bigint` })
    .from(table)
    .where(matching(table, given)),
)

/**
 * What a district (or, without one, everybody) still owes an indicator whose final budget was below its early notice.
 */
export async function outstandingRecovery(tx: Tx, indicator: string, district?: string): Promise<Fen> {
  return only(await owing(tx, { indicator, district })).dueFen
}

const adding = prepared((on, given) =>
  on
    .insert(table)
    .values(written(table, given))
    .onConflictDoUpdate({
      target: [table.indicator, table.district],
      set: { dueFen: sql`${table.dueFen} + excluded.due_fen` },
    }),
)

/** Notes that so much more is to come back from a district's later tranches. */
export async function addRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  await adding(tx, { indicator, district, dueFen: amountFen })
}

const settling = prepared((on, given) =>
  on
    .update(table)
    .set({ doneFen: sql`${table.doneFen} + ${sql.placeholder('amountFen')}` })
    .where(matching(table, given))
    .returning({ doneFen: table.doneFen }),
)

/**
 * Notes that so much of it has come back: to be called in the transaction that posts it. More than is due is refused by
 * the table.
 */
export async function settleRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  only(await settling(tx, { indicator, district, amountFen }))
}

const reading = prepared((on) =>
  on
    .select({ district: table.district, dueFen: table.dueFen, doneFen: table.doneFen })
    .from(table)
    .where(eq(table.indicator, sql.placeholder('indicator')))
    .orderBy(asc(table.district)),
)

export const readRecoveries = (
  reader: Sql,
  indicator: string,
): Promise<{ district: string; dueFen: Fen; doneFen: Fen }[]> => reading(reader, { indicator })
