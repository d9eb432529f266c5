/**
 * Interest on a payment that comes late (保障中小企业款项支付条例 第十七条; O-79): simple, by day, at the contract's rate or else the
 * law's.
 */
import { type Day, daysBetween } from '../base/calendar.ts'
import { type Decimal, portion, whole } from '../base/decimal.ts'
import type { Fen } from '../base/money.ts'
import type { Law } from '../policy/parameters.ts'
import { ratioOf } from '../policy/value.ts'

export type LatePayment = {
  amount: Fen
  due: Day
  paid: Day
  /** Agreed in the contract; absent: the law's. */
  dailyRate?: Decimal | undefined
}

/** Days late and the interest on them, in fen; none where it was paid on the due day or before. */
export function lateInterest({ amount, due, paid, dailyRate }: LatePayment, law: Law): { days: number; interest: Fen } {
  const days = Math.max(daysBetween(due, paid), 0)
  const rate = dailyRate ?? ratioOf(law.take('late_payment_daily_rate'))
  return { days, interest: portion(amount, rate.times(whole(days))) }
}
