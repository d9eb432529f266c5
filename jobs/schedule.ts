/**
 * When the calendar asks for a job: pure arithmetic of days. An occurrence is named by its period, and the name is the
 * job's key, so any number of processes may ask for it as often as they like and it is asked for once. After a
 * standstill the latest occurrence is asked for, not all that were missed.
 */
import {
  addDays,
  addMonths,
  businessDay,
  type Day,
  day,
  firstDayOf,
  type Instant,
  monthOf,
  parseInstant,
  yearOf,
} from '../src/base/calendar.ts'
import { assert } from '../src/base/assert.ts'
import { quarterOf } from '../src/base/quarter.ts'
import { isLikelyWorkday, isWorkday, knowsWorkdays } from '../src/policy/workdays.ts'
import type { Occurrence, Schedule } from './job.ts'

type Rule = Schedule['rule']

/** The latest occurrence that is due at an instant. */
export function latestOccurrence(rule: Rule, at: Instant): Occurrence {
  // Two steps back are enough for any rule: this period's may lie ahead, the one before does not.
  for (let stepsBack = 0; stepsBack <= 2; stepsBack++) {
    const occurrence = occurrenceOf(rule, businessDay(at), stepsBack)
    if (occurrence.at <= at) return occurrence
  }
  throw new Error(`no occurrence before ${at}`)
}

function occurrenceOf(rule: Rule, today: Day, stepsBack: number): Occurrence {
  if (rule.every === 'day') {
    const on = addDays(today, -stepsBack)
    return { period: on, on, at: instantOf(on, rule.at), certain: true }
  }
  if (rule.every === 'year') {
    const year = yearOf(today) - stepsBack
    const on = day(`${year}-${two(rule.month)}-${two(rule.date)}`)
    return { period: String(year), on, at: instantOf(on, rule.at), certain: true }
  }
  const month = Number(today.slice(5, 7))
  const first = addMonths(firstDayOf(monthOf(today)), -((month - 1) % 3) - 3 * stepsBack)
  const { on, certain } = nthWorkday(first, rule.workday)
  return { period: quarterOf(addDays(first, -1)), on, at: instantOf(on, rule.at), certain }
}

/**
 * The so-manyth working day from a day on. Where holidays are not announced yet weekdays but those that the law fixes
 * are counted, and it is said so.
 */
function nthWorkday(from: Day, count: number): { on: Day; certain: boolean } {
  let [on, left, certain] = [addDays(from, -1), count, true]
  while (left > 0) {
    on = addDays(on, 1)
    const known = knowsWorkdays(on)
    if (!known) certain = false
    if (known ? isWorkday(on) : isLikelyWorkday(on)) left -= 1
  }
  return { on, certain }
}

function instantOf(on: Day, time: string): Instant {
  const at = parseInstant(`${on}T${time}:00+08:00`)
  assert(at !== undefined, `no such time of day: ${time}`)
  return at
}

const two = (n: number): string => String(n).padStart(2, '0')
