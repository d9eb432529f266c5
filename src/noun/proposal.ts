/**
 * A proposal: something that takes effect when others approve it. The form says what is approved; what is submitted is
 * encoded by that form and, at every decision, parsed back by the same form, so an effect never sees a value that
 * nobody checked.
 *
 * An approval may wait while the program is replaced. A form that changes therefore keeps its older versions (`older`),
 * each of which gives what the newest gives; content that none of them reads is refused in words before anybody has
 * checked it, and never believed by half.
 */
import * as z from 'zod'
import type { Actor } from '../access/actor.ts'
import { refuse } from '../approvals/refusals.ts'
import type { ApprovalView } from '../approvals/store.ts'
import { readContent, submit, submitFor, type Submission } from '../approvals/verbs.ts'
import type { Day, Instant } from '../base/calendar.ts'
import type { Tx } from '../base/db.ts'
import { type Json, pointer } from '../base/json.ts'
import type { Act } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Limit } from './limit.ts'

/** An approval that ended, inside the transaction of its last decision. */
export type Ended = Act & { readonly ledger: Ledger; readonly approval: ApprovalView }

/** The maker's word, wherever the maker works: what he may submit was settled when he did. */
export const makerOf = ({ maker }: Pick<ApprovalView, 'maker'>): Actor => ({ person: maker, role: 'finance_maker' })

/** One that was approved: `content` as its form reads it, `stored` as it was written. */
export type Approved<Content> = Ended & { readonly content: Content; readonly stored: { readonly [key: string]: Json } }

/** What a proposal is looked at with before it is decided; nothing is written. */
export type Seen = {
  readonly ledger: Ledger
  readonly tx: Tx
  readonly today: Day
  readonly approval: ApprovalView
}

/** A paper that what is approved rests on beside those its content names: `href` is where it can be read about. */
export type Paper = {
  readonly name: string
  readonly number?: string
  readonly sha256?: string
  readonly href?: string
}

/**
 * What follows from a decision, by kind; `read` refuses content that cannot be read, and is asked before anybody checks
 * it. `limits` and `papers` are what whoever decides is shown beside the content.
 */
export type Effect = ((ledger: Ledger, act: Act, approval: ApprovalView) => Promise<void>) & {
  readonly read?: (approval: ApprovalView) => unknown
  readonly limits?: (seen: Seen) => Promise<readonly Limit[]>
  readonly papers?: (seen: Seen) => Promise<readonly Paper[]>
}

export type ProposalDefinition<Form extends z.ZodType> = {
  /** The kind of its approvals. It never changes. */
  readonly kind: string
  /** What is approved. */
  readonly form: Form
  /** Forms of older programs, newest first. */
  readonly older?: readonly z.ZodType<z.output<Form>>[]
  /**
   * What approval brings about. Refuses what no longer holds: the approval is not given then, and may be given later.
   */
  readonly approved: (approved: Approved<z.output<Form>>) => Promise<void>
  /** What policy and plans hold it to, with what is measured now. */
  readonly limits?: (content: z.output<Form>, seen: Seen) => readonly Limit[] | Promise<readonly Limit[]>
  /** Papers it rests on that its content does not name. */
  readonly papers?: (content: z.output<Form>, seen: Seen) => Promise<readonly Paper[]>
  /** What rejecting, withdrawing or superseding brings about. The content is not read: it may be the reason. */
  readonly ended?: (ended: Ended) => Promise<void>
}

export type Proposal<Form extends z.ZodType> = {
  readonly kind: string
  readonly effect: Effect
  /** Opens the approval in the maker's name. Refuses `permission_denied`, `approval_pending`. */
  readonly submit: (tx: Tx, maker: Actor, given: Proposed<Form>, at: Instant) => Promise<ApprovalView>
  /** The same for whoever is said to have made it: a job drafts in the name of who asked for it. */
  readonly submitFor: (tx: Tx, maker: string, given: Proposed<Form>, at: Instant) => Promise<ApprovalView>
  /** What was submitted. Refuses `approval_content_unreadable`. */
  readonly read: (approval: ApprovalView) => z.output<Form>
}

type Proposed<Form extends z.ZodType> = Omit<Submission, 'kind' | 'content'> & { readonly content: z.output<Form> }

export function proposal<Form extends z.ZodType>(definition: ProposalDefinition<Form>): Proposal<Form> {
  const { kind, form, older = [], approved, ended, limits, papers } = definition
  const read = (approval: ApprovalView): z.output<Form> => {
    const stored = readContent(approval)
    const newest = form.safeParse(stored)
    if (newest.success) return newest.data
    for (const earlier of older) {
      const found = earlier.safeParse(stored)
      if (found.success) return found.data
    }
    const place = pointer(newest.error.issues[0]?.path ?? []) || '/'
    throw refuse('approval_content_unreadable', { approval: approval.id, kind, place })
  }
  const effect = async (ledger: Ledger, running: Act, approval: ApprovalView): Promise<void> => {
    const end = { ...running, ledger, approval }
    if (approval.state !== 'approved') return ended?.(end)
    const stored = readContent(approval) as { readonly [key: string]: Json }
    return approved({ ...end, content: read(approval), stored })
  }
  const written = ({ content, ...given }: Proposed<Form>): Submission => ({
    ...given,
    kind,
    content: z.encode(form, content) as Json,
  })
  return {
    kind,
    read,
    effect: Object.assign(effect, {
      read,
      limits: async (seen: Seen) => (limits ? limits(read(seen.approval), seen) : []),
      papers: async (seen: Seen) => (papers ? papers(read(seen.approval), seen) : []),
    }),
    submit: (tx, maker, given, at) => submit(tx, maker, written(given), at),
    submitFor: (tx, maker, given, at) => submitFor(tx, maker, written(given), at),
  }
}

/**
 * Brings about what approval would, and takes it off again: what the last signature would be refused, the first is.
 * Refuses what the effect refuses. What the effect locks is free again afterwards.
 */
export async function rehearse(
  { ledger, ...running }: Act & { readonly ledger: Ledger },
  { effect }: { readonly effect: Effect },
  approval: ApprovalView,
): Promise<void> {
  await running.tx.query('savepoint rehearsal')
  try {
    await effect(ledger, running, { ...approval, state: 'approved' })
  } finally {
    await running.tx.query('rollback to savepoint rehearsal')
  }
}
