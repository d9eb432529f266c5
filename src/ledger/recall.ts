/** What a key that was answered before is answered: the first answer, or that it was used for something else. */
import type { Part, PartOutcome } from './post.ts'
import { refuse } from './refusals.ts'
import type { KeyedReceipt } from './store.ts'

/** By what the books keep. */
export function recall(part: Part, { requestHash, sequence, transaction, refusal }: KeyedReceipt): PartOutcome {
  if (requestHash !== part.requestHash) return reused(part)
  if (refusal) return { kind: 'refused', refusal, replayed: true }
  return {
    kind: 'recalled',
    scope: part.scope,
    ...(sequence !== undefined && { sequence }),
    ...(transaction !== undefined && { transaction }),
  }
}

/** By an answer of the same batch. */
export function again(
  part: Part,
  { requestHash, outcome }: { requestHash: string; outcome: PartOutcome },
): PartOutcome {
  if (requestHash !== part.requestHash) return reused(part)
  return outcome.kind === 'recalled' ? outcome : { ...outcome, replayed: true }
}

const reused = ({ key }: Part): PartOutcome => ({
  kind: 'refused',
  refusal: refuse('idempotency_key_reused', { key }).record(),
  replayed: false,
})
