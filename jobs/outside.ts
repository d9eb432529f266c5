/**
 * A job that asks something of another system, which is no part of our transaction: a bank, the treasury. What is asked
 * gets its reference in a step that commits first; then the other side is asked whether it knows that reference; only
 * what it does not know is sent; the answer commits with the end of the job. Killed at any point, the next run goes on
 * under the same reference. Two runs at once can still both send: the other side must take one reference once, which is
 * why it is fixed before anything is sent.
 */
import type { Json } from '../src/base/json.ts'
import type { Act } from '../src/ledger/act.ts'
import type { Finished, Running } from './job.ts'

export type OutsideCall<Order, Answer> = {
  /**
   * Fixes reference and content, and notes that it is being sent; gives what stands already where an earlier run did.
   */
  readonly prepare: (act: Act) => Promise<Order>
  /** What the other side knows of the reference; undefined only where it says that it knows nothing of it. */
  readonly find: (order: Order, signal: AbortSignal) => Promise<Answer | undefined>
  readonly send: (order: Order, signal: AbortSignal) => Promise<Answer>
  /** Keeps the answer, and posts what follows. */
  readonly record: (act: Act, order: Order, answer: Answer) => Promise<Json>
}

/** The one way a job calls outside. */
export async function callOutside<Order, Answer>(
  running: Running,
  { prepare, find, send, record }: OutsideCall<Order, Answer>,
): Promise<Finished> {
  const order = await running.step(prepare)
  let answer = await find(order, running.signal)
  if (answer === undefined) {
    // Asking took time: a run that lost its claim meanwhile must not send.
    await running.step(async () => undefined)
    answer = await send(order, running.signal)
  }
  const known = answer
  return running.finish((act) => record(act, order, known))
}
