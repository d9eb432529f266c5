/**
 * What is not of the form is invalid, for every calculation: its example is spoilt in every place and every way that a
 * form knows, one at a time. Optional parts are added from the cases below the examples, so that they are spoilt too.
 */
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { calculations } from '../../src/calc/registry.ts'
import { fullInputs } from './full-inputs.ts'
import { trial } from './trial.ts'

type Path = (string | number)[]

describe.each(calculations.map(({ name, input }) => [name, input] as const))('%s', (name, schema) => {
  const full = fullInputs[name]
  const json = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema

  test('has a full input that is well formed, with every property the schema knows', () => {
    expect(trial(name, full)).toHaveProperty('result')
    expect(missingProperties(json, full)).toEqual([])
  })

  test.each([undefined, null, 1, 'text', true, [], [full]])('refuses %j as the whole input', (input) => {
    expect(trial(name, input)).toEqual({ invalid: [''] })
  })

  const places = placesOf(json, full, [])
  test.each(places.map((place) => [place.path.join('.'), place] as const))(
    'refuses what is not of the form at %s',
    (_, place) => {
      for (const wrong of wrongValues(place.schema)) {
        const outcome = trial(name, withValue(full, place.path, wrong))
        expect(outcome, JSON.stringify(wrong)).toHaveProperty('invalid')
        const [first] = (outcome as { invalid: string[] }).invalid
        expect(first?.startsWith(`/${place.path.join('/')}`), `${JSON.stringify(wrong)} → ${first}`).toBe(true)
      }
    },
  )

  const objects = [{ path: [] as Path }, ...places.filter(({ schema: at }) => at.properties)]
  test.each(objects.map(({ path }) => [path.join('.') || 'the top', path] as const))(
    'refuses an unknown key at %s',
    (_, path) => {
      for (const key of ['note', 'Total', 'toString', 'constructor', '']) {
        expect(trial(name, withValue(full, [...path, key], 'x')), key).toEqual({
          invalid: [`/${[...path, key].join('/')}`],
        })
      }
    },
  )

  test('refuses the absence of each required key, and not of an optional one', () => {
    for (const { path, required } of places.filter(({ path: at }) => typeof at.at(-1) === 'string' && !isFloor(at))) {
      const outcome = trial(name, without(full, path))
      if (required) expect(outcome, path.join('.')).toHaveProperty('invalid')
      else if (!absenceMatters.has(`${name} ${path.at(-1)}`))
        expect(outcome, path.join('.')).not.toHaveProperty('invalid')
    }
  })
})

/**
 * Optional parts that may not be absent from this full input alone: an area of some, a performance that is weighted, a
 * sum of weights.
 */
const absenceMatters = new Set(['owner-shares area', 'factor-allocation performance', 'reward-allocation performance'])
const isFloor = (path: Path): boolean => path[0] === 'coefficients' && path.length > 1

type JsonSchema = {
  type?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  pattern?: string
  format?: string
  enum?: unknown[]
  minItems?: number
  minLength?: number
}

type Place = { path: Path; schema: JsonSchema; required: boolean }

/** Every place of a value that the schema describes; of a list, its first item. */
function placesOf(schema: JsonSchema, value: unknown, path: Path): Place[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([key, property]) => {
      const here = [...path, key]
      const below = placesOf(property, (value as Record<string, unknown>)[key], here)
      return [{ path: here, schema: property, required: schema.required?.includes(key) ?? false }, ...below]
    })
  }
  if (schema.items) {
    const here = [...path, 0]
    const below = placesOf(schema.items, (value as unknown[])[0], here)
    return [{ path: here, schema: schema.items, required: false }, ...below]
  }
  if (typeof schema.additionalProperties === 'object') {
    const property = schema.additionalProperties
    return Object.keys(value as object).map((key) => ({ path: [...path, key], schema: property, required: false }))
  }
  return []
}

function missingProperties(schema: JsonSchema, value: unknown, path = ''): string[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([key, property]) => {
      const child = (value as Record<string, unknown>)[key]
      return child === undefined ? [`${path}/${key}`] : missingProperties(property, child, `${path}/${key}`)
    })
  }
  return schema.items ? missingProperties(schema.items, (value as unknown[])[0], `${path}/0`) : []
}

const notAmounts = [
  '',
  ' ',
  '-1',
  '+1',
  '-0',
  '01',
  '1.',
  '.5',
  '1.005',
  '1e3',
  '1,000',
  '1 ',
  ' 1',
  '1\n',
  '１',
  '٣',
  '0x1',
  'NaN',
  'Infinity',
  '1000000000000000',
  '1'.repeat(2000),
  '0.000',
]
const notRatios = [
  '',
  '-1',
  '+1',
  '-0',
  '01',
  '00',
  '1.',
  '.5',
  '1e3',
  '1,5',
  '1 ',
  '1\n',
  '１',
  '1000000000000000',
  '0.1234567890123',
  '1/3',
]
const notDates = [
  '',
  '2023-02-29',
  '1900-02-29',
  '2023-13-01',
  '2023-00-10',
  '2023-04-31',
  '2023-1-1',
  '20230101',
  '1899-12-31',
  '2200-01-01',
  '2023-01-01T00:00:00Z',
  '2023-01-01\n',
  '２０２３-01-01',
  '0000-01-01',
  '2024-02-30',
]

function wrongValues(schema: JsonSchema): unknown[] {
  const common: unknown[] = [null, {}, { a: 1 }]
  if (schema.enum) return [...common, [], 'nonsense', 7, '', 'RAISE', true]
  if (schema.format === 'date') return [...common, [], 20230101, true, ...notDates]
  if (schema.pattern?.includes('{1,2}')) return [...common, [], 1, 0, 1.5, true, ...notAmounts]
  if (schema.pattern) return [...common, [], 1, 0, 0.5, true, ...notRatios]
  if (schema.type === 'integer') return [...common, [], '1', 1.5, -1, true, 1e21, '']
  if (schema.type === 'boolean') return [...common, [], 'true', 1, 0, '']
  if (schema.type === 'array') return [...common, 'x', 1, { 0: 'x' }, [null], ...(schema.minItems ? [[]] : [])]
  if (schema.type === 'string') return [...common, [], 1, true, ...(schema.minLength ? [''] : [])]
  if (schema.properties) return [null, [], 'x', 1]
  return [null, [], 'x', 1]
}

function withValue(input: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(input) as Record<string, unknown>
  const holder = holderOf(copy, path)
  holder[String(path.at(-1))] = value
  return copy
}

function without(input: unknown, path: Path): unknown {
  const copy = structuredClone(input) as Record<string, unknown>
  delete holderOf(copy, path)[String(path.at(-1))]
  return copy
}

function holderOf(root: Record<string, unknown>, path: Path): Record<string, unknown> {
  return path.slice(0, -1).reduce((at, key) => at[String(key)] as Record<string, unknown>, root)
}
