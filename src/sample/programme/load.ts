/**
 * The programme of 2023 as a sample: the register, the money, its allocation, the funding plans, and two quarters of
 * work, in the order in which an office would come to them. Each part does nothing where it is there and goes on where
 * it stopped.
 */
import { day } from '../../base/calendar.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { loadAllocation } from './allocate.ts'
import { loadCompletions } from './completions.ts'
import { loadMoney, openProgrammeBooks } from './money.ts'
import { loadPlans } from './plans.ts'
import { loadQuarters } from './quarters.ts'
import { loadRegistry } from './registry.ts'

/** When the funding plans were approved: before the works of the year, and before the quarters that are scored. */
const plannedOn = day('2023-06-30')

export async function loadProgramme(ledger: Ledger): Promise<void> {
  await openProgrammeBooks(ledger)
  await loadRegistry(ledger)
  await loadMoney(ledger)
  await loadPlans({ ...ledger, today: plannedOn })
  await loadAllocation(ledger)
  await loadQuarters(ledger)
  await loadCompletions(ledger)
}
