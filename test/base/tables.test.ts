/**
 * Every `tables.ts` says what the migrated database has: each table, its columns, their types, what may be null, what
 * the database fills in, and the primary key. Both ways, so that neither a column nor a table can be forgotten. Each
 * rule shows a planted difference it finds.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { is } from 'drizzle-orm'
import { getTableConfig, integer, PgTable, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { fen } from '../../src/base/drizzle/columns.ts'
import type { Sql } from '../../src/base/db.ts'
import { useDatabase } from '../support/database.ts'

const test = useDatabase()

/** Tables of raw SQL by design: the ledger's statements are of arrays and ranges, and its store alone writes them. */
const ledgerTables =
  'account attachment book book_head checkpoint closing cosignature entry entry_effect line merkle_node period_act receipt'
const rawByDesign = [...ledgerTables.split(' '), 'signing_key', 'voucher_number', 'migration']

type Shape = { readonly table: string; readonly keys: readonly string[]; readonly columns: ReadonlyMap<string, string> }

/** A column in words: `bigint not null, filled`. */
const words = (type: string, notNull: boolean, filled: boolean): string =>
  `${type}${notNull ? ' not null' : ''}${filled ? ', filled' : ''}`

function shapeOf(table: PgTable): Shape {
  const { name, columns, primaryKeys } = getTableConfig(table)
  const single = columns.filter(({ primary }) => primary)
  return {
    table: name,
    keys: [...single, ...primaryKeys.flatMap(({ columns: of }) => of)].map((column) => column.name),
    columns: new Map(
      columns.map((column) => [
        column.name,
        words(
          column.getSQLType().replaceAll(', ', ','),
          column.notNull,
          column.hasDefault || column.generated !== undefined || column.generatedIdentity !== undefined,
        ),
      ]),
    ),
  }
}

async function shapesOfDatabase(database: Sql): Promise<Shape[]> {
  const rows = await database<
    { table: string; column: string; type: string; notNull: boolean; filled: boolean; keys: string[] }[]
  >`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as "notNull",
      (a.atthasdef or a.attidentity <> '') as filled,
      array(select k.attname::text from pg_index i cross join unnest(i.indkey) with ordinality u(attnum, place)
            join pg_attribute k on k.attrelid = c.oid and k.attnum = u.attnum
            where i.indrelid = c.oid and i.indisprimary order by u.place) as keys
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'yiben'::regnamespace and c.relkind in ('r', 'p') order by 1, a.attnum`
  return [...new Set(rows.map(({ table }) => table))].map((table) => {
    const columns = rows.filter((row) => row.table === table)
    return {
      table,
      keys: columns[0]?.keys ?? [],
      columns: new Map(columns.map(({ column, type, notNull, filled }) => [column, words(type, notNull, filled)])),
    }
  })
}

/** Where two descriptions differ, each difference in a line. */
function differences(described: readonly Shape[], made: readonly Shape[], leftOut: readonly string[]): string[] {
  const mine = new Map(described.map((shape) => [shape.table, shape]))
  const theirs = new Map(made.map((shape) => [shape.table, shape]))
  const twice = described
    .filter((shape) => mine.get(shape.table) !== shape)
    .map(({ table }) => `${table}: described twice`)
  const listed = leftOut
    .filter((table) => !theirs.has(table) || mine.has(table))
    .map((table) => `${table}: listed as raw`)
  const names = new Set([...mine.keys(), ...theirs.keys()])
  const found = [...names].flatMap((table) => {
    const [here, there] = [mine.get(table), theirs.get(table)]
    if (!here) return leftOut.includes(table) ? [] : [`${table}: not described`]
    if (!there) return [`${table}: not in the database`]
    const keys =
      here.keys.join() === there.keys.join() ? [] : [`${table}: key ${here.keys.join()} is ${there.keys.join()}`]
    const columns = new Set([...here.columns.keys(), ...there.columns.keys()])
    return [
      ...keys,
      ...[...columns]
        .filter((column) => here.columns.get(column) !== there.columns.get(column))
        .map(
          (column) =>
            `${table}.${column}: ${here.columns.get(column) ?? 'none'} is ${there.columns.get(column) ?? 'none'}`,
        ),
    ]
  })
  return [...twice, ...listed, ...found]
}

const root = fileURLToPath(new URL('../../src', import.meta.url))
const rooms = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /(?:^|\/)tables\.ts$/.test(path),
)

async function describedTables(): Promise<PgTable[]> {
  const modules = await Promise.all(
    rooms.map(async (path) => (await import(`${root}/${path}`)) as Readonly<Record<string, unknown>>),
  )
  return modules.flatMap((module) => Object.values(module)).filter((value) => is(value, PgTable))
}

describe('the tables as described', () => {
  it('are found in every room', async () => {
    expect(rooms.length).toBeGreaterThan(7)
    expect((await describedTables()).length).toBeGreaterThan(50)
  })

  it('are those of the migrated database, column by column, both ways', async () => {
    const described = (await describedTables()).map(shapeOf)
    expect(differences(described, await shapesOfDatabase(test().database.sql), rawByDesign)).toEqual([])
  })

  it('are told apart where anything differs', async () => {
    const made = (await shapesOfDatabase(test().database.sql)).filter(({ table }) => table === 'bundle')
    const differing = (table: PgTable, raw: readonly string[] = []): string[] =>
      differences([shapeOf(table)], made, raw)
    const [bundle, district, name] = [text('bundle').primaryKey(), text('district').notNull(), text('name').notNull()]
    const version = integer('version').notNull()
    const columns = { bundle, district, name, version }
    expect(differing(pgTable('bundle', columns))).toEqual([])
    expect(differing(pgTable('bundle', { bundle, district, name }))).toEqual([
      'bundle.version: none is integer not null',
    ])
    expect(differing(pgTable('bundle', { ...columns, more: text('more') }))).toEqual(['bundle.more: text is none'])
    expect(differing(pgTable('bundle', { ...columns, version: fen('version').notNull() }))).toEqual([
      'bundle.version: bigint not null is integer not null',
    ])
    expect(differing(pgTable('bundle', { ...columns, name: text('name') }))).toEqual([
      'bundle.name: text is text not null',
    ])
    expect(differing(pgTable('bundle', { ...columns, name: text('name').notNull().default('') }))).toEqual([
      'bundle.name: text not null, filled is text not null',
    ])
    expect(
      differing(pgTable('bundle', columns, (table) => [primaryKey({ columns: [table.name, table.district] })])),
    ).toEqual(['bundle: key bundle,name,district is bundle'])
    expect(differing(pgTable('bundles', columns))).toEqual(['bundles: not in the database', 'bundle: not described'])
    expect(differences([], made, [])).toEqual(['bundle: not described'])
    expect(differences([], made, ['bundle', 'gone'])).toEqual(['gone: listed as raw'])
    expect(differing(pgTable('bundle', columns), ['bundle'])).toEqual(['bundle: listed as raw'])
    const twice = [shapeOf(pgTable('bundle', columns)), shapeOf(pgTable('bundle', columns))]
    expect(differences(twice, made, [])).toEqual(['bundle: described twice'])
  })
})
