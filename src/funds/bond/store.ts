/** The SQL of special bonds; what one holds is read from the balances of its book. */
import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import { groupBy } from '../../base/arrays.ts'
import { changed, excluded, matching, prepared, recordOf, written } from '../../base/drizzle/queries.ts'
import type { Reader, Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { readHeldFen, readHoldings } from '../../ledger/balance.ts'
import { bondAccounts } from '../../ledger/charts/bond-accounts.ts'
import { bondAllocations, bondDues, bondDueShares, bonds as table, bondShares } from '../tables.ts'
import { type Coverage, coverageContent } from './forms.ts'
import type { Bond, BondAllocation, BondShare, BondState } from './record.ts'
import type { DueState } from './service.ts'

const { coverage: _, ...columns } = getTableColumns(table)
const byCode = eq(table.bond, sql.placeholder('bond'))
const reading = prepared((on) => on.select(columns).from(table).where(byCode))
const locking = prepared((on) => on.select(columns).from(table).where(byCode).for('update'))

export async function readBond(reader: Reader, bond: string): Promise<Bond | undefined> {
  const [row] = await reading(reader, { bond })
  return row && recordOf(row)
}

/** The same, locked: what is done with a bond is done one after the other. */
export async function lockBond(tx: Tx, bond: string): Promise<Bond | undefined> {
  const [row] = await locking(tx, { bond })
  return row && recordOf(row)
}

const readingCoverage = prepared((on) => on.select({ coverage: table.coverage }).from(table).where(byCode))

export async function readCoverage(reader: Reader, bond: string): Promise<Coverage> {
  const [row] = await readingCoverage(reader, { bond })
  return coverageContent.parse(row?.coverage)
}

const putting = prepared((on, given) =>
  on
    .insert(table)
    .values(written(table, given))
    .onConflictDoUpdate({ target: table.bond, set: excluded(table) }),
)

/** Writes a bond under the version given; its coverage as it is stored. */
export async function putBond(tx: Tx, given: Bond, coverage: Coverage): Promise<void> {
  await putting(tx, { startOn: null, ...given, coverage: coverageContent.encode(coverage) })
}

export type BondFilter = {
  readonly district?: string | undefined
  readonly book?: string | undefined
  readonly programme?: string | undefined
  readonly state?: BondState | undefined
}

const listing = prepared((on, given) =>
  on
    .select(columns)
    .from(table)
    .where(and(gt(table.bond, sql.placeholder('after')), matching(table, given)))
    .orderBy(asc(table.bond))
    .limit(sql.placeholder('limit')),
)

/** Bonds after a code, in the order of their codes. */
export const readBonds = async (
  reader: Reader,
  filter: BondFilter & { readonly after: string; readonly limit: number },
): Promise<Bond[]> => (await listing(reader, filter)).map(recordOf)

// --- Allocations ----------------------------------------------------------------------------------------------------

const insertingAllocation = prepared((on, given) => on.insert(bondAllocations).values(written(bondAllocations, given)))
const insertingShare = prepared((on, given) => on.insert(bondShares).values(written(bondShares, given)))

export async function insertAllocation(tx: Tx, { shares, ...given }: BondAllocation): Promise<void> {
  await insertingAllocation(tx, given)
  for (const share of shares) await insertingShare(tx, { bond: given.bond, version: given.version, ...share })
}

const allocationsOf = prepared((on) =>
  on
    .select()
    .from(bondAllocations)
    .where(eq(bondAllocations.bond, sql.placeholder('bond')))
    .orderBy(asc(bondAllocations.version)),
)
const sharesOf = prepared((on) =>
  on
    .select()
    .from(bondShares)
    .where(eq(bondShares.bond, sql.placeholder('bond')))
    .orderBy(asc(bondShares.version), asc(bondShares.project)),
)

/** All versions of a bond's allocation, oldest first. */
export async function readAllocations(reader: Reader, bond: string): Promise<BondAllocation[]> {
  const shares = groupBy(await sharesOf(reader, { bond }), ({ version }) => version)
  return (await allocationsOf(reader, { bond })).map((row) => ({
    ...row,
    shares: (shares.get(row.version) ?? []).map(({ project, amountFen }) => ({ project, amountFen })),
  }))
}

// --- What it holds --------------------------------------------------------------------------------------------------

/** What of a bond each project has used. */
export async function usedOf(reader: Reader, { bond, book }: Pick<Bond, 'bond' | 'book'>): Promise<Map<string, Fen>> {
  const held = await readHoldings(reader, { book, accounts: [bondAccounts.used], debt: bond })
  return new Map(held.map(({ project, netFen }) => [project, netFen]))
}

/** What was raised and no project holds. */
export const unallocatedOf = (reader: Reader, { bond, book }: Pick<Bond, 'bond' | 'book'>): Promise<Fen> =>
  readHeldFen(reader, { book, accounts: [bondAccounts.unallocated], debt: bond })

// --- What is due ----------------------------------------------------------------------------------------------------

export type DueRow = Readonly<typeof bondDues.$inferSelect> & { readonly shares: readonly BondShare[] }

const insertingDue = prepared((on, given) => on.insert(bondDues).values(written(bondDues, given)))
const insertingDueShare = prepared((on, given) => on.insert(bondDueShares).values(written(bondDueShares, given)))

export async function insertDue(tx: Tx, { shares, ...given }: DueRow): Promise<void> {
  await insertingDue(tx, given)
  const { bond, number } = given
  for (const share of shares) await insertingDueShare(tx, { bond, number, ...share })
}

const duesOf = prepared((on) =>
  on
    .select()
    .from(bondDues)
    .where(eq(bondDues.bond, sql.placeholder('bond')))
    .orderBy(asc(bondDues.number)),
)
const dueSharesOf = prepared((on) =>
  on
    .select()
    .from(bondDueShares)
    .where(eq(bondDueShares.bond, sql.placeholder('bond')))
    .orderBy(asc(bondDueShares.number), asc(bondDueShares.project)),
)

/** What was recorded as due of a bond, oldest first. */
export async function readDues(reader: Reader, bond: string): Promise<DueRow[]> {
  const shares = groupBy(await dueSharesOf(reader, { bond }), ({ number }) => number)
  return (await duesOf(reader, { bond })).map((row) => ({
    ...row,
    shares: (shares.get(row.number) ?? []).map(({ project, amountFen }) => ({ project, amountFen })),
  }))
}

const movingDue = prepared((on, given) =>
  on
    .update(bondDues)
    .set(changed(bondDues, given))
    .where(and(eq(bondDues.bond, sql.placeholder('bond')), eq(bondDues.number, sql.placeholder('number')))),
)

export async function moveDue(
  tx: Tx,
  { bond, number }: Pick<DueRow, 'bond' | 'number'>,
  state: DueState,
): Promise<void> {
  await movingDue(tx, { bond, number, state })
}

const issuedBonds = prepared((on) =>
  on.select(columns).from(table).where(eq(table.state, 'issued')).orderBy(asc(table.bond)).for('update'),
)

/** Bonds that bear interest, locked in the order of their codes. */
export const lockIssued = async (tx: Tx): Promise<Bond[]> => (await issuedBonds(tx, {})).map(recordOf)

/** Subjects of services that wait for approval. */
export async function waitingServices(tx: Tx): Promise<Set<string>> {
  const rows = await tx.query<{ subject: string }>(
    `select subject from approval where kind = 'bond_service' and state in ('checking', 'approving')`,
    [],
  )
  return new Set(rows.map(({ subject }) => subject))
}
