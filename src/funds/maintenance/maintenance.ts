/**
 * The residential maintenance fund (clause 30, 北京市物业管理条例 第七十四条、第八十三条; O-51 to O-54): when its balance is short, and how
 * much of the community's public revenue then tops it up first. "Below 30 %" excludes 30 % (C8), "at least 50 %" rounds
 * up (C9).
 */
import { type Decimal, fenToDecimal, portion, toFraction } from '../../base/decimal.ts'
import { divideUp, type Fen, maxFen } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'
import { ratioOf, zero } from '../../policy/value.ts'

export type FundState = {
  area: Decimal
  /** Initial standard in fen per m². */
  standard: Fen
  balance: Fen
}

export type FundLine = { due: Fen; line: Fen; below: boolean; shortfall: Fen }

/**
 * The initial amount due, the line under it, and what is missing where the balance is below the unrounded line, in fen.
 */
export function maintenanceLine({ area, standard, balance }: FundState, law: Law): FundLine {
  const due = portion(standard, area)
  const part = ratioOf(law.take('maintenance_line'))
  const below = fenToDecimal(balance).lt(fenToDecimal(due).times(part))
  return { due, line: portion(due, part), below, shortfall: below ? due - balance : 0n }
}

export type PublicRevenue = {
  revenue: Fen
  cost: Fen
  balance: Fen
  line: Fen
  /** The part of the net revenue that the owners chose to put in. */
  voted?: Decimal | undefined
}

export type FundTopUp = { net: Fen; obliged: boolean; minimum: Fen; topup: Fen; rest: Fen }

/**
 * What of the public revenue goes into the fund: at least the legal minimum where the balance is below the line, in
 * fen.
 */
export function maintenanceTopUp({ revenue, cost, balance, line, voted = zero }: PublicRevenue, law: Law): FundTopUp {
  const net = maxFen(revenue - cost, 0n)
  const obliged = balance < line
  const least = ratioOf(law.take('maintenance_topup_min'))
  const minimum = obliged ? portionUp(net, least) : 0n
  const topup = maxFen(minimum, portion(net, voted))
  return { net, obliged, minimum, topup, rest: net - topup }
}

/** A share that the law calls "at least" is never rounded down. */
function portionUp(amountFen: Fen, ratio: Decimal): Fen {
  const { numerator, denominator } = toFraction(ratio)
  return divideUp(amountFen * numerator, denominator)
}
