/**
 * A progress certificate (clauses 20, 23; 财建〔2022〕183号, 建质〔2017〕138号; O-57, O-58): what completed works of one period
 * owe the contractor, how much of it is paid now, and how it is divided between the workers' wage account and the
 * contractor. Everything is taken from the completed value by its own rate, each rounded once, and nothing may eat the
 * retention.
 */
import { type Decimal, portion } from '../base/decimal.ts'
import { type Fen, minFen } from '../base/money.ts'
import { clauseOf, type Law } from '../policy/parameters.ts'
import { one, ratioOf } from '../policy/value.ts'
import { refuse } from './refusals.ts'

/** Rates are parts of the completed value, each at most 1. */
export type Progress = {
  completed: Fen
  payRatio: Decimal
  retentionRate: Decimal
  advanceRecoveryRate: Decimal
  labourRate: Decimal
  /** What of the advance has not been recovered yet. */
  advanceLeft: Fen
}

export type ProgressCertificate = {
  retention: Fen
  recovered: Fen
  /** What is booked as owed to the contractor after retention and recovery. */
  payable: Fen
  payNow: Fen
  wages: Fen
  contractor: Fen
  /** Booked, but not paid yet. */
  unpaid: Fen
}

/** Refuses `below_minimum_progress_payment`, `retention_above_maximum`, `retention_eaten`. */
export function progressCertificate(progress: Progress, law: Law): ProgressCertificate {
  requireRates(progress, law)
  const { completed, advanceLeft } = progress
  const retention = portion(completed, progress.retentionRate)
  const gross = minFen(portion(completed, progress.payRatio), completed - retention)
  const recovered = minFen(minFen(portion(completed, progress.advanceRecoveryRate), advanceLeft), gross)
  const payable = completed - retention - recovered
  const payNow = gross - recovered
  const wages = minFen(portion(completed, progress.labourRate), payNow)
  return { retention, recovered, payable, payNow, wages, contractor: payNow - wages, unpaid: payable - payNow }
}

function requireRates({ payRatio, retentionRate }: Progress, law: Law): void {
  const payMin = law.take('progress_payment_min')
  if (payRatio.lt(ratioOf(payMin))) {
    const facts = { rate: payRatio.toFixed(), limit: payMin }
    throw refuse('below_minimum_progress_payment', facts, clauseOf(law, 'progress_payment_min'))
  }
  const retentionMax = law.take('retention_max')
  const retentionClause = clauseOf(law, 'retention_max')
  if (retentionRate.gt(ratioOf(retentionMax))) {
    throw refuse('retention_above_maximum', { rate: retentionRate.toFixed(), limit: retentionMax }, retentionClause)
  }
  if (payRatio.plus(retentionRate).gt(one)) {
    const facts = { payRatio: payRatio.toFixed(), retentionRate: retentionRate.toFixed() }
    throw refuse('retention_eaten', facts, retentionClause)
  }
}
