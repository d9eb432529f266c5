/** Vouchers: what persons ask the books to take or to take back, posted when others have checked and approved it. */
import * as z from 'zod'
import { bookCode, inBook } from '../../form/field.ts'
import {
  proposedVoucherForm,
  stateForm,
  templateForm,
  viewOf,
  voucherForm,
  voucherId,
} from '../../vouchers/voucher/forms.ts'
import { findVoucher, listTemplates, listVouchers } from '../../vouchers/voucher/reads.ts'
import { makeVoucher } from '../../vouchers/voucher/verbs.ts'
import { voucherNames } from '../../vouchers/voucher/voucher.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, versionTag } from '../route.ts'
import { pageOf } from '../views.ts'

const make = verbRoute(makeVoucher, {
  path: '/v1/vouchers',
  id: 'makeVoucher',
  tag: 'entries',
  summary: { zh: '填制记账凭证', en: 'Make a voucher' },
  description: {
    zh: '记账：写明账套、日期、摘要与分录行，或按业务单据（分录模板）逐行填写。冲销：写明 reverses、on、reason，同一事务的凭证一并冲销。提交时先试记一遍，记不上的当场说明；他人复核、审批后记账。',
    en: 'To post: book, day, summary and lines, or rows of business forms (templates). To take back: reverses, on, reason; all entries of a transaction go together. It is posted for trial at once, so what cannot be posted is refused now; it is posted when others have checked and approved it.',
  },
  status: 202,
  about: { zh: '已提交，待复核', en: 'Submitted, to be checked' },
  answer: proposedVoucherForm,
  headers: ({ voucher }) => ({ location: `/v1/vouchers/${voucher.voucher}` }),
})

const list = listRoute({
  path: '/v1/vouchers',
  id: 'listVouchers',
  tag: 'entries',
  summary: { zh: '记账凭证，按填制顺序', en: 'Vouchers, in the order they were made' },
  right: 'book.read',
  standby: always,
  filter: { book: z.exactOptional(bookCode), state: z.exactOptional(stateForm) },
  about: { zh: '一页记账凭证', en: 'A page of vouchers' },
  item: voucherForm,
  list: ({ actor, query, service }) => ({
    name: ['vouchers', actor.district, query],
    place: voucherId,
    read: (after, limit) =>
      listVouchers(service.ledger, actor, { ...query, after: voucherNames.numberOf(after ?? '') ?? 0n, limit }),
    placeOf: ({ id }) => voucherNames.nameOf(id),
    view: viewOf,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/vouchers/{id}',
  id: 'readVoucher',
  tag: 'entries',
  summary: { zh: '一张记账凭证', en: 'A voucher' },
  right: 'book.read',
  params: z.strictObject({ id: voucherId }),
  answers: { 200: { about: { zh: '记账凭证', en: 'The voucher' }, schema: voucherForm } },
  refuses: ['voucher_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findVoucher(service.ledger, actor, params.id)
    return reply(200, viewOf(found), versionTag(found))
  },
})

const templates = route({
  method: 'GET',
  path: '/v1/books/{book}/voucher-templates',
  id: 'listVoucherTemplates',
  tag: 'entries',
  summary: { zh: '分录模板：标准分录在该账套中的科目', en: 'Templates: the standard journals in this book' },
  right: 'book.read',
  params: inBook,
  answers: { 200: { about: { zh: '分录模板', en: 'The templates' }, schema: pageOf(templateForm) } },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, { items: await listTemplates(service.ledger, actor, params.book), next: null }),
})

export const voucherRoutes: readonly Route[] = [make, list, read, templates]
