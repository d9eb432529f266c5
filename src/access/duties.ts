/**
 * Which duties one person may not hold together, whatever he does with them (static conflicts; that nobody decides
 * twice on one thing is held for each approval by its parties). Making, checking and approving are apart within one
 * district; who keeps the machine, says who may do what, or audits has no business duty at all.
 */
import type { Text } from '../base/refusal.ts'
import { clause, clauseText } from '../policy/documents.ts'
import type { Role } from './actor.ts'

/** A duty: a role in one district, or absent in all. */
export type Scope = { readonly role: Role; readonly district: string | null }

const accountingLaw = clauseText(clause('accounting-law', '第二十五条、第三十五条'))
const internalControl = clauseText(clause('internal-control-2012-21', '第十二条（一）'))

/** Decided in business, step by step: one person holds one of a group in a district. */
const apart: readonly (readonly Role[])[] = [
  ['finance_maker', 'finance_checker', 'finance_approver'],
  ['pf_officer', 'pf_reviewer'],
]

/** Has no second duty of any kind, anywhere. */
const alone: readonly Role[] = ['integration', 'operator', 'security_admin', 'auditor']

/** The clause by which two duties exclude each other; `undefined` where one person may hold both. */
export function exclusionOf(one: Scope, other: Scope): string | undefined {
  if (one.role === other.role) return undefined
  if (alone.includes(one.role) || alone.includes(other.role)) return internalControl
  const isApart = apart.some((group) => group.includes(one.role) && group.includes(other.role))
  if (isApart && overlap(one, other)) return accountingLaw
  return undefined
}

/** Whether two duties reach the same district: one in all districts reaches each. */
const overlap = (one: Scope, other: Scope): boolean =>
  one.district === null || other.district === null || one.district === other.district

/** Held for the whole city alone: whom one makes and what one gives is not of a district. */
export const citywide: readonly Role[] = ['security_admin']

/** Where a duty reaches, in words. */
export const reachOf = ({ district }: { readonly district?: string | null | undefined }): Text =>
  district == null ? { zh: '全市', en: 'all districts' } : { zh: district, en: district }
