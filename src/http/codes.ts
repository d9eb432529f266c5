/**
 * Every code with its names: what may be written where a code is asked for, and what answers say. Names come from where
 * they stand; here it is said only in which list. Whoever looks for a code finds it by any part of it or of its names.
 */
import { withdrawalStateNamesZh, withdrawalWayNamesZh } from '../financing/withdrawal/withdrawal.ts'
import { jobStateNames } from '../../jobs/forms.ts'
import { registry } from '../../jobs/registry.ts'
import { permissionNames, roleNames } from '../access/actor.ts'
import { accessEventNamesZh, signInStateNamesZh } from '../access/forms.ts'
import { allocationStateNamesZh, recipientNamesZh } from '../allocation/allocation.ts'
import { decisionNamesZh, decisionOf, stateNamesZh as approvalStateNamesZh } from '../approvals/approval.ts'
import type { Day } from '../base/calendar.ts'
import { inWords, type Text } from '../base/refusal.ts'
import { commitmentStateNamesZh } from '../budget/commitment/commitment.ts'
import {
  indicatorKindNamesZh,
  indicatorStateNamesZh,
  levelNamesZh,
  paymentNamesZh,
} from '../budget/indicator/indicator.ts'
import { columnNames } from '../financing/money/money.ts'
import { flowStageNames, flowTargetNames } from '../financing/overview/overview.ts'
import { planKindNamesZh, planStateNamesZh } from '../financing/plan/plan.ts'
import { entityNamesZh } from '../ledger/book.ts'
import { chartOf, type Standard, standards } from '../ledger/chart.ts'
import { basisNamesZh } from '../ledger/entry.ts'
import { catalogueOf, itemClassNames } from '../policy/catalogue.ts'
import { cityName, districtName } from '../policy/districts.ts'
import { lawOn } from '../policy/parameters.ts'
import { formulas } from '../policy/parameters/formulas.ts'
import { fundSources } from '../policy/sources.ts'
import { batchModeNamesZh } from '../projects/annual-plan/annual-plan.ts'
import { ownershipNamesZh } from '../projects/community/community.ts'
import { causeNamesZh, documentNamesZh, kindNamesZh, purposeNamesZh, stateNamesZh } from '../projects/terms.ts'
import { wayNamesZh } from '../release/claim/claim.ts'
import {
  causeNamesZh as clawbackCauseNamesZh,
  clawbackStateNamesZh,
  groundNamesZh,
} from '../release/clawback/clawback.ts'
import { reasonNamesZh } from '../release/early/early.ts'
import { conditionNamesZh, releaseKindNamesZh, releaseStateNamesZh } from '../release/release/release.ts'
import { figureNamesZh } from '../release/score/facts.ts'
import { indicatorNamesZh } from '../release/score/score.ts'
import { takeOverStateNamesZh } from '../vouchers/take-over/take-over.ts'
import { businessFormNamesZh } from '../vouchers/voucher/templates.ts'
import { voucherKindNamesZh, voucherStateNamesZh } from '../vouchers/voucher/voucher.ts'
import { alertNames, severityNames } from '../workflow/alerts/alerts.ts'
import { searchNouns } from '../workflow/search/reads.ts'
import { bondStateNamesZh } from '../funds/bond/record.ts'
import { dueKindNamesZh, dueStateNamesZh } from '../funds/bond/service.ts'
import { approvalKindNames } from '../workflow/words.ts'
import { doorProblems } from './problem.ts'
import { refusalForms } from './refusal-forms.ts'

export type Code = { readonly code: string; readonly zh: string; readonly en?: string; readonly group?: string }

/** What a list depends on. */
export type CodeQuestion = { readonly on: Day; readonly standard?: Standard | undefined }

type List = Text & { readonly codes: (asked: CodeQuestion) => readonly Code[] }

const list = (zh: string, en: string, codes: List['codes']): List => ({ zh, en, codes })

/** Names in both languages. */
const named = (zh: string, en: string, names: Readonly<Record<string, Text>>): List =>
  list(zh, en, () => Object.entries(names).map(([code, { zh, en }]) => ({ code, zh, en })))

/** Codes that are English words, with their Chinese names. */
const worded = (zh: string, en: string, namesZh: Readonly<Record<string, string>>): List =>
  list(zh, en, () => Object.keys(namesZh).map((code) => ({ code, ...inWords(namesZh, code) })))

const formulaCode = (name: string): string => name.replace(/^formula_/, '').replaceAll('_', '-')

export const codeLists = {
  sources: list('资金来源', 'Sources of money', () =>
    fundSources.map(({ code, zh, en, kind }) => ({ code, zh, en, ...(kind && { group: kind }) })),
  ),
  'catalogue-items': list('改造内容代码', 'Items of the catalogue', ({ on }) =>
    catalogueOf(lawOn(on)).map(({ code, zh, en, class: of }) => ({ code, zh, en, group: itemClassNames[of] })),
  ),
  'item-classes': worded('改造内容类别', 'Classes of items', itemClassNames),
  accounts: list('会计科目代码', 'Accounts of a standard', ({ standard = 'government' }) =>
    [...chartOf(standard).subjects.values()].map(({ code, name, basis }) => ({ code, zh: name, group: basis })),
  ),
  standards: list('会计制度', 'Standards of books', () =>
    standards.map((code) => ({ code, zh: chartOf(code).title, en: code.replaceAll('_', ' ') })),
  ),
  entities: worded('单位性质', 'Entities of government books', entityNamesZh),
  bases: worded('核算基础', 'Bases', basisNamesZh),
  districts: list('行政区划', 'Districts', ({ on }) => {
    const law = lawOn(on)
    const city = { code: law.take('city_code'), ...cityName }
    return [city, ...law.take('district_codes').map((code) => ({ code, ...districtName(code) }))]
  }),
  roles: named('角色', 'Roles', roleNames),
  permissions: named('权限', 'Permissions', permissionNames),
  'access-events': worded('人员与令牌的变动', 'Events of persons and tokens', accessEventNamesZh),
  formulas: list('分配公式', 'Formulas of allocation', () =>
    Object.entries(formulas).map(([name, { zh, en, values }]) => {
      const kind = (values.at(-1)?.value as { readonly kind?: string } | undefined)?.kind
      return { code: formulaCode(name), zh, en, ...(kind !== undefined && { group: kind }) }
    }),
  ),
  'approval-kinds': named('审批事项种类', 'Kinds of approvals', approvalKindNames),
  'approval-states': worded('审批状态', 'States of approvals', approvalStateNamesZh),
  decisions: worded('审批经过', 'Decisions', decisionNamesZh),
  verdicts: list('办理意见', 'Verdicts', () =>
    Object.entries(decisionOf).map(([code, decision]) => ({ code, zh: decisionNamesZh[decision], en: code })),
  ),
  'project-kinds': worded('项目类别', 'Kinds of projects', kindNamesZh),
  'project-states': worded('项目状态', 'States of projects', stateNamesZh),
  'document-kinds': worded('文件种类', 'Kinds of documents', documentNamesZh),
  'unfinished-causes': worded('未完成的原因', 'Causes of unfinished works', causeNamesZh),
  ownerships: worded('产权', 'Ownerships', ownershipNamesZh),
  'batch-modes': worded('批次确定方式', 'Modes of batches', batchModeNamesZh),
  'plan-kinds': worded('资金方案种类', 'Kinds of funding plans', planKindNamesZh),
  'plan-states': worded('资金方案状态', 'States of funding plans', planStateNamesZh),
  purposes: worded('费用性质', 'Purposes of costs', purposeNamesZh),
  'money-columns': named('资金栏目', 'Columns of money', columnNames),
  'flow-targets': named('计划资金的去向', 'Where the plan goes', flowTargetNames),
  'flow-stages': named('资金走到哪一步', 'How far money has come', flowStageNames),
  levels: worded('指标级次', 'Levels of indicators', levelNamesZh),
  payments: worded('支付方式', 'Forms of payment', paymentNamesZh),
  'indicator-kinds': worded('指标种类', 'Kinds of indicators', indicatorKindNamesZh),
  'indicator-states': worded('指标状态', 'States of indicators', indicatorStateNamesZh),
  'commitment-states': worded('承诺状态', 'States of commitments', commitmentStateNamesZh),
  'bond-states': worded('专项债券状态', 'States of special bonds', bondStateNamesZh),
  'bond-due-kinds': worded('应付本息事项', 'What is due of bonds', dueKindNamesZh),
  'bond-due-states': worded('应付本息状态', 'States of what is due', dueStateNamesZh),
  'withdrawal-states': worded('公积金提取状态', 'States of withdrawals', withdrawalStateNamesZh),
  'withdrawal-ways': worded('公积金提取支付方式', 'To whom a withdrawal is paid', withdrawalWayNamesZh),
  'project-facts': named('项目事实', 'Facts of projects', {
    progress: { zh: '进度', en: 'progress' },
    state: { zh: '状态', en: 'state' },
    promise: { zh: '承诺', en: 'promise' },
    standing: { zh: '小区治理情况', en: 'standing of a community' },
  }),
  'history-kinds': named('经过种类', 'What a history tells', {
    act: { zh: '业务', en: 'act' },
    decision: { zh: '审批', en: 'decision' },
    entry: { zh: '凭证', en: 'entry' },
  }),
  recipients: worded('分配对象', 'Recipients of allocations', recipientNamesZh),
  'allocation-states': worded('资金分配状态', 'States of allocations', allocationStateNamesZh),
  'score-indicators': worded('考核指标', 'Indicators of scores', indicatorNamesZh),
  figures: worded('考核所用数据', 'Figures of scores', figureNamesZh),
  'release-kinds': worded('拨付种类', 'Kinds of releases', releaseKindNamesZh),
  'release-states': worded('拨付状态', 'States of releases', releaseStateNamesZh),
  'release-conditions': worded('早拨付条件', 'Conditions of early disbursement', conditionNamesZh),
  'early-reasons': worded('不能早拨付的原因', 'Why a tranche does not come early', reasonNamesZh),
  'clawback-causes': worded('收回事由', 'Causes of claw-backs', clawbackCauseNamesZh),
  'clawback-grounds': worded('收回理由', 'Grounds of claw-backs', groundNamesZh),
  'clawback-states': worded('收回状态', 'States of claw-backs', clawbackStateNamesZh),
  'settlement-ways': worded('清偿方式', 'Ways of settlement', wayNamesZh),
  'voucher-kinds': worded('记账凭证种类', 'Kinds of vouchers', voucherKindNamesZh),
  'voucher-states': worded('记账凭证状态', 'States of vouchers', voucherStateNamesZh),
  'take-over-states': worded('建账接转状态', 'States of take-overs', takeOverStateNamesZh),
  'business-forms': worded('收付转', 'Receipt, payment, transfer', businessFormNamesZh),
  'sign-in-states': worded('登录状态', 'Whether a person may sign in', signInStateNamesZh),
  'job-names': list('作业种类', 'Kinds of jobs', () =>
    Object.values(registry).map(({ name, title }) => ({ code: name, ...title })),
  ),
  'job-states': named('作业状态', 'States of jobs', jobStateNames),
  nouns: named('事物', 'Things', searchNouns),
  alerts: named('提醒', 'Alerts', alertNames),
  severities: named('轻重', 'Severities', severityNames),
  refusals: list('拒绝与问题', 'Refusals and problems', () =>
    Object.entries({ ...doorProblems, ...refusalForms }).map(([code, { title, status }]) => ({
      code,
      ...title,
      group: String(status),
    })),
  ),
} as const satisfies Readonly<Record<string, List>>

export type CodeList = keyof typeof codeLists
export const codeListNames = Object.keys(codeLists) as CodeList[]

const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

/** The codes of a list in which `q` occurs, in code or names; all without it. */
export function codesOf(name: CodeList, asked: CodeQuestion, q?: string): readonly Code[] {
  const all = codeLists[name].codes(asked)
  if (q === undefined) return all
  const wanted = folded(q)
  return all.filter(({ code, zh, en = '' }) => [code, zh, en].some((text) => folded(text).includes(wanted)))
}
