/** Commitments: fund × project × item. Made and released at once, because availability and the cost of the item guard them. */
import * as z from 'zod'
import { demand } from '../../access/actor.ts'
import { commitmentJson, makeCommitment, releaseCommitment } from '../../budget/commitment/verbs.ts'
import {
  commitmentName,
  commitmentStateNamesZh,
  type CommitmentState,
  parseCommitmentName,
} from '../../budget/commitment/commitment.ts'
import { refuse } from '../../budget/refusals.ts'
import { seesIndicator } from '../../budget/indicator/proposal.ts'
import { readCommitment, readCommitments } from '../../budget/commitment/store.ts'
import { json, noBody } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import { about, bookCode, cursor, day, districtCode, identifier, limit, text } from '../forms.ts'
import { answerKeyed, none, reply, type Route, route, versionTag } from '../route.ts'
import { amountOut, pageOf } from '../views.ts'
import { indicatorCode, positiveAmount, projectCode } from './indicators.ts'

const states = Object.keys(commitmentStateNamesZh) as [CommitmentState, ...CommitmentState[]]
const stateForm = z.enum(states, { error: `one_of:${states.join('|')}` }).meta(
  about(
    Object.entries(commitmentStateNamesZh)
      .map(([key, zh]) => `${key} ${zh}`)
      .join('，'),
    'how it stands',
  ),
)
const commitmentId = z
  .string({ error: 'identifier' })
  .regex(/^C-[1-9][0-9]{0,17}$/, { error: 'identifier' })
  .meta(about('承诺编号，如 C-1', 'id of the commitment, such as C-1'))
const ofCommitment = z.strictObject({ id: commitmentId })
const itemCode = identifier('改造内容，如 B03', 'item of the catalogue, such as B03')
const sourceCode = identifier('资金来源，如 F51', 'fund source, such as F51')
const contractCode = identifier('合同', 'contract')

const commitmentView = z
  .strictObject({
    commitment: commitmentId,
    indicator: z.exactOptional(indicatorCode),
    book: bookCode,
    district: districtCode,
    project: projectCode,
    item: itemCode,
    source: sourceCode,
    contract: z.exactOptional(contractCode),
    amount: amountOut('承诺金额', 'amount'),
    released: amountOut('已撤销', 'released'),
    paid: amountOut('已支付', 'paid'),
    open: amountOut('未结', 'neither paid nor released'),
    state: stateForm,
    madeBy: z.string(),
    madeOn: z.string(),
    version: z.int(),
  })
  .meta({
    id: 'Commitment',
    ...about('承诺：一个资金来源对一个项目一项内容的造价', 'a source’s claim on the cost of an item'),
  })

const shared = {
  project: projectCode,
  item: itemCode,
  amount: positiveAmount,
  on: day.meta(about('记账日期', 'the day it is booked on')),
  contract: z.exactOptional(contractCode),
}
const newCommitment = z
  .strictObject({
    ...shared,
    indicator: z.exactOptional(indicatorCode),
    source: z.exactOptional(identifier('资金来源；只用于没有指标的资金', 'fund source, of money without an indicator')),
  })
  .refine(({ indicator, source }) => (indicator === undefined) !== (source === undefined), { error: 'one_fund' })
  .transform(({ amount: amountFen, indicator, source, ...given }) =>
    indicator === undefined ? { ...given, amountFen, source: source ?? '' } : { ...given, amountFen, indicator },
  )
  .meta({
    id: 'CommitmentDraft',
    ...about('indicator、source 有且仅有其一', 'exactly one of indicator and source'),
  })

const make = route({
  method: 'POST',
  path: '/v1/commitments',
  id: 'makeCommitment',
  tag: 'indicators',
  summary: { zh: '办理承诺', en: 'Commit money to an item' },
  description: {
    zh: '财政资金在指标的可承诺余额内；各来源合计不超过该内容的造价。超过任何一个，都记不上账。',
    en: 'Fiscal money within what its indicator has free; all sources together within what the item costs. Above either it cannot be posted.',
  },
  right: 'commitment.make',
  params: none,
  query: none,
  body: json(newCommitment),
  keyed: true,
  answers: { 201: { about: { zh: '已承诺', en: 'Committed' }, schema: commitmentView } },
  refuses: [
    'source_needs_indicator',
    'project_not_found',
    'project_not_funded',
    'project_has_no_book',
    'item_not_of_project',
    'commitment_exceeds_cost',
    'indicator_not_found',
    'indicator_not_in_force',
    'indicator_year_over',
    'source_not_eligible',
    'balance_insufficient',
    'period_closed',
  ],
  handle: async ({ actor, body, key, language, service }) =>
    answerKeyed(
      await makeCommitment(service.ledger, actor, body, key),
      201,
      language,
      (view) => view,
      (view) => ({
        location: `/v1/commitments/${view.commitment}`,
        ...versionTag(view),
      }),
    ),
})

const release = route({
  method: 'POST',
  path: '/v1/commitments/{id}/release',
  id: 'releaseCommitment',
  tag: 'indicators',
  summary: { zh: '撤销承诺，全部或部分', en: 'Release a commitment, in full or in part' },
  right: 'commitment.make',
  params: ofCommitment,
  query: none,
  body: json(
    z.strictObject({
      amount: z.exactOptional(
        positiveAmount.meta(about('撤销金额；不填为全部未结', 'how much; without it, all that is open')),
      ),
      on: day.meta(about('记账日期', 'the day it is booked on')),
      reason: text(200, '撤销原因', 'why'),
    }),
  ),
  keyed: true,
  answers: { 200: { about: { zh: '已撤销', en: 'Released' }, schema: commitmentView } },
  refuses: ['commitment_not_found', 'commitment_not_open', 'period_closed'],
  handle: async ({ actor, params, body, key, language, service }) => {
    const { amount: amountFen, ...given } = body
    const answer = await releaseCommitment(service.ledger, actor, { commitment: params.id, amountFen, ...given }, key)
    return answerKeyed(answer, 200, language, (view) => view, versionTag)
  },
})

const list = route({
  method: 'GET',
  path: '/v1/commitments',
  id: 'listCommitments',
  tag: 'indicators',
  summary: { zh: '承诺，按办理顺序', en: 'Commitments, in the order they were made' },
  right: 'allocation.read',
  params: none,
  query: z.strictObject({
    project: z.exactOptional(projectCode),
    item: z.exactOptional(itemCode),
    indicator: z.exactOptional(indicatorCode),
    state: z.exactOptional(stateForm),
    limit,
    cursor,
  }),
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '一页承诺', en: 'A page of commitments' }, schema: pageOf(commitmentView) } },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const { limit: most, cursor: given, ...filter } = query
    const name = ['commitments', actor.district, filter]
    const after = parseCommitmentName(placeOfCursor(given, name, commitmentId) ?? '') ?? 0n
    const found = await readCommitments(service.ledger.database.sql, {
      ...filter,
      district: actor.district,
      after,
      limit: most + 1,
    })
    const items = found.slice(0, most)
    const last = items.at(-1)
    const next = found.length > most && last ? cursorFor(name, commitmentName(last.id)) : null
    return reply(200, { items: items.map(commitmentJson), next })
  },
})

const read = route({
  method: 'GET',
  path: '/v1/commitments/{id}',
  id: 'readCommitment',
  tag: 'indicators',
  summary: { zh: '一笔承诺', en: 'A commitment' },
  right: 'allocation.read',
  params: ofCommitment,
  query: none,
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '承诺', en: 'The commitment' }, schema: commitmentView } },
  refuses: ['commitment_not_found'],
  handle: async ({ actor, params, service }) => {
    demand(actor, 'allocation.read')
    const id = parseCommitmentName(params.id)
    const found = id === undefined ? undefined : await readCommitment(service.ledger.database.sql, id)
    if (!found || !seesIndicator(actor, found)) throw refuse('commitment_not_found', { commitment: params.id })
    return reply(200, commitmentJson(found), versionTag(found))
  },
})

export const commitmentRoutes: readonly Route[] = [make, release, list, read]
