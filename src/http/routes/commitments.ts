/**
 * Commitments: fund × project × item. Made and cancelled at once, because availability and the cost of the item guard
 * them.
 */
import * as z from 'zod'
import { commitmentNames } from '../../budget/commitment/commitment.ts'
import { commitmentForm, commitmentId, stateForm, viewOf } from '../../budget/commitment/forms.ts'
import { listCommitments, findCommitment } from '../../budget/commitment/reads.ts'
import { cancelCommitment, makeCommitment } from '../../budget/commitment/verbs.ts'
import { indicatorCode, itemCode, projectCode } from '../../form/field.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, versionTag } from '../route.ts'

const make = verbRoute(makeCommitment, {
  path: '/v1/commitments',
  id: 'makeCommitment',
  tag: 'indicators',
  summary: { zh: '办理承诺', en: 'Commit money to an item' },
  description: {
    zh: '财政资金在指标的可承诺余额内；各来源合计不超过该内容的造价。超过任何一个，都记不上账。',
    en: 'Fiscal money within what its indicator has free; all sources together within what the item costs. Above either it cannot be posted.',
  },
  status: 201,
  about: { zh: '已承诺', en: 'Committed' },
  answer: commitmentForm,
  headers: (view) => ({ location: `/v1/commitments/${view.commitment}`, ...versionTag(view) }),
})

const cancel = verbRoute(cancelCommitment, {
  path: '/v1/commitments/{id}/release',
  params: { commitment: 'id' },
  id: 'releaseCommitment',
  tag: 'indicators',
  summary: { zh: '撤销承诺，全部或部分', en: 'Release a commitment, in full or in part' },
  status: 200,
  about: { zh: '已撤销', en: 'Released' },
  answer: commitmentForm,
  headers: versionTag,
})

const list = listRoute({
  path: '/v1/commitments',
  id: 'listCommitments',
  tag: 'indicators',
  summary: { zh: '承诺，按办理顺序', en: 'Commitments, in the order they were made' },
  right: 'allocation.read',
  standby: always,
  filter: {
    project: z.exactOptional(projectCode),
    item: z.exactOptional(itemCode),
    indicator: z.exactOptional(indicatorCode),
    state: z.exactOptional(stateForm),
  },
  about: { zh: '一页承诺', en: 'A page of commitments' },
  item: commitmentForm,
  list: ({ actor, query, service }) => ({
    name: ['commitments', actor.district, query],
    place: commitmentId,
    read: (after, limit) =>
      listCommitments(service.ledger, actor, { ...query, after: commitmentNames.numberOf(after ?? '') ?? 0n, limit }),
    placeOf: ({ id }) => commitmentNames.nameOf(id),
    view: viewOf,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/commitments/{id}',
  id: 'readCommitment',
  tag: 'indicators',
  summary: { zh: '一笔承诺', en: 'A commitment' },
  right: 'allocation.read',
  params: z.strictObject({ id: commitmentId }),
  answers: { 200: { about: { zh: '承诺', en: 'The commitment' }, schema: commitmentForm } },
  refuses: ['commitment_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findCommitment(service.ledger, actor, params.id)
    return reply(200, viewOf(found), versionTag(found))
  },
})

export const commitmentRoutes: readonly Route[] = [make, cancel, list, read]
