/**
 * Facts on which money depends: how far a project is, the steps it takes, what its owners promised, and who governs a
 * community. A person's counts once another has checked it; the forms say what is checked, and how it is shown while it
 * waits.
 */
import * as z from 'zod'
import { approvalId } from '../../approvals/forms.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import { about, oneOf, sha256 } from '../../form/field.ts'

export const factKinds = ['progress', 'state', 'promise', 'standing'] as const
export type FactKind = (typeof factKinds)[number]

export const factNamesZh: Readonly<Record<FactKind, string>> = {
  progress: '项目进度',
  state: '项目状态',
  promise: '续筹承诺',
  standing: '小区长效机制',
}

/** Kinds of the approvals under which they are checked. */
export const projectFact = 'project_fact'
export const communityFact = 'community_fact'

export const evidenceOf = sha256.meta(
  about(
    '依据原件的 SHA-256，原件须先上传；由人录入的须填，经另一人复核后计入',
    'SHA-256 of the original, uploaded before; a person names it, and the fact counts once another has checked it',
  ),
)

/** What waits to be checked, in the answer of whoever asked. */
export const waits = {
  approval: approvalId.meta(about('待复核的事项', 'the approval it waits for')),
  hash: sha256.meta(about('内容的摘要，复核时引用', 'hash of what is checked; a decision names it')),
}
export type Waits = { readonly approval: string; readonly hash: string }
export const waitsOf = ({ id, hash }: Pick<ApprovalView, 'id' | 'hash'>): Waits => ({ approval: id, hash })

export const waitingFact = z
  .strictObject({
    fact: oneOf(factKinds).meta(about('哪一种事实', 'which kind of fact')),
    summary: z.string(),
    person: z.string().meta(about('录入人', 'who entered it')),
    ...waits,
  })
  .meta({
    id: 'WaitingFact',
    ...about('已录入、待另一人复核的事实，复核后计入', 'entered, and to be checked by another'),
  })
export type WaitingFact = z.input<typeof waitingFact>
