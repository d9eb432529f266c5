/** Lists of books, for whoever may see them: pages in the order of their ids, and what is in each. */
import { type Actor, demand } from '../access/actor.ts'
import type { Day } from '../base/calendar.ts'
import { type Database, instantColumn } from '../base/db.ts'
import type { Book } from './book.ts'
import { bookOfRow } from './books.ts'

type BookRow = Parameters<typeof bookOfRow>[0]

/** Up to `limit` books after an id: one's own district's, or, for the city, all. Refuses `permission_denied`. */
export async function listBooks(
  { sql }: Database,
  actor: Actor,
  { after, limit }: { after: number; limit: number },
): Promise<Book[]> {
  demand(actor, 'book.read')
  const { district } = actor
  const rows = await sql<BookRow[]>`
    select book_id, code, name, district, standard, entity, sample_of, ${sql.unsafe(instantColumn('created_at'))} as created_at
    from book where book_id > ${after} ${district === undefined ? sql`` : sql`and district = ${district}`}
    order by book_id limit ${limit}`
  return rows.map(bookOfRow)
}

export type BookContent = { readonly book: Book; readonly entries: number; readonly lastOn: Day | undefined }

/** Sample books with the number of their entries and the last business date. */
export async function listSampleBooks({ sql }: Database, limit: number): Promise<BookContent[]> {
  const rows = await sql<(BookRow & { entries: bigint; last_on: Day | null })[]>`
    select b.book_id, code, name, district, standard, entity, sample_of, ${sql.unsafe(instantColumn('created_at'))} as created_at,
      h.sequence as entries, (
        select max(c.booked_on) from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
        where a.book_id = b.book_id) as last_on
    from book b join book_head h using (book_id) where sample_of is not null order by b.book_id limit ${limit}`
  return rows.map((row) => ({ book: bookOfRow(row), entries: Number(row.entries), lastOn: row.last_on ?? undefined }))
}

/** Whether any book is of real money. */
export async function hasRealBook({ sql }: Pick<Database, 'sql'>): Promise<boolean> {
  return (await sql`select from book where sample_of is null limit 1`).length > 0
}
