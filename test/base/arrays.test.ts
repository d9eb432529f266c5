/** What goes out as an array literal comes back from PostgreSQL character for character. */
import { expect, it } from 'vitest'
import { bytesArray, intArray, textArray } from '../../src/base/arrays.ts'
import { useDatabase } from '../support/database.ts'

const test = useDatabase()

it('sends any text, number and bytes unchanged', async () => {
  const texts = [
    '',
    'NULL',
    'null',
    '"',
    '\\',
    '\\"',
    '{}',
    ',',
    "'",
    '一本账',
    '𠮷䶮',
    '\n\t',
    ' a ',
    '\\x00',
    '$1',
    '=1+1',
  ]
  const bytes = [Buffer.from([0, 255, 92, 34]), Buffer.alloc(0), Buffer.from('\\x')]
  const { rows } = await test().database.pool.query<{ texts: string[]; ints: string[]; bytes: Buffer[] }>(
    'select $1::text[] as texts, $2::bigint[] as ints, $3::bytea[] as bytes',
    [textArray([...texts, null]), intArray([1, -9007199254740993n, null]), bytesArray(bytes)],
  )
  expect(rows[0]?.texts).toEqual([...texts, null])
  expect(rows[0]?.ints.map(String)).toEqual(['1', '-9007199254740993', 'null'])
  expect(rows[0]?.bytes).toEqual(bytes)
})
