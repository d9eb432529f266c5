/** Yearly plans of districts: capacity, queue, batches, and whether enough of the basic works is seismic and energy renovation. */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { businessDay, formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { changePlan, choiceJson, fixBatch, makePlan } from '../../projects/annual-plan/verbs.ts'
import { formatArea } from '../../projects/community/community.ts'
import { batchModes, chooseFor, type SeismicEnergyMonitor } from '../../projects/annual-plan/annual-plan.ts'
import { historyOfPlan, listPlans, type PlanRead, showPlan } from '../../projects/annual-plan/reads.ts'
import { projectStates } from '../../projects/terms.ts'
import { json } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import {
  about,
  amount,
  amountOut,
  cursor,
  day,
  districtCode,
  limit,
  oneOf,
  projectCode,
  year,
} from '../../form/field.ts'
import { answerKeyed, reply, type Route, route, same, versionTag } from '../route.ts'
import { pageOf } from '../views.ts'
import { areaOut, changeForm } from '../../projects/community/forms.ts'

const mode = oneOf(batchModes).meta(
  about(
    'strict 按序至额满为止；fill 按序并以后面能容纳的补足',
    'strict stops at the first that does not fit; fill goes on',
  ),
)
const queueMost = 2_000
const rank = z.int({ error: 'positive' }).min(1, { error: 'positive' }).max(100_000, { error: 'positive' })
const batchIn = z
  .string({ error: 'positive' })
  .regex(/^[1-9][0-9]?$/, { error: 'positive', abort: true })
  .transform(Number)
  .meta({ ...about('批次', 'batch'), type: 'integer', minimum: 1, maximum: 99 })
const ofPlan = z.strictObject({ district: districtCode, year })

const contentForms = {
  capacity: amount.meta(about('年度财力（元）', 'what the district can bear in the year')),
  queue: z
    .array(
      z
        .strictObject({
          project: projectCode,
          priority: rank.meta(about('排序，小者优先', 'place in the queue, the lower first')),
          need: amount.meta(about('当年所需资金（元）', 'what it needs of the year’s money')),
        })
        .meta({ id: 'QueueEntry', ...about('排队项目', 'a place in the queue') }),
      { error: `list:0:${queueMost}` },
    )
    .max(queueMost, { error: `list:0:${queueMost}` })
    .default([]),
}
type Content = { capacity: bigint; queue: { project: string; priority: number; need: bigint }[] }
const contentOf = ({ capacity: capacityFen, queue }: Content) => ({
  capacityFen,
  queue: queue.map(({ need: needFen, ...entry }) => ({ ...entry, needFen })),
})

const needOut = amountOut('当年所需资金（元）', 'need')
const planShape = {
  district: districtCode,
  year: z.int(),
  capacity: amountOut('年度财力（元）', 'capacity'),
  version: z.int().meta(about('版本，修改时在 If-Match 中引用', 'version; a change names it in If-Match')),
}
const contentView = z
  .strictObject({
    ...planShape,
    queue: z.array(z.strictObject({ project: z.string(), priority: z.int(), need: needOut })),
  })
  .meta({ id: 'PlanContent', ...about('年度计划', 'a yearly plan') })

const planRefusals = ['listed_twice', 'project_not_found', 'plan_project_unfit', 'project_already_planned'] as const

const make = route({
  method: 'POST',
  path: '/v1/plans',
  id: 'makePlan',
  tag: 'plans',
  summary: { zh: '编制年度计划', en: 'Make a yearly plan' },
  right: 'plan.manage',
  body: json(
    z.strictObject({
      district: districtCode,
      year: z
        .int({ error: 'year' })
        .min(2000, { error: 'year' })
        .max(2100, { error: 'year' })
        .meta(about('年度', 'year')),
      ...contentForms,
    }),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已编制', en: 'Made' }, schema: contentView } },
  refuses: ['district_unknown', 'plan_exists', ...planRefusals, 'idempotency_key_reused'],
  handle: async ({ actor, body, key, language, service }) => {
    const given = { district: body.district, year: body.year, ...contentOf(body) }
    return answerKeyed(await makePlan(service.ledger, actor, given, key), 201, language, same, (answer) => ({
      location: `/v1/plans/${answer.district}/${answer.year}`,
      ...versionTag(answer),
    }))
  },
})

const change = route({
  method: 'PUT',
  path: '/v1/plans/{district}/{year}',
  id: 'changePlan',
  tag: 'plans',
  summary: { zh: '修改年度计划', en: 'Change a yearly plan' },
  description: {
    zh: '每次提交财力和全部排队项目。已确定批次的项目须保留且资金需求不变；财力不得低于已确定批次。',
    en: 'Capacity and the whole queue, each time. What a batch took stays with its need; the capacity covers what is fixed.',
  },
  right: 'plan.manage',
  params: ofPlan,
  body: json(z.strictObject(contentForms)),
  keyed: true,
  versioned: true,
  answers: { 200: { about: { zh: '已修改', en: 'Changed' }, schema: contentView } },
  refuses: [
    'plan_not_found',
    'version_stale',
    'capacity_below_fixed',
    'plan_project_fixed',
    ...planRefusals,
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const given = { ...contentOf(body), version }
    return answerKeyed(await changePlan(service.ledger, actor, params, given, key), 200, language, same, versionTag)
  },
})

// --- Batches ------------------------------------------------------------------------------------------------------------

const choiceShape = {
  projects: z.array(z.strictObject({ project: z.string(), need: needOut })),
  total: amountOut('列入项目合计（元）', 'what they need together'),
  left: amountOut('剩余财力（元）', 'what is left'),
  stoppedAt: z.union([z.string(), z.null()]).meta(about('首个容纳不下的项目', 'the first that does not fit')),
}
const batchView = z
  .strictObject({
    district: districtCode,
    year: z.int(),
    batch: z.int(),
    mode,
    ...choiceShape,
    version: planShape.version,
  })
  .meta({ id: 'FixedBatch', ...about('已确定的批次', 'a batch that is fixed') })

const fix = route({
  method: 'POST',
  path: '/v1/plans/{district}/{year}/batches/{batch}',
  id: 'fixBatch',
  tag: 'plans',
  summary: { zh: '确定批次', en: 'Fix a batch' },
  description: {
    zh: '在剩余财力内按排队顺序列入项目，使其由储备转为列入计划；任一项目条件不满足即整批拒绝。批次内尚无项目实施时可以重新确定。',
    en: 'Takes projects from the queue within what is left and moves them from the reserve into the plan; refused where one of them may not. May be fixed anew while none has begun.',
  },
  right: 'plan.manage',
  params: z.strictObject({ district: districtCode, year, batch: batchIn }),
  body: json(z.strictObject({ mode })),
  keyed: true,
  versioned: true,
  answers: { 200: { about: { zh: '已确定', en: 'Fixed' }, schema: batchView } },
  refuses: [
    'plan_not_found',
    'version_stale',
    'batch_started',
    'batch_empty',
    'project_covers_nothing',
    'fund_promise_missing',
    'households_not_stated',
    'households_increase',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const { batch, ...plan } = params
    const given = { batch, version, mode: body.mode }
    return answerKeyed(await fixBatch(service.ledger, actor, plan, given, key), 200, language, same, versionTag)
  },
})

const trial = route({
  method: 'GET',
  path: '/v1/plans/{district}/{year}/batches/{batch}/trial',
  id: 'tryBatch',
  tag: 'plans',
  summary: { zh: '试排批次', en: 'See what a batch would take' },
  right: 'project.read',
  params: z.strictObject({ district: districtCode, year, batch: batchIn }),
  query: z.strictObject({ mode }),
  answers: {
    200: {
      about: { zh: '将列入的项目，未作任何改动', en: 'What it would take; nothing is changed' },
      schema: z.strictObject(choiceShape).meta({ id: 'TriedBatch' }),
    },
  },
  refuses: ['plan_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const { ledger } = service
    const { batch, ...key } = params
    const plan = await showPlan(ledger, actor, key, businessDay(ledger.clock()))
    return reply(200, choiceJson(chooseFor(plan.row.capacity_fen, plan.queue, batch, query.mode).choice))
  },
})

// --- Reading ------------------------------------------------------------------------------------------------------------

const monitorView = z
  .strictObject({
    basic: areaOut('基础类改造总量（㎡）', 'volume of basic works'),
    seismicEnergy: areaOut('其中抗震、节能综合改造（㎡）', 'of it comprehensive seismic and energy renovation'),
    minimum: areaOut('应不低于（㎡）', 'at least'),
    shortfall: areaOut('差额（㎡）', 'wanting'),
    clause: z.string(),
  })
  .meta({ id: 'SeismicEnergyMonitor', ...about('抗震、节能改造比例监测', 'the minimum of clause 3') })

const planView = z
  .strictObject({
    ...planShape,
    left: amountOut('剩余财力（元）', 'what is left'),
    queue: z.array(
      z.strictObject({
        project: z.string(),
        name: z.string(),
        priority: z.int(),
        need: needOut,
        state: oneOf(projectStates),
        batch: z.union([z.int(), z.null()]),
      }),
    ),
    batches: z.array(
      z.strictObject({
        batch: z.int(),
        mode,
        projects: z.int(),
        total: amountOut('合计（元）', 'total'),
        fixedBy: z.string(),
        fixedAt: z.string(),
      }),
    ),
    monitor: z.strictObject({
      fixed: monitorView.meta(about('已确定批次', 'of what is fixed')),
      queued: monitorView.meta(about('全部排队项目', 'of the whole queue')),
    }),
    history: z.array(changeForm),
  })
  .meta({ id: 'Plan', ...about('年度计划及其监测', 'a yearly plan with its monitor') })

const presentMonitor = (monitor: SeismicEnergyMonitor): z.input<typeof monitorView> => ({
  basic: formatArea(monitor.basicDm2),
  seismicEnergy: formatArea(monitor.seismicEnergyDm2),
  minimum: formatArea(monitor.minimumDm2),
  shortfall: formatArea(monitor.shortfallDm2),
  clause: monitor.clause,
})

const presentPlan = ({ row, queue, batches, leftFen, monitor }: PlanRead) => ({
  district: row.district,
  year: row.year,
  capacity: formatFen(row.capacity_fen),
  version: row.version,
  left: formatFen(leftFen),
  queue: queue.map(({ need_fen: needFen, ...entry }) => ({ ...entry, need: formatFen(needFen) })),
  batches: batches.map(({ total_fen: totalFen, fixed_by: fixedBy, at, ...batch }) => ({
    ...batch,
    total: formatFen(totalFen),
    fixedBy,
    fixedAt: formatInstant(at),
  })),
  monitor: { fixed: presentMonitor(monitor.fixed), queued: presentMonitor(monitor.queued) },
})

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
  answers: { 200: { about: { zh: '年度计划', en: 'The plan' }, schema: planView } },
  refuses: ['plan_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const { ledger } = service
    const plan = await showPlan(ledger, actor, params, query.on ?? businessDay(ledger.clock()))
    const history = await historyOfPlan(ledger, plan)
    return reply(200, { ...presentPlan(plan), history }, versionTag(plan.row))
  },
})

const listAll = route({
  method: 'GET',
  path: '/v1/plans',
  id: 'listPlans',
  tag: 'plans',
  summary: { zh: '年度计划列表', en: 'Yearly plans' },
  right: 'project.read',
  query: z.strictObject({ district: z.exactOptional(districtCode), year: z.exactOptional(year), limit, cursor }),
  answers: {
    200: {
      about: { zh: '一页年度计划', en: 'A page of plans' },
      schema: pageOf(z.strictObject(planShape).meta({ id: 'PlanSummary' })),
    },
  },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const { limit, cursor, ...filter } = query
    if (isElsewhere(actor, filter.district)) return reply(200, { items: [], next: null })
    const name = ['plans', actor.district ?? null, filter]
    const place = placeOfCursor(cursor, name, z.tuple([z.string(), z.int()])) ?? ['', 0]
    const after = { district: place[0], year: place[1] }
    const found = await listPlans(service.ledger, actor, { ...filter, after, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const next = found.length > limit && last ? cursorFor(name, [last.district, last.year]) : null
    const shown = items.map(({ capacity_fen: capacityFen, ...row }) => ({ ...row, capacity: formatFen(capacityFen) }))
    return reply(200, { items: shown, next })
  },
})

export const planRoutes: readonly Route[] = [make, change, fix, trial, listAll, read]
