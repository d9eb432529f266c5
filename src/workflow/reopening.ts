/**
 * Reopening a closed month (反结账): asked for by one person, checked and approved by others like everything else
 * that waits. The request stands in the chain of the book's acts under a hash, and so does its approval, so the chain
 * tells alone who asked and who approved; the content of the approval names that hash. A request dies with the next
 * closing, and its approval can then only be rejected, withdrawn, or ended by the next request.
 */
import * as z from 'zod'
import { approvalDistrict } from '../approvals/approval.ts'
import { approvalId } from '../approvals/forms.ts'
import { lockOpenApproval, approvalView } from '../approvals/store.ts'
import { approvalsFor, supersede } from '../approvals/verbs.ts'
import { assert } from '../base/assert.ts'
import { about, bookCode, month, sha256, text } from '../form/field.ts'
import { bookFor } from '../ledger/ledger.ts'
import { isRequested, recordRequest, reopen } from '../ledger/period.ts'
import { proposal } from '../noun/proposal.ts'
import { verb } from '../noun/verb.ts'

const reason = text(500, '反结账原因', 'why')

export const ofPeriod = z.strictObject({ book: bookCode, period: month })
export const reopeningForm = z.strictObject({ reason })

const reopeningContent = z.strictObject({
  book: bookCode,
  period: month,
  reason,
  /** The hash of the request among the book's acts. */
  request: sha256,
})

/** A request that others approve; then the month is open, and all later ones. */
export const reopeningProposal = proposal({
  kind: 'period_reopening',
  form: reopeningContent,
  approved: async ({ tx, at, ledger, approval, content: { book: code, period, request } }) => {
    const book = await ledger.shelf.find(code)
    assert(book, `the book ${code} is there, for a month of it was closed`)
    const last = (await approvalsFor(tx, approval.id)).findLast(({ decision }) => decision.startsWith('approved'))
    // Looked at beforehand nobody has approved yet: then nobody reopens it, in a transaction that is taken off again.
    await reopen(tx, book, { month: period, request, person: last?.person ?? '—' }, at)
  },
})

const answer = z.strictObject({
  book: z.string(),
  period: z.string(),
  approval: approvalId,
  hash: sha256.meta(about('审批内容的摘要，办理时引用', 'hash of what is approved; a decision names it')),
  request: sha256.meta(about('申请在账套期间事项中的摘要', 'hash of the request among the book’s acts')),
})
export const requestedReopening = answer.meta({
  id: 'ReopeningRequest',
  ...about('反结账申请，待审批', 'a request to reopen a month, to be approved'),
})

/** Asks for a month to be reopened. */
export const askForReopening = verb({
  kind: 'period.ask_reopening',
  right: 'period.request_reopening',
  of: ofPeriod,
  form: reopeningForm,
  refuses: ['book_not_found', 'period_not_closed', 'approval_pending', 'idempotency_key_reused'],
  before: (ledger, actor, { book }) => bookFor(ledger, actor, book, 'period.request_reopening'),
  work: async (
    { tx, at, today, actor, before: book, passed },
    { period, reason: why },
  ): Promise<z.input<typeof answer>> => {
    const subject = `period:${book.code}:${period}`
    const standing = await lockOpenApproval(tx, reopeningProposal.kind, subject)
    if (standing) {
      const { request } = reopeningProposal.read(approvalView(standing))
      const waits = await isRequested(tx, book, period, request)
      if (!waits) await supersede(tx, reopeningProposal.kind, subject, actor.person, at)
    }
    const asked = await recordRequest(tx, book, { month: period, reason: why, person: actor.person }, at)
    if (!(await lockOpenApproval(tx, reopeningProposal.kind, subject))) passed()
    const approval = await reopeningProposal.submitFor(
      tx,
      actor.person,
      {
        subject,
        district: approvalDistrict(book.district, today),
        summary: `账套 ${book.code} 反结账 ${period}：${why}`,
        content: { book: book.code, period, reason: why, request: asked.hash },
      },
      at,
    )
    return { book: book.code, period, approval: approval.id, hash: approval.hash, request: asked.hash }
  },
})
