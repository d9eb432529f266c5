/** The SQL of owners' contributions: what each dwelling gave, and what waits in suspense. */
import { type Day, type Instant, instantText } from '../../base/calendar.ts'
import type { Reader, Row, Tx } from '../../base/db.ts'
import { rowsOf } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { nextOf } from '../ownership/store.ts'
import { dwellingOf } from '../plan/store.ts'

export type OwnerMovement = {
  readonly kind: 'receipt' | 'match' | 'refund'
  readonly source: string
  readonly dwelling?: DwellingName | undefined
  readonly appliedFen: Fen
  readonly excessFen: Fen
  readonly suspenseFen: Fen
  readonly of?: number | undefined
  readonly reference: string
  readonly on: Day
  readonly person: string
  readonly at: Instant
}

export async function insertOwnerMovement(tx: Tx, project: string, given: OwnerMovement): Promise<number> {
  const sequence = await nextOf(tx, 'owner_movement', project)
  const { community = null, building = null, dwelling = null } = given.dwelling ?? {}
  await tx.query(
    `insert into owner_movement (project, sequence, kind, source, community, building, dwelling, applied_fen, excess_fen, suspense_fen,
       of_sequence, reference, on_day, recorded_by, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      project,
      sequence,
      given.kind,
      given.source,
      community,
      building,
      dwelling,
      given.appliedFen.toString(),
      given.excessFen.toString(),
      given.suspenseFen.toString(),
      given.of ?? null,
      given.reference,
      given.on,
      given.person,
      instantText(given.at),
    ],
  )
  return sequence
}

export type OwnerBalance = {
  readonly dwelling: DwellingName | undefined
  readonly source: string
  readonly appliedFen: Fen
  readonly excessFen: Fen
  readonly suspenseFen: Fen
}

type BalanceRow = Row & {
  community: string | null
  building: string | null
  dwelling: string | null
  source: string
  applied: bigint
  excess: bigint
  suspense: bigint
}

const balancesText = `
  select community, building, dwelling, source, sum(applied_fen)::bigint as applied, sum(excess_fen)::bigint as excess,
    sum(suspense_fen)::bigint as suspense
  from owner_movement where project = $1 group by community, building, dwelling, source order by 1, 2, 3, 4`

/** What stands to each dwelling's credit, by source; without a dwelling: what is in suspense. */
export async function ownerBalances(reader: Reader, project: string): Promise<OwnerBalance[]> {
  const rows = await rowsOf<BalanceRow>(reader, balancesText, [project])
  return rows.map((row) => ({
    dwelling: dwellingOf(row).dwelling,
    source: row.source,
    appliedFen: row.applied,
    excessFen: row.excess,
    suspenseFen: row.suspense,
  }))
}

/** A receipt that is still nobody's. */
export async function receiptInSuspense(
  tx: Tx,
  project: string,
  sequence: number,
): Promise<{ source: string; suspenseFen: Fen } | undefined> {
  const [row] = await tx.query<{ source: string; fen: bigint }>(
    `select source, suspense_fen as fen from owner_movement m
     where project = $1 and sequence = $2 and kind = 'receipt' and suspense_fen > 0
       and not exists (select 1 from owner_movement o where o.of_sequence = m.sequence and o.project = m.project)`,
    [project, sequence],
  )
  return row && { source: row.source, suspenseFen: row.fen }
}
