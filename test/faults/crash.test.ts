/**
 * F04 and F05: kill -9 under load, of the server and of single sessions. The control switches off what this rests on,
 * and the checker must see the loss: a harness that cannot see loss proves nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Nemesis, restart, runThroughStrays, standFault } from './crash.ts'
import { longer, report, seeds } from './report.ts'

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

describe.each(seeds)('under load, seed %i', (seed) => {
  it.each([
    ['F04 kill -9 of the postmaster', killPostmaster],
    ['F05 kill -9 of a backend every 0.7 s', killBackends],
  ] as const)('%s: nothing is lost, doubled or halved', { timeout: 180_000 * longer }, (name, nemesis) =>
    standFault(name, nemesis, seed),
  )
})

describe('the control', () => {
  it('sees acknowledged entries lost where commits do not wait for the disk', { timeout: 180_000 }, async () => {
    const killOnce: Nemesis = async (server, _, restarts) => {
      await server.query('alter role yiben_app set synchronous_commit = off')
      // A setting of a role holds for new sessions, so those at work are ended first.
      await server.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'yiben_app'`)
      await server.query('checkpoint')
      await sleep(800)
      await restart(server, 'SIGKILL', restarts)
      await sleep(300)
    }
    const { verdict } = await runThroughStrays(1, killOnce, { wal_writer_delay: '10s' })
    report('F04 control: synchronous_commit = off', { acked: verdict.acked, missing: verdict.missing })
    expect(verdict.missing).toBeGreaterThan(0)
    expect(verdict.faults.filter((fault) => fault.includes('missing')).length).toBe(verdict.missing)
  })
})
