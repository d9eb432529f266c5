/**
 * Brings a database to the schema of this program. The library's migrator has no lock, skips files that are merged late
 * and does not notice edited ones, so here one starter at a time runs it, and afterwards every file is compared with
 * what was recorded when it ran.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runFiles } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'

const folder = fileURLToPath(new URL('../../../migrations', import.meta.url))
const owner = 'yiben_owner'
// Any number, the same in every version: it names the lock among this database's advisory locks.
const lockNumber = 2022_0028

export class MigrationFault extends Error {
  override readonly name = 'MigrationFault'
}

/**
 * Migrates as the schema's owner. `url` logs in as anyone who may act as that owner; where the owner does not exist
 * yet, as a role that may create roles. Throws `MigrationFault` where an applied file is not the one in this program.
 */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'yiben-migrate' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lockNumber])
    await becomeOwner(client)
    await client.query('create schema if not exists yiben')
    // Before, so that nothing new is built on files that are not the ones that ran; after, because then all must have
    // run.
    await compareWithFiles(client, 'before')
    await runFiles(drizzle(client), {
      migrationsFolder: folder,
      migrationsSchema: 'yiben',
      migrationsTable: 'migration',
    })
    await compareWithFiles(client, 'after')
  } finally {
    // Ends the session, and with it the lock.
    await client.end()
  }
}

async function becomeOwner(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [owner])
  if (rowCount === 0) {
    await client.query(`create role ${owner} nologin createrole`)
    await client.query(`grant ${owner} to current_user`)
  }
  const database = await client.query<{ name: string }>('select quote_ident(current_database()) as name')
  const mayCreate = await client.query<{ may: boolean }>(
    `select has_database_privilege('${owner}', current_database(), 'create') as may`,
  )
  if (!mayCreate.rows[0]?.may)
    await client.query(`grant create, connect on database ${database.rows[0]?.name} to ${owner}`)
  // Roles are made by whoever logged in; everything else belongs to the owner.
  for (const role of ['yiben_app', 'yiben_auditor']) {
    const { rowCount: found } = await client.query('select from pg_roles where rolname = $1', [role])
    if (found === 0) await client.query(`create role ${role} nologin`)
  }
  await client.query(`set role ${owner}`)
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
    const hash = createHash('sha256')
      .update(readFileSync(`${folder}/${tag}.sql`))
      .digest('hex')
    const applied = rows.find((row) => row.created_at === String(time))
    // One that is about to run is no fault; one of an earlier time than what has run is never going to.
    if (applied?.hash === hash || (!applied && when === 'before' && time > last)) continue
    const what = applied ? 'was applied with other content' : 'was never applied'
    throw new MigrationFault(`migration ${tag} ${what}; restore the file, and put the change into a new migration`)
  }
  if (rows.some((row) => !journal.entries.some(({ when: time }) => row.created_at === String(time)))) {
    throw new MigrationFault('the database has migrations this program does not know; start the newer program')
  }
}
