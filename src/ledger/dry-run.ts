/**
 * A dry run (试算记账): whether entries would be taken, one by one or all or none, and what every account they move would
 * hold after them. It decides as posting decides, on the books as they stand, and neither locks nor writes.
 */
import type { Actor } from '../access/actor.ts'
import { Refusal, type RefusalRecord } from '../base/refusal.ts'
import { examined, reversalOfEntry, type Reversal } from './actions.ts'
import { type Balance, balanceOf } from './balance.ts'
import type { AccountState, Book } from './book.ts'
import type { ExaminedPosting } from './decide.ts'
import type { EntryDraft } from './entry.ts'
import { bookFor, type Ledger, placeOf } from './ledger.ts'
import { type Part, type PartOutcome, tryUnits } from './post.ts'
import { refusedTogether, tried } from './under-key.ts'

export type DryRun = {
  /** In the order that was asked: nothing where it would be taken. */
  readonly refusals: readonly (RefusalRecord | undefined)[]
  /** Of the accounts that what would be taken moves, as they would stand on all days. */
  readonly after: readonly (Balance & Pick<AccountState, 'dimensions'> & { readonly account: string })[]
}

/** Of entries of one book. Refuses `book_not_found`; what is wrong with an entry is answered in its place. */
export async function dryRunEntries(
  ledger: Ledger,
  actor: Actor,
  code: string,
  { entries, atomic }: { readonly entries: readonly EntryDraft[]; readonly atomic: boolean },
): Promise<DryRun> {
  const book = await bookFor(ledger, actor, code, 'book.read')
  const made = entries.map((draft) => tried(() => examined(book, actor.person, draft, [], 'direct')))
  return dryRun(ledger, book, made, atomic)
}

/** Of the reversal of an entry. Refuses `entry_not_found`; what keeps the entry from being reversed is answered. */
export async function dryRunReversal(ledger: Ledger, actor: Actor, id: string, given: Reversal): Promise<DryRun> {
  const place = await placeOf(ledger, actor, id, 'book.read')
  const made = await reversalOfEntry(ledger, actor, place, given).catch((error: unknown) => {
    if (error instanceof Refusal && error.code !== 'entry_not_found') return error
    throw error
  })
  return dryRun(ledger, place.book, [made], false)
}

async function dryRun(
  ledger: Ledger,
  book: Book,
  made: readonly (ExaminedPosting | Refusal)[],
  atomic: boolean,
): Promise<DryRun> {
  const spoiled = atomic && refusedTogether(made.map((result, index) => ({ key: keyAt(index), result })))
  if (spoiled) return { refusals: spoiled, after: [] }
  const parts = made.flatMap((result, index) => (result instanceof Refusal ? [] : [partOf(book, index, result)]))
  const { outcomes, states } =
    parts.length === 0
      ? { outcomes: [], states: [] }
      : await tryUnits(ledger.database, ledger.shelf, ledger.clock, [{ parts, atomic }])
  const decided: PartOutcome[] = outcomes.flat()
  const refusals = made.map((result) => {
    if (result instanceof Refusal) return result.record()
    const outcome = decided.shift()
    return outcome?.kind === 'refused' ? outcome.refusal : undefined
  })
  const moved = new Set(made.flatMap((result) => (result instanceof Refusal ? [] : result.lines.map(keyOf))))
  const after = states.flatMap(({ accounts }) =>
    [...accounts.values()]
      .filter(({ key, lastOn }) => moved.has(key) && lastOn !== '')
      .map(({ subject, dimensions, debitFen, creditFen }) => ({
        account: subject.code,
        dimensions,
        ...balanceOf({ debit_fen: debitFen, credit_fen: creditFen }, subject.side),
      })),
  )
  return { refusals, after }
}

const keyOf = ({ accountKey }: ExaminedPosting['lines'][number]): string => accountKey

// Nothing is kept under these keys; they only have to differ.
const keyAt = (index: number): string => String(index)
const partOf = ({ bookId }: Book, index: number, posting: ExaminedPosting): Part => ({
  scope: bookId,
  key: keyAt(index),
  keyHash: keyAt(index),
  requestHash: '',
  postings: [posting],
  isTransaction: false,
})
