/**
 * The database from inside the program. Money is written through `transact()` alone: one connection, one owner,
 * destroyed after any error, because the drivers' own transactions let statements of a dead transaction run outside it
 * (faults F01–F03 are tests). Reads, cursors and COPY go through `sql` (postgres.js), which is best at those and writes
 * nothing.
 */
import pg from 'pg'
import postgres from 'postgres'
import { assert, Bug } from './assert.ts'
import { Refusal } from './refusal.ts'

export type Row = Record<string, unknown>

/** A statement prepared once a connection under its name. */
export type Statement = { readonly name: string; readonly text: string }

/**
 * One open transaction. Await nothing else while you hold it: no HTTP, no queue, no other pool, nothing in parallel.
 */
export type Tx = {
  /** `rowMode` 'array' gives each row as an array in the order of its columns. */
  query<R extends Row | unknown[] = Row>(
    statement: Statement | string,
    values?: readonly unknown[],
    rowMode?: 'array',
  ): Promise<R[]>
}

export type Database = {
  /** Transactions run here, as the role that cannot alter history. */
  readonly pool: pg.Pool
  /** Reads. int8 arrives as bigint, date as text. */
  readonly sql: Sql
  close(): Promise<void>
}

export type Sql = postgres.Sql<{ bigint: bigint }>

/** The outcome could not be learned: the connection went away during COMMIT. Ask again with the same key. */
export class Unknown extends Error {
  override readonly name = 'Unknown'
}

/** The database cannot be reached, or does not answer in time. Nothing was written. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

// int8 as bigint, never a float; date, timestamp and timestamptz as the text PostgreSQL sends.
const typeParsers: Record<number, (text: string) => unknown> = { 20: BigInt, 1082: String, 1114: String, 1184: String }
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format: 'text' | 'binary' = 'text') =>
    (format === 'text' && typeParsers[oid]) || pg.types.getTypeParser(oid, format),
}

const applicationRole = 'yiben_app'

// Every statement of a posting finds its rows by key. A plan is kept from when the tables were small, and a scan that
// was cheap then takes seconds later; so there is none. The plans do not depend on values either, and need not be made
// five times first.
const probesOnly = [
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'plan_cache_mode=force_generic_plan',
]
  .map((setting) => `-c ${setting}`)
  .join(' ')

/**
 * Opens the pools. Whatever login the URL names, every session works as `role`: the setting is part of the connection,
 * so that a RESET ROLE falls back to it.
 */
export function openDatabase(url: string, options: { role?: string; connections?: number } = {}): Database {
  const role = options.role ?? applicationRole
  const connections = options.connections ?? 6
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    options:
      `-c role=${role} -c search_path=yiben ${probesOnly} ` +
      // What outlives the deadline of its transaction would keep its locks: the server does not notice a socket that is
      // gone.
      '-c statement_timeout=16s -c lock_timeout=10s -c idle_in_transaction_session_timeout=20s',
    types,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    application_name: 'yiben',
  })
  // A connection that dies while idle reports here; without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const sql = postgres(url, {
    max: connections,
    idle_timeout: 60,
    connect_timeout: 5,
    connection: {
      role,
      search_path: 'yiben',
      application_name: 'yiben-read',
      statement_timeout: 60_000,
      // Reads are probes and ranges of keys: their plans do not depend on the values, and making one takes longer than
      // the read.
      plan_cache_mode: 'force_generic_plan',
    },
    types: {
      bigint: postgres.BigInt,
      date: { to: 1082, from: [1082], serialize: String, parse: String },
      timestamp: { to: 1184, from: [1114, 1184], serialize: String, parse: String },
    },
    onnotice: () => undefined,
  }) as unknown as Sql
  return {
    pool,
    sql,
    close: async () => {
      await Promise.allSettled([pool.end(), sql.end({ timeout: 5 })])
    },
  }
}

/** Whether the database answers at all, and within so many milliseconds. */
export async function answersWithin({ sql }: Pick<Database, 'sql'>, withinMs: number): Promise<boolean> {
  const asked = sql`select 1`.then(
    () => true,
    () => false,
  )
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), withinMs).unref())
  return Promise.race([asked, late])
}

export type TransactOptions = {
  /** After so many milliseconds the connection is cut and the transaction lost. */
  readonly deadlineMs?: number
  readonly retries?: number
  /**
   * First statements, sent in one round trip with BEGIN; `work` gets the rows of each. Made by our own code of numbers
   * and hex alone.
   */
  readonly opening?: readonly string[]
}

/**
 * Runs `work` in one transaction and commits it. A refusal or a bug thrown by `work` rolls back and passes through.
 * Serialization failures and deadlocks are retried from the start. Throws `Unavailable` where nothing was written for
 * want of a connection, `Unknown` where a COMMIT was sent and not answered.
 */
export async function transact<T>(
  database: Pick<Database, 'pool'>,
  work: (tx: Tx, opened: Row[][]) => Promise<T>,
  { deadlineMs = 15_000, retries = 8, opening = [] }: TransactOptions = {},
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptOnce(database.pool, work, deadlineMs, opening)
    } catch (error) {
      if (!isContention(error) || attempt >= retries) throw asWeather(error)
      await jitter(attempt)
    }
  }
}

// One for all: an error made anew takes its stack with it, 20 µs a transaction.
const afterTheEnd = new Bug('a statement came after the end of its transaction')

async function attemptOnce<T>(
  pool: pg.Pool,
  work: (tx: Tx, opened: Row[][]) => Promise<T>,
  deadlineMs: number,
  opening: readonly string[],
): Promise<T> {
  const client = await pool.connect()
  let dead: Error | undefined
  let stage: 'body' | 'commit' | 'committed' = 'body'
  const onError = (error: Error) => {
    dead ??= error
  }
  client.on('error', onError)
  const timer = setTimeout(() => {
    dead ??= new Unavailable('transaction deadline')
    destroySocket(client)
  }, deadlineMs)
  // Once the connection is known dead no statement may be sent: the pool may have given its successor to someone else.
  const query: Tx['query'] = async <R extends Row | unknown[]>(
    statement: Statement | string,
    values?: readonly unknown[],
    rowMode?: 'array',
  ): Promise<R[]> => {
    if (dead) throw dead
    const config = typeof statement === 'string' ? { text: statement } : statement
    const result = await client.query({
      ...config,
      ...(values && { values: [...values] }),
      ...(rowMode && { rowMode }),
    })
    return result.rows as R[]
  }
  // Several statements in one message give several results; one alone gives one.
  const open = async (): Promise<Row[][]> => {
    const results = await client.query<Row>(['begin', ...opening].join('; '))
    return Array.isArray(results) ? (results as pg.QueryResult<Row>[]).slice(1).map(({ rows }) => rows) : []
  }
  try {
    const opened = await open()
    const value = await work({ query }, opened)
    if (dead) throw dead
    stage = 'commit'
    // From here on the connection is, or will be, someone else's: what the work left running may not use it any more.
    dead = afterTheEnd
    const { command } = await client.query('commit')
    stage = 'committed'
    // A COMMIT after an error is answered with ROLLBACK and no error: the work must not have kept the error to itself.
    assert(command === 'COMMIT', 'the work of a transaction swallowed an error, and nothing was written')
    clearTimeout(timer)
    client.off('error', onError)
    client.release()
    return value
  } catch (error) {
    clearTimeout(timer)
    dead ??= afterTheEnd
    client.release(true)
    throw stage === 'commit' && !isDefinite(error) ? new Unknown('commit not answered', { cause: error }) : error
  }
}

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
        throw asWeather(error)
      })
      timer = setTimeout(() => destroySocket(client), deadlineMs)
      const message = new Message(steps)
      message.write(client)
      client.query(message)
      await message.answered
    } catch (error) {
      this.#broken = true
      if (error instanceof Bug || error instanceof Unavailable || isRefused(error)) throw asWeather(error)
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

function destroySocket(client: pg.PoolClient): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}

/** The SQLSTATE of an error, also where a library wrapped it. */
export function sqlState(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as { code?: unknown }
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code
  }
  return undefined
}

const isContention = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '')

// An answer of the server to COMMIT itself: it says the transaction did not happen.
const isDefinite = (error: unknown): boolean => /^(23|40|P0)/.test(sqlState(error) ?? '')

/**
 * Tells weather (connection lost, server restarting, too many clients, cancelled) from what must pass through as it is.
 */
function asWeather(error: unknown): unknown {
  if (error instanceof Refusal || error instanceof Bug || error instanceof Unknown || error instanceof Unavailable)
    return error
  const state = sqlState(error)
  if (state !== undefined && !/^(08|53|57|58|55P03|25P0|25006|40)/.test(state)) return error
  if (state === undefined && !isConnectionFault(error)) return error
  return new Unavailable('the database cannot be reached', { cause: error })
}

function isConnectionFault(error: unknown): boolean {
  const text = error instanceof Error ? `${(error as { code?: string }).code ?? ''} ${error.message}` : ''
  return /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CONNECTION_|[Cc]onnection terminated|timeout exceeded|not queryable|Client was closed/.test(
    text,
  )
}

/** Weather of a read, told apart the same way: `Unavailable` for the door to answer 503 with. */
export function weatherOf(error: unknown): unknown {
  return asWeather(error)
}

function jitter(attempt: number): Promise<void> {
  // crypto, not Math.random: two processes that collide must not draw the same waits.
  const share = (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 255
  return new Promise((resolve) => setTimeout(resolve, (5 << Math.min(attempt, 6)) * (0.5 + share)))
}

/** Whatever can be asked: an open transaction, or the pool of reads. */
export type Reader = Sql | Tx

/** Rows of a statement asked of either; `$1` … are its values. */
export const rowsOf = <R extends Row>(reader: Reader, text: string, values: readonly unknown[] = []): Promise<R[]> =>
  'query' in reader ? reader.query<R>(text, values) : reader.unsafe<R[]>(text, [...values] as never[])

/** The same with each row as an array. The text is kept by the reading connections: it must be one of a few. */
export const arraysOf = (reader: Reader, text: string, values: readonly unknown[]): Promise<unknown[][]> =>
  'query' in reader
    ? reader.query<unknown[]>(text, values, 'array')
    : reader.unsafe(text, [...values] as never[], { prepare: true }).values()

/** The one row a statement must give. */
export function only<R>(rows: readonly R[]): R {
  const [row] = rows
  assert(row !== undefined && rows.length === 1, `expected one row, got ${rows.length}`)
  return row
}

/** An instant column as microseconds. */
export const instantColumn = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`

/** The same under the name of the column, for a list of columns. */
export const instantAs = (column: string): string => `${instantColumn(column)} as ${column}`
