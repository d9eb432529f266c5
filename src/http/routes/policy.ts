/** The numbers of policy: what each is, from when, by which clause of which document, and which rules read it. */
import * as z from 'zod'
import { businessDay, type Day } from '../../base/calendar.ts'
import type { Json } from '../../base/json.ts'
import type { Text } from '../../base/refusal.ts'
import { clauseText, documents } from '../../policy/documents.ts'
import { always, type Parameter } from '../../policy/on.ts'
import { readersOf } from '../../policy/sheet.ts'
import { topics, unitNames } from '../../policy/topics.ts'
import { about, anyJson, day, inBoth, text } from '../../form/field.ts'
import { reply, type Route, route } from '../route.ts'
import { pageOf } from '../views.ts'

const valueForm = z.strictObject({
  from: z.exactOptional(
    z.string().meta({
      ...about('自何日起；依据未载明日期的没有此项', 'from which day; absent where the source names none'),
      format: 'date',
    }),
  ),
  value: anyJson,
  clause: z.string().meta(about('依据的文件和条款', 'document and article')),
  document: z.strictObject({ number: z.string(), title: z.string(), issuer: z.string(), date: z.string() }),
  inForce: z.boolean().meta(about('在所问之日适用', 'in force on the day asked about')),
})
const parameterForm = z
  .strictObject({
    parameter: z.string().meta(about('名称，试算和决定中引用它', 'name, as calculations and decisions cite it')),
    topic: inBoth,
    name: inBoth,
    unit: inBoth,
    values: z.array(valueForm).meta(about('自早到晚', 'oldest first')),
    readBy: z.array(z.string()).meta(about('使用它的规则文件', 'the rule files that read it')),
  })
  .meta({ id: 'PolicyParameter', ...about('一个政策参数', 'a number of policy') })

// The sources do not change while the program runs.
let readers: ReadonlyMap<string, readonly string[]> | undefined

function viewOf(topic: Text, parameter: string, { zh, en, unit, values }: Parameter, on: Day) {
  readers ??= readersOf()
  const standing = values.findLast(({ from }) => from <= on)
  return {
    parameter,
    topic,
    name: { zh, en },
    unit: unitNames[unit],
    values: values.map((dated) => ({
      ...(dated.from !== always && { from: dated.from }),
      value: dated.value as Json,
      clause: clauseText(dated.clause),
      document: documents[dated.clause.document],
      inForce: dated === standing,
    })),
    readBy: [...(readers.get(parameter) ?? [])],
  }
}

export const policyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/policy',
    id: 'listPolicy',
    tag: 'codes',
    summary: { zh: '政策参数：数值、日期、条款、使用者', en: 'The numbers of policy' },
    description: {
      zh: '每个参数按日期列出全部数值及其依据；与 docs/POLICY.md 出自同一处。',
      en: 'Every value of every parameter with its day and clause; of the same source as docs/POLICY.md.',
    },
    right: 'signed_in',
    query: z.strictObject({
      on: z.exactOptional(day.meta(about('何日适用，缺省为今天', 'in force on; today by default'))),
      q: z.exactOptional(text(64, '名称中含有的字', 'part of a name')),
    }),
    answers: { 200: { about: { zh: '全部参数', en: 'All parameters' }, schema: pageOf(parameterForm) } },
    refuses: [],
    handle: ({ query: { on: asked, q = '' }, service }) => {
      const on = asked ?? businessDay(service.ledger.clock())
      const items = topics.flatMap(({ zh, en, parameters }) =>
        Object.entries(parameters).map(([name, parameter]) => viewOf({ zh, en }, name, parameter, on)),
      )
      const found = items.filter(({ parameter, name }) => [parameter, name.zh, name.en].some((one) => one.includes(q)))
      return reply(200, { items: found, next: null })
    },
  }),
]
