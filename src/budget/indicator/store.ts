/** The SQL of indicators. */
import type { Sql, Tx } from '../../base/db.ts'
import type { ProjectState } from '../../projects/terms.ts'
import type { Indicator, IndicatorKind, IndicatorLevel, IndicatorState, PaymentForm } from './indicator.ts'

type IndicatorRow = {
  indicator: string
  book: string
  district: string
  document_number: string
  level: IndicatorLevel
  source: string
  year: number
  programme: string
  purpose: string
  payment: PaymentForm
  kind: IndicatorKind
  expected_fen: bigint | null
  parent: string | null
  state: IndicatorState
  version: number
}

const indicatorColumns = `indicator, book, district, document_number, level, source, year, programme, purpose, payment, kind,
  expected_fen, parent, state, version`

const indicatorOf = (row: IndicatorRow): Indicator => ({
  indicator: row.indicator,
  book: row.book,
  district: row.district,
  documentNumber: row.document_number,
  level: row.level,
  source: row.source,
  year: row.year,
  programme: row.programme,
  purpose: row.purpose,
  payment: row.payment,
  kind: row.kind,
  ...(row.expected_fen !== null && { expectedFen: row.expected_fen }),
  ...(row.parent !== null && { parent: row.parent }),
  state: row.state,
  version: row.version,
})

/** Locks indicators in the order of their codes, whatever order they are asked in. */
export async function lockIndicators(tx: Tx, indicators: readonly string[]): Promise<Map<string, Indicator>> {
  const rows = await tx.query<IndicatorRow>(
    `select ${indicatorColumns} from indicator where indicator = any($1) order by indicator for update`,
    [[...indicators]],
  )
  return new Map(rows.map((row) => [row.indicator, indicatorOf(row)]))
}

export async function lockIndicator(tx: Tx, indicator: string): Promise<Indicator | undefined> {
  return (await lockIndicators(tx, [indicator])).get(indicator)
}

/** Writes an indicator: a new one, or one that was proposed or rejected anew. Its version is the one given. */
export async function putIndicator(tx: Tx, given: Indicator): Promise<void> {
  await tx.query(
    `insert into indicator (${indicatorColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (indicator) do update set book = excluded.book, district = excluded.district, document_number = excluded.document_number,
       level = excluded.level, source = excluded.source, year = excluded.year, programme = excluded.programme,
       purpose = excluded.purpose, payment = excluded.payment, kind = excluded.kind, expected_fen = excluded.expected_fen,
       parent = excluded.parent, state = excluded.state, version = excluded.version`,
    [
      given.indicator,
      given.book,
      given.district,
      given.documentNumber,
      given.level,
      given.source,
      given.year,
      given.programme,
      given.purpose,
      given.payment,
      given.kind,
      given.expectedFen?.toString() ?? null,
      given.parent ?? null,
      given.state,
      given.version,
    ],
  )
}

export type IndicatorFilter = {
  readonly district?: string | undefined
  readonly book?: string | undefined
  readonly year?: number | undefined
  readonly programme?: string | undefined
  readonly parent?: string | undefined
  readonly state?: IndicatorState | undefined
}

/** Indicators after a code, in the order of their codes. */
export async function readIndicators(
  sql: Sql,
  { after, limit, ...filter }: IndicatorFilter & { readonly after: string; readonly limit: number },
): Promise<Indicator[]> {
  const { district, book, year, programme, parent, state } = filter
  const rows = await sql<IndicatorRow[]>`
    select ${sql.unsafe(indicatorColumns)} from indicator
    where indicator > ${after}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
      ${book === undefined ? sql`` : sql`and book = ${book}`}
      ${year === undefined ? sql`` : sql`and year = ${year}`}
      ${programme === undefined ? sql`` : sql`and programme = ${programme}`}
      ${parent === undefined ? sql`` : sql`and parent = ${parent}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
    order by indicator limit ${limit}`
  return rows.map(indicatorOf)
}

export async function readIndicator(sql: Sql, indicator: string): Promise<Indicator | undefined> {
  const [row] = await sql<IndicatorRow[]>`
    select ${sql.unsafe(indicatorColumns)} from indicator where indicator = ${indicator}`
  return row && indicatorOf(row)
}

/**
 * Codes of what is in force of a budget year or an earlier one: what a job goes through one by one. What was allotted comes before what it
 * was allotted from.
 */
export async function indicatorsThrough(sql: Sql, year: number): Promise<string[]> {
  const rows = await sql<{ indicator: string }[]>`
    select indicator from indicator where year <= ${year} and state = 'in_force' order by parent is null, indicator`
  return rows.map(({ indicator }) => indicator)
}

/** Where projects are and how far, by code. */
export async function readProjectPlaces(
  tx: Tx,
  projects: readonly string[],
): Promise<Map<string, { district: string; state: ProjectState }>> {
  const rows = await tx.query<{ project: string; district: string; state: ProjectState }>(
    'select project, district, state from project where project = any($1::text[])',
    [[...projects]],
  )
  return new Map(rows.map(({ project, ...place }) => [project, place]))
}
