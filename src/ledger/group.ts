/**
 * Group commit in the application: requests that arrive while a batch is being posted are posted together as the next one. There is
 * no waiting timer; the previous batch's duration is the window, so a lone request never waits and contention turns into batch
 * size. One writer a process: more connections posting at once gain nothing and cost tail latency.
 */
import type { Clock } from '../base/calendar.ts'
import { type Database, Unavailable, Unknown } from '../base/db.ts'
import type { BookShelf } from './books.ts'
import { type PartOutcome, postUnits, type Unit } from './post.ts'

type Waiting = {
  readonly unit: Unit
  readonly resolve: (outcomes: PartOutcome[]) => void
  readonly reject: (error: unknown) => void
}

// A batch of more lines gains no rate and makes those behind it wait (measured: 1,000 entries a batch are as fast as 5,000).
const linesPerBatch = 2_000
// What waits longer than this is better told to come again: at 5,000 lines/s it is 40 s of work.
const linesWaitingMax = 200_000
// A connection that dies takes the batch with it, not the requests: they have keys, so they are simply tried again.
const tries = 4
const pausesMs = [0, 50, 250, 1_000]

export class PostingGroup {
  readonly #database: Database
  readonly #shelf: BookShelf
  readonly #clock: Clock
  #waiting: Waiting[] = []
  #linesWaiting = 0
  #draining = false

  constructor(database: Database, shelf: BookShelf, clock: Clock) {
    this.#database = database
    this.#shelf = shelf
    this.#clock = clock
  }

  /** Posts one unit with whatever else is waiting. Throws `Unavailable` when the database stays away or too much waits. */
  post(unit: Unit): Promise<PartOutcome[]> {
    if (this.#linesWaiting > linesWaitingMax) return Promise.reject(new Unavailable('too many postings are waiting'))
    const result = new Promise<PartOutcome[]>((resolve, reject) => this.#waiting.push({ unit, resolve, reject }))
    this.#linesWaiting += linesOf(unit)
    if (!this.#draining) void this.#drain()
    return result
  }

  async #drain(): Promise<void> {
    this.#draining = true
    // Let the requests of this turn of the event loop gather.
    await new Promise((resolve) => setImmediate(resolve))
    let deliver = nothingToDeliver
    while (this.#waiting.length > 0) {
      // The answers of a batch are written while the database writes the next: neither waits for the other.
      const earlier = once(deliver)
      deliver = await this.#postTogether(this.#take(), () => setImmediate(earlier))
      earlier()
    }
    this.#draining = false
    deliver()
  }

  #take(): Waiting[] {
    let lines = 0
    let count = 0
    for (const { unit } of this.#waiting) {
      lines += linesOf(unit)
      if (count > 0 && lines > linesPerBatch) break
      count += 1
    }
    const taken = this.#waiting.splice(0, count)
    for (const { unit } of taken) this.#linesWaiting -= linesOf(unit)
    return taken
  }

  /** Posts a batch and gives back what tells everybody in it. */
  async #postTogether(batch: readonly Waiting[], onSent: () => void): Promise<() => void> {
    try {
      const outcomes = await this.#postThroughWeather(
        batch.map(({ unit }) => unit),
        onSent,
      )
      return () => batch.forEach(({ resolve }, index) => resolve(outcomes[index] ?? []))
    } catch (error) {
      if (batch.length === 1 || error instanceof Unavailable || error instanceof Unknown) {
        return () => batch.forEach(({ reject }) => reject(error))
      }
      // What the database refuses outright must not take its neighbours along: each is tried by itself.
      const deliveries: (() => void)[] = []
      for (const waiting of batch) deliveries.push(await this.#postTogether([waiting], onSent))
      return () => deliveries.forEach((deliver) => deliver())
    }
  }

  async #postThroughWeather(units: readonly Unit[], onSent: () => void): Promise<PartOutcome[][]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await postUnits(this.#database, this.#shelf, this.#clock, units, onSent)
      } catch (error) {
        const weather = error instanceof Unavailable || error instanceof Unknown
        if (!weather || attempt === tries) throw error
        await new Promise((resolve) => setTimeout(resolve, pausesMs[attempt]))
      }
    }
  }
}

const nothingToDeliver = (): void => undefined

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    work()
  }
}

const linesOf = ({ parts }: Unit): number =>
  parts.reduce((sum, { postings }) => sum + postings.reduce((lines, posting) => lines + posting.lines.length, 0), 0)
