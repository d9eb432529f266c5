/**
 * The waterfall of a pledged operating income (clauses 8, 17, 25; O-76): first the running cost, then the debt, then
 * the reserve, and only then the investor. The reserve helps to pay debt; it never pays the running cost.
 */
import { fenToDecimal, quotient } from '../../base/decimal.ts'
import { type Fen, maxFen, minFen } from '../../base/money.ts'
import { ratioDecimals } from '../../policy/units.ts'

export type OperatingYear = { revenue: Fen; operatingCost: Fen; debtService: Fen; reserveTarget: Fen; reserve: Fen }

export type DebtWaterfall = {
  /** May be negative: then nothing is available to the steps below. */
  available: Fen
  /** available ÷ debtService in units of the fourth decimal; null without debt. */
  dscr: bigint | null
  debtPaid: Fen
  fromReserve: Fen
  shortfall: Fen
  toReserve: Fen
  distributable: Fen
}

/** Who gets what of one year's income, in fen. */
export function debtWaterfall({
  revenue,
  operatingCost,
  debtService,
  reserveTarget,
  reserve,
}: OperatingYear): DebtWaterfall {
  const available = revenue - operatingCost
  const inHand = maxFen(available, 0n)
  const fromIncome = minFen(debtService, inHand)
  const fromReserve = minFen(debtService - fromIncome, reserve)
  const debtPaid = fromIncome + fromReserve
  const left = inHand - fromIncome
  const toReserve = minFen(left, maxFen(reserveTarget - reserve, 0n))
  const dscr = debtService === 0n ? null : quotient(fenToDecimal(available), fenToDecimal(debtService), ratioDecimals)
  return {
    available,
    dscr,
    debtPaid,
    fromReserve,
    shortfall: debtService - debtPaid,
    toReserve,
    distributable: left - toReserve,
  }
}
