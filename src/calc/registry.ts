/**
 * Every trial calculation, by name, in the order of calc.md. A new rule is a new name; the meaning of a name never
 * changes.
 */
import * as allocations from './allocations.ts'
import * as bonds from './bonds.ts'
import type { Calculation } from './calculation.ts'
import { checkIdentifierCalculation } from './identifiers.ts'
import * as loans from './loans.ts'
import * as owners from './owners.ts'
import * as payments from './payments.ts'
import { fundingPlanCalculation } from './plans.ts'
import * as provident from './provident.ts'
import * as splits from './splits.ts'
import * as subsidies from './subsidies.ts'

export const calculations: readonly Calculation[] = [
  splits.split,
  splits.splitStreamCalculation,
  owners.ownerSharesCalculation,
  allocations.factorAllocationCalculation,
  allocations.rewardAllocationCalculation,
  allocations.tranchesCalculation,
  allocations.earlyReleaseCalculation,
  allocations.districtScoreCalculation,
  subsidies.areaSubsidyCalculation,
  subsidies.elevatorSubsidyCalculation,
  bonds.bondScheduleCalculation,
  bonds.bondAccrualCalculation,
  bonds.bondCoverageCalculation,
  loans.interestSubsidyCalculation,
  allocations.budgetCutCalculation,
  provident.providentWithdrawalCalculation,
  provident.annuityScheduleCalculation,
  owners.maintenanceLineCalculation,
  owners.maintenanceTopUpCalculation,
  payments.progressCertificateCalculation,
  payments.managementFeeCapCalculation,
  loans.lateInterestCalculation,
  subsidies.serviceSubsidyCalculation,
  bonds.debtWaterfallCalculation,
  allocations.carryForwardCalculation,
  owners.voteCalculation,
  checkIdentifierCalculation,
  fundingPlanCalculation,
]

const byName = new Map(calculations.map((entry) => [entry.name, entry]))

/** The calculation of a name, `undefined` where there is none. */
export const calculationOf = (name: string): Calculation | undefined => byName.get(name)
