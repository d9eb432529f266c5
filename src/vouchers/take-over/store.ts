/** The statements of take-overs. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { only, type Sql, type Tx } from '../../base/db.ts'
import { changed, matching, prepared, recordOf, type RecordOf, written } from '../../base/drizzle/queries.ts'
import type { Day } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import { takeOvers } from '../tables.ts'
import type { TakeOverState } from './take-over.ts'

export type TakeOver = RecordOf<typeof takeOvers.$inferSelect>
export type NewTakeOver = Omit<TakeOver, 'id' | 'entries' | 'state' | 'version'>

const inserting = prepared((on, given) => on.insert(takeOvers).values(written(takeOvers, given)).returning())

export async function insertTakeOver(tx: Tx, given: NewTakeOver): Promise<TakeOver> {
  return recordOf(only(await inserting(tx, { ...given, state: 'proposed', version: 1 })))
}

const locking = prepared((on, given) => on.select().from(takeOvers).where(matching(takeOvers, given)).for('update'))

/** The take-over an approval is about, locked. */
export const lockTakeOverOf = async (tx: Tx, approval: string): Promise<TakeOver> =>
  recordOf(only(await locking(tx, { approval })))

export const lockTakeOver = async (tx: Tx, id: bigint): Promise<TakeOver> => recordOf(only(await locking(tx, { id })))

const byId = eq(takeOvers.id, sql.placeholder('id'))
const updating = prepared((on, given) => on.update(takeOvers).set(changed(takeOvers, given)).where(byId))

export async function settleTakeOver(
  tx: Tx,
  { id, version }: TakeOver,
  given: { readonly state: TakeOverState; readonly entries: readonly string[] },
): Promise<void> {
  await updating(tx, { id, ...given, version: version + 1 })
}

const reading = prepared((on) => on.select().from(takeOvers).where(byId))

export async function readTakeOver(reader: Sql, id: bigint): Promise<TakeOver | undefined> {
  const [row] = await reading(reader, { id })
  return row && recordOf(row)
}

export type TakeOverFilter = {
  readonly district?: string | undefined
  readonly book?: string | undefined
  readonly state?: TakeOverState | undefined
}

const listing = prepared((on, given) =>
  on
    .select()
    .from(takeOvers)
    .where(and(gt(takeOvers.id, sql.placeholder('after')), matching(takeOvers, given)))
    .orderBy(asc(takeOvers.id))
    .limit(sql.placeholder('limit')),
)

export async function readTakeOvers(
  reader: Sql,
  filter: TakeOverFilter & { readonly after: bigint; readonly limit: number },
): Promise<TakeOver[]> {
  return (await listing(reader, filter)).map(recordOf)
}

// --- What a book must not have yet ----------------------------------------------------------------------------------

/** The first entry of a book before a day. */
export async function entryBefore(
  tx: Tx,
  book: number,
  on: Day,
): Promise<{ readonly sequence: number; readonly on: Day } | undefined> {
  const [found] = await tx.query<{ sequence: bigint; on: Day }>(
    `select sequence, booked_on::text as "on" from entry where book_id = $1 and booked_on < $2::date
     order by booked_on, sequence limit 1`,
    [book, on],
  )
  return found && { sequence: Number(found.sequence), on: found.on }
}

/** The accounts of a book that a take-over opened and that was not reversed, by their keys: which one did. */
export async function openedAccounts(tx: Tx, book: number): Promise<Map<string, string>> {
  const rows = await tx.query<{ key: string; by: string }>(
    `select substr(a.key, strpos(a.key, '|') + 1) as key, min(split_part(f.effect, ':', 2)) as by
     from entry_effect f join line l using (book_id, sequence) join account a using (book_id, account)
     where f.book_id = $1 and f.effect ~ '^take_over(_register)?:'
       and not exists (select from entry r where r.book_id = f.book_id and r.reverses = f.sequence)
     group by a.key`,
    [book],
  )
  return new Map(rows.map(({ key, by }) => [key, by]))
}

/** Which of these dwellings, written community/building/dwelling, are registered nowhere. */
export async function unknownDwellings(tx: Tx, names: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select name from unnest($1::text[]) name
     where not exists (select from dwelling d where d.community || '/' || d.building || '/' || d.dwelling = name)`,
    [names],
  )
  return rows.map(({ name }) => name)
}

/** What projects are registered to cost, by their items or by their plan in force. */
export const registeredCosts = (tx: Tx, projects: readonly string[]): Promise<{ project: string; costFen: Fen }[]> =>
  tx.query(
    `select p.project,
       greatest(
         (select coalesce(sum(cost_fen), 0) from project_item i where i.project = p.project),
         (select coalesce(max(v.total_fen), 0) from funding_plan f join funding_plan_version v
            on v.project = f.project and v.version = f.approved where f.project = p.project))::bigint as "costFen"
     from project p where p.project = any($1::text[]) order by p.project`,
    [projects],
  )

/** Under which version an indicator was taken over last. */
export async function takenOverAt(tx: Tx, indicator: string): Promise<number> {
  const { version } = only(
    await tx.query<{ version: number }>(
      `select max(version)::int as version from change where noun = 'indicator' and id = $1 and verb = 'taken_over'`,
      [indicator],
    ),
  )
  return version
}
