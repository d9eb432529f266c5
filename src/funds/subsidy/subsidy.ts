/**
 * Fiscal subsidies that follow a standard: by area, capped by what the works really cost (O-07), and for an elevator,
 * fixed and paid after completion (clauses 13, 14; O-08). A subsidy never exceeds the cost it is for.
 */
import { type Decimal, portion } from '../../base/decimal.ts'
import { type Fen, maxFen, minFen } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'
import { amountOf } from '../../policy/value.ts'

export type AreaSubsidy = { standardAmount: Fen; subsidy: Fen; gap: Fen }

/**
 * The subsidy for so many m² at a standard in fen per m²: the standard amount, at most the cost; `gap` is the rest of
 * the cost.
 */
export function areaSubsidy({ area, standard, cost }: { area: Decimal; standard: Fen; cost: Fen }): AreaSubsidy {
  const standardAmount = portion(standard, area)
  const subsidy = minFen(standardAmount, cost)
  return { standardAmount, subsidy, gap: cost - subsidy }
}

export type ElevatorCost = { pipelineCost: Fen; totalCost: Fen; certificate: boolean }
export type ElevatorSubsidy = { municipal: Fen; district: Fen; others: Fen; payable: Fen }

/**
 * Who pays one elevator, in fen. The city gives a fixed grant and the pipeline relocation up to a cap, the district
 * what then remains of the total cap; both only as far as there is cost, the city first. Nothing is payable before the
 * certificate of the special-equipment inspection (后补贴).
 */
export function elevatorSubsidy({ pipelineCost, totalCost, certificate }: ElevatorCost, law: Law): ElevatorSubsidy {
  const pipelineGrant = minFen(pipelineCost, amountOf(law.take('elevator_pipeline_grant_cap')))
  const municipal = minFen(amountOf(law.take('elevator_purchase_grant')) + pipelineGrant, totalCost)
  const underCap = maxFen(amountOf(law.take('elevator_subsidy_cap')) - municipal, 0n)
  const district = minFen(underCap, totalCost - municipal)
  const subsidy = municipal + district
  return { municipal, district, others: totalCost - subsidy, payable: certificate ? subsidy : 0n }
}
