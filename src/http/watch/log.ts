/**
 * The log: one JSON line an event on stderr, nothing else. What a caller sent is never in it, neither bodies nor
 * tokens; JSON escaping keeps an event on its one line whatever a name contains.
 */
import { writeSync } from 'node:fs'
import { formatInstant, systemClock } from '../../base/calendar.ts'

export type Fields = Readonly<Record<string, string | number | boolean | undefined>>
export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: Fields) => void

/** Writes to stderr at once, so that the last line before an end is not lost. */
export const stderrLog: Log = (level, event, fields = {}) => {
  const line = `${JSON.stringify({ at: formatInstant(systemClock()), level, event, ...fields })}\n`
  try {
    writeSync(2, line)
  } catch {
    // A log that nobody reads (EPIPE, EAGAIN) must not stop the service.
  }
}

export const silentLog: Log = () => undefined

/**
 * What may be told of a failure: its kind and place, without the values that an error of the database carries in its
 * detail.
 */
export function failureFields(failure: unknown): Fields {
  if (!(failure instanceof Error)) return { failure: typeof failure }
  const cause = failure.cause instanceof Error ? `${failure.cause.name}: ${failure.cause.message}` : undefined
  return {
    failure: `${failure.name}: ${failure.message}`,
    cause,
    stack: failure.stack?.split('\n').slice(1, 8).join(' | '),
  }
}
