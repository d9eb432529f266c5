/**
 * Ed25519 keys: the one this service signs heads with, and those of witnesses. Public keys travel as their 32 raw
 * bytes. The private key is a file of its own, outside the database, so that whoever can write the database cannot also
 * sign what they wrote: keep it on the application's machine, in a backup of its own.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { join } from 'node:path'
import { assert } from '../base/assert.ts'
import type { Reader } from '../base/db.ts'
import { readKeyFile } from '../base/files.ts'
import type { Book } from './book.ts'
import { refuse } from './refusals.ts'
import { lostHeadOf, rememberHead } from './remembered.ts'

export type Signer = {
  readonly keyId: string
  /** 32 raw bytes. */
  readonly publicKey: Buffer
  /** Ed25519 signature of 64 bytes. */
  readonly sign: (bytes: Buffer) => Buffer
  /** Refuses `head_contradicts_signed` where a head of this book would contradict the last its folder signed. */
  readonly mayFollow: (reader: Reader, book: Pick<Book, 'bookId' | 'code'>) => Promise<void>
  /** Has the folder remember a head. */
  readonly signed: (head: { readonly note: string; readonly signature: string; readonly key: string }) => void
}

/** The first 16 hex digits of the SHA-256 of a raw public key. */
export const keyIdOf = (publicKey: Buffer): string => createHash('sha256').update(publicKey).digest('hex').slice(0, 16)

/** Where a data folder keeps the key of its service. */
export const keyFileOf = (folder: string): string => join(folder, 'keys', 'service-ed25519.pem')

/**
 * The service's signer. Its key stands in `keyFile` where one is named, which must exist: a forgotten setting must not
 * silently start a new key. Otherwise it stands in the data folder and is made on first use. Throws a plain Error, fit
 * to be shown at start, where the file is missing, no Ed25519 key, or open to other users.
 */
export async function openSigner(
  folder: string,
  { keyFile }: { readonly keyFile?: string | undefined } = {},
): Promise<Signer> {
  const own = keyFile === undefined ? await readSigner(keyFileOf(folder), newKey) : await readSigner(keyFile)
  return {
    ...own,
    mayFollow: async (reader, book) => {
      const lost = await lostHeadOf(reader, folder, book)
      if (lost)
        throw refuse('head_contradicts_signed', { book: lost.book, size: lost.size, at: lost.at, has: lost.has })
    },
    signed: (head) => rememberHead(folder, head),
  }
}

const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()

async function readSigner(file: string, make?: () => string): Promise<Pick<Signer, 'keyId' | 'publicKey' | 'sign'>> {
  const privateKey = privateKeyOf(await readKeyFile(file, 'signing key', make), file)
  const publicKey = rawPublicKey(createPublicKey(privateKey))
  return { keyId: keyIdOf(publicKey), publicKey, sign: (bytes) => sign(null, bytes, privateKey) }
}

function privateKeyOf(pem: Buffer, file: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey(pem)
  } catch {
    // Said below, without the library's words, which could quote the key.
  }
  if (key?.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 private key in PEM`)
  return key
}

function rawPublicKey(key: KeyObject): Buffer {
  const { x } = key.export({ format: 'jwk' })
  assert(x !== undefined, 'an Ed25519 key has an x')
  return Buffer.from(x, 'base64url')
}

/** Checks an Ed25519 signature; false also for keys and signatures of a wrong length. */
export function isSignedBy(publicKey: Buffer, bytes: Buffer, signature: Buffer): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') }
  return verify(null, bytes, createPublicKey({ key: jwk, format: 'jwk' }), signature)
}

/** Reads base64 in its one canonical spelling, of a known length in bytes; `undefined` for anything else. */
export function parseBase64(text: string, length: number): Buffer | undefined {
  if (text.length > length * 2) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined
}
