/** Funding plans: drafting, proposing, submitting and changing the scope of one; and the view of all of a project's money. */
import * as z from 'zod'
import { changeScope, draftPlan, type PlanGiven, proposePlan, submitPlans } from '../../financing/plan/verbs.ts'
import { type PlanVersion, type PlanView, readPlan, readPlans } from '../../financing/plan/reads.ts'
import { moneyColumns } from '../../financing/money/money.ts'
import {
  lineJson,
  planKinds,
  type PlanLine,
  planPurposes,
  type PlanShare,
  shareJson,
  type PlanState,
} from '../../financing/plan/plan.ts'
import { readMoney } from '../../financing/money/reads.ts'
import { formatInstant } from '../../base/calendar.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { ownerships, parseArea } from '../../projects/community/community.ts'
import { json, optionalJson } from '../body.ts'
import {
  about,
  amount,
  amountOut,
  bookCode,
  identifier,
  listOf,
  oneOf,
  positiveAmount,
  sha256,
  text,
} from '../../form/field.ts'
import { answerKeyed, none, reply, type Route, route, same } from '../route.ts'

// --- Forms ----------------------------------------------------------------------------------------------------------

export const inProject = z.strictObject({ project: identifier('项目编号', 'code of the project') })
const countMost = 1_000_000
export const positive = z.int({ error: 'positive' }).min(1, { error: 'positive' }).max(countMost, { error: 'positive' })
const versionNumber = z
  .string({ error: 'positive' })
  .regex(/^[1-9][0-9]{0,5}$/, { error: 'positive', abort: true })
  .transform(Number)
  .meta({ ...about('方案版本', 'version'), type: 'integer', minimum: 1 })
const inVersion = z.strictObject({ ...inProject.shape, version: versionNumber })

export const area = z
  .string({ error: 'area' })
  .transform((given, context): bigint => {
    const dm2 = parseArea(given)
    if (dm2 !== undefined) return dm2
    context.issues.push({ code: 'custom', message: 'area', input: given })
    return z.NEVER
  })
  .meta(about('面积（㎡），至多两位小数', 'area in m², at most two decimals'))

export const dwellingName = z
  .strictObject({
    community: identifier('小区', 'community'),
    building: identifier('楼栋', 'building'),
    dwelling: identifier('房屋', 'dwelling'),
  })
  .meta({ id: 'DwellingName', ...about('房屋：小区、楼栋、房号', 'a dwelling by community, building and number') })
export const ownershipForm = oneOf(ownerships).meta(
  about('产权性质：业主、央产、市属国企、区属国企、直管公房', 'class of owners'),
)
export const sourceCode = identifier('资金来源，如 F21', 'fund source, such as F21')

const lineShape = {
  line: identifier('费用行', 'line of the plan'),
  item: z.exactOptional(identifier('改造内容，如 B03', 'item of the catalogue')),
  contract: z.exactOptional(
    identifier('合同行；一个合同行只在一个项目列支', 'contract line; paid by one project only'),
  ),
  ownership: z.exactOptional(ownershipForm),
  quantity: z.exactOptional(positive.meta(about('数量', 'quantity'))),
  unitPrice: z.exactOptional(amount.meta(about('单价（元）', 'unit price'))),
  amount: amount.meta(about('造价（元）', 'cost in yuan')),
}
const lineForm = z
  .strictObject({
    ...lineShape,
    purpose: oneOf(planPurposes).default('capital').meta(about('资本性或经常性', 'capital or recurrent')),
  })
  .refine(({ quantity, unitPrice }) => (quantity === undefined) === (unitPrice === undefined), { error: 'counted' })
  .transform(({ unitPrice, amount: amountFen, ...line }): PlanLine => ({ ...line, unitFen: unitPrice, amountFen }))
  .meta({ id: 'PlanLineDraft', ...about('费用行', 'a cost') })

const shareForm = z
  .strictObject({
    line: lineShape.line,
    source: sourceCode,
    party: z.exactOptional(identifier('产权单位、投资人等', 'property unit, investor and the like')),
    dwelling: z.exactOptional(dwellingName),
    quantity: z.exactOptional(positive.meta(about('该户的数量', 'how many of the things are this dwelling’s'))),
    indicator: z.exactOptional(identifier('预算指标', 'appropriation line')),
    amount: positiveAmount,
  })
  .transform(({ amount: amountFen, ...share }): PlanShare => ({ ...share, amountFen }))
  .meta({ id: 'PlanShareDraft', ...about('一个来源支付一行费用的金额', 'what one source pays of one line') })

const rebuildForm = z
  .strictObject({
    line: lineShape.line,
    source: sourceCode,
    prices: z.strictObject({
      area: amount.meta(about('原面积每平方米出资（元）', 'yuan a m² of the area had')),
      added: amount.meta(about('新增面积每平方米价格（元）', 'yuan a m² of the area gained')),
    }),
    dwellings: listOf(z.strictObject({ dwelling: dwellingName, area, added: area }), 5_000),
  })
  .transform(({ prices, dwellings, ...rebuild }) => ({
    ...rebuild,
    prices: { areaFen: prices.area, addedFen: prices.added },
    dwellings: dwellings.map(({ dwelling, area: areaDm2, added: addedDm2 }) => ({ dwelling, areaDm2, addedDm2 })),
  }))
  .meta({
    id: 'RebuildShares',
    ...about('改建项目居民按面积出资，自动计算', 'owners’ shares of a rebuild, worked out by area'),
  })

const linesMax = 200
const sharesMax = 5_000
const draftForm = z
  .strictObject({
    lines: listOf(lineForm, linesMax),
    shares: z.array(shareForm, { error: `list:0:${sharesMax}` }).max(sharesMax, { error: `list:0:${sharesMax}` }),
    rebuild: z.exactOptional(rebuildForm),
    fundBook: z.exactOptional(bookCode.meta(about('维修资金账套', 'book of the maintenance fund'))),
    note: z.exactOptional(text(500, '说明', 'note')),
  })
  .transform((given): PlanGiven => given)
  .meta({ id: 'FundingPlanDraft', ...about('资金方案：费用与来源', 'a funding plan: costs and who pays them') })

// --- Views ----------------------------------------------------------------------------------------------------------

const sourceView = z.strictObject({ source: z.string(), amount: amountOut('金额', 'amount') })
const state = oneOf(['draft', 'submitted', 'approved', 'replaced'] satisfies PlanState[]).meta(
  about('draft 草稿，submitted 审批中，approved 现行，replaced 已取代', 'where the version stands'),
)
const headShape = {
  project: z.string(),
  version: z.int(),
  kind: oneOf(planKinds).meta(about('plan 方案，scope_change 核减范围', 'a plan, or a change of scope')),
  state,
  hash: sha256.meta(about('方案内容的 SHA-256', 'SHA-256 of the plan')),
  total: amountOut('总投资', 'total cost'),
  gap: amountOut('缺口', 'what nobody pays yet'),
}
export const planSummary = z
  .strictObject({
    ...headShape,
    sources: z.array(sourceView),
    approval: z.exactOptional(z.string().meta(about('审批事项', 'the approval'))),
  })
  .meta({ id: 'FundingPlanSummary' })

const lineView = z.strictObject({
  line: z.string(),
  item: z.exactOptional(z.string()),
  contract: z.exactOptional(z.string()),
  purpose: oneOf(planPurposes),
  ownership: z.exactOptional(z.string()),
  quantity: z.exactOptional(z.int()),
  unitPrice: z.exactOptional(amountOut('单价', 'unit price')),
  amount: amountOut('造价', 'cost'),
})
const shareView = z.strictObject({
  line: z.string(),
  source: z.string(),
  party: z.exactOptional(z.string()),
  dwelling: z.exactOptional(dwellingName),
  quantity: z.exactOptional(z.int()),
  indicator: z.exactOptional(z.string()),
  amount: amountOut('金额', 'amount'),
})
const versionShape = {
  ...headShape,
  basis: z.union([z.int(), z.null()]).meta(about('编制时的现行版本', 'the version in force when it was made')),
  note: z.union([z.string(), z.null()]),
  maker: z.string(),
  madeAt: z.string().meta({ ...about('编制时刻', 'when it was made'), format: 'date-time' }),
  approval: z.union([z.string(), z.null()]),
}
const versionView = z.strictObject(versionShape).meta({ id: 'FundingPlanVersion' })
const planView = z
  .strictObject({
    ...versionShape,
    scope: z.json().meta(about('核减内容与依据文件', 'what was left out, and on which papers')),
    lines: z.array(lineView),
    shares: z.array(shareView),
  })
  .meta({ id: 'FundingPlan', ...about('资金方案', 'a funding plan') })

type Shown = PlanVersion & { readonly state: PlanState; readonly approval: string | null }

const presentVersion = (given: Shown): z.input<typeof versionView> => ({
  project: given.project,
  version: given.version,
  kind: given.kind,
  state: given.state,
  hash: given.hash,
  total: formatFen(given.totalFen),
  gap: formatFen(given.totalFen - given.plannedFen),
  basis: given.basis,
  note: given.note,
  maker: given.maker,
  madeAt: formatInstant(given.madeAt),
  approval: given.approval,
})

const presentPlan = (given: PlanView): z.input<typeof planView> => ({
  ...presentVersion(given),
  scope: given.scope,
  lines: given.plan.lines.map(lineJson),
  shares: given.plan.shares.map(shareJson),
})

const submitted = z
  .strictObject({
    approval: z.string().meta(about('审批事项', 'the approval')),
    hash: sha256.meta(about('审批时引用的摘要', 'what a decision names')),
    plans: z.array(planSummary),
  })
  .meta({ id: 'SubmittedPlans' })

// --- Routes ---------------------------------------------------------------------------------------------------------

export const planFormRefusals = [
  'project_not_found',
  'project_state_wrong',
  'plan_line_repeated',
  'plan_item_unknown',
  'plan_quantity_wrong',
  'plan_share_unplaced',
  'plan_source_unknown',
  'plan_source_not_eligible',
  'plan_recurrent_not_eligible',
  'channel_source_wrong',
  'plan_line_overclaimed',
] as const
const submissionRefusals = [
  'plan_version_not_found',
  'plan_settled',
  ...planFormRefusals,
  'plan_contract_claimed',
  'project_book_missing',
  'plan_item_cost_differs',
  'plan_has_gap',
  'item_not_of_project',
  'indicator_not_found',
  'plan_source_limit_exceeded',
  'approval_pending',
] as const

const draft = route({
  method: 'POST',
  path: '/v1/projects/{project}/funding-plans',
  id: 'draftFundingPlan',
  tag: 'plans',
  summary: { zh: '编制一版资金方案', en: 'Draft a version of the funding plan' },
  description: {
    zh: '草稿可以有缺口；同一费用不得重复安排，来源须符合改造类别和产权渠道。',
    en: 'A draft may have a gap. No cost may be claimed twice, and every source must be one that may pay it.',
  },
  right: 'plan.manage',
  params: inProject,
  body: json(draftForm),
  keyed: true,
  answers: { 201: { about: { zh: '已编制', en: 'Drafted' }, schema: planSummary } },
  refuses: [
    ...planFormRefusals,
    'households_not_stated',
    'households_increase',
    'dwelling_unknown',
    'book_not_found',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(
      await draftPlan(service.ledger, actor, params.project, body, key),
      201,
      language,
      (plan) => plan,
      ({ project, version }) => ({ location: `/v1/projects/${project}/funding-plans/${version}` }),
    ),
})

const list = route({
  method: 'GET',
  path: '/v1/projects/{project}/funding-plans',
  id: 'listFundingPlans',
  tag: 'plans',
  summary: { zh: '资金方案的各版，新者在前', en: 'Versions of the funding plan, newest first' },
  right: 'project.read',
  params: inProject,
  answers: {
    200: { about: { zh: '各版', en: 'The versions' }, schema: z.strictObject({ items: z.array(versionView) }) },
  },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, service }) => {
    const versions = await readPlans(service.ledger.database.sql, actor, params.project)
    return reply(200, { items: versions.map(presentVersion) })
  },
})

const read = route({
  method: 'GET',
  path: '/v1/projects/{project}/funding-plans/{version}',
  id: 'readFundingPlan',
  tag: 'plans',
  summary: { zh: '一版资金方案', en: 'A version of the funding plan' },
  right: 'project.read',
  params: inVersion,
  answers: { 200: { about: { zh: '方案', en: 'The plan' }, schema: planView } },
  refuses: ['project_not_found', 'plan_version_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, presentPlan(await readPlan(service.ledger.database.sql, actor, params.project, params.version))),
})

const submit = route({
  method: 'POST',
  path: '/v1/projects/{project}/funding-plans/{version}/submission',
  id: 'submitFundingPlan',
  tag: 'plans',
  summary: { zh: '提交资金方案审批', en: 'Submit a version for approval' },
  right: 'plan.manage',
  params: inVersion,
  body: optionalJson(none),
  keyed: true,
  answers: { 202: { about: { zh: '已提交', en: 'Submitted' }, schema: submitted } },
  refuses: [...submissionRefusals, 'idempotency_key_reused'],
  handle: async ({ actor, params, key, language, service }) =>
    answerKeyed(await submitPlans(service.ledger, actor, [params], key), 202, language, same),
})

const submitMany = route({
  method: 'POST',
  path: '/v1/funding-plans/submissions',
  id: 'submitFundingPlans',
  tag: 'plans',
  summary: { zh: '成批提交资金方案，一次审批', en: 'Submit many plans under one approval' },
  right: 'plan.manage',
  body: json(
    z.strictObject({
      plans: listOf(z.strictObject({ ...inProject.shape, version: positive }), 500).refine(
        (plans) => new Set(plans.map(({ project }) => project)).size === plans.length,
        { error: 'listed_once' },
      ),
    }),
  ),
  keyed: true,
  answers: { 202: { about: { zh: '已提交', en: 'Submitted' }, schema: submitted } },
  refuses: [...submissionRefusals, 'idempotency_key_reused'],
  handle: async ({ actor, body, key, language, service }) =>
    answerKeyed(await submitPlans(service.ledger, actor, body.plans, key), 202, language, same),
})

const scope = route({
  method: 'POST',
  path: '/v1/projects/{project}/scope-changes',
  id: 'changeScope',
  tag: 'plans',
  summary: { zh: '核减未完成的改造内容', en: 'Leave out works that were waived' },
  description: {
    zh: '须有住户签字说明和设计变更（第（二十二）条）。按现行方案重算各来源份额，提交新版审批；批准后同时冲减方案、撤销承诺、退还居民。',
    en: 'Needs the household’s signed waiver and a design change (clause 22). Recomputes the shares, and submits the new version; its approval posts the difference, releases commitments and refunds owners.',
  },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z.strictObject({
      line: lineShape.line,
      waivers: listOf(z.strictObject({ dwelling: dwellingName, quantity: positive }), 1_000),
      note: z.exactOptional(text(500, '说明', 'note')),
    }),
  ),
  keyed: true,
  answers: { 202: { about: { zh: '已提交', en: 'Submitted' }, schema: submitted } },
  refuses: [
    'plan_not_in_force',
    'scope_reduction_unproven',
    'scope_line_not_counted',
    'scope_reduction_too_large',
    'scope_shares_do_not_fit',
    ...submissionRefusals,
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await changeScope(service.ledger, actor, params.project, body, key), 202, language, same),
})

const proposal = z
  .strictObject({
    shares: z.array(shareView),
    gap: amountOut('缺口', 'uncovered'),
    sources: z.array(
      z.strictObject({ source: z.string(), used: amountOut('使用', 'used'), left: amountOut('剩余', 'left') }),
    ),
  })
  .meta({ id: 'ProposedPlan' })

const propose = route({
  method: 'POST',
  path: '/v1/projects/{project}/funding-plans/proposal',
  id: 'proposeFundingPlan',
  tag: 'plans',
  summary: { zh: '按来源优先级试编资金方案', en: 'Work out a plan from sources with priorities' },
  description: {
    zh: '精确求解，不保存；费用行须有改造内容。',
    en: 'Solved exactly, nothing is kept; every line names an item.',
  },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z.strictObject({
      lines: listOf(lineForm, linesMax),
      sources: listOf(
        z.strictObject({
          source: sourceCode,
          party: z.exactOptional(identifier('产权单位、投资人等', 'property unit, investor')),
          indicator: z.exactOptional(identifier('预算指标', 'appropriation line')),
          limit: amount.meta(about('可用额', 'limit')),
          priority: z
            .int({ error: 'positive' })
            .min(0, { error: 'positive' })
            .max(countMost, { error: 'positive' })
            .meta(about('优先级，小者先付', 'the lower pays first')),
        }),
        50,
      ),
    }),
  ),
  answers: { 200: { about: { zh: '试编结果', en: 'The plan' }, schema: proposal } },
  refuses: planFormRefusals,
  handle: async ({ actor, params, body, service }) => {
    const sources = body.sources.map(({ limit, ...source }) => ({ ...source, limitFen: limit }))
    const { shares, solved } = await proposePlan(service.ledger, actor, params.project, { lines: body.lines, sources })
    return reply(200, {
      shares: shares.map(shareJson),
      gap: formatFen(solved.gap),
      sources: solved.sources.map(({ id, used, left }) => ({
        source: sources[Number(id)]?.source ?? '',
        used: formatFen(used),
        left: formatFen(left),
      })),
    })
  },
})

const moneyShape = Object.fromEntries(moneyColumns.map((column) => [column, amountOut(column, column)])) as Record<
  (typeof moneyColumns)[number],
  ReturnType<typeof amountOut>
>
const moneyView = z
  .strictObject({
    sources: z.array(
      z.strictObject({ source: z.string(), ...moneyShape, remaining: amountOut('待支付', 'to be paid') }),
    ),
    total: z.strictObject({ ...moneyShape, remaining: amountOut('待支付', 'to be paid') }),
    accounts: z
      .array(
        z.strictObject({
          column: oneOf(moneyColumns),
          source: z.string(),
          book: z.string(),
          account: z.string(),
          amount: amountOut('计入金额', 'what of it counts'),
          debit: amountOut('借方累计发生额', 'sum of debits'),
          credit: amountOut('贷方累计发生额', 'sum of credits'),
        }),
      )
      .meta(about('各数由哪些科目组成', 'the accounts each figure is the sum of')),
  })
  .meta({ id: 'ProjectMoney', ...about('一本账：项目全部资金', 'all money of one project') })

const money = route({
  method: 'GET',
  path: '/v1/projects/{project}/money',
  id: 'readProjectMoney',
  tag: 'plans',
  summary: { zh: '一个项目的全部资金（一本账）', en: 'All money of a project in one view' },
  description: {
    zh: '按来源列计划、落实、承诺、到位、支付、在账和待支付，均为账簿余额之和，不重复计算，可查到科目。',
    en: 'By source: planned, assigned, committed, received, paid, in hand, remaining; sums over the books, nothing twice, down to the accounts.',
  },
  right: 'project.read',
  params: inProject,
  answers: { 200: { about: { zh: '资金', en: 'The money' }, schema: moneyView } },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, service }) => {
    const { sources, parts } = await readMoney(service.ledger, actor, params.project)
    const sum = (of: (source: (typeof sources)[number]) => Fen): string =>
      formatFen(sources.reduce((total, source) => total + of(source), 0n))
    return reply(200, {
      sources: sources.map(({ source, remainingFen, ...columns }) => ({
        source,
        ...figures((column) => formatFen(columns[column])),
        remaining: formatFen(remainingFen),
      })),
      total: {
        ...figures((column) => sum((source) => source[column])),
        remaining: sum((source) => source.remainingFen),
      },
      accounts: parts.map(({ column, source, book, subject, amountFen, debitFen, creditFen }) => ({
        column,
        source,
        book,
        account: subject,
        amount: formatFen(amountFen),
        debit: formatFen(debitFen),
        credit: formatFen(creditFen),
      })),
    })
  },
})

const figures = (of: (column: (typeof moneyColumns)[number]) => string) =>
  Object.fromEntries(moneyColumns.map((column) => [column, of(column)]))

export const fundingPlanRoutes: readonly Route[] = [propose, draft, list, read, submit, submitMany, scope, money]
