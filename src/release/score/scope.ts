/** What may be scored: a quarter that is over. */
import { businessDay, type Instant } from '../../base/calendar.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { refuse } from '../refusals.ts'

/** Refuses `quarter_not_ended`: of a quarter under way nothing is complete. */
export function requireEnded(quarter: Quarter, at: Instant): void {
  const [ends, today] = [lastDayOfQuarter(quarter), businessDay(at)]
  if (today <= ends) throw refuse('quarter_not_ended', { quarter, ends, today })
}
