/**
 * Approval (经办 → 复核 → 审批): what it is and how it moves, without a database. What is approved is a canonical text; its
 * hash is what everybody decides on, so a change between two eyes is a change of hash. How many approve follows from
 * the amount; some kinds need nobody to approve them, and take effect when they are checked (经办 → 复核).
 */
import { hash } from 'node:crypto'
import type { Day } from '../base/calendar.ts'
import type { Json } from '../base/json.ts'
import { canonicalText } from '../base/json.ts'
import type { Fen } from '../base/money.ts'
import type { Actor, Permission, Role } from '../access/actor.ts'
import { numbered } from '../form/numbered.ts'
import { type Law, lawOn } from '../policy/parameters.ts'
import { amountOf } from '../policy/value.ts'

export type ApprovalState = 'checking' | 'approving' | 'approved' | 'rejected' | 'withdrawn' | 'superseded'

/** What a person may say; `submitted` and `superseded` are said for him. */
export type Verdict = 'check' | 'approve' | 'reject' | 'withdraw'
export const verdicts: readonly Verdict[] = ['check', 'approve', 'reject', 'withdraw']

export type DecisionName = 'submitted' | 'checked' | 'approved' | 'rejected' | 'withdrawn' | 'superseded'

export const decisionOf: Record<Verdict, DecisionName> = {
  check: 'checked',
  approve: 'approved',
  reject: 'rejected',
  withdraw: 'withdrawn',
}

export const stateNamesZh: Record<ApprovalState, string> = {
  checking: '待复核',
  approving: '待审批',
  approved: '已批准',
  rejected: '已退回',
  withdrawn: '已撤回',
  superseded: '已被替代',
}

export const decisionNamesZh: Record<DecisionName, string> = {
  submitted: '经办',
  checked: '复核',
  approved: '审批',
  rejected: '退回',
  withdrawn: '撤回',
  superseded: '替代',
}

/** 归口: whose business it is. Only they see it and decide on it; auditors and machines see all. */
export type Office = 'finance' | 'provident_fund'

/** The office of a kind of approval: that of finance, where nothing else is said. */
export const officeOf = (kind: string): Office => (kind === 'withdrawal' ? 'provident_fund' : 'finance')

const officesOf: Readonly<Partial<Record<Role, Office>>> = {
  finance_maker: 'finance',
  finance_checker: 'finance',
  finance_approver: 'finance',
  provident_fund: 'provident_fund',
  pf_officer: 'provident_fund',
  pf_reviewer: 'provident_fund',
}

/** The only office whose approvals somebody sees; absent: every one's. */
export const officeSeenBy = ({ role }: Pick<Actor, 'role'>): Office | undefined => officesOf[role]

/** Of these roles, those of an office: nobody stands in for one of another. */
export const ofOffice = (office: Office, all: readonly Role[]): Role[] =>
  all.filter((role) => officesOf[role] === office)

/** The permissions of those who decide in somebody's place, and that can be lent. */
export const lendable = ['approval.check', 'approval.approve'] as const satisfies readonly Permission[]
export type Lendable = (typeof lendable)[number]

export const isLendable = (permission: Permission): permission is Lendable =>
  lendable.some((candidate) => candidate === permission)

/**
 * What somebody who decides so must be allowed, one of these: rejecting is for whoever could have let it pass, and
 * where nothing is left to pass, either of them is told so.
 */
export function permissionsFor(verdict: Verdict, state: ApprovalState): readonly [Permission, ...Permission[]] {
  if (verdict === 'withdraw') return ['approval.submit']
  if (verdict === 'check' || (verdict === 'reject' && state === 'checking')) return ['approval.check']
  if (verdict === 'approve' || state === 'approving') return ['approval.approve']
  return ['approval.check', 'approval.approve']
}

export const isOpen = (state: ApprovalState): boolean => state === 'checking' || state === 'approving'

/** Where it stands after a decision. `approvals`: how many have approved before; `approvers`: how many must. */
export function next(
  state: ApprovalState,
  verdict: Verdict,
  { approvals, approvers }: { approvals: number; approvers: number },
): ApprovalState | undefined {
  if (!isOpen(state)) return undefined
  if (verdict === 'reject') return 'rejected'
  if (verdict === 'withdraw') return 'withdrawn'
  if (verdict === 'check') return state !== 'checking' ? undefined : approvers === 0 ? 'approved' : 'approving'
  if (state !== 'approving') return undefined
  return approvals + 1 >= approvers ? 'approved' : 'approving'
}

/**
 * How many must approve, beside the one who checks: nobody of a kind that is only checked; else by the amount in fen,
 * and without an amount as many as for the least.
 */
export function approversFor(
  { kind, amountFen }: { readonly kind: string; readonly amountFen?: Fen | undefined },
  law: Law,
): number {
  if (law.take('approval_checked_only').includes(kind)) return 0
  const tiers = law.take('approval_tiers')
  const reached = tiers.findLast(({ above }, index) => index === 0 || (amountFen ?? 0n) > amountOf(above))
  return reached?.approvers ?? tiers.length
}

/**
 * Whether the last approval takes a fresh proof of whoever gives it: of some kinds always, of others above the amount
 * up to which the fewest approve. A bearer token is proof enough each time.
 */
export function takesProof(
  { kind, amountFen }: { readonly kind: string; readonly amountFen: Fen | null },
  law: Law,
): boolean {
  if (law.take('approval_proved_always').includes(kind)) return true
  const [, second] = law.take('approval_tiers')
  return second !== undefined && (amountFen ?? 0n) > amountOf(second.above)
}

/** The text that is approved, and its SHA-256: kind and subject stand in it, so no approval passes for another's. */
export function contentOf(kind: string, subject: string, content: Json): { text: string; hash: Buffer } {
  const text = canonicalText({ kind, subject, content })
  return { text, hash: hash('sha256', text, 'buffer') }
}

/** The policy value that says how many approve something that so many approve. */
export const ruleOfApprovers = (approvers: number): 'approval_checked_only' | 'approval_tiers' =>
  approvers === 0 ? 'approval_checked_only' : 'approval_tiers'

export const approvalNames = numbered('A')

/** Whose people decide beside the city's: a district's own, or nobody's where it is the city's. */
export const approvalDistrict = (district: string, on: Day): string | undefined =>
  district === lawOn(on).take('city_code') ? undefined : district
