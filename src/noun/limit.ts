/**
 * What policy or a plan holds a proposal to, and beside it what was measured: so that whoever approves sees by how much
 * it fits. `from` is the day since which the value holds.
 */
import type { Day } from '../base/calendar.ts'
import { type Fen, formatFen } from '../base/money.ts'
import type { Text } from '../base/refusal.ts'
import type { Use } from '../policy/on.ts'
import { assert } from '../base/assert.ts'
import type { Law, ParameterName } from '../policy/parameters.ts'

export type Limit = Use & { readonly measured?: Text }

/** The value of a parameter by a law, with what was measured against it. */
export function limitBy(law: Law, parameter: ParameterName, measured: Text): Limit {
  law.take(parameter)
  const use = law.uses.find((one) => one.parameter === parameter)
  assert(use, `${parameter} was just taken`)
  return { ...use, measured }
}

/** What there is of something, in yuan, and beside it what is taken of it. */
export const bound = (
  parameter: string,
  leftFen: Fen,
  { from, clause, measured }: { readonly from: Day; readonly clause: string; readonly measured: Text },
): Limit => ({ parameter, value: formatFen(leftFen), from, clause, measured })

/** A figure that reads the same in every language. */
export const figure = (text: string): Text => ({ zh: text, en: text })
