/**
 * Proof that a book is what it was. A *signed head* states the size and root of its Merkle log and the end of its chain
 * of acts at one moment; whoever keeps one can later show that something under it was changed, dropped, added or moved.
 * Witnesses put their own signature under heads they have checked. Nothing here runs while posting: heads are signed
 * when asked for, from the frontier that posting keeps.
 */
import { type Clock, formatInstant, type Instant, instantText } from '../base/calendar.ts'
import { type Database, instantColumn, only, type Sql, transact, type Tx } from '../base/db.ts'
import type { Book } from './book.ts'
import { readEntry } from './journal.ts'
import { isSignedBy, keyIdOf, parseBase64, type Signer } from './keys.ts'
import { currentKey } from './key-of-database.ts'
import { entryId, leafText } from './leaf.ts'
import { consistencyPath, frontierFromBytes, type Hash, inclusionPath, rootOf } from './merkle.ts'
import { nodeReader } from './nodes.ts'
import { refuse } from './refusals.ts'

export type ProofTools = { readonly database: Database; readonly clock: Clock; readonly signer: Signer }

/**
 * A head as it is given out. Hashes in hex; key and signature in base64; the signature is over the note's UTF-8 bytes.
 */
export type SignedHead = {
  readonly size: number
  readonly hash: string
  readonly signature: string
  readonly key: string
  readonly at: string
  readonly keyId: string
  readonly acts: { readonly count: number; readonly hash: string }
  readonly note: string
}

/** What of a book's head row is signed. */
export type HeadRow = {
  readonly size: number
  readonly frontier: Buffer
  readonly acts: number
  readonly actsHash: Buffer
}

/** Reads a book's head in one statement, so that its parts belong together. */
export async function readHead(sql: Sql, book: Book): Promise<HeadRow> {
  const rows = await sql<{ sequence: bigint; frontier: Buffer; acts: number; acts_hash: Buffer }[]>`
    select sequence, frontier, acts, acts_hash from book_head where book_id = ${book.bookId}`
  const { sequence, frontier, acts, acts_hash } = only(rows)
  return { size: Number(sequence), frontier, acts, actsHash: acts_hash }
}

/**
 * The book's signed head as of now. A state is signed once: the head stored first is everybody's, whoever asks and
 * however often. Throws `Bug` where the head row contradicts itself, which only a hand in the database can bring about.
 */
export async function signHead(tools: ProofTools, book: Book): Promise<SignedHead> {
  return signHeadRow(tools, book, await readHead(tools.database.sql, book))
}

/** The signed head of a state that was read before. */
export async function signHeadRow(tools: ProofTools, book: Book, head: HeadRow): Promise<SignedHead> {
  const { bookId } = book
  const stored = (tx: Tx) => tx.query<CheckpointRow>(readCheckpoint, [bookId, head.size, head.acts])
  const signed = await transact(tools.database, async (tx) => {
    const [known] = await stored(tx)
    if (known) return headOf(known)
    await storeHead(tx, tools, book, head)
    return headOf(only(await stored(tx)))
  })
  // What others signed is theirs to remember.
  if (signed.keyId === tools.signer.keyId) tools.signer.signed(signed)
  return signed
}

async function storeHead(tx: Tx, { signer, clock }: ProofTools, book: Book, head: HeadRow): Promise<void> {
  const now = clock()
  const root = rootOf(frontierFromBytes(head.size, head.frontier))
  const note = noteText(book, head, root, now)
  const current = await currentKey(tx, signer, now)
  if (current !== signer.keyId) throw refuse('signing_key_other', { current, own: signer.keyId })
  await signer.mayFollow(tx, book)
  await tx.query(
    `insert into checkpoint (book_id, size, acts, note, root, key_id, signature, signed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing`,
    [book.bookId, head.size, head.acts, note, root, signer.keyId, signer.sign(Buffer.from(note)), instantText(now)],
  )
}

/**
 * What is signed: origin, size, root, instant and acts, a line each, after the C2SP checkpoint (tlog-checkpoint). Where
 * no act was recorded their hash is written `-`.
 */
export function noteText(book: Pick<Book, 'bookId' | 'code'>, head: HeadRow, root: Hash, at: Instant): string {
  const actsHash = head.acts === 0 ? '-' : head.actsHash.toString('hex')
  return [
    `yiben/E${book.bookId}/${book.code}`,
    head.size,
    root.toString('base64'),
    `at ${formatInstant(at)}`,
    `acts ${head.acts} ${actsHash}`,
    '',
  ].join('\n')
}

export type CheckpointRow = {
  size: bigint
  acts: number
  note: string
  root: Buffer
  signature: Buffer
  signed_at: Instant
  key_id: string
  public_key: Buffer
}

/** Signed heads with their keys; a condition on `c` follows. */
export const selectCheckpoints = `select c.size, c.acts, c.note, c.root, c.signature, ${instantColumn('c.signed_at')} as signed_at, c.key_id,
  k.public_key from checkpoint c join signing_key k using (key_id)`

const readCheckpoint = `${selectCheckpoints} where c.book_id = $1 and c.size = $2 and c.acts = $3`

export function headOf(row: CheckpointRow): SignedHead {
  const actsHash = /^acts [0-9]+ (?:-|([0-9a-f]*))$/m.exec(row.note)?.[1] ?? ''
  return {
    size: Number(row.size),
    hash: row.root.toString('hex'),
    signature: row.signature.toString('base64'),
    key: row.public_key.toString('base64'),
    at: formatInstant(row.signed_at),
    keyId: row.key_id,
    acts: { count: row.acts, hash: actsHash },
    note: row.note,
  }
}

/** How far the log of a book is signed. */
export type SignedState = {
  readonly book: string
  readonly name: string
  /** Entries in the book. */
  readonly size: number
  /** When the last of them was recorded. */
  readonly recordedAt?: Instant
  /** The last head that was signed; absent before the first. */
  readonly head?: { readonly size: number; readonly hash: string; readonly at: Instant; readonly witnesses: number }
}

/** Of each book, one's own district's, or, for the city, all: how far it is signed. Nothing is signed here. */
export async function signedStates({ sql }: Database, district: string | undefined): Promise<SignedState[]> {
  const rows = await sql<
    {
      code: string
      name: string
      sequence: bigint
      recorded_at: Instant | null
      size: bigint | null
      root: Buffer | null
      signed_at: Instant | null
      witnesses: number
    }[]
  >`
    select b.code, b.name, h.sequence, ${sql.unsafe(instantColumn('e.recorded_at'))} as recorded_at, c.size, c.root,
      ${sql.unsafe(instantColumn('c.signed_at'))} as signed_at,
      (select count(*)::int from cosignature w
       where w.book_id = c.book_id and w.size = c.size and w.acts = c.acts) as witnesses
    from book b join book_head h using (book_id)
    left join entry e on e.book_id = b.book_id and e.sequence = h.sequence
    left join lateral (
      select * from checkpoint c where c.book_id = b.book_id order by c.size desc, c.acts desc limit 1) c on true
    where ${district === undefined ? sql`true` : sql`b.district = ${district}`} order by b.book_id`
  return rows.map(({ code, name, sequence, recorded_at: recordedAt, size, root, signed_at: at, witnesses }) => ({
    book: code,
    name,
    size: Number(sequence),
    ...(recordedAt !== null && { recordedAt }),
    ...(size !== null && root && at !== null && { head: { size: Number(size), hash: hex(root), at, witnesses } }),
  }))
}

export type InclusionProof = {
  readonly entry: string
  /** Place of the leaf, from 0. */
  readonly index: number
  readonly size: number
  /** The entry's canonical text as the rows give it now; its leaf hash is SHA-256 of 0x00 and its UTF-8 bytes. */
  readonly leaf: string
  /** The leaf hash stored when the entry was posted. */
  readonly leafHash: string
  /** Nearest sibling first (RFC 9162, 2.1.3). */
  readonly path: readonly string[]
  readonly head: SignedHead
}

/** Shows that an entry is under the book's signed head of now. Refuses `entry_not_found`. */
export async function inclusionProof(tools: ProofTools, book: Book, sequence: number): Promise<InclusionProof> {
  const head = await signHead(tools, book)
  const entry = sequence <= head.size ? await readEntry(tools.database, book, sequence) : undefined
  if (!entry) throw refuse('entry_not_found', { entry: entryId(book.bookId, sequence) })
  const path = await inclusionPath(nodeReader(tools.database.sql, book), sequence - 1, head.size)
  return {
    entry: entryId(book.bookId, sequence),
    index: sequence - 1,
    size: head.size,
    leaf: leafText(entry),
    leafHash: entry.hash.toString('hex'),
    path: path.map(hex),
    head,
  }
}

export type ConsistencyProof = { readonly from: number; readonly to: number; readonly path: readonly string[] }

/**
 * Shows that the log of size `to` begins with the log of size `from` (RFC 9162, 2.1.4). Every log begins with the empty
 * one, so from 0 the path is empty. Refuses `checkpoint_not_found` where the log has never been that large, or `from`
 * is past `to`.
 */
export async function consistencyProof(
  { database }: ProofTools,
  book: Book,
  from: number,
  to: number,
): Promise<ConsistencyProof> {
  const { size } = await readHead(database.sql, book)
  const wrong = [from, to].find((wanted) => !Number.isSafeInteger(wanted) || wanted < 0 || wanted > Math.min(to, size))
  if (wrong !== undefined) throw refuse('checkpoint_not_found', { book: book.code, size: String(wrong) })
  const path = from === 0 ? [] : await consistencyPath(nodeReader(database.sql, book), from, to)
  return { from, to, path: path.map(hex) }
}

const hex = (hash: Hash): string => hash.toString('hex')

/**
 * Registers a witness's public key (32 raw bytes in base64) and answers its id. The same key again changes nothing.
 * Refuses
 * `cosignature_invalid` where it is no key, or the service's own: a witness is somebody else.
 */
export async function registerWitness(
  { database, clock, signer }: ProofTools,
  { holder, publicKey }: { readonly holder: string; readonly publicKey: string },
): Promise<string> {
  const bytes = parseBase64(publicKey, 32)
  if (!bytes || bytes.equals(signer.publicKey)) throw refuse('cosignature_invalid', { key: publicKey.slice(0, 64) })
  const keyId = keyIdOf(bytes)
  const kind = await transact(database, async (tx) => {
    await tx.query(
      `insert into signing_key (key_id, public_key, holder, kind, registered_at) values ($1, $2, $3, 'witness', $4)
       on conflict do nothing`,
      [keyId, bytes, holder, instantText(clock())],
    )
    return only(await tx.query<{ kind: string }>('select kind from signing_key where key_id = $1', [keyId])).kind
  })
  if (kind !== 'witness') throw refuse('cosignature_invalid', { key: keyId })
  return keyId
}

export type Cosignature = {
  readonly size: number
  readonly acts: number
  readonly keyId: string
  readonly signature: string
}

/**
 * Keeps a witness's signature (base64) over the note of a head that was given out. Once kept it stays; the same again
 * changes nothing. Refuses `checkpoint_not_found`, `cosignature_invalid`.
 */
export async function cosign({ database, clock }: ProofTools, book: Book, given: Cosignature): Promise<void> {
  const { size, acts, keyId } = given
  if (!isCount(size) || !isCount(acts)) throw refuse('checkpoint_not_found', { book: book.code, size: String(size) })
  const signature = parseBase64(given.signature, 64)
  await transact(database, async (tx) => {
    const [head] = await tx.query<CheckpointRow>(readCheckpoint, [book.bookId, size, acts])
    if (!head) throw refuse('checkpoint_not_found', { book: book.code, size: String(size) })
    const [witness] = await tx.query<{ public_key: Buffer }>(
      `select public_key from signing_key where key_id = $1 and kind = 'witness'`,
      [keyId],
    )
    if (!witness || !signature || !isSignedBy(witness.public_key, Buffer.from(head.note), signature)) {
      throw refuse('cosignature_invalid', { key: keyId })
    }
    await tx.query(
      `insert into cosignature (book_id, size, acts, key_id, signature, received_at) values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing`,
      [book.bookId, size, acts, keyId, signature, instantText(clock())],
    )
  })
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 31
