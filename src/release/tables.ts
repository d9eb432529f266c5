/**
 * Scores, releases, early runs, claw-backs and what the treasury is told. Described as the migrations make them, which
 * a test compares; keys but the primary one, checks and guards are theirs alone.
 */
import { sql } from 'drizzle-orm'
import { bigint, integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { day, digest, fen, instant, json, whole } from '../base/drizzle/columns.ts'
import type { Json } from '../base/json.ts'
import type { Quarter } from '../base/quarter.ts'
import type { SettlementWay } from './claim/claim.ts'
import type { ClawbackCause, ClawbackGround, ClawbackState } from './clawback/clawback.ts'
import type { ReleaseKind, ReleaseState } from './release/release.ts'
import type { EnteredIndicator, EntryOrigin } from './score/facts.ts'
import type { InstructionState } from './instruction/store.ts'

export const scoreEntries = pgTable('score_entry', {
  district: text('district').notNull(),
  id: bigint('score_entry_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  quarter: text('quarter').$type<Quarter>().notNull(),
  indicator: text('indicator').$type<EnteredIndicator>().notNull(),
  value: text('value').notNull(),
  document: text('document').notNull(),
  sha256: digest('sha256').notNull(),
  sampleSize: integer('sample_size').notNull(),
  person: text('person').notNull(),
  enteredAt: instant('entered_at').notNull(),
  origin: text('origin').$type<EntryOrigin>().notNull(),
  approval: text('approval'),
})

export const scoreHeads = pgTable(
  'score_head',
  {
    quarter: text('quarter').$type<Quarter>().notNull(),
    district: text('district').notNull(),
    version: integer('version').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.quarter, table.district] })],
)

export const scores = pgTable(
  'score',
  {
    quarter: text('quarter').$type<Quarter>().notNull(),
    district: text('district').notNull(),
    version: integer('version').notNull(),
    total: text('total').notNull(),
    satisfaction: text('satisfaction').notNull(),
    progress: text('progress').notNull(),
    score: json('score').$type<Json>().notNull(),
    facts: json('facts').$type<Json>().notNull(),
    factsHash: digest('facts_hash').notNull(),
    law: json('law').$type<Json>().notNull(),
    knownAt: instant('known_at').notNull(),
    sequences: json('sequences').$type<Json>().notNull(),
    computedBy: text('computed_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.quarter, table.district, table.version] })],
)

export const allotmentReleases = pgTable(
  'allotment_release',
  {
    allocation: text('allocation').notNull(),
    district: text('district').notNull(),
    releasedFen: fen('released_fen').notNull().default(sql`0`),
  },
  (table) => [primaryKey({ columns: [table.allocation, table.district] })],
)

export const earlyRuns = pgTable(
  'early_run',
  {
    quarter: text('quarter').$type<Quarter>().notNull(),
    run: integer('run').notNull(),
    askedBy: text('asked_by').notNull(),
    ranAt: instant('ran_at').notNull(),
    facts: json('facts').$type<Json>().notNull(),
    factsHash: digest('facts_hash').notNull(),
    result: json('result').$type<Json>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.quarter, table.run] })],
)

export const earlyRunScores = pgTable(
  'early_run_score',
  {
    quarter: text('quarter').$type<Quarter>().notNull(),
    run: integer('run').notNull(),
    district: text('district').notNull(),
    version: integer('version').notNull(),
  },
  (table) => [primaryKey({ columns: [table.quarter, table.run, table.district] })],
)

export const releases = pgTable('release', {
  id: bigint('release_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  allocation: text('allocation').notNull(),
  district: text('district').notNull(),
  tranche: smallint('tranche').notNull(),
  kind: text('kind').$type<ReleaseKind>().notNull(),
  amountFen: fen('amount_fen').notNull(),
  quarter: text('quarter').$type<Quarter>(),
  run: integer('run'),
  scoreVersion: integer('score_version'),
  conditions: json('conditions').$type<Json>().notNull(),
  on: day('on_day'),
  approval: text('approval').notNull(),
  state: text('state').$type<ReleaseState>().notNull(),
  releasedOn: day('released_on'),
  clawedFen: fen('clawed_fen').notNull().default(sql`0`),
  draftedBy: text('drafted_by').notNull(),
  draftedAt: instant('drafted_at').notNull(),
})

export const releaseParts = pgTable(
  'release_part',
  {
    releaseId: whole('release_id').notNull(),
    project: text('project').notNull(),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.releaseId, table.project] })],
)

export const clawbacks = pgTable('clawback', {
  id: bigint('clawback_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  releaseId: whole('release_id').notNull(),
  cause: text('cause').$type<ClawbackCause>().notNull(),
  document: text('document').notNull(),
  sha256: digest('sha256'),
  scoreVersion: integer('score_version'),
  reason: text('reason').notNull(),
  askedFen: fen('asked_fen').notNull(),
  takenFen: fen('taken_fen'),
  approval: text('approval').notNull(),
  state: text('state').$type<ClawbackState>().notNull(),
  draftedBy: text('drafted_by').notNull(),
  draftedAt: instant('drafted_at').notNull(),
  postedOn: day('posted_on'),
  ground: text('ground').$type<ClawbackGround>().notNull().default('early'),
})

export const clawbackClaims = pgTable('clawback_claim', {
  clawbackId: bigint('clawback_id', { mode: 'bigint' }).primaryKey(),
  amountFen: fen('amount_fen').notNull(),
  dueOn: day('due_on').notNull(),
  settledFen: fen('settled_fen').notNull().default(sql`0`),
})

export const claimSettlements = pgTable('claim_settlement', {
  id: bigint('settlement_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  clawbackId: whole('clawback_id').notNull(),
  way: text('way').$type<SettlementWay>().notNull(),
  amountFen: fen('amount_fen').notNull(),
  document: text('document').notNull(),
  approval: text('approval').notNull(),
  state: text('state').$type<ClawbackState>().notNull(),
  draftedBy: text('drafted_by').notNull(),
  draftedAt: instant('drafted_at').notNull(),
  postedOn: day('posted_on'),
})

export const settlementParts = pgTable(
  'settlement_part',
  {
    settlementId: whole('settlement_id').notNull(),
    project: text('project').notNull(),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.settlementId, table.project] })],
)

export const clawbackParts = pgTable(
  'clawback_part',
  {
    clawbackId: whole('clawback_id').notNull(),
    project: text('project').notNull(),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clawbackId, table.project] })],
)

export const treasuryInstructions = pgTable('treasury_instruction', {
  reference: text('reference').primaryKey(),
  releaseId: whole('release_id'),
  clawbackId: whole('clawback_id'),
  settlementId: whole('settlement_id'),
  amountFen: fen('amount_fen').notNull(),
  content: text('content').notNull(),
  contentHash: digest('content_hash').notNull(),
  state: text('state').$type<InstructionState>().notNull().default('drafted'),
  receipt: text('receipt'),
  draftedAt: instant('drafted_at').notNull(),
  sendingAt: instant('sending_at'),
  sentAt: instant('sent_at'),
})
