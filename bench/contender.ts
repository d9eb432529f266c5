/**
 * A ledger that is one SQL function call a transfer, each a transaction of its own: the bare floor, and pgledger.
 * Driven by pgbench, which costs next to nothing beside the server; where it is not installed, from Node, which costs a
 * third of the rate and is said.
 */
import { execFile } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withCpu } from './cpu.ts'
import type { Driver } from './driver.ts'
import type { Place } from './place.ts'
import { type Figures, addFigure, type Measure, percentile } from './stats.ts'
import { accountCount, type Kind, kinds } from './transfers.ts'

export type Contender = {
  readonly name: string
  readonly url: string
  /** One transfer: $1 from, $2 to, $3 fen. */
  readonly statement: string
}

export const clientCounts = [1, 2, 8, 32] as const

/** One run for each number of clients and kind of accounts. */
export async function runContender(
  place: Place,
  contender: Contender,
  driver: Driver,
  seconds: number,
  figures: Figures,
): Promise<void> {
  for (const clients of clientCounts) {
    for (const kind of kinds) {
      const { measure } = await withCpu(place, undefined, () => runOnce(contender, kind, clients, driver, seconds))
      addFigure(figures, `${contender.name} ${kind} ${clients}`, measure)
    }
  }
}

async function runOnce(contender: Contender, kind: Kind, clients: number, driver: Driver, seconds: number) {
  if (pgbench !== undefined) return runPgbench(pgbench, contender, kind, clients, seconds)
  const done = await driver.run({ what: 'sql', ...contender, kind, connections: clients, seconds })
  return { measure: done.measure, transfers: done.posted }
}

/** The newest installed pgbench. */
export const pgbench: string | undefined = findPgbench()

function findPgbench(): string | undefined {
  const installed = '/usr/lib/postgresql'
  const versions = fs.existsSync(installed) ? fs.readdirSync(installed).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(installed, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
  ]
  return folders.map((folder) => join(folder, 'pgbench')).find((path) => fs.existsSync(path))
}

async function runPgbench(
  program: string,
  { url, statement }: Contender,
  kind: Kind,
  clients: number,
  seconds: number,
): Promise<{ measure: Measure; transfers: number }> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-pgbench-'))
  try {
    fs.writeFileSync(join(folder, 'transfer.sql'), scriptOf(statement, kind))
    const { stdout } = await promisify(execFile)(program, argumentsOf(url, clients, seconds), {
      cwd: folder,
      env: { ...process.env, PGPASSWORD: new URL(url).password },
    })
    const rate = Number(/^tps = ([0-9.]+)/m.exec(stdout)?.[1])
    const latencies = latenciesIn(folder)
    const measure = { rate, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }
    return { measure, transfers: latencies.length }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

function argumentsOf(url: string, clients: number, seconds: number): string[] {
  const { hostname, port, username, pathname } = new URL(url)
  const options = {
    '-h': hostname,
    '-p': port,
    '-U': username,
    '-M': 'prepared',
    '-f': 'transfer.sql',
    '-c': clients,
    '-j': Math.min(clients, 2),
    '-T': Math.max(1, Math.round(seconds)),
  }
  const given = Object.entries(options).flatMap(([name, value]) => [name, String(value)])
  // Nothing of pgbench's own to vacuum; a log line a transaction.
  return [...given, '-n', '-l', '--log-prefix=run', pathname.slice(1)]
}

// Milliseconds; the log's third column is microseconds.
function latenciesIn(folder: string): number[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith('run.'))
    .flatMap((name) => fs.readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => Number(line.split(' ')[2]) / 1_000)
}

function scriptOf(statement: string, kind: Kind): string {
  const draws =
    kind === 'even'
      ? [
          `\\set from random(1, ${accountCount})`,
          `\\set other random(1, ${accountCount - 1})`,
          '\\set to case when :other < :from then :other else :other + 1 end',
        ]
      : [
          `\\set one random(1, ${accountCount})`,
          '\\set pays random(0, 1)',
          '\\set from case when :pays = 1 then :one else 0 end',
          '\\set to case when :pays = 1 then 0 else :one end',
        ]
  const call = statement.replaceAll('$1', ':from').replaceAll('$2', ':to').replaceAll('$3', ':fen')
  return `${[...draws, '\\set fen random(1, 10000)'].join('\n')}\n${call};\n`
}
