/**
 * The SQL of scores: what was entered, what the books and the projects say as of a quarter's end, and the versions of a
 * score. The books are read as of the quarter's last day; which entries those balances hold is kept with the score.
 */
import { and, asc, desc, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import { formatInstant, type Instant } from '../../base/calendar.ts'
import { only, type Reader, type Tx } from '../../base/db.ts'
import { changed, matching, prepared, written } from '../../base/drizzle/queries.ts'
import { lastDayOfQuarter, type Quarter, yearOfQuarter } from '../../base/quarter.ts'
import { numbered } from '../../form/numbered.ts'
import { heldOn } from '../../ledger/balance.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { hadOn, type ProjectFacts, readProjectFacts, standingOn } from '../../projects/project/facts.ts'
import type { Paper } from '../../noun/proposal.ts'
import { planAccounts } from '../../financing/entries.ts'
import { scoreEntries, scoreHeads, scores } from '../tables.ts'
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

type ScoreEntryRow = typeof scoreEntries.$inferSelect

const scoreEntryNames = numbered('S')

const entryOf = ({ id, sha256, enteredAt, approval, ...row }: ScoreEntryRow): ScoreEntry => ({
  entry: scoreEntryNames.nameOf(id),
  district: row.district,
  quarter: row.quarter,
  indicator: row.indicator,
  value: row.value,
  document: row.document,
  sha256: sha256.toString('hex'),
  sampleSize: row.sampleSize,
  person: row.person,
  enteredAt: formatInstant(enteredAt),
  ...(approval !== null && { approval }),
})

export type NewScoreEntry = Omit<ScoreEntry, 'entry' | 'enteredAt' | 'approval'> &
  Pick<ScoreEntryRow, 'origin' | 'approval'>

const insertingEntry = prepared((on, given) => on.insert(scoreEntries).values(written(scoreEntries, given)).returning())

export async function insertScoreEntry(tx: Tx, given: NewScoreEntry, at: Instant): Promise<ScoreEntry> {
  const sha256 = Buffer.from(given.sha256, 'hex')
  return entryOf(only(await insertingEntry(tx, { ...given, sha256, enteredAt: at })))
}

const listingEntries = prepared((on, given) =>
  on.select().from(scoreEntries).where(matching(scoreEntries, given)).orderBy(asc(scoreEntries.id)),
)

/** All that was entered for a quarter, oldest first. */
export const readScoreEntries = async (reader: Reader, quarter: Quarter, district?: string): Promise<ScoreEntry[]> =>
  (await listingEntries(reader, { quarter, district })).map(entryOf)

/** The papers that a district's results of a quarter were entered from, as an approval shows them. */
export const surveysOf = async (reader: Reader, quarter: Quarter, district: string): Promise<Paper[]> =>
  (await readScoreEntries(reader, quarter, district)).map(({ document: name, sha256 }) => ({
    name,
    sha256,
    href: `/v1/scores/${quarter}/entries?district=${district}`,
  }))

// --- What is known --------------------------------------------------------------------------------------------------

export type ScoreReading = {
  readonly facts: ScoreFacts
  /** Of each book that was read, the last entry it held. */
  readonly sequences: Readonly<Record<string, number>>
}

/**
 * What is known of districts as of a quarter's end, by district. Reads one state of the books where the transaction
 * does.
 */
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

const sums = 'sum(a.debit_fen) as debit_fen, sum(a.credit_fen) as credit_fen'

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
  join project p on p.project = a.project and p.plan_book = b.code
  join ${standingOn('p.project', '$1::date')} w on w.state not in ('reserve', 'withdrawn')
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
  const above = await read(allottedText, [control.allotted, control.released, control.claimed])
  const planned = await read(plannedText, [planAccounts.investment, planAccounts.sources])
  return [
    ...figuresOf('allotted', above, () => true),
    ...figuresOf('arrived', own, (row) => receivedAccounts.includes(row.account) && row.from_above),
    ...figuresOf('received', own, (row) => receivedAccounts.includes(row.account) && isFiscal(row.source)),
    // The year's close takes spending off on the credit side; what was spent is the debit turnover, less its red
    // entries.
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

/**
 * Communities of projects in a plan, and those with a governing body and a promise to fill the maintenance fund
 * (clauses 27, 29, 30).
 */
async function readCommunities(
  tx: Tx,
  quarter: Quarter,
  districts: readonly string[],
): Promise<Map<string, ScoreFacts['communities']>> {
  const rows = await tx.query<{ district: string; count: number; governed: number }>(
    `select p.district, count(distinct m.community)::int as count,
       count(distinct m.community) filter (where (${hadOn('owners_body', 'm.community', '$1::date')}
         or ${hadOn('trust_service', 'm.community', '$1::date')}) and (m.fund_promised_on <= $1::date or exists (
         select 1 from project_document d where d.project = p.project and d.kind = 'fund_promise' and d.on_day <= $1::date
           and (d.scope is null or d.scope -> 'communities' is null or d.scope -> 'communities' ? m.community))))::int as governed
     from project p cross join ${standingOn('p.project', '$1::date')} w
     join project_building x on x.project = p.project join community m on m.community = x.community
     where p.district = any($2::text[]) and w.year <= $3 and w.state not in ('reserve', 'withdrawn')
     group by p.district`,
    [lastDayOfQuarter(quarter), [...districts], yearOfQuarter(quarter)],
  )
  return new Map(rows.map(({ district, count, governed }) => [district, { count, governed }]))
}

const latestEntries = prepared((on, given) =>
  on
    .selectDistinctOn([scoreEntries.district, scoreEntries.indicator])
    .from(scoreEntries)
    .where(
      and(matching(scoreEntries, given), sql`${scoreEntries.district} = any(${sql.placeholder('districts')}::text[])`),
    )
    .orderBy(asc(scoreEntries.district), asc(scoreEntries.indicator), desc(scoreEntries.id)),
)

/** The latest of each that was entered. */
async function readEntered(
  tx: Tx,
  quarter: Quarter,
  districts: readonly string[],
): Promise<Map<string, ScoreFacts['entered']>> {
  const byDistrict = new Map<string, Partial<Record<EnteredIndicator, Evidence>>>()
  for (const row of await latestEntries(tx, { quarter, districts: [...districts] })) {
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

export type ScoreRow = typeof scores.$inferSelect & {
  /** Runs of early disbursement that were decided on it. */
  readonly runs: number[]
}

// Written out: in a statement of one table drizzle leaves the table off its columns, and these would be the inner
// one's.
const runs = sql<number[]>`array(
  select u.run from early_run_score u
  where u.quarter = score.quarter and u.district = score.district and u.version = score.version order by u.run)`
const scoreColumns = { ...getTableColumns(scores), runs }

const insertingHead = prepared((on, given) =>
  on
    .insert(scoreHeads)
    .values(written(scoreHeads, given))
    .onConflictDoNothing({ target: [scoreHeads.quarter, scoreHeads.district] }),
)
const lockingHead = prepared((on, given) =>
  on.select().from(scoreHeads).where(matching(scoreHeads, given)).for('update'),
)

/** Locks the head of a district's score and gives its latest version; undefined where there is none yet. */
export async function lockScore(tx: Tx, quarter: Quarter, district: string): Promise<ScoreRow | undefined> {
  await insertingHead(tx, { quarter, district })
  await lockingHead(tx, { quarter, district })
  return latestScore(tx, quarter, district)
}

const itsHead = and(eq(scoreHeads.quarter, scores.quarter), eq(scoreHeads.district, scores.district))
const itsLatest = eq(scoreHeads.version, scores.version)

const readingLatest = prepared((on, given) =>
  on
    .select(scoreColumns)
    .from(scoreHeads)
    .innerJoin(scores, and(itsHead, itsLatest))
    .where(matching(scoreHeads, given)),
)

export const latestScore = async (tx: Tx, quarter: Quarter, district: string): Promise<ScoreRow | undefined> =>
  (await readingLatest(tx, { quarter, district }))[0]

export type NewScoreRow = Omit<ScoreRow, 'runs'>

const inserting = prepared((on, given) => on.insert(scores).values(written(scores, given)))
const updatingHead = prepared((on, given) =>
  on
    .update(scoreHeads)
    .set(changed(scoreHeads, given))
    .where(
      and(eq(scoreHeads.quarter, sql.placeholder('quarter')), eq(scoreHeads.district, sql.placeholder('district'))),
    ),
)

export async function insertScore(tx: Tx, row: NewScoreRow): Promise<void> {
  const { quarter, district, version } = row
  await inserting(tx, row)
  await updatingHead(tx, { quarter, district, version })
}

const listing = prepared((on, given) =>
  on
    .select(scoreColumns)
    .from(scores)
    .innerJoin(scoreHeads, given.has('history') ? itsHead : and(itsHead, itsLatest))
    .where(matching(scores, given))
    .orderBy(asc(scores.district), asc(scores.version)),
)

/** Scores of a quarter: the latest of each district, or all versions of one. */
export const readScores = (
  reader: Reader,
  quarter: Quarter,
  { district, history = false }: { district?: string | undefined; history?: boolean } = {},
): Promise<ScoreRow[]> => listing(reader, { quarter, district, history: history || undefined })

const readingLater = prepared((on) =>
  on
    .selectDistinctOn([scoreHeads.district], { district: scoreHeads.district, quarter: scoreHeads.quarter })
    .from(scoreHeads)
    .where(and(gt(scoreHeads.quarter, sql.placeholder('quarter')), gt(scoreHeads.version, 0)))
    .orderBy(asc(scoreHeads.district), desc(scoreHeads.quarter)),
)

/** Of districts that were scored for a quarter after one, the latest such quarter: it decides what they earn. */
export const laterScores = async (reader: Reader, quarter: Quarter): Promise<Map<string, Quarter>> =>
  new Map((await readingLater(reader, { quarter })).map((row) => [row.district, row.quarter]))
