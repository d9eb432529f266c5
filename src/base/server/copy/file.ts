/**
 * The file of a back-up: frames, gzipped as one stream. A frame is a line of JSON that says what it is and how many
 * bytes follow, and then those bytes. The last frame is the seal: the SHA-256 of all before it, signed where the
 * machine that made it holds the key of the service. A file is under its name whole or not at all, and is never
 * written over.
 */
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { codeOf, parsed } from '../../files.ts'

export const backupFormat = 'yiben-backup-1'

/** What is wrong with a back-up or with the place it should go to, and what a person does about it. */
export class BackupFault extends Error {
  override readonly name = 'BackupFault'

  constructor(zh: string, en: string) {
    super(`${zh} / ${en}`)
  }
}

const role = z.strictObject({
  name: z.string(),
  login: z.boolean(),
  inherit: z.boolean(),
  connections: z.number(),
  until: z.string().nullable(),
  settings: z.array(z.string()),
})
const membership = z.strictObject({
  role: z.string(),
  member: z.string(),
  admin: z.boolean(),
  inherit: z.boolean(),
  set: z.boolean(),
})
const head = z.strictObject({ bookId: z.number(), note: z.string(), signature: z.string(), key: z.string() })

/** What stands first: when, of which schema, which tables and columns, and who may read and work. */
export const start = z.strictObject({
  format: z.literal(backupFormat),
  takenAt: z.string(),
  server: z.string(),
  migrations: z.array(z.strictObject({ hash: z.string(), when: z.string() })),
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()) })),
  roles: z.array(role),
  memberships: z.array(membership),
})
/** What stands last before the seal: how far each sequence is, and the head of each book. */
export const end = z.strictObject({
  sequences: z.array(z.strictObject({ name: z.string(), last: z.string(), called: z.boolean() })),
  heads: z.array(head),
})
const seal = z.strictObject({ sha256: z.string(), key: z.string().nullable(), signature: z.string().nullable() })
const rows = z.strictObject({ table: z.string(), rows: z.string(), sha256: z.string() })

export const frame = z.union([
  z.strictObject({ start }),
  z.strictObject({
    data: z.string(),
    bytes: z
      .int()
      .min(0)
      .max(2 ** 30),
  }),
  z.strictObject({ table: rows }),
  z.strictObject({ end }),
  z.strictObject({ seal }),
])

export type Start = z.infer<typeof start>
export type End = z.infer<typeof end>
export type BackedHead = z.infer<typeof head>
export type Role = z.infer<typeof role>
export type Membership = z.infer<typeof membership>
export type TableEnd = z.infer<typeof rows>
export type Seal = z.infer<typeof seal>
type Frame = z.infer<typeof frame>

/** What is signed: the hash, said to be that of a back-up and of nothing else. */
export const sealText = (sha256: string): Buffer => Buffer.from(`${backupFormat} sha256 ${sha256}\n`)

export type Sealer = { readonly publicKey: Buffer; readonly sign: (bytes: Buffer) => Buffer }

/** Writes a back-up; nothing stands under its name before `close`. */
export class BackupWriter {
  readonly #out: string
  readonly #draft: string
  readonly #zip = createGzip({ level: 4 })
  readonly #all = createHash('sha256')
  readonly #written: Promise<unknown>

  constructor(out: string) {
    this.#out = out
    this.#draft = `${out}.${randomUUID()}.part`
    const file = createWriteStream(this.#draft, { mode: 0o600, flags: 'wx', flush: true })
    this.#written = new Promise<void>((resolve, reject) => {
      file.once('close', resolve)
      for (const stream of [file, this.#zip]) stream.once('error', reject)
    })
    this.#written.catch(() => undefined)
    this.#zip.pipe(file)
  }

  async frame(said: Frame, bytes: Buffer = Buffer.alloc(0)): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(said)}\n`)
    for (const piece of bytes.length === 0 ? [line] : [line, bytes]) {
      this.#all.update(piece)
      if (!this.#zip.write(piece)) await Promise.race([once(this.#zip, 'drain'), this.#written])
    }
  }

  /** Seals the file and gives it its name. */
  async close(by: Sealer | undefined): Promise<void> {
    const sha256 = this.#all.copy().digest('hex')
    const signed = by && {
      key: by.publicKey.toString('base64'),
      signature: by.sign(sealText(sha256)).toString('base64'),
    }
    await this.frame({ seal: { sha256, ...(signed ?? { key: null, signature: null }) } })
    this.#zip.end()
    await this.#written
    try {
      await link(this.#draft, this.#out)
    } catch (error) {
      throw codeOf(error) === 'EEXIST' ? alreadyThere(this.#out) : error
    }
    await this.drop()
  }

  async drop(): Promise<void> {
    this.#zip.destroy()
    await rm(this.#draft, { force: true })
  }
}

export const alreadyThere = (out: string): BackupFault =>
  new BackupFault(
    `文件 ${out} 已存在，备份不覆盖，请换一个文件名`,
    `${out} is there already and is not written over: name another file`,
  )

export const damaged = (path: string, zh: string, en: string): BackupFault =>
  new BackupFault(
    `备份文件 ${path} 不完整或被改动：${zh}，请换用另一份`,
    `the back-up ${path} is not whole: ${en}; use another one`,
  )

/**
 * The frames of a back-up in their order, checked against the seal, which is the last. Throws `BackupFault` where the
 * file is none, ends early, goes on after the seal, or does not fit its hash; what was read by then must not be kept.
 */
export async function* framesOf(path: string): AsyncGenerator<{ said: Frame; bytes: Buffer }> {
  const all = createHash('sha256')
  const pieces = piecesOf(path)
  let isSealed = false
  for (;;) {
    const line = await pieces.line()
    if (line === undefined) break
    if (isSealed) throw damaged(path, '封印之后还有内容', 'something stands behind its seal')
    const said = frame.safeParse(parsed(line.toString('utf8'))).data
    if (said === undefined) throw damaged(path, '不是本程序的备份格式', `it is not of the format ${backupFormat}`)
    if ('seal' in said) {
      if (said.seal.sha256 !== all.copy().digest('hex'))
        throw damaged(path, '内容与封印不符', 'it does not fit its seal')
      isSealed = true
      yield { said, bytes: Buffer.alloc(0) }
      continue
    }
    all.update(line).update('\n')
    const bytes = 'bytes' in said ? await pieces.exactly(said.bytes) : Buffer.alloc(0)
    all.update(bytes)
    yield { said, bytes }
  }
  if (!isSealed) throw damaged(path, '文件中断', 'it breaks off')
}

const lineMost = 2 ** 26

/** Reads the unzipped bytes by lines and by lengths. */
function piecesOf(path: string) {
  const unzipped = createReadStream(path)
  const stream = createGunzip()
  unzipped.once('error', (error) => stream.destroy(error))
  unzipped.pipe(stream)
  const source = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let held: Buffer[] = []
  let size = 0
  const more = async (): Promise<boolean> => {
    const next = await source.next().catch((error: unknown) => {
      if (/^(?:Z_|ERR_)/.test(codeOf(error) ?? '')) throw damaged(path, '压缩内容损坏', 'its compression is damaged')
      throw error
    })
    if (next.done) return false
    held.push(next.value)
    size += next.value.length
    return true
  }
  const take = (length: number): Buffer => {
    const whole = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held)
    held = whole.length > length ? [whole.subarray(length)] : []
    size = whole.length - length
    return whole.subarray(0, length)
  }
  return {
    line: async (): Promise<Buffer | undefined> => {
      for (let looked = 0; ; ) {
        const at = held.slice(looked).findIndex((piece) => piece.includes(10))
        if (at >= 0) {
          const before = held.slice(0, looked + at).reduce((sum, piece) => sum + piece.length, 0)
          const line = take(before + (held[looked + at] as Buffer).indexOf(10) + 1)
          return line.subarray(0, -1)
        }
        looked = held.length
        if (size > lineMost) throw damaged(path, '不是本程序的备份格式', `it is not of the format ${backupFormat}`)
        if (await more()) continue
        if (size > 0) throw damaged(path, '文件中断', 'it breaks off')
        return undefined
      }
    },
    exactly: async (length: number): Promise<Buffer> => {
      for (;;) {
        if (size >= length) return take(length)
        if (!(await more())) throw damaged(path, '文件中断', 'it breaks off')
      }
    },
  }
}

/** A file that is there and may be read; refused in words where not. */
export async function requireReadable(path: string): Promise<void> {
  try {
    await (await open(path, 'r')).close()
  } catch (error) {
    throw new BackupFault(
      `无法读取备份文件 ${path}（${codeOf(error) ?? '?'}）`,
      `the back-up ${path} cannot be read (${codeOf(error) ?? '?'})`,
    )
  }
}
