/**
 * Claims (应收回) on districts: what was clawed back and is spent already (J46). A claim is due on a day, is settled by
 * money, by quota or by a tranche that is kept, and keeps early releases of its district waiting when it is overdue.
 */
import { addDays, type Day, daysBetween } from '../../base/calendar.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'

export const settlementWays = ['money', 'quota', 'kept'] as const
export type SettlementWay = (typeof settlementWays)[number]

export const wayNamesZh: Record<SettlementWay, string> = {
  money: '缴回资金',
  quota: '交回额度',
  kept: '抵扣应拨批次',
}

/** The day on which a claim that arises on a day is due. */
export const dueDayOf = (on: Day, law: Law): Day => addDays(on, law.take('clawback_due_days'))

export type ClaimAge = {
  readonly district: string
  readonly dueOn: Day
  readonly openFen: Fen
}

/** Days past its due day; 0 while it is not overdue. */
export const daysOverdue = ({ dueOn }: Pick<ClaimAge, 'dueOn'>, today: Day): number =>
  Math.max(0, daysBetween(dueOn, today))

export type AgedClaims = {
  readonly district: string
  readonly openFen: Fen
  readonly notDueFen: Fen
  /** Overdue, in the bands of the law: up to its first number of days, up to the next, and above the last. */
  readonly overdueFen: readonly Fen[]
}

/** What is open of each district, by how long it is overdue (账龄). */
export function agedByDistrict(claims: readonly ClaimAge[], today: Day, law: Law): AgedClaims[] {
  const bands = law.take('claim_ageing_days')
  return [...new Set(claims.map(({ district }) => district))].toSorted().map((district) => {
    const own = claims.filter((claim) => claim.district === district)
    const sum = (only: (days: number) => boolean): Fen =>
      sumFen(own.filter((claim) => only(daysOverdue(claim, today))).map(({ openFen }) => openFen))
    const overdueFen = [...bands, Number.POSITIVE_INFINITY].map((most, index) =>
      sum((days) => days > (index === 0 ? 0 : (bands[index - 1] ?? 0)) && days <= most),
    )
    return { district, openFen: sum(() => true), notDueFen: sum((days) => days === 0), overdueFen }
  })
}
