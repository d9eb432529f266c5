/**
 * A book in memory: what the posting path knows of it, so that a decision needs no reading. It is a cache with one rule: it holds
 * only while its sequence and acts equal those in the locked head row. Another process that posted has moved the head, and then the
 * cache is thrown away; so it is where the outcome of a transaction is not known.
 */
import type { Day, Instant, Month } from '../base/calendar.ts'
import type { Fen } from '../base/money.ts'
import type { Chart, Dimension, Subject } from './chart.ts'
import type { Frontier } from './merkle.ts'

/** What is fixed about a book. */
export type Book = {
  readonly bookId: number
  readonly code: string
  readonly name: string
  readonly district: string
  readonly chart: Chart
  readonly sampleOf: string | undefined
  readonly createdAt: Instant
}

export type DayTotal = { debitFen: Fen; creditFen: Fen }

export type AccountState = {
  /** Number within the book. */
  readonly account: number
  readonly key: string
  readonly subject: Subject
  readonly dimensions: { readonly [D in Dimension]?: string }
  debitFen: Fen
  creditFen: Fen
  /** Totals of the days from `daysFrom` on; earlier days are not loaded. */
  readonly days: Map<Day, DayTotal>
  daysFrom: Day
  /** The latest day with a movement, '' before the first. */
  lastOn: Day | ''
}

export type BookState = {
  readonly book: Book
  sequence: number
  recordedAt: Instant
  accountCount: number
  /** How many acts on periods stood when `closedThrough` was read. */
  acts: number
  closedThrough: Month | undefined
  frontier: Frontier
  readonly accounts: Map<string, AccountState>
  /** Last voucher number by month. */
  readonly numbers: Map<Month, number>
  /** Entries reversed by postings of the batch under way and those looked up: sequence → sequence of the red entry. */
  readonly reversedBy: Map<number, number>
}

/** Balance on the subject's normal side. */
export function balanceFen({
  subject,
  debitFen,
  creditFen,
}: Pick<AccountState, 'subject' | 'debitFen' | 'creditFen'>): Fen {
  return subject.side === 'debit' ? debitFen - creditFen : creditFen - debitFen
}
