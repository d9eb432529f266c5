/** A database of its own for a test file: cloned from the migrated template in some 50 ms, dropped at the end. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { type Database, openDatabase } from '../../src/base/db.ts'
import { Bug } from '../../src/base/assert.ts'
import { watchUndeclared } from '../../src/base/refusal.ts'
import { templateDatabase } from './server.ts'

// What a verb refuses is among what it declares: the document is made of that.
watchUndeclared((verb, code) => {
  throw new Bug(`${verb} refused ${code}, which it does not declare`)
})

export type TestDatabase = {
  readonly database: Database
  readonly url: string
  /** Superuser on the same database: for planting what no role of ours could do. */
  readonly superUrl: string
  readonly auditorUrl: string
  drop(): Promise<void>
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('server')
  const name = `test_${randomBytes(8).toString('hex')}`
  // Copied file by file: page by page through the log, as is usual, takes three times the work where no disk is waited
  // for.
  await asAdmin(
    server.adminUrl,
    `create database ${name} template ${templateDatabase} owner yiben_owner strategy file_copy`,
  )
  const url = server.appUrl.replace(encodeURIComponent('{database}'), name).replace('{database}', name)
  const superUrl = new URL(server.adminUrl)
  superUrl.pathname = `/${name}`
  const database = openDatabase(url)
  return {
    database,
    url,
    superUrl: superUrl.href,
    auditorUrl: server.auditorUrl.replace(encodeURIComponent('{database}'), name).replace('{database}', name),
    drop: async () => {
      await database.close()
      await asAdmin(server.adminUrl, `drop database ${name} with (force)`)
    },
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(statement)
  await admin.end()
}

/** The usual way for a file: `const test = useDatabase()`, then `test().database` inside tests. */
export function useDatabase(): () => TestDatabase {
  let made: TestDatabase | undefined
  beforeAll(async () => {
    made = await createTestDatabase()
  })
  afterAll(async () => {
    await made?.drop()
  })
  return () => {
    if (!made) throw new Error('the database is made before the first test')
    return made
  }
}

/** Runs statements as the superuser of the test's database. */
export async function asSuperuser<T>(test: TestDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: test.superUrl, options: '-c search_path=yiben' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * Plants a fault as the superuser, with the triggers of all tables off, and looks at the database as the role that
 * serves. All in one transaction that is undone, so that the next fault finds the database as it was, and `look` gets
 * that transaction's connection alone.
 */
export async function withPlanted<T>(
  test: TestDatabase,
  statements: string,
  look: (database: Database) => Promise<T>,
): Promise<T> {
  const database = openDatabase(test.superUrl, { role: 'postgres', connections: 1 })
  const own = await database.sql.reserve()
  try {
    await own.unsafe(`begin; ${triggersOff}; ${statements}; set local role yiben_app`)
    const held = new Proxy(own, {
      get: (target, name): unknown => (name === 'release' ? () => undefined : Reflect.get(target, name)),
      // Whoever looks in a snapshot of his own finds himself in this transaction already.
      apply: (target, self, given: unknown[]): unknown =>
        /^(?:begin|rollback)/.test(String((given[0] as readonly string[] | undefined)?.[0]))
          ? Promise.resolve([])
          : Reflect.apply(target, self, given),
    })
    const sql = new Proxy(database.sql, {
      get: (target, name): unknown => (name === 'reserve' ? () => Promise.resolve(held) : Reflect.get(target, name)),
    })
    return await look({ ...database, sql })
  } finally {
    await own`rollback`
    own.release()
    await database.close()
  }
}

// A superuser can take every trigger off; that is why there are checks, and hashes.
const triggersOff = `do $$ declare name text; begin
  for name in select relname from pg_class where relnamespace = 'yiben'::regnamespace and relkind = 'r' loop
    execute format('alter table yiben.%I disable trigger all', name);
  end loop; end $$`
