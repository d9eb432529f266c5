/** Every line of the contract's examples, exactly as the contract has them. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { trial } from './trial.ts'

type Example = { id: string; calc: string; input: unknown; expect: Record<string, unknown> }

const examples = readFileSync(new URL('../fixtures/contract/calc-examples.ndjson', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Example)

describe('the examples of the contract', () => {
  test('are all there', () => expect(examples.length).toBeGreaterThanOrEqual(125))

  test.each(examples.map((example) => [example.id, example] as const))(
    '%s',
    (_id, { calc, input, expect: expected }) => {
      const outcome = trial(calc, input)
      if ('refusal' in expected && Object.keys(expected).length === 1) expect(outcome).toEqual(expected)
      else if (expected.invalid === true) expect(outcome).toHaveProperty('invalid')
      else expect(outcome).toEqual({ result: expected })
    },
  )
})
