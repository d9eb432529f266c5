/** Takes a back-up: all rows of our schema as COPY gives them, in one snapshot, into one file. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Tx } from '../../db.ts'
import { alreadyThere, type BackedHead, BackupFault, backupFormat, BackupWriter, type Sealer } from './file.ts'
import { type CopySession, openCopySession } from './session.ts'
import { migrationsOf, rolesOf, sequencesOf, type Shape, shapesOf } from './tables.ts'

export const ownerRole = 'yiben_owner'

export type Taken = {
  readonly tables: number
  readonly rows: bigint
  readonly books: number
  readonly isSigned: boolean
  readonly roles: readonly string[]
}

export type TakeOptions = {
  /** Logs in as anyone who may work as the owner of the schema; a standby will do. */
  readonly url: string
  readonly out: string
  /** When, as it is told. */
  readonly takenAt: string
  readonly sealer: Sealer | undefined
  /** The heads of the books as of the snapshot. */
  readonly heads: (sql: Tx) => Promise<BackedHead[]>
}

/** Throws `BackupFault` where there is nothing to back up or the file is there, and what the file system says. */
export async function takeBackup({ url, out, takenAt, sealer, heads }: TakeOptions): Promise<Taken> {
  if (existsSync(out)) throw alreadyThere(out)
  const own = await openCopySession(url, ownerRole)
  try {
    await own.query('begin isolation level repeatable read read only')
    return await intoFile(own, out, { takenAt, sealer, heads })
  } finally {
    await own.close()
  }
}

async function intoFile(
  own: CopySession,
  out: string,
  { takenAt, sealer, heads }: Pick<TakeOptions, 'takenAt' | 'sealer' | 'heads'>,
): Promise<Taken> {
  const shapes = await shapesOf(own)
  if (shapes.length === 0)
    throw new BackupFault(
      '该数据库中没有本程序的账，无可备份',
      'this database holds no books of ours: there is nothing to back up',
    )
  const [{ server } = { server: '' }] = await own.query<{ server: string }>(
    `select current_setting('server_version') as server`,
  )
  const who = await rolesOf(own)
  const tables = shapes.map(({ name, columns }) => ({ name, columns: [...columns] }))
  const writer = new BackupWriter(out)
  try {
    await writer.frame({
      start: { format: backupFormat, takenAt, server, migrations: await migrationsOf(own), tables, ...who },
    })
    let all = 0n
    for (const shape of shapes) {
      const { rows, sha256 } = await rowsOfTable(own, shape, (bytes) =>
        writer.frame({ data: shape.name, bytes: bytes.length }, bytes),
      )
      await writer.frame({ table: { table: shape.name, rows: String(rows), sha256 } })
      all += rows
    }
    const signed = await heads(own)
    // After the rows: a number that was given meanwhile is left out, never given twice.
    await writer.frame({ end: { sequences: await sequencesOf(own), heads: signed } })
    await writer.close(sealer)
    const roles = who.roles.map(({ name }) => name)
    return { tables: shapes.length, rows: all, books: signed.length, isSigned: sealer !== undefined, roles }
  } catch (error) {
    await writer.drop()
    throw error
  }
}

/** The rows of a table as text, a piece at a time, with their number and the hash of them all. */
export async function rowsOfTable(
  own: CopySession,
  { name, columns, order }: Shape,
  each: (bytes: Buffer) => Promise<void> = () => Promise.resolve(),
): Promise<{ rows: bigint; sha256: string }> {
  const hash = createHash('sha256')
  const listed = columns.map((column) => `"${column}"`).join(', ')
  const rows = await own.copyOut(
    `copy (select ${listed} from yiben."${name}" order by ${order}) to stdout`,
    (bytes) => {
      hash.update(bytes)
      return each(bytes)
    },
  )
  return { rows, sha256: hash.digest('hex') }
}
