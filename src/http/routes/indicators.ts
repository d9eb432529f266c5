/**
 * Indicators (指标) and the cash plan: registering, settling, assigning, issuing, all by approval; and what each holds,
 * out of the ledger.
 */
import * as z from 'zod'
import { type Fen, formatFen } from '../../base/money.ts'
import { approvedPlanForm } from '../../budget/cash-plan/forms.ts'
import { cashPlansOf } from '../../budget/cash-plan/reads.ts'
import { assignIndicator, reinstateIndicator } from '../../budget/indicator/assign.ts'
import { settleEarlyNotice } from '../../budget/indicator/final-budget.ts'
import { indicatorForm, ofIndicator, proposedForm, stateForm, viewOf } from '../../budget/indicator/forms.ts'
import { issueQuota } from '../../budget/indicator/quota.ts'
import { findIndicator, holdingsOf, listIndicators, type Recovery, recoveriesOf } from '../../budget/indicator/reads.ts'
import { registerIndicator } from '../../budget/indicator/register.ts'
import { renewIndicator } from '../../budget/indicator/renew.ts'
import { planCash, proposedPlanForm } from '../../budget/cash-plan/verbs.ts'
import { type Availability } from '../../budget/indicator/holdings.ts'
import { about, amountOut, bookCode, districtCode, inBook, indicatorCode, projectCode, year } from '../../form/field.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, versionTag } from '../route.ts'

// --- What it holds --------------------------------------------------------------------------------------------------

const projectHolding = z.strictObject({
  project: z.string(),
  available: amountOut('可用', 'available'),
  carried: amountOut('上年结转', 'carried over'),
  issued: amountOut('已下达或已直接支付', 'issued or directly paid'),
  committable: amountOut('可承诺', 'free to commit'),
  committed: amountOut('已承诺', 'committed'),
  committedPaid: amountOut('承诺已支付', 'committed and paid'),
})
const districtHolding = z.strictObject({
  district: districtCode,
  allotted: amountOut('已分配', 'allotted'),
  released: amountOut('其中已拨付', 'of it released'),
})
const recovery = z.strictObject({
  district: districtCode,
  due: amountOut('应从以后批次收回', 'due from later tranches'),
  done: amountOut('已收回', 'come back'),
  return: amountOut('其中清算时已拨付、须以额度交回', 'of it paid already, to be returned from quota'),
  projects: z
    .array(z.strictObject({ allocation: z.string(), project: z.string(), amount: amountOut('已扣减', 'come off') }))
    .meta(about('已收回部分按项目', 'what came back, by project')),
})
const availabilityView = z
  .strictObject({
    indicator: indicatorCode,
    approved: amountOut(
      '批复 = 可用 + 上年结转 + 已下达 + 已分配',
      'approved = available + carried + issued + allotted',
    ),
    available: amountOut('可用', 'available'),
    unassigned: amountOut('其中未分解到项目', 'of it assigned to no project'),
    carried: amountOut('上年结转（财政应返还额度）', 'carried over, to be restored'),
    issued: amountOut('已下达额度或已直接支付', 'issued as quota or paid directly'),
    allotted: amountOut('已分配下级', 'allotted to districts'),
    released: amountOut('其中已拨付', 'of it released'),
    committableApproved: amountOut(
      '可承诺总额 = 可承诺 + 已承诺 + 承诺已支付 + 已分配',
      'right to commit = free + committed + paid + allotted',
    ),
    committable: amountOut('可承诺', 'free to commit'),
    committed: amountOut('已承诺', 'committed'),
    committedPaid: amountOut('承诺已支付', 'committed and paid'),
    byProject: z.array(projectHolding),
    byDistrict: z.array(districtHolding),
    recoveries: z.array(recovery),
  })
  .meta({ id: 'Availability', ...about('指标余额，取自总账', 'what an indicator holds, out of the ledger') })

/** Amounts of a record as text, under their names without `Fen`. */
const yuan = <Name extends string>(names: readonly Name[], of: { readonly [N in `${Name}Fen`]: Fen }) =>
  Object.fromEntries(names.map((name) => [name, formatFen(of[`${name}Fen`])])) as Record<Name, string>

const totals = [
  'approved',
  'available',
  'unassigned',
  'carried',
  'issued',
  'allotted',
  'released',
  'committableApproved',
  'committable',
  'committed',
  'committedPaid',
] as const
const ofProject = ['available', 'carried', 'issued', 'committable', 'committed', 'committedPaid'] as const

const presentAvailability = (
  indicator: string,
  held: Availability,
  recoveries: readonly Recovery[],
): z.infer<typeof availabilityView> => ({
  indicator,
  ...yuan(totals, held),
  byProject: held.byProject.map((one) => ({ project: one.project, ...yuan(ofProject, one) })),
  byDistrict: held.byDistrict.map((one) => ({ district: one.district, ...yuan(['allotted', 'released'], one) })),
  recoveries: recoveries.map(({ district, projects, ...one }) => ({
    district,
    ...yuan(['due', 'done', 'return'], one),
    projects: projects.map(({ amountFen, ...of }) => ({ ...of, amount: formatFen(amountFen) })),
  })),
})

// --- Registering and reading ----------------------------------------------------------------------------------------

const proposed = {
  status: 202,
  about: { zh: '已提交审批', en: 'Submitted for approval' },
  answer: proposedForm,
} as const

const register = verbRoute(registerIndicator, {
  path: '/v1/indicators',
  id: 'registerIndicator',
  tag: 'indicators',
  summary: { zh: '登记预算指标', en: 'Register an indicator' },
  description: {
    zh: '经复核、审批后记入账套。提前下达低于预计数的法定下限时给出提示，提示同样写入审批内容。由上级指标分配的，两个账套同时记账。',
    en: 'Booked when others approve it. An early notice below its legal minimum is answered with a warning, which the approvers see too. What is allotted from an upper indicator is booked in both books at once.',
  },
  ...proposed,
})

const list = listRoute({
  path: '/v1/indicators',
  id: 'listIndicators',
  tag: 'indicators',
  summary: { zh: '预算指标，按编号', en: 'Indicators, by code' },
  right: 'allocation.read',
  standby: always,
  filter: {
    book: z.exactOptional(bookCode),
    year: z.exactOptional(year),
    programme: z.exactOptional(projectCode),
    parent: z.exactOptional(indicatorCode),
    state: z.exactOptional(stateForm),
  },
  about: { zh: '一页指标', en: 'A page of indicators' },
  item: indicatorForm,
  list: ({ actor, query, service }) => ({
    name: ['indicators', actor.district, query],
    place: z.string(),
    read: (after = '', limit) => listIndicators(service.ledger, actor, { ...query, after, limit }),
    placeOf: ({ indicator }) => indicator,
    view: viewOf,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/indicators/{indicator}',
  id: 'readIndicator',
  tag: 'indicators',
  summary: { zh: '一个预算指标', en: 'An indicator' },
  right: 'allocation.read',
  params: ofIndicator,
  answers: { 200: { about: { zh: '指标', en: 'The indicator' }, schema: indicatorForm } },
  refuses: ['indicator_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findIndicator(service.ledger, actor, params.indicator)
    return reply(200, viewOf(found), versionTag(found))
  },
})

const availability = route({
  method: 'GET',
  path: '/v1/indicators/{indicator}/availability',
  id: 'readAvailability',
  tag: 'indicators',
  summary: { zh: '指标余额：批复、可用、下达、分配、承诺', en: 'What an indicator holds' },
  description: {
    zh: '每个数都是总账科目的余额，精确到分；按项目、按区列示。',
    en: 'Every figure is a balance of the ledger, to the fen, by project and by district.',
  },
  right: 'allocation.read',
  params: ofIndicator,
  answers: { 200: { about: { zh: '余额', en: 'What it holds' }, schema: availabilityView } },
  refuses: ['indicator_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findIndicator(service.ledger, actor, params.indicator)
    const [held, recoveries] = [await holdingsOf(service.ledger, found), await recoveriesOf(service.ledger, found)]
    return reply(200, presentAvailability(found.indicator, held, recoveries))
  },
})

// --- Proposals ------------------------------------------------------------------------------------------------------

const settle = verbRoute(settleEarlyNotice, {
  path: '/v1/indicators/{indicator}/final-budget',
  id: 'settleEarlyNotice',
  tag: 'indicators',
  summary: { zh: '提前下达与正式预算清算', en: 'Settle an early notice with the final budget' },
  description: {
    zh: '多于提前下达的，补记差额；少于的，先从未动用部分红字收回，其余登记为从以后批次收回。',
    en: 'What is more is booked; what is less comes off what is free, in red, and the rest is noted as due from later tranches.',
  },
  ...proposed,
})

const assign = verbRoute(assignIndicator, {
  path: '/v1/indicators/{indicator}/assignments',
  id: 'assignIndicator',
  tag: 'indicators',
  summary: { zh: '指标分解到项目', en: 'Assign an indicator’s money to projects' },
  ...proposed,
})

const issue = verbRoute(issueQuota, {
  path: '/v1/indicators/{indicator}/quota',
  id: 'issueQuota',
  tag: 'indicators',
  summary: { zh: '下达授权支付额度，先用上年结转', en: 'Issue quota, what was carried over first' },
  description: {
    zh: '在用款计划内下达；超过指标或用款计划的，审批时总账拒绝。由上级分配的指标，额度随上级拨付下达。',
    en: 'Within the cash plan: above it, or above the indicator, the ledger refuses when it is approved. Quota of an allotted indicator comes with the release of the upper level.',
  },
  ...proposed,
})

const reinstate = verbRoute(reinstateIndicator, {
  path: '/v1/indicators/{indicator}/reinstatement',
  id: 'reinstateIndicator',
  tag: 'indicators',
  summary: { zh: '上年结转恢复为可用指标', en: 'Make what was carried over an indicator again' },
  description: {
    zh: '年终转为财政应返还额度的指标，次年需要再分配或分解时使用；本单位自用的直接下达额度即可。',
    en: 'For what year-end turned into quota to be returned and is to be allotted or assigned in the new year; to spend it oneself, issue quota.',
  },
  ...proposed,
})

const renew = verbRoute(renewIndicator, {
  path: '/v1/indicators/{indicator}/renewal',
  id: 'renewIndicator',
  tag: 'indicators',
  summary: { zh: '整体恢复上年结转', en: 'Renew an indicator whole after New Year' },
  description: {
    zh: '一个审批恢复该指标及由其分配的全部指标：未下达的恢复为可用指标，年终注销的额度恢复为额度，逐项目、各账套同时记账。财政部门账套的指标年终不结转，无需恢复。',
    en: 'Under one approval, of the indicator and all that was allotted from it: lines never issued become available again, quota cancelled at year-end comes back, project by project, in all books at once. Lines of a finance bureau outlive the year and need none of it.',
  },
  ...proposed,
})

// --- Cash plan ------------------------------------------------------------------------------------------------------

const plan = verbRoute(planCash, {
  path: '/v1/books/{book}/cash-plans',
  id: 'planCash',
  tag: 'indicators',
  summary: { zh: '申报用款计划', en: 'Propose a month’s cash plan' },
  description: {
    zh: '批准后自当月第一日起可用；超过用款计划的拨付和额度下达，总账拒绝（预算法实施条例第五十七条）。',
    en: 'Approved, it stands from the first day of its month; what is paid above it the ledger refuses.',
  },
  ...proposed,
  answer: proposedPlanForm,
})

const listPlans = listRoute({
  path: '/v1/books/{book}/cash-plans',
  id: 'listCashPlans',
  tag: 'indicators',
  summary: { zh: '账套的用款计划', en: 'Cash plans of a book' },
  right: 'allocation.read',
  standby: always,
  params: inBook,
  filter: { year: z.exactOptional(year) },
  about: { zh: '一页用款计划', en: 'A page of cash plans' },
  item: approvedPlanForm,
  refuses: ['book_not_found'],
  list: async ({ actor, params, query, service: { ledger } }) => {
    // A book that is not there is said before a cursor that is wrong.
    const { code: book } = await bookFor(ledger, actor, params.book, 'allocation.read')
    return {
      name: ['cash-plans', book, query],
      place: z.string().regex(/^[0-9]{1,18}$/),
      read: (after, limit) => cashPlansOf(ledger, actor, { book, ...query, after: BigInt(after ?? '0'), limit }),
      placeOf: ({ id }) => id.toString(),
      view: ({ id: _, amountFen, ...row }) => ({ ...row, amount: formatFen(amountFen) }),
    }
  },
})

export const indicatorRoutes: readonly Route[] = [
  register,
  list,
  read,
  availability,
  settle,
  assign,
  issue,
  reinstate,
  renew,
  plan,
  listPlans,
]
