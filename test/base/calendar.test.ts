import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  businessDay,
  day,
  daysBetween,
  fiscalYear,
  formatInstant,
  instantText,
  lastDayOf,
  parseDay,
  parseInstant,
  parseMonth,
  previousMonth,
} from '../../src/base/calendar.ts'

const days = fc.integer({ min: 0, max: 109_572 }).map((n) => addDays(day('1900-01-01'), n))

describe('a day', () => {
  it.each(['2024-02-29', '1900-01-01', '2199-12-31', '2000-02-29'])('is %s', (text) => {
    expect(parseDay(text)).toBe(text)
  })

  it.each([
    '2026-02-30',
    '2026-13-01',
    '2025-02-29',
    '1900-02-29',
    '26-1-5',
    '2026/01/05',
    '20260105',
    '2026-1-05',
    '1899-12-31',
    '2200-01-01',
    '0000-01-01',
    '+275760-09-13',
    'today',
    'infinity',
    '2026-01-01; drop table',
    '2026-01-01\n',
    '２０２６-01-01',
    '',
  ])('is not %j', (text) => {
    expect(parseDay(text)).toBeUndefined()
  })

  it('counts and moves without a time zone', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -3000, max: 3000 }), (on, n) => daysBetween(on, addDays(on, n)) === n),
    )
  })

  it('so many months later is the same day, or the month’s last', () => {
    expect(addMonths(day('2024-02-29'), 60)).toBe('2029-02-28')
    expect(addMonths(day('2023-01-31'), 1)).toBe('2023-02-28')
    expect(addMonths(day('2023-03-15'), -3)).toBe('2022-12-15')
    expect(addMonths(day('2022-09-15'), 24)).toBe('2024-09-15')
  })

  it('knows its month and fiscal year', () => {
    expect(lastDayOf('2024-02' as never)).toBe('2024-02-29')
    expect(previousMonth('2024-01' as never)).toBe('2023-12')
    expect(fiscalYear(day('2026-07-01'))).toEqual({ first: '2026-01-01', last: '2026-12-31' })
    expect([parseMonth('2026-12'), parseMonth('2026-13'), parseMonth('2026-1'), parseMonth('1899-01')]).toEqual([
      '2026-12',
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('an instant', () => {
  it('falls on the business day of Beijing, whatever zone the process runs in', () => {
    const at = (text: string) => businessDay(parseInstant(text) ?? 0n)
    expect(at('2026-12-31T15:59:59.999999Z')).toBe('2026-12-31')
    expect(at('2026-12-31T16:00:00Z')).toBe('2027-01-01')
    expect(at('2026-01-01T00:00:00+08:00')).toBe('2026-01-01')
    expect(at('2025-12-31T16:00:00Z')).toBe('2026-01-01')
  })

  it('keeps its microseconds in and out', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 7_000_000_000_000_000n }),
        (at) => parseInstant(formatInstant(at)) === at && parseInstant(instantText(at)) === at,
      ),
    )
  })

  it.each([
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00+8',
    '2026-01-01T00:00:00+08:60',
    '2026-01-01T00:00:00+15:00',
    '2026-01-01',
    'now',
    '1767225600000',
  ])('is not %j', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })
})
