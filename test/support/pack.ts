/**
 * Evidence packs taken apart and put together again: what somebody could do to one with a zip program and time. `forge`
 * goes all the way: it recomputes every hash and signs with a key of its own, so that only what the entries say can
 * still give it away.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import yazl from 'yazl'
import { leafHash } from '../../src/ledger/leaf.ts'
import { append, emptyFrontier, rootOf } from '../../src/ledger/merkle.ts'

export type Members = Map<string, Buffer>
export type EntryJson = {
  [key: string]: unknown
  sequence: string
  number: string
  lines: Record<string, string>[]
}

/** The members of a pack we wrote ourselves: no suspicion needed here. */
export function unzip(pack: Buffer): Members {
  const members: Members = new Map()
  const end = pack.lastIndexOf(Buffer.from('504b0506', 'hex'))
  let at = pack.readUInt32LE(end + 16)
  for (let i = pack.readUInt16LE(end + 10); i > 0; i--) {
    const [packed, offset] = [pack.readUInt32LE(at + 20), pack.readUInt32LE(at + 42)]
    const nameLength = pack.readUInt16LE(at + 28)
    const start = offset + 30 + pack.readUInt16LE(offset + 26) + pack.readUInt16LE(offset + 28)
    members.set(
      pack.toString('utf8', at + 46, at + 46 + nameLength),
      inflateRawSync(pack.subarray(start, start + packed)),
    )
    at += 46 + nameLength + pack.readUInt16LE(at + 30) + pack.readUInt16LE(at + 32)
  }
  return members
}

/** Zips members as any program would: no seal. */
export async function zip(members: Members, options: { compress?: boolean; comment?: string } = {}): Promise<Buffer> {
  const file = new yazl.ZipFile()
  for (const [name, content] of members) file.addBuffer(content, name, { compress: options.compress ?? true })
  file.end(options.comment === undefined ? undefined : { forceZip64Format: false, comment: options.comment })
  const chunks: Buffer[] = []
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export const textOf = (members: Members, name: string): string => (members.get(name) ?? Buffer.alloc(0)).toString()
export const linesOf = (members: Members, name: string): string[] => textOf(members, name).split('\n').slice(0, -1)
export const setLines = (members: Members, name: string, lines: readonly string[]): Members =>
  members.set(name, Buffer.from(lines.map((line) => `${line}\n`).join('')))

export function recordsOf<T = Record<string, string>>(members: Members, name: string): T[] {
  return linesOf(members, name).map((line) => JSON.parse(line) as T)
}

/** Writes the manifest again, so that it fits what the members now are. */
export function remanifest(members: Members): Members {
  const manifest = JSON.parse(textOf(members, 'manifest.json')) as Record<string, unknown>
  members.delete('manifest.json')
  const listed = [...members].map(([name, content]) => ({
    name,
    sha256: createHash('sha256').update(content).digest('hex'),
    size: String(content.length),
  }))
  return members.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, members: listed })))
}

export type Key = { readonly privateKey: KeyObject; readonly key: string; readonly keyId: string }

export function newKeyPair(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const keyId = createHash('sha256').update(raw).digest('hex').slice(0, 16)
  return { privateKey, key: raw.toString('base64'), keyId }
}

/** Replaces the entries' texts and makes leaves, heads, signatures and manifest agree with them, under another key. */
export function forgeTexts(members: Members, texts: readonly string[], key: Key = newKeyPair()): Members {
  setLines(members, 'entries.ndjson', texts)
  const leaves = texts.map(leafHash)
  setLines(
    members,
    'leaves.txt',
    leaves.map((leaf, i) => `${(JSON.parse(texts[i] ?? '') as EntryJson).sequence} ${leaf.toString('hex')}`),
  )
  let frontier = emptyFrontier
  const roots = [rootOf(frontier)]
  for (const leaf of leaves) {
    frontier = append(frontier, leaf, () => undefined)
    roots.push(rootOf(frontier))
  }
  const heads = recordsOf(members, 'checkpoints.ndjson').filter(({ size }) => Number(size) <= texts.length)
  setLines(
    members,
    'checkpoints.ndjson',
    heads.map((head) => resign(head, roots[Number(head['size'])] ?? Buffer.alloc(0), key)),
  )
  setLines(members, 'keys.ndjson', [
    JSON.stringify({ keyId: key.keyId, key: key.key, holder: 'yiben', kind: 'service' }),
  ])
  setLines(members, 'cosignatures.ndjson', [])
  return remanifest(members)
}

function resign(head: Record<string, string>, root: Buffer, { privateKey, key, keyId }: Key): string {
  const noteLines = (head['note'] ?? '').split('\n')
  noteLines[2] = root.toString('base64')
  const note = noteLines.join('\n')
  const signature = sign(null, Buffer.from(note), privateKey).toString('base64')
  const { size, acts } = head
  return JSON.stringify({ size, acts, hash: root.toString('hex'), keyId, key, signature, note })
}

/** Changes entries as objects; their texts stay canonical as long as no key is added. */
export function forge(members: Members, change: (entries: EntryJson[]) => void): Members {
  const entries = recordsOf<EntryJson>(members, 'entries.ndjson')
  change(entries)
  return forgeTexts(
    members,
    entries.map((entry) => JSON.stringify(entry)),
  )
}
