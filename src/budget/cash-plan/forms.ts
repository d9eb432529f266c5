/** What comes in and goes out of cash plans, and what is approved of them. */
import * as z from 'zod'
import {
  about,
  amountOut,
  bookCode,
  documentNumber,
  identifier,
  month,
  positiveAmount,
  projectCode,
  storedAmount,
} from '../../form/field.ts'

const shape = {
  programme: projectCode,
  source: identifier('资金来源，如 F21', 'fund source, such as F21'),
  month,
  documentNumber,
}

export const newCashPlan = z.strictObject({ ...shape, amount: positiveAmount })

/** What is approved. */
export const cashPlanContent = z.strictObject({
  book: z.string(),
  programme: z.string(),
  source: z.string(),
  month,
  documentNumber: z.string(),
  amount: storedAmount,
})

const outShape = { book: bookCode, ...shape, month: z.string(), amount: amountOut('计划金额', 'amount') }
export const cashPlanForm = z
  .strictObject(outShape)
  .meta({ id: 'CashPlan', ...about('用款计划', 'a month’s cash plan') })
export const approvedPlanForm = z
  .strictObject({ ...outShape, approval: z.string() })
  .meta({ id: 'ApprovedCashPlan', ...about('已批准的用款计划', 'a cash plan that was approved') })
