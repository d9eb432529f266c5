/**
 * The cash plan (用款计划): how much a book may pay out of one source of one programme in a month. Approved plans stand on
 * a guarded account from the first day of their month, so a payment before or above the plan cannot be posted (预算法实施条例
 * 第五十七条).
 */
import * as z from 'zod'
import { firstDayOf } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { inBook, sha256 } from '../../form/field.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { proposal } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import { cashPlanned, draftFor } from '../indicator/entries.ts'
import { approvalDistrict, approvedBy } from '../indicator/proposal.ts'
import { requireFiscal, requireKeepsIndicators } from '../indicator/register.ts'
import { cashPlanContent, cashPlanForm, newCashPlan } from './forms.ts'
import { insertCashPlan } from './store.ts'

/** An approved plan stands from the first day of its month. */
export const cashPlanProposal = proposal({
  kind: 'cash_plan',
  form: cashPlanContent,
  approved: async ({ tx, post, approval, content: { amount: amountFen, ...of } }) => {
    const plan = { ...of, amountFen }
    const on = firstDayOf(plan.month)
    await insertCashPlan(tx, plan, on, approval.id)
    const lines = cashPlanned(plan.programme, plan.source, amountFen)
    const draft = draftFor(plan, { on, summary: `${plan.month} 用款计划`, lines })
    await post({
      ...(await approvedBy(tx, approval)),
      key: `cash_plan:${approval.id}`,
      entries: [{ book: plan.book, draft }],
    })
  },
})

export const proposedPlanForm = z.strictObject({ plan: cashPlanForm, approval: z.string(), hash: sha256 })

/** Proposes a month's plan, or more of it; `approval_pending` while another for the same month and source waits. */
export const planCash = verb({
  kind: 'cash_plan.propose',
  right: 'indicator.manage',
  of: inBook,
  form: newCashPlan,
  refuses: ['book_not_found', 'book_keeps_no_indicators', 'source_not_fiscal', 'approval_pending'],
  before: async (ledger, actor, { book: code, source }) => {
    const book = await bookFor(ledger, actor, code, 'indicator.manage')
    requireKeepsIndicators(book)
    requireFiscal(source)
    return book
  },
  work: async ({ tx, at, actor, before: book }, plan): Promise<z.input<typeof proposedPlanForm>> => {
    const { month, programme, source, documentNumber } = plan
    const amount = formatFen(plan.amount)
    const approval = await cashPlanProposal.submit(
      tx,
      actor,
      {
        subject: `cash_plan:${[book.code, month, programme, source].join(':')}`,
        district: approvalDistrict(book.district, firstDayOf(month)),
        amountFen: plan.amount,
        summary: `${month} 用款计划 ${book.code} ${programme} ${source} ${amount} 元（${documentNumber}）`,
        content: plan,
      },
      at,
    )
    return { plan: { ...plan, amount }, approval: approval.id, hash: approval.hash }
  },
})
