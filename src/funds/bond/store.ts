/** The SQL of special bonds; what one holds is read from the balances of its book. */
import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import { groupBy } from '../../base/arrays.ts'
import { excluded, matching, prepared, recordOf, written } from '../../base/drizzle/queries.ts'
import type { Reader, Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { readHeldFen, readHoldings } from '../../ledger/balance.ts'
import { bondAccounts } from '../../ledger/charts/bond-accounts.ts'
import { bondAllocations, bonds as table, bondShares } from '../tables.ts'
import { type Coverage, coverageContent } from './forms.ts'
import type { Bond, BondAllocation, BondState } from './record.ts'

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
