/**
 * An entry (凭证) before it is posted, and what can be said about it from its book's chart alone, without any state: that
 * its accounts exist and take postings, that every required dimension is there, that it balances in each basis, and
 * that its source may pay for its item. What depends on balances and periods is decided in decide.ts.
 */
import type { Actor } from '../access/actor.ts'
import { type Day, day } from '../base/calendar.ts'
import { amountMaxFen, type Fen, formatFen } from '../base/money.ts'
import { classOfItem, itemClassNames } from '../policy/catalogue.ts'
import { eligibility } from '../policy/eligibility.ts'
import { fundSourceOf, fundSources, sourceOnRecord } from '../policy/sources.ts'
import { openedByTakeOver } from './charts/control-accounts.ts'
import { keepers } from './charts/keepers.ts'
import { type Basis, type Chart, type Dimension, type Side, type Subject, subjectOf } from './chart.ts'
import { listedCodes, Refusal, type Text } from '../base/refusal.ts'
import { ledgerRefusals, refuse } from './refusals.ts'

export type LineDraft = {
  readonly account: string
  readonly side: Side
  readonly amountFen: Fen
  readonly memo?: string
} & {
  readonly [D in Dimension]?: string
}

/** Its amount as a debit: below zero where it is a credit. */
export const debitFen = ({ side, amountFen }: Pick<LineDraft, 'side' | 'amountFen'>): Fen =>
  side === 'debit' ? amountFen : -amountFen

/** What an entry refers to: a numbered document, an uploaded original by its hash, or both. */
export type DocumentReference = { readonly number?: string; readonly title?: string; readonly sha256?: string }

export type EntryDraft = {
  readonly on: Day
  readonly summary: string
  /**
   * 凭证类型. `red` posts the amounts as red (negative) figures; `reversal` and `carry_over` are made by the ledger only.
   */
  readonly type: string
  readonly documents: readonly DocumentReference[]
  readonly lines: readonly LineDraft[]
}

/** A decision taken about an entry before it was posted, under its hash: who checked, who approved, when. */
export type Approval = {
  readonly person: string
  readonly decision: string
  readonly at: string
  readonly of: string
}

/** What is asked of the ledger for one book: a draft, on whose word, and what it reverses. */
export type Posting = {
  readonly bookId: number
  readonly draft: EntryDraft
  readonly maker: Actor['person']
  readonly approvals: readonly Approval[]
  /** Sequence of the entry this is the red entry of. */
  readonly reverses?: number
  /** An entry of a recorded carry-over plan: the act that closed its year is its warrant. */
  readonly intoClosedMonth?: boolean
}

/** A line as it is booked. Red amounts are negative. */
export type EntryLine = LineDraft & { readonly basis: Basis }

/** What a line says that its account is not kept by: noted on the line, no part of any balance. */
export type Details = { readonly [D in Dimension]?: string }

/** The details of every line that has none. */
export const noDetails: Details = {}

/** A line whose subject and account are known: what every later step works with. */
export type ExaminedLine = {
  readonly line: EntryLine
  readonly subject: Subject
  readonly accountKey: string
  readonly details: Details
}

/**
 * Whose lines these are: an action's, whose rows commit with them; what `integration` posts directly; a person's
 * voucher; the opening balances of a take-over. Some accounts take an action's lines only (`kept` in the chart).
 */
export type Hand = 'action' | 'direct' | 'voucher' | 'take_over'

export const generalType = 'general'
export const redType = 'red'
export const reversalType = 'reversal'
export const carryOverType = 'carry_over'
/** Types a caller may not claim. */
export const reservedTypes: readonly string[] = [reversalType, carryOverType]

export const linesMax = 2_000
/** The years the books take. */
export const firstBookDay = day('2000-01-01')
export const lastBookDay = day('2100-12-31')

export const basisNamesZh: Record<Basis, string> = { financial: '财务会计', budget: '预算会计', control: '指标与承诺' }
export const basisNumber: Record<Basis, number> = { financial: 1, budget: 2, control: 3 }

/**
 * Examines a draft against the chart, as written by a hand. Returns its lines with their subjects; refuses by the first
 * reason in the catalogue.
 */
export function examine(draft: EntryDraft, chart: Chart, hand: Hand = 'action'): ExaminedLine[] {
  const { on, lines, type } = draft
  if (on < firstBookDay || on > lastBookDay) {
    throw refuse('date_out_of_range', { on, from: firstBookDay, to: lastBookDay })
  }
  if (lines.length < 2) throw refuse('entry_too_short', { lines: lines.length })
  if (lines.length > linesMax) throw refuse('entry_too_long', { lines: lines.length, most: linesMax })
  const isRed = type === redType || type === reversalType
  const subjects = examineLines(draft, chart, hand)
  const examined = lines.map((line, index) => {
    const subject = subjects[index] as Subject
    return {
      line: booked(line, isRed ? -line.amountFen : line.amountFen, subject.basis),
      subject,
      accountKey: accountKeyOf(subject, line),
      details: detailsOf(line, subject),
    }
  })
  requireBalance(examined)
  requireMovement(examined, on)
  // A red entry undoes what was booked, whatever the rules say today.
  if (type !== reversalType) lines.forEach((line, index) => requireEligible(line, index + 1, on))
  return examined
}

// Within a line faults come in the order of the catalogue; of several lines' faults the first of the catalogue is
// given.
function examineLines(draft: EntryDraft, chart: Chart, hand: Hand): Subject[] {
  const faults: Refusal[] = []
  const subjects = examineEach(draft, chart, hand, (_, refusal) => faults.push(refusal))
  const [gravest] = faults.sort((a, b) => precedence.indexOf(a.code) - precedence.indexOf(b.code))
  if (gravest) throw gravest
  return subjects
}

/**
 * Subjects of the lines that can be booked; every other is told, by its place among the lines. `numberOf`: what a line
 * is called in a sentence, where that is not its place.
 */
export function examineEach(
  { lines, on, type }: Pick<EntryDraft, 'lines' | 'on' | 'type'>,
  chart: Chart,
  hand: Hand,
  told: (index: number, refusal: Refusal) => void,
  numberOf: (index: number) => number = (index) => index + 1,
): Subject[] {
  // What stands in the books can be undone and carried over, whatever codes the list has today.
  const isSource = reservedTypes.includes(type) ? sourceOnRecord : fundSourceOf
  const examining: Examining = { chart, on, isSource, hand }
  return lines.flatMap((line, index) => {
    try {
      return examineLine(line, numberOf(index), examining)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      told(index, error)
      return []
    }
  })
}

const precedence: readonly string[] = Object.keys(ledgerRefusals)

type Examining = {
  readonly chart: Chart
  readonly on: Day
  readonly isSource: typeof fundSourceOf
  readonly hand: Hand
}

function examineLine(line: LineDraft, number: number, { chart, on, isSource, hand }: Examining): Subject {
  const { account } = line
  if (line.amountFen === 0n) throw refuse('amount_not_positive', { line: number, account })
  const subject = subjectOf(chart, account)
  if (!subject) throw refuse('account_unknown', { line: number, account, standard: chart.standard })
  if (!subject.postable) {
    throw refuse('account_not_postable', { line: number, account, children: childrenOf(chart, account) })
  }
  const { kept } = subject
  if (kept && !mayTouch[hand](subject.code, kept)) {
    throw refuse('account_kept_by_action', { line: number, account, action: keepers[kept.by] })
  }
  requireDimensions(line, number, subject, isSource)
  if (line.item !== undefined && !classOfItem(line.item, on))
    throw refuse('item_unknown', { line: number, item: line.item })
  return subject
}

/**
 * Whether a hand may touch an account that an action keeps. A take-over founds the balances of those that have no rows
 * beside the books but what it writes itself.
 */
const mayTouch: Readonly<Record<Hand, (account: string, kept: NonNullable<Subject['kept']>) => boolean>> = {
  action: () => true,
  direct: (_, { from }) => from !== 'everybody',
  voucher: () => false,
  take_over: (account) => openedByTakeOver.has(account),
}

function requireDimensions(line: LineDraft, number: number, subject: Subject, isSource: typeof fundSourceOf): void {
  for (const dimension of subject.requires) {
    if (line[dimension] !== undefined) continue
    const facts = { line: number, account: subject.code }
    if (dimension === 'project') throw refuse('project_missing', facts)
    if (dimension === 'source') throw refuse('source_missing', facts)
    throw refuse('dimension_missing', { ...facts, dimension })
  }
  if (line.source !== undefined && !isSource(line.source)) {
    throw refuse('source_unknown', {
      line: number,
      source: line.source,
      known: listedCodes(fundSources.map(({ code }) => code)),
    })
  }
}

function requireEligible(line: LineDraft, number: number, on: Day): void {
  const { item } = line
  const itemClass = item === undefined ? undefined : classOfItem(item, on)
  if (item === undefined || !itemClass) return
  const source = line.source === undefined ? undefined : fundSourceOf(line.source)
  if (!source?.kind) return
  const { eligible, use } = eligibility(itemClass, source.kind, on)
  if (eligible) return
  throw refuse(
    'source_not_eligible',
    {
      line: number,
      source: line.source ?? '',
      sourceZh: source.zh,
      item,
      class: itemClass,
      classZh: itemClassNames[itemClass],
    },
    use.clause,
  )
}

function requireBalance(lines: readonly ExaminedLine[]): void {
  const totals: { basis: Basis; debit: Fen; credit: Fen }[] = []
  for (const { line } of lines) {
    let total = totals.find(({ basis }) => basis === line.basis)
    if (!total) {
      total = { basis: line.basis, debit: 0n, credit: 0n }
      totals.push(total)
    }
    if (line.side === 'debit') total.debit += line.amountFen
    else total.credit += line.amountFen
  }
  for (const { basis, debit, credit } of totals) {
    if (debit > amountMaxFen || credit > amountMaxFen) throw refuse('total_out_of_range', { account: basis })
    if (debit === credit) continue
    const difference = debit > credit ? debit - credit : credit - debit
    throw refuse('entry_unbalanced', {
      basis,
      basisZh: basisNamesZh[basis],
      debit: formatFen(debit),
      credit: formatFen(credit),
      difference: formatFen(difference),
    })
  }
}

function requireMovement(lines: readonly ExaminedLine[], on: Day): void {
  // An account that only one line names has moved.
  if (lines.every(({ accountKey }, index) => index === 0 || accountKey !== lines[0]?.accountKey)) return
  if (netByKey(lines, ({ accountKey }) => accountKey).some((netFen) => netFen !== 0n)) return
  // Moving between two contracts of one account is a movement too, if not of any balance.
  const whole = ({ accountKey, details }: ExaminedLine) => `${accountKey}|${JSON.stringify(details)}`
  if (netByKey(lines, whole).every((netFen) => netFen === 0n)) throw refuse('entry_moves_nothing', { on })
}

function netByKey(lines: readonly ExaminedLine[], keyOf: (examined: ExaminedLine) => string): Fen[] {
  const net = new Map<string, Fen>()
  for (const examined of lines) {
    const { line } = examined
    const key = keyOf(examined)
    net.set(key, (net.get(key) ?? 0n) + debitFen(line))
  }
  return [...net.values()]
}

/**
 * The identity of an account within its book: subject, project and source, then what else the subject is kept by. A
 * dimension that is not given leaves its place empty, so that pooled money and a dwelling's money are different
 * accounts.
 */
function accountKeyOf(subject: Subject, line: LineDraft): string {
  let key = subject.code
  for (const dimension of subject.keptBy) key += `|${line[dimension] ?? ''}`
  return key
}

// Most lines have nothing else, and every subject is kept by these two. Names written out are found where they lie;
// looked up one by one they cost more than the rest of the line's examination.
const hasMoreThanProjectAndSource = (line: LineDraft): boolean =>
  line.counterparty !== undefined ||
  line.item !== undefined ||
  line.contract !== undefined ||
  line.dwelling !== undefined ||
  line.indicator !== undefined ||
  line.segment !== undefined ||
  line.debt !== undefined

function detailsOf(line: LineDraft, subject: Subject): Details {
  if (!hasMoreThanProjectAndSource(line)) return noDetails
  const details: { [D in Dimension]?: string } = {}
  for (const dimension of subject.notedBy) {
    const value = line[dimension]
    if (value !== undefined) details[dimension] = value
  }
  return Object.keys(details).length > 0 ? details : noDetails
}

// Written out where nothing else is given, which is a third of the cost of copying.
function booked(line: LineDraft, amountFen: Fen, basis: Basis): EntryLine {
  const { account, side, project, source, memo } = line
  if (project === undefined || source === undefined || memo !== undefined || hasMoreThanProjectAndSource(line)) {
    return { ...line, amountFen, basis }
  }
  return { account, side, amountFen, project, source, basis }
}

function childrenOf(chart: Chart, code: string): Text {
  return listedCodes([...chart.subjects.keys()].filter((other) => other !== code && other.startsWith(code)))
}
