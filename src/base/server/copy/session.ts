/**
 * A connection that copies tables out and in: pg's own, with what it leaves out of COPY. (The driver of reads stalls
 * where rows come faster than they are taken.)
 */
import { once } from 'node:events'
import pg from 'pg'
import type { Row, Statement, Tx } from '../../db.ts'
import { asOptions, pgTypes, sessionOf } from '../../wire/session.ts'

export type CopySession = Tx & {
  /** The rows of a COPY … TO STDOUT as text, a few at a time; answers how many they were. */
  copyOut(text: string, each: (bytes: Buffer) => Promise<void>): Promise<bigint>
  /** A COPY … FROM STDIN, which is done when `end` is. */
  copyIn(text: string): Promise<CopyIn>
  close(): Promise<void>
}

export type CopyIn = { write(bytes: Buffer): Promise<void>; end(): Promise<void> }

type Wire = {
  readonly stream: NodeJS.WritableStream & { pause(): void; resume(): void; readonly writableNeedDrain: boolean }
  sendCopyFromChunk(bytes: Buffer): void
  endCopyFrom(): void
}

type Done = (error: Error | null) => void
const Query = pg.Query as unknown as new (text: string, values: undefined, done: Done) => object

const pieceBytes = 256 * 1024

class OutQuery extends Query {
  #count = 0n
  readonly #each: (bytes: Buffer) => Promise<void>
  #held: Buffer[] = []
  #size = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(text: string, each: (bytes: Buffer) => Promise<void>, done: Done) {
    super(text, undefined, done)
    this.#each = each
  }

  // One message a row. The bytes are the reader's own, which writes over them.
  handleCopyData({ chunk }: { chunk: Buffer }, wire: Wire): void {
    this.#held.push(Buffer.from(chunk))
    this.#size += chunk.length
    this.#count += 1n
    if (this.#size < pieceBytes) return
    wire.stream.pause()
    void this.flush().finally(() => wire.stream.resume())
  }

  flush(): Promise<void> {
    const bytes = Buffer.concat(this.#held)
    this.#held = []
    this.#size = 0
    this.#turn = this.#turn.then(() => (bytes.length === 0 ? undefined : this.#each(bytes)))
    this.#turn.catch(() => undefined)
    return this.#turn.catch(() => undefined)
  }

  async rest(): Promise<bigint> {
    void this.flush()
    await this.#turn
    return this.#count
  }
}

class InQuery extends Query {
  readonly #ready: (wire: Wire) => void

  constructor(text: string, ready: (wire: Wire) => void, done: Done) {
    super(text, undefined, done)
    this.#ready = ready
  }

  handleCopyInResponse(wire: Wire): void {
    this.#ready(wire)
  }
}

/** `role` none: as the login itself. */
export async function openCopySession(url: string, role: string): Promise<CopySession> {
  const client = new pg.Client({
    connectionString: url,
    options: asOptions(sessionOf(role, { statement_timeout: '0' })),
    types: pgTypes,
    connectionTimeoutMillis: 4_000,
    application_name: 'yiben-copy',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return {
    query: async <R extends Row | unknown[]>(
      statement: Statement | string,
      values?: readonly unknown[],
      rowMode?: 'array',
    ): Promise<R[]> => {
      const config = typeof statement === 'string' ? { text: statement } : statement
      const asked = { ...config, ...(values && { values: [...values] }), ...(rowMode && { rowMode }) }
      return (await client.query(asked)).rows as R[]
    },
    copyOut: (text, each) =>
      new Promise<bigint>((resolve, reject) => {
        const query: OutQuery = new OutQuery(text, each, (error) => (error ? reject(error) : resolve(query.rest())))
        client.query(query as unknown as pg.Submittable)
      }),
    copyIn: (text) => copyInto(client, text),
    close: () => client.end().catch(() => undefined),
  }
}

function copyInto(client: pg.Client, text: string): Promise<CopyIn> {
  return new Promise((resolve, reject) => {
    let failed: Error | undefined
    const ended = new Promise<void>((done, fail) => {
      const into = (wire: Wire): void =>
        resolve({
          write: async (bytes) => {
            if (failed) throw failed
            wire.sendCopyFromChunk(bytes)
            if (wire.stream.writableNeedDrain) await Promise.race([once(wire.stream, 'drain'), ended])
          },
          end: () => {
            if (!failed) wire.endCopyFrom()
            return ended
          },
        })
      const query = new InQuery(text, into, (error) => {
        if (error) {
          failed = error
          reject(error)
          fail(error)
        } else done()
      })
      client.query(query as unknown as pg.Submittable)
    })
    ended.catch(() => undefined)
  })
}
