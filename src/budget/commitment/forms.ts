/** What comes in and goes out of commitments. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import {
  about,
  amountOut,
  bookCode,
  bookedOn,
  contractCode,
  districtCode,
  identifier,
  indicatorCode,
  itemCode,
  namesOf,
  oneOf,
  positiveAmount,
  projectCode,
  text,
} from '../../form/field.ts'
import { commitmentNames, type CommitmentState, commitmentStateNamesZh, openFen } from './commitment.ts'
import type { Commitment } from './store.ts'

const states = Object.keys(commitmentStateNamesZh) as [CommitmentState, ...CommitmentState[]]
export const stateForm = oneOf(states).meta(about(namesOf(commitmentStateNamesZh), 'how it stands'))
export const commitmentId = commitmentNames.form.meta(about('承诺编号，如 C-1', 'id of the commitment, such as C-1'))
const sourceCode = identifier('资金来源，如 F51', 'fund source, such as F51')

/** Other than fiscal money has no indicator; it stands in the project's book. */
export const newCommitment = z
  .strictObject({
    project: projectCode,
    item: itemCode,
    amount: positiveAmount,
    on: bookedOn,
    contract: z.exactOptional(contractCode),
    indicator: z.exactOptional(indicatorCode),
    source: z.exactOptional(identifier('资金来源；只用于没有指标的资金', 'fund source, of money without an indicator')),
  })
  .refine(({ indicator, source }) => (indicator === undefined) !== (source === undefined), { error: 'one_fund' })
  .meta({
    id: 'CommitmentDraft',
    ...about('indicator、source 有且仅有其一', 'exactly one of indicator and source'),
  })
export type CommitmentGiven = z.output<typeof newCommitment>

export const cancellation = z.strictObject({
  amount: z.exactOptional(
    positiveAmount.meta(about('撤销金额；不填为全部未结', 'how much; without it, all that is open')),
  ),
  on: bookedOn,
  reason: text(200, '撤销原因', 'why'),
})

export const commitmentForm = z
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
export type CommitmentView = z.input<typeof commitmentForm>

export function viewOf(given: Commitment): CommitmentView {
  const { id, amountFen, releasedFen, paidFen, indicator, contract, ...rest } = given
  return {
    commitment: commitmentNames.nameOf(id),
    ...(indicator !== undefined && { indicator }),
    ...rest,
    ...(contract !== undefined && { contract }),
    amount: formatFen(amountFen),
    released: formatFen(releasedFen),
    paid: formatFen(paidFen),
    open: formatFen(openFen(given)),
  }
}
