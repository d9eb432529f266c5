/** The SQL of releases, and of what was paid of each allotment. */
import { type Day, type Instant, instantText } from '../../base/calendar.ts'
import { instantAs, only, type Reader, rowsOf, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Fen } from '../../base/money.ts'
import type { Quarter } from '../../base/quarter.ts'
import type { ProjectPart, ReleaseState } from './release.ts'

// --- Names ----------------------------------------------------------------------------------------------------------

const numbered = (letter: string) => ({
  nameOf: (id: bigint): string => `${letter}-${id}`,
  /** The number of a name as it is written; 0, which is none, for anything else. */
  numberOf: (name: string): string => new RegExp(`^${letter}-([1-9][0-9]{0,17})$`).exec(name)?.[1] ?? '0',
})
export const releaseNames = numbered('R')
export const clawbackNames = numbered('B')

// --- What was paid of an allotment ----------------------------------------------------------------------------------

/** What was paid to a district of an allocation, less what was clawed back. */
export async function readReleased(tx: Tx, allocation: string, district: string): Promise<Fen> {
  const [row] = await tx.query<{ released_fen: bigint }>(
    'select released_fen from allotment_release where allocation = $1 and district = $2',
    [allocation, district],
  )
  return row?.released_fen ?? 0n
}

export async function readAllReleased(tx: Tx): Promise<Map<string, Fen>> {
  const rows = await tx.query<{ allocation: string; district: string; released_fen: bigint }>(
    'select allocation, district, released_fen from allotment_release',
  )
  return new Map(rows.map((row) => [allotmentKey(row.allocation, row.district), row.released_fen]))
}

export const allotmentKey = (allocation: string, district: string): string => `${allocation}|${district}`

/** Whoever pays or claws back waits here for whoever does so with the same allotment. */
export async function lockAllotment(tx: Tx, allocation: string, district: string): Promise<Fen> {
  await insertAllotment(tx, allocation, district)
  const { released_fen: releasedFen } = only(
    await tx.query<{ released_fen: bigint }>(
      'select released_fen from allotment_release where allocation = $1 and district = $2 for update',
      [allocation, district],
    ),
  )
  return releasedFen
}

export async function insertAllotment(tx: Tx, allocation: string, district: string): Promise<void> {
  await tx.query(
    'insert into allotment_release (allocation, district) values ($1, $2) on conflict (allocation, district) do nothing',
    [allocation, district],
  )
}

export async function addReleased(tx: Tx, allocation: string, district: string, amountFen: Fen): Promise<void> {
  await tx.query(
    'update allotment_release set released_fen = released_fen + $3 where allocation = $1 and district = $2',
    [allocation, district, amountFen.toString()],
  )
}

/** What each project has had of an allotment, less what came back. */
export async function releasedByProject(tx: Tx, allocation: string, district: string): Promise<Map<string, Fen>> {
  const rows = await tx.query<{ project: string; amount_fen: bigint }>(
    `select project, sum(amount_fen)::bigint as amount_fen from (
       select p.project, p.amount_fen from release r join release_part p on p.release_id = r.release_id
       where r.allocation = $1 and r.district = $2
       union all
       select p.project, -p.amount_fen from release r join clawback c on c.release_id = r.release_id
         join clawback_part p on p.clawback_id = c.clawback_id
       where r.allocation = $1 and r.district = $2
     ) parts group by project`,
    [allocation, district],
  )
  return new Map(rows.map(({ project, amount_fen: amountFen }) => [project, amountFen]))
}

export type Recovery = { readonly dueFen: Fen; readonly doneFen: Fen }

/** What districts must give back of an indicator whose final budget was below its early notice, and what of it came back already. */
export async function recoveriesWithin(tx: Tx, indicators: readonly string[]): Promise<Map<string, Recovery>> {
  const rows = await tx.query<{ indicator: string; district: string; due_fen: bigint; done_fen: bigint }>(
    'select indicator, district, due_fen, done_fen from indicator_recovery where indicator = any($1::text[])',
    [[...indicators]],
  )
  return new Map(
    rows.map((row) => [allotmentKey(row.indicator, row.district), { dueFen: row.due_fen, doneFen: row.done_fen }]),
  )
}

// --- Releases -------------------------------------------------------------------------------------------------------

export type ReleaseRow = {
  release_id: bigint
  allocation: string
  district: string
  tranche: number
  kind: 'normal' | 'early'
  amount_fen: bigint
  quarter: Quarter | null
  run: number | null
  score_version: number | null
  conditions: Json
  on_day: Day | null
  approval: string
  state: ReleaseState
  released_on: Day | null
  clawed_fen: bigint
  drafted_by: string
  drafted_at: Instant
}

const releaseColumns = `release_id, allocation, district, tranche, kind, amount_fen, quarter, run, score_version, conditions, on_day, approval,
  state, released_on, clawed_fen, drafted_by, ${instantAs('drafted_at')}`

export type NewRelease = Omit<ReleaseRow, 'release_id' | 'state' | 'released_on' | 'clawed_fen'>

export async function insertRelease(tx: Tx, given: NewRelease): Promise<ReleaseRow> {
  return only(
    await tx.query<ReleaseRow>(
      `insert into release (allocation, district, tranche, kind, amount_fen, quarter, run, score_version, conditions, on_day, approval, state,
         drafted_by, drafted_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'drafted', $12, $13) returning ${releaseColumns}`,
      [
        given.allocation,
        given.district,
        given.tranche,
        given.kind,
        given.amount_fen.toString(),
        given.quarter,
        given.run,
        given.score_version,
        JSON.stringify(given.conditions),
        given.on_day,
        given.approval,
        given.drafted_by,
        instantText(given.drafted_at),
      ],
    ),
  )
}

const releaseWhere = async (reader: Reader, where: string, values: readonly unknown[]): Promise<ReleaseRow[]> =>
  rowsOf<ReleaseRow>(reader, `select ${releaseColumns} from release where ${where}`, values)

export const lockReleaseOf = async (tx: Tx, approval: string): Promise<ReleaseRow> =>
  only(await releaseWhere(tx, 'approval = $1 for update', [approval]))

export const lockRelease = async (tx: Tx, id: bigint | string): Promise<ReleaseRow | undefined> =>
  (await releaseWhere(tx, 'release_id = $1 for update', [id.toString()]))[0]

export const readRelease = async (reader: Reader, id: string): Promise<ReleaseRow | undefined> =>
  (await releaseWhere(reader, 'release_id = $1', [id]))[0]

export const pendingRelease = async (tx: Tx, allocation: string, district: string): Promise<ReleaseRow | undefined> =>
  (await releaseWhere(tx, `allocation = $1 and district = $2 and state = 'drafted'`, [allocation, district]))[0]

/** Allotments of which a release waits for approval. */
export async function pendingAllotments(tx: Tx): Promise<Set<string>> {
  const rows = await tx.query<{ allocation: string; district: string }>(
    `select allocation, district from release where state = 'drafted'`,
  )
  return new Set(rows.map(({ allocation, district }) => allotmentKey(allocation, district)))
}

export async function endRelease(tx: Tx, id: bigint, state: ReleaseState, on: Day | null): Promise<void> {
  await tx.query('update release set state = $2, released_on = $3 where release_id = $1', [id.toString(), state, on])
}

export async function addClawed(tx: Tx, id: bigint, amountFen: Fen): Promise<void> {
  await tx.query('update release set clawed_fen = clawed_fen + $2 where release_id = $1', [
    id.toString(),
    amountFen.toString(),
  ])
}

const partsInto = async (tx: Tx, table: string, column: string, id: bigint, parts: readonly ProjectPart[]) => {
  await tx.query(
    `insert into ${table} (${column}, project, amount_fen) select $1, p, a from unnest($2::text[], $3::bigint[]) as g(p, a)`,
    [id.toString(), parts.map(({ project }) => project), parts.map(({ amountFen }) => amountFen.toString())],
  )
}
export const insertReleaseParts = (tx: Tx, id: bigint, parts: readonly ProjectPart[]): Promise<void> =>
  partsInto(tx, 'release_part', 'release_id', id, parts)
export const insertClawbackParts = (tx: Tx, id: bigint, parts: readonly ProjectPart[]): Promise<void> =>
  partsInto(tx, 'clawback_part', 'clawback_id', id, parts)

/** What projects had of a release, less what came back of it, by project. */
export async function readReleaseParts(reader: Reader, id: bigint): Promise<ProjectPart[]> {
  const rows = await rowsOf<{ project: string; amount_fen: bigint }>(
    reader,
    `select p.project, (p.amount_fen - coalesce((
       select sum(b.amount_fen) from clawback c join clawback_part b on b.clawback_id = c.clawback_id
       where c.release_id = p.release_id and b.project = p.project), 0))::bigint as amount_fen
     from release_part p where p.release_id = $1 order by p.project`,
    [id.toString()],
  )
  return rows.map(({ project, amount_fen: amountFen }) => ({ project, amountFen }))
}

export type ReleaseFilter = {
  readonly district?: string | undefined
  readonly allocation?: string | undefined
  readonly state?: ReleaseState | undefined
  readonly quarter?: Quarter | undefined
  readonly kind?: ReleaseRow['kind'] | undefined
}

/** Releases after an id, oldest first. */
export function readReleases(
  reader: Reader,
  { after, limit, ...filter }: ReleaseFilter & { readonly after: bigint; readonly limit: number },
): Promise<ReleaseRow[]> {
  const { district = null, allocation = null, state = null, quarter = null, kind = null } = filter
  return releaseWhere(
    reader,
    `release_id > $1 and ($2::text is null or district = $2) and ($3::text is null or allocation = $3)
       and ($4::text is null or state = $4) and ($5::text is null or quarter = $5) and ($6::text is null or kind = $6)
     order by release_id limit $7`,
    [after.toString(), district, allocation, state, quarter, kind, limit],
  )
}
