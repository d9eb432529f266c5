/**
 * What keeps a book from being opened, looked at when a take-over is proposed and again when it takes effect. Each is
 * refused by name, in the order of the catalogue; what the books themselves refuse comes when the entry is posted.
 */
import { approvalDistrict } from '../../approvals/approval.ts'
import { type Day, firstDayOf, monthOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { sumFen } from '../../base/money.ts'
import { requireFiscal, requireKeepsIndicators } from '../../budget/indicator/register.ts'
import type { Book } from '../../ledger/book.ts'
import { dimensions } from '../../ledger/chart.ts'
import { type DocumentReference, examine, type LineDraft } from '../../ledger/entry.ts'
import { entryId } from '../../ledger/leaf.ts'
import { refuse as refuseInLedger } from '../../ledger/refusals.ts'
import { readProjectPlaces } from '../../budget/indicator/store.ts'
import { assignedTo } from '../../projects/project/store.ts'
import { refuse as refuseProject } from '../../projects/refusals.ts'
import { refuse } from '../refusals.ts'
import { unknownProjects } from '../voucher/store.ts'
import { requireParallel } from '../voucher/parallel.ts'
import type { IndicatorRow } from './forms.ts'
import { isOfIndicator, requireIndicators, requireWithinCost } from './opening.ts'
import { entryBefore, missingOriginals, openedAccounts, registeredCosts, unknownDwellings } from './store.ts'
import { openingType } from './take-over.ts'

export type Opening = {
  readonly book: Book
  readonly on: Day
  readonly today: Day
  readonly indicators: readonly IndicatorRow[]
  readonly documents: readonly DocumentReference[]
  readonly lines: readonly LineDraft[]
}

/** Refuses what may not be opened. */
export async function requireOpenable(tx: Tx, opening: Opening): Promise<void> {
  requireDay(opening)
  await requireOriginals(tx, opening)
  const { book, on, lines, documents, indicators } = opening
  if (lines.length === 0) return
  await requireFirst(tx, opening)
  examine({ on, summary: '', type: openingType, documents, lines }, book.chart, 'take_over')
  requireParallel({ lines }, book)
  await requireKnown(tx, opening)
  for (const { source } of indicators) {
    requireKeepsIndicators(book)
    requireFiscal(source)
  }
  requireIndicators(indicators, lines)
  await requireUnopened(tx, opening)
  // What owners or a fund hold for a project is not what its works cost.
  if (book.chart.standard === 'government') await requireCosts(tx, lines)
}

function requireDay({ on, today }: Opening): void {
  const what = { zh: '建账接转', en: 'The take-over' }
  if (on > today) throw refuseProject('day_in_future', { what, on, today })
  const first = firstDayOf(monthOf(on))
  if (on !== first) throw refuse('take_over_day_wrong', { on, first })
}

async function requireOriginals(tx: Tx, { book, documents }: Opening): Promise<void> {
  const hashes = documents.flatMap(({ sha256 }) => sha256 ?? [])
  const [sha256] = await missingOriginals(tx, book.bookId, hashes)
  if (sha256 !== undefined) throw refuseInLedger('attachment_unknown', { sha256, book: book.code })
}

async function requireFirst(tx: Tx, { book, on }: Opening): Promise<void> {
  const found = await entryBefore(tx, book.bookId, on)
  if (!found) return
  const entry = entryId(book.bookId, found.sequence)
  throw refuse('take_over_after_entries', { book: book.code, on, entry, entryOn: found.on })
}

/** Projects, indicators and dwellings that the lines name. */
async function requireKnown(tx: Tx, { book, on, indicators, lines }: Opening): Promise<void> {
  await requireProjects(tx, { book, on, indicators, lines })
  const own = new Set(indicators.map(({ indicator }) => indicator))
  const astray = lines.findIndex(({ account, indicator = '' }) => isOfIndicator(account) && !own.has(indicator))
  if (astray >= 0) {
    const what = { zh: '预算指标', en: 'indicator' }
    throw refuse('take_over_code_unknown', { line: astray + 1, what, code: lines[astray]?.indicator ?? '' })
  }
  const named = [...new Set(lines.flatMap(({ dwelling }) => dwelling ?? []))]
  const [code] = named.length === 0 ? [] : await unknownDwellings(tx, named)
  if (code === undefined) return
  const line = lines.findIndex(({ dwelling }) => dwelling === code) + 1
  throw refuse('take_over_code_unknown', { line, what: { zh: '房屋', en: 'dwelling' }, code })
}

type Named = Pick<Opening, 'book' | 'on' | 'indicators' | 'lines'>

/**
 * A district's book opens money of the district's projects; the city's of all. Money of no project yet is its
 * indicator's.
 */
async function requireProjects(tx: Tx, { book, on, indicators, lines }: Named): Promise<void> {
  const programmes = new Set(indicators.map(({ programme }) => programme))
  const codes = [...new Set(lines.flatMap(({ project }) => project ?? []))].filter((code) => !programmes.has(code))
  const [unknown] = await unknownProjects(tx, codes)
  if (unknown !== undefined) throw refuseProject('project_unknown', { project: unknown })
  if (approvalDistrict(book.district, on) === undefined) return
  const places = await readProjectPlaces(tx, codes)
  const project = codes.find((code) => (places.get(code)?.district ?? book.district) !== book.district)
  if (project !== undefined) throw refuseProject('project_not_found', { project })
}

async function requireUnopened(tx: Tx, { book, lines }: Opening): Promise<void> {
  const opened = await openedAccounts(tx, book.bookId)
  for (const [index, line] of lines.entries()) {
    const kept = book.chart.subjects.get(line.account)?.keptBy ?? []
    const before = opened.find(
      (one) =>
        one.account === line.account && kept.every((dimension) => (one[dimension] ?? undefined) === line[dimension]),
    )
    if (!before) continue
    const of = dimensions.filter((dimension) => kept.includes(dimension)).flatMap((dimension) => line[dimension] ?? [])
    const { account } = line
    const facts = { line: index + 1, account, of: of.join(' '), book: book.code, takeOver: before.by }
    throw refuse('take_over_account_opened', facts)
  }
}

async function requireCosts(tx: Tx, lines: readonly LineDraft[]): Promise<void> {
  const costs = await registeredCosts(tx, [...new Set(lines.flatMap(({ project }) => project ?? []))])
  const known = []
  for (const { project, costFen } of costs) {
    const assignedFen = sumFen((await assignedTo(tx, project)).map(({ heldFen }) => heldFen))
    known.push({ project, costFen, assignedFen })
  }
  requireWithinCost(known, lines)
}
