/** One line a fault, in the output of every test run; and the seeds that a run uses. */
import type { Verdict } from './checker.ts'

export const nightly = process.env['YIBEN_NIGHTLY'] !== undefined
/** The short form takes one seed; the long form several, each for longer. */
export const seeds: readonly number[] = nightly ? [1, 2, 3, 4, 5] : [1]
export const longer = nightly ? 4 : 1

export type Figures = Record<string, number | string>

export function report(fault: string, figures: Figures): void {
  const told = Object.entries(figures).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value) : value}`,
  )
  process.stdout.write(`[${fault}] ${told.join(', ')}\n`)
}

export function reportVerdict(fault: string, verdict: Verdict, more: Figures = {}): void {
  const { acked, refused, missing, doubled, half, replays, unknown, longestStallMs } = verdict
  report(fault, {
    acked,
    refused,
    missing,
    doubled,
    half,
    replays,
    unknown,
    'longest stall ms': longestStallMs,
    ...more,
  })
}
