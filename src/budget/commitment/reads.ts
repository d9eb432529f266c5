/** Reading commitments. A commitment exists for the district of its book and for the city. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { seesIndicator } from '../indicator/proposal.ts'
import { refuse } from '../refusals.ts'
import { commitmentNames } from './commitment.ts'
import { type Commitment, type CommitmentFilter, readCommitment, readCommitments } from './store.ts'

export type CommitmentPage = Omit<CommitmentFilter, 'district'> & { readonly after: bigint; readonly limit: number }

/**
 * Commitments after a number, in the order they were made: the actor's district's, or, for the city, all. Refuses
 * `permission_denied`.
 */
export async function listCommitments(
  { database: { sql } }: Ledger,
  actor: Actor,
  page: CommitmentPage,
): Promise<Commitment[]> {
  demand(actor, 'allocation.read')
  return readCommitments(sql, { ...page, district: actor.district })
}

/** Refuses `permission_denied`, `commitment_not_found`. */
export async function findCommitment(
  { database: { sql } }: Ledger,
  actor: Actor,
  commitment: string,
): Promise<Commitment> {
  demand(actor, 'allocation.read')
  const id = commitmentNames.numberOf(commitment)
  const found = id === undefined ? undefined : await readCommitment(sql, id)
  if (!found || !seesIndicator(actor, found)) throw refuse('commitment_not_found', { commitment })
  return found
}
