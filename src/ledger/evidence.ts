/**
 * The evidence pack of a book: one zip that holds it whole and can be verified with Node alone (cli/verify.mjs, inside
 * it). What is written is what the rows say *now*, beside the leaf hashes and signed heads of *then*; the verifier
 * finds where they part. The approvals that its entries rest on are in it with their texts and every decision.
 */
import { approvalLines, trailsOf } from '../approvals/evidence.ts'
import { Bug } from '../base/assert.ts'
import { formatInstant } from '../base/calendar.ts'
import { type Database, instantColumn } from '../base/db.ts'
import { formatFen } from '../base/money.ts'
import type { Book } from './book.ts'
import { readEntries } from './journal.ts'
import { entryId, leafText, type PostedEntry } from './leaf.ts'
import { ndjson, one, type Packed, type PackWriter, writePack } from './pack.ts'
import {
  type CheckpointRow,
  headOf,
  type ProofTools,
  readHead,
  selectCheckpoints,
  type SignedHead,
  signHeadRow,
} from './proof.ts'

export const evidenceFormat = 'yiben-evidence-2'

export type Evidence = {
  readonly entries: number
  readonly head: SignedHead | undefined
} & Packed

/**
 * Writes a book's evidence pack to `out`, replacing what was there. Signs a head first, so that the newest entries are
 * covered. Throws `PackTooLarge`, and the file system's errors as they are.
 */
export const exportEvidence = (tools: ProofTools, book: Book, out: string): Promise<Evidence> =>
  writePack(tools.database, out, (pack, snapshot) => fill(pack, tools, snapshot, book))

async function fill(pack: PackWriter, tools: ProofTools, snapshot: Database, book: Book) {
  const head = await freshHead(tools, snapshot, book)
  const journal = new JournalReader(snapshot, book)
  await pack.add('book.json', one(bookText(book)))
  await pack.add('entries.ndjson', journal.entries())
  await pack.add('approvals.ndjson', approvalLines(snapshot.sql, journal.references.decided))
  await pack.add('leaves.txt', leaves(snapshot, book))
  await pack.add('checkpoints.ndjson', checkpoints(snapshot, book, head))
  await pack.add('cosignatures.ndjson', cosignatures(snapshot, book))
  await pack.add('acts.ndjson', acts(snapshot, book))
  await pack.add('keys.ndjson', keys(snapshot, head))
  await pack.add('trial-balance.ndjson', trialBalance(snapshot, book))
  for (const sha256 of journal.references.attachments) {
    const content = await readAttachment(snapshot, book, sha256)
    if (content) await pack.add(`attachments/${sha256}`, one(content))
  }
  const at = head?.at ?? formatInstant(tools.clock())
  await pack.close({ format: evidenceFormat, book: book.code, createdAt: at, head: head?.note ?? '' })
  return { entries: journal.count, head }
}

// Where the head row contradicts itself there is nothing to sign; the pack is written all the same, and fails by that.
export async function freshHead(tools: ProofTools, { sql }: Database, book: Book): Promise<SignedHead | undefined> {
  try {
    return await signHeadRow(tools, book, await readHead(sql, book))
  } catch (error) {
    if (error instanceof Bug) return undefined
    throw error
  }
}

/** Reads the journal once, a page at a time, and remembers which originals and approvals it refers to. */
class JournalReader {
  readonly references = new References()
  count = 0
  readonly #snapshot: Database
  readonly #book: Book

  constructor(snapshot: Database, book: Book) {
    this.#snapshot = snapshot
    this.#book = book
  }

  async *entries(): AsyncGenerator<Buffer> {
    for (let after = 0n; ; ) {
      const rows = await this.#snapshot.sql<{ sequence: bigint }[]>`
        select sequence from entry where book_id = ${this.#book.bookId} and sequence > ${after}
        order by sequence limit 1000`
      const sequences = rows.map(({ sequence }) => Number(sequence))
      if (sequences.length === 0) return
      yield await entryLines(this.#snapshot, this.#book, sequences, this.references)
      this.count += sequences.length
      after = rows.at(-1)?.sequence ?? after
    }
  }
}

/** Which originals and approvals the entries that were read refer to. */
export class References {
  readonly attachments = new Set<string>()
  readonly decided = new Set<string>()

  note({ documents, approvals }: PostedEntry): void {
    for (const { sha256 } of documents) if (/^[0-9a-f]{64}$/.test(sha256 ?? '')) this.attachments.add(sha256 as string)
    for (const trail of trailsOf(approvals)) this.decided.add(trail)
  }
}

/** The canonical lines of entries of a book, which were in it a moment ago, in the order they are asked for. */
async function entryLines(
  snapshot: Database,
  book: Book,
  sequences: readonly number[],
  references: References,
): Promise<Buffer> {
  const texts = await readable(snapshot, book, sequences, references)
  return Buffer.from(texts.map((text) => `${text}\n`).join(''))
}

const pageSize = 500

/** The same for as many as there are, a page at a time. */
export async function* linesOf(
  snapshot: Database,
  book: Book,
  sequences: readonly number[],
  references: References,
): AsyncGenerator<Buffer> {
  for (let from = 0; from < sequences.length; from += pageSize) {
    yield entryLines(snapshot, book, sequences.slice(from, from + pageSize), references)
  }
}

// Rows that a hand has made unreadable must not keep the rest of the book from the auditor: such an entry stands as
// what it is.
async function readable(
  snapshot: Database,
  book: Book,
  sequences: readonly number[],
  references: References,
): Promise<string[]> {
  try {
    const entries = await readEntries(snapshot, book, sequences)
    return entries.map((entry) => {
      references.note(entry)
      return leafText(entry)
    })
  } catch (error) {
    if (!(error instanceof Bug || error instanceof TypeError || error instanceof RangeError)) throw error
    const [sequence, ...others] = sequences
    if (sequence !== undefined && others.length === 0) {
      const id = entryId(book.bookId, sequence)
      return [JSON.stringify({ id, sequence: String(sequence), unreadable: 'true' })]
    }
  }
  const texts: string[] = []
  for (const sequence of sequences) texts.push(...(await readable(snapshot, book, [sequence], references)))
  return texts
}

async function* leaves({ sql }: Database, { bookId }: Book): AsyncGenerator<Buffer> {
  const pages = sql<{ sequence: bigint; leaf: Buffer }[]>`
    select sequence, leaf from entry where book_id = ${bookId} order by sequence`.cursor(5_000)
  for await (const rows of pages) {
    yield Buffer.from(rows.map(({ sequence, leaf }) => `${sequence} ${leaf.toString('hex')}\n`).join(''))
  }
}

async function* checkpoints(
  { sql }: Database,
  { bookId }: Book,
  fresh: SignedHead | undefined,
): AsyncGenerator<Buffer> {
  const rows = await sql<
    CheckpointRow[]
  >`${sql.unsafe(selectCheckpoints)} where c.book_id = ${bookId} order by c.size, c.acts`
  const heads = rows.map(headOf)
  // The fresh head was signed after the snapshot was taken, so it is not in it, unless that state had been signed
  // before.
  if (fresh && !heads.some(({ note }) => note === fresh.note)) heads.push(fresh)
  yield ndjson(
    heads.map(({ size, acts, hash, keyId, key, signature, note }) => ({
      size: String(size),
      acts: String(acts.count),
      hash,
      keyId,
      key,
      signature,
      note,
    })),
  )
}

async function* cosignatures({ sql }: Database, { bookId }: Book): AsyncGenerator<Buffer> {
  const rows = await sql<{ size: bigint; acts: number; key_id: string; signature: Buffer; received_at: bigint }[]>`
    select size, acts, key_id, signature, ${sql.unsafe(instantColumn('received_at'))} as received_at
    from cosignature where book_id = ${bookId} order by size, acts, key_id`
  yield ndjson(
    rows.map(({ size, acts, key_id, signature, received_at }) => ({
      size: String(size),
      acts: String(acts),
      keyId: key_id,
      signature: signature.toString('base64'),
      receivedAt: formatInstant(received_at),
    })),
  )
}

async function* acts({ sql }: Database, { bookId }: Book): AsyncGenerator<Buffer> {
  const pages = sql<{ act: number; body: string; hash: Buffer }[]>`
    select act, body, hash from period_act where book_id = ${bookId} order by act`.cursor(100)
  for await (const rows of pages) {
    yield ndjson(rows.map(({ act, body, hash }) => ({ act: String(act), body, hash: hash.toString('hex') })))
  }
}

// The service's key may have been registered with the fresh head, after the snapshot was taken.
async function* keys({ sql }: Database, fresh: SignedHead | undefined): AsyncGenerator<Buffer> {
  const rows = await sql<{ key_id: string; public_key: Buffer; holder: string; kind: string }[]>`
    select key_id, public_key, holder, kind from signing_key order by kind, registered_at, key_id`
  const known = rows.map(({ key_id, public_key, holder, kind }) => ({
    keyId: key_id,
    key: public_key.toString('base64'),
    holder,
    kind,
  }))
  if (fresh && !known.some(({ keyId }) => keyId === fresh.keyId)) {
    known.push({ keyId: fresh.keyId, key: fresh.key, holder: 'yiben', kind: 'service' })
  }
  known.sort((a, b) => (a.kind < b.kind ? -1 : Number(a.kind > b.kind)))
  yield ndjson(known)
}

// In the table a key begins with its book; in the pack, which is of one book, it does not. What is stored is told, with
// or without its account.
async function* trialBalance({ sql }: Database, { bookId }: Book): AsyncGenerator<Buffer> {
  const pages = sql<{ key: string; debit: string; credit: string }[]>`
    select coalesce(a.key, 'account ' || m.account) as key, c.debit_fen::text as debit, c.credit_fen::text as credit
    from (select distinct account from closing where book_id = ${bookId}) m
    cross join lateral balance_on(${bookId}, m.account, 'infinity') c
    left join account a on a.book_id = ${bookId} and a.account = m.account order by 1`.cursor(5_000)
  for await (const rows of pages) {
    yield ndjson(
      rows.map(({ key, debit, credit }) => ({
        account: key.startsWith(`${bookId}|`) ? key.slice(`${bookId}|`.length) : key,
        debit: formatFen(BigInt(debit)),
        credit: formatFen(BigInt(credit)),
      })),
    )
  }
}

async function readAttachment({ sql }: Database, { bookId }: Book, sha256: string): Promise<Buffer | undefined> {
  const [row] = await sql<{ content: Buffer }[]>`
    select content from attachment where book_id = ${bookId} and sha256 = ${Buffer.from(sha256, 'hex')}`
  return row?.content
}

const bookText = (book: Book): string => JSON.stringify(bookTold(book))

/** A book as a pack tells of it, with its chart. */
export function bookTold({ bookId, code, name, district, chart, sampleOf, createdAt }: Book) {
  return {
    bookId: String(bookId),
    code,
    name,
    district,
    standard: chart.standard,
    createdAt: formatInstant(createdAt),
    ...(sampleOf !== undefined && { sampleOf }),
    chart: {
      title: chart.title,
      subjects: [...chart.subjects.values()].map(({ code, name, basis, side, guarded, keptBy, postable }) => ({
        code,
        name,
        basis,
        side,
        guarded,
        keptBy,
        postable,
      })),
    },
  }
}
