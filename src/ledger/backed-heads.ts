/**
 * The heads that go with a back-up: one of each book as of its snapshot. Whoever restores it finds the books to be the
 * very ones that were signed, or restores nothing.
 */
import type { Clock } from '../base/calendar.ts'
import { type Reader, rowsOf } from '../base/db.ts'
import type { BackedHead } from '../base/server/copy/file.ts'
import { isSignedBy, parseBase64, type Signer } from './keys.ts'
import { frontierFromBytes, rootAt, rootOf } from './merkle.ts'
import { nearby, nodeReader } from './nodes.ts'
import { type CheckpointRow, type HeadRow, noteText, selectCheckpoints } from './proof.ts'

type BookHead = HeadRow & { readonly bookId: number; readonly code: string }

async function bookHeads(sql: Reader): Promise<BookHead[]> {
  const rows = await rowsOf<{
    book_id: number
    code: string
    sequence: bigint
    frontier: Buffer
    acts: number
    acts_hash: Buffer
  }>(
    sql,
    'select book_id, code, sequence, frontier, acts, acts_hash from book join book_head using (book_id) order by book_id',
  )
  return rows.map((row) => ({
    bookId: row.book_id,
    code: row.code,
    size: Number(row.sequence),
    frontier: row.frontier,
    acts: row.acts,
    actsHash: row.acts_hash,
  }))
}

const lastCheckpoint = `${selectCheckpoints} where c.book_id = $1 order by c.size desc, c.acts desc limit 1`

const lastSigned = async (sql: Reader, bookId: number): Promise<CheckpointRow | undefined> =>
  (await rowsOf<CheckpointRow>(sql, lastCheckpoint, [bookId]))[0]

/**
 * The head of each book in the snapshot of `sql`: the one that was given out where there is one of that state, else a
 * fresh one, which goes nowhere but into the back-up. Without a signer, those that were given out.
 */
export async function headsToBackUp(sql: Reader, signer: Signer | undefined, clock: Clock): Promise<BackedHead[]> {
  const heads: BackedHead[] = []
  for (const head of await bookHeads(sql)) {
    const { bookId } = head
    const given = await lastSigned(sql, bookId)
    if (given && (!signer || (Number(given.size) === head.size && given.acts === head.acts))) {
      const { note, signature, public_key: key } = given
      heads.push({ bookId, note, signature: signature.toString('base64'), key: key.toString('base64') })
    } else if (signer) {
      const note = noteText(head, head, rootOf(frontierFromBytes(head.size, head.frontier)), clock())
      const signature = signer.sign(Buffer.from(note)).toString('base64')
      heads.push({ bookId, note, signature, key: signer.publicKey.toString('base64') })
    }
  }
  return heads
}

/**
 * What of the books in `sql` does not follow from the heads of a back-up, and from the last head of each that was ever
 * given out: in words, none where all do.
 */
export async function faultsOfHeads(sql: Reader, backed: readonly BackedHead[]): Promise<string[]> {
  const faults: string[] = []
  const books = await bookHeads(sql)
  for (const book of books) {
    const given = await lastSigned(sql, book.bookId)
    const heads = [
      ...backed.filter(({ bookId }) => bookId === book.bookId),
      ...(given
        ? [{ ...given, signature: given.signature.toString('base64'), key: given.public_key.toString('base64') }]
        : []),
    ]
    for (const head of heads) faults.push(...(await faultsOf(sql, book, head)))
  }
  const lost = backed.filter(({ bookId }) => books.every((book) => book.bookId !== bookId))
  return [...faults, ...lost.map(({ note }) => `${note.split('\n')[0]} is signed and not there`)]
}

type Head = Pick<BackedHead, 'note' | 'signature' | 'key'>

async function faultsOf(sql: Reader, book: BookHead, { note, signature, key }: Head): Promise<string[]> {
  const [origin, size = '', root, , acts] = note.split('\n')
  const name = `book ${book.code}, head of ${size} entries`
  const [keyBytes, signatureBytes] = [parseBase64(key, 32), parseBase64(signature, 64)]
  if (!keyBytes || !signatureBytes || !isSignedBy(keyBytes, Buffer.from(note), signatureBytes))
    return [`${name}: the signature is not of its key`]
  if (origin !== `yiben/E${book.bookId}/${book.code}` || Number(size) > book.size)
    return [`${name}: the book holds ${book.size} entries`]
  const found = await rootAt(nearby(nodeReader(sql, book)), Number(size))
  if (found.toString('base64') !== root) return [`${name}: the entries give another root`]
  const [, count = '0', hash = '-'] = acts?.split(' ') ?? []
  const isOwn =
    Number(count) === book.acts
      ? hash === (book.acts === 0 ? '-' : book.actsHash.toString('hex'))
      : Number(count) < book.acts
  return isOwn ? [] : [`${name}: its acts are others`]
}
