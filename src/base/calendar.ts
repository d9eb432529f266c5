/**
 * Days, months and instants. A business date is a `Day`, the text YYYY-MM-DD of a real calendar day: texts of days
 * compare like the days, and no time zone can shift one. An `Instant` is microseconds since 1970 in UTC. This is the
 * only file that touches JavaScript's Date; everything else is handed a clock.
 */
import { assert } from './assert.ts'

export type Day = string & { readonly day: unique symbol }
export type Month = string & { readonly month: unique symbol }
/** Microseconds since 1970-01-01T00:00:00Z. */
export type Instant = bigint
export type Clock = () => Instant

const dayPattern = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/
const monthPattern = /^([0-9]{4})-(0[1-9]|1[0-2])$/
const instantPattern =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,9}))?(Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$/
const dayMs = 86_400_000
const shanghaiOffsetMs = 8 * 3_600_000

/** The years whose days this service knows. */
export const yearMin = 1900
export const yearMax = 2199

/** Reads YYYY-MM-DD as a real day of the known years; `undefined` for anything else. */
export function parseDay(text: string): Day | undefined {
  const parts = dayPattern.exec(text)
  if (!parts) return undefined
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const known = year >= yearMin && year <= yearMax && month >= 1 && month <= 12
  return known && date >= 1 && date <= daysInMonth(year, month) ? (text as Day) : undefined
}

/** A day written in our own code; a typing error there is a bug. */
export function day(text: string): Day {
  const parsed = parseDay(text)
  assert(parsed, `no such day: ${text}`)
  return parsed
}

/** Reads YYYY-MM of the known years; `undefined` for anything else. */
export function parseMonth(text: string): Month | undefined {
  const parts = monthPattern.exec(text)
  const year = Number(parts?.[1])
  return parts && year >= yearMin && year <= yearMax ? (text as Month) : undefined
}

export const monthOf = (on: Day): Month => on.slice(0, 7) as Month
export const yearOf = (on: Day | Month): number => Number(on.slice(0, 4))
export const firstDayOf = (month: Month): Day => `${month}-01` as Day

export function lastDayOf(month: Month): Day {
  return `${month}-${pad(daysInMonth(yearOf(month), Number(month.slice(5))))}` as Day
}

/** The month after one. */
export const nextMonth = (month: Month): Month => monthOf(addDays(lastDayOf(month), 1))

export function previousMonth(month: Month): Month {
  return monthOf(addDays(firstDayOf(month), -1))
}

/** The fiscal year runs with the calendar year (预算法 第十八条). */
export function fiscalYear(on: Day): { first: Day; last: Day } {
  return { first: day(`${on.slice(0, 4)}-01-01`), last: day(`${on.slice(0, 4)}-12-31`) }
}

export const lastDayOfYear = (year: number): Day => day(`${year}-12-31`)

export function addDays(on: Day, days: number): Day {
  return dayOfNumber(numberOfDay(on) + days)
}

/** So many months later, the same day of the month, or the month's last where it has no such day. */
export function addMonths(on: Day, months: number): Day {
  const count = yearOf(on) * 12 + Number(on.slice(5, 7)) - 1 + months
  const [year, month] = [Math.floor(count / 12), (count % 12) + 1]
  const date = Math.min(Number(on.slice(8)), daysInMonth(year, month))
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(date)}` as Day
}

/** Days from the first (counted) to the last (not counted): 算头不算尾. */
export function daysBetween(from: Day, to: Day): number {
  return numberOfDay(to) - numberOfDay(from)
}

/** A day as a number of days since 1970-01-01. */
export function numberOfDay(on: Day): number {
  return Date.UTC(yearOf(on), Number(on.slice(5, 7)) - 1, Number(on.slice(8))) / dayMs
}

export function dayOfNumber(days: number): Day {
  return new Date(days * dayMs).toISOString().slice(0, 10) as Day
}

// Where the counter of the process stood on the wall clock when the two were last compared, in milliseconds.
let began = performance.timeOrigin
// Date.now() is as fine as a millisecond; what differs by more is a wall clock that was set, or a machine that slept.
const apartMostMs = 5

/**
 * The machine's wall clock, in microseconds; finer than Date.now() so that instants of one millisecond keep their
 * order. It is followed wherever it goes: set by NTP, stepped, or gone on while the machine was suspended.
 */
export const systemClock: Clock = () => {
  const counted = performance.now()
  const wall = Date.now()
  if (Math.abs(wall - began - counted) > apartMostMs) began = wall - counted
  return BigInt(Math.round((began + counted) * 1000))
}

/** The business day an instant falls on, in Asia/Shanghai (UTC+8 without summer time since 1991). */
export function businessDay(at: Instant): Day {
  return new Date(Number(at / 1000n) + shanghaiOffsetMs).toISOString().slice(0, 10) as Day
}

/** RFC 3339 with microseconds and Beijing's offset. */
export const formatInstant = (at: Instant): string => `${microsText(at, inBeijing)}+08:00`

/** An instant as the database takes it in: UTC with microseconds. */
export const instantText = (at: Instant): string => `${microsText(at, inUtc)}Z`

type Second = { readonly offsetMs: number; second: number; text: string }

// The text of the second last asked for. Instants come in the order of time, thousands a second.
const inBeijing: Second = { offsetMs: shanghaiOffsetMs, second: Number.NaN, text: '' }
const inUtc: Second = { offsetMs: 0, second: Number.NaN, text: '' }

function microsText(at: Instant, latest: Second): string {
  // Exact: the years whose days are known end long before 2^53 microseconds.
  const micros = Number(at)
  const second = Math.floor(micros / 1_000_000)
  if (second !== latest.second) {
    latest.second = second
    latest.text = new Date(second * 1_000 + latest.offsetMs).toISOString().slice(0, 19)
  }
  return `${latest.text}.${String(micros - second * 1_000_000).padStart(6, '0')}`
}

/** Reads RFC 3339 with an offset; what is finer than a microsecond is cut off. `undefined` for anything else. */
export function parseInstant(text: string): Instant | undefined {
  const parts = instantPattern.exec(text)
  if (!parts || !parseDay(parts[1] ?? '')) return undefined
  const fraction = (parts[5] ?? '').padEnd(6, '0').slice(0, 6)
  const offset = parts[6] === 'Z' ? 0 : offsetMinutes(parts[6] ?? '')
  if (Math.abs(offset) > 14 * 60) return undefined
  const ms = Date.parse(`${parts[1]}T${parts[2]}:${parts[3]}:${parts[4]}Z`) - offset * 60_000
  return BigInt(ms) * 1000n + BigInt(fraction)
}

const databasePattern =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9:]{8})(?:\.([0-9]{1,6}))?([+-])([0-9]{2})(?::([0-9]{2}))?(?::([0-9]{2}))?$/

/** Reads an instant as the database gives it out: ISO text with microseconds, in whatever time zone its session has. */
export function instantOfDatabase(text: string): Instant {
  const parts = databasePattern.exec(text)
  assert(parts, `no instant: ${text}`)
  const [, on, time, fraction = '', sign, hours, minutes = '', seconds = ''] = parts
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  const ms = Date.parse(`${on}T${time}Z`) + (sign === '-' ? offset : -offset) * 1000
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

function offsetMinutes(text: string): number {
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))
  return text.startsWith('-') ? -minutes : minutes
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

const pad = (n: number): string => String(n).padStart(2, '0')

/** The first day the zip format knows, in whatever zone: what every member of a pack is dated, so that none tells. */
export const zipEpoch = new Date(1980, 0, 1)
