/**
 * The Merkle log against the published vectors of RFC 6962/9162 and against a naive recomputation, for every size and
 * index of small logs. What a checker must refuse is tried as hard as what it must accept. The consistency check here
 * is written from the RFC's text (2.1.4.2), because the service only makes such proofs and others check them.
 */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { leafHash } from '../../src/ledger/leaf.ts'
import {
  append,
  consistencyPath,
  emptyFrontier,
  type Frontier,
  frontierBytes,
  frontierFromBytes,
  type Hash,
  includes,
  inclusionPath,
  type Node,
  nodeHash,
  type NodeReader,
  rootOf,
} from '../../src/ledger/merkle.ts'

const sizeMax = process.env['YIBEN_NIGHTLY'] ? 300 : 130

// The eight leaves and roots of the vectors every Certificate Transparency implementation is tested with.
const vectorLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const vectorRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const bytesLeaf = (hexBytes: string): Hash =>
  createHash('sha256')
    .update(Buffer.from([0]))
    .update(Buffer.from(hexBytes, 'hex'))
    .digest()

/** MTH of RFC 9162, 2.1.1, word for word. */
function naiveRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return leaves[0] as Hash
  const k = split(leaves.length)
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

function naivePath(leaves: readonly Hash[], index: number): Hash[] {
  if (leaves.length === 1) return []
  const k = split(leaves.length)
  return index < k
    ? [...naivePath(leaves.slice(0, k), index), naiveRoot(leaves.slice(k))]
    : [...naivePath(leaves.slice(k), index - k), naiveRoot(leaves.slice(0, k))]
}

/** RFC 9162, 2.1.4.2. */
function consistent(first: number, second: number, firstRoot: Hash, secondRoot: Hash, path: readonly Hash[]): boolean {
  if (first === second) return path.length === 0 && firstRoot.equals(secondRoot)
  const proof = Number.isInteger(Math.log2(first)) ? [firstRoot, ...path] : [...path]
  const start = proof.shift()
  if (!start) return false
  let [fn, sn] = [first - 1, second - 1]
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  let [fr, sr] = [start, start]
  for (const c of proof) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(c, fr)
      sr = nodeHash(c, sr)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
    } else {
      sr = nodeHash(sr, c)
    }
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && fr.equals(firstRoot) && sr.equals(secondRoot)
}

type Grown = { leaves: Hash[]; frontiers: Frontier[]; kept: Map<string, Hash>; read: NodeReader; reads: Set<number> }

/** A log of so many leaves, grown leaf by leaf as posting does it, with the nodes it kept. */
function grow(size: number): Grown {
  const kept = new Map<string, Hash>()
  const leaves: Hash[] = []
  const frontiers: Frontier[] = [emptyFrontier]
  let frontier = emptyFrontier
  for (let i = 0; i < size; i++) {
    const leaf = leafHash(`entry ${i}`)
    leaves.push(leaf)
    frontier = append(frontier, leaf, ({ level, index, hash }: Node) => kept.set(`${level}/${index}`, hash))
    frontiers.push(frontier)
  }
  const reads = new Set<number>()
  const read: NodeReader = async (level, from, to) => {
    reads.add(level)
    if (level === 0) return leaves.slice(from, to)
    return Array.from({ length: to - from }, (_, i) => kept.get(`${level}/${from + i}`) as Hash).filter(Boolean)
  }
  return { leaves, frontiers, kept, read, reads }
}

/** Every other index of a small log and in the nightly run; beyond, those a bit away and the neighbours. */
function othersOf(index: number, size: number): number[] {
  const all = Array.from({ length: size }, (_, i) => i)
  const near = [index - 1, index + 1, ...Array.from({ length: 9 }, (_, bit) => index ^ (1 << bit))]
  const others = size <= 48 || process.env['YIBEN_NIGHTLY'] ? all : near.filter((other) => other >= 0 && other < size)
  return others.filter((other) => other !== index)
}

const at = <T>(list: readonly T[], index: number): T => list[index] as T

describe('published vectors', () => {
  it('gives the root of nothing, and of the eight well-known leaves at every size', () => {
    expect(rootOf(emptyFrontier).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
    let frontier = emptyFrontier
    const roots = vectorLeaves.map((leaf) => {
      frontier = append(frontier, bytesLeaf(leaf), () => undefined)
      return rootOf(frontier).toString('hex')
    })
    expect(roots).toEqual(vectorRoots)
    expect(leafHash('').toString('hex')).toBe(vectorRoots[0])
  })

  it('gives the published paths', async () => {
    const leaves = vectorLeaves.map(bytesLeaf)
    const read: NodeReader = async (_, from, to) => leaves.slice(from, to)
    const paths = async (path: Promise<Hash[]>) => (await path).map((hash) => hash.toString('hex'))
    expect(await paths(inclusionPath(read, 0, 8))).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    expect(await paths(consistencyPath(read, 6, 8))).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })
})

describe(`all logs up to ${sizeMax} leaves`, { timeout: 900_000 }, () => {
  const { leaves, frontiers, read } = grow(sizeMax)
  const roots = frontiers.map((_, size) => naiveRoot(leaves.slice(0, size)))

  it('the frontier gives the naive root, and survives its bytes', () => {
    frontiers.forEach((frontier, size) => {
      expect(rootOf(frontier)).toEqual(roots[size])
      expect(frontierFromBytes(size, frontierBytes(frontier))).toEqual(frontier)
    })
  })

  it('proves every leaf, and nothing under another index, size, leaf or root', async () => {
    let refused = 0
    for (let size = 1; size <= sizeMax; size++) {
      for (let index = 0; index < size; index++) {
        const path = await inclusionPath(read, index, size)
        if (size % 16 === 3) expect(path).toEqual(naivePath(leaves.slice(0, size), index))
        const [root, leaf] = [at(roots, size), at(leaves, index)]
        expect(includes(root, size, leaf, index, path)).toBe(true)
        const wrong = [
          includes(at(roots, size - 1), size, leaf, index, path),
          includes(root, size, at(leaves, (index + 1) % sizeMax), index, path),
          includes(root, size, leaf, size, path),
          ...(path.length > 0
            ? [includes(root, size, leaf, index, path.slice(1)), includes(root, size, leaf, index, path.slice(0, -1))]
            : []),
          includes(root, size, leaf, index, [...path, leaf]),
          ...othersOf(index, size).map((other) => includes(root, size, leaf, other, path)),
          // Another size with a path of the same shape proves the same root, and only a signed size tells them apart.
          ...(path.length > 0
            ? [
                includes(root, 2 ** path.length * 2, leaf, index, path),
                includes(root, Math.ceil(index / 2), leaf, index, path),
              ]
            : []),
        ]
        expect(wrong).not.toContain(true)
        refused += wrong.length
      }
    }
    expect(refused).toBeGreaterThan(sizeMax ** 2)
  })

  it('proves every older size consistent, and none with another root, size or path', async () => {
    for (let size = 1; size <= sizeMax; size++) {
      for (let older = 1; older <= size; older++) {
        const path = await consistencyPath(read, older, size)
        const [from, to] = [at(roots, older), at(roots, size)]
        expect(consistent(older, size, from, to, path)).toBe(true)
        const wrong = [
          consistent(older, size, at(roots, older - 1), to, path),
          consistent(older, size, from, at(roots, size - 1), path),
          older > 1 && consistent(older - 1, size, from, to, path),
          older < size && consistent(older, size, from, to, path.slice(0, -1)),
          consistent(older, size, from, to, [...path, from]),
        ]
        expect(wrong).not.toContain(true)
      }
    }
  })
})

describe('kept nodes', () => {
  it('are kept at every 256 and 65,536 leaves, and proofs across those boundaries use them', async () => {
    const size = 65_536 + 300
    const { leaves, frontiers, kept, read, reads } = grow(size)
    expect([...kept.keys()].filter((key) => key.startsWith('8/'))).toHaveLength(257)
    expect([...kept.keys()].filter((key) => key.startsWith('16/'))).toEqual(['16/0'])
    expect(kept.get('16/0')).toEqual(naiveRoot(leaves.slice(0, 65_536)))
    const root = rootOf(at(frontiers, size))
    for (const index of [0, 255, 256, 32_768, 65_535, 65_536, 65_792, size - 1]) {
      const path = await inclusionPath(read, index, size)
      expect(includes(root, size, at(leaves, index), index, path)).toBe(true)
      expect(includes(root, size, at(leaves, index), (index + 256) % size, path)).toBe(false)
    }
    for (const older of [1, 255, 256, 257, 65_535, 65_536, 65_537, 65_792, size]) {
      const path = await consistencyPath(read, older, size)
      expect(consistent(older, size, rootOf(at(frontiers, older)), root, path)).toBe(true)
      expect(consistent(older, size, rootOf(at(frontiers, older - 1)), root, path)).toBe(false)
    }
    expect([...reads].sort((a, b) => a - b)).toEqual([0, 8, 16])
  })

  it('a proof through a wrong kept node does not verify', async () => {
    const { leaves, frontiers, kept, read } = grow(700)
    kept.set('8/1', leafHash('another'))
    const path = await inclusionPath(read, 3, 700)
    expect(includes(rootOf(at(frontiers, 700)), 700, at(leaves, 3), 3, path)).toBe(false)
  })
})
