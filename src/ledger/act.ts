/**
 * An action of a room above the ledger, in one transaction: its own rows, entries in one or several books, the record
 * of the change, the jobs that follow, and the receipt of the caller's key. Decide, then write once: lock your own rows
 * first, then `post`, which locks the heads of the books; everybody locks in that order.
 *
 * Entries posted here are decided by the same code and written by the same statement as all others, but in a
 * transaction of their own and not in the group's, because the rows that commit with them are the room's.
 */
import { businessDay, type Day, type Instant } from '../base/calendar.ts'
import { transact, type Tx } from '../base/db.ts'
import type { Json } from '../base/json.ts'
import { keyed, type KeyedAnswer, type KeyedRequest } from '../base/keyed.ts'
import { Refusal, type RefusalForm, type RefusalRecord } from '../base/refusal.ts'
import { assert, Bug } from '../base/assert.ts'
import { examined } from './actions.ts'
import type { ExaminedPosting } from './decide.ts'
import { recordEffect } from './effects.ts'
import type { Approval, EntryDraft, Hand } from './entry.ts'
import { type Ledger, Passed } from './ledger.ts'
import { hashOfKey, hashOfRequest, type PostedEntry, postInside } from './post.ts'
import { ledgerRefusals, refuse } from './refusals.ts'

export type Act = {
  readonly tx: Tx
  /** When it happens, and the business day that is. */
  readonly at: Instant
  readonly today: Day
  /**
   * Posts entries, all or none. Throws the ledger's refusal where one may not be posted: nothing of the act stands
   * then.
   */
  readonly post: (given: ActPosting) => Promise<readonly PostedEntry[]>
  /**
   * Said where person, state and law have been looked at, and what follows depends on what is asked, or is done: a
   * trial ends there.
   */
  readonly passed: () => void
}

export type ActPosting = {
  /** Names the effect, e.g. `release:R-3`: what was posted under it once is never posted again. */
  readonly key: string
  /** Who made what is posted, and who checked and approved it. */
  readonly maker: string
  readonly approvals: readonly Approval[]
  /** Whose lines these are; absent: the action's own, which may touch the accounts it keeps. */
  readonly hand?: Hand
  readonly entries: readonly {
    readonly book: string
    readonly draft: EntryDraft
    /** The sequence of the entry of that book this is the red entry of. */
    readonly reverses?: number
    /** An entry of a carry-over: the act that closed its year is its warrant. */
    readonly intoClosedMonth?: true
  }[]
}

/** Runs an action under its caller's key. */
export function act<T extends Json>(
  ledger: Ledger,
  request: KeyedRequest,
  work: (act: Act) => Promise<T>,
): Promise<KeyedAnswer<T>> {
  if (ledger.isTrial) return tried(ledger, work)
  return keyed(ledger.database, request, (tx) => work(actWithin(ledger, tx)))
}

const pass = (): never => {
  throw new Passed()
}

const tried = (ledger: Ledger, work: (act: Act) => Promise<unknown>): Promise<never> =>
  transact(ledger.database, async (tx) => {
    await work({ ...actWithin(ledger, tx), passed: pass })
    return pass()
  })

/**
 * Why something would be refused now; `undefined` where nothing stands in its way. What is asked is the very act, of a
 * ledger that tries and does not do: there is no second copy of a rule. An act that says nowhere that it has passed is
 * worked to its end.
 */
export async function refusalOf(
  ledger: Ledger,
  ask: (trial: Ledger) => Promise<unknown>,
): Promise<RefusalRecord | undefined> {
  try {
    await ask({ ...ledger, isTrial: true })
  } catch (error) {
    if (error instanceof Passed) return undefined
    if (error instanceof Refusal) return error.record()
    throw error
  }
  throw new Bug('what was tried was done')
}

/** Runs an action that nobody keyed: a job's, whose own row says whether it was done. */
export function actOnce<T>(ledger: Ledger, work: (act: Act) => Promise<T>): Promise<T> {
  if (ledger.isTrial) return tried(ledger, work)
  return transact(ledger.database, (tx) => work(actWithin(ledger, tx)))
}

/** The act of a transaction that is open already. */
export function actWithin(ledger: Ledger, tx: Tx): Act {
  const at = ledger.clock()
  return {
    tx,
    at,
    today: ledger.today ?? businessDay(at),
    post: (given) => post(ledger, tx, given),
    passed: () => undefined,
  }
}

// Keys of effects are among nobody's: a person cannot take one.
const effects = '\u0000effects'

async function post(ledger: Ledger, tx: Tx, given: ActPosting): Promise<PostedEntry[]> {
  const { key, maker, approvals, hand, entries } = given
  const postings: ExaminedPosting[] = []
  for (const { book: code, draft, ...more } of entries) {
    const book = await ledger.shelf.find(code)
    if (!book) throw refuse('book_not_found', { book: code })
    postings.push({ ...examined(book, maker, draft, approvals, hand), ...more })
  }
  const [first] = postings
  assert(first, 'an act posts something')
  const isTransaction = postings.length > 1
  const outcome = await postInside(tx, ledger.shelf, ledger.clock, {
    scope: isTransaction ? 0 : first.bookId,
    key,
    keyHash: hashOfKey(effects, key),
    requestHash: hashOfRequest('effect', key),
    postings,
    isTransaction,
  })
  if (outcome.kind === 'refused') throw again(outcome.refusal)
  assert(outcome.kind === 'posted', `effect ${key} was posted before: its own rows must say so`)
  await recordEffect(tx, key, outcome.entries)
  return [...outcome.entries]
}

// A record does not say whether it depends on the state; the catalogue does.
const forms: Readonly<Record<string, RefusalForm<never>>> = ledgerRefusals
const again = (refusal: RefusalRecord): Refusal =>
  new Refusal({ ...refusal, pinned: forms[refusal.code]?.pinned ?? false })
