/** The sample's book that began in mid-year: taken over once, approved, and clean by every check. */
import { expect, it } from 'vitest'
import { type Clock, day, numberOfDay } from '../../src/base/calendar.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { loadMidYear } from '../../src/sample/programme/mid-year.ts'
import { loadRegistry } from '../../src/sample/programme/registry.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { report } from '../faults/report.ts'
import { useDatabase } from '../support/database.ts'

const test = useDatabase()

it('begins with what its dwellings hold, however often it is loaded', async () => {
  let micros = BigInt(numberOfDay(day('2031-05-20'))) * 86_400_000_000n
  const clock: Clock = () => (micros += 1_000n)
  const ledger = openLedger(test().database, clock)
  await loadRegistry(ledger, 2030)
  const began = performance.now()
  await loadMidYear(ledger, 2030)
  report('sample take-over', { ms: Math.round(performance.now() - began) })
  await loadMidYear(ledger, 2030)
  const book = await ledger.shelf.find('SAMPLE-110109-WX')
  if (!book) throw new Error('the book is opened')
  const held = await readBalance(ledger.database, book, { account: '100101' })
  const owned = await readBalance(ledger.database, book, { account: '3001' })
  expect([held.debitFen, owned.creditFen]).toEqual([5_160_000n, 5_160_000n])
  const taken = await ledger.database.sql`select state, balances, register_rows from take_over`
  expect(taken).toEqual([{ state: 'posted', balances: 7, register_rows: 0 }])
  for await (const { check, faults } of runAllChecks(ledger.database)) {
    if (/take_over|kept_accounts|opened/.test(check)) expect([check, faults]).toEqual([check, []])
  }
}, 300_000)
