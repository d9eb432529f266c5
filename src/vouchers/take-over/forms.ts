/** What comes in and goes out of take-overs, and what is approved of them. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import { indicatorLevels, levelNamesZh, paymentForms, paymentNamesZh } from '../../budget/indicator/indicator.ts'
import {
  about,
  amountOut,
  anyJson,
  bookCode,
  bookedOn,
  budgetYear,
  day,
  districtCode,
  documentNumber,
  entryIdForm,
  identifier,
  indicatorCode,
  listOf,
  namesOf,
  oneOf,
  projectCode,
  sha256,
  text,
} from '../../form/field.ts'
import { linesMax } from '../../ledger/entry.ts'
import { projectStates, stateNamesZh } from '../../projects/terms.ts'
import { storedLine } from '../../ledger/forms.ts'
import { voucherLine } from '../voucher/forms.ts'
import type { TakeOver } from './store.ts'
import { takeOverNames, type TakeOverState, takeOverStateNamesZh } from './take-over.ts'

const states = Object.keys(takeOverStateNamesZh) as [TakeOverState, ...TakeOverState[]]
export const takeOverState = oneOf(states).meta(about(namesOf(takeOverStateNamesZh), 'how it stands'))
export const takeOverId = takeOverNames.form.meta(about('接转编号，如 K-1', 'number of the take-over, such as K-1'))

// --- What is asked --------------------------------------------------------------------------------------------------

const rowsMax = 2_000

/** Every document is here as a file: opening balances let nothing appear that no paper shows. */
const evidence = z
  .strictObject({
    number: documentNumber,
    title: z.exactOptional(text(200, '标题', 'title')),
    sha256: sha256.meta(
      about('已上传为本账套附件的原件（/v1/books/{book}/attachments）', 'the original, uploaded to the book before'),
    ),
  })
  .meta({ id: 'TakeOverDocument', ...about('接转依据：文号与原件', 'a document: its number and its original') })

const indicatorRow = z
  .strictObject({
    indicator: indicatorCode,
    documentNumber,
    level: oneOf(indicatorLevels).meta(about(namesOf(levelNamesZh), 'whose money it is')),
    source: identifier('资金来源，如 F21', 'fund source, such as F21'),
    year: budgetYear,
    programme: identifier('未分解到项目时记账的项目编号', 'project code of money assigned to no project yet'),
    purpose: text(200, '用途', 'purpose'),
    payment: oneOf(paymentForms).meta(about(namesOf(paymentNamesZh), 'authorised or direct')),
  })
  .meta({
    id: 'TakeOverIndicator',
    ...about('接转的预算指标；金额见期初余额', 'an indicator that is taken over; its amounts are the opening balances'),
  })

const datedRow = {
  on: day.meta(about('自哪天起', 'from which day')),
  document: documentNumber.meta(about('证明当日事实的文件，documents 中的文号', 'the document: a number of documents')),
}
const batchRow = z
  .strictObject({
    project: projectCode,
    year: budgetYear,
    batch: z.int({ error: 'positive' }).min(1, { error: 'positive' }).max(99, { error: 'positive' }),
    ...datedRow,
  })
  .meta({ id: 'TakeOverBatch', ...about('项目列入某年度某批次', 'a project in a batch of a yearly plan') })
const planRow = z
  .strictObject({
    project: projectCode,
    version: z
      .int({ error: 'positive' })
      .min(1, { error: 'positive' })
      .meta(about('已拟定的资金方案版本', 'the version that was drafted')),
    ...datedRow,
  })
  .meta({ id: 'TakeOverPlan', ...about('现行资金方案', 'a funding plan in force') })
const stateRow = z
  .strictObject({
    project: projectCode,
    to: oneOf(projectStates).meta(about(namesOf(stateNamesZh), 'state')),
    ...datedRow,
  })
  .meta({ id: 'TakeOverStep', ...about('项目状态', 'a state of a project') })

export const rowForms = {
  indicator: indicatorRow,
  batch: batchRow,
  plan: planRow,
  state: stateRow,
  balance: voucherLine,
} as const

export const newTakeOver = z
  .strictObject({
    book: bookCode,
    on: bookedOn.meta(about('接转日：首个开放会计期间的第一天', 'the first day of the first open period')),
    summary: text(500, '摘要', 'summary'),
    documents: listOf(evidence, 50),
    indicators: z.exactOptional(listOf(indicatorRow, 500)),
    balances: z.exactOptional(listOf(voucherLine, linesMax).meta(about('期初余额', 'opening balances'))),
    batches: z.exactOptional(listOf(batchRow, rowsMax)),
    plans: z.exactOptional(listOf(planRow, rowsMax)),
    states: z.exactOptional(listOf(stateRow, rowsMax)),
  })
  .refine(
    ({ indicators, balances, batches, plans, states: moved }) =>
      [balances, batches, plans, moved].some((given) => given !== undefined) &&
      (indicators === undefined || balances !== undefined),
    { error: 'one_take_over' },
  )
  .meta({
    id: 'TakeOverDraft',
    ...about(
      '建账接转：期初余额（连同其指标），倒填日期的批次、现行资金方案、项目状态；至少一项',
      'opening balances with their indicators; batches, plans in force and states on their days; one of them at least',
    ),
  })
export type TakeOverGiven = z.output<typeof newTakeOver>
export type IndicatorRow = z.output<typeof indicatorRow>
export type BatchRow = z.output<typeof batchRow>
export type PlanRow = z.output<typeof planRow>
export type StateRow = z.output<typeof stateRow>

// --- What is approved -----------------------------------------------------------------------------------------------

/** What is approved, and the plans whole, for people to read; which version decides what is posted. */
export const takeOverContent = z.strictObject({
  book: bookCode,
  district: districtCode,
  on: bookedOn,
  summary: z.string(),
  documents: z.array(evidence),
  indicators: z.array(indicatorRow),
  balances: z.array(storedLine),
  batches: z.array(batchRow),
  plans: z.array(planRow.extend({ plan: anyJson })),
  states: z.array(stateRow),
  warnings: z.array(z.string()),
})
export type TakeOverContent = z.output<typeof takeOverContent>

// --- What goes out --------------------------------------------------------------------------------------------------

export const takeOverForm = z
  .strictObject({
    takeOver: takeOverId,
    book: bookCode,
    district: districtCode,
    on: z.string(),
    summary: z.string(),
    amount: amountOut(
      '金额：期初余额（财务会计借方或指标批复）或资金方案总投资，取大者',
      'the balances, or the cost of the plans where that is more',
    ),
    balances: z.int().meta(about('期初余额行数', 'opening balances')),
    registerRows: z.int().meta(about('批次、方案、状态行数', 'rows of the register')),
    madeBy: z.string(),
    approval: z.string().meta(about('审批事项', 'its approval')),
    state: takeOverState,
    entries: z.array(entryIdForm).meta(about('期初凭证', 'the opening entry')),
    version: z.int(),
  })
  .meta({ id: 'TakeOver', ...about('建账接转：经复核、审批后记账、登记', 'a take-over: in force when approved') })
export type TakeOverView = z.input<typeof takeOverForm>

export const proposedTakeOverForm = z.strictObject({
  takeOver: takeOverForm,
  approval: z.string(),
  hash: sha256,
  warnings: z.array(z.string()).meta(about('审批人也会看到', 'the approvers see them too')),
})

export function viewOf({ id, amountFen, ...rest }: TakeOver): TakeOverView {
  return { takeOver: takeOverNames.nameOf(id), ...rest, entries: [...rest.entries], amount: formatFen(amountFen) }
}
