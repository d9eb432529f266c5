/** Withdrawals from the provident fund: taken and examined by the centre, decided by another person of it. */
import * as z from 'zod'
import {
  proposedWithdrawalForm,
  purpose,
  stateForm,
  viewOf,
  withdrawalForm,
  withdrawalId,
} from '../../financing/withdrawal/forms.ts'
import { findWithdrawal, listWithdrawals } from '../../financing/withdrawal/reads.ts'
import { takeWithdrawal } from '../../financing/withdrawal/verbs.ts'
import { withdrawalNames } from '../../financing/withdrawal/withdrawal.ts'
import { projectCode } from '../../form/field.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { reply, type Route, route, versionTag } from '../route.ts'

const take = verbRoute(takeWithdrawal, {
  path: '/v1/withdrawals',
  id: 'takeWithdrawal',
  tag: 'withdrawals',
  summary: { zh: '受理公积金提取申请', en: 'Take an application to withdraw' },
  description: {
    zh: '受理即按账上该房屋的实际出资、公积金贷款和此前各人已准予的提取逐人审核，任何一人超过限额或不在可提取人员之内，整件不受理。受理的由另一人复核后记入备查账（201/101）。',
    en: 'Examined at once against what the books hold of the dwelling, a loan of the fund, and what was granted before to any of the household; where one applicant may not have what he asks, nothing is taken. Another person decides; then it is booked in the memo book (201/101).',
  },
  status: 202,
  about: { zh: '已受理，待复核', en: 'Taken, to be decided' },
  answer: proposedWithdrawalForm,
  headers: ({ withdrawal }) => ({ location: `/v1/withdrawals/${withdrawal.withdrawal}` }),
})

const list = listRoute({
  path: '/v1/withdrawals',
  id: 'listWithdrawals',
  tag: 'withdrawals',
  summary: { zh: '公积金提取，按受理顺序', en: 'Withdrawals, in the order they were taken' },
  right: 'withdrawal.read',
  filter: {
    project: z.exactOptional(projectCode),
    state: z.exactOptional(stateForm),
    purpose: z.exactOptional(purpose),
  },
  about: { zh: '一页提取', en: 'A page of withdrawals' },
  item: withdrawalForm,
  list: ({ actor, query, service }) => ({
    name: ['withdrawals', actor.district, query],
    place: withdrawalId,
    read: (after, limit) =>
      listWithdrawals(service.ledger, actor, { ...query, after: withdrawalNames.numberOf(after ?? '') ?? 0n, limit }),
    placeOf: ({ id }) => withdrawalNames.nameOf(id),
    view: viewOf,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/withdrawals/{id}',
  id: 'readWithdrawal',
  tag: 'withdrawals',
  summary: { zh: '一笔公积金提取', en: 'A withdrawal' },
  right: 'withdrawal.read',
  params: z.strictObject({ id: withdrawalId }),
  answers: { 200: { about: { zh: '提取', en: 'The withdrawal' }, schema: withdrawalForm } },
  refuses: ['withdrawal_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findWithdrawal(service.ledger, actor, params.id)
    return reply(200, viewOf(found), versionTag(found))
  },
})

export const withdrawalRoutes: readonly Route[] = [take, list, read]
