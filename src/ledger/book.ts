/**
 * A book in memory: what the posting path knows of it, so that a decision needs no reading. It is a cache with one
 * rule: it holds only over the very entries the locked head row stands over (`Memory`). Another process that posted has
 * moved the head, and then the cache is thrown away; so it is where the outcome of a transaction is not known.
 */
import { assert } from '../base/assert.ts'
import type { Day, Instant, Month } from '../base/calendar.ts'
import type { Fen } from '../base/money.ts'
import type { Chart, Dimension, Subject } from './chart.ts'
import type { Frontier } from './merkle.ts'

/**
 * What kind of body keeps a government book: where its spending is booked, and whether year-end books income, follow
 * from it. 财政部门, 行政单位, 事业单位.
 */
export const entities = ['finance', 'administrative', 'institution'] as const
export type Entity = (typeof entities)[number]
export const entityNamesZh: Record<Entity, string> = {
  finance: '财政部门',
  administrative: '行政单位',
  institution: '事业单位',
}
/** Of a government book that does not say. */
export const usualEntity: Entity = 'institution'

/** What is fixed about a book. */
export type Book = {
  readonly bookId: number
  readonly code: string
  readonly name: string
  readonly district: string
  readonly chart: Chart
  /** Of a government book, and of no other. */
  readonly entity: Entity | undefined
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
  /** Movements of the days from `daysFrom` on, each day that has lines and no other; earlier days are not loaded. */
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

// An account that moves every working day has moved on so many in two months; what is dated further back is read again.
const daysKept = 40

/**
 * Lets go of all but the latest days of an account, once there are twice as many: memory does not grow with the years.
 */
export function forgetOldDays(account: AccountState): void {
  if (account.days.size <= 2 * daysKept) return
  const days = [...account.days.keys()].sort()
  account.daysFrom = days.at(-daysKept) ?? account.daysFrom
  for (const day of days) if (day < account.daysFrom) account.days.delete(day)
}

/** What an account has turned over by the end of a day. */
export type Closing = DayTotal & { readonly on: Day }

/**
 * The closings of `on` and of every later day the account has moved on, the latest first: from what stands now, each
 * day comes off.
 */
export function closingsSince({ debitFen, creditFen, days, daysFrom, lastOn }: AccountState, on: Day): Closing[] {
  if (lastOn === on) return [{ on, debitFen, creditFen }]
  assert(daysFrom <= on, 'the days since are loaded')
  const since = [...days].filter(([day]) => day >= on).sort(([a], [b]) => (a < b ? 1 : -1))
  return since.map(([day, moved]) => {
    const closing = { on: day, debitFen, creditFen }
    debitFen -= moved.debitFen
    creditFen -= moved.creditFen
    return closing
  })
}
