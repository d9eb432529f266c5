/**
 * Puts a back-up into an empty database: whole or not at all. The file is read to its end before anything is written;
 * then its migrations run, and one transaction writes roles and rows, reads every table back and compares it with the
 * hash in the file, and asks whoever knows the books whether their signed heads follow. Only then does it commit. No
 * service can start meanwhile: this holds the lock that starts are made under.
 */
import type { Tx } from '../../db.ts'
import { migrateAsFarAs } from '../migrate.ts'
import {
  type BackedHead,
  BackupFault,
  damaged,
  type End,
  framesOf,
  requireReadable,
  type Seal,
  type Start,
  type TableEnd,
} from './file.ts'
import { addRoles } from './roles.ts'
import { type CopyIn, type CopySession, openCopySession } from './session.ts'
import { shapesOf } from './tables.ts'
import { ownerRole, rowsOfTable } from './take.ts'

/** What a back-up says of itself, once it was read to its end and fits its seal. */
export type Said = {
  readonly start: Start
  readonly tables: ReadonlyMap<string, TableEnd>
  readonly end: End
  readonly seal: Seal
}

/** Reads a back-up to its end. Throws `BackupFault` where it is not whole. */
export async function readBackup(path: string): Promise<Said> {
  await requireReadable(path)
  let start: Start | undefined
  let end: End | undefined
  let seal: Seal | undefined
  const tables = new Map<string, TableEnd>()
  for await (const { said } of framesOf(path)) {
    if ('start' in said) start = said.start
    else if ('table' in said) tables.set(said.table.table, said.table)
    else if ('end' in said) end = said.end
    else if ('seal' in said) seal = said.seal
  }
  if (!start || !end || !seal || start.tables.some(({ name }) => !tables.has(name)))
    throw damaged(path, '缺少部分内容', 'parts of it are missing')
  return { start, tables, end, seal }
}

export type PutOptions = {
  /** Logs in as anyone who may migrate; where roles are to be made, as one who may make them. */
  readonly url: string
  readonly path: string
  /** Faults of the books that were written, by whoever knows them: any of them undoes all. */
  readonly look: (sql: Tx, heads: readonly BackedHead[]) => Promise<readonly string[]>
}

export type Put = { readonly rows: bigint; readonly rolesMade: readonly string[] }

/** Throws `BackupFault`: nothing was written then but, at most, the empty schema. */
export async function putBackup({ url, path, look }: PutOptions, said: Said): Promise<Put> {
  return migrateAsFarAs(url, said.start.migrations, async () => {
    const own = await openCopySession(url, 'none')
    try {
      const others = await othersAtWork(own)
      await own.query('begin')
      const rolesMade = await addRoles(own, said.start)
      await own.query(`set local role ${ownerRole}`)
      const rows = await writeTables(own, path, said, others)
      const faults = await look(own, said.end.heads)
      if (faults.length > 0)
        throw new BackupFault(
          `备份中的账与其签名树头不符，未恢复任何内容：${faults[0]}`,
          `the books of the back-up do not fit their signed heads, nothing was restored: ${faults.join('; ')}`,
        )
      for (const { name, last, called } of said.end.sequences)
        await own.query(`select setval(format('yiben.%I', $1::text)::regclass, $2, $3)`, [name, last, called])
      await own.query('commit')
      await own.query(`set role ${ownerRole}; analyze`)
      return { rows, rolesMade }
    } finally {
      await own.close()
    }
  })
}

/** Services at work on the database: they would not see what appears beside them. */
async function othersAtWork(own: CopySession): Promise<number> {
  const [others] = await own.query<{ count: number }>(`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name in ('yiben', 'yiben-read', 'yiben-pulse')`)
  return others?.count ?? 0
}

async function writeTables(own: CopySession, path: string, { start, tables }: Said, others: number): Promise<bigint> {
  const shapes = new Map((await shapesOf(own)).map((shape) => [shape.name, shape]))
  const fits =
    shapes.size === start.tables.length &&
    start.tables.every(({ name, columns }) => shapes.get(name)?.columns.join() === columns.join())
  if (!fits)
    throw new BackupFault(
      '备份的表与本程序此前版本的表不一致，未恢复任何内容',
      'the tables of the back-up are not those its migrations make: nothing was restored',
    )
  const guards = await takeGuardsOff(own, [...shapes.keys()])
  await requireEmpty(own, [...shapes.keys()])
  if (others > 0)
    throw new BackupFault(
      '有服务正在使用该数据库，请先停下它再恢复',
      'a service is at work on this database: stop it, then restore',
    )
  await writeRows(own, path, shapes)
  let all = 0n
  for (const [name, shape] of shapes) {
    const [{ rows, sha256 }, wanted] = [await rowsOfTable(own, shape), tables.get(name)]
    if (sha256 !== wanted?.sha256 || String(rows) !== wanted.rows)
      throw damaged(path, `表 ${name} 读回的内容与备份不同`, `table ${name} reads back otherwise than it was backed up`)
    all += rows
  }
  for (const statement of guards) await own.query(statement)
  return all
}

// The file has the tables in the order in which their rows may refer to each other.
async function writeRows(
  own: CopySession,
  path: string,
  shapes: ReadonlyMap<string, { readonly columns: readonly string[] }>,
): Promise<void> {
  let into: CopyIn | undefined
  for await (const { said, bytes } of framesOf(path)) {
    if ('data' in said) {
      const columns = (shapes.get(said.data)?.columns ?? []).map((column) => `"${column}"`).join(', ')
      into ??= await own.copyIn(`copy yiben."${said.data}" (${columns}) from stdin`)
      await into.write(bytes)
    } else if ('table' in said) {
      await into?.end()
      into = undefined
    }
  }
}

/** The guards of history refuse whatever changes it, and a row by itself: off for this transaction, on again after. */
async function takeGuardsOff(own: CopySession, tables: readonly string[]): Promise<string[]> {
  const guards = await own.query<{ table: string; name: string; mode: string }>(`
    select c.relname as "table", t.tgname as name, t.tgenabled::text as mode from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = to_regnamespace('yiben') and not t.tgisinternal and t.tgenabled <> 'D'`)
  // Locks each table too: nobody writes beside this.
  for (const name of tables) await own.query(`alter table yiben."${name}" disable trigger user`)
  const words: Readonly<Record<string, string>> = { A: 'enable always', R: 'enable replica', O: 'enable' }
  return guards.map(({ table, name, mode }) => `alter table yiben."${table}" ${words[mode]} trigger "${name}"`)
}

async function requireEmpty(own: CopySession, tables: readonly string[]): Promise<void> {
  for (const name of tables) {
    const [found] = await own.query<{ is: boolean }>(`select exists (select from yiben."${name}") as is`)
    if (found?.is)
      throw new BackupFault(
        `该数据库已有内容（表 ${name}），恢复只写入空库，请另建一个数据库`,
        `the database holds something already (table ${name}); a back-up goes into an empty one: create another`,
      )
  }
}
