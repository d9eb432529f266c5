/**
 * What an entry is, byte for byte. Its canonical text is JSON with keys in order, every value a string, absent fields left
 * out: RFC 8785 for the little JSON we need. The leaf hash is SHA-256 of 0x00 and that text (RFC 9162), and the same text is a
 * line of the evidence pack, so a verifier hashes what it reads and needs no canonicalisation of its own.
 *
 * The format is versioned and never changed: a new field is a new version. No field of an entry, its lines, approvals or
 * attachments may be left out.
 */
import { createHash } from 'node:crypto'
import { type Day, formatInstant, type Instant, monthOf } from '../base/calendar.ts'
import { type Fen, formatFen } from '../base/money.ts'
import { type Basis, type Dimension, dimensions, type Side } from './chart.ts'
import type { Approval, DocumentReference } from './entry.ts'

export type EntryLine = {
  readonly account: string
  readonly basis: Basis
  readonly side: Side
  /** Red amounts are negative. */
  readonly amountFen: Fen
  readonly memo?: string
} & { readonly [D in Dimension]?: string }

/** An entry as it stands in a book. */
export type Entry = {
  readonly bookId: number
  readonly book: string
  readonly sequence: number
  readonly number: number
  readonly on: Day
  readonly recordedAt: Instant
  readonly type: string
  readonly summary: string
  readonly maker: string
  readonly approvals: readonly Approval[]
  readonly documents: readonly DocumentReference[]
  readonly lines: readonly EntryLine[]
  /** Sequence of the entry this one reverses, in the same book. */
  readonly reverses?: number
  /** Shared by the entries of one transaction over several books. */
  readonly transaction?: string
}

/** The id of an entry names its book and place: E3-17 is the 17th entry of book 3. */
export const entryId = (bookId: number, sequence: number): string => `E${bookId}-${sequence}`

export function parseEntryId(id: string): { bookId: number; sequence: number } | undefined {
  const parts = /^E([1-9][0-9]{0,8})-([1-9][0-9]{0,14})$/.exec(id)
  return parts ? { bookId: Number(parts[1]), sequence: Number(parts[2]) } : undefined
}

/** The canonical text. Keys stand in code-unit order at every level. */
export function leafText(entry: Entry): string {
  const { bookId } = entry
  return JSON.stringify({
    ...(entry.approvals.length > 0 && {
      approvals: entry.approvals.map(({ at, decision, of, person }) => ({ at, decision, of, person })),
    }),
    book: entry.book,
    ...(entry.documents.length > 0 && { documents: entry.documents.map(documentFields) }),
    format: 'yiben-entry-1',
    id: entryId(bookId, entry.sequence),
    lines: entry.lines.map(lineFields),
    maker: entry.maker,
    number: String(entry.number),
    on: entry.on,
    period: monthOf(entry.on),
    recordedAt: formatInstant(entry.recordedAt),
    ...(entry.reverses !== undefined && { reverses: entryId(bookId, entry.reverses) }),
    sequence: String(entry.sequence),
    summary: entry.summary,
    ...(entry.transaction !== undefined && { transaction: entry.transaction }),
    type: entry.type,
  })
}

function documentFields({ number, sha256, title }: DocumentReference): DocumentReference {
  return {
    ...(number !== undefined && { number }),
    ...(sha256 !== undefined && { sha256 }),
    ...(title !== undefined && { title }),
  }
}

// In code-unit order: account, basis, contract, counterparty, credit, debit, dwelling, indicator, item, memo, project, …
const lineKeys = ['account', 'basis', 'credit', 'debit', 'memo', ...dimensions].toSorted()

/** A line as it is hashed and as it is answered over HTTP: the amount under `debit` or `credit`, dimensions where given. */
export function lineFields(line: EntryLine): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const key of lineKeys) {
    const value =
      key === 'debit' || key === 'credit'
        ? key === line.side && formatFen(line.amountFen)
        : line[key as 'account' | 'basis' | 'memo' | Dimension]
    if (typeof value === 'string') fields[key] = value
  }
  return fields
}

const leafPrefix = Buffer.from([0x00])

export function leafHash(text: string): Buffer {
  return createHash('sha256').update(leafPrefix).update(text).digest()
}
