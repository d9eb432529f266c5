/**
 * The cash plan (用款计划): how much a book may pay out of one source of one programme in a month. Approved plans stand on a guarded account
 * from the first day of their month, so a payment before or above the plan cannot be posted (预算法实施条例 第五十七条).
 */
import type { Actor } from '../../access/actor.ts'
import { submit } from '../../approvals/verbs.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import { firstDayOf } from '../../base/calendar.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { type Act, act } from '../../ledger/act.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { requireFiscal, requireKeepsIndicators } from '../indicator/register.ts'
import { approvalDistrict, approvedBy, contentOf, fenOf } from '../indicator/proposal.ts'
import { cashPlanned, draftFor } from '../indicator/entries.ts'
import { type CashPlan, insertCashPlan } from './store.ts'

export type CashPlanJson = Omit<CashPlan, 'amountFen'> & { readonly amount: string }
export type ProposedPlan = { plan: { [Name in keyof CashPlanJson]: string }; approval: string; hash: string }

/**
 * Proposes a month's plan, or more of it. Refuses `book_not_found`, `book_keeps_no_indicators`, `source_not_fiscal`,
 * `approval_pending` while another for the same month and source waits.
 */
export async function planCash(
  ledger: Ledger,
  actor: Actor,
  given: CashPlan,
  key: string,
): Promise<KeyedAnswer<ProposedPlan>> {
  const book = await bookFor(ledger, actor, given.book, 'indicator.manage')
  requireKeepsIndicators(book)
  requireFiscal(given.source)
  const { amountFen, ...rest } = given
  const content = { ...rest, amount: formatFen(amountFen) }
  return act(ledger, { person: actor.person, key, kind: 'cash_plan.propose', content }, async ({ tx, at }) => {
    const { month, programme, source } = given
    const approval = await submit(
      tx,
      actor,
      {
        kind: 'cash_plan',
        subject: `cash_plan:${[book.code, month, programme, source].join(':')}`,
        district: approvalDistrict(book.district, firstDayOf(month)),
        amountFen,
        summary: `${month} 用款计划 ${book.code} ${programme} ${source} ${content.amount} 元（${given.documentNumber}）`,
        content,
      },
      at,
    )
    return { plan: content, approval: approval.id, hash: approval.hash }
  })
}

/** What follows from an approved plan: it stands from the first day of its month. */
export async function applyCashPlan(_: Ledger, { tx, post }: Act, approval: ApprovalView): Promise<void> {
  if (approval.state !== 'approved') return
  const { amount, ...rest } = contentOf(approval) as CashPlanJson
  const plan: CashPlan = { ...rest, amountFen: fenOf(amount) }
  const on = firstDayOf(plan.month)
  await insertCashPlan(tx, plan, on, approval.id)
  const draft = draftFor(plan, {
    on,
    summary: `${plan.month} 用款计划`,
    lines: cashPlanned(plan.programme, plan.source, plan.amountFen satisfies Fen),
  })
  await post({
    ...(await approvedBy(tx, approval)),
    key: `cash_plan:${approval.id}`,
    entries: [{ book: plan.book, draft }],
  })
}
