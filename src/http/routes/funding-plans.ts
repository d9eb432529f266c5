/**
 * Funding plans: drafting, proposing, submitting and changing the scope of one; and the view of all of a project's
 * money.
 */
import * as z from 'zod'
import { inProject } from '../../financing/forms.ts'
import { moneyForm, moneyView } from '../../financing/money/forms.ts'
import { readMoney } from '../../financing/money/reads.ts'
import {
  inVersion,
  planForm,
  planSummary,
  planTrial,
  planVersion,
  planVersionView,
  planViewOf,
  proposedPlan,
  proposedView,
  submittedPlans,
} from '../../financing/plan/forms.ts'
import { proposePlan } from '../../financing/plan/propose.ts'
import { readPlan, readPlans } from '../../financing/plan/reads.ts'
import { planFormRefusals } from '../../financing/plan/submission.ts'
import { changeScope, draftPlan, submitPlan, submitPlans } from '../../financing/plan/verbs.ts'
import { json } from '../body.ts'
import { verbRoute } from '../derive.ts'
import { always, reply, type Route, route } from '../route.ts'

const draft = verbRoute(draftPlan, {
  path: '/v1/projects/{project}/funding-plans',
  id: 'draftFundingPlan',
  tag: 'plans',
  summary: { zh: '编制一版资金方案', en: 'Draft a version of the funding plan' },
  description: {
    zh: '草稿可以有缺口；同一费用不得重复安排，来源须符合改造类别和产权渠道。',
    en: 'A draft may have a gap. No cost may be claimed twice, and every source must be one that may pay it.',
  },
  status: 201,
  about: { zh: '已编制', en: 'Drafted' },
  answer: planSummary,
  headers: ({ project, version }) => ({ location: `/v1/projects/${project}/funding-plans/${version}` }),
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
    200: { about: { zh: '各版', en: 'The versions' }, schema: z.strictObject({ items: z.array(planVersion) }) },
  },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, service }) => {
    const versions = await readPlans(service.ledger.database.sql, actor, params.project)
    return reply(200, { items: versions.map(planVersionView) })
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
  answers: { 200: { about: { zh: '方案', en: 'The plan' }, schema: planForm } },
  refuses: ['project_not_found', 'plan_version_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, planViewOf(await readPlan(service.ledger.database.sql, actor, params.project, params.version))),
})

const submit = verbRoute(submitPlan, {
  path: '/v1/projects/{project}/funding-plans/{version}/submission',
  id: 'submitFundingPlan',
  tag: 'plans',
  summary: { zh: '提交资金方案审批', en: 'Submit a version for approval' },
  optionalBody: true,
  status: 202,
  about: { zh: '已提交', en: 'Submitted' },
  answer: submittedPlans,
})

const submitMany = verbRoute(submitPlans, {
  path: '/v1/funding-plans/submissions',
  id: 'submitFundingPlans',
  tag: 'plans',
  summary: { zh: '成批提交资金方案，一次审批', en: 'Submit many plans under one approval' },
  status: 202,
  about: { zh: '已提交', en: 'Submitted' },
  answer: submittedPlans,
})

const scope = verbRoute(changeScope, {
  path: '/v1/projects/{project}/scope-changes',
  id: 'changeScope',
  tag: 'plans',
  summary: { zh: '核减未完成的改造内容', en: 'Leave out works that were waived' },
  description: {
    zh: '须有住户签字说明和设计变更（第（二十二）条）。按现行方案重算各来源份额，提交新版审批；批准后同时冲减方案、撤销承诺、退还居民。',
    en: 'Needs the household’s signed waiver and a design change (clause 22). Recomputes the shares, and submits the new version; its approval posts the difference, releases commitments and refunds owners.',
  },
  status: 202,
  about: { zh: '已提交', en: 'Submitted' },
  answer: submittedPlans,
})

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
  body: json(planTrial),
  answers: { 200: { about: { zh: '试编结果', en: 'The plan' }, schema: proposedPlan } },
  refuses: planFormRefusals,
  handle: async ({ actor, params, body, service }) =>
    reply(200, proposedView(await proposePlan(service.ledger, actor, params.project, body))),
})

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
  standby: always,
  params: inProject,
  answers: { 200: { about: { zh: '资金', en: 'The money' }, schema: moneyForm } },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, moneyView(await readMoney(service.ledger, actor, params.project))),
})

export const fundingPlanRoutes: readonly Route[] = [propose, draft, list, read, submit, submitMany, scope, money]
