/**
 * Every number of policy, by name, each a list of dated values with the clause it comes from. Rules read them through
 * `lawOn(day).take('name')`, which notes the use; nowhere else in the rule files is there a number. The printed sheet
 * is docs/POLICY.md. Values whose source names no date hold on every date.
 */
import type { Day } from '../base/calendar.ts'
import { LawOn, type Parameter } from './on.ts'
import { approvals } from './parameters/approvals.ts'
import { borrowing } from './parameters/borrowing.ts'
import { budgets } from './parameters/budgets.ts'
import { contracts } from './parameters/contracts.ts'
import { days } from './parameters/days.ts'
import { eligibility } from './parameters/eligibility.ts'
import { entries } from './parameters/entries.ts'
import { formulas } from './parameters/formulas.ts'
import { alerts, signIn } from './parameters/house.ts'
import { identifiers } from './parameters/identifiers.ts'
import { owners } from './parameters/owners.ts'
import { planning } from './parameters/planning.ts'
import { plans } from './parameters/plans.ts'
import { scores } from './parameters/scores.ts'
import { subsidies } from './parameters/subsidies.ts'

export const parameters = {
  ...subsidies,
  ...scores,
  ...borrowing,
  ...owners,
  ...contracts,
  ...eligibility,
  ...identifiers,
  ...approvals,
  ...alerts,
  ...plans,
  ...planning,
  ...budgets,
  ...entries,
  ...days,
  ...formulas,
  ...signIn,
} satisfies Record<string, Parameter>

export type ParameterName = keyof typeof parameters

/** The law of one day, as rules are handed it. */
export type Law = LawOn<typeof parameters>

export const lawOn = (on: Day): Law => new LawOn(parameters, on)

/** The clause of a parameter that was taken, for a refusal that quotes it. */
export function clauseOf(law: Law, name: ParameterName): string | undefined {
  return law.uses.find((use) => use.parameter === name)?.clause
}
