/**
 * Each calculation is described truthfully: its example, its schemas, and the list of names that the contract fixes.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { schemaOf } from '../../src/calc/calculation.ts'
import { calculations } from '../../src/calc/registry.ts'
import { answer, trial } from './trial.ts'

const contract = readFileSync(new URL('../fixtures/contract/calc.md', import.meta.url), 'utf8')
const rows = [...contract.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1])

test('the names are those of the contract, in its order', () => {
  expect(calculations.map(({ name }) => name)).toEqual(rows)
})

describe.each(calculations.map((calculation) => [calculation.name, calculation] as const))(
  '%s',
  (name, calculation) => {
    test('its worked example comes out as it says', () => {
      expect(trial(name, calculation.example.input)).toEqual({ result: calculation.example.result })
    })

    test('its result keeps its own schema, and is written as zod writes it', () => {
      const { result } = answer(name, calculation.example.input)
      const read = z.decode(calculation.result, result)
      expect(z.encode(calculation.result, read)).toEqual(result)
    })

    test('its JSON Schema is of 2020-12 and describes every property in both languages', () => {
      const schema = schemaOf(calculation)
      for (const side of [schema.input, schema.output]) {
        expect(side.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
        for (const property of propertiesOf(side as Schema))
          expect(property.description ?? '', JSON.stringify(property)).toMatch(/\p{Script=Han}.* \/ /u)
      }
      expect(schema.description.zh).toMatch(/\p{Script=Han}/u)
    })
  },
)

type Schema = { description?: string; properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[] }

/** All properties at any depth; nested forms that only hold properties need no description of their own. */
function propertiesOf(schema: Schema): Schema[] {
  const direct = Object.values(schema.properties ?? {})
  const nested = [...direct, ...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? [])]
  return [...direct.filter(({ properties }) => !properties), ...nested.flatMap(propertiesOf)]
}
