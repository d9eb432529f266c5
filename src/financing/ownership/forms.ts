/** What comes in and goes out of mixed ownership: the split, its certificates, and the money of its channels. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import {
  about,
  amountOut,
  contractCode,
  day,
  identifier,
  listOf,
  positiveAmount,
  sha256,
  text,
  confirmed,
} from '../../form/field.ts'
import { formatArea } from '../../projects/community/community.ts'
import { area, ownershipForm, proofDocument, sourceCode } from '../forms.ts'
import type { OwnershipRead } from './reads.ts'
import type { OwnershipScheme } from './store.ts'

// --- What comes in --------------------------------------------------------------------------------------------------

const classesMost = 5

/** The source that pays for a class; its area in dm², where it is stated with a document. */
const newChannel = z.strictObject({
  ownership: ownershipForm,
  source: sourceCode,
  party: z.exactOptional(identifier('产权单位', 'the unit that answers for it')),
  area: z.exactOptional(area),
})

/** `document` proves areas that are stated; without it they are the registry's. */
export const newOwnership = z.strictObject({
  channels: listOf(newChannel, classesMost).refine(
    (channels) => new Set(channels.map(({ ownership }) => ownership)).size === channels.length,
    { error: 'listed_once' },
  ),
  document: z.exactOptional(proofDocument),
})
export type OwnershipGiven = z.output<typeof newOwnership>

export const newSharedCertificate = z.strictObject({
  certificate: identifier('进度款期次', 'number of the certificate'),
  contract: z.exactOptional(contractCode),
  amount: positiveAmount,
  on: day,
  document: proofDocument,
  confirmed,
})

const moveShape = { ownership: ownershipForm, on: day, document: proofDocument }

/** Without an amount, all that is payable. */
export const newChannelPayment = z.strictObject({
  ...moveShape,
  source: sourceCode,
  amount: z.exactOptional(positiveAmount),
})
export const newChannelReceipt = z.strictObject({ ...moveShape, source: sourceCode, amount: positiveAmount })

/** `payer`: the source whose money stands in. */
export const newAdvance = z.strictObject({
  ...moveShape,
  payer: sourceCode,
  amount: positiveAmount,
  reason: text(500, '垫付理由', 'why'),
})
export const newRecovery = z.strictObject({ ...moveShape, payer: sourceCode, amount: positiveAmount })

// --- What goes out --------------------------------------------------------------------------------------------------

export const ownershipSplit = z
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
export type OwnershipView = z.input<typeof ownershipSplit>

export const splitView = ({ project, scheme, basis, keys }: OwnershipScheme): OwnershipView => ({
  project,
  scheme,
  basis,
  channels: keys.map(({ ownership, areaDm2, source, party }) => ({
    ownership,
    areaDm2: areaDm2.toString(),
    source,
    ...(party !== undefined && { party }),
  })),
})

export const ownershipStanding = z.strictObject({
  ...ownershipSplit.shape,
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

export const standingView = ({
  scheme,
  standings,
  certificates,
}: OwnershipRead): z.input<typeof ownershipStanding> => ({
  ...splitView(scheme),
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

export const sharedCertificate = z
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
export type CertificateView = z.input<typeof sharedCertificate>

/** What a payment did: paid from the channel, and what its unit owes for the rest. */
export const channelPayment = z
  .strictObject({
    project: z.string(),
    ownership: z.string(),
    paid: amountOut('本次支付', 'paid now'),
    due: amountOut('应收产权单位', 'due from the unit'),
    payable: amountOut('尚应付', 'payable still'),
  })
  .meta({ id: 'ChannelPayment' })
export type ChannelPaymentView = z.input<typeof channelPayment>

export const submittedAdvance = z.strictObject({ approval: z.string(), hash: sha256 })
