/**
 * Brings a database to the schema of this program. The library's migrator has no lock, skips files that are merged late
 * and does not notice edited ones, so here one starter at a time runs it, and afterwards every file is compared with
 * what was recorded when it ran.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runFiles } from 'drizzle-orm/node-postgres/migrator'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { sqlState } from '../db.ts'
import type { Text } from '../refusal.ts'
import { MigrationFault, StartFault } from './fault.ts'
import { closeDatabase } from './roles.ts'

const folder = fileURLToPath(new URL('../../../migrations', import.meta.url))
const owner = 'yiben_owner'
// Any number, the same in every version: it names the lock among this database's advisory locks.
const lockNumber = 2022_0028

const fillingNumber = 2022_0029

export type MigrateOptions = {
  /** Hears every 10 s what is waited for. */
  readonly waiting?: (what: Text) => void
  /** What was asked for is not wanted any more: the wait ends with `StartFault`. */
  readonly isEnding?: () => boolean
}

/**
 * Migrates as the schema's owner. `url` logs in as anyone who may act as that owner; where the owner does not exist
 * yet, as a role that may create roles. Waits for a server that starts, and for another starter. Throws `StartFault`
 * with what a person can put right, `MigrationFault` where an applied file is not the one in this program.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<void> {
  await withStartLock(url, lockNumber, options, async (client) => {
    await becomeOwner(client)
    await client.query('create schema if not exists yiben')
    // Before, so that nothing new is built on files that are not the ones that ran; after, because then all must have
    // run.
    await compareWithFiles(client, 'before')
    await runFrom(client, folder)
    await compareWithFiles(client, 'after')
  })
}

const runFrom = (client: pg.Client, from: string): Promise<void> =>
  runFiles(drizzle(client), { migrationsFolder: from, migrationsSchema: 'yiben', migrationsTable: 'migration' })

/** A migration as a database records it: the SHA-256 of its file, and its time in the journal. */
export type Ran = { readonly hash: string; readonly when: string }

/**
 * Brings an empty database as far as another one was, then does `work` there, while no other starter can begin. Throws
 * `StartFault` where that other one is not of this program or of one before it, or this one is further already.
 */
export async function migrateAsFarAs<T>(url: string, ran: readonly Ran[], work: () => Promise<T>): Promise<T> {
  let done: T | undefined
  await withStartLock(url, lockNumber, {}, async (client) => {
    const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as Journal
    const entries = journal.entries.toSorted((a, b) => a.when - b.when).slice(0, ran.length)
    if (
      ran.length === 0 ||
      entries.map(({ tag, when }) => `${when} ${hashOf(tag)}`).join() !==
        ran.map(({ hash, when }) => `${when} ${hash}`).join()
    ) {
      throw new StartFault(
        '备份由更新或不同的程序所作，请用作出备份的程序或其后的版本恢复',
        'the back-up is of a newer or another program: restore it with the program that made it, or a later one',
      )
    }
    await becomeOwner(client)
    await client.query('create schema if not exists yiben')
    await compareWithFiles(client, 'before')
    const part = mkdtempSync(join(tmpdir(), 'yiben-migrations-'))
    try {
      mkdirSync(join(part, 'meta'))
      writeFileSync(join(part, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }))
      for (const { tag } of entries) copyFileSync(join(folder, `${tag}.sql`), join(part, `${tag}.sql`))
      await runFrom(client, part)
    } finally {
      rmSync(part, { recursive: true, force: true })
    }
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from yiben.migration')
    if (rows[0]?.count !== ran.length) {
      throw new StartFault(
        '该数据库的结构比备份新，请恢复到新建的空库',
        'the database is further than the back-up: restore into a new, empty database',
      )
    }
    done = await work()
  })
  return done as T
}

const hashOf = (tag: string): string =>
  createHash('sha256')
    .update(readFileSync(`${folder}/${tag}.sql`))
    .digest('hex')

/** One starter at a time: others wait until this one's first filling is done. */
export const alone = (url: string, options: MigrateOptions, work: () => Promise<void>): Promise<void> =>
  withStartLock(url, fillingNumber, options, work)

const sayEveryMs = 10_000
const lookEveryMs = 500

async function withStartLock(
  url: string,
  number: number,
  options: MigrateOptions,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const wait = waiter(options)
  const client = await connected(url, wait)
  try {
    await requireServer(client)
    for (;;) {
      // Asked for and not waited for: what waits inside the server can neither say so nor be told to end.
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [number])
      if (rows[0]?.mine) break
      await wait(otherStarter)
    }
    await work(client)
  } finally {
    // Ends the session, and with it the lock.
    await client.end()
  }
}

const otherStarter = { zh: '另一个进程正在建立数据库', en: 'another process is at work on the database' }
const noAnswer = { zh: '数据库没有应答', en: 'the database does not answer' }

type Wait = (what: Text) => Promise<void>

function waiter({ waiting = () => undefined, isEnding = () => false }: MigrateOptions): Wait {
  let saidAt = performance.now()
  return async (what) => {
    if (isEnding()) throw new StartFault(what.zh, what.en)
    if (performance.now() - saidAt >= sayEveryMs) {
      saidAt = performance.now()
      waiting(what)
    }
    await sleep(lookEveryMs)
  }
}

async function connected(url: string, wait: Wait): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'yiben-migrate',
      connectionTimeoutMillis: 4_000,
      options: '',
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      // It starts, stops or is silent: it may yet come. Whatever else it says is its answer.
      if (!sqlState(error)?.startsWith('57P0') && !/timeout/i.test(String(error))) throw error
      await wait(noAnswer)
    }
  }
}

const versionMin = 16

/** What the server must be, asked before anything of ours is left on it. */
async function requireServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; pid: number; standby: boolean }>(
    `select current_setting('server_version_num')::int as version, pg_backend_pid() as pid, pg_is_in_recovery() as standby`,
  )
  const [{ version, pid, standby } = { version: 0, pid: 0, standby: false }] = rows
  const major = Math.floor(version / 10_000)
  if (major < versionMin) {
    throw new StartFault(
      `数据库版本为 PostgreSQL ${major}，须为 ${versionMin} 或更高，请升级后再启动`,
      `the server is PostgreSQL ${major}; this program needs ${versionMin} or later: upgrade it first`,
    )
  }
  // A pooler answers the start of a session itself, under a number of its own.
  if ((client as unknown as { processID: number | null }).processID !== pid) {
    throw new StartFault(
      'DATABASE_URL 指向连接池（如 PgBouncer），会话设置与锁不能经它保持，请改为直接连接 PostgreSQL',
      'DATABASE_URL leads to a connection pooler such as PgBouncer, which keeps neither settings nor locks of a session: name PostgreSQL itself',
    )
  }
  if (standby) {
    throw new StartFault(
      '数据库是只读备库，不能记账，请让 DATABASE_URL 指向主库',
      'the server is a read-only standby: name the primary in DATABASE_URL',
    )
  }
}

async function becomeOwner(client: pg.Client): Promise<void> {
  try {
    await createRoles(client)
    const { rows } = await client.query<{ all: string }>(`select current_setting('is_superuser') as all`)
    if (rows[0]?.all === 'on') await client.query(closeDatabase)
    await client.query(`set role ${owner}`)
  } catch (error) {
    if (sqlState(error) !== '42501') throw error
    throw new StartFault(
      `DATABASE_URL 的登录名无权建立角色或以其身份工作。请由管理员执行：alter role 登录名 createrole；或建立 ${allRoles} 并 grant … to 登录名 with set true`,
      `the login of DATABASE_URL may not create or become the roles it needs: an administrator gives it CREATEROLE, or creates ${allRoles} and grants them to it WITH SET TRUE`,
    )
  }
}

const workingRoles = ['yiben_app', 'yiben_auditor'] as const
const allRoles = [owner, ...workingRoles].join(', ')

async function createRoles(client: pg.Client): Promise<void> {
  await createRole(client, owner, 'nologin createrole')
  await letBecome(client, owner)
  const database = await client.query<{ name: string }>('select quote_ident(current_database()) as name')
  const mayCreate = await client.query<{ may: boolean }>(
    `select has_database_privilege('${owner}', current_database(), 'create') as may`,
  )
  if (!mayCreate.rows[0]?.may)
    await client.query(`grant create, connect on database ${database.rows[0]?.name} to ${owner}`)
  // Roles are made by whoever logged in; everything else belongs to the owner.
  for (const role of workingRoles) {
    if (await createRole(client, role, 'nologin')) await letBecome(client, role)
  }
}

/** Roles are of the whole server: a start on another of its databases may make them at the same moment. */
async function createRole(client: pg.Client, role: string, attributes: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
  if (rowCount !== 0) return false
  try {
    await client.query(`create role ${role} ${attributes}`)
    return true
  } catch (error) {
    if (!['42710', '23505'].includes(sqlState(error) ?? '')) throw error
    return false
  }
}

// Since PostgreSQL 16 whoever makes a role may hand it on, and not work as it, until he says so.
async function letBecome(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(`select pg_has_role(current_user, $1, 'SET') as may`, [role])
  if (!rows[0]?.may) await client.query(`grant ${role} to current_user with set true`)
}

type Journal = { entries: { idx: number; when: number; tag: string }[] }

async function compareWithFiles(client: pg.Client, when: 'before' | 'after'): Promise<void> {
  const { rowCount: made } = await client.query(`select where to_regclass('yiben.migration') is not null`)
  if (made === 0 && when === 'before') return
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as Journal
  const { rows } = await client.query<{ hash: string; created_at: string }>(
    'select hash, created_at::text from yiben.migration order by created_at',
  )
  const last = Math.max(0, ...rows.map((row) => Number(row.created_at)))
  for (const { tag, when: time } of journal.entries) {
    const hash = hashOf(tag)
    const applied = rows.find((row) => row.created_at === String(time))
    // One that is about to run is no fault; one of an earlier time than what has run is never going to.
    if (applied?.hash === hash || (!applied && when === 'before' && time > last)) continue
    const what = applied ? 'was applied with other content' : 'was never applied'
    throw new MigrationFault(
      `迁移 ${tag} 与数据库中执行过的不一致，请恢复该文件，改动另立新迁移 / migration ${tag} ${what}; restore the file, and put the change into a new migration`,
    )
  }
  if (rows.some((row) => !journal.entries.some(({ when: time }) => row.created_at === String(time)))) {
    throw new MigrationFault(
      '数据库由更新的程序建立，请启动新版程序 / the database has migrations this program does not know; start the newer program',
    )
  }
}
