/** The SQL of owners' contributions: what each dwelling gave, and what waits in suspense. */
import { and, eq, gt, notExists, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Day, Instant } from '../../base/calendar.ts'
import type { Reader, Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { matching, prepared, written } from '../../base/drizzle/queries.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { nextOf } from '../ownership/store.ts'
import { dwellingOf } from '../plan/store.ts'
import { ownerMovements as table } from '../tables.ts'

export type OwnerMovementKind = 'receipt' | 'match' | 'refund'

export type OwnerMovement = {
  readonly kind: OwnerMovementKind
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

const inserting = prepared((on, given) => on.insert(table).values(written(table, given)))

export async function insertOwnerMovement(tx: Tx, project: string, given: OwnerMovement): Promise<number> {
  const sequence = await nextOf(tx, 'owner_movement', project)
  const { dwelling, of: ofSequence, person: recordedBy, at: recordedAt, ...moved } = given
  await inserting(tx, { project, sequence, ...moved, ...dwelling, ofSequence, recordedBy, recordedAt })
  return sequence
}

export type OwnerBalance = {
  readonly dwelling: DwellingName | undefined
  readonly source: string
  readonly appliedFen: Fen
  readonly excessFen: Fen
  readonly suspenseFen: Fen
}

const total = (column: typeof table.appliedFen | typeof table.excessFen | typeof table.suspenseFen) =>
  sql<Fen>`sum(${column})`

const dwelling = [table.community, table.building, table.dwelling] as const
const balancing = prepared((on, given) =>
  on
    .select({
      community: table.community,
      building: table.building,
      dwelling: table.dwelling,
      source: table.source,
      appliedFen: total(table.appliedFen),
      excessFen: total(table.excessFen),
      suspenseFen: total(table.suspenseFen),
    })
    .from(table)
    .where(matching(table, given))
    .groupBy(...dwelling, table.source)
    .orderBy(...dwelling, table.source),
)

/** What stands to each dwelling's credit, by source; without a dwelling: what is in suspense. */
export async function ownerBalances(reader: Reader, project: string): Promise<OwnerBalance[]> {
  return (await balancing(reader, { project })).map((row) => ({
    dwelling: dwellingOf(row).dwelling,
    source: row.source,
    appliedFen: row.appliedFen,
    excessFen: row.excessFen,
    suspenseFen: row.suspenseFen,
  }))
}

const settled = alias(table, 'settled')
const inSuspense = prepared((on, given) =>
  on
    .select({ source: table.source, suspenseFen: table.suspenseFen })
    .from(table)
    .where(
      and(
        matching(table, given),
        eq(table.kind, 'receipt'),
        gt(table.suspenseFen, 0n),
        notExists(
          on
            .select({ sequence: settled.sequence })
            .from(settled)
            .where(and(eq(settled.ofSequence, table.sequence), eq(settled.project, table.project))),
        ),
      ),
    ),
)

/** A receipt that is still nobody's. */
export const receiptInSuspense = async (
  tx: Tx,
  project: string,
  sequence: number,
): Promise<{ source: string; suspenseFen: Fen } | undefined> => (await inSuspense(tx, { project, sequence }))[0]

/**
 * The movement of a kind that names a slip of the bank in a book, if there is one. Who asks holds the slip until the
 * end of his transaction: projects of one book are locked apart.
 */
export async function movementOf(
  tx: Tx,
  { book, kind, reference }: { readonly book: string; readonly kind: string; readonly reference: string },
): Promise<{ readonly project: string; readonly receipt: number; readonly on: string } | undefined> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`yiben.slip ${book} ${reference}`])
  const [row] = await tx.query<{ project: string; receipt: number; on: string }>(
    `select m.project, m.sequence as receipt, m.on_day as on from owner_movement m join project p using (project)
     where p.book = $1 and m.kind = $2 and m.reference = $3 order by m.recorded_at limit 1`,
    [book, kind, reference],
  )
  return row
}
