/** The allocation of the sample programme: complete, to the fen, and loaded once however often it is loaded. */
import { beforeAll, expect, it } from 'vitest'
import { readApprovedShares, readVersion } from '../../src/allocation/store.ts'
import { day } from '../../src/base/calendar.ts'
import { sumFen } from '../../src/base/money.ts'
import { readAvailability } from '../../src/budget/indicator/holdings.ts'
import { readIndicator } from '../../src/budget/indicator/store.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { loadAllocation, sampleAllocationOf } from '../../src/sample/programme/allocate.ts'
import { loadMoney, openProgrammeBooks } from '../../src/sample/programme/money.ts'
import { loadPlans } from '../../src/sample/programme/plans.ts'
import { loadRegistry } from '../../src/sample/programme/registry.ts'
import { useDatabase } from '../support/database.ts'
import { faultsOf } from './world.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  await openProgrammeBooks(ledger)
  await loadRegistry(ledger, 2023)
}, 120_000)

const entries = async (): Promise<number | undefined> => {
  const [row] = await ledger.database.sql<{ count: number }[]>`select count(*)::int as count from entry`
  return row?.count
}

it('loads nothing where the programme has no money', async () => {
  await loadAllocation(ledger, 2023)
  expect(await entries()).toBe(0)
})

it('divides all the municipal indicator holds among 303 projects, once', async () => {
  await loadMoney(ledger, 2023)
  await loadPlans({ ...ledger, today: day('2023-06-30') }, 2023)
  await loadAllocation(ledger, 2023)
  const shares = await readApprovedShares(ledger.database.sql, { programme: 'LJ2023' })
  expect(shares).toHaveLength(303)
  expect(new Set(shares.map(({ district }) => district)).size).toBe(16)
  expect(shares.filter(({ district }) => district === '110108')).toHaveLength(57)
  expect(shares.every(({ allocation }) => allocation === sampleAllocationOf(2023))).toBe(true)
  const indicator = await readIndicator(ledger.database.sql, shares[0]?.indicator ?? '')
  if (!indicator) throw new Error('an indicator')
  const held = await readAvailability(ledger.database.sql, indicator)
  expect([held.availableFen, held.allottedFen]).toEqual([0n, held.approvedFen])
  expect(sumFen(shares.map(({ amountFen }) => amountFen))).toBe(held.approvedFen)
  // None is given more than its plan takes from the source: what is over has gone on to the others (B1).
  const above = await ledger.database.sql<{ project: string }[]>`
    select s.recipient as project from allocation_share s
    left join (select f.project, sum(p.amount_fen) as fen from funding_plan f
               join funding_plan_share p on p.project = f.project and p.version = f.approved
               where p.source = ${indicator.source} group by 1) planned on planned.project = s.recipient
    where s.amount_fen > coalesce(planned.fen, 0)`
  expect([...above]).toEqual([])
  const version = await readVersion(ledger.database.sql, sampleAllocationOf(2023), 1)
  expect(version?.basis['over']).toBe('449351104.17')
  const before = await entries()
  await loadAllocation(ledger, 2023)
  expect(await entries()).toBe(before)
  expect(await faultsOf(ledger, { register: true })).toEqual([])
}, 120_000)
