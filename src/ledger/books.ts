/** The shelf: every book this process has met. What is fixed about a book is read once. */
import { assert } from '../base/assert.ts'
import type { Instant } from '../base/calendar.ts'
import { type Database, instantColumn } from '../base/db.ts'
import { type Book, type Entity, usualEntity } from './book.ts'
import { chartOf, type Standard } from './chart.ts'

export class BookShelf {
  readonly #database: Database
  readonly #byCode = new Map<string, Book>()
  readonly #byId = new Map<number, Book>()

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * The book of a code, `undefined` where there is none. Books are never renamed or removed, so what was read stays
   * true.
   */
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
  entity: Entity | null
  sample_of: string | null
  created_at: Instant
}

async function readBooks(
  { sql }: Database,
  column: 'code' | 'book_id',
  value: string | number,
): Promise<Book | undefined> {
  const [row] = await sql<BookRow[]>`
    select book_id, code, name, district, standard, entity, sample_of, ${sql.unsafe(instantColumn('created_at'))} as created_at
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
    // Books of before entities were asked for were kept as an institution's.
    entity: row.standard === 'government' ? (row.entity ?? usualEntity) : undefined,
    sampleOf: row.sample_of ?? undefined,
    createdAt: row.created_at,
  }
}
