/**
 * The one verb by which anything is approved, whatever it is: the decision and what follows from it are one
 * transaction.
 */
import * as z from 'zod'
import { decide } from '../approvals/verbs.ts'
import { isOpen } from '../approvals/approval.ts'
import { delegate, revokeDelegation } from '../approvals/delegation.ts'
import {
  approvalId,
  approvalViewOf,
  delegationId,
  delegationViewOf,
  newDecision,
  newDelegation,
} from '../approvals/forms.ts'
import { allocationRefusals } from '../allocation/refusals.ts'
import { assert } from '../base/assert.ts'
import { budgetRefusals } from '../budget/refusals.ts'
import { fundingPlanRefusals } from '../financing/refusals.ts'
import { noContent, nothing, verb } from '../noun/verb.ts'
import type { Effect } from '../noun/proposal.ts'
import { policyRefusals } from '../policy/on.ts'
import { bondRefusals, ruleRefusals } from '../funds/refusals.ts'
import { projectRefusals } from '../projects/refusals.ts'
import { releaseRefusals, scoreRefusals } from '../release/refusals.ts'
import { voucherRefusals } from '../vouchers/refusals.ts'
import { effects } from './nouns.ts'

// Whatever follows from a decision may refuse, and then the approval is not given, and may be given later.
export const codesOfEffects: readonly string[] = [
  policyRefusals,
  projectRefusals,
  budgetRefusals,
  bondRefusals,
  allocationRefusals,
  ruleRefusals,
  fundingPlanRefusals,
  scoreRefusals,
  releaseRefusals,
  voucherRefusals,
].flatMap(Object.keys)

/** Checks, approves, rejects or withdraws; what follows is looked up by the kind of the approval. */
export const decidingWith = (registry: Readonly<Record<string, Effect>>) =>
  verb({
    kind: 'approval.decide',
    right: 'approval.read',
    of: z.strictObject({ approval: approvalId }),
    form: newDecision,
    refuses: [
      'approval_not_found',
      'not_delegated',
      'approval_reason_missing',
      'approval_content_changed',
      'approval_settled',
      'approval_step_wrong',
      'approval_not_yours',
      'person_took_part',
      'approval_content_unreadable',
      'step_up_needed',
      'idempotency_key_reused',
    ],
    alsoRefuses: codesOfEffects,
    content: ({ approval, verdict, hash, reason = null, actingFor = null }) => ({
      approval,
      verdict,
      hash,
      reason,
      actingFor,
    }),
    work: async ({ ledger, actor, before: _, ...running }, decision) => {
      const view = await decide(running.tx, actor, decision, running.at)
      // Looked up at the first decision already: what can never be approved is not checked either.
      const effect = Object.hasOwn(registry, view.kind) ? registry[view.kind] : undefined
      assert(effect, `approvals of kind ${view.kind} have an effect`)
      // Read at the first decision already: nobody checks what cannot be read when it takes effect.
      if (decision.verdict === 'check' || decision.verdict === 'approve') effect.read?.(view)
      running.passed()
      if (!isOpen(view.state)) await effect(ledger, running, view)
      return approvalViewOf(view)
    },
  })

export const decideApproval = decidingWith(effects)

/** Lets another person decide in one's place. */
export const makeDelegation = verb({
  kind: 'delegation.make',
  right: 'approval.read',
  of: nothing,
  form: newDelegation,
  refuses: [
    'person_not_found',
    'delegation_to_self',
    'delegation_days_reversed',
    'delegation_too_long',
    'delegate_without_duty',
    'idempotency_key_reused',
  ],
  work: async ({ tx, at, actor }, given) => delegationViewOf(await delegate(tx, actor, given, at)),
})

/** Ends a delegation: one's own, or anybody's by who manages persons. */
export const endDelegation = verb({
  kind: 'delegation.end',
  right: 'delegation.end',
  of: z.strictObject({ delegation: delegationId }),
  form: noContent,
  refuses: ['delegation_not_found', 'idempotency_key_reused'],
  work: async ({ tx, at, actor }, { delegation }) => {
    await revokeDelegation(tx, actor, delegation, at)
    return { id: delegation, revoked: true }
  },
})
