/** The SQL of indicators. */
import { and, asc, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import type { Reader, Sql, Tx } from '../../base/db.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { excluded, matching, prepared, queries, recordOf, written } from '../../base/drizzle/queries.ts'
import { projects as projectTable } from '../../projects/tables.ts'
import type { ProjectState } from '../../projects/terms.ts'
import { indicators as table } from '../tables.ts'
import type { Indicator, IndicatorState } from './indicator.ts'

const locking = prepared((on) =>
  on
    .select()
    .from(table)
    .where(sql`${table.indicator} = any(${sql.placeholder('indicators')}::text[])`)
    .orderBy(asc(table.indicator))
    .for('update'),
)

/** Locks indicators in the order of their codes, whatever order they are asked in. */
export async function lockIndicators(tx: Tx, indicators: readonly string[]): Promise<Map<string, Indicator>> {
  const rows = await locking(tx, { indicators })
  return new Map(rows.map((row) => [row.indicator, recordOf(row)]))
}

export async function lockIndicator(tx: Tx, indicator: string): Promise<Indicator | undefined> {
  return (await lockIndicators(tx, [indicator])).get(indicator)
}

const putting = prepared((on, given) =>
  on
    .insert(table)
    .values(written(table, given))
    .onConflictDoUpdate({ target: table.indicator, set: excluded(table) }),
)

/** Writes an indicator: a new one, or one that was proposed or rejected anew. Its version is the one given. */
export async function putIndicator(tx: Tx, given: Indicator): Promise<void> {
  await putting(tx, given)
}

/**
 * The first other indicator of a book that has the document, source, programme and amount of one, proposed or in force.
 * Who asks holds the document until the end of his transaction, so of two at once the second sees the first.
 */
export async function firstLike(
  tx: Tx,
  { indicator, book, documentNumber, source, programme, amount }: Like,
): Promise<string | undefined> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`yiben.document ${book} ${documentNumber}`])
  const [row] = await tx.query<{ indicator: string }>(
    `select i.indicator from indicator i join approval a on a.kind = 'indicator' and a.subject = 'indicator:' || i.indicator
     where i.book = $1 and i.document_number = $2 and i.source = $3 and i.programme = $4 and i.indicator <> $6
       and i.state <> 'rejected' and a.state in ('checking', 'approving', 'approved')
       and a.content::json -> 'content' ->> 'amount' = $5
     order by a.approval_id limit 1`,
    [book, documentNumber, source, programme, formatFen(amount), indicator],
  )
  return row?.indicator
}

type Like = {
  readonly indicator: string
  readonly book: string
  readonly documentNumber: string
  readonly source: string
  readonly programme: string
  readonly amount: Fen
}

export type IndicatorFilter = {
  readonly district?: string | undefined
  readonly book?: string | undefined
  readonly year?: number | undefined
  readonly programme?: string | undefined
  readonly parent?: string | undefined
  readonly state?: IndicatorState | undefined
}

const listing = prepared((on, given) =>
  on
    .select()
    .from(table)
    .where(and(gt(table.indicator, sql.placeholder('after')), matching(table, given)))
    .orderBy(asc(table.indicator))
    .limit(sql.placeholder('limit')),
)

/** Indicators after a code, in the order of their codes. */
export async function readIndicators(
  reader: Sql,
  filter: IndicatorFilter & { readonly after: string; readonly limit: number },
): Promise<Indicator[]> {
  return (await listing(reader, filter)).map(recordOf)
}

const reading = prepared((on) =>
  on
    .select()
    .from(table)
    .where(eq(table.indicator, sql.placeholder('indicator'))),
)

export async function readIndicator(reader: Sql, indicator: string): Promise<Indicator | undefined> {
  const [row] = await reading(reader, { indicator })
  return row && recordOf(row)
}

/**
 * Codes of what is in force of a budget year or an earlier one: what a job goes through one by one. What was allotted
 * comes before what it was allotted from.
 */
export async function indicatorsThrough(reader: Sql, year: number): Promise<string[]> {
  const rows = await queries(reader)
    .select({ indicator: table.indicator })
    .from(table)
    .where(and(lte(table.year, year), eq(table.state, 'in_force')))
    .orderBy(isNull(table.parent), asc(table.indicator))
  return rows.map(({ indicator }) => indicator)
}

const readingLater = prepared((on) =>
  on
    .select({ indicator: table.indicator })
    .from(table)
    .where(and(eq(table.book, sql.placeholder('book')), gt(table.year, sql.placeholder('year')))),
)

/** Codes of a book's indicators of later budget years: a year-end does not carry them. */
export async function indicatorsAfter(reader: Reader, book: string, year: number): Promise<ReadonlySet<string>> {
  return new Set((await readingLater(reader, { book, year })).map(({ indicator }) => indicator))
}

const readingAllotted = prepared((on) =>
  on
    .select({ indicator: table.indicator })
    .from(table)
    .where(and(eq(table.parent, sql.placeholder('parent')), eq(table.state, 'in_force')))
    .orderBy(asc(table.indicator)),
)

/** Codes of what is in force of that which was allotted from an indicator. */
export async function allottedFrom(reader: Reader, parent: string): Promise<string[]> {
  return (await readingAllotted(reader, { parent })).map(({ indicator }) => indicator)
}

const readingPlaces = prepared((on) =>
  on
    .select({ project: projectTable.project, district: projectTable.district, state: projectTable.state })
    .from(projectTable)
    .where(sql`${projectTable.project} = any(${sql.placeholder('projects')}::text[])`),
)

/** Where projects are and how far, by code. */
export async function readProjectPlaces(
  tx: Tx,
  projects: readonly string[],
): Promise<Map<string, { district: string; state: ProjectState }>> {
  const rows = await readingPlaces(tx, { projects })
  return new Map(rows.map(({ project, ...place }) => [project, place]))
}

const holding = prepared((on) =>
  on
    .select({ project: projectTable.project })
    .from(projectTable)
    .where(sql`${projectTable.project} = any(${sql.placeholder('projects')}::text[])`)
    .orderBy(asc(projectTable.project))
    .for('no key update'),
)

/** Holds projects as they are until the transaction ends, in the order of their codes. */
export async function holdProjects(tx: Tx, projects: readonly string[]): Promise<void> {
  await holding(tx, { projects: [...projects] })
}
