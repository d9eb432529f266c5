/** Reading commitments: a district's people see their own district's, the city's all. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { seesIndicator } from '../indicator/proposal.ts'
import { refuse } from '../refusals.ts'
import { parseCommitmentName } from './commitment.ts'
import { type Commitment, type CommitmentFilter, readCommitment, readCommitments } from './store.ts'

type Wanted = Omit<CommitmentFilter, 'district'> & { readonly after: bigint; readonly limit: number }

/** Commitments after one, in the order they were made. */
export function commitmentsFor({ database }: Ledger, actor: Actor, wanted: Wanted): Promise<Commitment[]> {
  demand(actor, 'allocation.read')
  return readCommitments(database.sql, { ...wanted, district: actor.district })
}

/** Refuses `commitment_not_found`, also where it is another district's. */
export async function findCommitment({ database }: Ledger, actor: Actor, commitment: string): Promise<Commitment> {
  demand(actor, 'allocation.read')
  const id = parseCommitmentName(commitment)
  const found = id === undefined ? undefined : await readCommitment(database.sql, id)
  if (!found || !seesIndicator(actor, found)) throw refuse('commitment_not_found', { commitment })
  return found
}
