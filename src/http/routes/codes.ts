/** Codes and their names, looked up: one route a list. */
import * as z from 'zod'
import { businessDay } from '../../base/calendar.ts'
import { about, day, oneOf, text } from '../../form/field.ts'
import { standards } from '../../ledger/chart.ts'
import { type CodeList, codeListNames, codeLists, codesOf } from '../codes.ts'
import { reply, type Route, route } from '../route.ts'
import { pageOf } from '../views.ts'

const codeForm = z
  .strictObject({
    code: z.string().meta(about('代码：填写处写它', 'what is written')),
    zh: z.string().meta(about('中文名称', 'name in Chinese')),
    en: z.exactOptional(z.string().meta(about('英文名称', 'name in English'))),
    group: z.exactOptional(z.string().meta(about('所属类别', 'what it belongs to'))),
  })
  .meta({ id: 'Code', ...about('代码及其名称', 'a code and its names') })

const q = z.exactOptional(text(64, '代码或名称中含有的字', 'part of the code or a name'))
const on = z.exactOptional(day.meta(about('何日适用，缺省为今天', 'in force on; today by default')))
const standard = z.exactOptional(oneOf(standards).meta(about('会计制度，缺省为政府会计', 'standard of the book')))

const listOf = (list: CodeList, id: string, query: z.ZodObject): Route => {
  const { zh, en } = codeLists[list]
  return route({
    method: 'GET',
    path: `/v1/${list}`,
    id,
    tag: 'codes',
    summary: { zh, en },
    right: 'signed_in',
    query,
    answers: { 200: { about: { zh: '全部符合的代码', en: 'All codes that fit' }, schema: pageOf(codeForm) } },
    refuses: [],
    handle: ({ query: asked, service }) => {
      const { q: wanted, on: of, standard: by } = asked as z.output<typeof everything>
      const question = { on: of ?? businessDay(service.ledger.clock()), standard: by }
      return reply(200, { items: codesOf(list, question, wanted), next: null })
    },
  })
}

const plain = z.strictObject({ q })
const everything = z.strictObject({ q, on, standard })

const lists: readonly Route[] = [
  listOf('sources', 'listSources', plain),
  listOf('catalogue-items', 'listCatalogueItems', z.strictObject({ q, on })),
  listOf('accounts', 'listAccountCodes', z.strictObject({ q, standard })),
  listOf('roles', 'listRoles', plain),
  listOf('formulas', 'listFormulas', plain),
  listOf('job-names', 'listJobNames', plain),
]

// --- All of them ----------------------------------------------------------------------------------------------------

/** Accounts are a list a standard, and each book says its own. */
const inTerms = codeListNames.filter((list) => list !== 'accounts')
const termList = z
  .strictObject({ zh: z.string(), en: z.string(), items: z.array(codeForm) })
  .meta({ id: 'TermList', ...about('一类代码', 'codes of one kind') })
const termsForm = z
  .strictObject({
    on: z.string().meta({ ...about('何日适用', 'in force on'), format: 'date' }),
    lists: z.strictObject(Object.fromEntries([...inTerms, 'operations'].map((name) => [name, termList]))),
  })
  .meta({ id: 'Terms', ...about('全部代码及其名称，按类', 'every code with its names, by kind') })

/** `routes`: what can be asked for, each by its name. */
const termsRoute = (routes: () => readonly Route[]): Route =>
  route({
    method: 'GET',
    path: '/v1/terms',
    id: 'readTerms',
    tag: 'codes',
    summary: { zh: '全部代码及其中英文名称', en: 'Every code with its Chinese and English name' },
    description: {
      zh: '角色、权限、状态、种类、原因、来源、区、类别、改造内容、会计制度、拒绝代码，以及每个接口（operations）的名称。会计科目见 /v1/accounts。',
      en: 'Roles, permissions, states, kinds, reasons, sources, districts, classes, items, standards, refusals, and what each operation is called. Accounts: see /v1/accounts.',
    },
    right: 'signed_in',
    query: z.strictObject({ on }),
    answers: { 200: { about: { zh: '按类列出', en: 'By kind' }, schema: termsForm } },
    refuses: [],
    handle: ({ query, service }) => {
      const day = query.on ?? businessDay(service.ledger.clock())
      const lists = inTerms.map((name) => {
        const { zh, en } = codeLists[name]
        return [name, { zh, en, items: codesOf(name, { on: day }) }] as const
      })
      const operations = routes().map(({ id, summary, right }) => ({ code: id, ...summary, group: right }))
      const named = { zh: '接口', en: 'Operations', items: operations }
      return reply(200, { on: day, lists: Object.fromEntries([...lists, ['operations', named]]) })
    },
  })

export const codeRoutes = (routes: () => readonly Route[]): readonly Route[] => [...lists, termsRoute(routes)]
