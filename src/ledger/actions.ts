/**
 * The verbs of the ledger that make and change: each takes the actor, checks the permission, and is one transaction.
 * Everything posted goes through `ledger.group`, whoever asks: HTTP, the command line, the sample, year-end.
 */
import type { Actor } from '../access/actor.ts'
import { demand, may } from '../access/actor.ts'
import { assert } from '../base/assert.ts'
import { businessDay, type Day, instantText } from '../base/calendar.ts'
import { type Database, type Reader, sqlState, transact } from '../base/db.ts'
import { listed, Refusal, type RefusalRecord } from '../base/refusal.ts'
import { clause, clauseText } from '../policy/documents.ts'
import { isDistrictOrCity } from '../policy/identifier.ts'
import { lawOn } from '../policy/parameters.ts'
import { type Book, type Entity, usualEntity } from './book.ts'
import type { Standard } from './chart.ts'
import { alreadyReversed, type ExaminedPosting } from './decide.ts'
import { effectOf, isTakenBackByApproval, undoing } from './effects.ts'
import { type Approval, type EntryDraft, examine, type Hand, reversalType } from './entry.ts'
import { placesOfTransaction, readEntries, readEntry, reversalOf } from './journal.ts'
import { documentText, entryId, linesText } from './leaf.ts'
import { carryOverOf } from './carry-rules.ts'
import { refusedTogether, reusedFirst, tried, underKey } from './under-key.ts'
import { bookFor, type Ledger, Passed, placeOf, requireOwnDistrict, sees } from './ledger.ts'
import { hashOfKey, hashOfRequest, type Part, type PartOutcome, type PostedEntry } from './post.ts'
import { refuse } from './refusals.ts'
import { entriesOfTransaction } from './transactions.ts'

export type NewBook = {
  readonly code: string
  readonly name: string
  readonly district: string
  readonly standard: Standard
  /** Of a government book; absent: an institution. */
  readonly entity?: Entity | undefined
  readonly sampleOf?: string
}

/** How a request to post ended: the same every time it is asked again under its key. */
export type Answer =
  | { readonly entries: readonly PostedEntry[]; readonly transaction?: string; readonly replayed: boolean }
  | { readonly refusal: RefusalRecord; readonly replayed: boolean }

/**
 * Opens a book with the chart of its standard. Refuses `district_unknown`, `district_not_yours`,
 * `entity_not_of_standard`,
 * `book_exists`.
 */
export async function createBook(ledger: Ledger, actor: Actor, given: NewBook): Promise<Book> {
  demand(actor, 'book.create')
  if (!isDistrictOrCity(given.district, lawOn(businessDay(ledger.clock()))))
    throw refuse('district_unknown', { district: given.district })
  requireOwnDistrict(actor, given.district)
  if (given.entity !== undefined && given.standard !== 'government') {
    throw refuse('entity_not_of_standard', { book: given.code, entity: given.entity, standard: given.standard })
  }
  const entity = given.standard === 'government' ? (given.entity ?? usualEntity) : null
  const now = instantText(ledger.clock())
  try {
    await transact(ledger.database, async (tx) => {
      // Ids are dense and few are made, so one at a time: a sequence would leave gaps after every refusal.
      await tx.query('select pg_advisory_xact_lock(hashtext($1))', ['yiben.book'])
      await tx.query(
        `with made as (
           insert into book (book_id, code, name, district, standard, entity, sample_of, created_at, created_by)
           select coalesce(max(book_id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 from book returning book_id)
         insert into book_head (book_id) select book_id from made`,
        [given.code, given.name, given.district, given.standard, entity, given.sampleOf ?? null, now, actor.person],
      )
    })
  } catch (error) {
    if (sqlState(error) === '23505') throw refuse('book_exists', { book: given.code })
    throw error
  }
  const book = await ledger.shelf.find(given.code)
  assert(book, 'a book that was made is found')
  return book
}

/**
 * Posts one entry under a key, directly: what a machine client brings. Refuses `voucher_needs_check` to persons, whose
 * vouchers others check (会计法 第十四条), and what the books refuse.
 */
export async function postEntry(
  ledger: Ledger,
  actor: Actor,
  code: string,
  draft: EntryDraft,
  key: string,
): Promise<Answer> {
  const book = await bookFor(ledger, actor, code, 'entry.post')
  return underKey(ledger, { actor, key, scope: book.bookId }, async () => {
    requireDirect(actor)
    const posting = examined(book, actor.person, draft, [], 'direct')
    return postAlone(ledger, entryPart(book, actor, key, posting))
  })
}

export type KeyedDraft = { readonly key: string; readonly draft: EntryDraft }

/**
 * Posts up to a thousand entries of one book, each by itself, or all or none. An entry sees those before it. What is
 * wrong with an entry whatever the state is answered in its place without reaching the books. `maker`: who is named in
 * the entries, where that is not whose keys these are.
 */
export async function postBatch(
  ledger: Ledger,
  actor: Actor,
  code: string,
  entries: readonly KeyedDraft[],
  atomic: boolean,
  maker: string = actor.person,
): Promise<Answer[]> {
  assert(!ledger.isTrial, 'a batch is posted and not tried: dry-run.ts tries it')
  const book = await bookFor(ledger, actor, code, 'entry.post')
  requireDirect(actor)
  const tries = entries.map(({ key, draft }) => ({
    key,
    result: tried(() => examined(book, maker, draft, [], 'direct')),
  }))
  const examinedOrRefused = await reusedFirst(ledger, book, actor, tries)
  const spoiled = atomic && refusedTogether(examinedOrRefused)
  if (spoiled) return spoiled.map((refusal) => ({ refusal, replayed: false }))
  const parts = examinedOrRefused.flatMap(({ key, result }) =>
    result instanceof Refusal ? [] : [entryPart(book, actor, key, result)],
  )
  const outcomes = parts.length > 0 ? await ledger.group.post({ parts, atomic }) : []
  const answers = await answersOf(ledger, book, outcomes)
  return examinedOrRefused.map(({ result }) =>
    result instanceof Refusal ? { refusal: result.record(), replayed: false } : (answers.shift() as Answer),
  )
}

/** Posts entries of one or several books, all or none, under one key. */
export async function postTransaction(
  ledger: Ledger,
  actor: Actor,
  entries: readonly { readonly book: string; readonly draft: EntryDraft }[],
  key: string,
): Promise<Answer> {
  return underKey(ledger, { actor, key, scope: 0 }, async () => {
    const books: Book[] = []
    for (const { book: code } of entries) books.push(await bookFor(ledger, actor, code, 'entry.post'))
    requireDirect(actor)
    const postings = entries.map(({ draft }, index) =>
      examined(books[index] as Book, actor.person, draft, [], 'direct'),
    )
    const content = postings.map((posting) => `${posting.bookId} ${canonical(posting)}`)
    return postAlone(ledger, partOf({ actor, key, requestHash: hashOfRequest('transaction', ...content), postings }))
  })
}

/**
 * Posts the red entry of an entry (红字冲销): the same lines, negative. An entry is reversed once, a red entry never.
 * Refuses to do it directly `voucher_needs_check` to persons, and to everybody where the entry is part of something
 * larger: `entry_of_transaction`, `entry_kept_by_year_end`, `entry_kept_by_approval`, `entry_kept_by_action`.
 */
export async function reverseEntry(
  ledger: Ledger,
  actor: Actor,
  id: string,
  given: Reversal,
  key: string,
): Promise<Answer> {
  const { book, sequence } = await placeOf(ledger, actor, id, 'entry.reverse')
  const requestHash = hashOfRequest('reversal', id, given.on, given.reason)
  return underKey(ledger, { actor, key, scope: book.bookId, requestHash }, async () => {
    requireDirect(actor)
    const postings = [await reversalOfEntry(ledger, actor, { book, sequence }, given)]
    return postAlone(ledger, partOf({ actor, key, requestHash, postings, book }))
  })
}

/** The red posting of one entry that stands alone. Refuses what `reverseEntry` refuses before the books are asked. */
export async function reversalOfEntry(
  ledger: Ledger,
  actor: Actor,
  { book, sequence }: { readonly book: Book; readonly sequence: number },
  given: Reversal,
): Promise<ExaminedPosting> {
  const entry = entryId(book.bookId, sequence)
  const original = await readEntry(ledger.database, book, sequence)
  if (!original) throw refuse('entry_not_found', { entry })
  requireReversible(original)
  const { transaction } = original
  if (transaction !== undefined) {
    const legs = (await placesOfTransaction(ledger.database, transaction)).length
    throw refuse('entry_of_transaction', { entry, transaction, legs })
  }
  await requireFree(ledger.database.sql, original)
  // Under a key the posting says so, and gives the first answer again to whom it was given.
  if (ledger.isTrial) await requireUnreversed(ledger.database, original)
  return reversing(book, actor.person, original, given)
}

/**
 * Takes an entry back and posts the right one in its place (红冲并更正), both or neither, as a transaction: the books never
 * show only one. Refuses as `reverseEntry` and `postEntry` do.
 */
export async function correctEntry(
  ledger: Ledger,
  actor: Actor,
  id: string,
  { entry: draft, ...given }: Reversal & { readonly entry: EntryDraft },
  key: string,
): Promise<Answer> {
  const place = await placeOf(ledger, actor, id, 'entry.reverse')
  return underKey(ledger, { actor, key, scope: 0 }, async () => {
    requireDirect(actor)
    const right = examined(place.book, actor.person, draft, [], 'direct')
    const requestHash = hashOfRequest('correction', id, given.on, given.reason, canonical(right))
    const postings = [await reversalOfEntry(ledger, actor, place, given), right]
    return postAlone(ledger, partOf({ actor, key, requestHash, postings }))
  })
}

/**
 * Posts the red entries of all entries of a transaction, as a transaction of its own: no half of it ever stands alone.
 * Refuses as `reverseEntry` does, and `transaction_not_found` where any of its books is not the actor's.
 */
export async function reverseTransaction(
  ledger: Ledger,
  actor: Actor,
  id: string,
  given: Reversal,
  key: string,
): Promise<Answer> {
  demand(actor, 'entry.reverse')
  const originals = await entriesOfTransaction(ledger, id)
  const books = originals.map(({ bookId }) => ledger.shelf.book(bookId))
  if (originals.length === 0 || books.some((book) => !sees(actor, book))) {
    throw refuse('transaction_not_found', { transaction: id })
  }
  const requestHash = hashOfRequest('transaction_reversal', id, given.on, given.reason)
  return underKey(ledger, { actor, key, scope: 0, requestHash }, async () => {
    requireDirect(actor)
    for (const original of originals) {
      requireReversible(original)
      await requireFree(ledger.database.sql, original)
    }
    const postings = originals.map((original, index) => reversing(books[index] as Book, actor.person, original, given))
    return postAlone(ledger, partOf({ actor, key, requestHash, postings }))
  })
}

// Books follow checked vouchers: only a machine client, which brings what was checked elsewhere, posts directly.
function requireDirect(actor: Actor): void {
  if (may(actor, 'entry.post_directly')) return
  const { person, role } = actor
  throw refuse('voucher_needs_check', { person, role }, clauseText(clause('accounting-law', '第十四条、第十五条')))
}

// What is part of something larger is undone there, and not by who knows the number of an entry.
async function requireFree(reader: Reader, original: PostedEntry): Promise<void> {
  const { bookId, sequence, approvals } = original
  const entry = entryId(bookId, sequence)
  if (approvals.length > 0) {
    const names = [...new Set(approvals.map(({ person }) => person))]
    const persons = listed(names.map((name) => ({ zh: name, en: name })))
    throw refuse('entry_kept_by_approval', { entry, persons })
  }
  const effect = await effectOf(reader, bookId, sequence)
  // Lines on accounts that an action keeps are refused by name when the red entry is examined.
  if (effect === undefined || original.lines.some(({ basis }) => basis === 'control')) return
  throw refuse('entry_kept_by_action', { entry, effect, action: undoing(effect) })
}

/**
 * Whether approval may take an entry back: refuses `entry_kept_by_action` where rows beside the books follow it, which
 * only the action that made them changes.
 */
export async function requireFreeForApproval(reader: Reader, { bookId, sequence }: PostedEntry): Promise<void> {
  const effect = await effectOf(reader, bookId, sequence)
  if (effect === undefined || isTakenBackByApproval(effect)) return
  throw refuse('entry_kept_by_action', { entry: entryId(bookId, sequence), effect, action: undoing(effect) })
}

/**
 * Whether an entry may be reversed at all, by whomever: refuses `entry_is_reversal`, and `entry_kept_by_year_end` of
 * one that carried a year over.
 */
export function requireReversible(original: PostedEntry): void {
  const { bookId, sequence, reverses } = original
  const entry = entryId(bookId, sequence)
  if (reverses !== undefined) throw refuse('entry_is_reversal', { entry, of: entryId(bookId, reverses) })
  const carried = carryOverOf(original)
  if (carried !== undefined) throw refuse('entry_kept_by_year_end', { entry, book: original.book, year: carried })
}

/** Refuses `entry_already_reversed` of an entry that a red one takes back already. */
export async function requireUnreversed(database: Database, original: PostedEntry): Promise<void> {
  const by = await reversalOf(database, original)
  if (by !== undefined) throw alreadyReversed(original, by)
}

export type Reversal = { readonly on: Day; readonly reason: string }

/** The red draft of an entry. Refuses `reversal_before_entry`. */
export function redDraftOf(original: PostedEntry, { on, reason }: Reversal): EntryDraft {
  if (on < original.on) {
    const entry = entryId(original.bookId, original.sequence)
    throw refuse('reversal_before_entry', { entry, on, entryOn: original.on })
  }
  const lines = original.lines.map(({ basis: _, ...line }) => line)
  return { on, summary: reason, type: reversalType, documents: [], lines }
}

function reversing(book: Book, maker: string, original: PostedEntry, given: Reversal): ExaminedPosting {
  return { ...examined(book, maker, redDraftOf(original, given), [], 'direct'), reverses: original.sequence }
}

/** A draft examined against its book's chart: what can be posted. */
export function examined(
  book: Book,
  maker: string,
  draft: EntryDraft,
  approvals: readonly Approval[],
  hand: Hand = 'action',
): ExaminedPosting {
  const lines = examine(draft, book.chart, hand)
  const text = linesText(lines.map(({ line }) => line))
  return { bookId: book.bookId, draft, maker, approvals, lines, linesText: text }
}

type PartGiven = Pick<Part, 'key' | 'requestHash' | 'postings'> & { readonly actor: Actor; readonly book?: Book }

/** What is posted under a person's key: an entry of a book, or, without one, a transaction. */
const partOf = ({ actor, book, ...given }: PartGiven): Part => ({
  ...given,
  scope: book?.bookId ?? 0,
  keyHash: hashOfKey(actor.person, given.key),
  isTransaction: book === undefined,
})

// The same entry sent alone or in a batch is the same request.
const entryPart = (book: Book, actor: Actor, key: string, posting: ExaminedPosting): Part =>
  partOf({ actor, key, requestHash: hashOfRequest('entry', canonical(posting)), postings: [posting], book })

async function postAlone(ledger: Ledger, part: Part): Promise<Answer> {
  if (ledger.isTrial) throw new Passed()
  const [outcome] = await ledger.group.post({ parts: [part], atomic: false })
  return answerOf(ledger, outcome)
}

/**
 * A posting's content as one text, so that the order of keys and the spelling of amounts in a request do not matter.
 */
function canonical({ draft: { on, type, summary, documents }, linesText: text }: ExaminedPosting): string {
  const references = documents.map(documentText).join(',')
  return [on, type, JSON.stringify(summary), references, text].join('\n')
}

async function answerOf(ledger: Ledger, outcome: PartOutcome | undefined): Promise<Answer> {
  assert(outcome, 'an outcome a part')
  if (outcome.kind !== 'recalled') return answerAtOnce(outcome)
  if (outcome.transaction !== undefined) {
    return {
      entries: await entriesOfTransaction(ledger, outcome.transaction),
      transaction: outcome.transaction,
      replayed: true,
    }
  }
  const entry = await readEntry(ledger.database, ledger.shelf.book(outcome.scope), outcome.sequence ?? 0)
  return { entries: entry ? [entry] : [], replayed: true }
}

function answerAtOnce(outcome: Exclude<PartOutcome, { kind: 'recalled' }>): Answer {
  const { replayed } = outcome
  if (outcome.kind === 'refused') return { refusal: outcome.refusal, replayed }
  const { entries, transaction } = outcome
  return transaction === undefined ? { entries, replayed } : { entries, replayed, transaction }
}

// Recalled entries of a batch are read together.
async function answersOf(ledger: Ledger, book: Book, outcomes: readonly PartOutcome[]): Promise<Answer[]> {
  const recalled = outcomes.flatMap((outcome) =>
    outcome.kind === 'recalled' && outcome.sequence ? [outcome.sequence] : [],
  )
  const read = recalled.length > 0 ? await readEntries(ledger.database, book, [...new Set(recalled)]) : []
  const bySequence = new Map(read.map((entry) => [entry.sequence, entry]))
  const answers: Answer[] = []
  for (const outcome of outcomes) {
    const entry = outcome.kind === 'recalled' ? bySequence.get(outcome.sequence ?? 0) : undefined
    answers.push(
      entry
        ? { entries: [entry], replayed: true }
        : outcome.kind === 'recalled'
          ? await answerOf(ledger, outcome)
          : answerAtOnce(outcome),
    )
  }
  return answers
}
