/** The allocation of the sample programme: the same every time, complete, and loaded once however often it is loaded. */
import { beforeAll, expect, it } from 'vitest'
import { readApprovedShares } from '../../src/allocation/store.ts'
import { sumFen } from '../../src/base/money.ts'
import { createBook } from '../../src/ledger/actions.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { loadAllocation, sampleAllocation } from '../../src/sample/programme/allocate.ts'
import { sampleBatches } from '../../src/sample/programme/generator.ts'
import { loadRegistry, sampleBookOf } from '../../src/sample/programme/registry.ts'
import { useDatabase } from '../support/database.ts'
import { faultsOf, fund, office } from './world.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  await loadRegistry(ledger)
  for (const district of new Set(sampleBatches.flatMap(({ byDistrict }) => Object.keys(byDistrict)))) {
    const code = sampleBookOf(district)
    if (await ledger.shelf.find(code)) continue
    await createBook(ledger, office, { code, name: code, district, standard: 'government' })
  }
}, 120_000)

it('divides all the municipal indicator holds among 303 projects, and loads once', async () => {
  await loadAllocation(ledger)
  expect(await readApprovedShares(ledger.database.sql, {})).toEqual([])
  await createBook(ledger, office, { code: 'CITY', name: '市财政', district: '110000', standard: 'government' })
  await fund(ledger, { indicator: 'SZ-2023-LJ', amount: '2000000000.00', programme: 'LJ2023', year: 2023 })
  await loadAllocation(ledger)
  const shares = await readApprovedShares(ledger.database.sql, { programme: 'LJ2023' })
  expect(shares).toHaveLength(303)
  expect(new Set(shares.map(({ district }) => district)).size).toBe(16)
  expect(shares.filter(({ district }) => district === '110108')).toHaveLength(57)
  expect(sumFen(shares.map(({ amountFen }) => amountFen))).toBe(200_000_000_000n)
  const entries = async () => {
    const [row] = await ledger.database.sql<{ count: number }[]>`select count(*)::int as count from entry`
    return row?.count
  }
  const before = await entries()
  await loadAllocation(ledger)
  expect(await entries()).toBe(before)
  expect(shares.every(({ allocation }) => allocation === sampleAllocation)).toBe(true)
  expect(await faultsOf(ledger, { register: true })).toEqual([])
}, 120_000)
