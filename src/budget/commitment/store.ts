/** The SQL of commitments, and of what they claim of a project's items. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { only, type Sql, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { changed, matching, prepared, recordOf, type RecordOf, written } from '../../base/drizzle/queries.ts'
import { projectItems } from '../../projects/tables.ts'
import { commitments } from '../tables.ts'
import type { CommitmentState } from './commitment.ts'

export type Commitment = RecordOf<typeof commitments.$inferSelect>

export type NewCommitment = Omit<Commitment, 'id' | 'releasedFen' | 'paidFen' | 'state' | 'version'>

const inserting = prepared((on, given) => on.insert(commitments).values(written(commitments, given)).returning())

export async function insertCommitment(tx: Tx, given: NewCommitment): Promise<Commitment> {
  return recordOf(only(await inserting(tx, { ...given, version: 1 })))
}

const byId = eq(commitments.id, sql.placeholder('id'))
const reading = prepared((on) => on.select().from(commitments).where(byId))
const locking = prepared((on) => on.select().from(commitments).where(byId).for('update'))

export async function lockCommitment(tx: Tx, id: bigint): Promise<Commitment | undefined> {
  const [row] = await locking(tx, { id })
  return row && recordOf(row)
}

const updating = prepared((on, given) => on.update(commitments).set(changed(commitments, given)).where(byId))

export async function updateCommitment(
  tx: Tx,
  {
    id,
    releasedFen,
    paidFen,
    state,
    version,
  }: Pick<Commitment, 'id' | 'releasedFen' | 'paidFen' | 'state' | 'version'>,
): Promise<void> {
  await updating(tx, { id, releasedFen, paidFen, state, version })
}

export async function readCommitment(reader: Sql, id: bigint): Promise<Commitment | undefined> {
  const [row] = await reading(reader, { id })
  return row && recordOf(row)
}

export type CommitmentFilter = {
  readonly district?: string | undefined
  readonly project?: string | undefined
  readonly item?: string | undefined
  readonly indicator?: string | undefined
  readonly state?: CommitmentState | undefined
}

const listing = prepared((on, given) =>
  on
    .select()
    .from(commitments)
    .where(and(gt(commitments.id, sql.placeholder('after')), matching(commitments, given)))
    .orderBy(asc(commitments.id))
    .limit(sql.placeholder('limit')),
)

export async function readCommitments(
  reader: Sql,
  filter: CommitmentFilter & { readonly after: bigint; readonly limit: number },
): Promise<Commitment[]> {
  return (await listing(reader, filter)).map(recordOf)
}

const openOfIndicator = prepared((on) =>
  on
    .select()
    .from(commitments)
    .where(and(eq(commitments.indicator, sql.placeholder('indicator')), eq(commitments.state, 'made')))
    .orderBy(asc(commitments.id)),
)

/** What stands of an indicator's commitments, oldest first: neither released nor paid. */
export async function openCommitments(tx: Tx, indicator: string): Promise<Commitment[]> {
  return (await openOfIndicator(tx, { indicator })).map(recordOf)
}

const ofItem = { project: sql.placeholder('project'), item: sql.placeholder('item') }

const lockingCost = prepared((on) =>
  on
    .select({ costFen: projectItems.costFen })
    .from(projectItems)
    .where(and(eq(projectItems.project, ofItem.project), eq(projectItems.item, ofItem.item)))
    .for('update'),
)

/**
 * The cost of one item of a project, locked: whoever claims any of it waits here. `undefined` where the project has no
 * such item.
 */
export async function lockItemCost(tx: Tx, project: string, item: string): Promise<Fen | undefined> {
  const [row] = await lockingCost(tx, { project, item })
  return row?.costFen
}

const claimed = sql<Fen>`sum(${commitments.amountFen} - ${commitments.releasedFen})`
const claiming = prepared((on) =>
  on
    .select({ source: commitments.source, claimedFen: claimed })
    .from(commitments)
    .where(and(eq(commitments.project, ofItem.project), eq(commitments.item, ofItem.item)))
    .groupBy(commitments.source)
    .having(sql`${claimed} > 0`)
    .orderBy(asc(commitments.source)),
)

/** What all sources together have claimed of an item and not released, source by source. */
export function claimsOfItem(tx: Tx, project: string, item: string): Promise<{ source: string; claimedFen: Fen }[]> {
  return claiming(tx, { project, item })
}
