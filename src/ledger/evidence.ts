/**
 * The evidence pack: one zip that holds a book whole and can be verified with Node alone (cli/verify/verify.mjs,
 * inside it). What is written is what the rows say *now*, beside the leaf hashes and signed heads of *then*; the
 * verifier finds where they part.
 *
 * Everything is read in one snapshot and streamed, so a pack is of one moment and memory does not grow with the book.
 * The file appears under its name only when it is complete.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'
import { assert, Bug } from '../base/assert.ts'
import { formatInstant } from '../base/calendar.ts'
import { type Database, instantColumn, type Sql } from '../base/db.ts'
import { formatFen } from '../base/money.ts'
import type { Book } from './book.ts'
import { readEntriesAfter } from './journal.ts'
import { entryId, leafText } from './leaf.ts'
import {
  type CheckpointRow,
  headOf,
  type ProofTools,
  readHead,
  selectCheckpoints,
  type SignedHead,
  signHeadRow,
} from './proof.ts'

export const evidenceFormat = 'yiben-evidence-1'

// What the classic zip format can hold: 32-bit sizes, 16-bit counts. Past it other readers and ours would need ZIP64.
const bytesMax = 0x7fff_ffff
const membersMax = 0xfffe

/** The book does not fit one pack. Thrown before anything appears under the pack's name. */
export class PackTooLarge extends Error {
  override readonly name = 'PackTooLarge'
}

export type Evidence = {
  readonly entries: number
  readonly head: SignedHead | undefined
  readonly bytes: number
  readonly sha256: string
}

/**
 * Writes a book's evidence pack to `out`, replacing what was there. Signs a head first, so that the newest entries are
 * covered. Throws `PackTooLarge`, and the file system's errors as they are.
 */
export async function exportEvidence(tools: ProofTools, book: Book, out: string): Promise<Evidence> {
  const draft = `${out}.part`
  const file = createHash('sha256')
  const size = { bytes: 0 }
  const zip = new yazl.ZipFile()
  const output = zip.outputStream as Readable
  const written = pipeline(output, sealed(file, size), createWriteStream(draft, { mode: 0o600 }))
  // Nobody waits for a member of a pack that can no longer be written.
  const failed = written.then(() => new Promise<never>(() => undefined))
  failed.catch(() => undefined)
  try {
    const pack = new PackWriter(zip, failed)
    const { database } = tools
    const evidence = await database.sql.begin('isolation level repeatable read read only', async (tx) => {
      await tx.unsafe(plannerSettings)
      return fill(pack, tools, { ...database, sql: tx as unknown as Sql }, book)
    })
    zip.end()
    await written
    await rename(draft, out)
    return { ...evidence, bytes: size.bytes, sha256: file.digest('hex') }
  } catch (error) {
    output.destroy(error as Error)
    await written.catch(() => undefined)
    await rm(draft, { force: true })
    throw error
  }
}

// A book read page by page wants ranges of its primary keys. Without fresh statistics, as after a bulk load, the
// planner would rather visit every account for every page (measured: 15 times slower).
const plannerSettings = 'set local enable_nestloop = off; set local enable_bitmapscan = off'

async function fill(pack: PackWriter, tools: ProofTools, snapshot: Database, book: Book) {
  const head = await freshHead(tools, snapshot, book)
  const journal = new JournalReader(snapshot, book)
  await pack.add('book.json', one(bookText(book)))
  await pack.add('entries.ndjson', journal.entries())
  await pack.add('leaves.txt', leaves(snapshot, book))
  await pack.add('checkpoints.ndjson', checkpoints(snapshot, book, head))
  await pack.add('cosignatures.ndjson', cosignatures(snapshot, book))
  await pack.add('acts.ndjson', acts(snapshot, book))
  await pack.add('keys.ndjson', keys(snapshot, head))
  await pack.add('trial-balance.ndjson', trialBalance(snapshot, book))
  for (const sha256 of journal.attachments) {
    const content = await readAttachment(snapshot, book, sha256)
    if (content) await pack.add(`attachments/${sha256}`, one(content))
  }
  await pack.add('verify.mjs', createReadStream(new URL('../cli/verify.mjs', import.meta.url)))
  await pack.add('manifest.json', one(manifestText(pack, tools, book, head)))
  return { entries: journal.count, head }
}

// Where the head row contradicts itself there is nothing to sign; the pack is written all the same, and fails by that.
async function freshHead(tools: ProofTools, { sql }: Database, book: Book): Promise<SignedHead | undefined> {
  try {
    return await signHeadRow(tools, book, await readHead(sql, book))
  } catch (error) {
    if (error instanceof Bug) return undefined
    throw error
  }
}

/** Adds members one after the other, and remembers their hashes for the manifest. */
class PackWriter {
  readonly members: { name: string; sha256: string; size: string }[] = []
  readonly #zip: yazl.ZipFile
  readonly #failed: Promise<never>

  constructor(zip: yazl.ZipFile, failed: Promise<never>) {
    this.#zip = zip
    this.#failed = failed
  }

  async add(name: string, content: AsyncIterable<Buffer>): Promise<void> {
    if (this.members.length >= membersMax) throw new PackTooLarge(`a pack holds at most ${membersMax} files`)
    const hash = createHash('sha256')
    let size = 0
    const source = Readable.from(measured(), { objectMode: false })
    const ended = new Promise<void>((resolve, reject) => source.once('end', resolve).once('error', reject))
    async function* measured(): AsyncGenerator<Buffer> {
      for await (const chunk of content) {
        size += chunk.length
        if (size > bytesMax) throw new PackTooLarge(`${name} exceeds ${bytesMax} bytes`)
        hash.update(chunk)
        yield chunk
      }
    }
    this.#zip.addReadStream(source, name)
    await Promise.race([ended, this.#failed])
    this.members.push({ name, sha256: hash.digest('hex'), size: String(size) })
  }
}

/** What the zip's comment starts with; the hash of all bytes before the comment follows. */
export const sealPrefix = 'yiben-seal-1 sha256 '
const sealLength = sealPrefix.length + 64

// The last two bytes of a zip without comment are the comment's length, 0. They are held back and written as the seal's
// length; then comes the seal, over everything before it, so that no bit of the file is outside some check.
function sealed(file: Hash, size: { bytes: number }) {
  return async function* seal(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const before = createHash('sha256')
    const passed = (bytes: Buffer): Buffer => {
      size.bytes += bytes.length
      if (size.bytes > bytesMax) throw new PackTooLarge(`the pack exceeds ${bytesMax} bytes`)
      file.update(bytes)
      return bytes
    }
    let held: Buffer = Buffer.alloc(0)
    for await (const chunk of source) {
      const bytes = Buffer.concat([held, chunk])
      const cut = Math.max(0, bytes.length - 2)
      held = bytes.subarray(cut)
      before.update(bytes.subarray(0, cut))
      yield passed(bytes.subarray(0, cut))
    }
    assert(held.length === 2 && held.readUInt16LE() === 0, 'the zip ends without a comment')
    const length = Buffer.alloc(2)
    length.writeUInt16LE(sealLength)
    before.update(length)
    yield passed(length)
    yield passed(Buffer.from(sealPrefix + before.digest('hex')))
  }
}

/** Reads the journal once, a page at a time, and remembers which originals it refers to. */
class JournalReader {
  readonly attachments = new Set<string>()
  count = 0
  readonly #snapshot: Database
  readonly #book: Book

  constructor(snapshot: Database, book: Book) {
    this.#snapshot = snapshot
    this.#book = book
  }

  async *entries(): AsyncGenerator<Buffer> {
    for (let after = 0; ; ) {
      const page = await this.#page(after, 1_000)
      if (page.length === 0) return
      yield Buffer.from(page.map(({ text }) => `${text}\n`).join(''))
      this.count += page.length
      after = page.at(-1)?.sequence ?? after
    }
  }

  // Rows that a hand has made unreadable must not keep the rest of the book from the auditor: such an entry stands as
  // what it is.
  async #page(after: number, limit: number): Promise<{ sequence: number; text: string }[]> {
    try {
      const page = await readEntriesAfter(this.#snapshot, this.#book, after, limit)
      return page.map((entry) => {
        for (const { sha256 } of entry.documents)
          if (/^[0-9a-f]{64}$/.test(sha256 ?? '')) this.attachments.add(sha256 as string)
        return { sequence: entry.sequence, text: leafText(entry) }
      })
    } catch (error) {
      if (!(error instanceof Bug || error instanceof TypeError || error instanceof RangeError)) throw error
      if (limit === 1) return this.#unreadable(after)
    }
    const page: { sequence: number; text: string }[] = []
    for (let last = after; page.length < limit; last = page.at(-1)?.sequence ?? last) {
      const next = await this.#page(last, 1)
      if (next.length === 0) break
      page.push(...next)
    }
    return page
  }

  async #unreadable(after: number): Promise<{ sequence: number; text: string }[]> {
    const rows = await this.#snapshot.sql<{ sequence: bigint }[]>`
      select sequence from entry where book_id = ${this.#book.bookId} and sequence > ${after} order by sequence limit 1`
    return rows.map(({ sequence }) => {
      const id = entryId(this.#book.bookId, Number(sequence))
      return {
        sequence: Number(sequence),
        text: JSON.stringify({ id, sequence: String(sequence), unreadable: 'true' }),
      }
    })
  }
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

function bookText({ bookId, code, name, district, chart, sampleOf, createdAt }: Book): string {
  return JSON.stringify({
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
  })
}

function manifestText(
  { members }: PackWriter,
  { clock }: ProofTools,
  { code }: Book,
  head: SignedHead | undefined,
): string {
  return `${JSON.stringify({ format: evidenceFormat, book: code, createdAt: formatInstant(clock()), head: head?.note ?? '', members }, null, 1)}\n`
}

const ndjson = (records: readonly Record<string, string>[]): Buffer =>
  Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''))

async function* one(content: string | Buffer): AsyncGenerator<Buffer> {
  yield Buffer.from(content)
}
