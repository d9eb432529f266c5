/**
 * Group commit in the application: requests that arrive while a batch is being posted are posted together as the next
 * one. There is no waiting timer; the previous batch's duration is the window, so a lone request never waits and
 * contention turns into batch size. One writer a process: more connections posting at once gain nothing and cost tail
 * latency.
 *
 * A batch that memory can decide is sent while the one before is still with the database, if it is large enough to be
 * worth it: so the database need not wait for us between two, nor we for it. Batches land in the order they were sent.
 * When one does not, none after it that touches its books does either (they hold the heads where it would have left
 * them); all are taken out of memory, the latest first, and posted again, one after the other.
 */
import type { Clock } from '../base/calendar.ts'
import { type Database, Unavailable, Unknown } from '../base/db.ts'
import { Pipeline } from '../base/wire/pipeline.ts'
import type { BookShelf } from './books.ts'
import { Memory } from './memory.ts'
import { type Flight, type PartOutcome, postUnits, sendFromMemory, type Unit } from './post.ts'

type Waiting = {
  readonly unit: Unit
  readonly resolve: (outcomes: PartOutcome[]) => void
  readonly reject: (error: unknown) => void
}

type Batch = readonly Waiting[]
type Sent = { readonly batch: Batch; readonly flight: Flight }

// A batch of more lines gains no rate and makes those behind it wait (measured: 1,000 entries a batch are as fast as
// 5,000).
const linesPerBatch = 1_000
const flightsMax = 2
// A transaction costs the database as much as some hundred lines: fewer had better wait for company than be sent ahead.
const linesWorthSendingAhead = 400
// What waits longer than this is better told to come again: at 5,000 lines/s it is 40 s of work.
const linesWaitingMax = 200_000
// A connection that dies takes the batch with it, not the requests: they have keys, so they are simply tried again.
const tries = 4
const pausesMs = [0, 50, 250, 1_000]

export class PostingGroup {
  readonly #database: Database
  /** What this writer remembers; for those who must make it forget. */
  readonly memory: Memory
  readonly #clock: Clock
  readonly #pipeline: Pipeline
  readonly #aheadFrom: number
  #waiting: Waiting[] = []
  #linesWaiting = 0
  #flights: Sent[] = []
  #scheduled = false
  /** Nothing is sent ahead while a batch is posted by reading, or again. */
  #alone = false

  /** `aheadFrom`: how many lines must wait for a batch to be sent behind the one under way. */
  constructor(database: Database, shelf: BookShelf, clock: Clock, aheadFrom = linesWorthSendingAhead) {
    this.#database = database
    this.memory = new Memory((bookId) => shelf.book(bookId))
    this.#clock = clock
    this.#aheadFrom = aheadFrom
    this.#pipeline = new Pipeline(database)
  }

  /**
   * Posts one unit with whatever else is waiting. Throws `Unavailable` when the database stays away or too much waits.
   */
  post(unit: Unit): Promise<PartOutcome[]> {
    if (this.#linesWaiting > linesWaitingMax) return Promise.reject(new Unavailable('too many postings are waiting'))
    const result = new Promise<PartOutcome[]>((resolve, reject) => this.#waiting.push({ unit, resolve, reject }))
    this.#linesWaiting += linesOf(unit)
    this.#schedule()
    return result
  }

  // Let the requests of this turn of the event loop gather.
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#start()
    })
  }

  #start(): void {
    while (this.#mayStart()) {
      const batch = this.#take()
      try {
        const flight = sendFromMemory(this.#pipeline, this.memory, this.#clock, unitsOf(batch))
        if (flight) this.#follow({ batch, flight })
        else void this.#postByReading([batch])
      } catch {
        // A bug, before anything was sent; the states were left out of memory. Each is tried by itself, and whose it is
        // hears of it.
        void this.#postByReading([batch])
      }
    }
  }

  #mayStart(): boolean {
    if (this.#alone || this.#waiting.length === 0) return false
    const ahead = this.#flights.length
    return ahead === 0 || (ahead < flightsMax && this.#linesWaiting >= this.#aheadFrom)
  }

  #take(): Batch {
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

  #follow(sent: Sent): void {
    this.#flights.push(sent)
    const lost = (): void => {
      if (!this.#alone) void this.#postByReading([])
    }
    sent.flight.landed.then((landed) => (landed ? this.#land(sent) : lost()), lost)
  }

  // The next batch is on its way, which takes some turns of promises, before the answers of this one are written:
  // neither waits for the other.
  #land(sent: Sent): void {
    this.#flights = this.#flights.filter((flight) => flight !== sent)
    this.#start()
    setImmediate(() => deliver(sent.batch, sent.flight.outcomes))
  }

  /**
   * Waits for what is under way, puts memory right, and posts what did not land, and then these batches, one after the
   * other.
   */
  async #postByReading(batches: readonly Batch[]): Promise<void> {
    this.#alone = true
    const flights = this.#flights
    const ends = await Promise.allSettled(flights.map(({ flight }) => flight.landed))
    const lost = flights.flatMap(({ batch, flight }, index) => {
      const end = ends[index]
      return isLanded(end) ? [] : [{ batch, flight, error: end?.status === 'rejected' ? end.reason : undefined }]
    })
    const known = ends.every(({ status }) => status === 'fulfilled')
    for (const { flight } of lost.toReversed()) {
      if (known) flight.takeBack()
      // What became of it is not known, nor what the books now hold.
      else this.memory.forget(flight.bookIds)
    }
    this.#flights = []
    for (const { batch, error } of lost) await this.#postTogether(batch, error)
    for (const batch of batches) await this.#postTogether(batch)
    this.#alone = false
    this.#schedule()
  }

  /** `earlier`: what ended the flight of this batch, which was a try too. */
  async #postTogether(batch: Batch, earlier?: unknown): Promise<void> {
    try {
      deliver(batch, await this.#postThroughWeather(unitsOf(batch), earlier))
    } catch (error) {
      if (batch.length === 1 || isWeather(error)) {
        for (const { reject } of batch) reject(error)
        return
      }
      // What the database refuses outright must not take its neighbours along: each is tried by itself.
      for (const waiting of batch) await this.#postTogether([waiting], earlier)
    }
  }

  // Whoever may have been posted must not be told that nothing was: once the outcome of a try is unknown, it stays so
  // until a later one tells.
  async #postThroughWeather(units: readonly Unit[], earlier: unknown): Promise<PartOutcome[][]> {
    let unknown = earlier instanceof Unknown ? earlier : undefined
    for (let attempt = isWeather(earlier) ? 2 : 1; ; attempt++) {
      try {
        return await postUnits(this.#database, this.memory, this.#clock, units)
      } catch (error) {
        if (error instanceof Unknown) unknown = error
        if (!isWeather(error)) throw error
        if (attempt === tries) throw unknown ?? error
        await new Promise((resolve) => setTimeout(resolve, pausesMs[attempt]))
      }
    }
  }
}

const unitsOf = (batch: Batch): Unit[] => batch.map(({ unit }) => unit)

const isWeather = (error: unknown): boolean => error instanceof Unavailable || error instanceof Unknown

const isLanded = (end: PromiseSettledResult<boolean> | undefined): boolean => end?.status === 'fulfilled' && end.value

function deliver(batch: Batch, outcomes: readonly PartOutcome[][]): void {
  batch.forEach(({ resolve }, index) => resolve(outcomes[index] ?? []))
}

const linesOf = ({ parts }: Unit): number =>
  parts.reduce((sum, { postings }) => sum + postings.reduce((lines, posting) => lines + posting.lines.length, 0), 0)
