/** The nodes of a book's log as the database keeps them, for whoever makes a path or a root of them. */
import { type Reader, rowsOf } from '../base/db.ts'
import type { Book } from './book.ts'
import type { NodeReader } from './merkle.ts'

/** Leaves from the entries, inner nodes from those kept. */
export function nodeReader(sql: Reader, { bookId }: Pick<Book, 'bookId'>): NodeReader {
  return async (level, from, to) => {
    const rows =
      level === 0
        ? await rowsOf<{ hash: Buffer }>(sql, leavesBetween, [bookId, from, to])
        : await rowsOf<{ hash: Buffer }>(sql, nodesBetween, [bookId, level, from, to])
    return rows.map(({ hash }) => hash)
  }
}

const leavesBetween =
  'select leaf as hash from entry where book_id = $1 and sequence > $2 and sequence <= $3 order by sequence'
const nodesBetween =
  'select hash from merkle_node where book_id = $1 and level = $2 and index >= $3 and index < $4 order by index'

/** Reads nodes 256 at a time and keeps those last read of each level: paths of neighbours share them. */
export function nearby(read: NodeReader): NodeReader {
  const kept = new Map<number, { block: number; nodes: Promise<Buffer[]> }>()
  return async (level, from, to) => {
    const block = Math.floor(from / 256)
    let found = kept.get(level)
    if (found?.block !== block) {
      found = { block, nodes: read(level, block * 256, block * 256 + 256) }
      kept.set(level, found)
    }
    return (await found.nodes).slice(from - block * 256, to - block * 256)
  }
}
