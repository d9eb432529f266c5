/**
 * F01–F03: a connection is lost in the middle of one transaction, comes back late, or goes during COMMIT. The controls
 * send the same scenarios through the driver whose transactions are not used for money, and must show the half write.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase, transact, type Tx, Unavailable, Unknown } from '../../src/base/db.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { eagerLedger } from '../support/ledger.ts'
import { judge } from './checker.ts'
import { createBooks, ledgerDoor } from './doors.ts'
import { fund, type LoadOptions, type Operation, startLoad } from './load.ts'
import { gateOf, queryOnce, until } from './own-server.ts'
import { commitCutter, type CutPoint, cutPoints, type Cutter, openProxy, type Proxy } from './proxy.ts'
import { report, reportVerdict } from './report.ts'

const test = useDatabase()
const insert = (tx: Tx, name: string): Promise<unknown> => tx.query('insert into yiben.leg values ($1)', [name])
const legs = async (): Promise<string[]> =>
  (await queryOnce<{ name: string }>(test().superUrl, 'select name from yiben.leg order by name')).map(
    ({ name }) => name,
  )
const pidOf = async (tx: Tx): Promise<number> =>
  (await tx.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid ?? 0

async function kill(pid: number): Promise<void> {
  await queryOnce(test().superUrl, 'select pg_terminate_backend($1)', [pid])
  const gone = async () =>
    (await queryOnce(test().superUrl, 'select from pg_stat_activity where pid = $1', [pid])).length === 0
  await until(gone, 5_000, 'the backend to end')
}

beforeAll(async () => {
  await asSuperuser(test(), (client) => client.query('create table leg (name text); grant all on leg to yiben_app'))
})
beforeEach(async () => {
  await queryOnce(test().superUrl, 'truncate yiben.leg')
})

describe('F01: the backend dies between two statements', () => {
  it('stores nothing, and says that nothing is stored', async () => {
    const late: unknown[] = []
    const lost = transact(test().database, async (tx) => {
      await insert(tx, 'leg 1')
      await kill(await pidOf(tx))
      // Others use the pool meanwhile, so that the replacement is there.
      await transact(test().database, (other) => insert(other, 'of another'))
      await insert(tx, 'leg 2').catch((error: unknown) => {
        late.push(error)
        throw error
      })
    })
    await expect(lost).rejects.toBeInstanceOf(Unavailable)
    expect(late).toHaveLength(1)
    expect(await legs()).toEqual(['of another'])
    report('F01', { half: 0 })
  })

  it('posts once where the backend of a posting dies while it waits for the lock of its book', async () => {
    const ledger = openLedger(test().database)
    await createBooks(ledger)
    const door = ledgerDoor(ledger)
    const given = await fund(door)
    const operation: Operation = { id: 'once', parts: [{ book: 'F-A', on: '2026-03-05', lines: transfer }] }
    const reply = await asSuperuser(test(), async (client) => {
      await client.query(`begin; select from book_head where book_id = 1 for update`)
      const asked = door(operation, 'once')
      await kill(await waitingForLock())
      await client.query('rollback')
      return asked
    })
    expect(reply.kind).toBe('ok')
    const events = [{ at: 0, id: operation.id, ...reply }]
    const verdict = await judge(test().superUrl, { seed: 0, operations: [operation], events, surprises: [] }, given)
    expect(verdict.faults).toEqual([])
    expect(verdict.acked).toBe(1)
  })
})

const transfer = [
  { account: '1011', side: 'debit', fen: 100n, project: 'P1' },
  { account: '1011', side: 'credit', fen: 100n, project: 'P2' },
] as const

async function waitingForLock(): Promise<number> {
  const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
  await until(async () => (await queryOnce(test().superUrl, waiting)).length > 0, 5_000, 'the posting to wait')
  return (await queryOnce<{ pid: number }>(test().superUrl, waiting))[0]?.pid ?? 0
}

describe('F02: a transaction that is over comes back late', () => {
  let one: Database
  beforeAll(() => {
    one = openDatabase(test().url, { connections: 1 })
  })
  afterAll(() => one.close())

  it.each(['killed', 'committed', 'refused'])(
    'touches nothing when it was %s and its connection serves another',
    async (end) => {
      const { open, gate } = gateOf()
      let leaked: Promise<unknown> = Promise.resolve()
      const first = transact(one, async (tx) => {
        await insert(tx, 'of the first')
        leaked = gate.then(() => insert(tx, 'late')).then(() => tx.query('commit'))
        leaked.catch(() => undefined)
        if (end === 'killed') await kill(await pidOf(tx))
        if (end === 'refused') throw new Error('refused')
        await tx.query('select 1')
      })
      if (end === 'committed') await first
      else await expect(first).rejects.toThrow()
      const second = transact(one, async (tx) => {
        await insert(tx, 'of the second')
        open()
        await expect(leaked).rejects.toThrow()
        throw new Error('refused')
      })
      await expect(second).rejects.toThrow('refused')
      expect(await legs()).toEqual(end === 'committed' ? ['of the first'] : [])
      report(`F02, first ${end}`, { 'foreign commits': 0 })
    },
  )
})

describe('F01 and F02 through postgres.js: the controls', () => {
  const script = fileURLToPath(new URL('naive-driver.ts', import.meta.url))
  const through = async (scenario: string, kind: string): Promise<unknown> => {
    const words = ['--import', 'tsx', script, scenario, kind, test().url, test().superUrl]
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 30_000 })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null')
  }

  it.each(['plain', 'drizzle'])('F01, %s: the second leg is stored alone', async (kind) => {
    const stored = await through('F01', kind)
    report(`F01 control: ${kind}`, { stored: JSON.stringify(stored) })
    expect(stored).toEqual(['leg 2'])
  })

  it.each(['plain', 'drizzle'])('F02, %s: what was refused is committed', async (kind) => {
    const stored = await through('F02', kind)
    report(`F02 control: ${kind}`, { stored: JSON.stringify(stored) })
    expect(stored).toEqual(['of the refused'])
  })
})

describe('F03: the connection goes during COMMIT', () => {
  let [proxy, database, ledger]: [Proxy | undefined, Database | undefined, Ledger | undefined] = [
    undefined,
    undefined,
    undefined,
  ]
  let point: CutPoint = 'before'
  const cutter: Cutter = commitCutter(() => point)
  const given: Operation[] = []

  beforeAll(async () => {
    const url = new URL(test().url)
    proxy = await openProxy(Number(url.port), cutter.hooksOf)
    url.port = String(proxy.port)
    database = openDatabase(url.href)
    ledger = eagerLedger(database)
    await queryOnce(test().superUrl, 'select 1')
    given.push(...(await fund(ledgerDoor(ledger))))
  })
  afterAll(async () => {
    await database?.close()
    await proxy?.close()
  })
  const through = (): { database: Database; ledger: Ledger } => {
    if (!database || !ledger) throw new Error('made before the first test')
    return { database, ledger }
  }

  it.each(cutPoints)('%s: the outcome is Unknown, and is none or one', async (where) => {
    point = where
    cutter.left = 1
    await expect(transact(through().database, (tx) => insert(tx, where))).rejects.toBeInstanceOf(Unknown)
    expect(cutter.left).toBe(0)
    const stored = await legs()
    if (where === 'behind')
      await until(async () => (await legs()).length === 1, 2_000, 'the commit').catch(() => undefined)
    else expect(stored).toEqual(where === 'before' ? [] : [where])
    report(`F03 ${where}`, { unknown: 1, 'resolved to': (await legs()).length })
  })

  it.each(cutPoints)(
    '%s: a posting cut once is answered all the same, cut each time is Unknown, and is one entry',
    async (where) => {
      point = where
      const door = ledgerDoor(through().ledger)
      for (const cuts of [1, 4]) {
        const operation: Operation = {
          id: `${where} ${cuts}`,
          parts: [{ book: 'F-A', on: '2026-03-06', lines: transfer }],
        }
        cutter.left = cuts
        const key = operation.id.replace(' ', '-')
        if (cuts === 4) await expect(door(operation, key)).rejects.toBeInstanceOf(Unknown)
        const reply = await door(operation, key)
        const again = await door(operation, key)
        expect(reply.kind).toBe('ok')
        expect(again).toEqual({ ...reply, replayed: true })
        if (where !== 'behind') expect(reply.replayed).toBe(where === 'answered')
        const count = await queryOnce(test().superUrl, 'select from yiben.entry where summary = $1', [operation.id])
        expect(count).toHaveLength(1)
      }
    },
  )

  const underCuts = async (points: readonly CutPoint[], seed: number, options: LoadOptions = {}) => {
    const load = startLoad(ledgerDoor(through().ledger), seed, options)
    for (const where of points) {
      point = where
      // As often as the ledger itself tries, so that it reaches the clients.
      cutter.left = 4
      await until(() => cutter.left === 0, 20_000, 'the cuts')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const history = await load.finish()
    return judge(test().superUrl, history, [...given, ...history.operations, ...others()])
  }
  // Everything posted by the tests before, which nobody needs to answer for here.
  const others = (): Operation[] =>
    cutPoints.flatMap((where) => [1, 4].map((cuts) => ({ id: `${where} ${cuts}`, parts: [] })))

  it('loses and doubles nothing under load', { timeout: 60_000 }, async () => {
    const verdict = await underCuts([...cutPoints, ...cutPoints], 3)
    reportVerdict('F03 under load', verdict, { cuts: cutter.cuts })
    expect(verdict.faults.filter((fault) => !fault.includes('nobody asked'))).toEqual([])
    expect(verdict.unknown).toBeGreaterThan(0)
    expect(verdict.replays).toBeGreaterThan(0)
    expect(verdict.open).toBe(0)
  })

  it('the control: without keys the retries double', { timeout: 60_000 }, async () => {
    const verdict = await underCuts(['answered'], 4, { newKeyEachTry: true })
    report('F03 control: a new key each try', {
      acked: verdict.acked,
      doubled: verdict.doubled,
      unknown: verdict.unknown,
    })
    expect(verdict.doubled).toBeGreaterThan(0)
  })
})
