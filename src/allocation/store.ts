/**
 * The SQL of allocations. A version is written by three statements of arrays however many shares it has, and read the same way. What
 * is under way is locked by its head; versions and shares never change and need no lock.
 */
import type { Day } from '../base/calendar.ts'
import { formatInstant, type Instant, instantText } from '../base/calendar.ts'
import type { Reader, Sql, Tx } from '../base/db.ts'
import { rowsOf } from '../base/db.ts'
import type { Json } from '../base/json.ts'
import type { Fen } from '../base/money.ts'
import { type ProjectState } from '../projects/terms.ts'
import type { Use } from '../policy/on.ts'
import type { Allocation, AllocationState, AllocationVersion, Share } from './allocation.ts'
import type { Formula, ItemAmount, Row, Steps } from './formula.ts'

// --- Heads ----------------------------------------------------------------------------------------------------------

const headColumns =
  'allocation, programme, indicator, year, district, book, recipients, supplements, state, version, changes'

/** False where the code is taken. */
export async function insertAllocation(tx: Tx, given: Allocation): Promise<boolean> {
  const rows = await tx.query(
    `insert into allocation (${headColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (allocation) do nothing returning 1`,
    [
      given.allocation,
      given.programme,
      given.indicator,
      given.year,
      given.district,
      given.book,
      given.recipients,
      given.supplements,
      given.state,
      given.version,
      given.changes,
    ],
  )
  return rows.length > 0
}

export async function lockAllocation(tx: Tx, allocation: string): Promise<Allocation | undefined> {
  const [row] = await tx.query<Allocation>(`select ${headColumns} from allocation where allocation = $1 for update`, [
    allocation,
  ])
  return row
}

/** Moves an allocation on; gives it as it then stands. */
export async function moveAllocation(
  tx: Tx,
  of: Allocation,
  to: Partial<Pick<Allocation, 'state' | 'version'>>,
): Promise<Allocation> {
  const moved = { ...of, ...to, changes: of.changes + 1 }
  await tx.query('update allocation set state = $2, version = $3, changes = $4 where allocation = $1', [
    moved.allocation,
    moved.state,
    moved.version,
    moved.changes,
  ])
  return moved
}

export async function readAllocation(reader: Reader, allocation: string): Promise<Allocation | undefined> {
  const [row] = await rowsOf<Allocation>(reader, `select ${headColumns} from allocation where allocation = $1`, [
    allocation,
  ])
  return row
}

export type AllocationFilter = {
  readonly indicator?: string | undefined
  readonly programme?: string | undefined
  readonly year?: number | undefined
  readonly state?: AllocationState | undefined
  readonly supplements?: string | undefined
}

export type ListedAllocation = Allocation & { readonly on: Day; readonly variant: string; readonly totalFen: Fen }

/**
 * Allocations after a code. A district's people see their own, and of the city's those approved that give their district something.
 */
export async function readAllocations(
  sql: Sql,
  {
    seenBy,
    after,
    limit,
    ...filter
  }: AllocationFilter & {
    readonly seenBy: string | undefined
    readonly after: string
    readonly limit: number
  },
): Promise<ListedAllocation[]> {
  const { indicator, programme, year, state, supplements } = filter
  type R = Allocation & { on_day: Day; variant: string; total_fen: Fen }
  const rows = await sql<R[]>`
    select ${sql.unsafe(headColumns.replaceAll(/\w+/g, 'a.$&'))}, v.on_day, v.variant, v.total_fen
    from allocation a join allocation_version v on v.allocation = a.allocation and v.version = a.version
    where a.allocation > ${after}
      ${
        seenBy === undefined
          ? sql``
          : sql`and (a.district = ${seenBy} or (a.district is null and a.state = 'approved' and exists (
              select 1 from allocation_share s
              where s.allocation = a.allocation and s.version = a.version and s.district = ${seenBy})))`
      }
      ${indicator === undefined ? sql`` : sql`and a.indicator = ${indicator}`}
      ${programme === undefined ? sql`` : sql`and a.programme = ${programme}`}
      ${year === undefined ? sql`` : sql`and a.year = ${year}`}
      ${state === undefined ? sql`` : sql`and a.state = ${state}`}
      ${supplements === undefined ? sql`` : sql`and a.supplements = ${supplements}`}
    order by a.allocation limit ${limit}`
  return rows.map(({ on_day: on, total_fen: totalFen, ...row }) => ({ ...row, on, totalFen }))
}

// --- Versions -------------------------------------------------------------------------------------------------------

export async function insertVersion(
  tx: Tx,
  of: AllocationVersion,
  { hash, at }: { readonly hash: Buffer; readonly at: Instant },
): Promise<void> {
  await tx.query(
    `insert into allocation_version (allocation, version, on_day, variant, formula, uses, total_fen, given, basis, books, document, note,
       content_hash, maker, made_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      of.allocation,
      of.version,
      of.on,
      of.variant,
      ...[of.formula, of.uses].map((part) => JSON.stringify(part)),
      of.totalFen.toString(),
      ...[of.given, of.basis, of.books].map((part) => JSON.stringify(part)),
      of.document,
      of.note,
      hash,
      of.maker,
      instantText(at),
    ],
  )
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

type VersionRow = {
  allocation: string
  version: number
  on_day: Day
  variant: string
  formula: Formula
  uses: Use[]
  total_fen: Fen
  given: Json
  basis: Steps
  books: Record<string, string>
  document: string
  note: string | null
  content_hash: Buffer
  maker: string
  made_at: Instant
}

/** A version without its shares. */
export type VersionHead = Omit<AllocationVersion, 'shares'> & { readonly hash: string; readonly at: string }

const versionColumns = `allocation, version, on_day, variant, formula, uses, total_fen, given, basis, books, document, note,
  content_hash, maker, (extract(epoch from made_at) * 1000000)::bigint as made_at`

const headOf = ({
  on_day: on,
  total_fen: totalFen,
  content_hash: hash,
  made_at: at,
  ...row
}: VersionRow): VersionHead => ({
  ...row,
  on,
  totalFen,
  hash: Buffer.from(hash).toString('hex'),
  at: formatInstant(at),
})

/** All versions, oldest first, without their shares. */
export async function readVersions(reader: Reader, allocation: string): Promise<VersionHead[]> {
  const text = `select ${versionColumns} from allocation_version where allocation = $1 order by version`
  return (await rowsOf<VersionRow>(reader, text, [allocation])).map(headOf)
}

/** One version with its shares: all, or those of one district. */
export async function readVersion(
  reader: Reader,
  allocation: string,
  version: number,
  district?: string,
): Promise<(VersionHead & { readonly shares: Share[] }) | undefined> {
  const text = `select ${versionColumns} from allocation_version where allocation = $1 and version = $2`
  const [row] = await rowsOf<VersionRow>(reader, text, [allocation, version])
  return row && { ...headOf(row), shares: await readShares(reader, allocation, version, district) }
}

type ShareRow = { recipient: string; district: string; amount_fen: Fen; inputs: Row[]; steps: Steps }
type ItemRow = { recipient: string; item: string; part: string; amount_fen: Fen; cost_fen: Fen }

async function readShares(
  reader: Reader,
  allocation: string,
  version: number,
  district: string | undefined,
): Promise<Share[]> {
  const shares = await rowsOf<ShareRow>(
    reader,
    `select recipient, district, amount_fen, inputs, steps from allocation_share
     where allocation = $1 and version = $2 and ($3::text is null or district = $3) order by recipient collate "C"`,
    [allocation, version, district ?? null],
  )
  const items = await rowsOf<ItemRow>(
    reader,
    `select recipient, item, part, amount_fen, cost_fen from allocation_item
     where allocation = $1 and version = $2 order by recipient, item, part`,
    [allocation, version],
  )
  const itemsOf = new Map<string, ItemAmount[]>()
  for (const { recipient, item, part, amount_fen: amountFen, cost_fen: costFen } of items) {
    itemsOf.set(recipient, [...(itemsOf.get(recipient) ?? []), { item, part, amountFen, costFen }])
  }
  return shares.map(({ amount_fen: amountFen, inputs: rows, ...share }) => ({
    ...share,
    amountFen,
    rows,
    items: itemsOf.get(share.recipient) ?? [],
  }))
}

/** Everybody who made a version: they are makers of what is submitted. */
export async function makersOf(tx: Tx, allocation: string): Promise<string[]> {
  const rows = await tx.query<{ maker: string }>(
    'select distinct maker from allocation_version where allocation = $1 order by maker',
    [allocation],
  )
  return rows.map(({ maker }) => maker)
}

// --- What else decides ----------------------------------------------------------------------------------------------

export type ProjectPlace = { readonly project: string; readonly district: string; readonly state: ProjectState }

/**
 * Where projects lie and how far they are; where something is posted for them, held until the transaction ends: nobody moves them, and no
 * other allocation is settled for the same items meanwhile.
 */
export async function projectPlaces(
  tx: Tx,
  projects: readonly string[],
  { hold }: { readonly hold: boolean },
): Promise<Map<string, ProjectPlace>> {
  const rows = await tx.query<ProjectPlace>(
    `select project, district, state from project where project = any($1::text[]) order by project ${hold ? 'for no key update' : ''}`,
    [[...projects]],
  )
  return new Map(rows.map((row) => [row.project, row]))
}

/** Codes of the government books of districts. */
export async function governmentBooks(tx: Tx, districts: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx.query<{ district: string; code: string }>(
    `select district, code from book where district = any($1::text[]) and standard = 'government' order by book_id`,
    [[...districts]],
  )
  const books = new Map<string, string[]>()
  for (const { district, code } of rows) books.set(district, [...(books.get(district) ?? []), code])
  return books
}

export type ItemSubsidy = {
  readonly recipient: string
  readonly item: string
  readonly part: string
  readonly amountFen: Fen
}

/** What approved allocations other than this one give for items of projects, all levels together. */
export async function approvedItems(tx: Tx, recipients: readonly string[], but: string): Promise<ItemSubsidy[]> {
  const rows = await tx.query<{ recipient: string; item: string; part: string; amount_fen: Fen }>(
    `select i.recipient, i.item, i.part, sum(i.amount_fen)::bigint as amount_fen
     from allocation_item i join allocation a on a.allocation = i.allocation and a.version = i.version
     where i.recipient = any($1::text[]) and a.state = 'approved' and a.allocation <> $2
     group by i.recipient, i.item, i.part`,
    [[...recipients], but],
  )
  return rows.map(({ amount_fen: amountFen, ...row }) => ({ ...row, amountFen }))
}

/** What recipients hold of an approved allocation with all its approved supplements. */
export async function standingShares(tx: Tx, allocation: string): Promise<Map<string, Fen>> {
  const rows = await tx.query<{ recipient: string; amount_fen: Fen }>(
    `select s.recipient, sum(s.amount_fen)::bigint as amount_fen
     from allocation a join allocation_share s on s.allocation = a.allocation and s.version = a.version
     where (a.allocation = $1 or a.supplements = $1) and a.state = 'approved' group by s.recipient`,
    [allocation],
  )
  return new Map(rows.map(({ recipient, amount_fen }) => [recipient, amount_fen]))
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
         min(a.year) as year, min(a.recipients) as recipients, s.district, s.recipient, sum(s.amount_fen)::bigint as amount_fen
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
  const rows = await rowsOf<Omit<ApprovedShare, 'amountFen'> & { amount_fen: Fen }>(reader, approvedText, [
    allocation,
    indicator,
    programme,
    year,
    district,
  ])
  return rows.map(({ amount_fen: amountFen, ...row }) => ({ ...row, amountFen }))
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
