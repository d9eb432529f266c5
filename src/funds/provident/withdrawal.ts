/**
 * Withdrawals from the housing provident fund (clause 26; O-36 to O-41): for listed purposes, by listed relatives, and
 * in all no more than the household really contributed. The list of relatives is that of the day of application (C12).
 */
import { type Fen, maxFen, minFen } from '../../base/money.ts'
import { clauseOf, type Law } from '../../policy/parameters.ts'
import { amountOf } from '../../policy/value.ts'
import { refuse } from '../refusals.ts'

/** The purpose for which something must stay in the account. */
const depositPurpose = 'maintenance_deposit'

export type Applicant = { relation: string; balance: Fen; requested?: Fen | undefined }

export type WithdrawalClaim = {
  purpose: string
  /** What the household owes for the works, in fen. */
  contribution: Fen
  refunded?: Fen | undefined
  /** A provident-fund loan for the same contribution: it is not paid twice. */
  loan?: Fen | undefined
  /** Withdrawn before, by all applicants together. */
  withdrawn?: Fen | undefined
  applicants: readonly Applicant[]
}

export type Grant = {
  relation: string
  max: Fen
  granted: Fen
  refusal?: 'exceeds_limit' | 'relation_not_eligible' | undefined
}

/** What each applicant may withdraw, in the order given, in fen. Refuses `purpose_not_eligible`. */
export function providentWithdrawal(claim: WithdrawalClaim, law: Law): { limit: Fen; grants: Grant[] } {
  const { purpose, contribution, refunded = 0n, loan = 0n, withdrawn = 0n, applicants } = claim
  requirePurpose(purpose, law)
  const relations = law.take('provident_relations')
  const kept = purpose === depositPurpose ? amountOf(law.take('provident_kept')) : 0n
  const limit = maxFen(contribution - refunded - loan - withdrawn, 0n)
  let left = limit
  const grants = applicants.map((applicant) => {
    const grant = relations.includes(applicant.relation) ? grantUpTo(left, kept, applicant) : notEligible(applicant)
    left -= grant.granted
    return grant
  })
  return { limit, grants }
}

function requirePurpose(purpose: string, law: Law): void {
  const allowed = law.take('provident_purposes')
  if (!allowed.includes(purpose)) {
    throw refuse('purpose_not_eligible', { purpose, allowed }, clauseOf(law, 'provident_purposes'))
  }
}

/** All or nothing: a request above the maximum is not trimmed, the applicant asks again with a figure of their own. */
function grantUpTo(left: Fen, kept: Fen, { relation, balance, requested }: Applicant): Grant {
  const max = minFen(left, maxFen(balance - kept, 0n))
  if (requested !== undefined && requested > max) return { relation, max, granted: 0n, refusal: 'exceeds_limit' }
  return { relation, max, granted: requested ?? max }
}

function notEligible({ relation }: Applicant): Grant {
  return { relation, max: 0n, granted: 0n, refusal: 'relation_not_eligible' }
}
