/**
 * Proving in the browser, with what came from the service and nothing believed: the leaf is hashed here, climbs its
 * path (RFC 9162) to the root that the head names, and the signature is checked over the head's note. Works where a
 * page is not of a secure origin, too.
 */
import { verifyAsync, hashes } from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import type { Answer } from '../api/call.ts'
import type { SignedHead } from '../api/operations.ts'

hashes.sha512Async = (message) => Promise.resolve(sha512(message))

export type EntryProof = Answer<'readEntryProof'>
export type Step = { readonly name: string; readonly holds: boolean; readonly said: string }

const encoder = new TextEncoder()
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const bytesOfHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const bytesOfBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

/** SHA-256 of a text, in hex: what an approval is decided on. */
export const hashOfText = (text: string): string => hex(sha256(encoder.encode(text)))

const hashed = (first: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = sha256.create().update(Uint8Array.of(first))
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** The root that a leaf at a place of a log of some size climbs to; `undefined` where the path does not fit. */
function climb(leaf: Uint8Array, index: number, size: number, path: readonly string[]): Uint8Array | undefined {
  if (index >= size) return undefined
  let [node, last, hash] = [index, size - 1, leaf]
  for (const sibling of path.map(bytesOfHex)) {
    if (last === 0) return undefined
    if (node % 2 === 1 || node === last) {
      hash = hashed(1, sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node /= 2
        last = Math.floor(last / 2)
      }
    } else hash = hashed(1, hash, sibling)
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash : undefined
}

/** What of a proof holds, step by step; the entry that is shown, where there is one, must be the one proved. */
export async function verifyEntry(proof: EntryProof, shown?: Readonly<Record<string, unknown>>): Promise<Step[]> {
  const { leaf, leafHash, index, size, path, head } = proof
  const made = hashed(0, encoder.encode(leaf))
  const root = climb(made, index, size, path)
  return [
    ...(shown ? [sameEntry(leaf, shown)] : []),
    step('叶', hex(made) === leafHash, `凭证规范文本的摘要 ${short(hex(made))}`),
    step(
      '路径',
      root !== undefined && hex(root) === head.hash,
      `第 ${index + 1} 张，经 ${path.length} 步到树头 ${short(head.hash)}`,
    ),
    step('张数', size === head.size, `共 ${size} 张凭证`),
    ...(await verifyHead(head)),
  ]
}

/** What of a signed head holds: that its note says what is shown, and that the note is signed. */
export async function verifyHead(head: SignedHead): Promise<Step[]> {
  const signed = await verifyAsync(
    bytesOfBase64(head.signature),
    encoder.encode(head.note),
    bytesOfBase64(head.key),
  ).catch(() => false)
  const [, notedSize, notedRoot] = head.note.split('\n')
  const noted = notedSize === String(head.size) && notedRoot === base64(bytesOfHex(head.hash))
  return [
    step('树头', noted, `树头载明共 ${head.size} 张凭证`),
    step('签名', signed, `公钥 ${head.keyId}，签于 ${head.at}`),
  ]
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
const short = (text: string): string => `${text.slice(0, 16)}…`
const step = (name: string, holds: boolean, said: string): Step => ({ name, holds, said })

/** Each field of the leaf stands on the page as it was signed. */
function sameEntry(leaf: string, shown: Readonly<Record<string, unknown>>): Step {
  const signed: unknown = JSON.parse(leaf)
  const fields = signed !== null && typeof signed === 'object' ? Object.entries(signed) : []
  const wrong = fields
    .filter(([name]) => name !== 'format')
    .filter(([name, value]) => textOf(value) !== textOf(shown[name]))
    .map(([name]) => name)
  return step(
    '所见',
    wrong.length === 0,
    wrong.length === 0 ? '页面所示与规范文本逐项一致' : `不一致：${wrong.join('、')}`,
  )
}

/** A value as canonical text: keys in order, whole numbers as texts. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([name, part]) => `${name}:${textOf(part)}`).join(',')}}`
  }
  return String(value)
}
