/**
 * What the law said on a day. A parameter is a list of dated values, oldest first, each with its own clause; on a day
 * the latest value not after that day holds. There is no default: before the first value the lookup refuses.
 */
import { assert } from '../base/assert.ts'
import { type Day, day } from '../base/calendar.ts'
import { catalogue } from '../base/refusal.ts'
import { type Clause, clauseText } from './documents.ts'

/**
 * ratio, points, amount: decimal strings. years, months, days, count: whole numbers. table, list: what the rule reads.
 */
export type Unit = 'ratio' | 'points' | 'amount' | 'years' | 'months' | 'days' | 'count' | 'list' | 'table'

export type DatedValue<Value> = { readonly from: string; readonly value: Value; readonly clause: Clause }

export type Parameter<Value = unknown> = {
  readonly zh: string
  readonly en: string
  readonly unit: Unit
  /** Oldest first; `from` strictly ascending. */
  readonly values: readonly DatedValue<Value>[]
}

/**
 * A value that took part in a decision, kept with the result so that an audit reads it there and not from today's
 * table.
 */
export type Use = {
  readonly parameter: string
  readonly value: unknown
  readonly from: string
  readonly clause: string
}

/** The day from which values hold that the source states without a date: the first day the calendar knows. */
export const always = '1900-01-01'

export const policyRefusals = {
  policy_not_in_force: {
    status: 422,
    title: { zh: '该日尚无适用规定', en: 'No policy value is in force on that day' },
    detail: (f: { parameter: string; on: Day; first: string }) => ({
      zh: `参数「${f.parameter}」自 ${f.first} 起有值，${f.on} 尚无适用规定。请改用该日及以后的业务日期，或先补充当时的规定。`,
      en: `Parameter ${f.parameter} has its first value from ${f.first}; none is in force on ${f.on}. Use a later date, or enter the rule of that time.`,
    }),
  },
} as const
const refuse = catalogue(policyRefusals)

/**
 * The value of one parameter on a day, with where it comes from. Refuses `policy_not_in_force` before the first value.
 */
export function valueOn<Value>(name: string, parameter: Parameter<Value>, on: Day): { value: Value; use: Use } {
  const dated = parameter.values.findLast((candidate) => candidate.from <= on)
  if (!dated) throw refuse('policy_not_in_force', { parameter: name, on, first: parameter.values[0]?.from ?? '—' })
  return {
    value: dated.value,
    use: { parameter: name, value: dated.value, from: dated.from, clause: clauseText(dated.clause) },
  }
}

/**
 * The law of one day as a rule reads it: `law.take('name')` gives the value and notes its use, once a name.
 * A rule makes one, works with it, and returns `law.uses` beside its result.
 */
export class LawOn<Parameters extends Record<string, Parameter>> {
  readonly on: Day
  readonly #parameters: Parameters
  readonly #uses = new Map<string, Use>()

  constructor(parameters: Parameters, on: Day) {
    this.#parameters = parameters
    this.on = on
  }

  take<Name extends keyof Parameters & string>(name: Name): ValueOf<Parameters[Name]> {
    const parameter = this.#parameters[name]
    assert(parameter, `no parameter ${name}`)
    const { value, use } = valueOn(name, parameter, this.on)
    this.#uses.set(name, use)
    return value as ValueOf<Parameters[Name]>
  }

  get uses(): Use[] {
    return [...this.#uses.values()]
  }
}

export type ValueOf<P> = P extends { values: readonly { value: infer Value }[] } ? Value : never

/** What the loader demands of every parameter: at least one value, real days, strictly ascending, a clause each. */
export function faultsOf(name: string, parameter: Parameter): string[] {
  const faults: string[] = []
  if (parameter.values.length === 0) faults.push(`${name}: no value`)
  let before = ''
  for (const { from, clause } of parameter.values) {
    day(from)
    if (from <= before) faults.push(`${name}: ${from} does not come after ${before}`)
    if (!clause.article) faults.push(`${name}: ${from} has no article`)
    before = from
  }
  return faults
}
