/**
 * PostgreSQL array literals for statements that write a whole batch through `unnest`. A parameter a value costs three times
 * as much as an array a column, so columns are what the ledger sends.
 */

export const intArray = (values: readonly (number | bigint | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : value.toString())).join(',')}}`

/** Text in quotes, with quotes and backslashes escaped. A column that is null throughout is sent empty: unnest fills it up. */
export function textArray(values: readonly (string | null | undefined)[]): string {
  if (values.every((value) => value === null || value === undefined)) return '{}'
  return `{${values.map((value) => (value === null || value === undefined ? 'NULL' : quoted(value))).join(',')}}`
}

export const bytesArray = (values: readonly Buffer[]): string =>
  `{${values.map((value) => `"\\\\x${value.toString('hex')}"`).join(',')}}`

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `"${text}"`
}
