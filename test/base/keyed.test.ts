/**
 * An idempotency key of an action: answered once, for ever, whoever asks at the same moment and whatever dies
 * meanwhile.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type pg from 'pg'
import { historyOf, recordChange, requireVersion } from '../../src/base/history.ts'
import { canonicalText } from '../../src/base/json.ts'
import { keyed, type KeyedRequest } from '../../src/base/keyed.ts'
import { type Database, transact, type Tx } from '../../src/base/db.ts'
import type { Json } from '../../src/base/json.ts'
import { enqueue } from '../../src/base/outbox.ts'
import { catalogue } from '../../src/base/refusal.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'

const test = useDatabase()
let database: Database
beforeAll(() => {
  database = test().database
})

let keys = 0
const request = (more: Partial<KeyedRequest> = {}): KeyedRequest => ({
  person: 'zhang',
  key: `k${++keys}`,
  kind: 'thing.make',
  content: { amount: '1.00', parts: ['a', 'b'] },
  ...more,
})

/** What the action does: the first version of a thing. A second one is a unique key's error, as in any room. */
const make = (id: string) => (tx: Tx) =>
  recordChange(tx, { noun: 'thing', id, version: 1, verb: 'made', person: 'zhang', at: 1n, body: {} })
const made = async (id: string): Promise<number> => (await historyOf(database.sql, 'thing', id)).length

const refuse = catalogue({
  pinned_no: { status: 409, pinned: true, title: { zh: '否', en: 'no' }, detail: both },
  free_no: { status: 409, title: { zh: '否', en: 'no' }, detail: both },
})
function both(facts: { n: number }) {
  return { zh: `第 ${facts.n} 次`, en: `time ${facts.n}` }
}

const gate = () => {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

/** The same database, whose `nth` connection is given out only once something has happened. */
function waitingAt(nth: number, before: () => Promise<unknown>): Pick<Database, 'pool'> {
  let count = 0
  const connect = async (): Promise<pg.PoolClient> => {
    if (++count === nth) await before()
    return database.pool.connect()
  }
  return { pool: { connect } as unknown as pg.Pool }
}

describe('a key', () => {
  it('answered once gives the same bytes again, in whatever order its content is said', async () => {
    const given = request()
    // Keys that look like numbers change places when an object is made: the first answer too is what was kept.
    const answer: Json = { b: 1, 10: 'x', 2: 'y', a: { z: null, 金额: '1.00' } }
    const first = await keyed(database, given, async (tx) => {
      await make('same')(tx)
      return answer
    })
    const content = { parts: ['a', 'b'], amount: '1.00' }
    const again = await keyed<Json>(database, { ...given, content }, () => Promise.reject(new Error('not twice')))
    expect([first.replayed, again.replayed]).toEqual([false, true])
    expect('answer' in first && 'answer' in again && JSON.stringify(first.answer)).toBe(
      'answer' in again ? JSON.stringify(again.answer) : '',
    )
    expect(await made('same')).toBe(1)
  })

  it('keeps an answer of nothing too', async () => {
    const given = request()
    expect(await keyed(database, given, () => Promise.resolve(null))).toEqual({ answer: null, replayed: false })
    expect(await keyed(database, given, () => Promise.resolve(null))).toEqual({ answer: null, replayed: true })
  })

  it('is refused for other content and for another action, and nothing is done', async () => {
    const given = request()
    await keyed(database, given, () => Promise.resolve('first'))
    for (const other of [{ content: { amount: '1.01', parts: ['a', 'b'] } }, { kind: 'thing.unmake' }]) {
      await expect(
        keyed(database, { ...given, ...other }, async (tx) => {
          await make('other')(tx)
          return null
        }),
      ).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 422, pinned: false })
    }
    expect(await made('other')).toBe(0)
    expect(await keyed<Json>(database, given, () => Promise.reject(new Error('not twice')))).toEqual({
      answer: 'first',
      replayed: true,
    })
  })

  it('of another person is another key', async () => {
    const given = request()
    await keyed(database, given, () => Promise.resolve('his'))
    const hers = await keyed(database, { ...given, person: 'li' }, () => Promise.resolve('hers'))
    expect(hers).toEqual({ answer: 'hers', replayed: false })
  })

  it('keeps a refusal that depends on the state, word for word, and nothing of the work', async () => {
    const given = request()
    let n = 0
    const work = async (tx: Tx): Promise<Json> => {
      await make('refused')(tx)
      throw refuse('pinned_no', { n: ++n })
    }
    const first = await keyed(database, given, work)
    const again = await keyed(database, given, work)
    expect(first).toMatchObject({ refusal: { code: 'pinned_no', detail: { zh: '第 1 次' } }, replayed: false })
    expect(again).toEqual({ ...first, replayed: true })
    expect(JSON.stringify('refusal' in again && again.refusal)).toBe(
      JSON.stringify('refusal' in first && first.refusal),
    )
    expect([n, await made('refused')]).toEqual([1, 0])
  })

  it('stays free after a refusal that does not, after a bug and after a broken rule of the database', async () => {
    const given = request()
    const failures = [refuse('free_no', { n: 1 }), new Error('bug'), 'select 1/0'] as const
    for (const failure of failures) {
      const work = async (tx: Tx): Promise<Json> => {
        await make('free')(tx)
        if (typeof failure !== 'string') throw failure
        await tx.query(failure)
        return null
      }
      await expect(keyed(database, given, work)).rejects.toBeInstanceOf(Error)
    }
    expect(await made('free')).toBe(0)
    expect(await keyed(database, given, () => Promise.resolve('at last'))).toEqual({
      answer: 'at last',
      replayed: false,
    })
  })
})

describe('equal requests at one moment', () => {
  it('do it once, and all get that answer', async () => {
    const given = request()
    let runs = 0
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        keyed(database, given, async (tx) => {
          runs += 1
          await make('once')(tx)
          await tx.query('select pg_sleep(0.02)')
          return { run: runs }
        }),
      ),
    )
    expect(runs).toBe(1)
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(results.map((result) => JSON.stringify('answer' in result && result.answer)))).toEqual(
      new Set(['{"run":1}']),
    )
  })

  it('find the answer of the first, not what the first changed', async () => {
    const given = request()
    // As a room does it: what exists is refused, and that refusal is not kept.
    const work = async (tx: Tx): Promise<Json> => {
      const rows = await tx.query(`select from change where noun = 'thing' and id = 'exists'`)
      if (rows.length > 0) throw refuse('free_no', { n: 2 })
      await make('exists')(tx)
      await tx.query('select pg_sleep(0.02)')
      return 'made'
    }
    const results = await Promise.all(Array.from({ length: 5 }, () => keyed(database, given, work)))
    expect(results.map((result) => 'answer' in result && result.answer)).toEqual(
      Array.from({ length: 5 }, () => 'made'),
    )
  })

  it('whose refusal comes to be kept after the other’s answer give the answer', async () => {
    const given = request()
    // Connection 1 does the work, 2 would keep the refusal: the other request comes between.
    const slow = waitingAt(2, () => keyed(database, given, () => Promise.resolve('the other')))
    const result = await keyed<Json>(slow, given, () => Promise.reject(refuse('pinned_no', { n: 1 })))
    expect(result).toEqual({ answer: 'the other', replayed: true })
  })

  it('whose work ends after the other’s refusal was kept undo it, and give the refusal', async () => {
    const given = request()
    const [locked, begun, kept] = [gate(), gate(), gate()]
    const refusing = keyed<Json>(
      waitingAt(2, () => begun.opened),
      given,
      () => {
        locked.open()
        return Promise.reject(refuse('pinned_no', { n: 1 }))
      },
    ).then((result) => {
      kept.open()
      return result
    })
    // Asks for the key when the first has it, and begins once that has rolled back; the first keeps its refusal while
    // this one works.
    const working = keyed<Json>(
      waitingAt(1, () => locked.opened),
      given,
      async (tx) => {
        await make('undone')(tx)
        begun.open()
        await kept.opened
        return 'too late'
      },
    )
    const [first, second] = await Promise.all([refusing, working])
    expect(first).toMatchObject({ refusal: { code: 'pinned_no' }, replayed: false })
    expect(second).toMatchObject({ refusal: { code: 'pinned_no' }, replayed: true })
    expect(await made('undone')).toBe(0)
  })

  it('do not go round for ever where a key is taken and has no receipt', async () => {
    const taken = Object.assign(new Error('taken'), { code: '23505', constraint: 'action_receipt_pkey' })
    let rounds = 0
    const work = (): Promise<Json> => {
      rounds += 1
      return Promise.reject(taken)
    }
    await expect(keyed(database, request(), work)).rejects.toThrow(/taken and has no receipt/)
    expect(rounds).toBe(4)
  })
})

describe('a crash between the work and its COMMIT', () => {
  it('leaves nothing, and the same key does it once', async () => {
    const given = request()
    const work =
      (dies: boolean) =>
      async (tx: Tx): Promise<Json> => {
        await make('crash')(tx)
        await enqueue(tx, { name: 'test', key: 'crash', payload: {}, askedBy: 'zhang' })
        if (dies) {
          const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
          await asSuperuser(test(), (client) => client.query('select pg_terminate_backend($1)', [row?.pid]))
        }
        return 'done'
      }
    await expect(keyed(database, given, work(true))).rejects.toMatchObject({ name: 'Unavailable' })
    const jobs = () => database.sql<{ key: string }[]>`select key from job where name = 'test'`
    expect([await made('crash'), (await jobs()).length]).toEqual([0, 0])
    expect(await keyed(database, given, work(false))).toEqual({ answer: 'done', replayed: false })
    expect([await made('crash'), (await jobs()).length]).toEqual([1, 1])
  })
})

describe('canonical text', () => {
  it('orders keys at every level and keeps lists as they are', () => {
    expect(canonicalText({ b: [{ d: 1, c: '1' }, 2], a: null })).toBe('{"a":null,"b":[{"c":"1","d":1},2]}')
    expect(canonicalText('text')).toBe('"text"')
    expect(canonicalText([3, 1, 2])).toBe('[3,1,2]')
    const own = JSON.parse('{"__proto__":{"x":1},"a":1}') as Json
    expect(canonicalText(own)).toBe('{"__proto__":{"x":1},"a":1}')
  })
})

describe('the record of changes', () => {
  it('keeps each version once, and tells whose is stale', async () => {
    const change = { noun: 'thing', id: 'versions', verb: 'changed', person: 'li', at: 1_800_000_000_000_001n }
    await transact(database, (tx) => recordChange(tx, { ...change, version: 1, body: { a: '1' } }))
    await transact(database, (tx) => recordChange(tx, { ...change, version: 2, body: { a: '2' } }))
    await expect(transact(database, (tx) => recordChange(tx, { ...change, version: 2, body: {} }))).rejects.toThrow()
    const history = await historyOf(database.sql, 'thing', 'versions')
    expect(history.map(({ version, body, at }) => [version, body, at])).toEqual([
      [1, { a: '1' }, '2027-01-15T16:00:00.000001+08:00'],
      [2, { a: '2' }, '2027-01-15T16:00:00.000001+08:00'],
    ])
    expect(() => requireVersion({ zh: '计划', en: 'The plan' }, 2, 2)).not.toThrow()
    expect(() => requireVersion({ zh: '计划', en: 'The plan' }, undefined, 2)).not.toThrow()
    expect(() => requireVersion({ zh: '计划', en: 'The plan' }, 1, 2)).toThrow(/version_stale/)
  })
})

describe('the outbox', () => {
  it('asks for a job once, however often and from however many transactions at a time', async () => {
    const job = { name: 'test', key: 'once', payload: { day: '2026-01-01' }, askedBy: 'zhang' }
    const asked = await Promise.all(Array.from({ length: 6 }, () => transact(database, (tx) => enqueue(tx, job))))
    expect(new Set(asked.map(({ jobId }) => jobId)).size).toBe(1)
    expect(asked.filter(({ existed }) => !existed)).toHaveLength(1)
    const other = await transact(database, (tx) => enqueue(tx, { ...job, name: 'test2', notBefore: 1n }))
    expect(other.existed).toBe(false)
    const rows = await database.sql`select state, attempts from job where key = 'once' order by job_id`
    expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['waiting', 0],
      ['waiting', 0],
    ])
  })
})
