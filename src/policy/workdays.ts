/**
 * Working days (工作日) of Asia/Shanghai: weekdays less public holidays, plus the weekend days worked in lieu. The State
 * Council announces each year's holidays in the November before; the library carries what was announced. A year nobody
 * has announced is refused, because the library would take its 1 January for a working day.
 */
import calendar from 'chinese-days'
import { addDays, type Day, numberOfDay, yearOf } from '../base/calendar.ts'
import { catalogue } from '../base/refusal.ts'

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
export const isWeekend = (on: Day): boolean => [2, 3].includes(((numberOfDay(on) % 7) + 7) % 7)

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
