/** What comes in and goes out of withdrawals, and what is approved of them. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import {
  about,
  accountCode,
  amountOut,
  bookCode,
  bookedOn,
  day,
  identifier,
  listOf,
  namesOf,
  oneOf,
  positiveAmount,
  projectCode,
  storedAmount,
} from '../../form/field.ts'
import { dwellingName, proofDocument } from '../forms.ts'
import type { Withdrawal } from './store.ts'
import {
  withdrawalNames,
  type WithdrawalState,
  withdrawalStateNamesZh,
  type WithdrawalWay,
  withdrawalWayNamesZh,
} from './withdrawal.ts'

const states = Object.keys(withdrawalStateNamesZh) as [WithdrawalState, ...WithdrawalState[]]
export const stateForm = oneOf(states).meta(about(namesOf(withdrawalStateNamesZh), 'how it stands'))
const ways = Object.keys(withdrawalWayNamesZh) as [WithdrawalWay, ...WithdrawalWay[]]
const way = oneOf(ways).meta(about(namesOf(withdrawalWayNamesZh), 'to whom it is paid'))
export const withdrawalId = withdrawalNames.form.meta(about('提取编号，如 W-1', 'id of the withdrawal, such as W-1'))
export const purpose = identifier('用途，如 elevator', 'purpose, such as elevator')
const relation = identifier('与产权人关系，如 self、spouse', 'relation to the owner, such as self or spouse')

/** Applicants are examined in the order given; each asks for a figure of his own. */
export const newWithdrawal = z
  .strictObject({
    project: projectCode,
    dwelling: dwellingName,
    purpose,
    way,
    on: bookedOn,
    book: bookCode.meta(about('公积金备查账', 'the memo book of the fund')),
    applicants: listOf(
      z.strictObject({
        relation,
        balance: positiveAmount.meta(about('账户余额', 'balance of the account')),
        requested: positiveAmount.meta(about('申请提取', 'asked for')),
      }),
      8,
    ),
    documents: listOf(proofDocument, 20),
  })
  .meta({ id: 'WithdrawalApplication', ...about('住房公积金提取申请', 'an application to withdraw') })

/** A line as it will be posted. */
const storedLine = z.strictObject({
  account: accountCode,
  debit: z.exactOptional(storedAmount),
  credit: z.exactOptional(storedAmount),
  project: projectCode,
  source: z.string(),
  dwelling: z.exactOptional(z.string()),
})

const applicant = z.strictObject({
  relation: z.string(),
  balance: storedAmount,
  requested: storedAmount,
})

/** What is decided on: all that the examination saw, and the lines as they will be posted. */
export const withdrawalContent = z.strictObject({
  project: projectCode,
  dwelling: dwellingName,
  purpose,
  way,
  on: bookedOn,
  due: day,
  book: bookCode,
  contribution: storedAmount,
  loan: storedAmount,
  withdrawn: storedAmount,
  limit: storedAmount,
  granted: storedAmount,
  applicants: z.array(applicant),
  documents: z.array(proofDocument),
  lines: z.array(storedLine),
})

export const withdrawalForm = z
  .strictObject({
    withdrawal: withdrawalId,
    project: projectCode,
    dwelling: dwellingName,
    purpose: z.string(),
    way,
    on: z.string().meta(about('申请日', 'day of application')),
    due: z.string().meta(about('应于此日前作出决定', 'to be decided by then')),
    book: bookCode,
    contribution: amountOut('账上实际出资', 'contributed, by the books'),
    limit: amountOut('可提取限额', 'the most that may be withdrawn'),
    granted: amountOut('准予提取合计', 'granted in all'),
    state: stateForm,
    approval: z.string(),
    madeBy: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Withdrawal', ...about('住房公积金提取', 'a withdrawal from the provident fund') })

export const proposedWithdrawalForm = z.strictObject({
  withdrawal: withdrawalForm,
  approval: z.string(),
  hash: z.string(),
})

export type WithdrawalView = z.input<typeof withdrawalForm>

export const viewOf = (row: Withdrawal): WithdrawalView => ({
  withdrawal: withdrawalNames.nameOf(row.id),
  project: row.project,
  dwelling: { community: row.community, building: row.building, dwelling: row.dwelling },
  purpose: row.purpose,
  way: row.way,
  on: row.on,
  due: row.due,
  book: row.book,
  contribution: formatFen(row.contributionFen),
  limit: formatFen(row.limitFen),
  granted: formatFen(row.grantedFen),
  state: row.state,
  approval: row.approval,
  madeBy: row.madeBy,
  version: row.version,
})
