/**
 * The cash plan (用款计划): how much a book may pay out of one source of one programme in a month. Approved plans stand on
 * a guarded account from the first day of their month, so a payment before or above the plan cannot be posted (预算法实施条例
 * 第五十七条).
 */
import * as z from 'zod'
import { approvalDistrict } from '../../approvals/approval.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { firstDayOf, yearOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { formatFen } from '../../base/money.ts'
import { inBook, sha256 } from '../../form/field.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { bound } from '../../noun/limit.ts'
import { proposal } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { cashPlanned, draftFor } from '../indicator/entries.ts'
import { requireFiscal, requireKeepsIndicators } from '../indicator/register.ts'
import { cashPlanContent, cashPlanForm, newCashPlan } from './forms.ts'
import { refuse } from '../refusals.ts'
import { type CashPlan, cashPlanRoom, insertCashPlan } from './store.ts'

const withinBudget = clauseText(clause('budget-law', '第五十七条'))
const beforeBudget = clauseText(clause('budget-law', '第五十四条'))

/**
 * Refuses `cash_plan_exceeds_indicators`: in a year no more is paid out than the budget says (预算法 第五十七条). Before the
 * budget is approved, when no indicator of the programme stands yet, cash may be planned (第五十四条).
 */
async function requireWithinIndicators(tx: Tx, plan: Omit<CashPlan, 'documentNumber'>): Promise<void> {
  const { book, programme, source, month, amountFen } = plan
  const year = yearOf(firstDayOf(month))
  const room = await cashPlanRoom(tx, plan, year)
  if (room.approvedFen === 0n || room.plannedFen + amountFen <= room.approvedFen) return
  const facts = { book, programme, source, year, amountFen, ...room }
  throw refuse('cash_plan_exceeds_indicators', facts, withinBudget)
}

/** An approved plan stands from the first day of its month. */
export const cashPlanProposal = proposal({
  kind: 'cash_plan',
  form: cashPlanContent,
  limits: async ({ amount, ...plan }, { tx }) => {
    const on = firstDayOf(plan.month)
    const year = yearOf(on)
    const { approvedFen, plannedFen } = await cashPlanRoom(tx, plan, year)
    const all = formatFen(plannedFen + amount)
    const measured = {
      zh: `${year} 年用款计划连同本次合计 ${all} 元`,
      en: `${all} of cash plans in ${year} with this one`,
    }
    const from = approvedFen === 0n ? beforeBudget : withinBudget
    return [bound('programme_indicators', approvedFen, { from: on, clause: from, measured })]
  },
  approved: async ({ tx, post, approval, content: { amount: amountFen, ...of } }) => {
    const plan = { ...of, amountFen }
    const on = firstDayOf(plan.month)
    await requireWithinIndicators(tx, plan)
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
  refuses: [
    'book_not_found',
    'book_keeps_no_indicators',
    'source_not_fiscal',
    'cash_plan_exceeds_indicators',
    'approval_pending',
  ],
  before: async (ledger, actor, { book: code, source }) => {
    const book = await bookFor(ledger, actor, code, 'indicator.manage')
    requireKeepsIndicators(book)
    requireFiscal(source)
    return book
  },
  work: async ({ tx, at, actor, before: book }, plan): Promise<z.input<typeof proposedPlanForm>> => {
    const { month, programme, source, documentNumber } = plan
    const amount = formatFen(plan.amount)
    await requireWithinIndicators(tx, { ...plan, book: book.code, amountFen: plan.amount })
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
