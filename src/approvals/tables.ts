/**
 * Approvals and delegations. Described as the migrations make them, which a test compares;
 * keys but the primary one, checks and guards are theirs alone.
 */
import { bigint, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { day, digest, fen, instant, whole } from '../base/drizzle/columns.ts'
import type { ApprovalState, DecisionName, Lendable, Office } from './approval.ts'

export const approvals = pgTable('approval', {
  id: bigint('approval_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  kind: text('kind').notNull(),
  office: text('office').$type<Office>().notNull(),
  subject: text('subject').notNull(),
  district: text('district'),
  amountFen: fen('amount_fen'),
  summary: text('summary').notNull(),
  content: text('content').notNull(),
  contentHash: digest('content_hash').notNull(),
  approvers: smallint('approvers').notNull(),
  state: text('state').$type<ApprovalState>().notNull(),
  steps: smallint('steps').notNull().default(0),
  maker: text('maker').notNull(),
  openedAt: instant('opened_at').notNull(),
})

export const approvalDecisions = pgTable(
  'approval_decision',
  {
    approvalId: whole('approval_id').notNull(),
    step: smallint('step').notNull(),
    decision: text('decision').$type<DecisionName>().notNull(),
    person: text('person').notNull(),
    actingFor: text('acting_for'),
    reason: text('reason'),
    contentHash: digest('content_hash').notNull(),
    decidedAt: instant('decided_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.approvalId, table.step] })],
)

export const approvalParties = pgTable(
  'approval_party',
  {
    approvalId: whole('approval_id').notNull(),
    person: text('person').notNull(),
    step: smallint('step').notNull(),
  },
  (table) => [primaryKey({ columns: [table.approvalId, table.person] })],
)

export const delegations = pgTable('delegation', {
  id: bigint('delegation_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  delegator: text('delegator').notNull(),
  delegate: text('delegate').notNull(),
  permission: text('permission').$type<Lendable>().notNull(),
  district: text('district'),
  validFrom: day('valid_from').notNull(),
  validTo: day('valid_to').notNull(),
  reason: text('reason').notNull(),
  madeAt: instant('made_at').notNull(),
  revokedAt: instant('revoked_at'),
})
