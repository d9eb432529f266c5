/**
 * The interest subsidy on renovation loans (clause 25: a rate of at most 2 %, for at most 5 years; O-25 to O-33).
 * Interest runs ACT/360, the first day counted and the last not, and is settled on the 20th of each quarter's last
 * month. Interest and subsidy are each rounded once a settlement period (C6). Time is cut wherever anything changes, so
 * that between two cuts principal, rate, overdue principal and window are constant, and the sums stay exact.
 */
import { assert } from '../../base/assert.ts'
import { addMonths, type Day, day, daysBetween, yearOf } from '../../base/calendar.ts'
import { type Decimal, fenToDecimal, quotient, sumDecimals, whole } from '../../base/decimal.ts'
import { divideHalfUp, type Fen, minFen, sumFen } from '../../base/money.ts'
import type { Law } from '../../policy/parameters.ts'
import { fenDecimals, monthsPerYear } from '../../policy/units.ts'
import { ratioOf, zero } from '../../policy/value.ts'

type Span = { from: Day; to: Day }
type Dated = { on: Day; amount: Fen }

export type Loan = {
  draws: readonly Dated[]
  repayments?: readonly Dated[] | undefined
  /** A rate holds from its day to the next. */
  rates: readonly { from: Day; rate: Decimal }[]
  /** The first day that no longer counts; what is dated then or later does nothing. */
  until: Day
}

export type SubsidyClaim = Loan & {
  requestedRate?: Decimal | undefined
  otherSubsidyRate?: Decimal | undefined
  windowStart: Day
  /** Interest paid, by the end of its period; absent: all of it. */
  paid?: readonly { to: Day; amount: Fen }[] | undefined
  overdue?: readonly (Span & { amount: Fen })[] | undefined
}

export type SubsidyPeriod = Span & { days: number; interest: Fen; subsidisedDays: number; subsidy: Fen }
export type InterestSubsidy = { periods: SubsidyPeriod[]; interestTotal: Fen; subsidyTotal: Fen }

/** Interest and subsidy of one loan by settlement period, in fen. What calc.md calls invalid was looked for before. */
export function interestSubsidy(claim: SubsidyClaim, law: Law): InterestSubsidy {
  const cap = ratioOf(law.take('interest_subsidy_rate_cap'))
  const years = law.take('interest_subsidy_years')
  const window = { from: claim.windowStart, to: addMonths(claim.windowStart, years * monthsPerYear) }
  const granted = subsidyRate(lesser(claim.requestedRate ?? cap, cap), claim.otherSubsidyRate ?? zero)
  const yearDays = whole(law.take('loan_year_days'))
  const paid = claim.paid && new Map(claim.paid.map(({ to, amount }) => [to, amount]))
  const spans = settlementPeriods(claim, law)
  const stretches = stretchesOf(claim, spans, window)
  const periods = spans.map((span, index) => {
    const within = stretches[index] ?? []
    const interest = quotient(sumDecimals(within.map(interestDays)), yearDays, fenDecimals)
    const accrued = quotient(sumDecimals(within.map(subsidyDays(granted))), yearDays, fenDecimals)
    return {
      ...span,
      days: daysBetween(span.from, span.to),
      interest,
      subsidisedDays: daysShared(span, window),
      subsidy: paid ? partPaid(accrued, interest, paid.get(span.to) ?? 0n) : accrued,
    }
  })
  return {
    periods,
    interestTotal: sumFen(periods.map((period) => period.interest)),
    subsidyTotal: sumFen(periods.map((period) => period.subsidy)),
  }
}

/** The day of the first draw: interest starts with it. */
export function firstDraw({ draws }: Loan): Day {
  const [first] = draws.map(({ on }) => on).sort()
  assert(first, 'a loan has a draw')
  return first
}

/** The settlement periods from the first draw to `until`; the first and the last may be short. */
export function settlementPeriods(loan: Loan, law: Law): Span[] {
  const settlementDays = law.take('loan_settlement_days')
  const first = firstDraw(loan)
  const bounds: Day[] = [first]
  for (let year = yearOf(first); year <= yearOf(loan.until); year++) {
    const settled = settlementDays.map((monthAndDay) => day(`${year}-${monthAndDay}`))
    bounds.push(...settled.filter((on) => on > first && on < loan.until))
  }
  return pairs([...bounds, loan.until])
}

/**
 * The principal on each day on which it changes before `until`, oldest first. Where it is below 0 the input is at
 * fault.
 */
export function principalByDay({ draws, repayments = [], until }: Loan): Dated[] {
  const repaid = repayments.map(({ on, amount }) => ({ on, amount: -amount }))
  return runningTotal([...draws, ...repaid].filter(({ on }) => on < until))
}

/** A stretch of days on which nothing changes: its principal earns interest, `eligible` of it earns subsidy. */
type Stretch = { days: number; principal: Fen; eligible: Fen; rate: Decimal }

/** The stretches of each period. Cutting costs what sorting costs, however the entries overlap. */
function stretchesOf(claim: SubsidyClaim, periods: readonly Span[], window: Span): Stretch[][] {
  const principals = principalByDay(claim)
  const overdues = overdueByDay(claim.overdue ?? [])
  const rates = claim.rates.map(({ from, rate }) => ({ on: from, amount: rate })).sort(byDay)
  const changes = [...principals, ...overdues, ...rates].map(({ on }) => on)
  const cuts = [...new Set([...changes, window.from, window.to])].sort()
  const [principalOn, overdueOn, rateOn] = [reader(principals, 0n), reader(overdues, 0n), reader(rates, zero)]
  let next = 0
  return periods.map(({ from, to }) => {
    while ((cuts[next] ?? to) <= from) next++
    const start = next
    while ((cuts[next] ?? to) < to) next++
    return pairs([from, ...cuts.slice(start, next), to]).map((span) => {
      const principal = principalOn(span.from)
      const subsidised = span.from >= window.from && span.from < window.to
      const current = principal - minFen(overdueOn(span.from), principal)
      return {
        days: daysBetween(span.from, span.to),
        principal,
        eligible: subsidised ? current : 0n,
        rate: rateOn(span.from),
      }
    })
  })
}

/** Principal overdue by day; entries that overlap add up. */
function overdueByDay(overdue: readonly (Span & { amount: Fen })[]): Dated[] {
  return runningTotal(
    overdue.flatMap(({ from, to, amount }) => [
      { on: from, amount },
      { on: to, amount: -amount },
    ]),
  )
}

/** Changes in any order → what they add up to from each day on, oldest first. */
function runningTotal(changes: readonly Dated[]): Dated[] {
  const byDate = new Map<Day, Fen>()
  for (const { on, amount } of changes) byDate.set(on, (byDate.get(on) ?? 0n) + amount)
  let sum = 0n
  return [...byDate]
    .map(([on, amount]) => ({ on, amount }))
    .sort(byDay)
    .map(({ on, amount }) => {
      sum += amount
      return { on, amount: sum }
    })
}

/**
 * Reads a dated list on days that only go forward: the latest value not after the day, `before` where there is none.
 */
function reader<Value>(values: readonly { on: Day; amount: Value }[], before: Value): (on: Day) => Value {
  let next = 0
  let current = before
  return (on) => {
    for (let entry = values[next]; entry && entry.on <= on; entry = values[++next]) current = entry.amount
    return current
  }
}

/** min(requested, cap, loan rate − what another programme refunds), not below 0. */
function subsidyRate(rateMax: Decimal, otherRate: Decimal): (loanRate: Decimal) => Decimal {
  return (loanRate) => {
    const unrefunded = loanRate.minus(otherRate)
    return lesser(rateMax, unrefunded.lt(zero) ? zero : unrefunded)
  }
}

const interestDays = ({ principal, rate, days }: Stretch): Decimal => fenToDecimal(principal * BigInt(days)).times(rate)

const subsidyDays =
  (granted: (loanRate: Decimal) => Decimal) =>
  ({ eligible, rate, days }: Stretch): Decimal =>
    fenToDecimal(eligible * BigInt(days)).times(granted(rate))

/**
 * Paid first, then subsidised (先付后贴): in the proportion in which the period's interest was paid, rounded again (O-33).
 */
function partPaid(subsidy: Fen, interest: Fen, paid: Fen): Fen {
  return interest === 0n ? 0n : divideHalfUp(subsidy * minFen(paid, interest), interest)
}

function daysShared(a: Span, b: Span): number {
  const from = a.from > b.from ? a.from : b.from
  const to = a.to < b.to ? a.to : b.to
  return from < to ? daysBetween(from, to) : 0
}

const lesser = (a: Decimal, b: Decimal): Decimal => (a.lt(b) ? a : b)
const byDay = (a: { on: Day }, b: { on: Day }): number => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0)
const pairs = (days: readonly Day[]): Span[] =>
  days.slice(1).map((to, index) => {
    const from = days[index]
    assert(from, 'a day before each but the first')
    return { from, to }
  })
