/**
 * What one writer remembers of the books it posts to. Nobody else may hold the same states: a batch on its way has
 * decided on them, and what it decided is taken out of them again if it does not land. So every posting group has a
 * memory of its own, and two groups over one database are as strange to each other as two processes.
 */
import type { Book, BookState } from './book.ts'
import { frontierBytes } from './merkle.ts'
import { type Head, stateOf } from './store.ts'

// Past so many accounts in memory all is dropped: about 1 KB each.
const accountsMax = 400_000

export class Memory {
  readonly #book: (bookId: number) => Book
  readonly #states = new Map<number, BookState>()

  /** `book`: gives what is fixed about a book that was looked up before. */
  constructor(book: (bookId: number) => Book) {
    this.#book = book
  }

  /** Takes the states of these books out, if all are there: nobody else works on them until they are kept again. */
  take(bookIds: readonly number[]): BookState[] | undefined {
    const states = bookIds.flatMap((bookId) => this.#states.get(bookId) ?? [])
    if (states.length < bookIds.length) return undefined
    this.forget(bookIds)
    return states
  }

  /**
   * Takes out the state of a book that stands where its locked head does, or begins one. What became of its periods
   * since, the head says.
   */
  stateAt(head: Head): BookState {
    const [state] = this.take([head.book_id]) ?? []
    if (!state || !standsAt(state, head)) return stateOf(this.#book(head.book_id), head)
    state.acts = head.acts
    state.closedThrough = (head.closed_through ?? undefined) as BookState['closedThrough']
    return state
  }

  keep(state: BookState): void {
    // What was looked up about reversals serves one batch; the entries themselves answer later questions.
    state.reversedBy.clear()
    this.#states.set(state.book.bookId, state)
    let accounts = 0
    for (const kept of this.#states.values()) accounts += kept.accounts.size
    if (accounts > accountsMax) this.#states.clear()
  }

  forget(bookIds: Iterable<number>): void {
    for (const bookId of bookIds) this.#states.delete(bookId)
  }
}

// Over the very same entries, which is more than over as many.
function standsAt({ sequence, frontier }: BookState, head: Head): boolean {
  return sequence === Number(head.sequence) && frontierBytes(frontier).equals(head.frontier)
}
