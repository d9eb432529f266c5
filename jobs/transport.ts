/**
 * How jobs get to a runner. Two ways behind one form: embedded.ts asks the outbox itself, bull.ts has Redis hand the
 * ids round.
 */
export type Transport = {
  /** Takes no more jobs, waits so long for those that run, gives the rest back, and holds nothing afterwards. */
  stop(withinMs: number): Promise<void>
}

export type TransportSettings = {
  /** So many jobs at once. */
  readonly concurrency: number
  /** How often the outbox is looked at without being called. */
  readonly sweepMs: number
  /**
   * For so long at first only one at a time: after a thread was lost, so that the job that ends threads takes no other
   * with it.
   */
  readonly cautiousMs: number
}

export const transportDefaults: TransportSettings = { concurrency: 2, sweepMs: 1_000, cautiousMs: 0 }

/** Waits for all to end, at most so long. */
export async function within(ms: number, all: readonly Promise<unknown>[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const ended = Promise.allSettled(all).then(() => true)
  const inTime = await Promise.race([ended, late])
  clearTimeout(timer)
  return inTime
}
