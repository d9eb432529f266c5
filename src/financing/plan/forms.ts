/** What comes in and goes out of funding plans. */
import * as z from 'zod'
import { formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import {
  about,
  amount,
  amountOut,
  bookCode,
  identifier,
  listOf,
  namesOf,
  oneOf,
  positiveAmount,
  sha256,
  text,
} from '../../form/field.ts'
import { costPurposes } from '../../projects/terms.ts'
import { area, countMost, dwellingName, inProject, ownershipForm, positive, sourceCode } from '../forms.ts'
import {
  lineJson,
  planKindNamesZh,
  planKinds,
  type PlanLine,
  type PlanShare,
  planStateNamesZh,
  shareJson,
  type PlanState,
} from './plan.ts'
import type { ProposedPlan } from './propose.ts'
import type { PlanVersion, PlanView } from './reads.ts'

// --- What comes in --------------------------------------------------------------------------------------------------

const versionNumber = z
  .codec(z.string({ error: 'positive' }).regex(/^[1-9][0-9]{0,5}$/, { error: 'positive', abort: true }), z.int(), {
    decode: Number,
    encode: String,
  })
  .meta({ ...about('方案版本', 'version'), type: 'integer', minimum: 1 })
export const inVersion = z.strictObject({ ...inProject.shape, version: versionNumber })

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
    purpose: oneOf(costPurposes).default('capital').meta(about('资本性或经常性', 'capital or recurrent')),
  })
  .refine(({ quantity, unitPrice }) => (quantity === undefined) === (unitPrice === undefined), { error: 'counted' })
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
  .meta({
    id: 'RebuildShares',
    ...about('改建项目居民按面积出资，自动计算', 'owners’ shares of a rebuild, worked out by area'),
  })

const linesMax = 200
const sharesMax = 5_000
/** `fundBook`: the maintenance-fund book that pays the shares of F70. `rebuild`: owners pay by area (clause 4). */
export const newPlan = z
  .strictObject({
    lines: listOf(lineForm, linesMax),
    shares: z.array(shareForm, { error: `list:0:${sharesMax}` }).max(sharesMax, { error: `list:0:${sharesMax}` }),
    rebuild: z.exactOptional(rebuildForm),
    fundBook: z.exactOptional(bookCode.meta(about('维修资金账套', 'book of the maintenance fund'))),
    note: z.exactOptional(text(500, '说明', 'note')),
  })
  .meta({ id: 'FundingPlanDraft', ...about('资金方案：费用与来源', 'a funding plan: costs and who pays them') })

export type PlanGiven = z.output<typeof newPlan>

export const planNames = z.strictObject({
  plans: listOf(z.strictObject({ ...inProject.shape, version: positive }), 500).refine(
    (plans) => new Set(plans.map(({ project }) => project)).size === plans.length,
    { error: 'listed_once' },
  ),
})

export const newScope = z.strictObject({
  line: lineShape.line,
  waivers: listOf(z.strictObject({ dwelling: dwellingName, quantity: positive }), 1_000),
  note: z.exactOptional(text(500, '说明', 'note')),
})
export type ScopeGiven = z.output<typeof newScope>

/** Sources in the order of their priorities; `limit`: the most one pays. */
export const planTrial = z.strictObject({
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
})
export type PlanTrial = z.output<typeof planTrial>

/** The lines as the books count them: in fen. */
export const linesOf = (lines: PlanGiven['lines']): PlanLine[] =>
  lines.map(({ unitPrice: unitFen, amount: amountFen, ...line }) => ({ ...line, unitFen, amountFen }))

export const sharesOf = (shares: PlanGiven['shares']): PlanShare[] =>
  shares.map(({ amount: amountFen, ...share }) => ({ ...share, amountFen }))

// --- What goes out --------------------------------------------------------------------------------------------------

const sourceView = z.strictObject({ source: z.string(), amount: amountOut('金额', 'amount') })
const state = oneOf(Object.keys(planStateNamesZh) as PlanState[]).meta(
  about(namesOf(planStateNamesZh), 'where the version stands'),
)
const headShape = {
  project: z.string(),
  version: z.int(),
  kind: oneOf(planKinds).meta(about(namesOf(planKindNamesZh), 'a plan, or a change of scope')),
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
/** A version as verbs answer it: where it stands, what it costs, who pays how much. */
export type PlanSummary = z.input<typeof planSummary>

const lineView = z.strictObject({
  line: z.string(),
  item: z.exactOptional(z.string()),
  contract: z.exactOptional(z.string()),
  purpose: oneOf(costPurposes),
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
export const planVersion = z.strictObject(versionShape).meta({ id: 'FundingPlanVersion' })
export const planForm = z
  .strictObject({
    ...versionShape,
    scope: z.json().meta(about('核减内容与依据文件', 'what was left out, and on which papers')),
    lines: z.array(lineView),
    shares: z.array(shareView),
  })
  .meta({ id: 'FundingPlan', ...about('资金方案', 'a funding plan') })

type Shown = PlanVersion & { readonly state: PlanState; readonly approval: string | null }

export const planVersionView = (given: Shown): z.input<typeof planVersion> => ({
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

export const planViewOf = (given: PlanView): z.input<typeof planForm> => ({
  ...planVersionView(given),
  scope: given.scope,
  lines: given.plan.lines.map(lineJson),
  shares: given.plan.shares.map(shareJson),
})

export const submittedPlans = z
  .strictObject({
    approval: z.string().meta(about('审批事项', 'the approval')),
    hash: sha256.meta(about('审批时引用的摘要', 'what a decision names')),
    plans: z.array(planSummary),
  })
  .meta({ id: 'SubmittedPlans' })
export type SubmittedPlans = z.input<typeof submittedPlans>

export const proposedPlan = z
  .strictObject({
    shares: z.array(shareView),
    gap: amountOut('缺口', 'uncovered'),
    sources: z.array(
      z.strictObject({ source: z.string(), used: amountOut('使用', 'used'), left: amountOut('剩余', 'left') }),
    ),
  })
  .meta({ id: 'ProposedPlan' })

export const proposedView = ({ shares, sources, gapFen }: ProposedPlan): z.input<typeof proposedPlan> => ({
  shares: shares.map(shareJson),
  gap: formatFen(gapFen),
  sources: sources.map(({ source, usedFen, leftFen }) => ({
    source,
    used: formatFen(usedFen),
    left: formatFen(leftFen),
  })),
})
