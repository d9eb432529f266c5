/** Reading transactions: entries of one or several books that stand together. */
import { type Actor, demand } from '../access/actor.ts'
import { placesOfTransaction, readEntry } from './journal.ts'
import { type Ledger, sees } from './ledger.ts'
import type { PostedEntry } from './leaf.ts'

/** The entries of a transaction in the books the actor sees; none where there are none. Refuses `permission_denied`. */
export async function showTransaction(ledger: Ledger, actor: Actor, transaction: string): Promise<PostedEntry[]> {
  demand(actor, 'book.read')
  const entries = await entriesOfTransaction(ledger, transaction)
  return entries.filter(({ bookId }) => sees(actor, ledger.shelf.book(bookId)))
}

/** The entries of a transaction, in the order they were posted. */
export async function entriesOfTransaction(ledger: Ledger, transaction: string): Promise<PostedEntry[]> {
  const entries: PostedEntry[] = []
  for (const { bookId, sequence } of await placesOfTransaction(ledger.database, transaction)) {
    const book = await ledger.shelf.findById(bookId)
    const entry = book && (await readEntry(ledger.database, book, sequence))
    if (entry) entries.push(entry)
  }
  return entries
}
