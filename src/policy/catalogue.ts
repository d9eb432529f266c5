/**
 * The renovation catalogue (clause 5): 13 basic, 11 improvement and 12 upgrade items. The class decides who may pay. The
 * published list is not numbered, so a code says its class by its letter: B01–B13, I01–I11, U01–U12.
 */
export const itemClasses = ['basic', 'improvement', 'upgrade'] as const
export type ItemClass = (typeof itemClasses)[number]

export const itemClassNames: Record<ItemClass, string> = { basic: '基础类', improvement: '完善类', upgrade: '提升类' }

const classOfLetter: Record<string, ItemClass> = { B: 'basic', I: 'improvement', U: 'upgrade' }

/** The class of an item code, `undefined` for what is no item. */
export function classOfItem(code: string): ItemClass | undefined {
  return /^[BIU][0-9]{2}$/.test(code) ? classOfLetter[code.slice(0, 1)] : undefined
}
