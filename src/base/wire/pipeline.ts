/**
 * Transactions whose statements are all known beforehand, sent one behind the other on one connection.
 */
import type pg from 'pg'
import { Bug } from '../assert.ts'
import { type Database, destroySocket, sqlState, type Statement, Unavailable, Unknown, weatherOf } from '../db.ts'

/** One statement of a transaction whose statements are all known beforehand. */
export type Step = { readonly statement: Statement; readonly values: readonly string[] }

/**
 * Transactions sent one behind the other on one connection, each as one message: its steps and a Sync, which commits
 * them together (without a BEGIN, so that an error ends its own transaction and leaves nothing open for the next to
 * fall into). The next may be sent before the last is answered: the server takes them up in order, without waiting for
 * us between, whatever became of the last. So each must itself insist on what it takes for granted of those before it,
 * by a step that raises. Nothing can be read or decided on the way, and nothing is tried again. Meant for two under
 * way: pg warns of more.
 */
export class Pipeline {
  readonly #pool: pg.Pool
  #client: Promise<pg.PoolClient> | undefined
  #underWay = 0
  #broken = false

  constructor({ pool }: Pick<Database, 'pool'>) {
    this.#pool = pool
  }

  /**
   * Sends a transaction; ends when it is committed. Throws what a statement was refused with, `Unavailable` where
   * nothing was written for want of a connection, `Unknown` where the message was sent and not answered within
   * `deadlineMs`.
   */
  async send(steps: readonly Step[], { deadlineMs = 15_000 }: { readonly deadlineMs?: number } = {}): Promise<void> {
    this.#underWay += 1
    let timer: NodeJS.Timeout | undefined
    try {
      this.#client ??= this.#pool.connect()
      const client = await this.#client.catch((error: unknown) => {
        throw weatherOf(error)
      })
      timer = setTimeout(() => destroySocket(client), deadlineMs)
      const message = new Message(steps)
      message.write(client)
      client.query(message)
      await message.answered
    } catch (error) {
      this.#broken = true
      if (error instanceof Bug || error instanceof Unavailable || isRefused(error)) throw weatherOf(error)
      throw new Unknown('commit not answered', { cause: error })
    } finally {
      clearTimeout(timer)
      this.#underWay -= 1
      if (this.#underWay === 0) this.#letGo()
    }
  }

  // A connection on which anything failed is not used again.
  #letGo(): void {
    const [client, broken] = [this.#client, this.#broken]
    this.#client = undefined
    this.#broken = false
    client?.then(
      (connected) => connected.release(broken),
      () => undefined,
    )
  }
}

// What a statement was refused with; not what ends a session, which may come after the COMMIT as well as before.
const isRefused = (error: unknown): boolean => /^(?!08|57|58|XX)/.test(sqlState(error) ?? '08')

// The types do not know what of a connection a query may use.
type Wire = {
  readonly stream: { cork(): void; uncork(): void }
  readonly parsedStatements: Record<string, string>
  parse(statement: Statement): void
  bind(given: { readonly statement: string; readonly values: readonly string[] }): void
  execute(): void
  sync(): void
}

/**
 * Several prepared statements with one Sync at their end. pg hands the protocol to whoever submits itself as a query,
 * when all before it is answered; ours is written at once, and what pg then calls for is there already.
 */
class Message {
  readonly answered: Promise<void>
  readonly #steps: readonly Step[]
  #resolve: () => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(steps: readonly Step[]) {
    this.#steps = steps
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** To be followed by `client.query(this)`, with nothing between: answers come in the order of the queue. */
  write(client: pg.PoolClient): void {
    const { connection: wire } = client as unknown as { connection: Wire }
    wire.stream.cork()
    // All that is new first: what follows an error is skipped, and the message behind this one takes these to be known.
    for (const { statement } of this.#steps) {
      if (wire.parsedStatements[statement.name] === undefined) wire.parse(statement)
      wire.parsedStatements[statement.name] = statement.text
    }
    for (const { statement, values } of this.#steps) {
      wire.bind({ statement: statement.name, values })
      wire.execute()
    }
    wire.sync()
    wire.stream.uncork()
  }

  submit(): void {
    // Written before.
  }

  handleCommandComplete(): void {
    // Each step has its own; what counts is the end.
  }

  handleDataRow(): void {
    // No step is asked for what it gives.
  }

  handleError(error: unknown): void {
    this.#reject(error)
  }

  handleReadyForQuery(): void {
    this.#resolve()
  }
}
