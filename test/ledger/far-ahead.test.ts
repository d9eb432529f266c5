/** Which days are far ahead of the day an entry is recorded on. */
import { expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { farAhead, farAheadText } from '../../src/ledger/far-ahead.ts'

it.each([
  ['2026-11-27', '2026-11-27', undefined],
  ['2027-12-31', '2026-01-01', undefined],
  ['2028-01-01', '2026-12-31', '2027-12-31'],
  ['2028-01-01', '2027-01-01', undefined],
  ['2099-03-05', '2026-11-27', '2027-12-31'],
  ['2001-01-01', '2026-11-27', undefined],
])('an entry of %s recorded on %s: %s', (on, today, last) => {
  expect(farAhead(day(on), day(today))).toBe(last)
})

it('says both days', () => {
  expect(farAheadText(day('2099-03-05'), day('2027-12-31')).zh).toMatch(/2099-03-05.*2027-12-31/)
})
