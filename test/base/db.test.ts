/**
 * What `transact` promises: all or nothing, whatever the work, the server or the wire do; one attempt more where two
 * transactions were in each other's way; a clear word where the outcome is not known. Losing the connection at every
 * point is test/faults/transaction.test.ts.
 */
import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bug } from '../../src/base/assert.ts'
import {
  type Database,
  only,
  openDatabase,
  sqlState,
  transact,
  type Tx,
  Unavailable,
  Unknown,
  weatherOf,
} from '../../src/base/db.ts'
import { Pipeline, type Step } from '../../src/base/wire/pipeline.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { gateOf, queryOnce, until } from '../faults/own-server.ts'
import { openProxy } from '../faults/proxy.ts'

const test = useDatabase()
/** Errors that nobody caught, of this file's time. */
const escaped: unknown[] = []
const note = (error: unknown): void => void escaped.push(error)

beforeAll(async () => {
  process.on('uncaughtExceptionMonitor', note)
  process.on('unhandledRejection', note)
  await asSuperuser(test(), (client) =>
    client.query('create table counter (name text primary key, n bigint not null); grant all on counter to yiben_app'),
  )
})
beforeEach(() =>
  queryOnce(test().superUrl, `truncate yiben.counter; insert into yiben.counter values ('a', 0), ('b', 0)`),
)
afterAll(() => {
  process.off('uncaughtExceptionMonitor', note)
  process.off('unhandledRejection', note)
})

const countOf = async (name: string): Promise<bigint> =>
  only(await test().database.sql<{ n: bigint }[]>`select n from counter where name = ${name}`).n
const add = (tx: Tx, name: string): Promise<unknown> => tx.query('update counter set n = n + 1 where name = $1', [name])
const refusal = new Refusal({
  code: 'no',
  status: 409,
  title: { zh: '不', en: 'no' },
  detail: { zh: '不', en: 'no' },
})

describe('all or nothing', () => {
  it('commits what the work did and gives what it returns', async () => {
    expect(await transact(test().database, async (tx) => (await add(tx, 'a'), 'done'))).toBe('done')
    expect(await countOf('a')).toBe(1n)
  })

  it.each([
    ['a refusal', refusal],
    ['a bug', new Bug('ours')],
    ['any other error', new TypeError('ours too')],
  ])('rolls back on %s and passes it through as it is', async (_, error) => {
    const lost = transact(test().database, async (tx) => {
      await add(tx, 'a')
      throw error
    })
    await expect(lost).rejects.toBe(error)
    expect(await countOf('a')).toBe(0n)
  })

  it('passes through what the database refuses, under its state', async () => {
    const lost = transact(test().database, async (tx) => {
      await add(tx, 'a')
      await tx.query(`insert into counter values ('a', 1)`)
    })
    expect(sqlState(await lost.catch((error: unknown) => error))).toBe('23505')
    expect(await countOf('a')).toBe(0n)
  })

  it('does not take for committed what the server rolled back because the work kept an error to itself', async () => {
    const lost = transact(test().database, async (tx) => {
      await add(tx, 'a')
      await tx.query(`insert into counter values ('a', 1)`).catch(() => undefined)
    })
    await expect(lost).rejects.toBeInstanceOf(Bug)
    expect(await countOf('a')).toBe(0n)
  })

  it('refuses a statement that comes after the end, and leaves the next transaction alone', async () => {
    let kept: Tx | undefined
    await transact(test().database, (tx) => {
      kept = tx
      return add(tx, 'a')
    })
    await expect(kept ? add(kept, 'a') : undefined).rejects.toBeInstanceOf(Bug)
    expect(await countOf('a')).toBe(1n)
  })

  it('destroys a connection after any error, and gives the next one a new one', async () => {
    const database = openDatabase(test().url, { connections: 1 })
    const pid = (tx: Tx) => tx.query<{ pid: number }>('select pg_backend_pid() as pid').then((rows) => only(rows).pid)
    const first = await transact(database, pid)
    const second = await transact(database, pid)
    await transact(database, () => Promise.reject(refusal)).catch(() => undefined)
    const third = await transact(database, pid)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
    expect(database.pool.totalCount).toBe(1)
    await database.close()
  })
})

const addStep = (name: string): Step => ({
  statement: { name: 'add', text: 'update counter set n = n + 1 where name = $1' },
  values: [name],
})
const step = (name: string, text: string): Step => ({ statement: { name, text }, values: [] })

describe('a connection to oneself', () => {
  it('is had from a pool that asked nothing yet, of one connection too', async () => {
    const database = openDatabase(test().url, { connections: 1 })
    const own = await database.sql.reserve()
    expect([...(await own`select 7 as seven`)]).toEqual([{ seven: 7 }])
    own.release()
    await database.close()
  })
})

describe('all in one message', () => {
  it('commits every step, and again on the same connection', async () => {
    const database = openDatabase(test().url, { connections: 1 })
    const pipeline = new Pipeline(database)
    for (let i = 0; i < 3; i++) await pipeline.send([addStep('a'), addStep('b')])
    expect([await countOf('a'), await countOf('b'), database.pool.totalCount]).toEqual([3n, 3n, 1])
    expect(await transact(database, (tx) => add(tx, 'a').then(() => 'done'))).toBe('done')
    await database.close()
  })

  it.each([
    ['42P01', 'select from nowhere'],
    ['23505', `insert into counter values ('a', 1)`],
    ['40001', `do $$ begin raise exception 'in the way' using errcode = '40001'; end $$`],
  ])('writes nothing where a step is refused with %s, and gives the next one a new connection', async (state, text) => {
    const database = openDatabase(test().url, { connections: 1 })
    for (const steps of [
      [step('no', text), addStep('a')],
      [addStep('a'), step('no', text)],
    ]) {
      const error = await new Pipeline(database).send(steps).catch((thrown: unknown) => thrown)
      expect(sqlState(error)).toBe(state)
      expect(error).not.toBeInstanceOf(Unknown)
    }
    await new Pipeline(database).send([addStep('b')])
    expect([await countOf('a'), await countOf('b')]).toEqual([0n, 1n])
    await database.close()
  })

  it('takes up the next transaction before the last is answered, in order, whatever became of that one', async () => {
    const database = openDatabase(test().url)
    const pipeline = new Pipeline(database)
    const send = (steps: readonly Step[]): Promise<string> =>
      pipeline.send(steps).then(
        () => 'committed',
        (error: unknown) => sqlState(error) ?? 'unknown',
      )
    const seen = `do $$ begin assert (select n from counter where name = 'a') = 1; end $$`
    const ends = [
      ...(await Promise.all([
        send([step('slow', 'select pg_sleep(0.3)'), addStep('a')]),
        send([step('seen', seen), addStep('b')]),
      ])),
      ...(await Promise.all([send([addStep('a'), step('no', 'select from nowhere')]), send([addStep('b')])])),
    ]
    expect(ends).toEqual(['committed', 'committed', '42P01', 'committed'])
    expect([await countOf('a'), await countOf('b'), database.pool.totalCount]).toEqual([1n, 2n, 0])
    await database.close()
  })

  it('is Unknown where the session is ended or the deadline passes, and Unavailable where nothing was sent', async () => {
    const { database, superUrl } = test()
    const sleeping = `select pid from pg_stat_activity where query like '%pg_sleep(20)%' and pid <> pg_backend_pid()`
    const pipeline = new Pipeline(database)
    const ended = pipeline.send([addStep('a'), step('sleep', 'select pg_sleep(20)')])
    ended.catch(() => undefined)
    const behind = pipeline.send([addStep('a')])
    behind.catch(() => undefined)
    await until(async () => (await queryOnce(superUrl, sleeping)).length > 0, 5_000, 'the message to arrive')
    await queryOnce(superUrl, `select pg_terminate_backend(pid) from (${sleeping}) s`)
    await expect(ended).rejects.toBeInstanceOf(Unknown)
    await expect(behind).rejects.toBeInstanceOf(Unknown)
    const late = pipeline.send([addStep('a'), step('sleep', 'select pg_sleep(20)')], { deadlineMs: 200 })
    await expect(late).rejects.toBeInstanceOf(Unknown)
    await queryOnce(superUrl, `select pg_terminate_backend(pid) from (${sleeping}) s`)
    const url = new URL(test().url)
    url.port = String(await closedPort())
    const nobody = openDatabase(url.href)
    await expect(new Pipeline(nobody).send([addStep('a')])).rejects.toBeInstanceOf(Unavailable)
    await nobody.close()
    expect(await countOf('a')).toBe(0n)
  })
})

describe('contention', () => {
  it('counts 300 contended serializable increments as 300', { timeout: 60_000 }, async () => {
    let attempts = 0
    const increment = async (tx: Tx): Promise<void> => {
      attempts += 1
      await tx.query('set transaction isolation level serializable')
      const { n } = only(await tx.query<{ n: bigint }>(`select n from counter where name = 'a'`))
      await tx.query(`update counter set n = $1 where name = 'a'`, [String(n + 1n)])
    }
    const worker = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await transact(test().database, increment, { retries: 200 })
    }
    await Promise.all(Array.from({ length: 6 }, worker))
    expect(await countOf('a')).toBe(300n)
    expect(attempts).toBeGreaterThan(300)
  })

  it('runs both of two transactions that lock each other out', async () => {
    const gates = [gateOf(), gateOf()] as const
    let attempts = 0
    const both = async (first: string, second: string, mine: 0 | 1) =>
      transact(test().database, async (tx) => {
        attempts += 1
        await add(tx, first)
        gates[mine].open()
        await gates[1 - mine]?.gate
        await add(tx, second)
      })
    await Promise.all([both('a', 'b', 0), both('b', 'a', 1)])
    expect([await countOf('a'), await countOf('b')]).toEqual([2n, 2n])
    expect(attempts).toBe(3)
  })

  it.each(['40001', '40P01'])('gives up on %s after the retries it was given, as Unavailable', async (state) => {
    let attempts = 0
    const lost = transact(
      test().database,
      async (tx) => {
        attempts += 1
        await tx.query(`do $$ begin raise exception 'in the way' using errcode = '${state}'; end $$`)
      },
      { retries: 3 },
    )
    await expect(lost).rejects.toBeInstanceOf(Unavailable)
    expect(attempts).toBe(4)
  })
})

describe('a server that does not answer', () => {
  it('is left at the deadline, and the next transaction is not touched', async () => {
    const database = openDatabase(test().url, { connections: 1 })
    const began = performance.now()
    const hanging = transact(database, (tx) => add(tx, 'a').then(() => tx.query('select pg_sleep(30)')), {
      deadlineMs: 300,
    })
    await expect(hanging).rejects.toBeInstanceOf(Unavailable)
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(await transact(database, (tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }])
    await database.close()
    await queryOnce(
      test().superUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(30)%' and pid <> pg_backend_pid()`,
    )
    expect(await countOf('a')).toBe(0n)
  })

  it('is Unavailable where nothing listens', async () => {
    const port = await closedPort()
    const url = new URL(test().url)
    url.port = String(port)
    const database = openDatabase(url.href)
    await expect(transact(database, (tx) => tx.query('select 1'))).rejects.toBeInstanceOf(Unavailable)
    const read = await database.sql`select 1`.catch((error: unknown) => error)
    expect(weatherOf(read)).toBeInstanceOf(Unavailable)
    await database.close()
  })

  it('is Unavailable where it takes the connection and says nothing', { timeout: 20_000 }, async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const url = new URL(test().url)
    url.port = String(typeof address === 'object' && address ? address.port : 0)
    const database: Database = openDatabase(url.href)
    const began = performance.now()
    await expect(transact(database, (tx) => tx.query('select 1'))).rejects.toBeInstanceOf(Unavailable)
    expect(performance.now() - began).toBeLessThan(8_000)
    await database.close()
    silent.close()
  })

  it('loses only what was under way when every session is ended, and nothing escapes', async () => {
    const { database } = test()
    await Promise.all(Array.from({ length: 6 }, () => transact(database, (tx) => tx.query('select pg_sleep(0.05)'))))
    const under = transact(database, (tx) => tx.query('select pg_sleep(5)'))
    const reading = database.sql`select pg_sleep(5)`.catch((error: unknown) => weatherOf(error))
    under.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await queryOnce(
      test().superUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await expect(under).rejects.toBeInstanceOf(Unavailable)
    expect(await reading).toBeInstanceOf(Unavailable)
    await until(() => database.pool.totalCount === 0, 5_000, 'the pool to notice')
    expect(await transact(database, (tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }])
    expect(await countOf('a')).toBe(0n)
  })

  it.each(['57014', '57P01', '53300', '55P03', '08006'])('calls %s weather', (state) => {
    expect(weatherOf(Object.assign(new Error('x'), { code: state }))).toBeInstanceOf(Unavailable)
  })

  it.each(['23505', '42P01', '22003', 'P0001'])('does not call %s weather', (state) => {
    const error = Object.assign(new Error('x'), { code: state })
    expect(weatherOf(error)).toBe(error)
  })
})

describe('sessions', () => {
  it('work as the role that may not alter history, whoever logs in, and RESET ROLE leads nowhere else', async () => {
    const database = openDatabase(test().superUrl)
    const roles = await transact(database, async (tx) => {
      await tx.query('reset role')
      return tx.query('select current_user as name')
    })
    expect(roles).toEqual([{ name: 'yiben_app' }])
    expect(await database.sql`select current_user as name`).toMatchObject([{ name: 'yiben_app' }])
    await database.close()
  })

  it('end on the server too, soon after the deadline, so that nothing keeps its locks', async () => {
    const settings = await transact(test().database, (tx) =>
      tx.query(`select name, setting::int as ms from pg_settings where setting <> '0' and name in
        ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by name`),
    )
    expect(settings).toEqual([
      { name: 'idle_in_transaction_session_timeout', ms: 20_000 },
      { name: 'lock_timeout', ms: 10_000 },
      { name: 'statement_timeout', ms: 16_000 },
    ])
  })

  it('give back no transaction that is still open', async () => {
    const idle = await queryOnce(
      test().superUrl,
      `select state from pg_stat_activity where datname = current_database() and state like 'idle in%'`,
    )
    expect(idle).toEqual([])
    expect(test().database.pool.waitingCount).toBe(0)
  })

  it('let no error escape in all of these tests', () => {
    expect(escaped).toEqual([])
  })
})

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

describe('a connection that ends while it is opened', () => {
  it('leaves no rejection behind, at whatever answer of the server it is cut', { timeout: 60_000 }, async () => {
    const target = new URL(test().url)
    const told: string[] = []
    for (let cutAt = 1; cutAt <= 4; cutAt++) {
      // Each further piece that the server sends; the last lets all through.
      const proxy = await openProxy(Number(target.port), () => {
        let pieces = 0
        return {
          fromServer: (_, link) => {
            pieces += 1
            if (pieces < cutAt || cutAt === 4) return true
            link.cut()
            return false
          },
        }
      })
      const through = new URL(test().url)
      through.port = String(proxy.port)
      const database = openDatabase(through.href, { connections: 2 })
      const asked = await Promise.all(
        Array.from({ length: 4 }, () =>
          Promise.race([database.sql`select array['a', 'b'] as list`, later(2_000)]).then(
            (rows) => (rows === undefined ? 'late' : JSON.stringify(rows)),
            (error: unknown) => (weatherOf(error) instanceof Unavailable ? 'weather' : String(error)),
          ),
        ),
      )
      told.push(...new Set(asked))
      await Promise.race([database.close(), later(1_000)])
      await proxy.close()
    }
    expect(escaped).toEqual([])
    expect(told.at(-1)).toBe('[{"list":["a","b"]}]')
  })
})

const later = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms))
