/** The SQL of what is to come back from later tranches, because a final budget was below its early notice. */
import { asc, sql } from 'drizzle-orm'
import type { Day } from '../../base/calendar.ts'
import { only, type Reader, rowsOf, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { matching, prepared, written } from '../../base/drizzle/queries.ts'
import type { ProjectAmount } from '../indicator/indicator.ts'
import { indicatorRecoveries as table, recoveriesTaken } from '../tables.ts'
import type { Charge } from './recovery.ts'

const owing = prepared((on, given) =>
  on
    .select({ dueFen: sql<Fen>`coalesce(sum(${table.dueFen} - ${table.doneFen}), 0)` })
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
      set: {
        dueFen: sql`${table.dueFen} + excluded.due_fen`,
        returnFen: sql`${table.returnFen} + excluded.return_fen`,
      },
    }),
)

/** Notes that so much more is to come back from a district: from what it is still to be paid, and from its quota. */
export async function addRecovery(tx: Tx, indicator: string, charge: Charge): Promise<void> {
  await adding(tx, { indicator, ...charge })
}

const settling = prepared((on, given) =>
  on
    .update(table)
    .set({ doneFen: sql`${table.doneFen} + ${sql.placeholder('amountFen')}` })
    .where(matching(table, given))
    .returning({ doneFen: table.doneFen }),
)

export type TakenRecovery = {
  readonly indicator: string
  readonly district: string
  readonly allocation: string
  readonly approval: string
  readonly amountFen: Fen
  readonly on: Day
  readonly parts: readonly ProjectAmount[]
}

const inserting = prepared((on, given) =>
  on.insert(recoveriesTaken).values(written(recoveriesTaken, given)).returning({ id: recoveriesTaken.id }),
)

/**
 * Notes what has come back, and off which projects: to be called in the transaction that posts it. More than is due is
 * refused by the table.
 */
export async function settleRecovery(tx: Tx, { parts, ...taken }: TakenRecovery): Promise<void> {
  const { indicator, district, amountFen } = taken
  only(await settling(tx, { indicator, district, amountFen }))
  const { id } = only(await inserting(tx, taken))
  await tx.query(
    'insert into recovery_part (recovery_id, project, amount_fen) select $1, p, a from unnest($2::text[], $3::bigint[]) g(p, a)',
    [id.toString(), parts.map(({ project }) => project), parts.map((part) => part.amountFen.toString())],
  )
}

const reading = prepared((on) =>
  on
    .select()
    .from(table)
    .where(sql`${table.indicator} = any(${sql.placeholder('indicators')}::text[])`)
    .orderBy(asc(table.indicator), asc(table.district)),
)

export type RecoveryRow = Readonly<typeof table.$inferSelect>

/** What districts must give back of indicators, and what of it has come back. */
export const readRecoveries = (reader: Reader, indicators: readonly string[]): Promise<RecoveryRow[]> =>
  reading(reader, { indicators: [...indicators] })

export type RecoveredPart = {
  readonly indicator: string
  readonly district: string
  readonly allocation: string
  readonly project: string
  readonly amountFen: Fen
}

/** What has come back of indicators, by district, allocation and project. */
export const readRecoveredParts = (reader: Reader, indicators: readonly string[]): Promise<RecoveredPart[]> =>
  rowsOf<RecoveredPart>(
    reader,
    `select r.indicator, r.district, r.allocation, p.project, sum(p.amount_fen) as "amountFen"
     from recovery_taken r join recovery_part p using (recovery_id)
     where r.indicator = any($1::text[]) group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
    [[...indicators]],
  )
