/**
 * The shelf: every book this process has met, and the states of those it posts to. What is fixed about a book is read once; states
 * are kept between batches and given out only while they agree with the locked head (see book.ts).
 */
import { assert } from '../base/assert.ts'
import type { Instant } from '../base/calendar.ts'
import { type Database, instantColumn } from '../base/db.ts'
import type { Book, BookState } from './book.ts'
import { chartOf, type Standard } from './chart.ts'
import type { Head } from './store.ts'

// Past so many accounts in memory the largest state is dropped: about 1 KB each.
const accountsMax = 400_000

export class BookShelf {
  readonly #database: Database
  readonly #byCode = new Map<string, Book>()
  readonly #byId = new Map<number, Book>()
  readonly #states = new Map<number, BookState>()

  constructor(database: Database) {
    this.#database = database
  }

  /** The book of a code, `undefined` where there is none. Books are never renamed or removed, so what was read stays true. */
  async find(code: string): Promise<Book | undefined> {
    return this.#byCode.get(code) ?? this.#add(await readBooks(this.#database, 'code', code))
  }

  async findById(bookId: number): Promise<Book | undefined> {
    return this.#byId.get(bookId) ?? this.#add(await readBooks(this.#database, 'book_id', bookId))
  }

  /** A book met before. */
  book(bookId: number): Book {
    const book = this.#byId.get(bookId)
    assert(book, `book ${bookId} was looked up before`)
    return book
  }

  /** Takes the states of these books off the shelf, if all are there: nobody else works on them until they are kept again. */
  take(bookIds: readonly number[]): BookState[] | undefined {
    const states = bookIds.flatMap((bookId) => this.#states.get(bookId) ?? [])
    if (states.length < bookIds.length) return undefined
    this.forget(bookIds)
    return states
  }

  /** Takes the state of a book if it stands where the head stands. What became of its periods since, the head says. */
  stateAt(head: Head): BookState | undefined {
    const [state] = this.take([head.book_id]) ?? []
    if (!state || state.sequence !== Number(head.sequence)) return undefined
    state.acts = head.acts
    state.closedThrough = (head.closed_through ?? undefined) as BookState['closedThrough']
    return state
  }

  keep(state: BookState): void {
    // What was looked up about reversals serves one batch; the entries themselves answer later questions.
    state.reversedBy.clear()
    this.#states.set(state.book.bookId, state)
    const loaded = [...this.#states.values()].reduce((sum, { accounts }) => sum + accounts.size, 0)
    if (loaded > accountsMax) this.#states.clear()
  }

  forget(bookIds: Iterable<number>): void {
    for (const bookId of bookIds) this.#states.delete(bookId)
  }

  #add(book: Book | undefined): Book | undefined {
    if (book) {
      this.#byCode.set(book.code, book)
      this.#byId.set(book.bookId, book)
    }
    return book
  }
}

type BookRow = {
  book_id: number
  code: string
  name: string
  district: string
  standard: Standard
  sample_of: string | null
  created_at: Instant
}

async function readBooks(
  { sql }: Database,
  column: 'code' | 'book_id',
  value: string | number,
): Promise<Book | undefined> {
  const [row] = await sql<BookRow[]>`
    select book_id, code, name, district, standard, sample_of, ${sql.unsafe(instantColumn('created_at'))} as created_at
    from book where ${sql(column)} = ${value}`
  return row && bookOfRow(row)
}

export function bookOfRow(row: BookRow): Book {
  return {
    bookId: row.book_id,
    code: row.code,
    name: row.name,
    district: row.district,
    chart: chartOf(row.standard),
    sampleOf: row.sample_of ?? undefined,
    createdAt: row.created_at,
  }
}
