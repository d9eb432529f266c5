/**
 * PgBouncer before the database, in session and in transaction mode, with and without the settings of a start let
 * through: the service refuses it in a sentence, and no failed start leaves a lock behind: the next one, directly, is
 * ready.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/base/server/migrate.ts'
import { queryOnce, until } from '../faults/own-server.ts'
import { useDatabase } from '../support/database.ts'
import { endAll, type Running, startService } from '../support/process.ts'

// Debian puts it where only root's path leads.
const program = ['pgbouncer', '/usr/sbin/pgbouncer'].find((name) => spawnSync(name, ['--version']).status === 0)
if (program === undefined && process.env['CI'] === 'true') throw new Error('pgbouncer is missing in CI: see .ci/run')
if (program === undefined) process.stderr.write('skipped: pgbouncer is not installed (apt-get install pgbouncer)\n')

const test = useDatabase()
const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-pooler-'))
fs.chmodSync(folder, 0o755)
const services: Running[] = []
const poolers: ChildProcess[] = []
afterAll(async () => {
  await endAll(services)
  for (const child of poolers) child.kill('SIGTERM')
  fs.rmSync(folder, { recursive: true, force: true })
})

let next = 4210

/** A pooler before the file's database; answers the URL that leads through it. */
async function pooled(mode: string, ignored: string): Promise<string> {
  const [port, server] = [next++, new URL(test().superUrl)]
  const place = join(folder, `${port}`)
  fs.mkdirSync(place)
  const database = server.pathname.slice(1)
  const users = join(place, 'users.txt')
  fs.writeFileSync(users, `"${server.username}" "${decodeURIComponent(server.password)}"\n`)
  fs.writeFileSync(
    join(place, 'pgbouncer.ini'),
    `[databases]\n${database} = host=127.0.0.1 port=${server.port} dbname=${database}\n[pgbouncer]\nlisten_addr = 127.0.0.1
listen_port = ${port}\nunix_socket_dir =\nauth_type = plain\nauth_file = ${users}\npool_mode = ${mode}\nignore_startup_parameters = ${ignored}\n`,
  )
  // It does not run as root.
  const words = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(program ?? '', [...words, join(place, 'pgbouncer.ini')], { stdio: 'ignore' })
  poolers.push(child)
  const url = new URL(test().superUrl)
  url.port = String(port)
  const answers = (): Promise<boolean> => queryOnce(url.href, 'select 1').then(Boolean, () => false)
  await until(answers, 20_000, 'the pooler to answer')
  return url.href
}

const locks = (): Promise<unknown[]> =>
  queryOnce(
    test().superUrl,
    `select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  )

describe.skipIf(program === undefined).sequential('a connection pooler', () => {
  it.each([
    ['session', 'extra_float_digits'],
    ['session', 'extra_float_digits,options'],
    ['transaction', 'extra_float_digits'],
    ['transaction', 'extra_float_digits,options'],
  ])(
    'in %s mode, letting %s through, is refused in words and keeps no lock',
    { timeout: 120_000 },
    async (...given) => {
      const url = await pooled(...given)
      for (let turn = 0; turn < 2; turn++) {
        const refused = await migrate(url).catch((error: unknown) => error)
        expect(String(refused)).toMatch(/DATABASE_URL 指向连接池（如 PgBouncer）.+name PostgreSQL itself/)
      }
      await sleep(200)
      expect(await locks()).toEqual([])
      await migrate(test().superUrl)
    },
  )

  it('is refused by the service in one line, and the next start, directly, is ready', {
    timeout: 240_000,
  }, async () => {
    const url = await pooled('transaction', 'extra_float_digits,options')
    const begin = (to: string): Running => {
      const service = startService({ DATABASE_URL: to, YIBEN_DATA: join(folder, 'data') })
      services.push(service)
      return service
    }
    const refused = await begin(url).ended
    expect(refused.status).toBe(1)
    expect(refused.err.trim().split('\n')).toHaveLength(1)
    expect(refused.err).toContain('请改为直接连接 PostgreSQL')
    await begin(test().superUrl).ready(120_000)
  })
})
