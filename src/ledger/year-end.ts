/**
 * Year-end carry-over (年终结转): previewed, then booked under the preview's hash, whole, in one transaction with the act
 * that closes the year. The plan is computed from the balances of 31 December, one project and source at a time, so
 * that every source closes by itself. After a reopening the plan simply carries what has been booked since. Who carries
 * a year over, and what stands in the way, is said above (workflow/year-end).
 */
import { createHash } from 'node:crypto'
import { type Day, lastDayOfYear, type Month } from '../base/calendar.ts'
import { type Reader, rowsOf, type Tx } from '../base/db.ts'
import { formatFen } from '../base/money.ts'
import type { Act, ActPosting } from './act.ts'
import { type ActHead, actsWithin, lockForAct, type RecordedAct, recordAct, type StoredDraft } from './period-acts.ts'
import type { Book } from './book.ts'
import { type Chart, type Dimension, dimensions, type Side } from './chart.ts'
import { type CarryRule, carryRulesOf } from './carry-rules.ts'
import { carryOverType, type EntryDraft, type LineDraft, linesMax } from './entry.ts'
import type { Ledger } from './ledger.ts'
import type { PostedEntry } from './post.ts'
import { refuse } from './refusals.ts'
import { groupBy } from '../base/arrays.ts'

export type CarryOverPlan = { readonly year: number; readonly hash: string; readonly entries: readonly EntryDraft[] }

/** The year a book is carried over, and lines that are of later years: an early notice stays what it is. */
export type YearOfBook = { readonly year: number; readonly later: ReadonlySet<string> }

/** What carrying the year over would post. Refuses `year_not_carried` where the book's standard has no rules. */
export async function carryOverPlan(reader: Reader, book: Book, { year, later }: YearOfBook): Promise<CarryOverPlan> {
  const rules = carryRulesOf(book)
  if (rules.length === 0) throw refuse('year_not_carried', { book: book.code, year, standard: book.chart.standard })
  const on = lastDayOfYear(year)
  const balances = (await rowsOf<AccountBalance>(reader, balancesText, [book.bookId, on])).filter(
    ({ indicator }) => indicator === null || !later.has(indicator),
  )
  const entries = [...groupBy(balances, ({ project, source }) => `${project}|${source}`).values()].flatMap((group) =>
    entriesOf(group, rules, on, book.chart),
  )
  const hash = createHash('sha256')
    .update(JSON.stringify([book.code, year, entries.map(stored)]))
    .digest('hex')
  return { year, hash, entries }
}

/**
 * Refuses `year_not_ended`, `year_already_carried`, and `carry_over_pending` where an earlier program left one half
 * done.
 */
export async function requireCarryable(tx: Tx, book: Book, year: number, today: Day): Promise<void> {
  const last = lastDayOfYear(year)
  if (today <= last) throw refuse('year_not_ended', { book: book.code, year, last, today })
  const acts = await actsWithin(tx, book)
  const pending = pendingOf(acts)
  if (pending) {
    throw refuse('carry_over_pending', { book: book.code, year: Number(pending.year), hash: pending.plan })
  }
  if (isCarried(acts, year)) throw refuse('year_already_carried', { book: book.code, year })
}

/**
 * Posts the plan the hash names and closes the year, in the transaction of whoever decided it. Refuses what
 * `requireCarryable` refuses, and `preview_stale` where the plan is no longer that one.
 */
export async function carryOver(
  { ledger, tx, today, post }: Pick<Act, 'tx' | 'today' | 'post'> & { readonly ledger: Ledger },
  book: Book,
  { hash, ...given }: YearOfBook & { readonly hash: string },
  by: Pick<ActPosting, 'maker' | 'approvals'>,
): Promise<readonly PostedEntry[]> {
  const { year } = given
  const head = await lockForAct(tx, book)
  await requireCarryable(tx, book, year, today)
  const plan = await carryOverPlan(tx, book, given)
  if (plan.hash !== hash) throw refuse('preview_stale', { book: book.code, year, hash })
  const entries = plan.entries.map(stored)
  const act = { kind: 'carry_over_begun', year: String(year), plan: hash, entries, person: by.maker } as const
  const begun = await recordAct(tx, book, head, act, ledger.clock(), laterOf(head, `${year}-12` as Month))
  const posted =
    plan.entries.length === 0
      ? []
      : await post({
          ...by,
          key: `year_end:${book.code}:${year}:${begun.act}`,
          entries: plan.entries.map((draft) => ({ book: book.code, draft, intoClosedMonth: true as const })),
        })
  const carried = { kind: 'carried_over', year: String(year), plan: hash, person: by.maker } as const
  const closed = await lockForAct(tx, book)
  await recordAct(tx, book, closed, carried, ledger.clock(), closed.closed_through)
  return posted
}

type Begun = Extract<RecordedAct, { kind: 'carry_over_begun' }>

// A program before this one posted entry by entry, and may have died between. Reopening December ends that.
function pendingOf(acts: readonly RecordedAct[]): Begun | undefined {
  const begun = acts.findLast((act) => act.kind === 'carry_over_begun')
  if (!begun) return undefined
  const ended = acts.some(
    (act) =>
      act.act > begun.act &&
      ((act.kind === 'carried_over' && act.year === begun.year) ||
        (act.kind === 'reopened' && act.month <= `${begun.year}-12`)),
  )
  return ended ? undefined : begun
}

/** Whether a year is carried over, and its December was not reopened since. */
function isCarried(acts: readonly RecordedAct[], year: number): boolean {
  const last = acts.findLast(
    (act) =>
      (act.kind === 'carried_over' && act.year === String(year)) ||
      (act.kind === 'reopened' && act.month <= `${year}-12`),
  )
  return last?.kind === 'carried_over'
}

const laterOf = ({ closed_through }: ActHead, month: Month): Month =>
  closed_through !== null && closed_through > month ? closed_through : month

type AccountBalance = { subject: string; net_fen: bigint } & { [D in Dimension]: string | null }

const balancesText = `
  select a.subject, ${dimensions.map((d) => `a.${d}`).join(', ')}, c.debit_fen - c.credit_fen as net_fen
  from account a cross join lateral balance_on(a.book_id, a.account, $2) c
  where a.book_id = $1 and c.debit_fen <> c.credit_fen order by a.project, a.source, a.subject, a.account`

// The rules run in their order over one project and source; each sees what those before it moved.
function entriesOf(group: readonly AccountBalance[], rules: readonly CarryRule[], on: Day, chart: Chart): EntryDraft[] {
  const balances = new Balances(group, chart)
  return rules.flatMap((rule) => {
    const [first] = group
    if (!first || (rule.when && !rule.when(first))) return []
    const lines = [...movedLines(rule, balances), ...pairedLines(rule, balances)]
    const summary = `${on.slice(0, 4)}年度：${rule.summary}`
    return inEntries(lines).map((some) => ({ on, summary, type: carryOverType, documents: [], lines: some }))
  })
}

// Lines come in pairs that balance, so that any even number of them is an entry.
function inEntries(lines: readonly LineDraft[]): LineDraft[][] {
  const most = linesMax - (linesMax % 2)
  return Array.from({ length: Math.ceil(lines.length / most) }, (_, i) => lines.slice(i * most, (i + 1) * most))
}

function movedLines({ moves = [] }: CarryRule, balances: Balances): LineDraft[] {
  return moves.flatMap(({ from, to }) =>
    balances.of(from).flatMap((balance) => balances.move(balance, to, balance.net_fen)),
  )
}

function pairedLines({ pairs }: CarryRule, balances: Balances): LineDraft[] {
  if (!pairs) return []
  return balances.of([pairs.of]).flatMap((measured) => {
    const amountFen = measured.net_fen
    if (amountFen <= 0n) return []
    return pairs.post.flatMap(([debit, credit]) => balances.move(balances.at(credit, measured), debit, amountFen))
  })
}

/** The balances of one project and source while the rules run over them. */
class Balances {
  readonly #byKey = new Map<string, AccountBalance>()
  readonly #chart: Chart

  constructor(group: readonly AccountBalance[], chart: Chart) {
    this.#chart = chart
    for (const balance of group) this.#byKey.set(keyOf(balance), { ...balance })
  }

  of(prefixes: readonly string[]): AccountBalance[] {
    return [...this.#byKey.values()].filter(
      ({ subject, net_fen }) => net_fen !== 0n && prefixes.some((prefix) => subject.startsWith(prefix)),
    )
  }

  /** The account of a subject with the dimensions of another, as far as the subject is kept by them. */
  at(subject: string, like: AccountBalance): AccountBalance {
    const keptBy = this.#chart.subjects.get(subject)?.keptBy ?? []
    const kept = Object.fromEntries(dimensions.map((d) => [d, keptBy.includes(d) ? like[d] : null])) as {
      [D in Dimension]: string | null
    }
    const wanted: AccountBalance = { ...kept, subject, net_fen: 0n }
    const found = this.#byKey.get(keyOf(wanted)) ?? wanted
    this.#byKey.set(keyOf(found), found)
    return found
  }

  /** Moves a net debit (or, negative, credit) amount from an account to a subject beside it; gives the two lines. */
  move(from: AccountBalance, to: string, netFen: bigint): LineDraft[] {
    const target = this.at(to, from)
    from.net_fen -= netFen
    target.net_fen += netFen
    const amountFen = netFen < 0n ? -netFen : netFen
    const [off, onto]: [Side, Side] = netFen > 0n ? ['credit', 'debit'] : ['debit', 'credit']
    return [lineFor(from, off, amountFen), lineFor(target, onto, amountFen)]
  }
}

const keyOf = (balance: AccountBalance): string =>
  [balance.subject, ...dimensions.map((d) => balance[d] ?? '')].join('|')

function lineFor(balance: AccountBalance, side: Side, amountFen: bigint): LineDraft {
  const given: { [D in Dimension]?: string } = {}
  for (const dimension of dimensions) {
    const value = balance[dimension]
    if (value !== null) given[dimension] = value
  }
  return { account: balance.subject, side, amountFen, ...given }
}

function stored({ lines, ...draft }: EntryDraft): StoredDraft {
  return { ...draft, lines: lines.map(({ amountFen, ...line }) => ({ ...line, amount: formatFen(amountFen) })) }
}
