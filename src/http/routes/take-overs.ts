/** Take-overs: how books, and the projects they pay for, begin in mid-year. */
import * as z from 'zod'
import { bookCode } from '../../form/field.ts'
import {
  proposedTakeOverForm,
  takeOverForm,
  takeOverId,
  takeOverState,
  viewOf,
} from '../../vouchers/take-over/forms.ts'
import { findTakeOver, listTakeOvers } from '../../vouchers/take-over/reads.ts'
import { takeOverNames } from '../../vouchers/take-over/take-over.ts'
import { proposeTakeOver } from '../../vouchers/take-over/verbs.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, versionTag } from '../route.ts'

const propose = verbRoute(proposeTakeOver, {
  path: '/v1/take-overs',
  id: 'proposeTakeOver',
  tag: 'entries',
  summary: { zh: '报批建账接转', en: 'Propose a take-over' },
  description: {
    zh: '年中建账：把原账套的期初余额（连同其预算指标）和原登记的批次、现行资金方案、项目状态接转过来。期初余额记在首个开放会计期间的第一天，为一张平衡的期初凭证；项目事实按各自的日期登记，已评分的季度也可以，但已评的分数不变。依据文件须先上传为本账套附件。提交时先试办一遍，办不了的当场说明；他人复核、审批后生效。',
    en: 'A start in mid-year: opening balances with their indicators; batches, plans in force and states on their own days. Balances are one entry on the first day of the first open period. Facts may lie in a quarter that is scored: its scores stay. The documents are attachments of the book uploaded before. It is tried at once, so what cannot be done is refused now; it takes effect when others have checked and approved it.',
  },
  status: 202,
  about: { zh: '已提交，待复核', en: 'Submitted, to be checked' },
  answer: proposedTakeOverForm,
  headers: ({ takeOver }) => ({ location: `/v1/take-overs/${takeOver.takeOver}` }),
})

const list = listRoute({
  path: '/v1/take-overs',
  id: 'listTakeOvers',
  tag: 'entries',
  summary: { zh: '建账接转，按提交顺序', en: 'Take-overs, in the order they were proposed' },
  right: 'book.read',
  standby: always,
  filter: { book: z.exactOptional(bookCode), state: z.exactOptional(takeOverState) },
  about: { zh: '一页建账接转', en: 'A page of take-overs' },
  item: takeOverForm,
  list: ({ actor, query, service }) => ({
    name: ['take-overs', actor.district, query],
    place: takeOverId,
    read: (after, limit) =>
      listTakeOvers(service.ledger, actor, { ...query, after: takeOverNames.numberOf(after ?? '') ?? 0n, limit }),
    placeOf: ({ id }) => takeOverNames.nameOf(id),
    view: viewOf,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/take-overs/{id}',
  id: 'readTakeOver',
  tag: 'entries',
  summary: { zh: '一次建账接转', en: 'A take-over' },
  right: 'book.read',
  params: z.strictObject({ id: takeOverId }),
  answers: { 200: { about: { zh: '建账接转', en: 'The take-over' }, schema: takeOverForm } },
  refuses: ['take_over_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findTakeOver(service.ledger, actor, params.id)
    return reply(200, viewOf(found), versionTag(found))
  },
})

export const takeOverRoutes: readonly Route[] = [propose, list, read]
