/**
 * Special bonds (clause 24): the coupons of one bond and of the projects it pays for (O-17, O-18), the interest accrued
 * inside a coupon period (O-21), and whether the projects' revenue covers the debt (O-19, O-20).
 * A full coupon knows no day count; ratios are compared exactly and only then rounded for reading.
 */
import { assert } from '../../base/assert.ts'
import { addMonths, type Day, daysBetween, lastDayOf, monthOf } from '../../base/calendar.ts'
import { type Decimal, fenToDecimal, quotient, roundToFen, sumDecimals, whole } from '../../base/decimal.ts'
import { type Fen, splitStream, sumFen } from '../../base/money.ts'
import { clauseOf, type Law } from '../../policy/parameters.ts'
import { fenDecimals, monthsPerYear, ratioDecimals } from '../../policy/units.ts'
import { one, ratioOf, zero } from '../../policy/value.ts'
import { refuse } from '../refusals.ts'

export type BondIssue = {
  face: Fen
  rate: Decimal
  years: number
  start: Day
  /** Coupons a year; absent: as is usual for the term. */
  frequency?: number | undefined
  /** What each project gets of the face; where there are any, they add up to it. */
  projects?: readonly { id: string; amount: Fen }[] | undefined
}

type Due = { on: Day; amount: Fen }

export type BondSchedule = {
  coupons: Due[]
  principal: Due
  interestTotal: Fen
  projects?: { id: string; coupons: Fen[] }[] | undefined
}

/** All payments of one bond, in fen. Refuses `allocation_not_face`, `term_not_allowed`. */
export function bondSchedule({ face, rate, years, start, frequency, projects }: BondIssue, law: Law): BondSchedule {
  if (projects) requireWholeFace(face, projects)
  requireTerm(years, law)
  const timesAYear = frequency ?? usualFrequency(years, law)
  const amount = quotient(fenToDecimal(face).times(rate), whole(timesAYear), fenDecimals)
  const coupons = couponDays(start, years, timesAYear).map((on) => ({ on, amount }))
  return {
    coupons,
    principal: { on: dayAfterMonths(start, years * monthsPerYear), amount: face },
    interestTotal: sumFen(coupons.map((coupon) => coupon.amount)),
    ...(projects && { projects: couponsByProject(coupons, projects) }),
  }
}

function requireWholeFace(face: Fen, projects: readonly { amount: Fen }[]): void {
  const allocated = sumFen(projects.map((project) => project.amount))
  if (allocated !== face) throw refuse('allocation_not_face', { allocated, face })
}

export function requireTerm(years: number, law: Law): void {
  const allowed = law.take('special_bond_terms')
  if (!allowed.includes(years)) {
    throw refuse('term_not_allowed', { years, allowed }, clauseOf(law, 'special_bond_terms'))
  }
}

export function usualFrequency(years: number, law: Law): number {
  const usual = law.take('special_bond_coupons').find(({ upToYears }) => years <= upToYears)
  assert(usual, 'every allowed term has a usual frequency')
  return usual.timesAYear
}

function couponDays(start: Day, years: number, timesAYear: number): Day[] {
  const monthsApart = monthsPerYear / timesAYear
  return Array.from({ length: years * timesAYear }, (_, index) => dayAfterMonths(start, (index + 1) * monthsApart))
}

/**
 * Counted from the start, never from coupon to coupon, or one short month would shift all later days; a month-end stays
 * one.
 */
function dayAfterMonths(start: Day, months: number): Day {
  const on = addMonths(start, months)
  return start === lastDayOf(monthOf(start)) ? lastDayOf(monthOf(on)) : on
}

/** The projects' coupons are split as a stream, so that over the years each project bears its exact part (C4). */
function couponsByProject(coupons: readonly Due[], projects: readonly { id: string; amount: Fen }[]) {
  if (projects.length === 0) return []
  const rows = splitStream(
    coupons.map((coupon) => coupon.amount),
    projects.map((project) => project.amount),
  )
  return projects.map(({ id }, index) => ({ id, coupons: rows.map((row) => row[index] ?? 0n) }))
}

export type BondAccrual = {
  face: Fen
  rate: Decimal
  frequency: number
  from: Day
  to: Day
  /** The first day that no longer counts. */
  at: Day
  basis: 'act/act' | 'act/365'
}

/** The interest that has accrued in a coupon period `[from, to)` before `at`, in fen, by the given day count. */
export function bondAccrual(accrual: BondAccrual, law: Law): { days: number; amount: Fen } {
  const { face, rate, frequency, from, to, at, basis } = accrual
  const days = daysBetween(from, at)
  const yearly = fenToDecimal(face).times(rate).times(whole(days))
  const divisor = basis === 'act/act' ? frequency * daysBetween(from, to) : law.take('special_bond_year_days')
  return { days, amount: quotient(yearly, whole(divisor), fenDecimals) }
}

export type Debts = {
  netRevenue: Fen
  bonds: readonly { face: Fen; rate: Decimal; years: number }[]
  loans?: readonly { principal: Fen; rate: Decimal; years: number }[] | undefined
}

export type Coverage = {
  bondService: Fen
  totalService: Fen
  /** In units of the fourth decimal; null where there is nothing to serve. */
  bondRatio: bigint | null
  totalRatio: bigint | null
  bondPasses: boolean
  totalPasses: boolean
}

/** Whether the net revenue of the whole term covers principal and interest: the bonds alone, and all debt together. */
export function bondCoverage({ netRevenue, bonds, loans = [] }: Debts, law: Law): Coverage {
  const bondService = serviceOf(bonds.map(({ face, ...terms }) => ({ ...terms, principal: face })))
  const totalService = bondService.plus(serviceOf(loans))
  return {
    bondService: roundToFen(bondService),
    totalService: roundToFen(totalService),
    bondRatio: coverageRatio(netRevenue, bondService),
    totalRatio: coverageRatio(netRevenue, totalService),
    bondPasses: covers(netRevenue, bondService, ratioOf(law.take('special_bond_coverage_min'))),
    totalPasses: covers(netRevenue, totalService, ratioOf(law.take('total_debt_coverage_min'))),
  }
}

/** Σ principal × (1 + rate × years), unrounded: all are repaid at the end and pay interest yearly. */
function serviceOf(debts: readonly { principal: Fen; rate: Decimal; years: number }[]): Decimal {
  return sumDecimals(
    debts.map(({ principal, rate, years }) => fenToDecimal(principal).times(one.plus(rate.times(whole(years))))),
  )
}

function coverageRatio(netRevenue: Fen, service: Decimal): bigint | null {
  return service.gt(zero) ? quotient(fenToDecimal(netRevenue), service, ratioDecimals) : null
}

function covers(netRevenue: Fen, service: Decimal, least: Decimal): boolean {
  return service.eq(zero) || fenToDecimal(netRevenue).gte(service.times(least))
}
