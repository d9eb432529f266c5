/**
 * What may be written where a code is asked for, with its names: sources of money, items of the catalogue, accounts of
 * a standard, roles, formulas, jobs. Whoever looks for one finds it by any part of its code or names.
 */
import { registry } from '../../jobs/registry.ts'
import { type Role, roleNames, roles } from '../access/actor.ts'
import type { Day } from '../base/calendar.ts'
import { chartOf, type Standard } from '../ledger/chart.ts'
import { catalogueOf, itemClassNames } from '../policy/catalogue.ts'
import { lawOn } from '../policy/parameters.ts'
import { formulas } from '../policy/parameters/formulas.ts'
import { fundSources } from '../policy/sources.ts'

export type Code = { readonly code: string; readonly zh: string; readonly en?: string; readonly group?: string }

/** What a list depends on. */
export type CodeQuestion = { readonly on: Day; readonly standard?: Standard | undefined }

const formulaCode = (name: string): string => name.replace(/^formula_/, '').replaceAll('_', '-')

export const codeLists = {
  sources: () => fundSources.map(({ code, zh, en, kind }) => ({ code, zh, en, ...(kind && { group: kind }) })),
  'catalogue-items': ({ on }: CodeQuestion) =>
    catalogueOf(lawOn(on)).map(({ code, zh, en, class: of }) => ({ code, zh, en, group: itemClassNames[of] })),
  accounts: ({ standard = 'government' }: CodeQuestion) =>
    [...chartOf(standard).subjects.values()].map(({ code, name, basis }) => ({ code, zh: name, group: basis })),
  roles: () => roles.map((code: Role) => ({ code, ...roleNames[code] })),
  formulas: () =>
    Object.entries(formulas).map(([name, { zh, en, values }]) => {
      const kind = (values.at(-1)?.value as { readonly kind?: string } | undefined)?.kind
      return { code: formulaCode(name), zh, en, ...(kind !== undefined && { group: kind }) }
    }),
  'job-names': () => Object.values(registry).map(({ name, title }) => ({ code: name, ...title })),
} as const satisfies Readonly<Record<string, (asked: CodeQuestion) => readonly Code[]>>

export type CodeList = keyof typeof codeLists
export const codeListNames = Object.keys(codeLists) as CodeList[]

const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

/** The codes of a list in which `q` occurs, in code or names; all without it. */
export function codesOf(list: CodeList, asked: CodeQuestion, q?: string): readonly Code[] {
  const all: readonly Code[] = codeLists[list](asked)
  if (q === undefined) return all
  const wanted = folded(q)
  return all.filter(({ code, zh, en = '' }) => [code, zh, en].some((text) => folded(text).includes(wanted)))
}
