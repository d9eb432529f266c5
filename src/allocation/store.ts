/**
 * The SQL of allocations. A version is written by three statements of arrays however many shares it has, and read the
 * same way. What is under way is locked by its head; versions and shares never change and need no lock.
 */
import { and, asc, eq, exists, getTableColumns, gt, isNull, or, sql } from 'drizzle-orm'
import type { Day } from '../base/calendar.ts'
import { formatInstant, type Instant } from '../base/calendar.ts'
import { type Reader, rowsOf, type Sql, type Tx } from '../base/db.ts'
import type { Fen } from '../base/money.ts'
import { changed, matching, prepared, written } from '../base/drizzle/queries.ts'
import { projects as projectTable } from '../projects/tables.ts'
import { type ProjectState } from '../projects/terms.ts'
import type { Allocation, AllocationState, AllocationVersion, Share } from './allocation.ts'
import type { ItemAmount } from './formula.ts'
import {
  allocationItems as itemTable,
  allocationShares as shareTable,
  allocationVersions as versionTable,
  allocations as table,
} from './tables.ts'
import { groupBy } from '../base/arrays.ts'

// --- Heads ----------------------------------------------------------------------------------------------------------

const inserting = prepared((on, given) =>
  on
    .insert(table)
    .values(written(table, given))
    .onConflictDoNothing({ target: table.allocation })
    .returning({ allocation: table.allocation }),
)

/** False where the code is taken. */
export const insertAllocation = async (tx: Tx, given: Allocation): Promise<boolean> =>
  (await inserting(tx, given)).length > 0

const locking = prepared((on, given) => on.select().from(table).where(matching(table, given)).for('update'))

export const lockAllocation = async (tx: Tx, allocation: string): Promise<Allocation | undefined> =>
  (await locking(tx, { allocation }))[0]

const moving = prepared((on, given) =>
  on
    .update(table)
    .set(changed(table, given))
    .where(eq(table.allocation, sql.placeholder('allocation'))),
)

/** Moves an allocation on; gives it as it then stands. */
export async function moveAllocation(
  tx: Tx,
  of: Allocation,
  to: Partial<Pick<Allocation, 'state' | 'version'>>,
): Promise<Allocation> {
  const moved = { ...of, ...to, changes: of.changes + 1 }
  const { allocation, state, version, changes } = moved
  await moving(tx, { allocation, state, version, changes })
  return moved
}

const reading = prepared((on, given) => on.select().from(table).where(matching(table, given)))

export const readAllocation = async (reader: Reader, allocation: string): Promise<Allocation | undefined> =>
  (await reading(reader, { allocation }))[0]

export type AllocationFilter = {
  readonly indicator?: string | undefined
  readonly programme?: string | undefined
  readonly year?: number | undefined
  readonly state?: AllocationState | undefined
  readonly supplements?: string | undefined
}

export type ListedAllocation = Allocation & { readonly on: Day; readonly variant: string; readonly totalFen: Fen }

const itsVersion = and(eq(versionTable.allocation, table.allocation), eq(versionTable.version, table.version))
const listed = {
  ...getTableColumns(table),
  variant: versionTable.variant,
  on: versionTable.on,
  totalFen: versionTable.totalFen,
}

const listing = prepared((on, given) => {
  const seenBy = sql.placeholder('seenBy')
  const itsShare = and(eq(shareTable.allocation, table.allocation), eq(shareTable.version, table.version))
  const ofCity = and(
    isNull(table.district),
    eq(table.state, 'approved'),
    exists(
      on
        .select({ district: shareTable.district })
        .from(shareTable)
        .where(and(itsShare, eq(shareTable.district, seenBy))),
    ),
  )
  return on
    .select(listed)
    .from(table)
    .innerJoin(versionTable, itsVersion)
    .where(
      and(
        gt(table.allocation, sql.placeholder('after')),
        given.has('seenBy') ? or(eq(table.district, seenBy), ofCity) : undefined,
        matching(table, given),
      ),
    )
    .orderBy(asc(table.allocation))
    .limit(sql.placeholder('limit'))
})

/**
 * Allocations after a code. A district's people see their own, and of the city's those approved that give their
 * district something.
 */
export const readAllocations = (
  reader: Sql,
  filter: AllocationFilter & {
    readonly seenBy: string | undefined
    readonly after: string
    readonly limit: number
  },
): Promise<ListedAllocation[]> => listing(reader, filter)

// --- Versions -------------------------------------------------------------------------------------------------------

const insertingVersion = prepared((on, given) => on.insert(versionTable).values(written(versionTable, given)))

export async function insertVersion(
  tx: Tx,
  of: AllocationVersion,
  { hash, at }: { readonly hash: Buffer; readonly at: Instant },
): Promise<void> {
  const { shares: _, ...row } = of
  await insertingVersion(tx, { ...row, contentHash: hash, madeAt: at })
  await insertShares(tx, of)
}

async function insertShares(tx: Tx, { allocation, version, shares }: AllocationVersion): Promise<void> {
  await tx.query(
    `insert into allocation_share (allocation, version, recipient, district, amount_fen, inputs, steps)
     select $1, $2, g.* from unnest($3::text[], $4::text[], $5::bigint[], $6::jsonb[], $7::jsonb[]) g`,
    [
      allocation,
      version,
      shares.map(({ recipient }) => recipient),
      shares.map(({ district }) => district),
      shares.map(({ amountFen }) => amountFen.toString()),
      shares.map(({ rows }) => JSON.stringify(rows)),
      shares.map(({ steps }) => JSON.stringify(steps)),
    ],
  )
  const items = shares.flatMap(({ recipient, items }) => items.map((item) => ({ recipient, ...item })))
  if (items.length === 0) return
  await tx.query(
    `insert into allocation_item (allocation, version, recipient, item, part, amount_fen, cost_fen)
     select $1, $2, g.* from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[]) g`,
    [
      allocation,
      version,
      items.map(({ recipient }) => recipient),
      items.map(({ item }) => item),
      items.map(({ part }) => part),
      items.map(({ amountFen }) => amountFen.toString()),
      items.map(({ costFen }) => costFen.toString()),
    ],
  )
}

/** A version without its shares. */
export type VersionHead = Omit<AllocationVersion, 'shares'> & { readonly hash: string; readonly at: string }

const headOf = ({ contentHash, madeAt, ...row }: typeof versionTable.$inferSelect): VersionHead => ({
  ...row,
  hash: contentHash.toString('hex'),
  at: formatInstant(madeAt),
})

const readingVersions = prepared((on, given) =>
  on.select().from(versionTable).where(matching(versionTable, given)).orderBy(asc(versionTable.version)),
)

/** All versions, oldest first, without their shares. */
export const readVersions = async (reader: Reader, allocation: string): Promise<VersionHead[]> =>
  (await readingVersions(reader, { allocation })).map(headOf)

/** One version with its shares: all, or those of one district. */
export async function readVersion(
  reader: Reader,
  allocation: string,
  version: number,
  district?: string,
): Promise<(VersionHead & { readonly shares: Share[] }) | undefined> {
  const [row] = await readingVersions(reader, { allocation, version })
  return row && { ...headOf(row), shares: await readShares(reader, allocation, version, district) }
}

const readingShares = prepared((on, given) =>
  on
    .select({
      recipient: shareTable.recipient,
      district: shareTable.district,
      amountFen: shareTable.amountFen,
      rows: shareTable.inputs,
      steps: shareTable.steps,
    })
    .from(shareTable)
    .where(matching(shareTable, given))
    .orderBy(sql`${shareTable.recipient} collate "C"`),
)

const readingItems = prepared((on, given) =>
  on
    .select()
    .from(itemTable)
    .where(matching(itemTable, given))
    .orderBy(asc(itemTable.recipient), asc(itemTable.item), asc(itemTable.part)),
)

async function readShares(
  reader: Reader,
  allocation: string,
  version: number,
  district: string | undefined,
): Promise<Share[]> {
  const shares = await readingShares(reader, { allocation, version, district })
  const items = groupBy(await readingItems(reader, { allocation, version }), ({ recipient }) => recipient)
  const itemOf = ({ item, part, amountFen, costFen }: ItemAmount): ItemAmount => ({ item, part, amountFen, costFen })
  return shares.map((share) => ({ ...share, items: (items.get(share.recipient) ?? []).map(itemOf) }))
}

const makers = prepared((on, given) =>
  on
    .selectDistinct({ maker: versionTable.maker })
    .from(versionTable)
    .where(matching(versionTable, given))
    .orderBy(asc(versionTable.maker)),
)

/** Everybody who made a version: they are makers of what is submitted. */
export const makersOf = async (tx: Tx, allocation: string): Promise<string[]> =>
  (await makers(tx, { allocation })).map(({ maker }) => maker)

// --- What else decides ----------------------------------------------------------------------------------------------

export type ProjectPlace = { readonly project: string; readonly district: string; readonly state: ProjectState }

const places = prepared((on, given) => {
  const found = on
    .select({ project: projectTable.project, district: projectTable.district, state: projectTable.state })
    .from(projectTable)
    .where(sql`${projectTable.project} = any(${sql.placeholder('projects')}::text[])`)
    .orderBy(asc(projectTable.project))
  return given.has('hold') ? found.for('no key update') : found
})

/**
 * Where projects lie and how far they are; where something is posted for them, held until the transaction ends: nobody
 * moves them, and no other allocation is settled for the same items meanwhile.
 */
export async function projectPlaces(
  tx: Tx,
  projects: readonly string[],
  { hold }: { readonly hold: boolean },
): Promise<Map<string, ProjectPlace>> {
  const rows = await places(tx, { projects: [...projects], hold: hold || undefined })
  return new Map(rows.map((row) => [row.project, row]))
}

/** Codes of the government books of districts. */
export async function governmentBooks(tx: Tx, districts: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx.query<{ district: string; code: string }>(
    `select district, code from book where district = any($1::text[]) and standard = 'government' order by book_id`,
    [[...districts]],
  )
  const books = groupBy(rows, ({ district }) => district)
  return new Map([...books].map(([district, of]) => [district, of.map(({ code }) => code)]))
}

export type ItemSubsidy = {
  readonly recipient: string
  readonly item: string
  readonly part: string
  readonly amountFen: Fen
}

/** What approved allocations other than this one give for items of projects, all levels together. */
export async function approvedItems(tx: Tx, recipients: readonly string[], but: string): Promise<ItemSubsidy[]> {
  return tx.query<ItemSubsidy>(
    `select i.recipient, i.item, i.part, sum(i.amount_fen) as "amountFen"
     from allocation_item i join allocation a on a.allocation = i.allocation and a.version = i.version
     where i.recipient = any($1::text[]) and a.state = 'approved' and a.allocation <> $2
     group by i.recipient, i.item, i.part`,
    [[...recipients], but],
  )
}

export type RegisteredItem = { readonly project: string; readonly item: string; readonly costFen: Fen }

/** What the register says that items of projects cost. */
export const registeredItems = (tx: Tx, projects: readonly string[]): Promise<RegisteredItem[]> =>
  tx.query<RegisteredItem>(
    'select project, item, cost_fen as "costFen" from project_item where project = any($1::text[])',
    [[...projects]],
  )

/** What recipients hold of an approved allocation with all its approved supplements. */
export async function standingShares(tx: Tx, allocation: string): Promise<Map<string, Fen>> {
  const rows = await tx.query<{ recipient: string; amountFen: Fen }>(
    `select s.recipient, sum(s.amount_fen) as "amountFen"
     from allocation a join allocation_share s on s.allocation = a.allocation and s.version = a.version
     where (a.allocation = $1 or a.supplements = $1) and a.state = 'approved' group by s.recipient`,
    [allocation],
  )
  return new Map(rows.map(({ recipient, amountFen }) => [recipient, amountFen]))
}

// --- What was approved, for other rooms -----------------------------------------------------------------------------

export type ApprovedFilter = {
  /** An allocation, with its supplements. */
  readonly allocation?: string | undefined
  readonly indicator?: string | undefined
  readonly programme?: string | undefined
  readonly year?: number | undefined
  readonly district?: string | undefined
}

export type ApprovedShare = {
  /** The allocation that was supplemented, where the share came by a supplement. */
  readonly allocation: string
  readonly indicator: string
  readonly programme: string
  readonly year: number
  readonly recipients: Allocation['recipients']
  readonly district: string
  readonly recipient: string
  /** With what supplements added and took back. */
  readonly amountFen: Fen
}

// The head is found by its index, its shares by their key: one statement for all that a programme was given.
const approvedText = `
  select coalesce(a.supplements, a.allocation) as allocation, min(a.indicator) as indicator, min(a.programme) as programme,
         min(a.year) as year, min(a.recipients) as recipients, s.district, s.recipient, sum(s.amount_fen) as "amountFen"
  from allocation a join allocation_share s on s.allocation = a.allocation and s.version = a.version
  where a.state = 'approved' and a.district is null
    and ($1::text is null or a.allocation = $1 or a.supplements = $1)
    and ($2::text is null or a.indicator = $2) and ($3::text is null or a.programme = $3)
    and ($4::int is null or a.year = $4) and ($5::text is null or s.district = $5)
  group by coalesce(a.supplements, a.allocation), s.district, s.recipient
  order by 1, s.district, s.recipient`

/** Shares of the city's approved allocations, supplements added in, by allocation, district and recipient. */
export async function readApprovedShares(reader: Reader, filter: ApprovedFilter): Promise<ApprovedShare[]> {
  const { allocation = null, indicator = null, programme = null, year = null, district = null } = filter
  return rowsOf<ApprovedShare>(reader, approvedText, [allocation, indicator, programme, year, district])
}

export type ApprovedAllotment = Omit<ApprovedShare, 'recipient'>

/** The same by district: what each was allotted of every allocation. */
export async function readApprovedAllotments(reader: Reader, filter: ApprovedFilter): Promise<ApprovedAllotment[]> {
  const totals = new Map<string, ApprovedAllotment>()
  for (const { recipient: _, ...share } of await readApprovedShares(reader, filter)) {
    const key = `${share.allocation}|${share.district}`
    const sofar = totals.get(key)?.amountFen ?? 0n
    totals.set(key, { ...share, amountFen: sofar + share.amountFen })
  }
  return [...totals.values()]
}
