/**
 * The Merkle log of RFC 9162 over a book's leaf hashes, as pure arithmetic. While a log grows only its *frontier* is
 * needed: the roots of the complete subtrees it decomposes into, largest first, one for each bit of its size. Proofs
 * need inner nodes; those over 256, 65,536, … leaves are kept, the rest is recomputed from at most 256 hashes a level.
 */
import { assert } from '../base/assert.ts'
import { sha256 } from '../base/digest.ts'

export type Hash = Buffer

/** A complete subtree: the node at `level` (over 2^level leaves), the `index`-th of that level. */
export type Node = { readonly level: number; readonly index: number; readonly hash: Hash }

export type Frontier = { readonly size: number; readonly peaks: readonly Hash[] }

/** Levels kept are multiples of this. */
export const keptEvery = 8

export const emptyFrontier: Frontier = { size: 0, peaks: [] }

// 0x01, left, right: one buffer for all, because a node is hashed for every entry posted.
const pair = Buffer.alloc(65)
pair[0] = 0x01

export function nodeHash(left: Hash, right: Hash): Hash {
  left.copy(pair, 1)
  right.copy(pair, 33)
  return sha256(pair)
}

/** Adds a leaf; `kept` receives the nodes this completes that must be stored. */
export function append({ size, peaks }: Frontier, leaf: Hash, kept: (node: Node) => void): Frontier {
  const grown = [...peaks]
  let root = leaf
  let level = 0
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = grown.pop()
    assert(left, 'a peak for each bit of the size')
    root = nodeHash(left, root)
    level++
    if (level % keptEvery === 0) kept({ level, index: (size + 1) / 2 ** level - 1, hash: root })
  }
  grown.push(root)
  return { size: size + 1, peaks: grown }
}

/** The root of the whole log; of an empty one, the hash of nothing. */
export function rootOf({ peaks }: Frontier): Hash {
  if (peaks.length === 0) return sha256('')
  return peaks.reduceRight((right, left) => nodeHash(left, right))
}

export function frontierFromBytes(size: number, bytes: Buffer): Frontier {
  const peaks = Array.from({ length: bytes.length / 32 }, (_, i) => Buffer.from(bytes.subarray(i * 32, i * 32 + 32)))
  assert(peaks.length === bitsOf(size), 'a peak for each bit of the size')
  return { size, peaks }
}

export const frontierBytes = ({ peaks }: Frontier): Buffer => Buffer.concat(peaks)

function bitsOf(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}

/** Where inner nodes and leaves come from. `nodes(level, from, to)` gives the complete nodes [from, to) of a level. */
export type NodeReader = (level: number, from: number, to: number) => Promise<Hash[]>

/** Inclusion path of the leaf at `index` in a log of `size` leaves (RFC 9162, 2.1.3.1), nearest sibling first. */
export async function inclusionPath(read: NodeReader, index: number, size: number): Promise<Hash[]> {
  assert(index >= 0 && index < size, 'a leaf inside the log')
  return pathWithin(read, index, 0, size)
}

// PATH(m, D[n]) over the leaves [from, to): the larger half is a complete subtree, the other the rest.
async function pathWithin(read: NodeReader, index: number, from: number, to: number): Promise<Hash[]> {
  if (to - from === 1) return []
  const middle = from + largestPowerBelow(to - from)
  if (index < middle) return [...(await pathWithin(read, index, from, middle)), await rangeHash(read, middle, to)]
  return [...(await pathWithin(read, index, middle, to)), await rangeHash(read, from, middle)]
}

/** Consistency proof between the log's first `older` leaves and its first `size` (RFC 9162, 2.1.4.1). */
export async function consistencyPath(read: NodeReader, older: number, size: number): Promise<Hash[]> {
  assert(older > 0 && older <= size, 'an older size inside the log')
  return consistencyWithin(read, older, 0, size, true)
}

async function consistencyWithin(
  read: NodeReader,
  older: number,
  from: number,
  to: number,
  whole: boolean,
): Promise<Hash[]> {
  if (older === to) return whole ? [] : [await rangeHash(read, from, to)]
  const middle = from + largestPowerBelow(to - from)
  if (older <= middle) {
    return [...(await consistencyWithin(read, older, from, middle, whole)), await rangeHash(read, middle, to)]
  }
  return [...(await consistencyWithin(read, older, middle, to, false)), await rangeHash(read, from, middle)]
}

/** The root the log had when it held `size` leaves. */
export const rootAt = (read: NodeReader, size: number): Promise<Hash> =>
  size === 0 ? Promise.resolve(rootOf(emptyFrontier)) : rangeHash(read, 0, size)

/** Hash over the leaves [from, to), which start on a boundary of the tree. */
async function rangeHash(read: NodeReader, from: number, to: number): Promise<Hash> {
  const width = to - from
  const power = largestPowerBelow(width + 1)
  if (power === width) return subtreeHash(read, Math.log2(width), from / width)
  return nodeHash(await rangeHash(read, from, from + power), await rangeHash(read, from + power, to))
}

/** A complete subtree, from the nearest kept level at or below it: never more than 256 hashes read. */
async function subtreeHash(read: NodeReader, level: number, index: number): Promise<Hash> {
  const kept = level - (level % keptEvery)
  const span = 2 ** (level - kept)
  let hashes = await read(kept, index * span, (index + 1) * span)
  assert(hashes.length === span, 'all nodes of a complete subtree')
  while (hashes.length > 1) hashes = pairUp(hashes)
  const [root] = hashes
  assert(root, 'one hash left')
  return root
}

function pairUp(hashes: readonly Hash[]): Hash[] {
  const parents: Hash[] = []
  for (let i = 0; i + 1 < hashes.length; i += 2) parents.push(nodeHash(hashes[i] as Hash, hashes[i + 1] as Hash))
  return parents
}

/** The largest power of two strictly below n. */
function largestPowerBelow(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

/** Checks an inclusion path (RFC 9162, 2.1.3.2). */
export function includes(root: Hash, size: number, leaf: Hash, index: number, path: readonly Hash[]): boolean {
  if (index >= size) return false
  let [node, last, hash] = [index, size - 1, leaf]
  for (const sibling of path) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = node / 2
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && hash.equals(root)
}
