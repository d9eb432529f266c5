/** What operators watch: how runs ended in this process, and how the outbox stands. */
import type { Database } from '../src/base/db.ts'
import { readFigures } from './store.ts'

export const outcomes = ['done', 'failed', 'set_back', 'parked', 'lost', 'not_due'] as const
/**
 * `done`; `failed`: runs again later; `set_back`: weather, not counted; `parked`: waits for a person; `lost`: this run
 * had lost its claim and wrote nothing; `not_due`: told of a job that was done, taken or not due.
 */
export type Outcome = (typeof outcomes)[number]

/** Runs by job and outcome since the process began. */
export class Counts {
  readonly #byName = new Map<string, Map<Outcome, number>>()

  note(name: string, outcome: Outcome, times = 1): void {
    let byOutcome = this.#byName.get(name)
    if (!byOutcome) this.#byName.set(name, (byOutcome = new Map()))
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + times)
  }

  of(name: string, outcome: Outcome): number {
    return this.#byName.get(name)?.get(outcome) ?? 0
  }

  list(): { name: string; outcome: Outcome; runs: number }[] {
    return [...this.#byName].flatMap(([name, byOutcome]) =>
      [...byOutcome].map(([outcome, runs]) => ({ name, outcome, runs })),
    )
  }
}

export const newCounts = (): Counts => new Counts()

export type OutboxFigures = {
  /** Jobs that wait, run, and stand parked. */
  readonly waiting: number
  readonly running: number
  readonly parked: number
  /** For how long the oldest job has been due that nobody has taken. */
  readonly lagSeconds: number
  /** Whether the last recomputation of the books found everything in order; undefined where there was none. */
  readonly checksOk: boolean | undefined
}

export async function outboxFigures(database: Database): Promise<OutboxFigures> {
  const row = await readFigures(database)
  return {
    waiting: row?.waiting ?? 0,
    running: row?.running ?? 0,
    parked: row?.parked ?? 0,
    lagSeconds: row?.lag ?? 0,
    checksOk: row?.ok ?? undefined,
  }
}
