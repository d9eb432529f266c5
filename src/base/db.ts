/**
 * The database from inside the program. Money is written through `transact()` alone: one connection, one owner,
 * destroyed after any error, because the drivers' own transactions let statements of a dead transaction run outside it
 * (faults F01–F03 are tests). Reads, cursors and COPY go through `sql` (postgres.js), which is best at those and writes
 * nothing.
 */
import { createConnection, type Socket } from 'node:net'
import pg from 'pg'
import postgres from 'postgres'
import { assert, Bug } from './assert.ts'
import { Refusal } from './refusal.ts'
import { asOptions, pgTypes, readTypes, sessionOf } from './wire/session.ts'

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
  /** Says that it does not answer, so that whoever waits for it hears so at once; or that it does again (pulse.ts). */
  setAway(away: boolean): void
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

const applicationRole = 'yiben_app'

// Every statement of a posting finds its rows by key. A plan is kept from when the tables were small, and a scan that
// was cheap then takes seconds later; so there is none. The plans do not depend on values either, and need not be made
// five times first.
const probesOnly = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
}

// What outlives the deadline of its transaction would keep its locks: the server does not notice a socket that is gone.
const writeTimeouts = { statement_timeout: '16s', lock_timeout: '10s', idle_in_transaction_session_timeout: '20s' }

/** Opens the pools. Whatever login the URL names, every session works as `role`. */
export function openDatabase(url: string, options: { role?: string; connections?: number } = {}): Database {
  const role = options.role ?? applicationRole
  const connections = options.connections ?? 6
  const pool = new WeatherPool({
    connectionString: url,
    max: connections,
    options: asOptions(sessionOf(role, { ...probesOnly, ...writeTimeouts })),
    types: pgTypes,
    connectionTimeoutMillis: connectWithinMs,
    idleTimeoutMillis: 60_000,
    application_name: 'yiben',
  })
  // A connection that dies while idle reports here; without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const reading = new Set<Socket>()
  const sql = postgres(url, {
    max: connections,
    idle_timeout: 60,
    connect_timeout: connectWithinMs / 1000,
    fetch_types: false,
    // Not the driver's own, which grows to 20 s: whoever came back within 10 s would not be noticed.
    backoff: 0.1,
    socket: (to: Address) => openSocket(to, reading),
    connection: sessionOf(role, {
      application_name: 'yiben-read',
      statement_timeout: '60s',
      // Reads are probes and ranges of keys: their plans do not depend on the values, and making one takes longer than
      // the read.
      plan_cache_mode: 'force_generic_plan',
    }),
    types: readTypes,
    onnotice: () => undefined,
  } as unknown as postgres.Options<Record<string, postgres.PostgresType>>) as unknown as Sql
  // The driver, which fetches no types here, never hands out a connection that it opens to be reserved.
  const reserve = sql.reserve.bind(sql)
  Object.assign(sql, { reserve: async () => (await sql`select 1`, reserve()) })
  return {
    pool,
    sql,
    setAway: (away) => {
      pool.setAway(away)
      if (away) for (const socket of reading) socket.destroy()
    },
    close: async () => {
      await Promise.allSettled([pool.end(), sql.end({ timeout: 5 })])
    },
  }
}

// Weather is told within 5 s: by then a caller who waited for a connection must have heard of it.
const connectWithinMs = 4_000

type Address = { readonly host: string[]; readonly port: number[]; readonly path?: string | false }

/**
 * A connection of the reads, remembered while it is open. The driver takes the first host alone, as the posting one.
 */
function openSocket({ host, port, path }: Address, open: Set<Socket>): Socket {
  const socket = createConnection(path ? { path } : { host: host[0] ?? 'localhost', port: port[0] ?? 5432 })
  open.add(socket)
  socket.once('close', () => open.delete(socket))
  return socket
}

/** While the database is known not to answer, nobody waits for a connection. */
class WeatherPool extends pg.Pool {
  readonly #open = new Set<pg.PoolClient>()
  #away = false

  constructor(config: pg.PoolConfig) {
    super(config)
    this.on('connect', (client) => this.#open.add(client))
    this.on('remove', (client) => this.#open.delete(client))
  }

  setAway(away: boolean): void {
    this.#away = away
    if (away) for (const client of this.#open) destroySocket(client)
  }

  // pg's own `query` asks with a callback.
  override connect(): Promise<pg.PoolClient>
  override connect(callback: Connected): void
  override connect(callback?: Connected): Promise<pg.PoolClient> | void {
    if (callback) return super.connect(callback)
    return this.#away ? Promise.reject(new Unavailable('the database does not answer')) : super.connect()
  }
}

type Connected = Parameters<pg.Pool['connect']>[0]

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
      if (!isContention(error) || attempt >= retries) throw weatherOf(error)
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

/** Ends a connection from our side, whatever it is waiting for. */
export function destroySocket(client: pg.ClientBase): void {
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
export function weatherOf(error: unknown): unknown {
  if (error instanceof Refusal || error instanceof Bug || error instanceof Unknown || error instanceof Unavailable)
    return error
  const state = sqlState(error)
  if (state !== undefined && !/^(08|53|57|58|55P03|25P0|25006|40)/.test(state)) return error
  if (state === undefined && !isConnectionFault(error)) return error
  return new Unavailable('the database cannot be reached', { cause: error })
}

function isConnectionFault(error: unknown): boolean {
  const text = error instanceof Error ? `${(error as { code?: string }).code ?? ''} ${error.message}` : ''
  return /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CONNECTION_|CONNECT_TIMEOUT|[Cc]onnection terminated|timeout exceeded|not queryable|Client was closed/.test(
    text,
  )
}

function jitter(attempt: number): Promise<void> {
  // crypto, not Math.random: two processes that collide must not draw the same waits.
  const share = (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 255
  return new Promise((resolve) => setTimeout(resolve, (5 << Math.min(attempt, 6)) * (0.5 + share)))
}

/** Whatever can be asked: an open transaction, or the pool of reads. */
export type Reader = Sql | Tx

// Planning a statement takes longer than running it: a third of what the database did in a transaction. A connection
// keeps its plans, so there is an end to how many.
const textsKept = 250
const kept = new Map<string, Statement>()

/** The statement of a text that a transaction asks again and again. */
function keptStatement(text: string): Statement | string {
  const known = kept.get(text)
  if (known) return known
  if (kept.size >= textsKept) return text
  const statement = { name: `kept_${kept.size + 1}`, text }
  kept.set(text, statement)
  return statement
}

/**
 * Rows of a statement asked of either; `$1` … are its values. A transaction keeps the text: it must be one of a few.
 */
export const rowsOf = <R extends Row>(reader: Reader, text: string, values: readonly unknown[] = []): Promise<R[]> =>
  'query' in reader ? reader.query<R>(keptStatement(text), values) : reader.unsafe<R[]>(text, [...values] as never[])

/** The same with each row as an array. The text is kept by all connections. */
export const arraysOf = (reader: Reader, text: string, values: readonly unknown[]): Promise<unknown[][]> =>
  'query' in reader
    ? reader.query<unknown[]>(keptStatement(text), values, 'array')
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
