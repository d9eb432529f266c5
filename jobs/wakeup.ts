/**
 * Hears that a job was asked for: one connection that listens, opened again whenever it ends. Between two connections,
 * and behind a pooler that passes no notifications on, nothing is heard; whoever waits also looks by itself from time
 * to time.
 */
import pg from 'pg'
import type { Database } from '../src/base/db.ts'
import { listen } from './store.ts'

const againAfterMs = 1_000

/** Something many may wait for; a wake that comes between looking and waiting is not missed. */
export class Bell {
  #rung = 0
  readonly #waiting = new Set<() => void>()

  /** What `wait` compares with: take it before looking. */
  get rung(): number {
    return this.#rung
  }

  ring(): void {
    this.#rung += 1
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** Until it rings, has rung since, or the time is over. */
  wait(since: number, ms: number): Promise<void> {
    if (since !== this.#rung) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(wake, ms)
      const waiting = this.#waiting
      function wake(): void {
        clearTimeout(timer)
        waiting.delete(wake)
        resolve()
      }
      waiting.add(wake)
    })
  }
}

export type Listener = { stop(): Promise<void> }

/** Rings the bell whenever a job is asked for anywhere. Gives back at once; connecting is its own affair. */
export function listenForJobs({ pool }: Database, bell: Bell): Listener {
  let client: pg.Client | undefined
  let again: NodeJS.Timeout | undefined
  let isStopped = false
  const connect = async (): Promise<void> => {
    const own = new pg.Client({ ...pool.options, application_name: 'yiben-jobs' })
    client = own
    const ended = (): void => {
      if (client !== own) return
      client = undefined
      void own.end().catch(() => undefined)
      if (!isStopped) again = setTimeout(() => void connect(), againAfterMs)
    }
    own.on('error', ended)
    own.on('end', ended)
    own.on('notification', () => bell.ring())
    try {
      await own.connect()
      await listen(own)
      bell.ring()
    } catch {
      ended()
    }
  }
  void connect()
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(again)
      const own = client
      client = undefined
      await own?.end().catch(() => undefined)
    },
  }
}
