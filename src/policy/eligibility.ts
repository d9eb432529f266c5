/**
 * Who may pay for what: class of works × kind of source (clauses 5, 10). Excluded are housing-reform sale proceeds from
 * basic works, and fiscal money from upgrade works; every other pair may be paid.
 */
import { assert } from '../base/assert.ts'
import type { Day } from '../base/calendar.ts'
import type { ItemClass } from './catalogue.ts'
import type { Use } from './on.ts'
import type { SourceKind } from './parameters/eligibility.ts'
import { type Law, lawOn } from './parameters.ts'

export type { SourceKind } from './parameters/eligibility.ts'

const excludedFrom: Record<ItemClass, (law: Law) => readonly SourceKind[]> = {
  basic: (law) => law.take('eligibility_basic'),
  improvement: (law) => law.take('eligibility_improvement'),
  upgrade: (law) => law.take('eligibility_upgrade'),
}

/** The kinds of source that may not pay a class of works on the law's day; the clause is noted among its uses. */
export function kindsExcluded(itemClass: ItemClass, law: Law): readonly SourceKind[] {
  return excludedFrom[itemClass](law)
}

/** One cell of the matrix on a day, with the clause that fills it: for a refusal to quote. */
export function eligibility(itemClass: ItemClass, kind: SourceKind, on: Day): { eligible: boolean; use: Use } {
  const law = lawOn(on)
  const eligible = !kindsExcluded(itemClass, law).includes(kind)
  const [use] = law.uses
  assert(use, 'the matrix was read')
  return { eligible, use }
}
