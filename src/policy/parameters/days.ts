/**
 * Public holidays that the law itself fixes, whatever is announced for the year: of a year whose holidays are not
 * announced yet these days, at least, are no working days.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export type PublicHolidays = {
  /** Month and day of the calendar. */
  readonly solar: readonly string[]
  /** Month and day of the lunar calendar. */
  readonly lunar: readonly string[]
  /** The day before this one of the lunar calendar: 除夕 before the first of the first month. */
  readonly eveOf: readonly string[]
  /** The month of 清明, whose day the sun decides. */
  readonly pureBrightnessIn: number
}

const holidays: PublicHolidays = {
  solar: ['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'],
  lunar: ['01-01', '01-02', '01-03', '05-05', '08-15'],
  eveOf: ['01-01'],
  pureBrightnessIn: 4,
}

export const days = {
  public_holidays: {
    zh: '全体公民放假的节日',
    en: 'Public holidays that the law fixes',
    unit: 'list',
    values: undated(holidays, 'holidays-regulation', '第二条'),
  },
} satisfies Record<string, Parameter>
