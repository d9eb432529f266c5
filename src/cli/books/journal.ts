/**
 * `yiben export journal --book B [--format hledger]`: the journal of a book as text, streamed to wherever the command
 * writes.
 */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { hledgerJournal } from '../../../reports/journal-hledger.ts'
import type { Actor } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import type { Database } from '../../base/db.ts'
import type { Book } from '../../ledger/book.ts'
import { readEntriesAfter } from '../../ledger/journal.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import type { PostedEntry } from '../../ledger/post.ts'
import { eachOf } from '../table.ts'

/** The formats a journal can be written in; `ledger` reads hledger's. */
export const journalFormats = ['hledger'] as const
export type JournalFormat = (typeof journalFormats)[number]

const writers: Record<JournalFormat, (book: Book, entries: AsyncIterable<PostedEntry>) => AsyncIterable<string>> = {
  hledger: hledgerJournal,
}

// Entries are short; written one by one they would cost a system call each.
const chunkLength = 64 * 1024

/** Writes the journal of a book to `out`, which stays open. Refuses `book_not_found`. */
export async function exportJournal(
  ledger: Ledger,
  actor: Actor,
  code: string,
  out: Writable,
  format: JournalFormat = 'hledger',
): Promise<void> {
  const book = await bookFor(ledger, actor, code, 'book.read')
  let chunk = ''
  for await (const text of writers[format](book, entriesOf(ledger.database, book))) {
    chunk += text
    if (chunk.length < chunkLength) continue
    await write(out, chunk)
    chunk = ''
  }
  await write(out, chunk)
}

/** The entries of a book in the order they were posted, those of some days where these are given. */
export const entriesOf = (
  database: Database,
  book: Book,
  days: { readonly from?: Day; readonly to?: Day } = {},
): AsyncGenerator<PostedEntry> =>
  eachOf(
    0,
    (after, limit) => readEntriesAfter(database, book, after, limit, days),
    ({ sequence }) => sequence,
  )

async function write(out: Writable, chunk: string): Promise<void> {
  if (!out.write(chunk)) await once(out, 'drain')
}
