/**
 * A PostgreSQL of another version for a whole run, as an administrator sets it up by OPERATE.md: a login that may
 * create roles and is no superuser owns the database, migrates it, and works as the roles that makes. The programs lie in the
 * folder that YIBEN_TEST_POSTGRES names; test/process/versions.test.ts fetches them.
 */
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { openDatabase, transact } from '../../src/base/db.ts'
import { guard } from '../../src/base/server/guard.ts'
import { migrate } from '../../src/base/server/migrate.ts'
import { closeDatabase } from '../../src/base/server/roles.ts'
import { livePid, queryOnce, until } from '../faults/own-server.ts'

export type OtherServer = {
  readonly adminUrl: string
  /** The login's, with {database} in the place of the database. */
  readonly loginUrl: string
  readonly appUrl: string
  readonly auditorUrl: string
  readonly stop: () => Promise<void>
}

const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200']

export async function openOtherServer(native: string, folder: string): Promise<OtherServer> {
  const data = join(folder, 'data')
  const account = process.getuid?.() === 0 ? accountOf('nobody') : undefined
  const secret = randomBytes(16).toString('hex')
  const file = join(folder, 'password')
  fs.writeFileSync(file, secret)
  fs.mkdirSync(data, { mode: 0o700 })
  if (account) for (const path of [file, data]) fs.chownSync(path, account.uid, account.gid)
  const how = { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, ...account }
  const words = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', `--pwfile=${file}`]
  execFileSync(join(native, 'bin', 'initdb'), [...words, `--pgdata=${data}`], { ...how, stdio: 'pipe' })
  const port = await freePort()
  const all = [...settings, `port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
  const values = all.flatMap((one) => ['-c', one])
  const child = spawn(join(native, 'bin', 'postgres'), ['-D', data, ...values], {
    ...how,
    stdio: 'ignore',
    detached: true,
  })
  child.unref()
  if (child.pid !== undefined) guard(child.pid)
  const urlOf = (user: string, database: string): string => `postgres://${user}:${secret}@127.0.0.1:${port}/${database}`
  const adminUrl = urlOf('postgres', 'postgres')
  const answers = (): Promise<boolean> => queryOnce(adminUrl, 'select 1').then(Boolean, () => false)
  await until(answers, 60_000, 'the server to answer')
  for (const statement of [
    `create role yiben_migrator login createrole password '${secret}'`,
    'create database yiben owner yiben_migrator',
  ])
    await queryOnce(adminUrl, statement)
  await migrate(urlOf('yiben_migrator', 'yiben'))
  await requireWorksAsApp(urlOf('yiben_migrator', 'yiben'))
  // What takes a superuser is the administrator's, see OPERATE.md.
  await queryOnce(adminUrl.replace(/postgres$/, 'yiben'), closeDatabase)
  // From here on as the tests have it: they look at what each role may do by logging in as it.
  for (const role of ['yiben_app', 'yiben_auditor'])
    await queryOnce(adminUrl, `alter role ${role} login password '${secret}'`)
  return {
    adminUrl,
    loginUrl: urlOf('yiben_migrator', '{database}'),
    appUrl: urlOf('yiben_app', '{database}'),
    auditorUrl: urlOf('yiben_auditor', '{database}'),
    stop: async () => {
      const pid = livePid(data)
      if (pid > 0) process.kill(pid, 'SIGQUIT')
      await until(() => livePid(data) === 0, 15_000, 'the server to end')
    },
  }
}

/** The login serves as the role that cannot alter history, in reads and in transactions. */
async function requireWorksAsApp(url: string): Promise<void> {
  const database = openDatabase(url)
  const text = 'select current_user::text as role'
  const [read] = await database.sql.unsafe<{ role: string }[]>(text)
  const [written] = await transact(database, (tx) => tx.query<{ role: string }>(text))
  await database.close()
  if (read?.role !== 'yiben_app' || written?.role !== 'yiben_app') throw new Error('the login works as another role')
}

function accountOf(name: string): { uid: number; gid: number } {
  const lines = fs.readFileSync('/etc/passwd', 'utf8').split('\n')
  const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}
