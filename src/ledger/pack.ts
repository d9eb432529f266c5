/**
 * A pack: one zip of one moment, sealed, that can be verified with Node alone. Everything in it is read in one snapshot
 * and streamed, so memory does not grow with what is told. The same position of the books gives the same bytes: no
 * member says when it was written. The file appears under its name only when it is complete.
 */
import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'
import { assert } from '../base/assert.ts'
import { zipEpoch } from '../base/calendar.ts'
import type { Database, Sql } from '../base/db.ts'

// What the classic zip format can hold: 32-bit sizes, 16-bit counts. Past it other readers and ours would need ZIP64.
const bytesMax = 0x7fff_ffff
const membersMax = 0xfffe

/** What is told does not fit one pack. Thrown before anything appears under the pack's name. */
export class PackTooLarge extends Error {
  override readonly name = 'PackTooLarge'
}

export type Packed = { readonly bytes: number; readonly sha256: string }

/**
 * Writes a pack to `out`, replacing what was there; `fill` adds its members, reading in one snapshot. Throws
 * `PackTooLarge`, and the file system's errors as they are.
 */
export async function writePack<T extends object>(
  database: Database,
  out: string,
  fill: (pack: PackWriter, snapshot: Database) => Promise<T>,
): Promise<T & Packed> {
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
    const filled = await database.sql.begin('isolation level repeatable read read only', async (tx) => {
      await tx.unsafe(plannerSettings)
      return fill(pack, { ...database, sql: tx as unknown as Sql })
    })
    zip.end()
    await written
    await rename(draft, out)
    return { ...(filled as T), bytes: size.bytes, sha256: file.digest('hex') }
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

/** Adds members one after the other, and remembers their hashes for the manifest. */
export class PackWriter {
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
    this.#zip.addReadStream(source, name, { mtime: zipEpoch, forceDosTimestamp: true })
    await Promise.race([ended, this.#failed])
    this.members.push({ name, sha256: hash.digest('hex'), size: String(size) })
  }

  /** The last two: the verifier, in one file, and what all members are. `about` is what the manifest says besides. */
  async close(about: { readonly format: string } & Readonly<Record<string, string>>): Promise<void> {
    await this.add('verify.mjs', one(await verifierText()))
    const { format, ...rest } = about
    await this.add('manifest.json', one(`${JSON.stringify({ format, ...rest, members: this.members }, null, 1)}\n`))
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

// The parts of the verifier, what is built on after what it is built on.
const parts = ['examination', 'container', 'log', 'approvals', 'entries', 'book', 'project']

/** The verifier in one file: its parts before what is left of verify.mjs, without what they import of each other. */
async function verifierText(): Promise<string> {
  const read = async (name: string) => {
    const text = await readFile(new URL(`../cli/${name}.mjs`, import.meta.url), 'utf8')
    return text.replaceAll(/^import [^;']*? from '\.[^']*'\n/gm, '')
  }
  const main = await read('verify')
  const head = main.indexOf('*/\n') + 3
  const texts = await Promise.all(parts.map((name) => read(`verify/${name}`)))
  return [main.slice(0, head), ...texts, main.slice(head)].join('\n')
}

export const ndjson = (records: readonly Record<string, string>[]): Buffer =>
  Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''))

export async function* one(content: string | Buffer): AsyncGenerator<Buffer> {
  yield Buffer.from(content)
}
