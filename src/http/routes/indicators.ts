/** Indicators (指标) and the cash plan: registering, settling, assigning, issuing, all by approval; and what each holds, out of the ledger. */
import * as z from 'zod'
import { demand } from '../../access/actor.ts'
import { historyOf } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { assignIndicator, reinstateIndicator } from '../../budget/indicator/assign.ts'
import { settleEarlyNotice } from '../../budget/indicator/final-budget.ts'
import { issueQuota } from '../../budget/indicator/quota.ts'
import { registerIndicator } from '../../budget/indicator/register.ts'
import { indicatorJson, seesIndicator } from '../../budget/indicator/proposal.ts'
import { planCash } from '../../budget/cash-plan/verbs.ts'
import {
  type Indicator,
  indicatorKinds,
  indicatorLevels,
  indicatorStateNamesZh,
  type IndicatorState,
  levelNamesZh,
  paymentForms,
  paymentNamesZh,
} from '../../budget/indicator/indicator.ts'
import { refuse } from '../../budget/refusals.ts'
import { type Availability, readAvailability } from '../../budget/indicator/holdings.ts'
import { readCashPlans } from '../../budget/cash-plan/store.ts'
import { readRecoveries } from '../../budget/recovery/store.ts'
import { readIndicator, readIndicators } from '../../budget/indicator/store.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { json, noBody } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import {
  about,
  amount,
  bookCode,
  cursor,
  day,
  districtCode,
  identifier,
  limit,
  month,
  namesOf,
  oneOf,
  sha256,
  text,
  year,
} from '../forms.ts'
import { answerKeyed, none, reply, type Route, route, same, type Service, versionTag } from '../route.ts'
import { amountOut, pageOf } from '../views.ts'
import type { Actor } from '../../access/actor.ts'

// --- Forms ----------------------------------------------------------------------------------------------------------

export const indicatorCode = identifier('指标编号', 'code of the indicator')
export const projectCode = identifier('项目编号', 'code of the project')
export const positiveAmount = amount.refine((fen) => fen > 0n, { error: 'amount' })
const ofIndicator = z.strictObject({ indicator: indicatorCode })
const inBook = z.strictObject({ book: bookCode })
const documentNumber = text(100, '文号', 'document number')
const bookedOn = day.meta(about('记账日期', 'the day it is booked on'))
const states = Object.keys(indicatorStateNamesZh) as [IndicatorState, ...IndicatorState[]]
const fiscalYear = z
  .int({ error: 'year' })
  .min(2000, { error: 'year' })
  .max(2100, { error: 'year' })
  .meta(about('预算年度', 'budget year'))

const indicatorShape = {
  indicator: indicatorCode,
  book: bookCode,
  documentNumber,
  level: oneOf(indicatorLevels).meta(about(namesOf(levelNamesZh), 'whose money it is')),
  source: identifier('资金来源，如 F21', 'fund source, such as F21'),
  year: fiscalYear,
  programme: identifier('未分解到项目时记账的项目编号', 'project code of money assigned to no project yet'),
  purpose: text(200, '用途', 'purpose'),
  payment: oneOf(paymentForms).meta(about(namesOf(paymentNamesZh), 'authorised or direct')),
}

const newIndicator = z
  .strictObject({
    ...indicatorShape,
    amount: positiveAmount,
    on: bookedOn,
    expected: z.exactOptional(
      positiveAmount.meta(about('预计数；填写即为提前下达', 'what is expected; given, this is an early notice')),
    ),
    parent: z.exactOptional(
      identifier('上级指标；填写即由其分配', 'the upper indicator; given, this is allotted from it'),
    ),
  })
  .transform(({ amount: amountFen, expected: expectedFen, ...given }) => ({ ...given, amountFen, expectedFen }))
  .meta({ id: 'IndicatorDraft', ...about('待登记的预算指标', 'an indicator to be registered') })

const indicatorView = z
  .strictObject({
    ...indicatorShape,
    district: districtCode,
    kind: oneOf(indicatorKinds).meta(about('final 正式，early_notice 提前下达', 'final or early notice')),
    expected: z.exactOptional(amountOut('预计数', 'what was expected')),
    parent: z.exactOptional(indicatorCode),
    state: oneOf(states).meta(about(namesOf(indicatorStateNamesZh), 'how it stands')),
    version: z.int(),
  })
  .meta({ id: 'Indicator', ...about('预算指标；金额见 availability', 'an indicator; for its money see availability') })

const proposedView = z
  .strictObject({
    indicator: indicatorView,
    approval: z.string().meta(about('审批事项', 'the approval it waits for')),
    hash: sha256,
    warnings: z.array(z.string()).meta(about('提示，不影响办理', 'what its maker should know; no refusal')),
  })
  .meta({ id: 'IndicatorProposal', ...about('已提交审批', 'submitted for approval') })

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

type Recovery = { readonly district: string; readonly dueFen: Fen; readonly doneFen: Fen }

const presentAvailability = (
  indicator: string,
  held: Availability,
  recoveries: readonly Recovery[],
): z.infer<typeof availabilityView> => ({
  indicator,
  ...yuan(totals, held),
  byProject: held.byProject.map((one) => ({ project: one.project, ...yuan(ofProject, one) })),
  byDistrict: held.byDistrict.map((one) => ({ district: one.district, ...yuan(['allotted', 'released'], one) })),
  recoveries: recoveries.map((one) => ({ district: one.district, ...yuan(['due', 'done'], one) })),
})

async function seen(service: Service, actor: Actor, code: string): Promise<Indicator> {
  demand(actor, 'allocation.read')
  const found = await readIndicator(service.ledger.database.sql, code)
  if (!found || !seesIndicator(actor, found)) throw refuse('indicator_not_found', { indicator: code })
  return found
}

// --- Registering and reading ----------------------------------------------------------------------------------------

const proposed = { about: { zh: '已提交审批', en: 'Submitted for approval' }, schema: proposedView }

const register = route({
  method: 'POST',
  path: '/v1/indicators',
  id: 'registerIndicator',
  tag: 'indicators',
  summary: { zh: '登记预算指标', en: 'Register an indicator' },
  description: {
    zh: '经复核、审批后记入账套。提前下达低于预计数的法定下限时给出提示，提示同样写入审批内容。由上级指标分配的，两个账套同时记账。',
    en: 'Booked when others approve it. An early notice below its legal minimum is answered with a warning, which the approvers see too. What is allotted from an upper indicator is booked in both books at once.',
  },
  right: 'indicator.manage',
  params: none,
  query: none,
  body: json(newIndicator),
  keyed: true,
  answers: { 202: proposed },
  refuses: [
    'book_not_found',
    'book_keeps_no_indicators',
    'source_not_fiscal',
    'approval_pending',
    'indicator_exists',
    'indicator_not_found',
    'indicator_not_in_force',
    'parent_indicator_differs',
  ],
  handle: async ({ actor, body, key, language, service }) =>
    answerKeyed(await registerIndicator(service.ledger, actor, body, key), 202, language, same),
})

const list = route({
  method: 'GET',
  path: '/v1/indicators',
  id: 'listIndicators',
  tag: 'indicators',
  summary: { zh: '预算指标，按编号', en: 'Indicators, by code' },
  right: 'allocation.read',
  params: none,
  query: z.strictObject({
    book: z.exactOptional(bookCode),
    year: z.exactOptional(year),
    programme: z.exactOptional(projectCode),
    parent: z.exactOptional(indicatorCode),
    state: z.exactOptional(oneOf(states)),
    limit,
    cursor,
  }),
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '一页指标', en: 'A page of indicators' }, schema: pageOf(indicatorView) } },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const { limit: most, cursor: given, ...filter } = query
    const name = ['indicators', actor.district, filter]
    const after = placeOfCursor(given, name, z.string()) ?? ''
    const found = await readIndicators(service.ledger.database.sql, {
      ...filter,
      district: actor.district,
      after,
      limit: most + 1,
    })
    const items = found.slice(0, most)
    const last = items.at(-1)
    const next = found.length > most && last ? cursorFor(name, last.indicator) : null
    return reply(200, { items: items.map(indicatorJson), next })
  },
})

const read = route({
  method: 'GET',
  path: '/v1/indicators/{indicator}',
  id: 'readIndicator',
  tag: 'indicators',
  summary: { zh: '一个预算指标', en: 'An indicator' },
  right: 'allocation.read',
  params: ofIndicator,
  query: none,
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '指标', en: 'The indicator' }, schema: indicatorView } },
  refuses: ['indicator_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await seen(service, actor, params.indicator)
    return reply(200, indicatorJson(found), versionTag(found))
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
  query: none,
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '余额', en: 'What it holds' }, schema: availabilityView } },
  refuses: ['indicator_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await seen(service, actor, params.indicator)
    const { sql } = service.ledger.database
    const [held, recoveries] = [await readAvailability(sql, found), await readRecoveries(sql, found.indicator)]
    return reply(200, presentAvailability(found.indicator, held, recoveries))
  },
})

const anyJson: z.ZodType<Json> = z.json()
const changeView = z
  .strictObject({ version: z.int(), verb: z.string(), person: z.string(), at: z.string(), body: anyJson })
  .meta({ id: 'IndicatorChange', ...about('一次变动', 'a change') })

const history = route({
  method: 'GET',
  path: '/v1/indicators/{indicator}/history',
  id: 'readIndicatorHistory',
  tag: 'indicators',
  summary: { zh: '指标的全部变动', en: 'Everything that happened to an indicator' },
  right: 'allocation.read',
  params: ofIndicator,
  query: none,
  body: noBody,
  keyed: false,
  answers: {
    200: { about: { zh: '变动', en: 'Changes, oldest first' }, schema: z.strictObject({ items: z.array(changeView) }) },
  },
  refuses: ['indicator_not_found'],
  handle: async ({ actor, params, service }) => {
    const { indicator } = await seen(service, actor, params.indicator)
    return reply(200, { items: await historyOf(service.ledger.database.sql, 'indicator', indicator) })
  },
})

// --- Proposals ------------------------------------------------------------------------------------------------------

const proposalRefusals = ['indicator_not_found', 'indicator_not_in_force', 'approval_pending'] as const

const settle = route({
  method: 'POST',
  path: '/v1/indicators/{indicator}/final-budget',
  id: 'settleEarlyNotice',
  tag: 'indicators',
  summary: { zh: '提前下达与正式预算清算', en: 'Settle an early notice with the final budget' },
  description: {
    zh: '多于提前下达的，补记差额；少于的，先从未动用部分红字收回，其余登记为从以后批次收回。',
    en: 'What is more is booked; what is less comes off what is free, in red, and the rest is noted as due from later tranches.',
  },
  right: 'indicator.manage',
  params: ofIndicator,
  query: none,
  body: json(
    z.strictObject({ final: amount.meta(about('正式预算（元）', 'final budget')), documentNumber, on: bookedOn }),
  ),
  keyed: true,
  answers: { 202: proposed },
  refuses: [...proposalRefusals, 'indicator_is_final', 'adjustment_changes_nothing'],
  handle: async ({ actor, params, body, key, language, service }) => {
    const { final: finalFen, ...given } = body
    const answer = await settleEarlyNotice(service.ledger, actor, { ...params, ...given, finalFen }, key)
    return answerKeyed(answer, 202, language, (view) => view)
  },
})

const sharesMax = 500
const shares = z
  .array(
    z
      .strictObject({ project: projectCode, amount: positiveAmount })
      .transform(({ project, amount: amountFen }) => ({ project, amountFen })),
    { error: `list:1:${sharesMax}` },
  )
  .min(1, { error: `list:1:${sharesMax}` })
  .max(sharesMax, { error: `list:1:${sharesMax}` })

const assign = route({
  method: 'POST',
  path: '/v1/indicators/{indicator}/assignments',
  id: 'assignIndicator',
  tag: 'indicators',
  summary: { zh: '指标分解到项目', en: 'Assign an indicator’s money to projects' },
  right: 'indicator.manage',
  params: ofIndicator,
  query: none,
  body: json(z.strictObject({ on: bookedOn, shares })),
  keyed: true,
  answers: { 202: proposed },
  refuses: [...proposalRefusals, 'project_not_found', 'project_not_funded'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(
      await assignIndicator(service.ledger, actor, { ...params, ...body }, key),
      202,
      language,
      (view) => view,
    ),
})

const quotaForm = z
  .strictObject({
    on: bookedOn,
    amount: positiveAmount,
    project: z.exactOptional(identifier('项目；不填为未分解部分', 'project; without one, what is not assigned')),
  })
  .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen }))

const issue = route({
  method: 'POST',
  path: '/v1/indicators/{indicator}/quota',
  id: 'issueQuota',
  tag: 'indicators',
  summary: { zh: '下达授权支付额度，先用上年结转', en: 'Issue quota, what was carried over first' },
  description: {
    zh: '在用款计划内下达；超过指标或用款计划的，审批时总账拒绝。由上级分配的指标，额度随上级拨付下达。',
    en: 'Within the cash plan: above it, or above the indicator, the ledger refuses when it is approved. Quota of an allotted indicator comes with the release of the upper level.',
  },
  right: 'indicator.manage',
  params: ofIndicator,
  query: none,
  body: json(quotaForm),
  keyed: true,
  answers: { 202: proposed },
  refuses: [...proposalRefusals, 'indicator_paid_directly', 'indicator_year_over', 'quota_comes_by_release'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await issueQuota(service.ledger, actor, { ...params, ...body }, key), 202, language, (view) => view),
})

const reinstate = route({
  method: 'POST',
  path: '/v1/indicators/{indicator}/reinstatement',
  id: 'reinstateIndicator',
  tag: 'indicators',
  summary: { zh: '上年结转恢复为可用指标', en: 'Make what was carried over an indicator again' },
  description: {
    zh: '年终转为财政应返还额度的指标，次年需要再分配或分解时使用；本单位自用的直接下达额度即可。',
    en: 'For what year-end turned into quota to be returned and is to be allotted or assigned in the new year; to spend it oneself, issue quota.',
  },
  right: 'indicator.manage',
  params: ofIndicator,
  query: none,
  body: json(quotaForm),
  keyed: true,
  answers: { 202: proposed },
  refuses: [...proposalRefusals, 'indicator_year_over'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(
      await reinstateIndicator(service.ledger, actor, { ...params, ...body }, key),
      202,
      language,
      (view) => view,
    ),
})

// --- Cash plan ------------------------------------------------------------------------------------------------------

const planShape = {
  programme: projectCode,
  source: identifier('资金来源，如 F21', 'fund source, such as F21'),
  month,
  documentNumber,
}
const planOutShape = { book: bookCode, ...planShape, month: z.string(), amount: amountOut('计划金额', 'amount') }
const planOut = z.strictObject(planOutShape).meta({ id: 'CashPlan', ...about('用款计划', 'a month’s cash plan') })
const planItem = z
  .strictObject({ ...planOutShape, approval: z.string() })
  .meta({ id: 'ApprovedCashPlan', ...about('已批准的用款计划', 'a cash plan that was approved') })

const plan = route({
  method: 'POST',
  path: '/v1/books/{book}/cash-plans',
  id: 'planCash',
  tag: 'indicators',
  summary: { zh: '申报用款计划', en: 'Propose a month’s cash plan' },
  description: {
    zh: '批准后自当月第一日起可用；超过用款计划的拨付和额度下达，总账拒绝（预算法实施条例第五十七条）。',
    en: 'Approved, it stands from the first day of its month; what is paid above it the ledger refuses.',
  },
  right: 'indicator.manage',
  params: inBook,
  query: none,
  body: json(
    z
      .strictObject({ ...planShape, amount: positiveAmount })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: {
    202: {
      about: { zh: '已提交审批', en: 'Submitted for approval' },
      schema: z.strictObject({ plan: planOut, approval: z.string(), hash: sha256 }),
    },
  },
  refuses: ['book_not_found', 'book_keeps_no_indicators', 'source_not_fiscal', 'approval_pending'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await planCash(service.ledger, actor, { ...params, ...body }, key), 202, language, (view) => view),
})

const listPlans = route({
  method: 'GET',
  path: '/v1/books/{book}/cash-plans',
  id: 'listCashPlans',
  tag: 'indicators',
  summary: { zh: '账套的用款计划', en: 'Cash plans of a book' },
  right: 'allocation.read',
  params: inBook,
  query: z.strictObject({ year: z.exactOptional(year), limit, cursor }),
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '一页用款计划', en: 'A page of cash plans' }, schema: pageOf(planItem) } },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const book = await bookFor(service.ledger, actor, params.book, 'allocation.read')
    const { limit: most, cursor: given, ...filter } = query
    const name = ['cash-plans', book.code, filter]
    const after = BigInt(placeOfCursor(given, name, z.string().regex(/^[0-9]{1,18}$/)) ?? '0')
    const found = await readCashPlans(service.ledger.database.sql, {
      book: book.code,
      ...filter,
      after,
      limit: most + 1,
    })
    const items = found.slice(0, most)
    const last = items.at(-1)
    const next = found.length > most && last ? cursorFor(name, last.id.toString()) : null
    return reply(200, {
      items: items.map(({ id: _, amountFen, ...row }) => ({ ...row, amount: formatFen(amountFen) })),
      next,
    })
  },
})

export const indicatorRoutes: readonly Route[] = [
  register,
  list,
  read,
  availability,
  history,
  settle,
  assign,
  issue,
  reinstate,
  plan,
  listPlans,
]
