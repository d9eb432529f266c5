/**
 * The original that a fact rests on. A fact that opens or closes money names a file that was uploaded before, to a book
 * of its district or of the city, so that whoever checks the fact can look at it (clause 31).
 */
import type { Actor } from '../../access/actor.ts'
import type { Tx } from '../../base/db.ts'
import { bookOfAttachment } from '../../ledger/attachments.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import type { Law } from '../../policy/parameters.ts'
import { refuse } from '../refusals.ts'

export type Evidenced = {
  readonly district: string
  readonly document: string | undefined
  readonly sha256: string | undefined
}

/** What a fact rests on, and the book that keeps its original. */
export type Evidence = { readonly document: string; readonly sha256: string; readonly keptIn: string }

/** Refuses `evidence_missing` unless a book of the district or of the city keeps the original. */
export async function requireEvidence(
  tx: Tx,
  actor: Actor,
  { district, document, sha256 }: Evidenced,
  law: Law,
): Promise<Evidence> {
  // Whoever is of one district does not learn what the city's books hold.
  const districts = actor.district === undefined ? [district, law.take('city_code')] : [district]
  const keptIn = sha256 === undefined ? undefined : await bookOfAttachment(tx, sha256, districts)
  if (document !== undefined && sha256 !== undefined && keptIn !== undefined) return { document, sha256, keptIn }
  throw refuse(
    'evidence_missing',
    { district, document, sha256 },
    clauseText(clause('beijing-2022-28', '第（三十一）条')),
  )
}
