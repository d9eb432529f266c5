/** Quarters of the fiscal year: the text 2026Q3. Texts of quarters compare like the quarters. */
import { assert } from './assert.ts'
import { type Day, firstDayOf, lastDayOf, type Month, parseMonth } from './calendar.ts'

export type Quarter = string & { readonly quarter: unique symbol }

const pattern = /^([0-9]{4})Q([1-4])$/

/** Reads 2026Q3 as a quarter of the known years; `undefined` for anything else. */
export function parseQuarter(text: string): Quarter | undefined {
  const parts = pattern.exec(text)
  return parts && parseMonth(`${parts[1]}-01`) ? (text as Quarter) : undefined
}

/** A quarter written in our own code; a typing error there is a bug. */
export function quarter(text: string): Quarter {
  const parsed = parseQuarter(text)
  assert(parsed, `no such quarter: ${text}`)
  return parsed
}

/** The quarter a day lies in. */
export const quarterOf = (on: Day): Quarter => quarter(`${on.slice(0, 4)}Q${Math.ceil(Number(on.slice(5, 7)) / 3)}`)

export const yearOfQuarter = (of: Quarter): number => Number(of.slice(0, 4))
const placeInYear = (of: Quarter): number => Number(of.slice(5))
/** Quarters from the first of a year to this one: 0 for that quarter itself. */
export const quartersSince = (year: number, of: Quarter): number => (yearOfQuarter(of) - year) * 4 + placeInYear(of) - 1
/** The quarter after. */
export const nextQuarter = (of: Quarter): Quarter =>
  quarter(placeInYear(of) === 4 ? `${yearOfQuarter(of) + 1}Q1` : `${of.slice(0, 4)}Q${placeInYear(of) + 1}`)
export const firstDayOfQuarter = (of: Quarter): Day => firstDayOf(monthIn(of, 1))
export const lastDayOfQuarter = (of: Quarter): Day => lastDayOf(monthIn(of, 3))

function monthIn(of: Quarter, place: number): Month {
  const month = (placeInYear(of) - 1) * 3 + place
  return `${of.slice(0, 4)}-${String(month).padStart(2, '0')}` as Month
}
