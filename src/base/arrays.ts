/**
 * Rows by a key, and columns of rows. A statement that writes a whole batch sends columns as PostgreSQL array literals
 * through `unnest`: a parameter a value costs three times as much as an array a column.
 */

/** Rows by a key of theirs: keys in the order in which they are first met, rows of a key in the order given. */
export function groupBy<Row, Key>(rows: Iterable<Row>, key: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) {
    const of = key(row)
    const group = groups.get(of)
    if (group) group.push(row)
    else groups.set(of, [row])
  }
  return groups
}

export const intArray = (values: readonly (number | bigint | null)[]): string =>
  `{${(values.includes(null) ? values.map((value) => value ?? 'NULL') : values).join(',')}}`

/**
 * Text in quotes, with quotes and backslashes escaped. A column that is null throughout is sent empty: unnest fills it
 * up.
 */
export function textArray(values: readonly (string | null | undefined)[]): string {
  if (values.every((value) => value === null || value === undefined)) return '{}'
  if (values.includes(null) || values.includes(undefined)) {
    return `{${values.map((value) => (value === null || value === undefined ? 'NULL' : quoted(value))).join(',')}}`
  }
  // A look at all of them at once: hardly any column has something to escape.
  return /["\\]/.test(values.join(''))
    ? `{${values.map((value) => quoted(value ?? '')).join(',')}}`
    : `{"${values.join('","')}"}`
}

export const bytesArray = (values: readonly Buffer[]): string => hexArray(values.map((value) => value.toString('hex')))

/** Bytes that are hex digits already. */
export function hexArray(values: readonly string[]): string {
  if (values.length === 0) return '{}'
  return `{"\\\\x${values.join('","\\\\x')}"}`
}

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `"${text}"`
}
