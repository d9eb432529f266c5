/** Runs a calculation as a line of the command would, and says in a few words what came of it. */
import { assert } from '../../src/base/assert.ts'
import { answerLine } from '../../src/calc/line.ts'

export type Trial = { result: unknown } | { refusal: string } | { invalid: string[] }

type Answer = {
  result?: unknown
  uses?: { parameter: string; value: unknown; from: string; clause: string }[]
  refusal?: { code: string; message: string; clause?: string }
  invalid?: { path: string; message: string }[]
}

export function answer(calc: string, input: unknown): Answer {
  return answerText(JSON.stringify({ id: 'case', calc, input }))
}

export function answerText(line: string): Answer & { id?: unknown; calc?: unknown } {
  return JSON.parse(
    JSON.stringify(
      answerLine(
        line,
        (bug) => {
          throw bug
        },
        1,
      ),
    ),
  ) as Answer
}

/** The result, the bare refusal code, or the places that are invalid. */
export function trial(calc: string, input: unknown): Trial {
  const { result, refusal, invalid } = answer(calc, input)
  if (refusal) return { refusal: refusal.code }
  if (invalid) return { invalid: invalid.map(({ path }) => path) }
  return { result }
}

/** The result of an input that must have one, in the shape the test expects. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function resultOf<Result>(calc: string, input: unknown): Result {
  const { result, ...rest } = answer(calc, input)
  assert(result !== undefined, `no result: ${JSON.stringify(rest)}`)
  return result as Result
}

/** The names of the parameters that took part. */
export function usesOf(calc: string, input: unknown): string[] {
  return (answer(calc, input).uses ?? []).map(({ parameter }) => parameter)
}
