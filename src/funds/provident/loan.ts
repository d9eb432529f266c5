/**
 * The repayment schedule of a provident-fund loan in equal payments (等额本息, clause 26; O-42). The payment is found as an
 * exact fraction and rounded once; each month's interest is rounded on the balance; the last payment clears what is
 * left.
 */
import { type Decimal, fenToDecimal, quotient, toFraction, whole } from '../../base/decimal.ts'
import { divideHalfUp, type Fen, minFen, sumFen } from '../../base/money.ts'
import { fenDecimals, monthsPerYear } from '../../policy/units.ts'

export type AnnuityLoan = {
  principal: Fen
  /** Yearly. */
  rate: Decimal
  months: number
}

export type Repayment = { month: number; payment: Fen; interest: Fen; principal: Fen; balance: Fen }
export type AnnuitySchedule = { payment: Fen; rows: Repayment[]; interestTotal: Fen }

/** The equal payment and all its months, in fen. A loan of few fen may be cleared early; the rows then end in zeros. */
export function annuitySchedule({ principal, rate, months }: AnnuityLoan): AnnuitySchedule {
  const equal = equalPayment({ principal, rate, months })
  let balance = principal
  const rows = Array.from({ length: months }, (_, index) => {
    const month = index + 1
    const interest = quotient(fenToDecimal(balance).times(rate), whole(monthsPerYear), fenDecimals)
    const payment = month === months ? balance + interest : minFen(equal, balance + interest)
    const repaid = payment - interest
    balance -= repaid
    return { month, payment, interest, principal: repaid, balance }
  })
  return { payment: equal, rows, interestTotal: sumFen(rows.map((row) => row.interest)) }
}

/**
 * principal × r(1+r)ⁿ ÷ ((1+r)ⁿ − 1) with r = rate ÷ 12, in whole numbers: with r = p/q and growth g = (q+p)ⁿ this is
 * principal × p × g ÷ (q × (g − qⁿ)). At rate 0 it is principal ÷ n.
 */
function equalPayment({ principal, rate, months }: AnnuityLoan): Fen {
  const { numerator, denominator } = toFraction(rate)
  if (numerator === 0n) return divideHalfUp(principal, BigInt(months))
  const perMonth = denominator * BigInt(monthsPerYear)
  const growth = (perMonth + numerator) ** BigInt(months)
  const shrinkage = growth - perMonth ** BigInt(months)
  return divideHalfUp(principal * numerator * growth, perMonth * shrinkage)
}
