/**
 * Acts on a book that are not entries: closing and reopening months, carrying a year over. Each is kept as a text,
 * chained to the one before by hash, and the chain's end is under every signed head, so an act can no more be dropped
 * or edited than an entry.
 */
import { createHash } from 'node:crypto'
import { formatInstant, type Month } from '../base/calendar.ts'
import { type Database, only, type Tx } from '../base/db.ts'
import { canonicalText } from '../base/json.ts'
import type { Book } from './book.ts'
import type { EntryDraft } from './entry.ts'

/** What happened, by whom. Every value a string, so that the text is the same wherever it is written. */
export type PeriodAct = { readonly person: string; readonly at: string } & (
  | { readonly kind: 'closed'; readonly month: Month }
  | { readonly kind: 'reopening_requested'; readonly month: Month; readonly reason: string }
  | {
      readonly kind: 'reopened'
      readonly month: Month
      readonly reason: string
      readonly requestedBy: string
      readonly request: string
    }
  | {
      readonly kind: 'carry_over_begun'
      readonly year: string
      readonly plan: string
      readonly entries: readonly StoredDraft[]
    }
  | { readonly kind: 'carried_over'; readonly year: string; readonly plan: string }
)

/** A draft of a carry-over plan in JSON: amounts as text. */
export type StoredDraft = Omit<EntryDraft, 'lines'> & { readonly lines: readonly Readonly<Record<string, string>>[] }

export type RecordedAct = PeriodAct & { readonly act: number; readonly hash: string }

/** The locked head of a book as acts need it. */
export type ActHead = { acts: number; acts_hash: Buffer; closed_through: Month | null }

export async function lockForAct(tx: Tx, book: Book): Promise<ActHead> {
  return only(
    await tx.query<ActHead>(
      `select acts, acts_hash, to_char(closed_through, 'YYYY-MM') as closed_through from book_head where book_id = $1 for update`,
      [book.bookId],
    ),
  )
}

export type NewAct = PeriodAct extends infer A ? (A extends PeriodAct ? Omit<A, 'at'> : never) : never

/** Records an act at the end of the chain, and the month the book is closed through from now on. */
export async function recordAct(
  tx: Tx,
  book: Book,
  head: ActHead,
  given: NewAct,
  at: bigint,
  closedThrough: Month | null,
): Promise<RecordedAct> {
  const act = { ...given, at: formatInstant(at) } as PeriodAct
  const body = canonicalText(act)
  const hash = createHash('sha256').update(head.acts_hash).update(body).digest()
  await tx.query(`insert into period_act (book_id, act, body, hash) values ($1, $2, $3, $4)`, [
    book.bookId,
    head.acts + 1,
    body,
    hash,
  ])
  await tx.query(`update book_head set acts = acts + 1, acts_hash = $2, closed_through = $3 where book_id = $1`, [
    book.bookId,
    hash,
    closedThrough === null ? null : `${closedThrough}-01`,
  ])
  return { ...act, act: head.acts + 1, hash: hash.toString('hex') }
}

type ActRow = { act: number; body: string; hash: Buffer }
const fromRow = ({ act, body, hash }: ActRow): RecordedAct => ({
  ...(JSON.parse(body) as PeriodAct),
  act,
  hash: hash.toString('hex'),
})

/** All acts of a book, oldest first, inside a transaction. */
export async function actsWithin(tx: Tx, book: Book): Promise<RecordedAct[]> {
  const rows = await tx.query<ActRow>(`select act, body, hash from period_act where book_id = $1 order by act`, [
    book.bookId,
  ])
  return rows.map(fromRow)
}

/** All acts of a book, oldest first. */
export async function readActs({ sql }: Database, book: Book): Promise<RecordedAct[]> {
  const rows = await sql<ActRow[]>`select act, body, hash from period_act where book_id = ${book.bookId} order by act`
  return rows.map(fromRow)
}

/** JSON with keys in order at every level. */
