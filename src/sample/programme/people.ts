/** The persons of the sample programme, and how they decide: duties, not names. */
import type { Actor } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { Refusal } from '../../base/refusal.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { decideApproval } from '../../workflow/decide.ts'

const person = (name: string, role: Actor['role'], district?: string): Actor => ({
  person: `示例·${name}`,
  role,
  ...(district !== undefined && { district }),
})
export const maker = person('经办', 'finance_maker')
export const checker = person('复核', 'finance_checker')
export const approver = person('审批一', 'finance_approver')
export const approvers = [approver, person('审批二', 'finance_approver')] as const
/** The checker's and an approver's deputy; checks in his own right too. */
export const deputy = person('复核二', 'finance_checker')
/** The system of the works (进度系统): what it brings of projects was checked where it comes from. */
export const client = person('项目管理系统', 'integration')
export const everybody = [maker, checker, ...approvers, deputy, client] as const

/** Whom the trial link lets one be: those who made and decided what is in the sample, and those who look on. */
export const trialPeople: readonly Actor[] = [
  maker,
  checker,
  ...approvers,
  person('海淀区经办', 'finance_maker', '110108'),
  person('公积金中心', 'provident_fund'),
  person('审计', 'auditor'),
  person('运维', 'operator'),
]

/** What was answered; a refusal is thrown, for the sample asks for nothing that is refused. */
export function answered<T>(answer: KeyedAnswer<T>): T {
  if ('refusal' in answer) throw new Refusal(answer.refusal)
  return answer.answer
}

export type Submitted = { readonly approval: string; readonly hash: string }

/**
 * Has a submission checked and approved by as many as it takes, under keys made of this one: decided before, nothing
 * happens.
 */
export async function approve(ledger: Ledger, { approval, hash }: Submitted, key: string): Promise<void> {
  const decide = async (by: Actor, verdict: 'check' | 'approve') =>
    answered(await decideApproval(ledger, by, { approval, verdict, hash }, `${key}:${by.person}`)).state
  let state = await decide(checker, 'check')
  for (const approver of approvers) if (state === 'approving') state = await decide(approver, 'approve')
  assert(state === 'approved', `the sample’s persons approve ${approval}`)
}
