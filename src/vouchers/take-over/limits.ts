/**
 * What keeps a book from being opened, looked at when a take-over is proposed and again when it takes effect. Each is
 * refused by name, in the order of the catalogue; what the books themselves refuse comes when the entry is posted.
 */
import { approvalDistrict } from '../../approvals/approval.ts'
import { type Day, firstDayOf, monthOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { sumFen } from '../../base/money.ts'
import { listedCodes, type Refusal } from '../../base/refusal.ts'
import { requireFiscal, requireKeepsIndicators } from '../../budget/indicator/register.ts'
import type { Book } from '../../ledger/book.ts'
import { dimensions } from '../../ledger/chart.ts'
import { type DocumentReference, examine, type ExaminedLine, type LineDraft } from '../../ledger/entry.ts'
import { entryId } from '../../ledger/leaf.ts'
import { refuse as refuseInLedger } from '../../ledger/refusals.ts'
import { existingAttachments } from '../../ledger/store.ts'
import { readProjectPlaces } from '../../budget/indicator/store.ts'
import { assignedTo } from '../../projects/project/store.ts'
import { refuse as refuseProject } from '../../projects/refusals.ts'
import { refuse } from '../refusals.ts'
import { unknownProjects } from '../voucher/store.ts'
import { requireParallel } from '../voucher/parallel.ts'
import type { IndicatorRow } from './forms.ts'
import { isOfIndicator, requireIndicators, requireWithinCost } from './opening.ts'
import { entryBefore, openedAccounts, registeredCosts, unknownDwellings } from './store.ts'
import { openingType } from './take-over.ts'

export type Opening = {
  readonly book: Book
  readonly on: Day
  readonly today: Day
  readonly indicators: readonly IndicatorRow[]
  readonly documents: readonly DocumentReference[]
  readonly lines: readonly LineDraft[]
}

/** The lines of the opening entry; refuses what may not be opened. */
export async function requireOpenable(tx: Tx, opening: Opening): Promise<readonly ExaminedLine[]> {
  requireDay(opening)
  await requireOriginals(tx, opening)
  const { book, on, lines, documents, indicators } = opening
  if (lines.length === 0) return []
  await requireFirst(tx, opening)
  const examined = examine({ on, summary: '', type: openingType, documents, lines }, book.chart, 'take_over')
  requireParallel({ lines }, book)
  await requireKnown(tx, opening)
  for (const { source } of indicators) {
    requireKeepsIndicators(book)
    requireFiscal(source)
  }
  requireIndicators(indicators, lines)
  await requireUnopened(tx, book, examined)
  // What owners or a fund hold for a project is not what its works cost.
  if (book.chart.standard === 'government') await requireCosts(tx, lines)
  return examined
}

function requireDay({ on, today }: Opening): void {
  const what = { zh: '建账接转', en: 'The take-over' }
  if (on > today) throw refuseProject('day_in_future', { what, on, today })
  const first = firstDayOf(monthOf(on))
  if (on !== first) throw refuse('take_over_day_wrong', { on, first })
}

async function requireOriginals(tx: Tx, { book, documents }: Opening): Promise<void> {
  const hashes = documents.flatMap(({ sha256 }) => sha256 ?? [])
  const bytes = hashes.map((hash) => Buffer.from(hash, 'hex'))
  const kept = await existingAttachments(tx, book.bookId, bytes)
  const sha256 = hashes.find((hash) => !kept.has(hash))
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
  const project = codes.find((code) => !isOfBook(book, places.get(code)?.district ?? book.district, on))
  if (project !== undefined) throw refuseProject('project_not_found', { project })
}

/** Whether a book opens what is of a district: its own, the city's of all. */
export function isOfBook(book: Pick<Book, 'district'>, district: string, on: Day): boolean {
  const only = approvalDistrict(book.district, on)
  return only === undefined || district === only
}

/** Refuses of a row of the register whose document is none of the take-over's. */
export const unlistedOf = (
  { project, document }: { readonly project: string; readonly document: string },
  known: readonly string[],
): Refusal | undefined =>
  known.includes(document)
    ? undefined
    : refuse('take_over_document_unlisted', {
        what: { zh: `项目 ${project}`, en: `Project ${project}` },
        document,
        known: listedCodes(known),
      })

async function requireUnopened(tx: Tx, book: Book, examined: readonly ExaminedLine[]): Promise<void> {
  const opened = await openedAccounts(tx, book.bookId)
  for (const [index, { line, subject, accountKey }] of examined.entries()) {
    const takeOver = opened.get(accountKey)
    if (takeOver === undefined) continue
    const kept = dimensions.filter((dimension) => subject.keptBy.includes(dimension))
    const of = kept.flatMap((dimension) => line[dimension] ?? []).join(' ')
    throw refuse('take_over_account_opened', {
      line: index + 1,
      account: subject.code,
      of,
      book: book.code,
      takeOver,
    })
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
