/**
 * The SQL of scores: what was entered, what the books and the projects say as of a quarter's end, and the versions of a score. The books
 * are read as of the quarter's last day; which entries those balances hold is kept with the score.
 */
import { formatInstant, type Instant, instantText } from '../../base/calendar.ts'
import { only, type Sql, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import { lastDayOfQuarter, type Quarter, yearOfQuarter } from '../../base/quarter.ts'
import { heldOn } from '../../ledger/balance.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { type ProjectFacts, readProjectFacts } from '../../projects/project/facts.ts'
import { planAccounts } from '../../financing/entries.ts'
import {
  type EnteredIndicator,
  type Evidence,
  type FigureKind,
  isFiscal,
  isSocial,
  type LedgerFigure,
  type ScoreEntry,
  type ScoreFacts,
} from './facts.ts'

// --- What is entered ------------------------------------------------------------------------------------------------

type ScoreEntryRow = {
  score_entry_id: bigint
  district: string
  quarter: Quarter
  indicator: EnteredIndicator
  value: string
  document: string
  sha256: string
  sample_size: number
  person: string
  entered_at: bigint
}

const entryColumns = `score_entry_id, district, quarter, indicator, value, document, encode(sha256, 'hex') as sha256, sample_size, person,
  (extract(epoch from entered_at) * 1000000)::bigint as entered_at`

export const scoreEntryName = (id: bigint): string => `S-${id}`

const entryOf = (row: ScoreEntryRow): ScoreEntry => ({
  entry: scoreEntryName(row.score_entry_id),
  district: row.district,
  quarter: row.quarter,
  indicator: row.indicator,
  value: row.value,
  document: row.document,
  sha256: row.sha256,
  sampleSize: row.sample_size,
  person: row.person,
  enteredAt: formatInstant(row.entered_at),
})

export type NewScoreEntry = Omit<ScoreEntry, 'entry' | 'enteredAt'>

export async function insertScoreEntry(tx: Tx, given: NewScoreEntry, at: Instant): Promise<ScoreEntry> {
  return entryOf(
    only(
      await tx.query<ScoreEntryRow>(
        `insert into score_entry (district, quarter, indicator, value, document, sha256, sample_size, person, entered_at)
         values ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8, $9) returning ${entryColumns}`,
        [
          given.district,
          given.quarter,
          given.indicator,
          given.value,
          given.document,
          given.sha256,
          given.sampleSize,
          given.person,
          instantText(at),
        ],
      ),
    ),
  )
}

/** All that was entered for a quarter, oldest first. */
export async function readScoreEntries(sql: Sql, quarter: Quarter, district?: string): Promise<ScoreEntry[]> {
  const rows = await sql<ScoreEntryRow[]>`
    select ${sql.unsafe(entryColumns)} from score_entry where quarter = ${quarter}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
    order by score_entry_id`
  return rows.map(entryOf)
}

// --- What is known --------------------------------------------------------------------------------------------------

export type ScoreReading = {
  readonly facts: ScoreFacts
  /** Of each book that was read, the last entry it held. */
  readonly sequences: Readonly<Record<string, number>>
}

/** What is known of districts as of a quarter's end, by district. Reads one state of the books where the transaction does. */
export async function readScoreFacts(
  tx: Tx,
  quarter: Quarter,
  districts: readonly string[],
): Promise<Map<string, ScoreReading>> {
  const asOf = lastDayOfQuarter(quarter)
  const figures = await readFigures(tx, quarter, districts)
  const communities = await readCommunities(tx, quarter, districts)
  const entered = await readEntered(tx, quarter, districts)
  const sequences = await readSequences(tx)
  const only = districts.length === 1 ? { district: districts[0] } : {}
  const projects = (await readProjectFacts(tx, { ...only, asOf })).filter((project) => isInPlan(project, quarter))
  return new Map(
    districts.map((district) => {
      const own = figures.filter((figure) => figure.district === district)
      const facts = {
        quarter,
        works: projects
          .filter((project) => project.district === district)
          .map(({ project, year, areaDm2, progress }) => ({ project, year: year ?? 0, areaDm2, progress })),
        communities: communities.get(district) ?? { count: 0, governed: 0 },
        figures: own.map(({ district: _, ...figure }) => figure),
        entered: entered.get(district) ?? {},
      }
      const books = new Set(own.map(({ book }) => book))
      const known = [...sequences].filter(([book]) => books.has(book)).toSorted(([a], [b]) => (a < b ? -1 : 1))
      return [district, { facts, sequences: Object.fromEntries(known) }]
    }),
  )
}

/** A project counts from the year of its plan on, whatever became of it but withdrawal. */
const isInPlan = ({ year, state }: ProjectFacts, quarter: Quarter): boolean =>
  year !== null && year <= yearOfQuarter(quarter) && state !== 'reserve' && state !== 'withdrawn'

type DistrictFigure = LedgerFigure & { readonly district: string }
type FigureRow = {
  district: string
  book: string
  account: string
  source: string
  from_above: boolean
  debit_fen: bigint
  credit_fen: bigint
}

const sums = 'sum(a.debit_fen)::bigint as debit_fen, sum(a.credit_fen)::bigint as credit_fen'

/** In the books of the districts: quota that arrived, and budget spending. */
const districtText = `
  with own as (
    select i.district, i.book from indicator i union select p.district, p.book from project p where p.book is not null
  )
  select own.district, b.code as book, s.subject as account, a.source, coalesce(i.parent is not null, false) as from_above, ${sums}
  from own join book b on b.code = own.book
  cross join unnest($3::text[]) s(subject)
  cross join ${heldOn('b.book_id', 's.subject', '$1::date')} a
  left join indicator i on i.indicator = a.indicator
  where own.district = any($2::text[])
  group by own.district, b.code, s.subject, a.source, i.parent is not null
  order by own.district, b.code, s.subject, a.source, 5`

/** In the books above: what was allotted to a district, paid or not. */
const allottedText = `
  select a.counterparty as district, b.code as book, s.subject as account, a.source, true as from_above, ${sums}
  from (select distinct book from indicator) own join book b on b.code = own.book
  cross join unnest($3::text[]) s(subject)
  cross join ${heldOn('b.book_id', 's.subject', '$1::date')} a
  where a.counterparty = any($2::text[])
  group by a.counterparty, b.code, s.subject, a.source
  order by a.counterparty, b.code, s.subject, a.source`

/** In the memo books: planned investment and its sources. */
const plannedText = `
  select p.district, b.code as book, s.subject as account, a.source, false as from_above, ${sums}
  from (select distinct plan_book from project where district = any($2::text[])) own join book b on b.code = own.plan_book
  cross join unnest($3::text[]) s(subject)
  cross join ${heldOn('b.book_id', 's.subject', '$1::date')} a
  join project p on p.project = a.project and p.plan_book = b.code and p.state not in ('reserve', 'withdrawn')
  where p.district = any($2::text[])
  group by p.district, b.code, s.subject, a.source
  order by p.district, b.code, s.subject, a.source`

const spentAccounts = ['7101', '7201']
const receivedAccounts: readonly string[] = [control.usedDirect, control.issued]

async function readFigures(tx: Tx, quarter: Quarter, districts: readonly string[]): Promise<DistrictFigure[]> {
  const on = lastDayOfQuarter(quarter)
  const read = (text: string, accounts: readonly string[]) =>
    tx.query<FigureRow>(text, [on, [...districts], [...accounts]])
  const own = await read(districtText, [...receivedAccounts, ...spentAccounts])
  const above = await read(allottedText, [control.allotted, control.released])
  const planned = await read(plannedText, [planAccounts.investment, planAccounts.sources])
  return [
    ...figuresOf('allotted', above, () => true),
    ...figuresOf('arrived', own, (row) => receivedAccounts.includes(row.account) && row.from_above),
    ...figuresOf('received', own, (row) => receivedAccounts.includes(row.account) && isFiscal(row.source)),
    // The year's close takes spending off on the credit side; what was spent is the debit turnover, less its red entries.
    ...figuresOf('spent', own, (row) => spentAccounts.includes(row.account) && isFiscal(row.source), 'turnover'),
    ...figuresOf('social', planned, (row) => row.account === planAccounts.sources && isSocial(row.source), 'credit'),
    ...figuresOf('investment', planned, (row) => row.account === planAccounts.investment),
  ]
}

function figuresOf(
  kind: FigureKind,
  rows: readonly FigureRow[],
  counts: (row: FigureRow) => boolean,
  how: 'debit' | 'credit' | 'turnover' = 'debit',
): DistrictFigure[] {
  const byPlace = new Map<string, DistrictFigure>()
  for (const row of rows.filter(counts)) {
    const { district, book, account, source, debit_fen: debitFen, credit_fen: creditFen } = row
    const netFen = debitFen - creditFen
    const amountFen = how === 'turnover' ? debitFen : how === 'credit' ? -netFen : netFen
    const place = [district, book, account, source].join('|')
    const before = byPlace.get(place)?.amountFen ?? 0n
    byPlace.set(place, { district, kind, book, account, source, amountFen: before + amountFen })
  }
  return [...byPlace.values()]
}

/** Communities of projects in a plan, and those with a governing body and a promise to fill the maintenance fund (clauses 27, 29, 30). */
async function readCommunities(
  tx: Tx,
  quarter: Quarter,
  districts: readonly string[],
): Promise<Map<string, ScoreFacts['communities']>> {
  const rows = await tx.query<{ district: string; count: number; governed: number }>(
    `select p.district, count(distinct m.community)::int as count,
       count(distinct m.community) filter (where (m.owners_body or m.trust_service) and (m.fund_promised_on <= $1::date or exists (
         select 1 from project_document d where d.project = p.project and d.kind = 'fund_promise' and d.on_day <= $1::date
           and (d.scope is null or d.scope -> 'communities' is null or d.scope -> 'communities' ? m.community))))::int as governed
     from project p join project_building x on x.project = p.project join community m on m.community = x.community
     where p.district = any($2::text[]) and p.year <= $3 and p.state not in ('reserve', 'withdrawn')
     group by p.district`,
    [lastDayOfQuarter(quarter), [...districts], yearOfQuarter(quarter)],
  )
  return new Map(rows.map(({ district, count, governed }) => [district, { count, governed }]))
}

/** The latest of each that was entered. */
async function readEntered(
  tx: Tx,
  quarter: Quarter,
  districts: readonly string[],
): Promise<Map<string, ScoreFacts['entered']>> {
  const rows = await tx.query<ScoreEntryRow>(
    `select distinct on (district, indicator) ${entryColumns} from score_entry
     where quarter = $1 and district = any($2::text[]) order by district, indicator, score_entry_id desc`,
    [quarter, [...districts]],
  )
  const byDistrict = new Map<string, Partial<Record<EnteredIndicator, Evidence>>>()
  for (const row of rows) {
    const { district: _, quarter: __, indicator, enteredAt: ___, ...evidence } = entryOf(row)
    byDistrict.set(row.district, { ...byDistrict.get(row.district), [indicator]: evidence })
  }
  return byDistrict
}

async function readSequences(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx.query<{ code: string; sequence: bigint }>(
    'select b.code, h.sequence from book_head h join book b on b.book_id = h.book_id',
  )
  return new Map(rows.map(({ code, sequence }) => [code, Number(sequence)]))
}

// --- Versions -------------------------------------------------------------------------------------------------------

export type ScoreRow = {
  quarter: Quarter
  district: string
  version: number
  total: string
  satisfaction: string
  progress: string
  score: Json
  facts: Json
  facts_hash: Buffer
  law: Json
  known_at: Instant
  sequences: Json
  computed_by: string
  /** Runs of early disbursement that were decided on it. */
  runs: number[]
}

const scoreColumns = `s.quarter, s.district, s.version, s.total, s.satisfaction, s.progress, s.score, s.facts, s.facts_hash, s.law,
  (extract(epoch from s.known_at) * 1000000)::bigint as known_at, s.sequences, s.computed_by,
  array(select u.run from early_run_score u where u.quarter = s.quarter and u.district = s.district and u.version = s.version
        order by u.run) as runs`

/** Locks the head of a district's score and gives its latest version; undefined where there is none yet. */
export async function lockScore(tx: Tx, quarter: Quarter, district: string): Promise<ScoreRow | undefined> {
  await tx.query(
    `insert into score_head (quarter, district) values ($1, $2) on conflict (quarter, district) do nothing`,
    [quarter, district],
  )
  await tx.query('select 1 from score_head where quarter = $1 and district = $2 for update', [quarter, district])
  return latestScore(tx, quarter, district)
}

export async function latestScore(tx: Tx, quarter: Quarter, district: string): Promise<ScoreRow | undefined> {
  const [row] = await tx.query<ScoreRow>(
    `select ${scoreColumns} from score_head h join score s on s.quarter = h.quarter and s.district = h.district and s.version = h.version
     where h.quarter = $1 and h.district = $2`,
    [quarter, district],
  )
  return row
}

export type NewScoreRow = Omit<ScoreRow, 'runs'>

export async function insertScore(tx: Tx, row: NewScoreRow): Promise<void> {
  await tx.query(
    `insert into score (quarter, district, version, total, satisfaction, progress, score, facts, facts_hash, law, known_at, sequences,
       computed_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      row.quarter,
      row.district,
      row.version,
      row.total,
      row.satisfaction,
      row.progress,
      JSON.stringify(row.score),
      JSON.stringify(row.facts),
      row.facts_hash,
      JSON.stringify(row.law),
      instantText(row.known_at),
      JSON.stringify(row.sequences),
      row.computed_by,
    ],
  )
  await tx.query('update score_head set version = $3 where quarter = $1 and district = $2', [
    row.quarter,
    row.district,
    row.version,
  ])
}

/** Scores of a quarter: the latest of each district, or all versions of one. */
export async function readScores(
  sql: Sql,
  quarter: Quarter,
  { district, history = false }: { district?: string | undefined; history?: boolean } = {},
): Promise<ScoreRow[]> {
  return sql<ScoreRow[]>`
    select ${sql.unsafe(scoreColumns)} from score s
    where s.quarter = ${quarter} ${district === undefined ? sql`` : sql`and s.district = ${district}`}
      ${history ? sql`` : sql`and s.version = (select version from score_head h where h.quarter = s.quarter and h.district = s.district)`}
    order by s.district, s.version`
}
