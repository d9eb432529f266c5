/**
 * Indicators, what is to come back of them, cash plans and commitments. Described as the migrations make them, which a
 * test compares; keys but the primary one, checks and guards are theirs alone.
 */
import { sql } from 'drizzle-orm'
import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, fen, month, whole } from '../base/drizzle/columns.ts'
import type { IndicatorKind, IndicatorLevel, IndicatorState, PaymentForm } from './indicator/indicator.ts'
import type { CommitmentState } from './commitment/commitment.ts'

export const indicators = pgTable('indicator', {
  indicator: text('indicator').primaryKey(),
  book: text('book').notNull(),
  /** The book's. */
  district: text('district').notNull(),
  documentNumber: text('document_number').notNull(),
  level: text('level').$type<IndicatorLevel>().notNull(),
  source: text('source').notNull(),
  year: integer('year').notNull(),
  /** The project code of money assigned to no project yet. */
  programme: text('programme').notNull(),
  purpose: text('purpose').notNull(),
  payment: text('payment').$type<PaymentForm>().notNull(),
  kind: text('kind').$type<IndicatorKind>().notNull(),
  expectedFen: fen('expected_fen'),
  /** The upper level's indicator it was allotted from. */
  parent: text('parent'),
  state: text('state').$type<IndicatorState>().notNull(),
  version: integer('version').notNull(),
})

export const indicatorRecoveries = pgTable(
  'indicator_recovery',
  {
    indicator: text('indicator').notNull(),
    district: text('district').notNull(),
    dueFen: fen('due_fen').notNull(),
    doneFen: fen('done_fen').notNull().default(sql`0`),
    /** Of what is due, what was paid already when the budget became final: it returns from quota. */
    returnFen: fen('return_fen').notNull().default(sql`0`),
  },
  (table) => [primaryKey({ columns: [table.indicator, table.district] })],
)

export const recoveriesTaken = pgTable('recovery_taken', {
  indicator: text('indicator').notNull(),
  id: bigint('recovery_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  district: text('district').notNull(),
  allocation: text('allocation').notNull(),
  approval: text('approval').notNull(),
  amountFen: fen('amount_fen').notNull(),
  on: day('on_day').notNull(),
})

export const recoveryParts = pgTable(
  'recovery_part',
  {
    recoveryId: whole('recovery_id').notNull(),
    project: text('project').notNull(),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.recoveryId, table.project] })],
)

export const cashPlans = pgTable('cash_plan', {
  book: text('book').notNull(),
  id: bigint('cash_plan_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  programme: text('programme').notNull(),
  source: text('source').notNull(),
  month: month('month').notNull(),
  amountFen: fen('amount_fen').notNull(),
  documentNumber: text('document_number').notNull(),
  approval: text('approval').notNull(),
})

export const commitments = pgTable('commitment', {
  id: bigint('commitment_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  indicator: text('indicator'),
  book: text('book').notNull(),
  district: text('district').notNull(),
  project: text('project').notNull(),
  item: text('item').notNull(),
  source: text('source').notNull(),
  contract: text('contract'),
  amountFen: fen('amount_fen').notNull(),
  releasedFen: fen('released_fen').notNull().default(sql`0`),
  paidFen: fen('paid_fen').notNull().default(sql`0`),
  state: text('state').$type<CommitmentState>().notNull().default('made'),
  madeBy: text('made_by').notNull(),
  madeOn: day('made_on').notNull(),
  version: integer('version').notNull(),
})
