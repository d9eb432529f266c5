/** Codes and their names, looked up: one route a list. */
import * as z from 'zod'
import { businessDay } from '../../base/calendar.ts'
import { about, day, oneOf, text } from '../../form/field.ts'
import { standards } from '../../ledger/chart.ts'
import { type CodeList, codesOf } from '../codes.ts'
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

type Said = { readonly id: string; readonly zh: string; readonly en: string }

const listOf = (list: CodeList, { id, zh, en }: Said, query: z.ZodObject): Route =>
  route({
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

const plain = z.strictObject({ q })
const everything = z.strictObject({ q, on, standard })

export const codeRoutes: readonly Route[] = [
  listOf('sources', { id: 'listSources', zh: '资金来源', en: 'Sources of money' }, plain),
  listOf(
    'catalogue-items',
    { id: 'listCatalogueItems', zh: '改造内容代码', en: 'Items of the catalogue' },
    z.strictObject({ q, on }),
  ),
  listOf(
    'accounts',
    { id: 'listAccountCodes', zh: '会计科目代码', en: 'Accounts of a standard' },
    z.strictObject({ q, standard }),
  ),
  listOf('roles', { id: 'listRoles', zh: '角色', en: 'Roles' }, plain),
  listOf('formulas', { id: 'listFormulas', zh: '分配公式', en: 'Formulas of allocation' }, plain),
  listOf('job-names', { id: 'listJobNames', zh: '作业种类', en: 'Kinds of jobs' }, plain),
]
