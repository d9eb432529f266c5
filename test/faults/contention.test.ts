/**
 * F26: serialization failures and deadlocks. Two services post to the same few accounts while other transactions take
 * the same locks in the wrong order; nothing of it surfaces, no retry is endless, and a checker that convicts naive
 * increments acquits the posts.
 */
import pg from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/base/db.ts'
import { asSuperuser, type TestDatabase, useDatabase } from '../support/database.ts'
import { eagerLedger } from '../support/ledger.ts'
import { judge, type Verdict } from './checker.ts'
import { createBooks, ledgerDoor, watchSums } from './doors.ts'
import { anomaliesOf, type Transaction } from './list-append.ts'
import { type Door, fund, type History, type Operation, startLoad } from './load.ts'
import { queryOnce } from './own-server.ts'
import { longer, report, reportVerdict, seeds } from './report.ts'

const test = useDatabase()
const databases: Database[] = []
const given: Operation[] = []
let doors: Door[] = []
const name = (): string => new URL(test().superUrl).pathname.slice(1)

beforeAll(async () => {
  await queryOnce(test().superUrl, `alter database ${name()} set deadlock_timeout = '20ms'`)
  // Two services: nothing is shared but the database.
  databases.push(openDatabase(test().url), openDatabase(test().url))
  const ledgers = databases.map((database) => eagerLedger(database))
  doors = ledgers.map(ledgerDoor)
  const [first] = ledgers
  if (first) await createBooks(first)
  given.push(...(await fund(either)))
})
afterAll(() => Promise.all(databases.map((database) => database.close())))

let turn = 0
/** Now through the one service, now through the other. */
const either: Door = (operation, key) => (doors[turn++ % doors.length] as Door)(operation, key)

type Figures = { readonly deadlocks: bigint; readonly rollbacks: bigint }
async function figures(): Promise<Figures> {
  const text = `select deadlocks::text, xact_rollback::text as rollbacks from pg_stat_database where datname = current_database()`
  const [row] = await queryOnce<{ deadlocks: string; rollbacks: string }>(test().superUrl, text)
  return { deadlocks: BigInt(row?.deadlocks ?? 0), rollbacks: BigInt(row?.rollbacks ?? 0) }
}

/** 16 clients on two accounts, as long as `meanwhile` takes. */
async function contend(
  seed: number,
  label: string,
  meanwhile: () => Promise<unknown>,
): Promise<{ verdict: Verdict; history: History }> {
  const [first] = databases
  if (!first) throw new Error('opened before the first test')
  const watch = watchSums(first)
  const load = startLoad(either, seed, { clients: 16, projects: 2, name: `${label}${seed}` })
  await meanwhile()
  const history = await load.finish()
  const watched = await watch.end()
  expect(watched).toMatchObject({ unbalanced: 0, surprises: [] })
  const verdict = await judge(test().superUrl, history, [...given, ...history.operations])
  given.push(...history.operations)
  return { verdict, history }
}

const sound = ({ verdict, history }: { verdict: Verdict; history: History }): void => {
  expect(verdict.faults).toEqual([])
  expect(history.surprises).toEqual([])
  expect(verdict.open).toBe(0)
  expect(verdict.acked).toBeGreaterThan(10)
}

/** Takes the heads of the books in the opposite order, with a pause between, again and again. */
async function lockBackwards(until: number): Promise<number> {
  let deadlocks = 0
  const client = new pg.Client({ connectionString: test().superUrl, options: '-c search_path=yiben' })
  await client.connect()
  while (performance.now() < until) {
    try {
      await client.query('begin; select from book_head where book_id = 2 for update')
      await sleep(15)
      await client.query('select from book_head where book_id = 1 for update')
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error
      deadlocks += 1
    }
    await client.query('rollback')
    await sleep(10)
  }
  await client.end()
  return deadlocks
}

describe.each(seeds)('two services, 16 clients, two accounts, seed %i', (seed) => {
  it('posts on through deadlocks', { timeout: 60_000 * longer }, async () => {
    const before = await figures()
    let suffered = 0
    const until = performance.now() + 3_000 * longer
    const outcome = await contend(seed, 'd', async () => {
      const counts = await Promise.all([lockBackwards(until), lockBackwards(until)])
      suffered = counts.reduce((sum, count) => sum + count, 0)
    })
    await sleep(1_200)
    const all = Number((await figures()).deadlocks - before.deadlocks)
    reportVerdict(`F26 deadlocks, seed ${seed}`, outcome.verdict, { deadlocks: all, 'of them ours': all - suffered })
    sound(outcome)
    expect(all).toBeGreaterThan(0)
  })

  it('posts on through serialization failures', { timeout: 60_000 * longer }, async () => {
    const before = await figures()
    await queryOnce(test().superUrl, `alter database ${name()} set default_transaction_isolation = 'serializable'`)
    await endSessions(test())
    const outcome = await contend(seed, 's', () => sleep(3_000 * longer))
    await queryOnce(test().superUrl, `alter database ${name()} reset default_transaction_isolation`)
    await endSessions(test())
    await sleep(1_200)
    const aborts = Number((await figures()).rollbacks - before.rollbacks)
    reportVerdict(`F26 serializable, seed ${seed}`, outcome.verdict, { aborts })
    sound(outcome)
    expect(aborts).toBeGreaterThan(0)
  })
})

async function endSessions({ superUrl }: TestDatabase): Promise<void> {
  await queryOnce(
    superUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename <> 'postgres'`,
  )
}

describe('the list-append checker', () => {
  const accounts = ['P0', 'P1'] as const

  it('acquits posts and reads through two services', { timeout: 30_000 }, async () => {
    const transactions: Transaction[] = []
    const transfer = async (client: number, i: number): Promise<void> => {
      const id = `list ${client} ${i}`
      const from = performance.now()
      const lines = [
        { account: '1011', side: 'debit', fen: 1n, project: accounts[i % 2] ?? 'P0' },
        { account: '1011', side: 'credit', fen: 1n, project: accounts[(i + 1) % 2] ?? 'P1' },
      ] as const
      const reply = await either({ id, parts: [{ book: 'F-A', on: '2026-05-01', lines }] }, id.replaceAll(' ', '-'))
      if (reply.kind === 'ok')
        transactions.push({ name: id, from, to: performance.now(), appends: { P0: id, P1: id }, reads: {} })
    }
    const read = async (client: number, i: number): Promise<void> => {
      const from = performance.now()
      const reads = await listsOf(test())
      transactions.push({ name: `read ${client} ${i}`, from, to: performance.now(), appends: {}, reads })
    }
    const client = async (number: number): Promise<void> => {
      for (let i = 0; i < 12; i++) await (number % 4 === 0 ? read : transfer)(number, i)
    }
    await Promise.all(Array.from({ length: 12 }, (_, number) => client(number)))
    const anomalies = anomaliesOf(transactions, await listsOf(test()))
    report('F26 list-append, posts', { transactions: transactions.length, cycles: 0, lost: anomalies.lost.length })
    expect(transactions.length).toBeGreaterThan(100)
    expect(anomalies).toEqual({ cycles: [], lost: [], torn: [] })
  })

  it('convicts naive increments at read committed', { timeout: 30_000 }, async () => {
    await asSuperuser(test(), (client) =>
      client.query(
        `create table list (name text primary key, items text[] not null); insert into list values ('x', '{}'), ('y', '{}')`,
      ),
    )
    const pool = new pg.Pool({ connectionString: test().superUrl, max: 8, options: '-c search_path=yiben' })
    const transactions: Transaction[] = []
    const naive = async (client: number, i: number): Promise<void> => {
      const value = `${client} ${i}`
      const from = performance.now()
      const session = await pool.connect()
      await session.query('begin')
      const lists = (
        await session.query<{ name: string; items: string[] }>('select name, items from list order by name')
      ).rows
      for (const { name: list, items } of lists) {
        await session.query('update list set items = $2 where name = $1', [list, [...items, value]])
      }
      await session.query('commit')
      session.release()
      const reads = Object.fromEntries(lists.map(({ name: list, items }) => [list, items]))
      transactions.push({ name: value, from, to: performance.now(), appends: { x: value, y: value }, reads })
    }
    await Promise.all(
      Array.from({ length: 8 }, async (_, client) => {
        for (let i = 0; i < 10; i++) await naive(client, i)
      }),
    )
    const { rows } = await pool.query<{ name: string; items: string[] }>('select name, items from list')
    await pool.end()
    const anomalies = anomaliesOf(transactions, Object.fromEntries(rows.map(({ name: list, items }) => [list, items])))
    report('F26 control: naive increments', {
      transactions: transactions.length,
      lost: anomalies.lost.length,
      cycles: anomalies.cycles.length,
    })
    expect(anomalies.lost.length + anomalies.cycles.length).toBeGreaterThan(0)
    expect(anomalies.lost.length).toBeGreaterThan(0)
  })

  it('finds a write skew, which loses nothing', () => {
    const one: Transaction = { name: '1', from: 0, to: 9, appends: { x: 'a' }, reads: { y: [] } }
    const two: Transaction = { name: '2', from: 0, to: 9, appends: { y: 'b' }, reads: { x: [] } }
    expect(anomaliesOf([one, two], { x: ['a'], y: ['b'] }).cycles).toEqual([['1', '2']])
    expect(anomaliesOf([one, { ...two, reads: { x: ['a'] } }], { x: ['a'], y: ['b'] }).cycles).toEqual([])
  })

  it('finds a read of old things, after newer ones were answered', () => {
    const write: Transaction = { name: 'w', from: 0, to: 1, appends: { x: 'a' }, reads: {} }
    const stale: Transaction = { name: 'r', from: 2, to: 3, appends: {}, reads: { x: [] } }
    expect(anomaliesOf([write, stale], { x: ['a'] }).cycles).toHaveLength(1)
  })

  /** Both lists in one statement. */
  async function listsOf({ superUrl }: TestDatabase): Promise<Record<string, string[]>> {
    const rows = await queryOnce<{ project: string; list: string[] }>(
      superUrl,
      `select a.project, coalesce(array_agg(e.summary order by e.sequence) filter (where e.summary like 'list %'), '{}') as list
      from yiben.account a join yiben.line l using (book_id, account) join yiben.entry e using (book_id, sequence)
      where a.book_id = 1 and a.subject = '1011' and a.project in ('P0', 'P1') group by a.project`,
    )
    return Object.fromEntries(rows.map(({ project, list }) => [project, list]))
  }
})
