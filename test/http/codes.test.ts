/**
 * Codes are looked up, by any part of code or name (N15); and what is in no list is refused, also a detail of a group.
 */
import { describe, expect, it } from 'vitest'
import { permissionsOf, roles } from '../../src/access/actor.ts'
import { variants } from '../../src/allocation/formula.ts'
import { day } from '../../src/base/calendar.ts'
import { chartOf } from '../../src/ledger/chart.ts'
import { carryOverType, type EntryDraft, examine, generalType, reversalType } from '../../src/ledger/entry.ts'
import { openApiDocument } from '../../src/http/openapi.ts'
import { refusalForms } from '../../src/http/refusal-forms.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { fundSources } from '../../src/policy/sources.ts'
import { effects } from '../../src/workflow/nouns.ts'
import { runCommand } from '../support/command.ts'
import { useDoor } from '../support/door.ts'

const door = useDoor()
const ask = async (path: string) => door().ask(path, { token: await door().token('provident_fund') })
const codes = async (path: string): Promise<string[]> =>
  (await ask(path)).json.items.map(({ code }: { code: string }) => code)

describe('codes', () => {
  it('are listed whole, with their names', async () => {
    expect(await codes('/v1/sources')).toEqual(fundSources.map(({ code }) => code))
    expect(await codes('/v1/roles')).toEqual(roles)
    expect(await codes('/v1/formulas')).toEqual(Object.keys(variants))
    expect(await codes('/v1/job-names')).toContain('early-disbursement')
    expect(await codes('/v1/catalogue-items')).toHaveLength(36)
    expect((await codes('/v1/accounts')).length).toBe(chartOf('government').subjects.size)
    expect(await codes('/v1/accounts?standard=memo')).toContain('9011')
    const [source] = (await ask('/v1/sources?q=F70')).json.items
    expect(source).toEqual({ code: 'F70', zh: '住宅专项维修资金', en: 'maintenance fund', group: 'maintenance_fund' })
  })

  it('are found by any part of code or name, in either language and any width', async () => {
    expect(await codes(`/v1/sources?q=${encodeURIComponent('维修')}`)).toEqual(['F70'])
    expect(await codes('/v1/sources?q=MAINTENANCE')).toEqual(['F70'])
    expect(await codes(`/v1/sources?q=${encodeURIComponent('Ｆ７０')}`)).toEqual(['F70'])
    expect(await codes(`/v1/roles?q=${encodeURIComponent('经办')}`)).toEqual(['finance_maker', 'pf_officer'])
    expect(await codes(`/v1/accounts?q=${encodeURIComponent('零余额')}`)).toEqual(['1011', '800101'])
    expect(await codes('/v1/sources?q=F77')).toEqual([])
    expect((await ask('/v1/accounts?standard=king')).status).toBe(400)
    expect((await ask('/v1/sources?standard=memo')).status).toBe(400)
  })

  it('are looked up at the machine too', async () => {
    const { status, out } = await runCommand(door().test, ['codes', 'sources', '--q', '维修'])
    expect([status, out]).toEqual([0, expect.stringContaining('F70')])
    expect((await runCommand(door().test, ['codes', 'kings'])).status).toBe(2)
  })
})

describe('terms', () => {
  type Terms = Record<string, { zh: string; en: string; items: { code: string; zh: string; en?: string }[] }>
  const terms = async (): Promise<Terms> => (await ask('/v1/terms')).json.lists

  it('name every role, permission, district, refusal and operation in both languages', async () => {
    const lists = await terms()
    const all = Object.entries(lists).flatMap(([list, { items }]) => items.map((item) => ({ list, ...item })))
    expect(all.filter(({ zh, en }) => !zh || !en)).toEqual([])
    expect(all.filter(({ zh }) => !/\p{Script=Han}/u.test(zh))).toEqual([])
    const codesIn = (list: string) => lists[list]?.items.map(({ code }) => code)
    expect(codesIn('roles')).toEqual(roles)
    expect(codesIn('permissions')?.toSorted()).toEqual([...new Set(Object.values(permissionsOf).flat())].toSorted())
    expect(codesIn('districts')).toEqual(['110000', ...lawOn(day('2026-03-05')).take('district_codes')])
    expect(codesIn('refusals')).toEqual(expect.arrayContaining(['unauthenticated', ...Object.keys(refusalForms)]))
    expect(codesIn('operations')).toEqual(apiRoutes.map(({ id }) => id))
    expect(codesIn('approval-kinds')?.toSorted()).toEqual(Object.keys(effects).toSorted())
    expect(lists['sources']?.items.find(({ code }) => code === 'F21')?.zh).toBe('市级改造补助')
  })

  // Said otherwise: a side, what a book is kept by, what is asked of a list, and the letters of templates.
  const elsewhere =
    /^(?:debit,credit|project,source,|drafted,sending,sent|open,closed|looks_repeated|registry,stated|J02|approval\.check)/

  it('name every word that an answer may say', async () => {
    const lists = Object.values(await terms()).map(({ items }) => new Set(items.map(({ code }) => code)))
    const words = enumerationsOf((openApiDocument(apiRoutes)['components'] as { schemas: object }).schemas)
    expect(words.length).toBeGreaterThan(25)
    const unnamed = (said: string[]) => !lists.some((list) => said.every((word) => list.has(word)))
    expect(words.filter((said) => !elsewhere.test(said.join(',')) && unnamed(said))).toEqual([])
    expect(unnamed(['drafted', 'sold'])).toBe(true)
  })

  it('are read by anybody who signed in, and by nobody else', async () => {
    expect((await ask('/v1/terms?on=2026-03-05')).json.on).toBe('2026-03-05')
    expect((await door().ask('/v1/terms', { token: 'none' })).status).toBe(401)
  })
})

/** Every list of words in a schema. */
function enumerationsOf(schema: unknown): string[][] {
  if (Array.isArray(schema)) return schema.flatMap(enumerationsOf)
  if (schema === null || typeof schema !== 'object') return []
  const { enum: words } = schema as { enum?: string[] }
  return [...(words ? [words] : []), ...Object.values(schema).flatMap(enumerationsOf)]
}

describe('a source that no list names', () => {
  const draft = (type: string): EntryDraft => ({
    on: day('2026-03-05'),
    type,
    summary: '维修资金',
    documents: [],
    lines: [
      { account: '1011', side: 'debit', amountFen: 100n, project: 'P1', source: 'F77' },
      { account: '4001', side: 'credit', amountFen: 100n, project: 'P1', source: 'F77' },
    ],
  })

  it('is refused to everybody, and what was booked under one is still undone and carried over', () => {
    expect(() => examine(draft(generalType), chartOf('government'))).toThrow(/source_unknown.*F77/)
    for (const type of [reversalType, carryOverType])
      expect(examine(draft(type), chartOf('government'))).toHaveLength(2)
  })
})
