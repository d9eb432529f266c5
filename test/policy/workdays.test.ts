import { describe, expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { addWorkdays, isLikelyWorkday, isWorkday, workdayFrom, workdayYears } from '../../src/policy/workdays.ts'

describe('working days', () => {
  // 国办发明电〔2025〕7号: Spring Festival 15–23 February 2026, worked on 14 and 28 February; New Year's holiday worked on 4
  // January.
  it.each([
    ['2026-01-01', false],
    ['2026-01-04', true],
    ['2026-02-14', true],
    ['2026-02-16', false],
    ['2026-02-28', true],
    ['2026-04-06', false],
    ['2026-05-09', true],
    ['2026-06-19', false],
    ['2026-09-20', true],
    ['2026-09-25', false],
    ['2026-11-23', true],
    ['2026-11-22', false],
  ])('%s is a working day: %s', (on, expected) => {
    expect(isWorkday(day(on))).toBe(expected)
  })

  it('move on to the next, and are counted without the first', () => {
    expect(workdayFrom(day('2026-02-15'))).toBe('2026-02-24')
    expect(workdayFrom(day('2026-02-24'))).toBe('2026-02-24')
    expect(addWorkdays(day('2025-03-03'), 3)).toBe('2025-03-06')
    expect(addWorkdays(day('2026-02-13'), 2)).toBe('2026-02-24')
  })

  it('of a year that is not announced are refused, not guessed', () => {
    expect(() => isWorkday(day(`${workdayYears.last + 1}-01-01`))).toThrow(/holidays_not_announced/)
    expect(() => isWorkday(day('2004-12-31'))).toThrow(/holidays_not_announced/)
  })

  // Lunar new year 2027 is 6 February; 清明 5 April, 端午 9 June, 中秋 15 September.
  it.each([
    ['2027-01-01', false],
    ['2027-02-05', false],
    ['2027-02-08', false],
    ['2027-02-09', true],
    ['2027-04-05', false],
    ['2027-05-03', true],
    ['2027-06-09', false],
    ['2027-09-15', false],
    ['2027-10-01', false],
    ['2027-10-04', true],
    ['2028-10-03', false],
    ['2027-01-09', false],
  ])('%s of a year that is not announced is likely one: %s', (on, expected) => {
    expect(isLikelyWorkday(day(on))).toBe(expected)
  })
})
