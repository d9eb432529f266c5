/**
 * Yearly plans of districts: capacity, queue, batches, and whether enough of the basic works is seismic and energy
 * renovation.
 */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { businessDay } from '../../base/calendar.ts'
import { about, day, districtCode, year } from '../../form/field.ts'
import { chooseFor } from '../../projects/annual-plan/annual-plan.ts'
import {
  choiceView,
  fixedBatch,
  modeForm,
  ofBatch,
  ofPlan,
  planContentForm,
  planForm,
  planSummary,
  planView,
  summaryView,
  triedBatch,
} from '../../projects/annual-plan/forms.ts'
import { historyOfPlan, listPlans, type PlanRead, showPlan } from '../../projects/annual-plan/reads.ts'
import { changePlan, fixBatch, makePlan } from '../../projects/annual-plan/verbs.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, versionTag } from '../route.ts'

const make = verbRoute(makePlan, {
  path: '/v1/plans',
  id: 'makePlan',
  tag: 'plans',
  summary: { zh: '编制年度计划', en: 'Make a yearly plan' },
  status: 201,
  about: { zh: '已编制', en: 'Made' },
  answer: planContentForm,
  headers: (made) => ({ location: `/v1/plans/${made.district}/${made.year}`, ...versionTag(made) }),
})

const change = verbRoute(changePlan, {
  method: 'PUT',
  path: '/v1/plans/{district}/{year}',
  id: 'changePlan',
  tag: 'plans',
  summary: { zh: '修改年度计划', en: 'Change a yearly plan' },
  description: {
    zh: '每次提交财力和全部排队项目。已确定批次的项目须保留且资金需求不变；财力不得低于已确定批次。',
    en: 'Capacity and the whole queue, each time. What a batch took stays with its need; the capacity covers what is fixed.',
  },
  status: 200,
  about: { zh: '已修改', en: 'Changed' },
  answer: planContentForm,
  headers: versionTag,
})

// --- Batches
// ------------------------------------------------------------------------------------------------------------

const fix = verbRoute(fixBatch, {
  path: '/v1/plans/{district}/{year}/batches/{batch}',
  id: 'fixBatch',
  tag: 'plans',
  summary: { zh: '确定批次', en: 'Fix a batch' },
  description: {
    zh: '在剩余财力内按排队顺序列入项目，使其由储备转为列入计划；任一项目条件不满足即整批拒绝。批次内尚无项目实施时可以重新确定。',
    en: 'Takes projects from the queue within what is left and moves them from the reserve into the plan; refused where one of them may not. May be fixed anew while none has begun.',
  },
  status: 200,
  about: { zh: '已确定', en: 'Fixed' },
  answer: fixedBatch,
  headers: versionTag,
})

const trial = route({
  method: 'GET',
  path: '/v1/plans/{district}/{year}/batches/{batch}/trial',
  id: 'tryBatch',
  tag: 'plans',
  summary: { zh: '试排批次', en: 'See what a batch would take' },
  right: 'project.read',
  params: ofBatch,
  query: z.strictObject({ mode: modeForm }),
  answers: {
    200: {
      about: { zh: '将列入的项目，未作任何改动', en: 'What it would take; nothing is changed' },
      schema: triedBatch,
    },
  },
  refuses: ['plan_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const { ledger } = service
    const { batch, ...key } = params
    const plan = await showPlan(ledger, actor, key, businessDay(ledger.clock()))
    return reply(200, choiceView(chooseFor(plan.row.capacityFen, plan.queue, batch, query.mode).choice))
  },
})

// --- Reading
// ------------------------------------------------------------------------------------------------------------

const read = route({
  method: 'GET',
  path: '/v1/plans/{district}/{year}',
  id: 'readPlan',
  tag: 'plans',
  summary: { zh: '年度计划及其监测', en: 'A yearly plan with its monitor' },
  right: 'project.read',
  params: ofPlan,
  query: z.strictObject({
    on: z.exactOptional(day.meta(about('按该日的清单和规定', 'by the catalogue and law of this day'))),
  }),
  answers: { 200: { about: { zh: '年度计划', en: 'The plan' }, schema: planForm } },
  refuses: ['plan_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const { ledger } = service
    const plan = await showPlan(ledger, actor, params, query.on ?? businessDay(ledger.clock()))
    const history = await historyOfPlan(ledger, plan)
    return reply(200, { ...planView(plan), history }, versionTag(plan.row))
  },
})

const listAll = listRoute({
  path: '/v1/plans',
  id: 'listPlans',
  tag: 'plans',
  summary: { zh: '年度计划列表', en: 'Yearly plans' },
  right: 'project.read',
  standby: always,
  filter: { district: z.exactOptional(districtCode), year: z.exactOptional(year) },
  about: { zh: '一页年度计划', en: 'A page of plans' },
  item: planSummary,
  list: ({ actor, query, service }) =>
    isElsewhere(actor, query.district)
      ? undefined
      : {
          name: ['plans', actor.district ?? null, query],
          place: z.tuple([z.string(), z.int()]),
          read: ([district, year]: [string, number] = ['', 0], limit: number) =>
            listPlans(service.ledger, actor, { ...query, after: { district, year }, limit }),
          placeOf: ({ district, year }: PlanRead['row']): [string, number] => [district, year],
          view: summaryView,
        },
})

export const planRoutes: readonly Route[] = [make, change, fix, trial, listAll, read]
