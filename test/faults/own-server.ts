/**
 * A PostgreSQL that a test may kill: its own data folder, durable as in production, and started again on the same port
 * the way a service manager would do it. Processes are ended by the pids we know, never by name.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { openEmbedded } from '../../src/base/server/embedded.ts'
import { guard } from '../../src/base/server/guard.ts'

export type OwnServer = {
  readonly url: string
  readonly superUrl: string
  readonly port: number
  /** Its program and the words it is started with: `-D`, its data directory, its settings. */
  readonly command: readonly [string, ...string[]]
  /** The running postmaster; 0 where there is none. */
  pid(): number
  signal(signal: NodeJS.Signals): void
  /** Waits until the postmaster is gone. */
  gone(): Promise<void>
  /** Starts it again and waits until it takes queries; answers the milliseconds that took. */
  start(): Promise<number>
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>
  close(): Promise<void>
}

/** A server that takes an eighth of the machine's memory needs half a second of work to start and to stop. */
export const small = { shared_buffers: '32MB' }

/** `within`: the folder its data folder is made in. */
export async function openOwnServer(settings: Record<string, string> = {}, within = tmpdir()): Promise<OwnServer> {
  const folder = stemFolder('yiben-fault-', within)
  const server = await openEmbedded(folder, {
    claim: 'service',
    settings: { max_connections: '80', ...small, ...settings },
  })
  const [program, ...words] = commandOf(server.pid)
  const data = words[1] ?? ''
  const superUrl = server.adminUrl.replace(/postgres$/, 'yiben')
  const pid = () => livePid(data)
  const own: OwnServer = {
    url: server.url('yiben_app'),
    superUrl,
    port: server.port,
    command: [program, ...words],
    pid,
    signal: (signal) => void (pid() > 0 && process.kill(pid(), signal)),
    gone: () => until(() => pid() === 0, 15_000, 'the server to end'),
    start: () => startAgain(program, words, data, superUrl),
    query: (text, values) => queryOnce(superUrl, text, values),
    close: async () => {
      own.signal('SIGINT')
      await own.gone().catch(() => own.signal('SIGQUIT'))
      await own.gone()
      await server.stop()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
  return own
}

/** The program of a running postmaster and its words: `-D`, its data directory, its settings. */
export function commandOf(pid: number): [string, ...string[]] {
  const [program = '', ...words] = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
  return [program, ...words]
}

/** A new data folder whose database is made and migrated: nothing runs on it, and its first start is like any other. */
export function stemFolder(prefix: string, within = tmpdir()): string {
  const folder = fs.mkdtempSync(join(within, prefix))
  // As root the server's account must pass through.
  fs.chmodSync(folder, 0o711)
  execFileSync('cp', ['-a', `${inject('server').stem}/.`, folder])
  return folder
}

export async function startAgain(program: string, words: string[], data: string, url: string): Promise<number> {
  const began = performance.now()
  const { uid, gid } = fs.statSync(data)
  const account = process.getuid?.() === 0 ? { uid, gid } : {}
  const log = fs.openSync(join(data, '..', 'postgres.log'), 'a')
  let child: ChildProcess | undefined
  try {
    while (!(await answers(url))) {
      // Backends of the dead postmaster may hold its shared memory for a moment more; then the new one gives up, and
      // tries again.
      if (!child || child.exitCode !== null || child.signalCode !== null) {
        const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }
        child = spawn(program, words, { cwd: '/', env, ...account, detached: true, stdio: ['ignore', log, log] })
        child.unref()
        // A run that is killed leaves none of them behind.
        if (child.pid !== undefined) guard(child.pid)
      }
      if (performance.now() - began > 30_000) throw new Error('the server did not start again')
      await sleep(25)
    }
  } finally {
    fs.closeSync(log)
  }
  return performance.now() - began
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await queryOnce(url, 'select 1')).length === 1
  } catch {
    return false
  }
}

export async function queryOnce<R extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<R[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<R>(text, values)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The pid in the lock file, if that process lives: a dead one may wait for its parent to notice. */
export function livePid(data: string): number {
  try {
    const pid = Number(fs.readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    return /\) [ZX] /.test(stat) ? 0 : pid
  } catch {
    return 0
  }
}

export async function until(condition: () => boolean | Promise<boolean>, limitMs: number, what: string): Promise<void> {
  for (const began = performance.now(); !(await condition()); await sleep(10)) {
    if (performance.now() - began > limitMs) throw new Error(`waited ${limitMs} ms in vain for ${what}`)
  }
}

/** A point where one waits until another opens it. */
export function gateOf(): { readonly open: () => void; readonly gate: Promise<void> } {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  return { open: () => open(), gate }
}
