/** What comes in and goes out of special bonds, and what is approved of them. */
import * as z from 'zod'
import { fenToDecimal, formatScaled, quotient } from '../../base/decimal.ts'
import { formatFen, sumFen } from '../../base/money.ts'
import {
  about,
  amount,
  amountOut,
  anyJson,
  bookCode,
  bookedOn,
  budgetYear,
  day,
  districtCode,
  documentNumber,
  identifier,
  itemCode,
  listOf,
  namesOf,
  oneOf,
  part,
  positiveAmount,
  projectCode,
  sha256,
  storedAmount,
  text,
} from '../../form/field.ts'
import { documentObject, storedLine } from '../../ledger/forms.ts'
import type { Law } from '../../policy/parameters.ts'
import { fenDecimals, ratioDecimals } from '../../policy/units.ts'
import { ratioOf } from '../../policy/value.ts'
import { costPurposes, purposeNamesZh } from '../../projects/terms.ts'
import { bondCoverage } from './bond.ts'
import { type Bond, type BondAllocation, type BondState, bondStateNamesZh } from './record.ts'
import { dueKindNamesZh, dueKinds, type DueState, dueStateNamesZh } from './service.ts'
import type { DueRow } from './store.ts'

const states = Object.keys(bondStateNamesZh) as [BondState, ...BondState[]]
export const stateForm = oneOf(states).meta(about(namesOf(bondStateNamesZh), 'how it stands'))
export const bondCode = identifier('专项债券编号', 'code of the bond')
export const ofBond = z.strictObject({ bond: bondCode })

// --- Requests -------------------------------------------------------------------------------------------------------

const yearsMost = 50
const figuresMost = 60
const wholeYears = z
  .int({ error: 'positive' })
  .min(1, { error: 'positive' })
  .max(yearsMost, { error: 'positive' })
  .meta(about('期限（年）', 'term in years'))
const frequency = z
  .union([z.literal(1), z.literal(2)], { error: 'one_of:1|2' })
  .meta(about('每年付息次数', 'coupons a year'))
const rate = part.meta(about('年利率，如 0.0328', 'yearly rate, like 0.0328'))

const coverageForm = z
  .strictObject({
    definition: text(500, '覆盖倍数口径', 'how coverage is defined'),
    horizon: wholeYears.meta(about('测算年限', 'years that are looked at')),
    figures: listOf(
      z.strictObject({
        year: budgetYear,
        revenue: amount.meta(about('项目收入', 'revenue of the projects')),
        cost: amount.meta(about('运营成本', 'cost of running them')),
      }),
      figuresMost,
    ),
  })
  .meta({ id: 'BondCoverageFigures', ...about('收益与成本测算', 'what coverage is computed from') })
type CoverageGiven = z.output<typeof coverageForm>

export const newBond = z
  .strictObject({
    bond: bondCode,
    book: bookCode,
    programme: identifier('未分配到项目时记账的项目编号', 'project code of what is allocated to no project yet'),
    face: positiveAmount.meta(about('面值', 'face')),
    rate,
    years: wholeYears,
    frequency: z.exactOptional(frequency),
    feeRate: z.exactOptional(part.meta(about('发行费率', 'rate of the issue fee'))),
    purpose: text(500, '用途', 'what it is for'),
    documentNumber,
    on: bookedOn,
    coverage: coverageForm,
  })
  .meta({ id: 'BondDraft', ...about('拟发行的专项债券及其限额', 'a bond that is planned, and the quota it was given') })
export type NewBond = z.output<typeof newBond>

export const issueForm = z.strictObject({
  start: day.meta(about('发行日（起息日）', 'the day it is issued, from which it bears interest')),
  rate: z.exactOptional(rate.meta(about('中标利率；不填同计划', 'rate it was sold at; as planned without it'))),
  documentNumber,
})

const sharesMost = 500
export const allocationForm = z.strictObject({
  from: day.meta(about('自该日起执行', 'from this day on')),
  documentNumber,
  shares: listOf(z.strictObject({ project: projectCode, amount: positiveAmount }), sharesMost).refine(
    (shares) => new Set(shares.map(({ project }) => project)).size === shares.length,
    { error: 'listed_once' },
  ),
})

export const useForm = z.strictObject({
  project: projectCode,
  item: z.exactOptional(itemCode),
  purpose: oneOf(costPurposes).meta(about(namesOf(purposeNamesZh), 'capital or recurrent')),
  amount: positiveAmount,
  on: bookedOn,
  documentNumber: documentNumber.meta(about('付款凭据文号', 'document of the payment')),
})

const dueStates = Object.keys(dueStateNamesZh) as [DueState, ...DueState[]]
const dueNumber = z.int({ error: 'positive' }).min(1, { error: 'positive' }).max(1_000, { error: 'positive' })

export const serviceForm = z.strictObject({
  number: dueNumber.meta(
    about('第几期；还本为最后一期之后', 'which of what is due; the principal after the last coupon'),
  ),
  step: oneOf(['set_aside', 'paid']).meta(about('set_aside 已筹，paid 已付', 'set aside, or paid')),
  on: bookedOn,
  documentNumber,
})

// --- What is approved -----------------------------------------------------------------------------------------------

const use = z.strictObject({ parameter: z.string(), value: anyJson, from: z.string(), clause: z.string() })

/** Coverage as it was computed, with the law that was used. */
export const coverageContent = z.strictObject({
  definition: z.string(),
  horizon: z.int(),
  figures: z.array(z.strictObject({ year: z.int(), revenue: storedAmount, cost: storedAmount })),
  netRevenue: storedAmount,
  service: storedAmount,
  ratio: z.string(),
  passes: z.boolean(),
  uses: z.array(use),
})
export type Coverage = z.output<typeof coverageContent>

/** The terms of a bond by which its coverage is computed. */
type Terms = Pick<Bond, 'faceFen' | 'rate' | 'years'>

/** Whether what the projects earn net of what they cost covers principal and interest of the term (clause 24). */
export function coverageOf(terms: Terms, given: CoverageGiven, law: Law): Coverage {
  const netRevenue = sumFen(given.figures.map(({ revenue, cost }) => revenue - cost))
  const bonds = [{ face: terms.faceFen, rate: ratioOf(terms.rate), years: terms.years }]
  const { bondService, bondRatio, bondPasses } = bondCoverage({ netRevenue, bonds }, law)
  const uses = law.uses.filter(({ parameter }) => parameter === 'special_bond_coverage_min')
  return {
    ...given,
    netRevenue,
    service: bondService,
    ratio: bondRatio === null ? '—' : formatScaled(bondRatio, ratioDecimals),
    passes: bondPasses,
    uses: uses.map((one) => ({ ...one, value: law.take('special_bond_coverage_min') })),
  }
}

/** What its issue costs: the fee on the face (O-24). */
export const feeOf = ({ faceFen, feeRate }: Pick<Bond, 'faceFen' | 'feeRate'>) =>
  quotient(fenToDecimal(faceFen).times(ratioOf(feeRate)), ratioOf('1'), fenDecimals)

/** The entry exactly as it will be posted. */
const posted = {
  bond: z.string(),
  book: z.string(),
  on: day,
  summary: z.string(),
  documents: z.array(documentObject),
  lines: z.array(storedLine),
}
const terms = {
  programme: z.string(),
  face: storedAmount,
  rate: z.string(),
  years: z.int(),
  frequency: z.int(),
  feeRate: z.string(),
  fee: storedAmount,
  purpose: z.string(),
  coverage: coverageContent,
}
export const planContent = z.strictObject({ ...posted, ...terms, warnings: z.array(z.string()) })
export const issueContent = z.strictObject({ ...posted, ...terms, warnings: z.array(z.string()) })
const shares = z.array(z.strictObject({ project: z.string(), amount: storedAmount }))
export const allocationContent = z.strictObject({
  ...posted,
  version: z.int(),
  from: day,
  documentNumber: z.string(),
  face: storedAmount,
  shares,
  before: shares,
})
export const useContent = z.strictObject({
  ...posted,
  project: z.string(),
  purpose: oneOf(costPurposes),
  amount: storedAmount,
  allocated: storedAmount,
  used: storedAmount,
})
/** `due`: drafted by the job on the day; then it is set aside, then paid. */
export const serviceContent = z.strictObject({
  ...posted,
  number: z.int(),
  what: oneOf(dueKinds),
  step: oneOf(dueStates),
  dueOn: day,
  payOn: day,
  amount: storedAmount,
  shares,
})
export type Posted = z.output<z.ZodObject<typeof posted>>

// --- Answers --------------------------------------------------------------------------------------------------------

export const bondForm = z
  .strictObject({
    bond: bondCode,
    book: bookCode,
    district: districtCode,
    programme: z.string(),
    source: z.string(),
    face: amountOut('面值', 'face'),
    rate: z.string(),
    years: z.int(),
    frequency: z.int(),
    feeRate: z.string(),
    fee: amountOut('发行费', 'fee of the issue'),
    purpose: z.string(),
    documentNumber: z.string(),
    startOn: z.exactOptional(z.string().meta(about('起息日', 'first day of interest'))),
    state: stateForm,
    version: z.int(),
  })
  .meta({ id: 'Bond', ...about('专项债券；资金见其台账', 'a special bond; its money is in its book') })
export type BondView = z.input<typeof bondForm>

export function viewOf(bond: Bond): BondView {
  const { faceFen, startOn, ...rest } = bond
  return {
    ...rest,
    face: formatFen(faceFen),
    fee: formatFen(feeOf(bond)),
    ...(startOn !== undefined && { startOn }),
  }
}

export const proposedForm = z
  .strictObject({
    bond: bondForm,
    approval: z.string().meta(about('审批事项', 'the approval it waits for')),
    hash: sha256,
    warnings: z.array(z.string()).meta(about('提示，不影响办理', 'what its maker should know; no refusal')),
  })
  .meta({ id: 'BondProposal', ...about('已提交审批', 'submitted for approval') })

export const bondAllocationForm = z
  .strictObject({
    bond: bondCode,
    version: z.int(),
    from: z.string().meta(about('自该日起执行', 'from this day on')),
    documentNumber: z.string(),
    approval: z.string(),
    shares: z.array(z.strictObject({ project: z.string(), amount: amountOut('分配额', 'what it holds') })),
  })
  .meta({ id: 'BondAllocation', ...about('债券资金的一版分配', 'what projects hold of a bond') })

export const allocationView = ({
  fromOn,
  shares: of,
  ...rest
}: BondAllocation): z.input<typeof bondAllocationForm> => ({
  ...rest,
  from: fromOn,
  shares: of.map(({ project, amountFen }) => ({ project, amount: formatFen(amountFen) })),
})

export const bondDueForm = z
  .strictObject({
    bond: bondCode,
    number: z.int(),
    what: oneOf(dueKinds).meta(about(namesOf(dueKindNamesZh), 'coupon or principal')),
    dueOn: z.string().meta(about('到期日', 'the day it falls due')),
    payOn: z.string().meta(about('付款日：遇节假日顺延', 'the working day it is paid on')),
    amount: amountOut('金额', 'amount'),
    state: oneOf(dueStates).meta(about(namesOf(dueStateNamesZh), 'how it stands')),
    approval: z.string(),
    shares: z.array(z.strictObject({ project: z.string(), amount: amountOut('承担额', 'what it bears') })),
  })
  .meta({ id: 'BondDue', ...about('债券的一期应付本息', 'what is due of a bond') })

export const dueView = ({ amountFen, shares: of, ...rest }: DueRow): z.input<typeof bondDueForm> => ({
  ...rest,
  amount: formatFen(amountFen),
  shares: of.map(({ project, amountFen: part }) => ({ project, amount: formatFen(part) })),
})
