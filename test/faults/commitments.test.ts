/**
 * F30: fifty commitments at one moment, each on a connection of its own, against what one indicator has left, and
 * against what one item still costs. The winners' sum fits, the losers are told why, no fen is lost and none counted
 * twice. Each with a control, in which what guards is taken off and the same harness sees what is wrong.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, openDatabase } from '../../src/base/db.ts'
import { day } from '../../src/base/calendar.ts'
import { formatFen } from '../../src/base/money.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { makeCommitment } from '../../src/budget/commitment/verbs.ts'
import { readAvailability } from '../../src/budget/indicator/holdings.ts'
import { readCommitments } from '../../src/budget/commitment/store.ts'
import { readIndicator } from '../../src/budget/indicator/store.ts'
import { type Chart, chartOf } from '../../src/ledger/chart.ts'
import { controlAccounts } from '../../src/ledger/charts/control-accounts.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { soundChecks } from '../support/sound.ts'
import { assignTo, inForce, newProject, type Office, officer, openBook, openOffice } from '../budget/office.ts'
import { useDoor } from '../support/door.ts'

type Kept = { readonly name: string; readonly text: string }
type Asking = { query: (text: string | Kept, ...more: readonly unknown[]) => unknown }
type Locking = (tx: Asking, ...rest: never[]) => unknown
const locks = vi.hoisted(() => {
  const state = { taken: true }
  // Without its name: by that the connection would find the statement which locks.
  const without = (asked: string | Kept): string =>
    (typeof asked === 'string' ? asked : asked.text).replace('for update', '')
  const unlocked =
    (lock: Locking): Locking =>
    (tx, ...rest) =>
      lock(state.taken ? tx : { query: (text, ...more) => tx.query(without(text), ...more) }, ...rest)
  return { state, unlocked }
})
vi.mock('../../src/budget/commitment/store.ts', async (original) => {
  const store = await original<typeof import('../../src/budget/commitment/store.ts')>()
  return { ...store, lockItemCost: locks.unlocked(store.lockItemCost as unknown as Locking) }
})
vi.mock('../../src/projects/project/store.ts', async (original) => {
  const store = await original<typeof import('../../src/projects/project/store.ts')>()
  return { ...store, lockProject: locks.unlocked(store.lockProject as unknown as Locking) }
})

const crowd = 50
const processes = 5
const door = useDoor()
let office: Office
const databases: Database[] = []
let ledgers: Ledger[] = []

beforeAll(async () => {
  office = openOffice(door())
  await openBook(door(), 'CITY', '110000')
  await openBook(door(), 'HOME')
  for (let n = 0; n < processes; n++) databases.push(openDatabase(door().test.url, { connections: crowd / processes }))
  ledgers = databases.map((database) => openLedger(database))
})
afterAll(() => Promise.all(databases.map((database) => database.close())))

/** An indicator with `free` yuan under a project of its own, whose one item costs `cost`. */
async function scene(name: string, free: string, cost: string): Promise<{ indicator: string; project: string }> {
  const [indicator, project] = [`Z-${name}`, `P-${name}`]
  // What the money is for beside the item: a project is given no more than it costs.
  await newProject(door(), project, { items: { B03: cost, B04: free } })
  await inForce(office, indicator, free)
  await assignTo(office, indicator, project, free)
  return { indicator, project }
}

let keys = 0
/** How each of fifty ended: `won`, or the code of its refusal. */
async function storm(of: { indicator: string; project: string }, amount: bigint): Promise<string[]> {
  const given = { ...of, item: 'B03', amount, on: day('2022-03-01') }
  return Promise.all(
    Array.from({ length: crowd }, async (_, n) => {
      const ledger = ledgers[n % processes]
      if (!ledger) throw new Error('a ledger a process')
      try {
        const answer = await makeCommitment(ledger, officer, given, `storm-${++keys}`)
        return 'refusal' in answer ? answer.refusal.code : 'won'
      } catch (error) {
        if (error instanceof Refusal) return error.code
        throw error
      }
    }),
  )
}

async function held(indicator: string) {
  const { sql } = door().test.database
  const of = await readIndicator(sql, indicator)
  if (!of) throw new Error(`no indicator ${indicator}`)
  const { committableFen, committedFen } = await readAvailability(sql, of)
  const rows = await readCommitments(sql, { indicator, after: 0n, limit: 500 })
  return {
    free: formatFen(committableFen),
    committed: formatFen(committedFen),
    rows: formatFen(rows.reduce((sum, { amountFen }) => sum + amountFen, 0n)),
  }
}

async function failing(): Promise<string[]> {
  const failed: string[] = []
  for await (const { check, ok } of soundChecks(door().test.database)) if (!ok) failed.push(check)
  return failed
}

const count = (outcomes: readonly string[]) =>
  Object.fromEntries(
    [...new Set(outcomes)].toSorted().map((one) => [one, outcomes.filter((other) => other === one).length]),
  )

describe('F30: fifty commitments at one moment', () => {
  it('against what one indicator has left: 33 of 30.00 fit into 1,000.00, and 10.00 stay free', async () => {
    const of = await scene('LEFT', '1000.00', '1000000.00')
    expect(count(await storm(of, 3_000n))).toEqual({ balance_insufficient: 17, won: 33 })
    expect(await held(of.indicator)).toEqual({ free: '10.00', committed: '990.00', rows: '990.00' })
    expect(await failing()).toEqual([])
  })

  it('against what one item still costs: 33 of 30.00 fit into 1,000.00', async () => {
    const of = await scene('COST', '1000000.00', '1000.00')
    expect(count(await storm(of, 3_000n))).toEqual({ commitment_exceeds_cost: 17, won: 33 })
    expect(await held(of.indicator)).toEqual({ free: '999010.00', committed: '990.00', rows: '990.00' })
    expect(await failing()).toEqual([])
  })

  it('has one winner where only one fits', async () => {
    const of = await scene('ONE', '59.99', '1000000.00')
    expect(count(await storm(of, 3_000n))).toEqual({ balance_insufficient: 49, won: 1 })
    expect(await held(of.indicator)).toEqual({ free: '29.99', committed: '30.00', rows: '30.00' })
  })
})

describe('the harness sees', () => {
  it('an item claimed above its cost, where its lock is not taken', async () => {
    const of = await scene('RACE', '1000000.00', '1000.00')
    locks.state.taken = false
    const outcomes = await storm(of, 3_000n).finally(() => {
      locks.state.taken = true
    })
    expect(count(outcomes).won).toBeGreaterThan(33)
    expect(await failing()).toEqual(['items_claimed_once'])
  })

  it('an indicator committed above what it has, where its account is not guarded', async () => {
    const of = await scene('OPEN', '1000.00', '1000000.00')
    await unguarded(chartOf('government'), controlAccounts.committable, async () => {
      expect(count(await storm(of, 3_000n))).toEqual({ won: crowd })
    })
    expect(await held(of.indicator)).toMatchObject({ free: '-500.00' })
    expect((await failing()).toSorted()).toContain('guarded_balances')
  })
})

async function unguarded(chart: Chart, account: string, work: () => Promise<void>): Promise<void> {
  const subject = chart.subjects.get(account)
  if (!subject) throw new Error(`no subject ${account}`)
  const guard = (guarded: boolean) => Object.assign(subject, { guarded })
  guard(false)
  try {
    await work()
  } finally {
    guard(true)
  }
}
