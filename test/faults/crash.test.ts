/**
 * F04–F06: the server dies or stops under load, on a data folder of its own. What was acknowledged is there once, with the
 * acknowledged hash; what was refused is not; nothing is there by half. The controls switch off what this rests on, and the checker
 * must see the loss: a harness that cannot see loss proves nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/base/db.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { random, type Random } from '../sim/random.ts'
import { judge, type Verdict } from './checker.ts'
import { createBooks, ledgerDoor, watchSums } from './doors.ts'
import { fund, type History, startLoad } from './load.ts'
import { openOwnServer, type OwnServer } from './own-server.ts'
import { longer, report, reportVerdict, seeds } from './report.ts'

type Nemesis = (server: OwnServer, luck: Random, restarts: number[]) => Promise<void>
type Run = {
  verdict: Verdict
  history: History
  watched: Awaited<ReturnType<ReturnType<typeof watchSums>['end']>>
  recoveryMs: number
}

/** Load, faults, and the judge, on a new server. */
async function run(seed: number, nemesis: Nemesis, settings: Record<string, string> = {}): Promise<Run> {
  const server = await openOwnServer(settings)
  let database: Database | undefined
  try {
    database = openDatabase(server.url)
    const ledger = openLedger(database)
    await createBooks(ledger)
    const door = ledgerDoor(ledger)
    const given = await fund(door)
    // Also where commits wait for nothing, the books themselves are on disk.
    await server.query('checkpoint')
    const restarts: number[] = []
    const [load, watch] = [startLoad(door, seed), watchSums(database)]
    await nemesis(server, random(seed), restarts)
    const history = await load.finish()
    const watched = await watch.end()
    const verdict = await judge(server.superUrl, history, given)
    return { verdict, history, watched, recoveryMs: recovery(history, restarts) }
  } finally {
    await database?.close()
    await server.close()
  }
}

/** The longest time from a server that is back to the first answer after it. */
function recovery({ events }: History, restarts: readonly number[]): number {
  const answers = events.filter(({ kind }) => kind === 'ok' || kind === 'fail').map(({ at }) => at)
  return Math.max(0, ...restarts.map((back) => (answers.find((at) => at > back) ?? Infinity) - back))
}

async function restart(server: OwnServer, signal: NodeJS.Signals, restarts: number[]): Promise<void> {
  server.signal(signal)
  await server.gone()
  await server.start()
  restarts.push(performance.now())
}

const killPostmaster: Nemesis = async (server, luck, restarts) => {
  for (let kills = 0; kills < 3 * longer; kills++) {
    await sleep(500 + luck.below(500))
    await restart(server, 'SIGKILL', restarts)
  }
  await sleep(500)
}

/** The server itself then ends every other session and recovers from its log. */
const killBackends: Nemesis = async (server, luck, restarts) => {
  for (let kills = 0; kills < 6 * longer; kills++) {
    await sleep(700)
    const pids = await server
      .query<{ pid: number }>(`select pid from pg_stat_activity where usename = 'yiben_app' order by pid`)
      .catch(() => [])
    if (pids.length === 0) continue
    process.kill(luck.pick(pids).pid, 'SIGKILL')
    restarts.push(performance.now())
  }
  await sleep(700)
}

const stop =
  (signal: 'SIGQUIT' | 'SIGINT'): Nemesis =>
  async (server, luck, restarts) => {
    for (let stops = 0; stops < longer; stops++) {
      await sleep(500 + luck.below(500))
      await restart(server, signal, restarts)
    }
    await sleep(500)
  }

/** What init sends: the server takes nobody new and waits for those it has, until it is told to hurry. */
const stopPolitely: Nemesis = async (server, luck, restarts) => {
  await sleep(500 + luck.below(500))
  server.signal('SIGTERM')
  await sleep(700)
  await restart(server, 'SIGINT', restarts)
  await sleep(500)
}

const faults: readonly [name: string, nemesis: Nemesis][] = [
  ['F04 kill -9 of the postmaster', killPostmaster],
  ['F05 kill -9 of a backend every 0.7 s', killBackends],
  ['F06 immediate stop', stop('SIGQUIT')],
  ['F06 fast stop', stop('SIGINT')],
  ['F06 SIGTERM, then fast stop', stopPolitely],
]

describe.each(seeds)('under load, seed %i', (seed) => {
  it.each(faults)('%s: nothing is lost, doubled or halved', { timeout: 60_000 * longer }, async (name, nemesis) => {
    const { verdict, history, watched, recoveryMs } = await run(seed, nemesis)
    reportVerdict(`${name}, seed ${seed}`, verdict, { 'recovery ms': recoveryMs, reads: watched.reads })
    expect(verdict.faults).toEqual([])
    expect(verdict.acked).toBeGreaterThan(100)
    expect(verdict.refused).toBeGreaterThan(0)
    expect(verdict.open).toBe(0)
    expect(history.surprises).toEqual([])
    expect(watched.surprises).toEqual([])
    expect(watched.unbalanced).toBe(0)
    expect(watched.reads).toBeGreaterThan(5)
    expect(recoveryMs).toBeLessThan(10_000)
  })
})

describe('the control', () => {
  it('sees acknowledged entries lost where commits do not wait for the disk', { timeout: 60_000 }, async () => {
    const killOnce: Nemesis = async (server, _, restarts) => {
      await server.query('alter role yiben_app set synchronous_commit = off')
      // A setting of a role holds for new sessions, so those at work are ended first.
      await server.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'yiben_app'`)
      await server.query('checkpoint')
      await sleep(800)
      await restart(server, 'SIGKILL', restarts)
      await sleep(300)
    }
    const { verdict } = await run(1, killOnce, { wal_writer_delay: '10s' })
    report('F04 control: synchronous_commit = off', { acked: verdict.acked, missing: verdict.missing })
    expect(verdict.missing).toBeGreaterThan(0)
    expect(verdict.faults.filter((fault) => fault.includes('missing')).length).toBe(verdict.missing)
  })
})
