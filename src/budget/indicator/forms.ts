/** What comes in and goes out of indicators, and what is approved of them. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import {
  about,
  amount,
  amountOut,
  bookCode,
  bookedOn,
  budgetYear,
  day,
  districtCode,
  documentNumber,
  identifier,
  indicatorCode,
  namesOf,
  oneOf,
  positiveAmount,
  projectCode,
  confirmations,
  confirmed,
  sha256,
  storedAmount,
  text,
} from '../../form/field.ts'
import {
  type Indicator,
  indicatorKinds,
  indicatorLevels,
  type IndicatorState,
  indicatorStateNamesZh,
  levelNamesZh,
  paymentForms,
  paymentNamesZh,
} from './indicator.ts'

export const ofIndicator = z.strictObject({ indicator: indicatorCode })

// --- Requests -------------------------------------------------------------------------------------------------------

const shape = {
  indicator: indicatorCode,
  book: bookCode,
  documentNumber,
  level: oneOf(indicatorLevels).meta(about(namesOf(levelNamesZh), 'whose money it is')),
  source: identifier('资金来源，如 F21', 'fund source, such as F21'),
  year: budgetYear,
  programme: identifier('未分解到项目时记账的项目编号', 'project code of money assigned to no project yet'),
  purpose: text(200, '用途', 'purpose'),
  payment: oneOf(paymentForms).meta(about(namesOf(paymentNamesZh), 'authorised or direct')),
}

export const newIndicator = z
  .strictObject({
    ...shape,
    amount: positiveAmount,
    on: bookedOn,
    expected: z.exactOptional(
      positiveAmount.meta(about('预计数；填写即为提前下达', 'what is expected; given, this is an early notice')),
    ),
    parent: z.exactOptional(
      identifier('上级指标；填写即由其分配', 'the upper indicator; given, this is allotted from it'),
    ),
    confirmed,
  })
  .meta({ id: 'IndicatorDraft', ...about('待登记的预算指标', 'an indicator to be registered') })
export type NewIndicator = z.output<typeof newIndicator>

export const finalBudgetForm = z.strictObject({
  final: amount.meta(about('正式预算（元）', 'final budget')),
  documentNumber,
  on: bookedOn,
})

const sharesMax = 500
export const assignmentForm = z.strictObject({
  on: bookedOn,
  shares: z
    .array(z.strictObject({ project: projectCode, amount: positiveAmount }), { error: `list:1:${sharesMax}` })
    .min(1, { error: `list:1:${sharesMax}` })
    .max(sharesMax, { error: `list:1:${sharesMax}` }),
})

export const quotaForm = z.strictObject({
  on: bookedOn,
  amount: positiveAmount,
  project: z.exactOptional(identifier('项目；不填为未分解部分', 'project; without one, what is not assigned')),
})
export type QuotaGiven = z.output<typeof quotaForm>

export const renewalForm = z.strictObject({ on: bookedOn })

// --- What is approved -----------------------------------------------------------------------------------------------

export const registrationContent = z.strictObject({
  indicator: z.string(),
  book: z.string(),
  district: z.string(),
  documentNumber: z.string(),
  level: oneOf(indicatorLevels),
  source: z.string(),
  year: z.int(),
  programme: z.string(),
  purpose: z.string(),
  payment: oneOf(paymentForms),
  amount: storedAmount,
  on: day,
  expected: z.exactOptional(storedAmount),
  parent: z.exactOptional(z.string()),
  minimum: z.exactOptional(storedAmount),
  clause: z.exactOptional(z.string()),
  warnings: z.array(z.string()),
  confirmed: z.exactOptional(z.array(z.enum(confirmations))),
})

/** `settledBy`: the document of the final budget; `documentNumber`: the indicator's. */
export const finalBudgetContent = z.strictObject({
  indicator: z.string(),
  on: day,
  final: storedAmount,
  settledBy: z.string(),
  approved: storedAmount,
  further: storedAmount,
  recovered: storedAmount,
  outstanding: storedAmount,
  documentNumber: z.string(),
})

export const assignmentContent = z.strictObject({
  indicator: z.string(),
  on: day,
  shares: z.array(z.strictObject({ project: z.string(), amount: storedAmount })),
  unassigned: storedAmount,
  documentNumber: z.string(),
})

const quotaShape = {
  indicator: z.string(),
  on: day,
  amount: storedAmount,
  project: z.exactOptional(z.string()),
  documentNumber: z.string(),
}
export const quotaContent = z.strictObject({ ...quotaShape, restored: storedAmount, issued: storedAmount })
/** `carried`: lines never issued; `cancelled`: quota cancelled unspent at year-end. */
export const renewalContent = z.strictObject({
  indicator: z.string(),
  on: day,
  documentNumber: z.string(),
  parts: z.array(
    z.strictObject({ indicator: z.string(), project: z.string(), carried: storedAmount, cancelled: storedAmount }),
  ),
})
export const reinstatementContent = z.strictObject({ ...quotaShape, carried: storedAmount })

// --- Answers --------------------------------------------------------------------------------------------------------

const states = Object.keys(indicatorStateNamesZh) as [IndicatorState, ...IndicatorState[]]
export const stateForm = oneOf(states)

export const indicatorForm = z
  .strictObject({
    ...shape,
    district: districtCode,
    kind: oneOf(indicatorKinds).meta(about('final 正式，early_notice 提前下达', 'final or early notice')),
    expected: z.exactOptional(amountOut('预计数', 'what was expected')),
    parent: z.exactOptional(indicatorCode),
    state: stateForm.meta(about(namesOf(indicatorStateNamesZh), 'how it stands')),
    version: z.int(),
  })
  .meta({ id: 'Indicator', ...about('预算指标；金额见 availability', 'an indicator; for its money see availability') })
export type IndicatorView = z.input<typeof indicatorForm>

export const viewOf = ({ expectedFen, parent, ...of }: Indicator): IndicatorView => ({
  ...of,
  ...(expectedFen !== undefined && { expected: formatFen(expectedFen) }),
  ...(parent !== undefined && { parent }),
})

/** What a proposal answers: the approval under which it waits, and what its maker should know. */
export const proposedForm = z
  .strictObject({
    indicator: indicatorForm,
    approval: z.string().meta(about('审批事项', 'the approval it waits for')),
    hash: sha256,
    warnings: z.array(z.string()).meta(about('提示，不影响办理', 'what its maker should know; no refusal')),
  })
  .meta({ id: 'IndicatorProposal', ...about('已提交审批', 'submitted for approval') })
export type Proposed = z.input<typeof proposedForm>
