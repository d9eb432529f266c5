/** Signed heads, proofs and witnesses over a real book, and the key they are signed with. */
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postBatch } from '../../src/ledger/actions.ts'
import type { Book } from '../../src/ledger/book.ts'
import { isSignedBy, keyIdOf, openSigner, parseBase64 } from '../../src/ledger/keys.ts'
import { leafHash } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { includes } from '../../src/ledger/merkle.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import {
  consistencyProof,
  cosign,
  inclusionProof,
  noteText,
  type ProofTools,
  registerWitness,
  signHead,
} from '../../src/ledger/proof.ts'
import { checker, maker, newBook, newKey, post, quota } from '../support/ledger.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { newKeyPair } from '../support/pack.ts'
import type { Month } from '../../src/base/calendar.ts'

const test = useDatabase()
let ledger: Ledger
let tools: ProofTools
let folder: string
beforeAll(async () => {
  ledger = openLedger(test().database)
  folder = await mkdtemp(join(tmpdir(), 'yiben-keys-'))
  tools = { ...ledger, signer: await openSigner(folder) }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function bookOf(entries: number): Promise<Book> {
  const book = await newBook(ledger)
  for (let done = 0; done < entries; done += 500) {
    const drafts = Array.from({ length: Math.min(500, entries - done) }, () => ({
      key: newKey(),
      draft: quota('1.00'),
    }))
    const answers = await postBatch(ledger, maker, book.code, drafts, false)
    expect(answers.every((answer) => 'entries' in answer)).toBe(true)
  }
  return book
}

const bytes = (text: string): Buffer => Buffer.from(text, 'hex')
const refusalOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  )

describe('the signing key', () => {
  it('is made once, readable to its owner alone, also when several start at once', async () => {
    const place = await mkdtemp(join(tmpdir(), 'yiben-keys-'))
    const signers = await Promise.all(Array.from({ length: 8 }, () => openSigner(place)))
    expect(new Set(signers.map(({ keyId }) => keyId)).size).toBe(1)
    expect(await readdir(join(place, 'keys'))).toEqual(['service-ed25519.pem'])
    const file = join(place, 'keys', 'service-ed25519.pem')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const again = await openSigner('/nowhere', { keyFile: file })
    expect(again.keyId).toBe(signers[0]?.keyId)
    expect(again.keyId).toBe(keyIdOf(again.publicKey))
    await chmod(file, 0o644)
    await expect(openSigner(place)).rejects.toThrow('open to other users')
    await rm(place, { recursive: true })
  })

  it('must exist where it is named, and be an Ed25519 key', async () => {
    const keyFile = join(folder, 'other.pem')
    await expect(openSigner(folder, { keyFile })).rejects.toThrow('no signing key at')
    await writeFile(keyFile, 'secret words', { mode: 0o600 })
    await expect(openSigner(folder, { keyFile })).rejects.toThrow(/^(?!.*secret).*no Ed25519 private key/)
    expect((await readFile(keyFile)).toString()).toBe('secret words')
  })

  it('signs what its public key verifies, and nothing else', () => {
    const signature = tools.signer.sign(Buffer.from('a'))
    expect(isSignedBy(tools.signer.publicKey, Buffer.from('a'), signature)).toBe(true)
    expect(isSignedBy(tools.signer.publicKey, Buffer.from('b'), signature)).toBe(false)
    expect(isSignedBy(tools.signer.publicKey, Buffer.from('a'), signature.subarray(1))).toBe(false)
    expect(parseBase64(`${signature.toString('base64')}\n`, 64)).toBeUndefined()
  })
})

describe('signed heads', () => {
  it('state size, root and acts; the same state is signed once, whoever asks', async () => {
    const book = await bookOf(3)
    const heads = await Promise.all(Array.from({ length: 6 }, () => signHead(tools, book)))
    const [head] = heads
    expect(new Set(heads.map(({ signature }) => signature)).size).toBe(1)
    expect(head).toMatchObject({ size: 3, keyId: tools.signer.keyId, key: tools.signer.publicKey.toString('base64') })
    expect(head?.note).toBe(
      `yiben/E${book.bookId}/${book.code}\n3\n${bytes(head?.hash ?? '').toString('base64')}\nat ${head?.at}\nacts 0 -\n`,
    )
    const signature = Buffer.from(head?.signature ?? '', 'base64')
    expect(isSignedBy(tools.signer.publicKey, Buffer.from(head?.note ?? ''), signature)).toBe(true)
    await post(ledger, book, quota('5.00'))
    expect((await signHead(tools, book)).size).toBe(4)
  })

  it('of an empty book is the hash of nothing; an act alone makes a new head', async () => {
    const book = await newBook(ledger)
    const empty = await signHead(tools, book)
    expect([empty.size, empty.hash.slice(0, 8), empty.acts]).toEqual([0, 'e3b0c442', { count: 0, hash: '' }])
    await closePeriod(ledger, checker, book.code, '2025-12' as Month)
    const closed = await signHead(tools, book)
    expect([closed.size, closed.acts.count, closed.acts.hash.length]).toEqual([0, 1, 64])
  })

  it('keeps giving the stored head after the database was rewritten below it', async () => {
    const book = await bookOf(3)
    const before = await signHead(tools, book)
    await asSuperuser(test(), async (client) => {
      await client.query(
        `update book_head set frontier = set_byte(frontier, 0, 255 - get_byte(frontier, 0)) where book_id = $1`,
        [book.bookId],
      )
    })
    expect(await signHead(tools, book)).toEqual(before)
  })
})

describe('proofs from the database', () => {
  let book: Book
  const size = 600
  beforeAll(async () => {
    book = await bookOf(size)
  })

  it('show every kind of place under the head, across kept nodes', async () => {
    const nodes = await test().database.sql`select index from merkle_node where book_id = ${book.bookId} order by index`
    expect(nodes.map(({ index }) => Number(index))).toEqual([0, 1])
    for (const sequence of [1, 2, 255, 256, 257, 511, 512, 513, 599, 600]) {
      const proof = await inclusionProof(tools, book, sequence)
      expect(leafHash(proof.leaf).toString('hex')).toBe(proof.leafHash)
      const path = proof.path.map(bytes)
      expect(includes(bytes(proof.head.hash), proof.size, bytes(proof.leafHash), proof.index, path)).toBe(true)
      expect(includes(bytes(proof.head.hash), proof.size, bytes(proof.leafHash), proof.index ^ 1, path)).toBe(false)
    }
    expect(await refusalOf(inclusionProof(tools, book, size + 1))).toBe('entry_not_found')
  })

  it('show older heads consistent, and refuse sizes that never were', async () => {
    expect((await consistencyProof(tools, book, 256, size)).path.length).toBeGreaterThan(0)
    expect((await consistencyProof(tools, book, 0, size)).path).toEqual([])
    expect((await consistencyProof(tools, book, size, size)).path).toEqual([])
    for (const [from, to] of [
      [1, size + 1],
      [300, 299],
      [-1, 3],
      [1.5, 3],
      [3, Number.NaN],
    ] as const) {
      expect(await refusalOf(consistencyProof(tools, book, from, to))).toBe('checkpoint_not_found')
    }
  })
})

describe('witnesses', () => {
  it('sign what was given out, with a registered key of their own', async () => {
    const book = await bookOf(2)
    const head = await signHead(tools, book)
    const witness = newKeyPair()
    const given = {
      size: head.size,
      acts: 0,
      keyId: witness.keyId,
      signature: sign(null, Buffer.from(head.note), witness.privateKey).toString('base64'),
    }
    expect(await refusalOf(cosign(tools, book, given))).toBe('cosignature_invalid')
    expect(await registerWitness(tools, { holder: '审计局', publicKey: witness.key })).toBe(witness.keyId)
    expect(await registerWitness(tools, { holder: '审计局', publicKey: witness.key })).toBe(witness.keyId)
    await cosign(tools, book, given)
    await cosign(tools, book, given)
    const rows = await test().database.sql`select key_id from cosignature where book_id = ${book.bookId}`
    expect(rows).toHaveLength(1)
    expect(await refusalOf(cosign(tools, book, { ...given, size: 1 }))).toBe('checkpoint_not_found')
    expect(await refusalOf(cosign(tools, book, { ...given, size: 2 ** 40 }))).toBe('checkpoint_not_found')
    const other = sign(null, Buffer.from(`${head.note} `), witness.privateKey).toString('base64')
    expect(await refusalOf(cosign(tools, book, { ...given, signature: other }))).toBe('cosignature_invalid')
    expect(await refusalOf(cosign(tools, book, { ...given, signature: 'AAAA' }))).toBe('cosignature_invalid')
  })

  it('are never the service itself', async () => {
    const book = await bookOf(2)
    const { note } = await signHead(tools, book)
    const { signer } = tools
    const publicKey = signer.publicKey.toString('base64')
    expect(await refusalOf(registerWitness(tools, { holder: 'x', publicKey }))).toBe('cosignature_invalid')
    expect(await refusalOf(registerWitness(tools, { holder: 'x', publicKey: 'no key' }))).toBe('cosignature_invalid')
    const own = { size: 2, acts: 0, keyId: signer.keyId, signature: signer.sign(Buffer.from(note)).toString('base64') }
    expect(await refusalOf(cosign(tools, book, own))).toBe('cosignature_invalid')
  })
})

it('writes the note byte for byte', () => {
  const head = { size: 7, frontier: Buffer.alloc(0), acts: 2, actsHash: Buffer.alloc(32, 0xab) }
  expect(noteText({ bookId: 3, code: 'CW-1' }, head, Buffer.alloc(32), 1_795_392_000_000_001n)).toBe(
    `yiben/E3/CW-1\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nat 2026-11-23T08:00:00.000001+08:00\nacts 2 ${'ab'.repeat(32)}\n`,
  )
})
