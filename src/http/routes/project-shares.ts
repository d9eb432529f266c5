/** Who bears what of a project: mixed ownership and its channels (clause 32), and what owners owe and pay (clauses 4, 13, 15). */
import * as z from 'zod'
import {
  certifyShares,
  type ChannelPaymentJson,
  ownershipJson,
  payShare,
  receiveFromUnit,
  recoverAdvance,
  setOwnership,
  submitAdvance,
} from '../../financing/ownership/verbs.ts'
import {
  matchContribution,
  readContributions,
  receiveContribution,
  refundContribution,
} from '../../financing/contribution/verbs.ts'
import { showOwnership } from '../../financing/ownership/reads.ts'
import { formatFen } from '../../base/money.ts'
import { formatArea } from '../../projects/community/community.ts'
import { json } from '../body.ts'
import { about, amountOut, day, identifier, positiveAmount, sha256, text } from '../../form/field.ts'
import { answerKeyed, reply, type Route, route } from '../route.ts'

import { area, dwellingName, inProject, ownershipForm, positive, sourceCode } from './funding-plans.ts'

const document = z
  .strictObject({
    number: text(200, '文号', 'document number'),
    title: z.exactOptional(text(200, '标题', 'title')),
    sha256: z.exactOptional(sha256),
  })
  .meta({ id: 'ProofDocument', ...about('依据文件', 'the paper it rests on') })
const classesMost = 5

// --- Ownership ------------------------------------------------------------------------------------------------------

const channelForm = z
  .strictObject({
    ownership: ownershipForm,
    source: sourceCode,
    party: z.exactOptional(identifier('产权单位', 'the unit that answers for it')),
    area: z.exactOptional(area),
  })
  .transform(({ area: areaDm2, ...channel }) => ({ ...channel, areaDm2 }))

const ownershipView = z
  .strictObject({
    project: z.string(),
    scheme: z.int().meta(about('第几次设定', 'which setting')),
    basis: z.enum(['registry', 'stated']).meta(about('按房屋登记或按文件', 'by the registry or by a document')),
    channels: z.array(
      z.strictObject({
        ownership: z.string(),
        areaDm2: z.string().meta(about('面积（0.01 ㎡）', 'area in 0.01 m²')),
        source: z.string(),
        party: z.exactOptional(z.string()),
      }),
    ),
  })
  .meta({ id: 'OwnershipSplit', ...about('产权分摊与资金渠道', 'the split of ownership and its channels') })

const set = route({
  method: 'PUT',
  path: '/v1/projects/{project}/ownership',
  id: 'setOwnership',
  tag: 'plans',
  summary: { zh: '设定产权分摊面积和资金渠道', en: 'Set areas and channels of a mixed community' },
  description: {
    zh: '不附文件时按房屋登记面积；附文件时按所列面积。改变设定后，累计分摊重新起算。',
    en: 'By the registry, or by the areas stated with a document. A new setting begins a new running total.',
  },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z.strictObject({
      channels: z
        .array(channelForm, { error: `list:1:${classesMost}` })
        .min(1, { error: `list:1:${classesMost}` })
        .max(classesMost, { error: `list:1:${classesMost}` })
        .refine((channels) => new Set(channels.map(({ ownership }) => ownership)).size === channels.length, {
          error: 'listed_once',
        }),
      document: z.exactOptional(document),
    }),
  ),
  keyed: true,
  answers: { 200: { about: { zh: '已设定', en: 'Set' }, schema: ownershipView } },
  refuses: [
    'project_not_found',
    'channel_source_wrong',
    'ownership_areas_missing',
    'ownership_channel_missing',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await setOwnership(service.ledger, actor, params.project, body, key), 200, language, (view) => view),
})

const standingsView = z.strictObject({
  ...ownershipView.shape,
  parts: z.array(
    z.strictObject({
      ownership: z.string(),
      certified: amountOut('已分摊', 'certified'),
      paid: amountOut('已支付（含垫付）', 'paid, advances among it'),
      due: amountOut('应收产权单位', 'due from its unit'),
      advanced: z.array(z.strictObject({ payer: z.string(), open: amountOut('未收回', 'open') })),
    }),
  ),
  certificates: z.array(
    z.strictObject({
      sequence: z.int(),
      certificate: z.string(),
      scheme: z.int(),
      amount: amountOut('金额', 'amount'),
      cumulative: amountOut('累计', 'running total'),
      on: z.string(),
      entry: z.string(),
      document: z.json(),
      recordedBy: z.string(),
      parts: z.array(
        z.strictObject({
          ownership: z.string(),
          area: z.string().meta(about('面积（㎡）', 'area in m²')),
          amount: amountOut('份额', 'part'),
          cumulative: amountOut('累计份额', 'running total of the part'),
        }),
      ),
    }),
  ),
})

const readShares = route({
  method: 'GET',
  path: '/v1/projects/{project}/ownership',
  id: 'readOwnership',
  tag: 'plans',
  summary: { zh: '产权分摊、各期份额和各渠道支付', en: 'The split, its certificates, and where each channel stands' },
  right: 'project.read',
  params: inProject,
  answers: { 200: { about: { zh: '产权分摊', en: 'The split' }, schema: standingsView } },
  refuses: ['project_not_found', 'ownership_not_set'],
  handle: async ({ actor, params, service }) => {
    const { scheme, standings, certificates } = await showOwnership(service.ledger, actor, params.project)
    return reply(200, {
      ...ownershipJson(scheme),
      parts: standings.map(({ ownership, certifiedFen, paidFen, dueFen, advanced }) => ({
        ownership,
        certified: formatFen(certifiedFen),
        paid: formatFen(paidFen),
        due: formatFen(dueFen),
        advanced: advanced.map(({ payer, openFen }) => ({ payer, open: formatFen(openFen) })),
      })),
      certificates: certificates.map(({ sequence, certificate, scheme: by, amount_fen, cumulative_fen, ...rest }) => ({
        sequence,
        certificate,
        scheme: by,
        amount: formatFen(amount_fen),
        cumulative: formatFen(cumulative_fen),
        on: rest.on_day,
        entry: rest.entry,
        document: rest.document,
        recordedBy: rest.recorded_by,
        parts: rest.parts.map(({ ownership, area: areaDm2, amount, cumulative }) => ({
          ownership,
          area: formatArea(BigInt(areaDm2)),
          amount: formatFen(BigInt(amount)),
          cumulative: formatFen(BigInt(cumulative)),
        })),
      })),
    })
  },
})

const certificateView = z
  .strictObject({
    project: z.string(),
    sequence: z.int(),
    certificate: z.string(),
    amount: amountOut('金额', 'amount'),
    cumulative: amountOut('累计', 'running total'),
    entry: z.string().meta(about('凭证', 'the entry')),
    parts: z.array(
      z.strictObject({
        ownership: z.string(),
        source: z.string(),
        amount: amountOut('份额', 'part'),
        cumulative: amountOut('累计份额', 'running total of the part'),
      }),
    ),
  })
  .meta({ id: 'SharedCertificate' })

const certify = route({
  method: 'POST',
  path: '/v1/projects/{project}/shared-certificates',
  id: 'shareCertificate',
  tag: 'plans',
  summary: { zh: '进度款按产权面积累计分摊入账', en: 'Split a certificate by ownership and post it' },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z
      .strictObject({
        certificate: identifier('进度款期次', 'number of the certificate'),
        contract: z.exactOptional(identifier('合同', 'contract')),
        amount: positiveAmount,
        on: day,
        document,
      })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已入账', en: 'Posted' }, schema: certificateView } },
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'certificate_recorded',
    'project_book_missing',
    'period_closed',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await certifyShares(service.ledger, actor, params.project, body, key), 201, language, (view) => view),
})

// --- Channels -------------------------------------------------------------------------------------------------------

const paymentView = z
  .strictObject({
    project: z.string(),
    ownership: z.string(),
    paid: amountOut('本次支付', 'paid now'),
    due: amountOut('应收产权单位', 'due from the unit'),
    payable: amountOut('尚应付', 'payable still'),
  })
  .meta({ id: 'ChannelPayment' })
const moveShape = { ownership: ownershipForm, on: day, document }
const present = (view: ChannelPaymentJson): ChannelPaymentJson => view

const pay = route({
  method: 'POST',
  path: '/v1/projects/{project}/channel-payments',
  id: 'payShare',
  tag: 'plans',
  summary: { zh: '由其渠道支付某一产权的份额', en: 'Pay the part of one class from its channel' },
  description: {
    zh: '只能由该产权的渠道支付；渠道资金不足的，先付所有，差额记应收产权单位。',
    en: 'From its own channel alone; what the channel lacks is recorded as due from the unit.',
  },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z
      .strictObject({ ...moveShape, source: sourceCode, amount: z.exactOptional(positiveAmount) })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已支付', en: 'Paid' }, schema: paymentView } },
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'ownership_channel_missing',
    'channel_source_wrong',
    'nothing_payable',
    'project_book_missing',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await payShare(service.ledger, actor, params.project, body, key), 201, language, present),
})

const receive = route({
  method: 'POST',
  path: '/v1/projects/{project}/channel-receipts',
  id: 'receiveFromUnit',
  tag: 'plans',
  summary: { zh: '收到产权单位补足的资金', en: 'Money of the unit arrives in its channel' },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z
      .strictObject({ ...moveShape, source: sourceCode, amount: positiveAmount })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已收到', en: 'Received' }, schema: paymentView } },
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'channel_source_wrong',
    'receivable_exceeded',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await receiveFromUnit(service.ledger, actor, params.project, body, key), 201, language, present),
})

const advance = route({
  method: 'POST',
  path: '/v1/projects/{project}/channel-advances',
  id: 'submitAdvance',
  tag: 'plans',
  summary: { zh: '申请由其他资金垫付某一产权的份额', en: 'Ask that other money stand in for a channel' },
  description: {
    zh: '经审批后单独记账、标明垫付，向产权单位收回；不超过应收金额。',
    en: 'Posted by itself after approval, marked, and recoverable from the unit; at most what it owes.',
  },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z
      .strictObject({
        ...moveShape,
        payer: sourceCode,
        amount: positiveAmount,
        reason: text(500, '垫付理由', 'why'),
      })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: {
    202: {
      about: { zh: '已提交审批', en: 'Submitted' },
      schema: z.strictObject({ approval: z.string(), hash: sha256 }),
    },
  },
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'nothing_payable',
    'receivable_exceeded',
    'approval_pending',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await submitAdvance(service.ledger, actor, params.project, body, key), 202, language, (view) => view),
})

const recover = route({
  method: 'POST',
  path: '/v1/projects/{project}/channel-recoveries',
  id: 'recoverAdvance',
  tag: 'plans',
  summary: { zh: '收回垫付款', en: 'Recover what was advanced' },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z
      .strictObject({ ...moveShape, payer: sourceCode, amount: positiveAmount })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已收回', en: 'Recovered' }, schema: paymentView } },
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'advance_exceeded',
    'balance_insufficient',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await recoverAdvance(service.ledger, actor, params.project, body, key), 201, language, present),
})

// --- Owners ---------------------------------------------------------------------------------------------------------

const contributionView = z
  .strictObject({
    project: z.string(),
    receipt: z.int().meta(about('收款编号', 'number of the movement')),
    dwelling: z.exactOptional(dwellingName),
    applied: amountOut('记入应缴', 'into custody for what is due'),
    excess: amountOut('多缴待退', 'too much, to be given back'),
    suspense: amountOut('待认领', 'in suspense'),
  })
  .meta({ id: 'Contribution' })

const reference = text(200, '回单或票据号', 'number of the bank slip or ticket')

const contribute = route({
  method: 'POST',
  path: '/v1/projects/{project}/contributions',
  id: 'receiveContribution',
  tag: 'plans',
  summary: { zh: '收到居民出资', en: 'Record what an owner paid' },
  description: {
    zh: '按现行资金方案的应缴额记入监管户；多缴的待退，未写明房屋或房屋不在方案中的待认领。',
    en: 'Into custody up to what is due under the plan in force; more waits to be given back, and money of no known dwelling waits in suspense.',
  },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z
      .strictObject({
        source: sourceCode,
        dwelling: z.exactOptional(dwellingName),
        amount: positiveAmount,
        reference,
        on: day,
      })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已入账', en: 'Posted' }, schema: contributionView } },
  refuses: [
    'project_not_found',
    'plan_source_unknown',
    'plan_not_in_force',
    'project_book_missing',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(
      await receiveContribution(service.ledger, actor, params.project, body, key),
      201,
      language,
      (view) => view,
    ),
})

const match = route({
  method: 'POST',
  path: '/v1/projects/{project}/contributions/matches',
  id: 'matchContribution',
  tag: 'plans',
  summary: { zh: '认领待认领款', en: 'Match money in suspense to its dwelling' },
  right: 'plan.manage',
  params: inProject,
  body: json(z.strictObject({ receipt: positive, dwelling: dwellingName, reference, on: day })),
  keyed: true,
  answers: { 201: { about: { zh: '已认领', en: 'Matched' }, schema: contributionView } },
  refuses: [
    'project_not_found',
    'owner_movement_not_found',
    'plan_not_in_force',
    'contribution_not_due',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(
      await matchContribution(service.ledger, actor, params.project, body, key),
      201,
      language,
      (view) => view,
    ),
})

const refund = route({
  method: 'POST',
  path: '/v1/projects/{project}/contributions/refunds',
  id: 'refundContribution',
  tag: 'plans',
  summary: { zh: '退还多缴的居民出资', en: 'Give back what was paid too much' },
  right: 'plan.manage',
  params: inProject,
  body: json(
    z
      .strictObject({ source: sourceCode, dwelling: dwellingName, amount: positiveAmount, reference, on: day })
      .transform(({ amount: amountFen, ...given }) => ({ ...given, amountFen })),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已退还', en: 'Given back' }, schema: contributionView } },
  refuses: ['project_not_found', 'refund_exceeds_excess', 'project_book_missing', 'idempotency_key_reused'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(
      await refundContribution(service.ledger, actor, params.project, body, key),
      201,
      language,
      (view) => view,
    ),
})

const contributions = route({
  method: 'GET',
  path: '/v1/projects/{project}/contributions',
  id: 'readContributions',
  tag: 'plans',
  summary: { zh: '各户应缴、已缴和待退', en: 'What each dwelling owes, has paid, and paid too much' },
  right: 'project.read',
  params: inProject,
  answers: {
    200: {
      about: { zh: '居民出资', en: 'Contributions' },
      schema: z.strictObject({
        dwellings: z.array(
          z.strictObject({
            dwelling: dwellingName,
            due: amountOut('应缴', 'due'),
            paid: amountOut('已缴', 'paid'),
            excess: amountOut('待退', 'to be given back'),
          }),
        ),
        suspense: amountOut('待认领', 'in suspense'),
      }),
    },
  },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, service }) => {
    const { dwellings, suspenseFen } = await readContributions(service.ledger, actor, params.project)
    return reply(200, {
      dwellings: dwellings.map(({ dwelling, dueFen, paidFen, excessFen }) => ({
        dwelling,
        due: formatFen(dueFen),
        paid: formatFen(paidFen),
        excess: formatFen(excessFen),
      })),
      suspense: formatFen(suspenseFen),
    })
  },
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
