/** What may be scored by whom: a district of the list that is one's own, for a quarter that is over. */
import type { Actor } from '../../access/actor.ts'
import { businessDay, type Instant } from '../../base/calendar.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { requireOwnDistrict } from '../../ledger/ledger.ts'
import { refuse as refuseLedger } from '../../ledger/refusals.ts'
import type { Law } from '../../policy/parameters.ts'
import { refuse } from '../refusals.ts'

/** Refuses `district_unknown`, `district_not_yours`. */
export function requireDistrict(actor: Actor, district: string, law: Law): void {
  if (!law.take('district_codes').includes(district)) throw refuseLedger('district_unknown', { district })
  requireOwnDistrict(actor, district)
}

/** Refuses `quarter_not_ended`: of a quarter under way nothing is complete. */
export function requireEnded(quarter: Quarter, at: Instant): void {
  const [ends, today] = [lastDayOfQuarter(quarter), businessDay(at)]
  if (today <= ends) throw refuse('quarter_not_ended', { quarter, ends, today })
}
