/**
 * Originals that entries refer to (附件): bytes kept once a book under their SHA-256, never changed. An entry that names
 * a hash can only be posted when the original is here.
 */
import { createHash } from 'node:crypto'
import type { Actor } from '../access/actor.ts'
import { type Instant, instantText } from '../base/calendar.ts'
import { instantColumn, type Reader, rowsOf, type Sql, transact } from '../base/db.ts'
import { bookFor, type Ledger } from './ledger.ts'
import { refuse } from './refusals.ts'

export type NewAttachment = { readonly name: string | undefined; readonly mediaType: string; readonly content: Buffer }

export type Attachment = {
  readonly sha256: string
  readonly name: string
  readonly mediaType: string
  readonly size: number
  readonly uploadedBy: string
  readonly uploadedAt: Instant
}

type AttachmentRow = { name: string; media_type: string; size: number; uploaded_by: string; uploaded_at: Instant }

/** Keeps an original. The same bytes again change nothing: `isNew` is false and the first upload's name stands. */
export async function uploadAttachment(
  ledger: Ledger,
  actor: Actor,
  code: string,
  { name, mediaType, content }: NewAttachment,
): Promise<{ attachment: Attachment; isNew: boolean }> {
  const book = await bookFor(ledger, actor, code, 'entry.post')
  const hash = createHash('sha256').update(content).digest()
  const sha256 = hash.toString('hex')
  const inserted = await transact(ledger.database, (tx) =>
    tx.query(
      `insert into attachment (book_id, sha256, media_type, name, content, uploaded_by, uploaded_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1`,
      [book.bookId, hash, mediaType, name ?? sha256, content, actor.person, instantText(ledger.clock())],
    ),
  )
  const [row] = await ledger.database.sql<AttachmentRow[]>`
    select name, media_type, length(content) as size, uploaded_by, ${ledger.database.sql.unsafe(instantColumn('uploaded_at'))} as uploaded_at
    from attachment where book_id = ${book.bookId} and sha256 = ${hash}`
  if (!row) throw refuse('attachment_not_found', { sha256 })
  return { attachment: attachmentOf(sha256, row), isNew: inserted.length === 1 }
}

/** An original with its bytes. Refuses `attachment_not_found`. */
export async function readAttachment(
  ledger: Ledger,
  actor: Actor,
  code: string,
  sha256: string,
): Promise<{ attachment: Attachment; content: Buffer }> {
  const book = await bookFor(ledger, actor, code, 'book.read')
  const { sql } = ledger.database
  const [row] = await sql<(AttachmentRow & { content: Buffer })[]>`
    select name, media_type, length(content) as size, uploaded_by, ${sql.unsafe(instantColumn('uploaded_at'))} as uploaded_at, content
    from attachment where book_id = ${book.bookId} and sha256 = ${Buffer.from(sha256, 'hex')}`
  if (!row) throw refuse('attachment_not_found', { sha256 })
  return { attachment: attachmentOf(sha256, row), content: row.content }
}

/** The book that keeps an original, of the first of these districts that has one; undefined where none does. */
export async function bookOfAttachment(
  reader: Reader,
  sha256: string,
  districts: readonly string[],
): Promise<string | undefined> {
  const [row] = await rowsOf<{ code: string }>(
    reader,
    `select b.code from book b join attachment a using (book_id)
     where a.sha256 = decode($1, 'hex') and b.district = any($2::text[])
     order by array_position($2::text[], b.district), b.book_id limit 1`,
    [sha256, districts],
  )
  return row?.code
}

export type NamedAttachment = {
  readonly bookId: number
  readonly book: string
  readonly district: string
  readonly sha256: string
  readonly name: string
  readonly mediaType: string
  readonly size: number
}

/** What originals are called and where they are, by hash and book, without their bytes. */
export async function namedAttachments(sql: Sql, hashes: readonly string[]): Promise<NamedAttachment[]> {
  if (hashes.length === 0) return []
  return sql<NamedAttachment[]>`
    select a.book_id as "bookId", b.code as book, b.district, encode(a.sha256, 'hex') as sha256, a.name,
      a.media_type as "mediaType", length(a.content) as size
    from attachment a join book b using (book_id)
    where a.sha256 in (select decode(h, 'hex') from unnest(${[...hashes]}::text[]) h) order by a.sha256, a.book_id`
}

const attachmentOf = (sha256: string, row: AttachmentRow): Attachment => ({
  sha256,
  name: row.name,
  mediaType: row.media_type,
  size: row.size,
  uploadedBy: row.uploaded_by,
  uploadedAt: row.uploaded_at,
})
