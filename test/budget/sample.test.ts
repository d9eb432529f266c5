/**
 * The money of the sample programme: books, indicators and cash plans, the same every time, and loading again changes
 * nothing.
 */
import { describe, expect, it } from 'vitest'
import { formatFen } from '../../src/base/money.ts'
import { readAvailability } from '../../src/budget/indicator/holdings.ts'
import { readCashPlans } from '../../src/budget/cash-plan/store.ts'
import { readIndicators } from '../../src/budget/indicator/store.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { loadMoney, openProgrammeBooks, sampleCityBook, sampleDistricts } from '../../src/sample/programme/money.ts'
import { day } from '../../src/base/calendar.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { report } from '../faults/report.ts'
import { useDatabase } from '../support/database.ts'

const test = useDatabase()

describe('the money of the sample programme', () => {
  it('has a book for the city and two for each district there is', () => {
    expect(Object.keys(sampleDistricts)).toEqual([...lawOn(day('2023-07-01')).take('district_codes')].toSorted())
  })

  it('is loaded by the same verbs as real money, and once', async () => {
    const ledger = openLedger(test().database)
    const { sql } = test().database
    const began = performance.now()
    await openProgrammeBooks(ledger)
    await loadMoney(ledger, 2023)
    report('sample money', { ms: Math.round(performance.now() - began) })
    const counts = async () =>
      sql`select (select count(*)::int from book) as books, (select count(*)::int from entry) as entries,
        (select count(*)::int from approval) as approvals, (select count(*)::int from indicator) as indicators`
    const [loaded] = await counts()
    expect(loaded).toEqual({ books: 33, entries: 12, approvals: 12, indicators: 4 })
    await openProgrammeBooks(ledger)
    await loadMoney(ledger, 2023)
    expect((await counts())[0]).toEqual(loaded)
    const held = []
    for (const indicator of await readIndicators(sql, { after: '', limit: 500 })) {
      const { approvedFen, unassignedFen } = await readAvailability(sql, indicator)
      held.push([indicator.indicator, indicator.kind, formatFen(approvedFen), approvedFen === unassignedFen])
    }
    expect(held).toEqual([
      ['SZ-LJ2023', 'final', '1860000000.00', true],
      ['SZ-LJ2024', 'final', '960000000.00', true],
      ['ZY-LJ2023', 'final', '498000000.00', true],
      ['ZY-LJ2024', 'final', '175320000.00', true],
    ])
    const plans = await readCashPlans(sql, { book: sampleCityBook, after: 0n, limit: 500 })
    const of2023 = plans
      .filter(({ source, programme }) => source === 'F21' && programme === 'LJ2023')
      .reduce((sum, { amountFen }) => sum + amountFen, 0n)
    expect(formatFen(of2023)).toBe('1860000000.00')
    for await (const { check, faults } of runAllChecks(test().database)) expect(faults, check).toEqual([])
  })
})
