/** Every number of policy by its topic, and what its units are called, as they are shown to people. */
import type { Text } from '../base/refusal.ts'
import type { Parameter, Unit } from './on.ts'
import { approvals } from './parameters/approvals.ts'
import { borrowing } from './parameters/borrowing.ts'
import { budgets } from './parameters/budgets.ts'
import { contracts } from './parameters/contracts.ts'
import { days } from './parameters/days.ts'
import { eligibility } from './parameters/eligibility.ts'
import { entries } from './parameters/entries.ts'
import { formulas } from './parameters/formulas.ts'
import { alerts, signIn } from './parameters/house.ts'
import { identifiers } from './parameters/identifiers.ts'
import { owners } from './parameters/owners.ts'
import { planning } from './parameters/planning.ts'
import { plans } from './parameters/plans.ts'
import { scores } from './parameters/scores.ts'
import { subsidies } from './parameters/subsidies.ts'

export type Topic = Text & { readonly parameters: Readonly<Record<string, Parameter>> }

export const topics: readonly Topic[] = [
  { zh: '财政补贴与早拨付', en: 'Subsidies and early release', parameters: subsidies },
  { zh: '补助资金分配公式', en: 'Formulas of allocation', parameters: formulas },
  { zh: '区级考核与拨付批次', en: 'Scores and tranches', parameters: scores },
  { zh: '专项债券与贷款贴息', en: 'Special bonds and loan interest', parameters: borrowing },
  { zh: '居民：电梯分摊、维修资金、表决、公积金', en: 'Owners', parameters: owners },
  { zh: '合同支付、管理费、预算指标', en: 'Contracts and budgets', parameters: contracts },
  { zh: '资金来源不得用于的改造类别', en: 'Who may not pay what', parameters: eligibility },
  { zh: '资金方案与产权渠道', en: 'Funding plans and channels', parameters: plans },
  { zh: '审批与委托', en: 'Approvals and delegations', parameters: approvals },
  { zh: '预算执行', en: 'Budgets', parameters: budgets },
  { zh: '证照号码', en: 'Identifiers', parameters: identifiers },
  { zh: '记账', en: 'Entries', parameters: entries },
  { zh: '工作日', en: 'Working days', parameters: days },
  { zh: '提醒', en: 'Alerts', parameters: alerts },
  { zh: '登录', en: 'Signing in', parameters: signIn },
  { zh: '改造内容清单与年度计划', en: 'Catalogue and yearly plan', parameters: planning },
]

export const unitNames: Readonly<Record<Unit, Text>> = {
  ratio: { zh: '比例', en: 'ratio' },
  points: { zh: '分', en: 'points' },
  amount: { zh: '元', en: 'yuan' },
  years: { zh: '年', en: 'years' },
  months: { zh: '月', en: 'months' },
  days: { zh: '天', en: 'days' },
  count: { zh: '个', en: 'count' },
  list: { zh: '列表', en: 'list' },
  table: { zh: '表', en: 'table' },
}
