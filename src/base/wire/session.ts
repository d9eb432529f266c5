/**
 * How a connection of ours speaks with the server, said by the connection itself: what an administrator set for the
 * database, the role or the server changes no answer. Drivers are told the types here too, and ask the server for none:
 * a connection that ended while it asked left a rejection that nobody could handle, and the process ended with it.
 */
import pg from 'pg'
import postgres from 'postgres'

// How values are written, and what a statement means.
const spelled = {
  client_encoding: 'UTF8',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
} as const

/** What every session of a role begins with, whatever login the URL names; a RESET falls back to it. */
export const sessionOf = (role: string, more: Readonly<Record<string, string>>): Record<string, string> => ({
  ...spelled,
  role,
  search_path: 'yiben',
  ...more,
})

/** As the words of the startup parameter `options`. */
export const asOptions = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
    .join(' ')

// A sum over bigint is numeric, without a bound: whole ones are bigint here too, however large; others stay text.
const numericOf = (text: string): bigint | string => (/^-?[0-9]+$/.test(text) ? BigInt(text) : text)

// int8 as bigint, never a float; date, timestamp and timestamptz as the text PostgreSQL sends.
const elements: Record<number, (text: string) => unknown> = {
  20: BigInt,
  1082: String,
  1114: String,
  1184: String,
  1700: numericOf,
}

/** For pg, which transactions use. */
export const pgTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format: 'text' | 'binary' = 'text') =>
    (format === 'text' && elements[oid]) || pg.types.getTypeParser(oid, format),
}

// The types of the arrays a read may give: of the array, and of what stands in it.
const arrays: readonly (readonly [name: string, array: number, element: number])[] = [
  ['bool', 1000, 16],
  ['bytea', 1001, 17],
  ['name', 1003, 19],
  ['int2', 1005, 21],
  ['int4', 1007, 23],
  ['text', 1009, 25],
  ['bpchar', 1014, 1042],
  ['varchar', 1015, 1043],
  ['int8', 1016, 20],
  ['timestamp', 1115, 1114],
  ['date', 1182, 1082],
  ['timestamptz', 1185, 1184],
  ['numeric', 1231, 1700],
  ['uuid', 2951, 2950],
  ['jsonb', 3807, 3802],
]

const { arrayParser } = pg.types as unknown as {
  arrayParser: { create(text: string, of: (element: string) => unknown): { parse(): unknown[] } }
}

const parserOf = (element: number): ((text: string) => unknown) =>
  elements[element] ?? (pg.types.getTypeParser(element) as (text: string) => unknown)

type Element = string | number | bigint | boolean | Uint8Array | null | undefined

/** Text of an array as PostgreSQL reads it. */
function arrayText(given: string | readonly Element[]): string {
  if (typeof given === 'string') return given
  const written = given.map((value) => {
    if (value === null || value === undefined) return 'null'
    const text = value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : String(value)
    return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  })
  return `{${written.join(',')}}`
}

const ofArrays = Object.fromEntries(
  arrays.map(([name, array, element]) => [
    `${name}_array`,
    {
      to: array,
      from: [array],
      serialize: arrayText,
      parse: (text: string) => arrayParser.create(text, parserOf(element)).parse(),
    },
  ]),
)

/** For postgres.js, which reads use. */
export const readTypes = {
  bigint: postgres.BigInt,
  numeric: { to: 1700, from: [1700], serialize: String, parse: numericOf },
  date: { to: 1082, from: [1082], serialize: String, parse: String },
  timestamp: { to: 1184, from: [1114, 1184], serialize: String, parse: String },
  ...ofArrays,
}
