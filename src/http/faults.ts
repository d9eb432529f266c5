/**
 * From a schema's findings to what the caller reads: the place as a JSON pointer, and a sentence in both languages that
 * says which form was expected. Schemas name the form in their `error`; the sentences stand in form/sentences.ts.
 */
import type * as z from 'zod'
import { pointer } from '../base/json.ts'
import type { Text } from '../base/refusal.ts'
import { sentenceOf } from '../form/sentences.ts'
import { type Fault, Problem } from './problem.ts'

const unknownKey: Text = { zh: '没有这一项', en: 'unknown key' }
// An input wrong in ten thousand places is answered with the first of them.
const faultsMax = 50

/** The value of the form, or a `Problem` that lists what is wrong. `base` stands before every place. */
export function formed<Form extends z.ZodType>(schema: Form, value: unknown, base: string): z.output<Form> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  throw new Problem('input_invalid', faultsOf(result.error, base).slice(0, faultsMax))
}

function faultsOf({ issues }: z.ZodError, base: string): Fault[] {
  return issues.slice(0, faultsMax).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys
        .slice(0, faultsMax)
        .map((key) => ({ path: base + pointer([...issue.path, key]), message: unknownKey }))
    }
    return [{ path: base + pointer(issue.path), message: sentenceOf(issue) }]
  })
}
