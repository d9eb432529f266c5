/**
 * Posting: the one door through which money enters the books.
 *
 *   1. lock    the heads of all books the batch touches, in id order               sent in one message with BEGIN
 *   2. read    receipts of the keys (in that message too); accounts, their days and numbers the memory lacks     0–4 when new
 *   3. decide  in memory, in order of arrival; each request stands or falls alone (decide.ts) none
 *   4. write   entries, lines, closings, numbers, nodes, receipts, heads                        one statement
 *
 * Where memory has all that is needed, deciding comes first, and locking, writing and COMMIT are one message: see
 * `sendFromMemory`.
 *
 * The number of statements does not grow with the batch. Nothing is written until everything is decided, so a refusal
 * has nothing to take back. Because the head row is locked from the first statement to COMMIT, entries of a book become
 * visible in the order of their sequence, without gaps: the journal itself is the outbox, and reading on from the last
 * sequence seen loses nothing.
 *
 * What one request asks is a *unit*: parts that stand alone (a batch) or together (atomic), each with its own
 * idempotency key; a part is one posting, or several that stand together over one or several books (a transaction).
 */
import { randomUUID } from 'node:crypto'
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/calendar.ts'
import { type Database, type Row, sqlState, transact, type Tx } from '../base/db.ts'
import { sha256Hex } from '../base/digest.ts'
import type { Pipeline } from '../base/wire/pipeline.ts'
import { Refusal, type RefusalRecord } from '../base/refusal.ts'
import { type BookState, forgetOldDays } from './book.ts'
import type { BookShelf } from './books.ts'
import { decide, type Decided, type ExaminedPosting } from './decide.ts'
import type { PostedEntry } from './leaf.ts'
import type { Memory } from './memory.ts'
import { again, recall } from './recall.ts'
import { refuse } from './refusals.ts'
import {
  existingAttachments,
  type Head,
  holding,
  type KeyedReceipt,
  lacks,
  load,
  loadReversals,
  lockHeads,
  monthsOf,
  readHeads,
  readReceipts,
  receiptOf,
  type ReceiptRow,
  stateOf,
  write,
  writing,
} from './store.ts'
import { wantedBy } from './wanted.ts'

export type Part = {
  /** The book whose keys this one is among; 0 for transactions over several books. */
  readonly scope: number
  readonly key: string
  /** 16 bytes in hex, as the other. */
  readonly keyHash: string
  readonly requestHash: string
  readonly postings: readonly ExaminedPosting[]
  /** Answered with the transaction's id and all its entries, not with one entry. */
  readonly isTransaction: boolean
}

export type Unit = { readonly parts: readonly Part[]; readonly atomic: boolean }

export type { PostedEntry } from './leaf.ts'
/** How a part ended. A replay is the first answer given again; its entries are read by whoever answers. */
export type PartOutcome =
  | {
      readonly kind: 'posted'
      readonly entries: readonly PostedEntry[]
      readonly transaction?: string
      readonly replayed: boolean
    }
  | { readonly kind: 'recalled'; readonly scope: number; readonly sequence?: number; readonly transaction?: string }
  | { readonly kind: 'refused'; readonly refusal: RefusalRecord; readonly replayed: boolean }

/** Keys are kept as hashes, under the person: another person's key is another key. */
export const hashOfKey = (person: string, key: string): string => sha256Hex(`${person}\n${key}`).slice(0, 32)

/** Two requests are the same if this is the same: it covers the kind of request and its content in canonical form. */
export const hashOfRequest = (kind: string, ...content: readonly string[]): string =>
  sha256Hex([kind, ...content].join('\n')).slice(0, 32)

/** Units that were decided in memory and are on their way to the database. */
export type Flight = {
  readonly bookIds: readonly number[]
  /** How each part ends, if the flight lands. */
  readonly outcomes: PartOutcome[][]
  /**
   * Ends with true when all is committed, with false when memory was overtaken and nothing was written; throws weather.
   */
  readonly landed: Promise<boolean>
  /** Takes what was decided out of memory again; of several flights the latest first. */
  readonly takeBack: () => void
}

/**
 * Decides in memory what needs no reading, and sends it in one message: hold the heads, write, commit. Memory goes on
 * from there, so that the next batch can be decided and sent behind this one. Nothing is believed unseen: the heads
 * must stand where memory says, so a flight whose predecessor did not land does not land either, and a key that was
 * answered before is refused by the key of `receipt`.
 * `undefined` where something must be read first.
 */
export function sendFromMemory(
  pipeline: Pipeline,
  memory: Memory,
  clock: Clock,
  units: readonly Unit[],
): Flight | undefined {
  const bookIds = booksOf(units)
  const states = memory.take(bookIds)
  if (!states) return undefined
  const keep = () => states.forEach((state) => memory.keep(state))
  const batch = new Batch(new Map(states.map((state) => [state.book.bookId, state])), [], clock())
  if (batch.lacks(units.flatMap(({ parts }) => parts))) {
    keep()
    return undefined
  }
  const held = holding(states)
  const outcomes = units.map((unit) => batch.decideUnit(unit))
  // A key that gets no receipt here is not held against the books, where it may have been answered: so they are asked.
  if (batch.receipts.length < units.reduce((sum, { parts }) => sum + parts.length, 0)) {
    batch.takeBack()
    keep()
    return undefined
  }
  const written = writing(batch.decided, states, batch.receipts)
  batch.forgetOldDays()
  keep()
  const landed = pipeline.send([held, written]).then(
    () => true,
    (error: unknown) => {
      if (isOvertaken(error)) return false
      throw error
    },
  )
  return { bookIds, outcomes, landed, takeBack: () => batch.takeBack() }
}

// A head has moved, or a key was answered before.
const isOvertaken = (error: unknown): boolean => ['40001', '40P01', '23505'].includes(sqlState(error) ?? '')

/**
 * Posts a batch of units in one transaction, reading what memory lacks, and says how each part ended, in order. Weather
 * passes through.
 */
export async function postUnits(
  database: Database,
  memory: Memory,
  clock: Clock,
  units: readonly Unit[],
): Promise<PartOutcome[][]> {
  const parts = units.flatMap((unit) => unit.parts)
  const states = new Map<number, BookState>()
  const work = async (tx: Tx, [heads = [], receipts = []]: Row[][]) => {
    // A retry starts from the head again: what an earlier attempt decided in memory is void.
    states.clear()
    for (const head of heads as Head[]) states.set(head.book_id, memory.stateAt(head))
    const batch = new Batch(states, (receipts as ReceiptRow[]).map(receiptOf), clock())
    return postWithin(tx, batch, units, parts)
  }
  const scopes = parts.map(({ scope }) => scope)
  const hashes = parts.map(({ keyHash }) => keyHash)
  const outcomes = await transact(database, work, {
    opening: [lockHeads(booksOf(units)), readReceipts(scopes, hashes)],
  })
  for (const state of states.values()) memory.keep(state)
  return outcomes
}

async function postWithin(
  tx: Tx,
  batch: Batch,
  units: readonly Unit[],
  parts: readonly Part[],
): Promise<PartOutcome[][]> {
  await batch.read(tx, parts)
  const outcomes = units.map((unit) => batch.decideUnit(unit))
  if (batch.changed) await write(tx, batch.decided, batch.states, batch.receipts)
  batch.forgetOldDays()
  return outcomes
}

/**
 * Posts one part inside a transaction that somebody else opened, with rows of their own (act.ts). A refusal writes
 * nothing. The states of the books are read anew and not kept: those in memory belong to the group.
 */
export async function postInside(tx: Tx, shelf: BookShelf, clock: Clock, part: Part): Promise<PartOutcome> {
  const bookIds = booksOf([{ parts: [part], atomic: false }])
  const heads = await tx.query<Head>(lockHeads(bookIds))
  const receipts = await tx.query<ReceiptRow>(readReceipts([part.scope], [part.keyHash]))
  const states = new Map(heads.map((head) => [head.book_id, stateOf(shelf.book(head.book_id), head)]))
  const batch = new Batch(states, receipts.map(receiptOf), clock())
  const [[outcome] = []] = await postWithin(tx, batch, [{ parts: [part], atomic: true }], [part])
  assert(outcome, 'an outcome a part')
  return outcome
}

/** What would come of units, and what every account they move would hold after them; nothing is locked or written. */
export async function tryUnits(
  database: Database,
  shelf: BookShelf,
  clock: Clock,
  units: readonly Unit[],
): Promise<{ readonly outcomes: PartOutcome[][]; readonly states: readonly BookState[] }> {
  const parts = units.flatMap((unit) => unit.parts)
  const work = async (tx: Tx, [, heads = []]: Row[][]) => {
    const found = heads as Head[]
    const states = new Map(found.map((head) => [head.book_id, stateOf(shelf.book(head.book_id), head)]))
    const batch = new Batch(states, [], clock())
    await batch.read(tx, parts)
    return { outcomes: units.map((unit) => batch.decideUnit(unit)), states: batch.states }
  }
  // Nothing is locked, so that only a snapshot shows the heads, the accounts and their days of one moment.
  const snapshot = 'set transaction isolation level repeatable read, read only'
  return transact(database, work, { opening: [snapshot, readHeads(booksOf(units))] })
}

const booksOf = (units: readonly Unit[]): number[] => [
  ...new Set(units.flatMap(({ parts }) => parts.flatMap(({ postings }) => postings.map(({ bookId }) => bookId)))),
]

const receiptKey = (scope: number, keyHash: string): string => `${scope}|${keyHash}`

/** What a batch has decided so far. */
class Batch {
  readonly decided: Decided[] = []
  readonly receipts: KeyedReceipt[] = []
  readonly #states: ReadonlyMap<number, BookState>
  readonly #known = new Map<string, KeyedReceipt>()
  /** Answers given within this batch: a key that comes twice gets the first answer again. */
  readonly #answers = new Map<string, { requestHash: string; outcome: PartOutcome }>()
  readonly #attachments = new Map<number, Set<string>>()
  readonly #now: bigint

  constructor(states: ReadonlyMap<number, BookState>, known: readonly KeyedReceipt[], now: bigint) {
    this.#states = states
    this.#now = now
    for (const receipt of known) this.#known.set(receiptKey(receipt.scope, receipt.keyHash), receipt)
  }

  get states(): BookState[] {
    return [...this.#states.values()]
  }

  get changed(): boolean {
    return this.decided.length > 0 || this.receipts.length > 0
  }

  /** Whether anything must be read before these can be decided. */
  lacks(parts: readonly Part[]): boolean {
    return parts.some(({ postings }) =>
      postings.some((posting) => {
        const state = this.#states.get(posting.bookId)
        return !state || lacks(state, posting)
      }),
    )
  }

  /** Takes back all that was decided, the latest first: the states are what they were before. */
  takeBack(): void {
    for (const decided of this.decided.toReversed()) decided.undo()
  }

  /** When all is decided and written down: later batches read again what they need of the past. */
  forgetOldDays(): void {
    for (const { lines } of this.decided) for (const { account } of lines) forgetOldDays(account)
  }

  /** Reads what the new postings need and memory lacks. */
  async read(tx: Tx, parts: readonly Part[]): Promise<void> {
    const fresh = parts.filter(({ scope, keyHash }) => !this.#known.has(receiptKey(scope, keyHash)))
    for (const [bookId, state] of this.#states) {
      const postings = fresh.flatMap(({ postings }) => postings.filter((posting) => posting.bookId === bookId))
      if (postings.length === 0) continue
      await load(tx, state, wantedBy(postings), monthsOf(postings.map(({ draft }) => draft.on)))
      const reversed = postings.flatMap(({ reverses }) => (reverses === undefined ? [] : [reverses]))
      if (reversed.length > 0) await loadReversals(tx, state, reversed)
      const hashes = postings.flatMap(({ draft }) => draft.documents.flatMap(({ sha256 }) => sha256 ?? []))
      if (hashes.length > 0) {
        this.#attachments.set(
          bookId,
          await existingAttachments(
            tx,
            bookId,
            hashes.map((hash) => Buffer.from(hash, 'hex')),
          ),
        )
      }
    }
  }

  decideUnit({ parts, atomic }: Unit): PartOutcome[] {
    if (!atomic) return parts.map((part) => this.#decidePart(part))
    const mark = { decided: this.decided.length, receipts: this.receipts.length }
    const outcomes = parts.map((part) => this.#decidePart(part))
    const culprit = outcomes.findIndex(({ kind }) => kind === 'refused')
    if (culprit === -1) return outcomes
    return this.#takeBack(parts, outcomes, culprit, mark)
  }

  // An atomic batch with one refusal: nothing of it stands, and each part says which one stopped it. What was refused
  // itself stays so under its key; the keys of the others are as free as before.
  #takeBack(
    parts: readonly Part[],
    outcomes: readonly PartOutcome[],
    culprit: number,
    mark: { decided: number; receipts: number },
  ): PartOutcome[] {
    for (const decided of this.decided.splice(mark.decided).reverse()) decided.undo()
    const pinned = new Set(
      this.receipts.splice(mark.receipts).flatMap(({ refusal, keyHash }) => (refusal === undefined ? [] : [keyHash])),
    )
    const refused = outcomes[culprit]
    const cause = parts[culprit]
    assert(refused?.kind === 'refused' && cause, 'the culprit was refused')
    return parts.map((part, index) => {
      const outcome = outcomes[index]
      assert(outcome, 'an outcome a part')
      if (outcome.kind === 'recalled' || (outcome.kind !== 'posted' && outcome.replayed)) return outcome
      const refusal =
        outcome.kind === 'refused'
          ? outcome.refusal
          : refuse('batch_not_posted', { key: cause.key, code: refused.refusal.code }).record()
      this.#answers.delete(receiptKey(part.scope, part.keyHash))
      return this.#refuse(part, refusal, pinned.has(part.keyHash))
    })
  }

  #decidePart(part: Part): PartOutcome {
    const key = receiptKey(part.scope, part.keyHash)
    const receipt = this.#known.get(key)
    if (receipt) return recall(part, receipt)
    const earlier = this.#answers.get(key)
    if (earlier) return again(part, earlier)
    const mark = this.decided.length
    try {
      return this.#postPart(part, key)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      for (const decided of this.decided.splice(mark).reverse()) decided.undo()
      return this.#refuse(part, error.record(), error.pinned)
    }
  }

  #postPart(part: Part, key: string): PartOutcome {
    const transaction = part.isTransaction ? randomUUID() : undefined
    // Entries of a transaction are read back in the order of their instants, whatever their books.
    let now = this.#now
    const entries = part.postings.map((posting) => {
      const state = this.#states.get(posting.bookId)
      assert(state, `book ${posting.bookId} is locked`)
      this.#requireAttachments(state, posting)
      const decided = decide(state, transaction === undefined ? posting : { ...posting, transaction }, now)
      now = decided.entry.recordedAt + 1n
      this.decided.push(decided)
      return decided.entry
    })
    const [first] = entries
    assert(first, 'a part has a posting')
    const { scope, keyHash, requestHash } = part
    const outcome: PartOutcome = {
      kind: 'posted',
      entries,
      ...(transaction !== undefined && { transaction }),
      replayed: false,
    }
    this.receipts.push({
      scope,
      keyHash,
      requestHash,
      ...(transaction === undefined ? { sequence: first.sequence } : { transaction }),
    })
    this.#answers.set(key, { requestHash, outcome })
    return outcome
  }

  #requireAttachments({ book }: BookState, { draft }: ExaminedPosting): void {
    for (const { sha256 } of draft.documents) {
      if (sha256 === undefined || this.#attachments.get(book.bookId)?.has(sha256)) continue
      throw refuse('attachment_unknown', { sha256, book: book.code })
    }
  }

  #refuse({ scope, keyHash, requestHash }: Part, refusal: RefusalRecord, pinned: boolean): PartOutcome {
    const outcome: PartOutcome = { kind: 'refused', refusal, replayed: false }
    if (pinned) {
      this.receipts.push({ scope, keyHash, requestHash, refusal })
      this.#answers.set(receiptKey(scope, keyHash), { requestHash, outcome })
    }
    return outcome
  }
}
