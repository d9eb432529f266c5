/**
 * The thread in which jobs run. It says that it lives, how its runs ended, and what is to be logged; it is told to
 * stop.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../src/base/assert.ts'
import { RedisEvicts } from './bull.ts'
import type { Counts } from './figures.ts'
import { type HostSettings, openHost } from './host.ts'
import type { JobLog } from './job.ts'
import type { Registry } from './registry.ts'

export type ToSupervisor =
  | { readonly say: 'log'; readonly args: Parameters<JobLog> }
  | { readonly say: 'ready' }
  | { readonly say: 'alive'; readonly runs: ReturnType<Counts['list']> }
  | { readonly say: 'refused'; readonly policy: string }

export type ToThread = { readonly say: 'stop'; readonly withinMs: number }

const aliveEveryMs = 500

/** Runs jobs until told to stop. */
export async function runThread(registry?: Registry): Promise<void> {
  const port = parentPort
  assert(port, 'this is the thread of a supervisor')
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
  const tell = (message: ToSupervisor): void => port.postMessage(message)
  const log: JobLog = (...args) => tell({ say: 'log', args })
  try {
    const host = await openHost(workerData as HostSettings, log, registry)
    const alive = (): void => tell({ say: 'alive', runs: host.runner.counts.list() })
    const timer = setInterval(alive, aliveEveryMs)
    port.on('message', ({ withinMs }: ToThread) => {
      void host.stop(withinMs).finally(() => {
        clearInterval(timer)
        alive()
        // Of the thread, not of the process: drivers may still hold timers.
        process.exit(0)
      })
    })
    tell({ say: 'ready' })
  } catch (error) {
    if (!(error instanceof RedisEvicts)) throw error
    tell({ say: 'refused', policy: error.policy })
  }
}
