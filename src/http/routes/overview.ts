/** The home page in figures: all money, by source and by district, and where it flows. */
import * as z from 'zod'
import { overviewForm, overviewView } from '../../financing/overview/forms.ts'
import { readOverview } from '../../financing/overview/reads.ts'
import { about, day, districtCode, instant, year } from '../../form/field.ts'
import { always, reply, type Route, route } from '../route.ts'

export const overviewRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/overview',
    id: 'readOverview',
    tag: 'projects',
    summary: { zh: '一本账：全部资金的总览', en: 'All money in one view' },
    description: {
      zh: '合计、分来源、分区，以及计划和执行两种流向；计划只含现行方案。缺省为今天、此刻所知；答复写明所用的日期和时刻，带上它们再查，得到同样的数。每个数都可由 accounts 相加得到。',
      en: 'In total, by source, by district, and the flows of the plan and of what happened; plans in force alone. Today and as known now by default; the answer names both, and asked again with them it is the same. Every figure is a sum of accounts.',
    },
    right: 'project.read',
    standby: always,
    query: z.strictObject({
      year: z.exactOptional(year.meta(about('项目所属计划年度', 'of which plan year'))),
      district: z.exactOptional(districtCode),
      asOf: z.exactOptional(day.meta(about('业务日期截至', 'as of'))),
      knownAt: z.exactOptional(instant.meta(about('按此刻所知', 'as known at'))),
    }),
    answers: { 200: { about: { zh: '总览', en: 'The overview' }, schema: overviewForm } },
    refuses: [],
    handle: async ({ actor, query, service }) =>
      reply(200, overviewView(await readOverview(service.ledger, actor, query))),
  }),
]
