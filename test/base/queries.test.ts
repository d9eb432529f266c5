/**
 * What drizzle is given of a database: both readers give the same values, nothing is sent outside its transaction, and
 * an error is the one that happened.
 */
import { asc, eq, gt, sql } from 'drizzle-orm'
import { bigint, boolean, integer, numeric, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { Bug } from '../../src/base/assert.ts'
import { day as dayOf, instantOfDatabase, monthOf, parseInstant } from '../../src/base/calendar.ts'
import { day, digest, fen, instant, json, month, whole } from '../../src/base/drizzle/columns.ts'
import { only, type Reader, sqlState, transact, type Tx } from '../../src/base/db.ts'
import { changed, excluded, matching, prepared, queries, recordOf, written } from '../../src/base/drizzle/queries.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'

const test = useDatabase()

const samples = pgTable('sample', {
  id: bigint('sample_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  amountFen: fen('amount_fen').notNull(),
  areaDm2: whole('area_dm2'),
  on: day('on_day').notNull(),
  month: month('month'),
  at: instant('at').notNull(),
  body: json('body').$type<{ readonly lines: readonly (string | number)[] } | readonly string[] | string>(),
  hash: digest('hash'),
  ratio: numeric('ratio', { precision: 5, scale: 4 }),
  place: smallint('place').notNull().default(1),
  count: integer('count'),
  open: boolean('open').notNull().default(false),
  claim: uuid('claim'),
  note: text('note'),
})

const full = {
  amountFen: -9_007_199_254_740_993n,
  areaDm2: 9_223_372_036_854_775_807n,
  on: dayOf('2024-02-29'),
  month: monthOf(dayOf('2024-12-31')),
  at: 1_727_402_400_123_456n,
  body: { lines: ['一', 2] },
  hash: Buffer.from([0, 255, 92, 39]),
  ratio: '0.5000',
  place: 7,
  count: -1,
  open: true,
  claim: '00000000-0000-4000-8000-000000000001',
  note: '"a" \\ \'b\'',
} satisfies typeof samples.$inferInsert

const byId = prepared((on) =>
  on
    .select()
    .from(samples)
    .where(eq(samples.id, sql.placeholder('id')))
    .for('update'),
)

const putting = prepared((on, given) =>
  on
    .insert(samples)
    .values(written(samples, given))
    .onConflictDoUpdate({ target: samples.count, set: excluded(samples) })
    .returning(),
)
const updating = prepared((on, given) =>
  on
    .update(samples)
    .set(changed(samples, given))
    .where(eq(samples.id, sql.placeholder('id'))),
)
const listing = prepared((on, given) =>
  on.select().from(samples).where(matching(samples, given)).orderBy(asc(samples.id)).limit(sql.placeholder('limit')),
)

beforeAll(() =>
  asSuperuser(test(), (client) =>
    client.query(`create table sample (
        sample_id bigint generated always as identity primary key, amount_fen bigint not null, area_dm2 bigint,
        on_day date not null, month date, at timestamptz not null, body jsonb, hash bytea, ratio numeric(5, 4),
        place smallint not null default 1, count integer unique, open boolean not null default false, claim uuid,
        note text);
      grant all on sample to yiben_app`),
  ),
)
beforeEach(() => asSuperuser(test(), (client) => client.query('truncate sample restart identity')))

/** Asks a transaction and the pool of reads, and gives what both answered. */
async function ofBoth<T>(ask: (reader: Reader) => Promise<T>): Promise<T> {
  const { database } = test()
  const fromPool = await ask(database.sql)
  expect(await transact(database, ask)).toEqual(fromPool)
  return fromPool
}

const insert = (row: typeof samples.$inferInsert) =>
  transact(test().database, (tx) => queries(tx).insert(samples).values(row).returning())

describe('values', () => {
  it('come back as they were written, to either reader', async () => {
    const [made] = await insert(full)
    expect(made).toEqual({ id: 1n, ...full })
    expect(await ofBoth((reader) => queries(reader).select().from(samples))).toEqual([made])
    expect(await ofBoth((reader) => byId(reader, { id: 1n }))).toEqual([made])
  })

  it('are null where there is none, and filled in by the database where it does so', async () => {
    const given = { amountFen: 0n, on: dayOf('1900-01-01'), at: 0n }
    const nothing = {
      areaDm2: null,
      month: null,
      body: null,
      hash: null,
      ratio: null,
      count: null,
      claim: null,
      note: null,
    }
    expect(await insert(given)).toEqual([{ id: 1n, ...nothing, ...given, place: 1, open: false }])
    const row = only(await ofBoth((reader) => queries(reader).select().from(samples)))
    expect(recordOf(row)).toEqual({ id: 1n, ...given, place: 1, open: false })
    expectTypeOf(recordOf(row).note).toEqualTypeOf<string | undefined>()
  })

  it('may be JSON that is a text, also one that looks like a number', async () => {
    await insert({ ...full, body: '12' })
    expect(only(await ofBoth((reader) => queries(reader).select().from(samples))).body).toBe('12')
  })

  it('leave a key of several columns as it is', () => {
    const pairs = pgTable('pair', { left: text('left_one'), right: text('right_one'), note: text('note') }, (table) => [
      primaryKey({ columns: [table.left, table.right] }),
    ])
    expect(Object.keys(changed(pairs, new Set(['left', 'right', 'note'])))).toEqual(['note'])
    expect(Object.keys(excluded(pairs))).toEqual(['note'])
  })

  it('are written and changed by statements that were prepared, whichever are given', async () => {
    const { database } = test()
    const [made] = await transact(database, (tx) => putting(tx, { ...full, note: undefined }))
    expect(made).toEqual({ id: 1n, ...full, note: null })
    const nothing = { areaDm2: null, month: null, at: 0n, body: null, hash: null, note: 'new' }
    const [put] = await transact(database, (tx) => putting(tx, { ...full, ...nothing }))
    expect(put).toEqual({ id: 1n, ...full, ...nothing })
    await transact(database, (tx) => updating(tx, { id: 1n, month: full.month, body: ['a'], claim: null }))
    const row = { ...full, ...nothing, id: 1n, month: full.month, body: ['a'], claim: null }
    expect(await ofBoth((reader) => byId(reader, { id: 1n }))).toEqual([row])
  })

  it('select by those given, and by those not given not at all', async () => {
    await insert({ ...full, count: 1 })
    await insert({ ...full, count: 2, open: false })
    const ids = async (given: { readonly [name: string]: unknown }): Promise<bigint[]> =>
      (await ofBoth((reader) => listing(reader, { limit: 9, ...given }))).map(({ id }) => id)
    expect(await ids({})).toEqual([1n, 2n])
    expect(await ids({ open: false })).toEqual([2n])
    expect(await ids({ open: undefined, on: full.on, at: full.at, month: full.month })).toEqual([1n, 2n])
    expect(await ids({ open: true, count: 2 })).toEqual([])
    expect(await ids({ open: true, limit: 1, amountFen: full.amountFen, hash: full.hash, elsewhere: 1 })).toEqual([1n])
  })

  it('select by amounts, days, instants and bytes', async () => {
    await insert(full)
    for (const condition of [
      eq(samples.amountFen, full.amountFen),
      eq(samples.on, full.on),
      eq(samples.at, full.at),
      gt(samples.at, full.at - 1n),
      eq(samples.hash, full.hash),
      eq(samples.open, true),
    ])
      expect(await ofBoth((reader) => queries(reader).select().from(samples).where(condition))).toHaveLength(1)
    const later = gt(samples.at, full.at)
    expect(await ofBoth((reader) => queries(reader).select().from(samples).where(later))).toEqual([])
  })

  it('may be asked for by the text of a statement', async () => {
    await insert(full)
    const text = sql`select amount_fen, on_day from sample where amount_fen = ${full.amountFen}`
    expect([...(await ofBoth((reader) => queries(reader).execute(text)))]).toEqual([
      { amount_fen: full.amountFen, on_day: full.on },
    ])
  })
})

describe('an instant', () => {
  it.each([
    ['2024-09-27 10:00:00.123456+08', '2024-09-27T02:00:00.123456Z'],
    ['2024-09-27 02:00:00+00', '2024-09-27T02:00:00Z'],
    ['2024-09-26 22:30:00.1-03:30', '2024-09-27T02:00:00.1Z'],
    ['1900-01-01 08:05:43+08:05:43', '1900-01-01T00:00:00Z'],
    ['1969-12-31 23:59:59.999999+00', '1969-12-31T23:59:59.999999Z'],
  ])('is read from %s', (text, meant) => {
    expect(instantOfDatabase(text)).toBe(parseInstant(meant))
  })

  it.each(['-infinity', '0044-03-15 12:00:00+00 BC', '2024-09-27T02:00:00Z', ''])('is not read from %j', (text) => {
    expect(() => instantOfDatabase(text)).toThrow(Bug)
  })

  it('is the same in a session of another time zone', async () => {
    await insert(full)
    const seen = await transact(test().database, async (tx) => {
      await tx.query(`set local timezone = 'Asia/Kathmandu'`)
      return queries(tx).select({ at: samples.at }).from(samples)
    })
    expect(seen).toEqual([{ at: full.at }])
  })
})

describe('a statement', () => {
  it('cannot be sent after the end of its transaction', async () => {
    const { database } = test()
    let kept: Tx | undefined
    await transact(database, async (tx) => {
      kept = tx
      await queries(tx).select().from(samples)
    })
    const dead = kept
    if (!dead) throw new Error('the transaction was there')
    const late = [
      queries(dead).insert(samples).values(full).execute(),
      queries(dead).execute(sql`delete from sample`),
      byId(dead, { id: 1n }),
    ]
    for (const { status, ...outcome } of await Promise.allSettled(late)) {
      expect(status).toBe('rejected')
      expect(outcome).toMatchObject({ reason: new Bug('a statement came after the end of its transaction') })
    }
    expect(await queries(database.sql).select().from(samples)).toEqual([])
  })

  it('is undone with its transaction', async () => {
    const lost = transact(test().database, async (tx) => {
      await queries(tx).insert(samples).values(full)
      throw new Bug('ours')
    })
    await expect(lost).rejects.toThrow('ours')
    expect(await queries(test().database.sql).select().from(samples)).toEqual([])
  })

  it('opens no transaction of its own', async () => {
    const { database } = test()
    await expect(queries(database.sql).transaction(() => Promise.resolve())).rejects.toThrow('not supported')
    await transact(database, async (tx) => {
      await expect(queries(tx).transaction(() => Promise.resolve())).rejects.toThrow('not supported')
    })
  })

  it('fails with the error that happened, which names no value', async () => {
    const { database } = test()
    const failing = (reader: Reader) =>
      queries(reader)
        .select()
        .from(samples)
        .where(sql`1 / (${samples.id} * 0) = 1 or ${samples.note} = ${'秘密'}`)
        .execute()
    await insert(full)
    for (const reader of ['transaction', 'pool']) {
      const failed = reader === 'pool' ? failing(database.sql) : transact(database, failing)
      const error = await failed.catch((thrown: unknown) => thrown)
      expect(sqlState(error)).toBe('22012')
      expect(error).toMatchObject({ message: 'division by zero', code: '22012' })
    }
  })

  it('locks where it says so', async () => {
    const { database } = test()
    await insert(full)
    await transact(database, async (tx) => {
      await byId(tx, { id: 1n })
      const other = transact(database, (beside) =>
        queries(beside).select().from(samples).for('update', { noWait: true }),
      )
      await expect(other).rejects.toThrow()
    })
  })

  it('that was prepared asks the reader it is given, also when several do at once', async () => {
    await insert(full)
    await insert({ ...full, note: 'second', count: 2 })
    const { database } = test()
    const asked = await Promise.all([
      byId(database.sql, { id: 1n }),
      transact(database, (tx) => byId(tx, { id: 2n })),
      byId(database.sql, { id: 2n }),
      byId(database.sql, { id: 3n }),
    ])
    expect(asked.map((rows) => rows.map(({ id }) => id))).toEqual([[1n], [2n], [2n], []])
    await expect(byId(database.sql, {})).rejects.toThrow('No value for placeholder')
  })
})
