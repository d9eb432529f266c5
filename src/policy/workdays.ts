/**
 * Working days (工作日) of Asia/Shanghai: weekdays less public holidays, plus the weekend days worked in lieu. The State
 * Council announces each year's holidays in the November before; the library carries what was announced. A year nobody
 * has announced is refused, because the library would take its 1 January for a working day.
 */
import calendar from 'chinese-days'
import { addDays, type Day, day, numberOfDay, yearOf } from '../base/calendar.ts'
import { catalogue } from '../base/refusal.ts'
import { lawOn } from './parameters.ts'

/** Years whose holidays are announced and in the library (2026: 国办发明电〔2025〕7号). Raise when the library has the next. */
export const workdayYears = { first: 2005, last: 2026 } as const

export const workdayRefusals = {
  holidays_not_announced: {
    status: 422,
    title: { zh: '该年节假日安排尚未发布', en: 'Holidays of that year are not announced' },
    detail: (f: { on: Day; first: number; last: number }) => ({
      zh: `${f.on} 所在年份的节假日安排不在已收录的 ${f.first}—${f.last} 年之内，无法判断工作日。请在国务院办公厅发布安排后更新系统。`,
      en: `Holidays are known for ${f.first}–${f.last}; working days of ${f.on} cannot be told. Update once the State Council has announced them.`,
    }),
  },
} as const

const refuse = catalogue(workdayRefusals)

/** Can working days of that year be told? */
export const knowsWorkdays = (on: Day): boolean => yearOf(on) >= workdayYears.first && yearOf(on) <= workdayYears.last

/** Is this a working day? Refuses `holidays_not_announced` outside the announced years. */
export function isWorkday(on: Day): boolean {
  const { first, last } = workdayYears
  if (!knowsWorkdays(on)) throw refuse('holidays_not_announced', { on, first, last })
  const { name, work } = calendar.getDayDetail(on)
  // An announced day is named in three parts. Of any other only the weekday counts, which is ours to tell: the library
  // reads the date as midnight in London and asks for the local weekday, and west of there Monday becomes Sunday.
  return name.includes(',') ? work : !isWeekend(on)
}

// 1970-01-01 was a Thursday: counted from there, Saturday leaves 2 and Sunday 3.
const isWeekend = (on: Day): boolean => [2, 3].includes(((numberOfDay(on) % 7) + 7) % 7)

/** The day itself if it is a working day, else the next one (顺延). */
export function workdayFrom(on: Day): Day {
  let candidate = on
  while (!isWorkday(candidate)) candidate = addDays(candidate, 1)
  return candidate
}

/** So many working days after a day, not counting the day itself. */
export function addWorkdays(on: Day, days: number): Day {
  let [at, left] = [on, days]
  while (left > 0) {
    at = addDays(at, 1)
    if (isWorkday(at)) left -= 1
  }
  return at
}

/**
 * Is this a working day as far as can be told before the year's holidays are announced? Weekends and the holidays that
 * the law fixes are none; bridge days, and weekend days worked in lieu, are not known yet.
 */
export function isLikelyWorkday(on: Day): boolean {
  return !isWeekend(on) && !isFixedHoliday(on)
}

function isFixedHoliday(on: Day): boolean {
  const { solar, lunar, eveOf, pureBrightnessIn } = lawOn(on).take('public_holidays')
  const year = yearOf(on)
  return (
    solar.includes(on.slice(5)) ||
    lunar.some((date) => dayOfMoon(year, date) === on) ||
    eveOf.some((date) => addDays(dayOfMoon(year, date), -1) === on) ||
    (Number(on.slice(5, 7)) === pureBrightnessIn && Number(on.slice(8)) === dateOfPureBrightness(year))
  )
}

const firstLunarDay = day('1900-01-31')
const lunarMonths = Array.from({ length: 12 }, (_, index) => index + 1)

/**
 * The day of a lunar date MM-DD of the lunar year that begins in a year. Counted from the lengths of the months, which
 * the library has as a table: what it makes of them depends on the process's time zone, and the tables of ICU take the
 * new moon of 6 February 2027, four minutes before midnight, for the next day's.
 */
function dayOfMoon(year: number, date: string): Day {
  const [month, ofMonth] = [Number(date.slice(0, 2)), Number(date.slice(3))]
  let days = ofMonth - 1
  for (let before = yearOf(firstLunarDay); before < year; before += 1) days += daysOfMonths(before, lunarMonths)
  days += daysOfMonths(year, lunarMonths.slice(0, month - 1))
  return addDays(firstLunarDay, days)
}

function daysOfMonths(year: number, months: readonly number[]): number {
  const { leapMonth, days: ofLeap } = calendar.getYearLeapMonth(year)
  const leap = leapMonth !== undefined && months.includes(leapMonth) ? ofLeap : 0
  return months.reduce((sum, month) => sum + calendar.monthDays(year, month), leap)
}

// The sun passes 15° on the 4th or 5th, by the usual rule for the years 2000 to 2099: 0.2422 of a day later each year,
// a day earlier each leap year.
function dateOfPureBrightness(year: number): number {
  const ofCentury = year % 100
  return Math.floor((ofCentury * 2422 + 48_100) / 10_000) - Math.floor(ofCentury / 4)
}
