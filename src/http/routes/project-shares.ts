/**
 * Who bears what of a project: mixed ownership and its channels (clause 32), and what owners owe and pay (clauses 4,
 * 13, 15).
 */
import { contributionForm, contributionsForm, contributionsView } from '../../financing/contribution/forms.ts'
import { readContributions } from '../../financing/contribution/reads.ts'
import { matchContribution, receiveContribution, refundContribution } from '../../financing/contribution/verbs.ts'
import { inProject } from '../../financing/forms.ts'
import { payShare, receiveFromUnit, recoverAdvance, submitAdvance } from '../../financing/ownership/channels.ts'
import {
  channelPayment,
  ownershipSplit,
  ownershipStanding,
  sharedCertificate,
  standingView,
  submittedAdvance,
} from '../../financing/ownership/forms.ts'
import { showOwnership } from '../../financing/ownership/reads.ts'
import { certifyShares, setOwnership } from '../../financing/ownership/verbs.ts'
import { verbRoute } from '../derive.ts'
import { reply, type Route, route } from '../route.ts'

// --- Ownership ------------------------------------------------------------------------------------------------------

const set = verbRoute(setOwnership, {
  method: 'PUT',
  path: '/v1/projects/{project}/ownership',
  id: 'setOwnership',
  tag: 'plans',
  summary: { zh: '设定产权分摊面积和资金渠道', en: 'Set areas and channels of a mixed community' },
  description: {
    zh: '不附文件时按房屋登记面积；附文件时按所列面积。改变设定后，累计分摊重新起算。',
    en: 'By the registry, or by the areas stated with a document. A new setting begins a new running total.',
  },
  status: 200,
  about: { zh: '已设定', en: 'Set' },
  answer: ownershipSplit,
})

const readShares = route({
  method: 'GET',
  path: '/v1/projects/{project}/ownership',
  id: 'readOwnership',
  tag: 'plans',
  summary: { zh: '产权分摊、各期份额和各渠道支付', en: 'The split, its certificates, and where each channel stands' },
  right: 'project.read',
  params: inProject,
  answers: { 200: { about: { zh: '产权分摊', en: 'The split' }, schema: ownershipStanding } },
  refuses: ['project_not_found', 'ownership_not_set'],
  handle: async ({ actor, params, service }) =>
    reply(200, standingView(await showOwnership(service.ledger, actor, params.project))),
})

const certify = verbRoute(certifyShares, {
  path: '/v1/projects/{project}/shared-certificates',
  id: 'shareCertificate',
  tag: 'plans',
  summary: { zh: '进度款按产权面积累计分摊入账', en: 'Split a certificate by ownership and post it' },
  status: 201,
  about: { zh: '已入账', en: 'Posted' },
  answer: sharedCertificate,
})

// --- Channels -------------------------------------------------------------------------------------------------------

const pay = verbRoute(payShare, {
  path: '/v1/projects/{project}/channel-payments',
  id: 'payShare',
  tag: 'plans',
  summary: { zh: '由其渠道支付某一产权的份额', en: 'Pay the part of one class from its channel' },
  description: {
    zh: '只能由该产权的渠道支付；渠道资金不足的，先付所有，差额记应收产权单位。',
    en: 'From its own channel alone; what the channel lacks is recorded as due from the unit.',
  },
  status: 201,
  about: { zh: '已支付', en: 'Paid' },
  answer: channelPayment,
})

const receive = verbRoute(receiveFromUnit, {
  path: '/v1/projects/{project}/channel-receipts',
  id: 'receiveFromUnit',
  tag: 'plans',
  summary: { zh: '收到产权单位补足的资金', en: 'Money of the unit arrives in its channel' },
  status: 201,
  about: { zh: '已收到', en: 'Received' },
  answer: channelPayment,
})

const advance = verbRoute(submitAdvance, {
  path: '/v1/projects/{project}/channel-advances',
  id: 'submitAdvance',
  tag: 'plans',
  summary: { zh: '申请由其他资金垫付某一产权的份额', en: 'Ask that other money stand in for a channel' },
  description: {
    zh: '经审批后单独记账、标明垫付，向产权单位收回；不超过应收金额。',
    en: 'Posted by itself after approval, marked, and recoverable from the unit; at most what it owes.',
  },
  status: 202,
  about: { zh: '已提交审批', en: 'Submitted' },
  answer: submittedAdvance,
})

const recover = verbRoute(recoverAdvance, {
  path: '/v1/projects/{project}/channel-recoveries',
  id: 'recoverAdvance',
  tag: 'plans',
  summary: { zh: '收回垫付款', en: 'Recover what was advanced' },
  status: 201,
  about: { zh: '已收回', en: 'Recovered' },
  answer: channelPayment,
})

// --- Owners ---------------------------------------------------------------------------------------------------------

const contribute = verbRoute(receiveContribution, {
  path: '/v1/projects/{project}/contributions',
  id: 'receiveContribution',
  tag: 'plans',
  summary: { zh: '收到居民出资', en: 'Record what an owner paid' },
  description: {
    zh: '按现行资金方案的应缴额记入监管户；多缴的待退，未写明房屋或房屋不在方案中的待认领。',
    en: 'Into custody up to what is due under the plan in force; more waits to be given back, and money of no known dwelling waits in suspense.',
  },
  status: 201,
  about: { zh: '已入账', en: 'Posted' },
  answer: contributionForm,
})

const match = verbRoute(matchContribution, {
  path: '/v1/projects/{project}/contributions/matches',
  id: 'matchContribution',
  tag: 'plans',
  summary: { zh: '认领待认领款', en: 'Match money in suspense to its dwelling' },
  status: 201,
  about: { zh: '已认领', en: 'Matched' },
  answer: contributionForm,
})

const refund = verbRoute(refundContribution, {
  path: '/v1/projects/{project}/contributions/refunds',
  id: 'refundContribution',
  tag: 'plans',
  summary: { zh: '退还多缴的居民出资', en: 'Give back what was paid too much' },
  status: 201,
  about: { zh: '已退还', en: 'Given back' },
  answer: contributionForm,
})

const contributions = route({
  method: 'GET',
  path: '/v1/projects/{project}/contributions',
  id: 'readContributions',
  tag: 'plans',
  summary: { zh: '各户应缴、已缴和待退', en: 'What each dwelling owes, has paid, and paid too much' },
  right: 'project.read',
  params: inProject,
  answers: { 200: { about: { zh: '居民出资', en: 'Contributions' }, schema: contributionsForm } },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, contributionsView(await readContributions(service.ledger, actor, params.project))),
})

export const projectShareRoutes: readonly Route[] = [
  set,
  readShares,
  certify,
  pay,
  receive,
  advance,
  recover,
  contribute,
  match,
  refund,
  contributions,
]
