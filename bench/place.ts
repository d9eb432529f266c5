/**
 * Where everything is measured: one embedded PostgreSQL in a temporary folder, with the settings the service gives it,
 * and on it a database for each contender. What was started is stopped by its own number, and the folder is removed.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, type QueryResultRow } from 'pg'
import { type EmbeddedServer, openEmbedded } from '../src/base/server/embedded.ts'
import { migrate } from '../src/base/server/migrate.ts'
import { reserveHugePages } from './huge-pages.ts'

export type Place = {
  readonly folder: string
  readonly server: EmbeddedServer
  /** Superuser on a database. */
  readonly superUrl: (database: string) => string
  /** The ledger's database, as the application. */
  readonly appUrl: string
  readonly superQuery: <R extends QueryResultRow>(database: string, text: string) => Promise<R[]>
  readonly createDatabase: (name: string) => Promise<void>
  close(): Promise<void>
}

export const ledgerDatabase = 'yiben'

/** `hugePages`: reserve them for the server if this account may; otherwise it takes what the machine has. */
export async function openPlace({ hugePages }: { readonly hugePages: boolean }): Promise<Place> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-bench-'))
  let giveBack: (() => void) | undefined
  try {
    const open = () => openEmbedded(folder, { claim: 'command' })
    let server = await open()
    const wanted = hugePages ? await hugePagesWanted(server) : 0
    if (wanted > 0) {
      // How many it needs only a server can tell, and it takes them when it starts.
      await server.stop()
      giveBack = reserveHugePages(wanted)
      server = await open()
    }
    await migrate(server.url('yiben_migrator'))
    const superUrl = (database: string): string => {
      const url = new URL(server.adminUrl)
      url.pathname = `/${database}`
      return url.href
    }
    const superQuery = <R extends QueryResultRow>(database: string, text: string): Promise<R[]> =>
      queryOnce<R>(superUrl(database), text)
    return {
      folder,
      server,
      superUrl,
      appUrl: server.url('yiben_app'),
      superQuery,
      createDatabase: async (name) => {
        await superQuery('postgres', `create database ${name}`)
      },
      close: async () => {
        await server.stop()
        giveBack?.()
        removeFolder(folder)
      },
    }
  } catch (error) {
    giveBack?.()
    removeFolder(folder)
    throw error
  }
}

async function hugePagesWanted({ adminUrl }: EmbeddedServer): Promise<number> {
  const [row] = await queryOnce<{ status: string; wanted: string }>(
    adminUrl,
    `select current_setting('huge_pages_status') as status, current_setting('shared_memory_size_in_huge_pages') as wanted`,
  )
  return row?.status === 'off' ? Number(row.wanted) : 0
}

async function queryOnce<R extends QueryResultRow>(url: string, text: string): Promise<R[]> {
  const client = new Client({ connectionString: url, application_name: 'yiben-bench' })
  await client.connect()
  try {
    return (await client.query<R>(text)).rows
  } finally {
    await client.end()
  }
}

function removeFolder(folder: string): void {
  const pointer = join(folder, 'postgres.location')
  // As root the data may lie elsewhere, in a place of this folder's own.
  if (fs.existsSync(pointer)) {
    fs.rmSync(dirname(fs.readFileSync(pointer, 'utf8').trim()), { recursive: true, force: true })
  }
  fs.rmSync(folder, { recursive: true, force: true })
}

export type Child = { readonly process: ChildProcess; stop(): Promise<void> }

const stopWithinMs = 15_000

/** Starts one of our own TypeScript files as a process. It ends with us: see `endWithParent`. */
export function startChild(
  file: string,
  environment: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...environment },
    execArgv: [...options, '--import', 'tsx', ...profiling(file)],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  return {
    process: child,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const last = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      await gone
      clearTimeout(last)
    },
  }
}

// BENCH_CPU_PROF names a folder: the service then writes a profile there when it ends.
function profiling(file: string): string[] {
  const folder = process.env['BENCH_CPU_PROF']
  return folder !== undefined && file.includes('src/main') ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []
}

/** For files that `startChild` runs: when the bench is gone, they go. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(1))
  process.on('SIGTERM', () => process.exit(0))
  // Ctrl-C reaches the whole group; the bench then stops us when it is done with us.
  process.on('SIGINT', () => undefined)
}
