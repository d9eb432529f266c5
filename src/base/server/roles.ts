/**
 * The roles and the database of an embedded server, their passwords in `secrets.json`, made once and looked at on every
 * start.
 */
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { Client, DatabaseError } from 'pg'
import { z } from 'zod'
import { createWhole, parsed } from '../files.ts'

export type LoginRole = 'yiben_migrator' | 'yiben_app' | 'yiben_auditor'
export type Secrets = z.infer<typeof secretsFile>

const password = z.string().min(16)
const secretsFile = z.object({
  postgres: password,
  yiben_migrator: password,
  yiben_app: password,
  yiben_auditor: password,
})

const LOGIN_ROLES: readonly LoginRole[] = ['yiben_migrator', 'yiben_app', 'yiben_auditor']
/** Raise this when the statements of `createRoles` change: every folder then runs them once more. */
const ROLES_VERSION = 'yiben roles 2'

/** The passwords of a folder, made on first use. */
export function secretsOf(home: string): Secrets {
  const path = join(home, 'secrets.json')
  if (!fs.existsSync(path)) {
    const fresh = ['postgres', ...LOGIN_ROLES].map((role) => [role, randomBytes(24).toString('base64url')])
    createWhole(path, `${JSON.stringify(Object.fromEntries(fresh), null, 2)}\n`)
  }
  // Whoever created the file first decides; everybody reads back what stands there.
  const secrets = secretsFile.safeParse(parsed(fs.readFileSync(path, 'utf8')))
  if (!secrets.success) throw new Error(`${path} 已损坏 / is damaged`)
  return secrets.data
}

/** False while the server does not take connections; throws what waiting will not mend. */
export async function rolesReady(port: number, secrets: Secrets): Promise<boolean> {
  try {
    await withAdmin(port, secrets, async (client) => {
      const { rowCount } = await client.query(
        `SELECT 1 FROM pg_database d WHERE datname = 'yiben' AND shobj_description(d.oid, 'pg_database') = $1
         AND 4 = (SELECT count(*) FROM pg_roles WHERE rolname = ANY ($2) AND NOT (rolsuper OR rolbypassrls))`,
        [ROLES_VERSION, [...LOGIN_ROLES, 'yiben_owner']],
      )
      if (rowCount === 0) await createRoles(client, port, secrets)
    })
    return true
  } catch (error) {
    // The server's own answer, unless of class 57 (it is starting up or shutting down); else the connection failed.
    if (error instanceof DatabaseError && !error.code?.startsWith('57')) throw error
    return false
  }
}

/** Safe to repeat after a kill at any point: the comment that says "done" is the last thing written. */
async function createRoles(client: Client, port: number, secrets: Secrets): Promise<void> {
  await client.query(`SELECT pg_advisory_lock(hashtext('${ROLES_VERSION}'))`)
  const attributes = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
  const make = async (role: string, rest: string): Promise<void> => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
    await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} ${attributes} ${rest}`)
  }
  await make('yiben_owner', 'NOLOGIN')
  for (const role of LOGIN_ROLES) await make(role, `LOGIN PASSWORD ${client.escapeLiteral(secrets[role])}`)
  const { rowCount } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'yiben'`)
  if (rowCount === 0) await client.query('CREATE DATABASE yiben OWNER yiben_owner')
  await client.query(`
    GRANT yiben_owner TO yiben_migrator;
    ALTER ROLE yiben_auditor SET default_transaction_read_only = on;
    ALTER ROLE yiben_app SET lock_timeout = '10s';
    ALTER ROLE yiben_app SET idle_in_transaction_session_timeout = '30s';
    ALTER DATABASE yiben OWNER TO yiben_owner;
    REVOKE ALL ON DATABASE yiben FROM PUBLIC;
    GRANT CONNECT ON DATABASE yiben TO ${LOGIN_ROLES.join(', ')};
    REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
    ALTER ROLE yiben_auditor SET lock_timeout = '5s';
    ALTER ROLE yiben_auditor SET idle_in_transaction_session_timeout = '10min'`)
  await withAdmin(port, secrets, (inside) => inside.query(closeDatabase).then(() => undefined), 'yiben')
  await client.query(`COMMENT ON DATABASE yiben IS '${ROLES_VERSION}'`)
}

/**
 * Run in the database, by a superuser: nobody but us writes large objects, and auditors hold none of the locks that
 * starts, books and keys are taken under.
 */
export const closeDatabase = `do $$
declare made regprocedure;
begin
  for made in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
    and (proname ~ '^(lo_|lowrite|loread)' or proname ~ '^pg_(try_)?advisory') loop
    execute format('revoke execute on function %s from public', made);
    if made::text ~ 'advisory' then execute format('grant execute on function %s to yiben_app, yiben_owner%s', made,
      (select string_agg(', ' || quote_ident(rolname), '') from pg_roles where rolname = 'yiben_migrator'));
    end if;
  end loop;
end $$`

async function withAdmin(
  port: number,
  secrets: Secrets,
  work: (client: Client) => Promise<void>,
  database = 'postgres',
): Promise<void> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: secrets.postgres,
    database,
    // Stated, so that PGSSLMODE and PGOPTIONS of the environment do not decide.
    ssl: false,
    options: '-c statement_timeout=20s',
    connectionTimeoutMillis: 5_000,
  })
  // Without a listener a connection that breaks between two queries would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
