/** What comes in and goes out of approvals and delegations. */
import * as z from 'zod'
import { formatFen } from '../base/money.ts'
import { about, amountOut, day, districtCode, identifier, namesOf, oneOf, sha256, text } from '../form/field.ts'
import { approvalNames, type ApprovalState, lendable, stateNamesZh, verdicts } from './approval.ts'
import type { DelegationView } from './delegation.ts'
import type { ApprovalView } from './store.ts'

const states = Object.keys(stateNamesZh) as ApprovalState[]

/** A state, or both in which something waits. */
export const stateFilter = oneOf([...states, 'waiting']).meta(about('所处步骤；waiting 为待复核和待审批', 'state'))
export const approvalId = approvalNames.form.meta(about('审批事项编号，如 A-1', 'id of the approval, such as A-1'))
export const delegationId = z
  .string({ error: 'identifier' })
  .regex(/^[1-9][0-9]{0,17}$/, { error: 'identifier' })
  .meta(about('委托编号', 'id of the delegation'))
const summaryShape = {
  id: approvalId,
  kind: z.string().meta(about('事项种类，决定批准后发生什么', 'kind: settles what follows')),
  subject: z.string().meta(about('针对什么', 'what it is about')),
  district: z.exactOptional(districtCode),
  amount: z.exactOptional(amountOut('金额（元）', 'amount in yuan')),
  summary: z.string(),
  hash: sha256.meta(about('内容的 SHA-256，办理时须引用', 'SHA-256 of the content; a decision names it')),
  approvers: z
    .int()
    .meta(about('须由几人审批；0 为复核后即生效', 'how many must approve; 0: it takes effect when it is checked')),
  state: oneOf(states).meta(about(namesOf(stateNamesZh), 'where it stands')),
  version: z.int().meta(about('已有几步，含经办', 'how many steps were taken, the submission among them')),
  maker: z.string().meta(about('经办人', 'maker')),
  openedAt: z.string().meta({ ...about('提交时刻', 'when it was submitted'), format: 'date-time' }),
}
const contentOut = z
  .string()
  .meta(about('所审批的全部内容（规范 JSON 文本），其 SHA-256 即 hash', 'all that is approved, as canonical JSON'))

export const approvalSummary = z
  .strictObject(summaryShape)
  .meta({ id: 'ApprovalSummary', ...about('审批事项', 'something to be checked and approved') })
export const approvalForm = z
  .strictObject({ ...summaryShape, content: contentOut })
  .meta({ id: 'Approval', ...about('审批事项及其内容', 'an approval with its content') })

const decisionForm = z
  .strictObject({
    step: z.int().meta(about('第几步', 'step')),
    decision: z.enum(['submitted', 'checked', 'approved', 'rejected', 'withdrawn', 'superseded']),
    person: z.string(),
    actingFor: z.exactOptional(z.string().meta(about('委托人', 'in whose place'))),
    reason: z.exactOptional(z.string()),
    hash: sha256,
    at: z.string().meta({ ...about('办理时刻', 'when'), format: 'date-time' }),
  })
  .meta({ id: 'ApprovalDecision', ...about('一步办理', 'a decision') })
export const approvalWithDecisions = z
  .strictObject({ ...summaryShape, content: contentOut, decisions: z.array(decisionForm) })
  .meta({
    id: 'ApprovalWithDecisions',
    ...about('审批事项、内容与全部经过', 'an approval, its content and all its steps'),
  })

/** Without its content, for lists. */
export function approvalSummaryOf(given: ApprovalView): z.input<typeof approvalSummary> {
  const { content: _, ...summary } = approvalViewOf(given)
  return summary
}

export const approvalViewOf = ({ amountFen, ...view }: ApprovalView): z.input<typeof approvalForm> => ({
  ...view,
  ...(amountFen !== undefined && { amount: formatFen(amountFen) }),
})

/** Said of one approval, by who saw the content of this hash. */
export const newDecision = z.strictObject({
  verdict: oneOf(verdicts).meta(about('复核、审批、退回、撤回', 'check, approve, reject, withdraw')),
  hash: sha256.meta(about('所见内容的摘要', 'hash of the content that was seen')),
  reason: z.exactOptional(text(500, '原因；退回时必填', 'why; needed to reject')),
  actingFor: z.exactOptional(identifier('委托人', 'in whose place, by a delegation in force')),
})

// --- Delegations ----------------------------------------------------------------------------------------------------

export const newDelegation = z.strictObject({
  delegate: identifier('受托人', 'who decides in one’s place'),
  permission: oneOf(lendable).meta(about('所委托的权限', 'what is delegated')),
  from: day.meta(about('起始日', 'first day')),
  to: day.meta(about('截止日', 'last day')),
  reason: text(500, '委托原因', 'why'),
})

export const delegationForm = z
  .strictObject({
    id: delegationId,
    delegator: z.string().meta(about('委托人', 'who delegates')),
    delegate: z.string().meta(about('受托人', 'who decides in his place')),
    permission: oneOf(lendable).meta(about('所委托的权限', 'what is delegated')),
    district: z.exactOptional(districtCode),
    from: z.string().meta({ ...about('起始日', 'first day'), format: 'date' }),
    to: z.string().meta({ ...about('截止日', 'last day'), format: 'date' }),
    reason: z.string(),
    revoked: z.boolean(),
  })
  .meta({
    id: 'Delegation',
    ...about('委托：受托人办理视同委托人参与', 'a delegation; it counts as the delegator too'),
  })

export const endedDelegation = z.strictObject({ id: delegationId, revoked: z.boolean() })

export const delegationViewOf = (given: DelegationView): z.input<typeof delegationForm> => ({
  id: given.id,
  delegator: given.delegator,
  delegate: given.delegate,
  permission: given.permission,
  ...(given.district !== undefined && { district: given.district }),
  from: given.from,
  to: given.to,
  reason: given.reason,
  revoked: given.revoked,
})
