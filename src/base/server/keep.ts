/**
 * Keeps the embedded server of a service running: one that died (killed, out of memory) is started again on its port,
 * so that everybody who was connected finds it. What was committed is there: PostgreSQL recovers by itself.
 */
import type { EmbeddedServer } from './embedded.ts'
import { startMark } from './process.ts'

const lookEveryMs = 300

export type Keeper = { stop(): void }

/** `died` hears that it did, `back` that it is there again, `lost` that it cannot be had back. */
export function keepRunning(
  server: Pick<EmbeddedServer, 'pid' | 'revive'>,
  told: { readonly died: () => void; readonly back: () => void; readonly lost: (error: unknown) => void },
): Keeper {
  let mark = startMark(server.pid)
  let stopped = false
  let reviving = false
  const look = async (): Promise<void> => {
    if (reviving || stopped || startMark(server.pid) === mark) return
    reviving = true
    told.died()
    try {
      await server.revive()
      mark = startMark(server.pid)
      reviving = false
      if (!stopped) told.back()
    } catch (error) {
      if (!stopped) told.lost(error)
    }
  }
  const timer = setInterval(() => void look(), lookEveryMs)
  timer.unref()
  return {
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}
