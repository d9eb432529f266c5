/** The SQL of the runs of early disbursement. */
import { getTableColumns, sql } from 'drizzle-orm'
import { only, type Reader, type Tx } from '../../base/db.ts'
import { matching, prepared, written } from '../../base/drizzle/queries.ts'
import type { Quarter } from '../../base/quarter.ts'
import { earlyRuns as table } from '../tables.ts'

// The facts of a run are many times as long as its result: who only wants to know what it did reads without them.
const { facts: _, ...columns } = getTableColumns(table)

export type EarlyRunRow = Omit<typeof table.$inferSelect, 'facts'>

const reading = prepared((on, given) => on.select(columns).from(table).where(matching(table, given)))

export const readEarlyRun = async (reader: Reader, quarter: Quarter, run: number): Promise<EarlyRunRow | undefined> =>
  (await reading(reader, { quarter, run }))[0]

const readingWhole = prepared((on, given) => on.select().from(table).where(matching(table, given)))

/** The same with the facts it was decided on. */
export const readEarlyRunWhole = async (
  reader: Reader,
  quarter: Quarter,
  run: number,
): Promise<typeof table.$inferSelect | undefined> => (await readingWhole(reader, { quarter, run }))[0]

const counting = prepared((on, given) =>
  on
    .select({ last: sql<number>`coalesce(max(${table.run}), 0)::int` })
    .from(table)
    .where(matching(table, given)),
)

/** How many runs of a quarter there have been. */
export const lastEarlyRun = async (reader: Reader, quarter: Quarter): Promise<number> =>
  only(await counting(reader, { quarter })).last

export type NewEarlyRun = typeof table.$inferSelect & {
  readonly scores: readonly { readonly district: string; readonly version: number }[]
}

const inserting = prepared((on, given) => on.insert(table).values(written(table, given)))

export async function insertEarlyRun(tx: Tx, { scores, ...row }: NewEarlyRun): Promise<void> {
  await inserting(tx, row)
  await tx.query(
    `insert into early_run_score (quarter, run, district, version)
     select $1, $2, d, v from unnest($3::text[], $4::int[]) as g(d, v)`,
    [row.quarter, row.run, scores.map(({ district }) => district), scores.map(({ version }) => version)],
  )
}
