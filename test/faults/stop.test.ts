/**
 * F06: the server is stopped under load, in each of its three ways, and started again. The control of the harness is in
 * crash.test.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'vitest'
import { type Nemesis, restart, standFault } from './crash.ts'
import { longer, seeds } from './report.ts'

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

describe.each(seeds)('under load, seed %i', (seed) => {
  it.each([
    ['F06 immediate stop', stop('SIGQUIT')],
    ['F06 fast stop', stop('SIGINT')],
    ['F06 SIGTERM, then fast stop', stopPolitely],
  ] as const)('%s: nothing is lost, doubled or halved', { timeout: 180_000 * longer }, (name, nemesis) =>
    standFault(name, nemesis, seed),
  )
})
