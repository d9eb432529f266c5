/**
 * The types our columns have in the program, for every `tables.ts`. What pg and postgres.js give out is set once, in
 * db.ts, and is the same for both; these say what becomes of it. Money is never a float on the way, and a day never
 * meets a time zone.
 */
import { customType } from 'drizzle-orm/pg-core'
import { type Day, firstDayOf, type Instant, instantOfDatabase, instantText, type Month, monthOf } from '../calendar.ts'
import type { JsonRead } from '../json.ts'
import type { Fen } from '../money.ts'

// A prepared statement encodes whatever it is given, a null too.
const unlessNull =
  <T>(encode: (value: T) => string) =>
  (value: T): string =>
    value === null ? (value as never) : encode(value)

/** Whole fen. */
export const fen = customType<{ data: Fen; driverData: bigint }>({ dataType: () => 'bigint' })

/** Any other whole number of eight bytes: areas in dm², numbers of entries. */
export const whole = customType<{ data: bigint; driverData: bigint }>({ dataType: () => 'bigint' })

export const day = customType<{ data: Day; driverData: string }>({
  dataType: () => 'date',
  fromDriver: (text) => text as Day,
})

/** A month, kept as its first day. */
export const month = customType<{ data: Month; driverData: string }>({
  dataType: () => 'date',
  toDriver: unlessNull(firstDayOf),
  fromDriver: (text) => monthOf(text as Day),
})

/** Microseconds since 1970. Not for columns that may be infinite. */
export const instant = customType<{ data: Instant; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: unlessNull(instantText),
  fromDriver: instantOfDatabase,
})

/** Bytes of a hash or a key. */
export const digest = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/**
 * JSON that PostgreSQL keeps parsed; `.$type<T>()` says of which shape. drizzle's own type takes a text for JSON once
 * more: the text "12" would come back as a number.
 */
export const json = customType<{ data: JsonRead; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: unlessNull((value) => JSON.stringify(value)),
  fromDriver: (value) => value as JsonRead,
})
