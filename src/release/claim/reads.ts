/** Reading claims: a list, and what is open by district and age. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { clawbackNames, releaseNames } from '../release/release.ts'
import { agedByDistrict, type AgedClaims } from './claim.ts'
import { type ClaimFilter, type ClaimRow, openClaims, readClaims } from './store.ts'

type Page = ClaimFilter & { readonly after: bigint; readonly limit: number }

/** A claim under the names of its claw-back and its release. */
export type Claim = Omit<ClaimRow, 'clawbackId' | 'releaseId'> & { readonly clawback: string; readonly release: string }

/** The place of a claim in their list; 0 before the first. */
export const claimPlace = (clawback: string | undefined): bigint => clawbackNames.numberOf(clawback ?? '') ?? 0n

/** Claims after one, by claw-back: of all districts, or of one's own. Refuses `permission_denied`. */
export async function claimsOf({ database: { sql } }: Ledger, actor: Actor, filter: Page): Promise<Claim[]> {
  demand(actor, 'allocation.read')
  const district = actor.district ?? filter.district
  if (filter.district !== undefined && filter.district !== district) return []
  return (await readClaims(sql, { ...filter, district })).map(({ clawbackId, releaseId, ...row }) => ({
    ...row,
    clawback: clawbackNames.nameOf(clawbackId),
    release: releaseNames.nameOf(releaseId),
  }))
}

/** What is open of each district, by how long it is overdue. Refuses `permission_denied`. */
export async function claimAges(
  { database: { sql } }: Ledger,
  actor: Actor,
  today: Day,
): Promise<{ readonly bands: readonly number[]; readonly districts: AgedClaims[] }> {
  demand(actor, 'allocation.read')
  const law = lawOn(today)
  const open = await openClaims(sql, { district: actor.district })
  const aged = open.map(({ district, dueOn, amountFen, settledFen }) => ({
    district,
    dueOn,
    openFen: amountFen - settledFen,
  }))
  return { bands: law.take('claim_ageing_days'), districts: agedByDistrict(aged, today, law) }
}
