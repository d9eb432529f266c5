/** The SQL of what is to come back from later tranches, because a final budget was below its early notice. */
import { only, type Sql, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'

/** What a district (or, without one, everybody) still owes an indicator whose final budget was below its early notice. */
export async function outstandingRecovery(tx: Tx, indicator: string, district?: string): Promise<Fen> {
  const { due_fen: due } = only(
    await tx.query<{ due_fen: bigint }>(
      `select coalesce(sum(due_fen - done_fen), 0)::bigint as due_fen from indicator_recovery
       where indicator = $1 and ($2::text is null or district = $2)`,
      [indicator, district ?? null],
    ),
  )
  return due
}

/** Notes that so much more is to come back from a district's later tranches. */
export async function addRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  await tx.query(
    `insert into indicator_recovery (indicator, district, due_fen) values ($1, $2, $3)
     on conflict (indicator, district) do update set due_fen = indicator_recovery.due_fen + excluded.due_fen`,
    [indicator, district, amountFen.toString()],
  )
}

/** Notes that so much of it has come back: to be called in the transaction that posts it. More than is due is refused by the table. */
export async function settleRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  only(
    await tx.query(
      'update indicator_recovery set done_fen = done_fen + $3 where indicator = $1 and district = $2 returning 1',
      [indicator, district, amountFen.toString()],
    ),
  )
}

export async function readRecoveries(
  sql: Sql,
  indicator: string,
): Promise<{ district: string; dueFen: Fen; doneFen: Fen }[]> {
  const rows = await sql<{ district: string; due_fen: bigint; done_fen: bigint }[]>`
    select district, due_fen, done_fen from indicator_recovery where indicator = ${indicator} order by district`
  return rows.map(({ district, due_fen: dueFen, done_fen: doneFen }) => ({ district, dueFen, doneFen }))
}
