/**
 * A trial calculation (试算): a rule of the service that anyone may try without touching the books. It is described once,
 * by the form of its input and its result, an example with its oracle, and the rule; the command line, the HTTP door
 * and the JSON Schema are all made of that. Running one needs no database and no clock.
 */
import * as z from 'zod'
import { type Day, day } from '../base/calendar.ts'
import type { Text } from '../base/refusal.ts'
import { always, type Use } from '../policy/on.ts'
import { type Law, lawOn } from '../policy/parameters.ts'
import { type Fault, faultsMax, schemaFaults } from './fault.ts'
import { writerOf } from './writer.ts'

export type Outcome =
  | { readonly kind: 'result'; readonly result: unknown; readonly uses: Use[] }
  | { readonly kind: 'invalid'; readonly faults: Fault[] }

export type Example = { readonly oracle: string; readonly input: unknown; readonly result: unknown }

export type Calculation = {
  readonly name: string
  readonly about: Text
  readonly example: Example
  readonly input: z.ZodType
  readonly result: z.ZodType
  /** Checks the input, then applies the rule. A refusal of the rule is thrown. */
  readonly run: (input: unknown) => Outcome
}

type Definition<Input extends z.ZodType, Result extends z.ZodType> = {
  name: string
  about: Text
  example: Example
  input: Input
  result: Result
  /** The day whose policy applies; absent: the rule's numbers hold on every date. */
  on?: (input: z.output<Input>) => Day
  /** What the form cannot say: sums, order, repetition. Only asked where the form holds. */
  faults?: (input: z.output<Input>, law: Law) => Fault[]
  rule: (input: z.output<Input>, law: Law) => z.output<Result>
}

/** The day for rules whose numbers all hold on every date. */
const anyDay = day(always)

export function calculation<Input extends z.ZodType, Result extends z.ZodType>(
  definition: Definition<Input, Result>,
): Calculation {
  const { name, about, example, input, result, on = () => anyDay, faults = () => [], rule } = definition
  const write = writerOf(result)
  return {
    name,
    about,
    example,
    input,
    result,
    run(given) {
      const parsed = input.safeParse(given)
      if (!parsed.success) return { kind: 'invalid', faults: schemaFaults(parsed.error).slice(0, faultsMax) }
      const found = faults(parsed.data, lawOn(on(parsed.data)))
      if (found.length > 0) return { kind: 'invalid', faults: found.slice(0, faultsMax) }
      const law = lawOn(on(parsed.data))
      return { kind: 'result', result: write(rule(parsed.data, law)), uses: law.uses }
    },
  }
}

/** JSON Schema (2020-12) of what a calculation takes and gives. */
export function schemaOf({ name, about, example, input, result }: Calculation) {
  return {
    calc: name,
    description: about,
    example,
    input: z.toJSONSchema(input, { io: 'input' }),
    output: z.toJSONSchema(result, { io: 'input' }),
  }
}
