/** The one verb by which anything is approved, whatever it is: the decision and what follows from it are one transaction. */
import * as z from 'zod'
import type { Actor } from '../access/actor.ts'
import { decide, type Decision } from '../approvals/verbs.ts'
import { isOpen } from '../approvals/approval.ts'
import { delegate, revokeDelegation } from '../approvals/delegation.ts'
import { delegationId, delegationViewOf, newDelegation } from '../approvals/forms.ts'
import type { ApprovalView } from '../approvals/store.ts'
import { assert } from '../base/assert.ts'
import type { KeyedAnswer } from '../base/keyed.ts'
import { formatFen } from '../base/money.ts'
import { act } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { nothing, verb } from '../noun/verb.ts'
import type { Effect } from '../noun/proposal.ts'
import { effects } from './nouns.ts'

/** An approval as JSON: amounts in yuan. */
export type ApprovalJson = Omit<ApprovalView, 'amountFen'> & { readonly amount?: string }

export const approvalJson = ({ amountFen, ...view }: ApprovalView): ApprovalJson => ({
  ...view,
  ...(amountFen !== undefined && { amount: formatFen(amountFen) }),
})

/**
 * Checks, approves, rejects or withdraws under a key. Refuses what `approvals/actions.ts` refuses, and what the effect refuses: an approval
 * whose posting the books do not take is not given, and may be given later.
 */
export function decideApproval(
  ledger: Ledger,
  actor: Actor,
  decision: Decision,
  key: string,
  registry: Readonly<Record<string, Effect>> = effects,
): Promise<KeyedAnswer<ApprovalJson>> {
  const { approval, verdict, hash, reason = null, actingFor = null } = decision
  const request = {
    person: actor.person,
    key,
    kind: 'approval.decide',
    content: { approval, verdict, hash, reason, actingFor },
  }
  return act(ledger, request, async (running) => {
    const view = await decide(running.tx, actor, decision, running.at)
    // Looked up at the first decision already: what can never be approved is not checked either.
    const effect = Object.hasOwn(registry, view.kind) ? registry[view.kind] : undefined
    assert(effect, `approvals of kind ${view.kind} have an effect`)
    // Read at the first decision already: nobody checks what cannot be read when it takes effect.
    if (verdict === 'check' || verdict === 'approve') effect.read?.(view)
    if (!isOpen(view.state)) await effect(ledger, running, view)
    return approvalJson(view)
  })
}

/** Lets another person decide in one's place. */
export const makeDelegation = verb({
  kind: 'delegation.make',
  right: 'approval.read',
  of: nothing,
  form: newDelegation,
  refuses: ['delegation_to_self', 'delegation_days_reversed', 'idempotency_key_reused'],
  work: async ({ tx, at, actor }, given) => delegationViewOf(await delegate(tx, actor, given, at)),
})

/** Ends a delegation of one's own. */
export const endDelegation = verb({
  kind: 'delegation.end',
  right: 'approval.read',
  of: z.strictObject({ delegation: delegationId }),
  form: nothing,
  refuses: ['delegation_not_found', 'idempotency_key_reused'],
  work: async ({ tx, at, actor }, { delegation }) => {
    await revokeDelegation(tx, actor, delegation, at)
    return { id: delegation, revoked: true }
  },
})
