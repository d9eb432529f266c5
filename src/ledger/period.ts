/**
 * Months close in order: a book is closed *through* a month, and that month and all before it take no more entries. A
 * closed month is reopened only on one person's request and another's approval (会计法 第二十五条), and with it every later
 * month, because their opening balances would change.
 */
import type { Actor } from '../access/actor.ts'
import { type Day, type Instant, lastDayOf, type Month, previousMonth } from '../base/calendar.ts'
import { transact, type Tx } from '../base/db.ts'
import { actOnce } from './act.ts'
import { actsWithin, lockForAct, readActs, type RecordedAct, recordAct } from './period-acts.ts'
import type { Book } from './book.ts'
import { bookFor, type Ledger } from './ledger.ts'
import { refuse } from './refusals.ts'

export type PeriodState = {
  readonly book: string
  readonly period: Month
  readonly state: 'open' | 'closed'
  readonly act?: RecordedAct
}

/**
 * Closes a book through a month (结账) that has ended in Beijing. A month already closed stays closed, and nothing is
 * recorded twice. Refuses `period_not_ended`: what is still to happen in it could not be booked.
 */
export async function closePeriod(ledger: Ledger, actor: Actor, code: string, month: Month): Promise<PeriodState> {
  const book = await bookFor(ledger, actor, code, 'period.close')
  return actOnce(ledger, async ({ tx, today, passed }) => {
    const head = await lockForAct(tx, book)
    if (head.closed_through !== null && month <= head.closed_through)
      return { book: code, period: month, state: 'closed' as const }
    requireEnded(book, month, today)
    passed()
    const act = await recordAct(tx, book, head, { kind: 'closed', month, person: actor.person }, ledger.clock(), month)
    return { book: code, period: month, state: 'closed' as const, act }
  })
}

function requireEnded({ code }: Book, month: Month, today: Day): void {
  const last = lastDayOf(month)
  if (today <= last) throw refuse('period_not_ended', { book: code, period: month, last, today })
}

/** Asks for a closed month to be opened again (反结账申请). The answer's hash is what the approver approves. */
export async function requestReopening(
  ledger: Ledger,
  actor: Actor,
  code: string,
  month: Month,
  reason: string,
): Promise<RecordedAct> {
  const book = await bookFor(ledger, actor, code, 'period.request_reopening')
  const asked = { month, reason, person: actor.person }
  return transact(ledger.database, (tx) => recordRequest(tx, book, asked, ledger.clock()))
}

/** A request under the book's head, in the transaction of whoever asks. Refuses `period_not_closed`. */
export async function recordRequest(
  tx: Tx,
  book: Book,
  asked: { readonly month: Month; readonly reason: string; readonly person: string },
  at: Instant,
): Promise<RecordedAct> {
  const head = await lockForAct(tx, book)
  requireClosed(book, asked.month, head.closed_through)
  return recordAct(tx, book, head, { kind: 'reopening_requested', ...asked }, at, head.closed_through)
}

/**
 * Approves a request to reopen by its hash. Refuses `maker_is_approver`, `reopening_not_requested` where no such
 * request stands (none was made, or the month was closed or reopened since), `period_not_closed`.
 */
export async function approveReopening(
  ledger: Ledger,
  actor: Actor,
  code: string,
  month: Month,
  hash: string,
): Promise<PeriodState> {
  const book = await bookFor(ledger, actor, code, 'period.approve_reopening')
  const approved = { month, request: hash, person: actor.person }
  return transact(ledger.database, (tx) => reopen(tx, book, approved, ledger.clock()))
}

/** The same in the transaction of whoever approves. */
export async function reopen(
  tx: Tx,
  book: Book,
  { month, request: hash, person }: { readonly month: Month; readonly request: string; readonly person: string },
  at: Instant,
): Promise<PeriodState> {
  const { code } = book
  const head = await lockForAct(tx, book)
  requireClosed(book, month, head.closed_through)
  const request = standingRequest(await actsWithin(tx, book), month, hash)
  if (!request) throw refuse('reopening_not_requested', { book: code, period: month, hash })
  if (request.person === person)
    throw refuse('maker_is_approver', {
      person,
      what: { zh: `反结账 ${month}`, en: `the reopening of ${month}` },
    })
  const { reason, person: requestedBy } = request
  const reopened = { kind: 'reopened', month, reason, requestedBy, request: hash, person } as const
  const act = await recordAct(tx, book, head, reopened, at, previousMonth(month))
  return { book: code, period: month, state: 'open' as const, act }
}

/** Whether a request still waits: neither approved nor void. */
export const isRequested = async (tx: Tx, book: Book, month: Month, hash: string): Promise<boolean> =>
  standingRequest(await actsWithin(tx, book), month, hash) !== undefined

function requireClosed(book: Book, month: Month, through: Month | null): void {
  if (through === null || month > through) throw refuse('period_not_closed', { book: book.code, period: month })
}

// A request dies with the next closing or reopening: what was to be approved is no longer what stands.
function standingRequest(acts: readonly RecordedAct[], month: Month, hash: string) {
  for (const act of acts.toReversed()) {
    if (act.kind === 'reopening_requested' && act.hash === hash && act.month === month) return act
    if (act.kind === 'closed' || act.kind === 'reopened' || act.kind === 'carried_over') return undefined
  }
  return undefined
}

/** Through which month a book is closed, and every act that led there. */
export async function readPeriods(
  ledger: Ledger,
  book: Book,
): Promise<{ closedThrough: Month | null; acts: readonly RecordedAct[] }> {
  const { sql } = ledger.database
  const [head] = await sql<{ closed_through: Month | null }[]>`
    select to_char(closed_through, 'YYYY-MM') as closed_through from book_head where book_id = ${book.bookId}`
  return { closedThrough: head?.closed_through ?? null, acts: await readActs(ledger.database, book) }
}
