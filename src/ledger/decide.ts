/**
 * Decides one posting against a book's state, in memory: is its month open, do its guarded accounts hold, what numbers
 * does it get, what is its leaf. All checks come first, so a refusal has changed nothing; an accepted posting changes
 * the state and hands back how to take the change off again, for the case that a later posting of the same transaction
 * is refused.
 */
import { assert } from '../base/assert.ts'
import { type Day, day, firstDayOf, type Instant, monthOf } from '../base/calendar.ts'
import { type Fen, formatFen } from '../base/money.ts'
import type { Refusal } from '../base/refusal.ts'
import { type AccountState, balanceFen, type BookState, type DayTotal } from './book.ts'
import { type Dimension, dimensions } from './chart.ts'
import type { Details, EntryLine, ExaminedLine, Posting } from './entry.ts'
import { type Entry, entryId, leafHash, leafText, linesText, type PostedEntry } from './leaf.ts'
import { append, type Node } from './merkle.ts'
import { refuse } from './refusals.ts'

/** A posting and the lines `examine` gave for it. */
export type ExaminedPosting = Posting & {
  readonly lines: readonly ExaminedLine[]
  /** The lines as canonical text, where it is made already. */
  readonly linesText?: string
  readonly transaction?: string
}

export type DecidedLine = {
  readonly line: EntryLine
  readonly details: Details
  readonly account: AccountState
  /** The account's totals of the day after this line. */
  readonly dayDebitFen: Fen
  readonly dayCreditFen: Fen
}

export type Decided = {
  readonly entry: PostedEntry
  readonly lines: readonly DecidedLine[]
  readonly nodes: readonly Node[]
  readonly newAccounts: readonly AccountState[]
  /** Restores the state to what it was before. Only the latest decision may be undone. */
  readonly undo: () => void
}

// An account that has never moved has all its days loaded.
const firstDay = day('1900-01-01')

// Column totals are bigint; far from its end, so that no sum of two overflows.
const totalMaxFen = 4_000_000_000_000_000_000n

/** Accepts a posting into the state at the instant `now`, or refuses it by the first reason in the catalogue. */
export function decide(state: BookState, posting: ExaminedPosting, now: Instant): Decided {
  requireOpen(state, posting)
  if (posting.reverses !== undefined) requireUnreversed(state, posting.reverses)
  const touched = touchedAccounts(state, posting)
  requireFunds(state, touched, posting)
  return accept(state, posting, touched, now)
}

function requireOpen({ book, closedThrough }: BookState, { draft: { on }, intoClosedMonth }: ExaminedPosting): void {
  if (closedThrough === undefined || monthOf(on) > closedThrough || intoClosedMonth) return
  throw refuse('period_closed', { book: book.code, on, period: monthOf(on), through: closedThrough })
}

function requireUnreversed({ book, reversedBy }: BookState, sequence: number): void {
  const by = reversedBy.get(sequence)
  if (by === undefined) return
  throw alreadyReversed({ bookId: book.bookId, sequence }, by)
}

/** What is said of an entry that the red entry of a sequence takes back already. */
export const alreadyReversed = (
  { bookId, sequence }: { readonly bookId: number; readonly sequence: number },
  by: number,
): Refusal => refuse('entry_already_reversed', { entry: entryId(bookId, sequence), by: entryId(bookId, by) })

type Touched = {
  readonly account: AccountState
  readonly isNew: boolean
  /** What the entry moves, and the first line that does. */
  debitFen: Fen
  creditFen: Fen
  line: number
  /** What the account was before: its last day, and whether it had moved on the entry's. */
  readonly lastOn: Day | ''
  readonly hadMoved: boolean
}

function touchedAccounts(state: BookState, posting: ExaminedPosting): Map<string, Touched> {
  const touched = new Map<string, Touched>()
  let accounts = state.accountCount
  posting.lines.forEach((examined, index) => {
    const { line, accountKey: key } = examined
    let entry = touched.get(key)
    if (!entry) {
      const known = state.accounts.get(key)
      const account = known ?? newAccount(++accounts, key, examined)
      const { lastOn } = account
      const hadMoved = account.days.has(posting.draft.on)
      entry = { account, isNew: !known, debitFen: 0n, creditFen: 0n, line: index + 1, lastOn, hadMoved }
      touched.set(key, entry)
    }
    if (line.side === 'debit') entry.debitFen += line.amountFen
    else entry.creditFen += line.amountFen
  })
  return touched
}

function newAccount(number: number, key: string, { line, subject }: ExaminedLine): AccountState {
  const kept: Partial<Record<Dimension, string>> = {}
  for (const dimension of dimensions) {
    const value = line[dimension]
    if (value !== undefined && subject.keptBy.includes(dimension)) kept[dimension] = value
  }
  return {
    account: number,
    key,
    subject,
    dimensions: kept,
    debitFen: 0n,
    creditFen: 0n,
    days: new Map(),
    daysFrom: firstDay,
    lastOn: '',
  }
}

function requireFunds(
  { book }: BookState,
  touched: ReadonlyMap<string, Touched>,
  { draft: { on } }: ExaminedPosting,
): void {
  for (const { account, debitFen, creditFen, line } of touched.values()) {
    const after = {
      subject: account.subject,
      debitFen: account.debitFen + debitFen,
      creditFen: account.creditFen + creditFen,
    }
    if (after.debitFen > totalMaxFen || after.creditFen > totalMaxFen) {
      throw refuse('total_out_of_range', { account: account.subject.code })
    }
    const effectFen = balanceFen({ subject: account.subject, debitFen, creditFen })
    if (!account.subject.guarded || effectFen >= 0n) continue
    const worst = worstDay(account, on, balanceFen(after))
    if (worst.balanceFen >= 0n) continue
    throw refuse('balance_insufficient', {
      book: book.code,
      line,
      account: account.subject.code,
      name: account.subject.name,
      project: account.dimensions.project ?? '',
      source: account.dimensions.source ?? '',
      day: worst.day,
      balance: formatFen(worst.balanceFen),
      short: formatFen(-worst.balanceFen),
    })
  }
}

/**
 * The lowest closing balance on `on` or any later day, given the final one. Money spent in the past must still be there
 * on every day since: walking back from the end, each later day's movement comes off.
 */
function worstDay(account: AccountState, on: Day, finalFen: Fen): { day: Day; balanceFen: Fen } {
  if (account.lastOn <= on) return { day: on, balanceFen: finalFen }
  assert(account.daysFrom <= on, 'the days since are loaded')
  const later = [...account.days].filter(([day]) => day > on).sort(([a], [b]) => (a < b ? 1 : -1))
  let running = finalFen
  let worst: { day: Day; balanceFen: Fen } = { day: later[0]?.[0] ?? on, balanceFen: finalFen }
  later.forEach(([, total], index) => {
    running -= balanceFen({ subject: account.subject, ...total })
    const day = later[index + 1]?.[0] ?? on
    if (running < worst.balanceFen) worst = { day, balanceFen: running }
  })
  return worst
}

function accept(
  state: BookState,
  posting: ExaminedPosting,
  touched: ReadonlyMap<string, Touched>,
  now: Instant,
): Decided {
  const { book, sequence, recordedAt, accountCount, frontier } = state
  const { on } = posting.draft
  const month = monthOf(on)
  const numberBefore = state.numbers.get(month)
  applyTotals(state, touched, on)

  state.sequence += 1
  // Instants within a book are strictly ascending, so that "as known at" an entry's instant is exact even when the
  // clock stands still or goes back.
  state.recordedAt = now > recordedAt ? now : recordedAt + 1n
  state.numbers.set(month, (numberBefore ?? 0) + 1)
  if (posting.reverses !== undefined) state.reversedBy.set(posting.reverses, state.sequence)

  const entry: Writable<Entry> = {
    bookId: book.bookId,
    book: book.code,
    sequence: state.sequence,
    number: (numberBefore ?? 0) + 1,
    on,
    recordedAt: state.recordedAt,
    type: posting.draft.type,
    summary: posting.draft.summary,
    maker: posting.maker,
    approvals: posting.approvals,
    documents: posting.draft.documents,
    lines: posting.lines.map(({ line }) => line),
  }
  if (posting.reverses !== undefined) entry.reverses = posting.reverses
  if (posting.transaction !== undefined) entry.transaction = posting.transaction
  const text = posting.linesText ?? linesText(entry.lines)
  const hash = leafHash(leafText(entry, text))
  const nodes: Node[] = []
  state.frontier = append(state.frontier, hash, (node) => nodes.push(node))

  return {
    entry: withHash(entry, hash, text),
    lines: decideLines(on, posting.lines, touched),
    nodes,
    newAccounts: newAccountsOf(touched),
    undo: () => {
      takeOffTotals(state, touched, on)
      if (numberBefore === undefined) state.numbers.delete(month)
      else state.numbers.set(month, numberBefore)
      if (posting.reverses !== undefined) state.reversedBy.delete(posting.reverses)
      Object.assign(state, { sequence, recordedAt, accountCount, frontier })
    },
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

function newAccountsOf(touched: ReadonlyMap<string, Touched>): readonly AccountState[] {
  const accounts: AccountState[] = []
  for (const { account, isNew } of touched.values()) if (isNew) accounts.push(account)
  return accounts
}

function withHash(entry: Writable<Entry>, hash: Buffer, text: string): PostedEntry {
  const posted = entry as Writable<PostedEntry>
  posted.hash = hash
  posted.linesText = text
  return posted
}

// Adds the entry to the totals of its accounts.
function applyTotals(state: BookState, touched: ReadonlyMap<string, Touched>, on: Day): void {
  for (const [key, { account, isNew, debitFen, creditFen }] of touched) {
    if (isNew) {
      state.accounts.set(key, account)
      state.accountCount += 1
    }
    addToDay(account, on, debitFen, creditFen)
    if (on > account.lastOn) account.lastOn = on
  }
}

function takeOffTotals(state: BookState, touched: ReadonlyMap<string, Touched>, on: Day): void {
  for (const [key, { account, isNew, debitFen, creditFen, lastOn, hadMoved }] of touched) {
    account.lastOn = lastOn
    addToDay(account, on, -debitFen, -creditFen)
    // A day may come to zero and have lines; one without lines has no closing either. A day let go of meanwhile is read
    // again when it is needed, not made anew of what comes off.
    if (!hadMoved || on < account.daysFrom) account.days.delete(on)
    if (isNew) state.accounts.delete(key)
  }
}

function addToDay(account: AccountState, on: Day, debitFen: Fen, creditFen: Fen): void {
  account.debitFen += debitFen
  account.creditFen += creditFen
  const total = account.days.get(on)
  if (total) {
    total.debitFen += debitFen
    total.creditFen += creditFen
  } else {
    account.days.set(on, { debitFen, creditFen })
  }
}

// The day's totals after each line in turn. Where no account comes twice, that is what now stands.
function decideLines(on: Day, lines: readonly ExaminedLine[], touched: ReadonlyMap<string, Touched>): DecidedLine[] {
  const running = touched.size === lines.length ? undefined : new Map<string, DayTotal>()
  return lines.map((examined) => {
    const { line, accountKey: key } = examined
    const at = touched.get(key)
    const now = at?.account.days.get(on)
    assert(at && now, 'every line touches an account')
    const total = running ? runningTotal(running, examined, at, now) : now
    return {
      line,
      details: examined.details,
      account: at.account,
      dayDebitFen: total.debitFen,
      dayCreditFen: total.creditFen,
    }
  })
}

function runningTotal(
  running: Map<string, DayTotal>,
  { line, accountKey }: ExaminedLine,
  at: Touched,
  now: DayTotal,
): DayTotal {
  let total = running.get(accountKey)
  if (!total) {
    total = { debitFen: now.debitFen - at.debitFen, creditFen: now.creditFen - at.creditFen }
    running.set(accountKey, total)
  }
  total[line.side === 'debit' ? 'debitFen' : 'creditFen'] += line.amountFen
  return total
}

/** The first day of an entry's month, as voucher numbers are keyed. */
export const monthKey = (on: Day): Day => firstDayOf(monthOf(on))
