/**
 * The life of a process: what it starts it also stops. On SIGTERM or SIGINT it waits for what is being started, stops
 * all, and ends with 0; a start that is refused ends with a line a person can read. stdout carries the lines a starter
 * waits for, stderr the log.
 */
import { RedisEvicts } from '../jobs/bull.ts'
import { FolderInUse } from './base/server/claim.ts'
import { codeOf } from './base/files.ts'
import { MigrationFault } from './base/server/migrate.ts'
import { BadSetting } from './config.ts'
import { failureFields, stderrLog as log } from './http/watch/log.ts'

/** Everything must have ended by then, whatever hangs: the promise is 10 s. */
const endWithinMs = 9_500

export type Life = {
  /** True once the process has been told to end: what is being started need not be finished. */
  isEnding(): boolean
  end(status: number, reason: string): void
}

/** Runs a process from its start to its end. `stop` gets whatever had been started by then. */
export async function live(start: (life: Life) => Promise<void>, stop: () => Promise<void>): Promise<void> {
  let ending: Promise<void> | undefined
  const end = (status: number, reason: string): void => {
    ending ??= ended(status, reason)
  }
  const ended = async (status: number, reason: string): Promise<void> => {
    if (status === 0) log('info', 'stopping', { reason })
    const last = setTimeout(() => process.exit(status === 0 ? 1 : status), endWithinMs)
    try {
      // A signal during the start waits for what is being started, or PostgreSQL would be left behind.
      await starting
      await stop()
    } catch (error) {
      log('error', 'stop_failed', failureFields(error))
    }
    clearTimeout(last)
    if (status === 0) log('info', 'stopped')
    process.exit(status)
  }
  const fail = (error: unknown): void => {
    log('error', 'unhandled', failureFields(error))
    end(1, 'unhandled')
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0, signal))
  // Whatever reaches these is a bug of ours. What is committed is committed, what is not will be asked again under its
  // key; nothing in memory can be trusted any more, so the process ends and is started anew.
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  const begun = async (): Promise<void> => start({ isEnding: () => ending !== undefined, end })
  const starting = begun().catch((error: unknown) => {
    // Told to end before it had begun: that something was then missing is no fault.
    if (!ending) end(refusal(error), 'start_failed')
  })
  await starting
}

/** What a person can put right is told in one line; the rest goes to the log. Gives the exit status. */
function refusal(error: unknown): number {
  const told =
    error instanceof BadSetting ||
    error instanceof FolderInUse ||
    error instanceof MigrationFault ||
    error instanceof RedisEvicts
  if (told) process.stderr.write(`yiben: ${error.message}\n`)
  else if (codeOf(error) === 'EADDRINUSE')
    process.stderr.write('yiben: 端口已被占用，请用 PORT 另指一个 / the port is taken: name another in PORT\n')
  else log('error', 'start_failed', failureFields(error))
  return error instanceof BadSetting ? 2 : 1
}
