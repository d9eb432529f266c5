/**
 * An entry dated far ahead of the day it is recorded: mostly a slip of a digit, and then it sits in the books for
 * decades. It is no fault of form, so a machine client is warned; a person needs a second one to see it.
 */
import { type Day, day, fiscalYear, yearOf } from '../base/calendar.ts'
import type { Text } from '../base/refusal.ts'
import { lawOn } from '../policy/parameters.ts'

/** The last day an entry recorded on `today` is dated without a question, where `on` lies beyond it. */
export function farAhead(on: Day, today: Day): Day | undefined {
  // Almost every entry is of the year it is recorded in, and the law is not asked.
  if (yearOf(on) <= yearOf(today)) return undefined
  const { last } = fiscalYear(day(`${yearOf(today) + lawOn(today).take('entry_years_ahead')}-01-01`))
  return on > last ? last : undefined
}

export const farAheadText = (on: Day, last: Day): Text => ({
  zh: `业务日期 ${on} 晚于 ${last}，请核对年份；记错的，冲销后按正确日期重记。`,
  en: `The entry is dated ${on}, after ${last}. Check the year; if it is wrong, reverse the entry and post it on the right day.`,
})
