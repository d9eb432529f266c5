/**
 * The renovation catalogue (clause 5) as it stood on a day. The class of an item decides who may pay for it. The list
 * is a dated parameter: a code that the list of the day does not name is no item, whatever its letter.
 */
import type { Day } from '../base/calendar.ts'
import type { CatalogueItem, ItemClass } from './parameters/planning.ts'
import { type Law, lawOn } from './parameters.ts'

export { type CatalogueItem, type ItemClass, itemClasses } from './parameters/planning.ts'

export const itemClassNames: Record<ItemClass, string> = { basic: '基础类', improvement: '完善类', upgrade: '提升类' }

/** Every item of the law's day, in the order of the list. */
export const catalogueOf = (law: Law): readonly CatalogueItem[] => law.take('renovation_catalogue')

// Lists are few and looked into for every line that is posted.
const indexes = new WeakMap<readonly CatalogueItem[], ReadonlyMap<string, CatalogueItem>>()

/** The item of a code in the law's list, `undefined` for what is no item. */
export function itemOf(code: string, law: Law): CatalogueItem | undefined {
  const list = catalogueOf(law)
  let index = indexes.get(list)
  if (!index) {
    index = new Map(list.map((item) => [item.code, item]))
    indexes.set(list, index)
  }
  return index.get(code)
}

/** The class of an item code on a day, `undefined` for what is no item then. */
export const classOfItem = (code: string, on: Day): ItemClass | undefined => itemOf(code, lawOn(on))?.class
