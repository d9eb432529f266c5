/**
 * drizzle over whatever can be asked: an open transaction, or the pool of reads. It has no connection of its own. In a
 * transaction its statements go through `Tx.query`, so none is sent after the end of it, and it can open none: its
 * `transaction()` throws. Tables are described in the `tables.ts` of each room.
 */
import { and, Column, DrizzleQueryError, getTableColumns, is, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, PgDialect, type PgTable } from 'drizzle-orm/pg-core'
import { PgRemoteDatabase, PgRemoteSession, type RemoteCallback } from 'drizzle-orm/pg-proxy'
import { assert } from '../assert.ts'
import { arraysOf, type Reader, rowsOf } from '../db.ts'

export type Queries = PgRemoteDatabase

type NoSchema = Record<string, never>
type Prepare = PgRemoteSession<NoSchema, NoSchema>['prepareQuery']

class Session extends PgRemoteSession<NoSchema, NoSchema> {
  override prepareQuery: Prepare = (text, fields, name, inArrays, mapper, ...rest) => {
    const query = super.prepareQuery(text, fields, name, inArrays, mapper ?? rowsFrom(fields), ...rest)
    const execute = query.execute.bind(query)
    // drizzle puts its own error around what went wrong, with every value in its message. Weather is told from faults
    // by the error itself, and amounts and names have no place in a log.
    query.execute = (values) =>
      execute(values).catch((error: unknown) => {
        throw error instanceof DrizzleQueryError ? error.cause : error
      })
    return query
  }
}

/**
 * Makes records of rows whose fields are columns, side by side: what drizzle does for any nesting, at a third of its
 * cost.
 */
function rowsFrom(fields: Parameters<Prepare>[1]): ((rows: unknown[][]) => Record<string, unknown>[]) | undefined {
  const columns = (fields ?? []).flatMap(({ path: [name, ...deeper], field }) =>
    name !== undefined && deeper.length === 0 && is(field, Column) ? [{ name, field }] : [],
  )
  if (!fields || columns.length < fields.length) return undefined
  return (rows) =>
    rows.map((row) => {
      const record: Record<string, unknown> = {}
      for (const [place, { name, field }] of columns.entries()) {
        const value = row[place]
        record[name] = value === null ? null : field.mapFromDriverValue(value)
      }
      return record
    })
}

const dialect = new PgDialect()
const handleOver = (ask: RemoteCallback): Queries =>
  new PgRemoteDatabase(dialect, new Session(ask, dialect, undefined), undefined)

const asking =
  (reader: Reader): RemoteCallback =>
  async (text, values, method) => ({
    rows: await (method === 'all' ? arraysOf(reader, text, values) : rowsOf(reader, text, values)),
  })

const handles = new WeakMap<Reader, Queries>()

/** A handle that asks a transaction, or the pool of reads. What it is asked is built anew each time: see `prepared`. */
export function queries(reader: Reader): Queries {
  let handle = handles.get(reader)
  if (!handle) {
    handle = handleOver(asking(reader))
    handles.set(reader, handle)
  }
  return handle
}

type Prepared<R> = { execute(values?: Record<string, unknown>): Promise<R> }

/** Names of the values a statement is asked with; what is `undefined` is not given. */
export type Given = ReadonlySet<string>

/**
 * A statement with placeholders for its values, asked of any reader. It is built when it is first asked with some
 * choice of values, and kept: building takes ten times as long as asking (80 µs to 8). On the wire it is as any other.
 */
export function prepared<R>(
  build: (on: Queries, given: Given) => { prepare(name: string): Prepared<R> },
): (reader: Reader, values: { readonly [name: string]: unknown }) => Promise<R> {
  let asked: Reader | undefined
  // A prepared statement is sent before `execute` returns. Should that change, no reader is there, and nothing is sent.
  const handle = handleOver(async (...given) => {
    assert(asked, 'a prepared statement was sent late')
    return asking(asked)(...given)
  })
  const statements = new Map<string, Prepared<R>>()
  return (reader, values) => {
    const names = Object.keys(values).filter((name) => values[name] !== undefined)
    const choice = names.join()
    let statement = statements.get(choice)
    if (!statement) {
      statement = build(handle, new Set(names)).prepare('')
      statements.set(choice, statement)
    }
    asked = reader
    const rows = statement.execute(values)
    asked = undefined
    return rows
  }
}

// A placeholder beside a column is not encoded as the column is, unless one says so.
const valueOf = (name: string, column: Column): SQL => sql`${sql.param(sql.placeholder(name), column)}`

/** That columns equal the values given under their names. */
export const matching = (table: PgTable, given: Given): SQL | undefined =>
  and(
    ...Object.entries(getTableColumns(table)).flatMap(([name, column]) =>
      given.has(name) ? [sql`${column} = ${valueOf(name, column)}`] : [],
    ),
  )

type Written<T extends PgTable> = { readonly [K in keyof T['$inferInsert']]: SQL }

const writing = (columns: readonly (readonly [string, Column])[], value: (name: string, column: Column) => SQL) =>
  Object.fromEntries(columns.map(([name, column]) => [name, value(name, column)]))

/** For `values`: columns take the values given under their names, and the others what the table says. */
export function written<T extends PgTable>(table: T, given: Given): Written<T> {
  const columns = Object.entries(getTableColumns(table)).filter(([name]) => given.has(name))
  return writing(columns, valueOf) as Written<T>
}

/** For `set`: the same, but for the key, by which the row is found. */
export function changed<T extends PgTable>(table: T, given: Given): Partial<Written<T>> {
  const columns = outsideKey(table).filter(([name]) => given.has(name))
  return writing(columns, valueOf) as Partial<Written<T>>
}

/** For `set` of `onConflictDoUpdate`: every column but the key takes the value that was to be inserted. */
export function excluded<T extends PgTable>(table: T): Partial<Written<T>> {
  return writing(outsideKey(table), (_, column) => sql`excluded.${sql.identifier(column.name)}`) as Partial<Written<T>>
}

function outsideKey(table: PgTable): [string, Column][] {
  // By name: a key of several columns holds columns of its own.
  const keys = new Set(getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name)))
  return Object.entries(getTableColumns(table)).filter(([, column]) => !column.primary && !keys.has(column.name))
}

type Present<T> = { readonly [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>
}

/** A row as records have it: what is null in the table is absent. */
export type RecordOf<T> = { [K in keyof Present<T>]: Present<T>[K] }

export function recordOf<T extends object>(row: T): RecordOf<T> {
  const record: Partial<T> = {}
  for (const name in row) if (row[name] !== null) record[name] = row[name]
  return record as RecordOf<T>
}
