/**
 * Funding plans, mixed ownership and owners' money. Described as the migrations make them, which a test compares;
 * keys but the primary one, checks and guards are theirs alone.
 */
import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, digest, fen, instant, json, whole } from '../base/drizzle/columns.ts'
import type { Json } from '../base/json.ts'
import type { Ownership } from '../projects/community/community.ts'
import type { OwnerMovementKind } from './contribution/store.ts'
import type { ChannelKind, SchemeBasis } from './ownership/store.ts'
import type { PlanKind } from './plan/plan.ts'
import type { WithdrawalState, WithdrawalWay } from './withdrawal/withdrawal.ts'
import type { CostPurpose } from '../projects/terms.ts'

export const fundingPlans = pgTable('funding_plan', {
  project: text('project').primaryKey(),
  version: integer('version').notNull(),
  submitted: integer('submitted'),
  approval: text('approval'),
  approved: integer('approved'),
})

export const fundingPlanVersions = pgTable(
  'funding_plan_version',
  {
    project: text('project').notNull(),
    version: integer('version').notNull(),
    kind: text('kind').$type<PlanKind>().notNull(),
    basis: integer('basis'),
    hash: digest('hash').notNull(),
    totalFen: fen('total_fen').notNull(),
    plannedFen: fen('planned_fen').notNull(),
    fundBook: text('fund_book'),
    scope: json('scope').$type<Json>(),
    note: text('note'),
    maker: text('maker').notNull(),
    madeAt: instant('made_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.version] })],
)

export const fundingPlanLines = pgTable(
  'funding_plan_line',
  {
    project: text('project').notNull(),
    version: integer('version').notNull(),
    place: integer('place').notNull(),
    line: text('line').notNull(),
    item: text('item'),
    contract: text('contract'),
    purpose: text('purpose').$type<CostPurpose>().notNull(),
    ownership: text('ownership').$type<Ownership>(),
    quantity: integer('quantity'),
    unitFen: fen('unit_fen'),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.version, table.place] })],
)

export const fundingPlanShares = pgTable(
  'funding_plan_share',
  {
    project: text('project').notNull(),
    version: integer('version').notNull(),
    place: integer('place').notNull(),
    line: text('line').notNull(),
    source: text('source').notNull(),
    party: text('party'),
    community: text('community'),
    building: text('building'),
    dwelling: text('dwelling'),
    quantity: integer('quantity'),
    indicator: text('indicator'),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.version, table.place] })],
)

export const ownershipSchemes = pgTable(
  'ownership_scheme',
  {
    project: text('project').notNull(),
    scheme: integer('scheme').notNull(),
    basis: text('basis').$type<SchemeBasis>().notNull(),
    document: json('document').$type<Json>(),
    madeBy: text('made_by').notNull(),
    madeAt: instant('made_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.scheme] })],
)

export const ownershipKeys = pgTable(
  'ownership_key',
  {
    project: text('project').notNull(),
    scheme: integer('scheme').notNull(),
    place: integer('place').notNull(),
    ownership: text('ownership').$type<Ownership>().notNull(),
    areaDm2: whole('area_dm2').notNull(),
    source: text('source').notNull(),
    party: text('party'),
  },
  (table) => [primaryKey({ columns: [table.project, table.scheme, table.place] })],
)

export const ownershipCertificates = pgTable(
  'ownership_certificate',
  {
    project: text('project').notNull(),
    sequence: integer('sequence').notNull(),
    certificate: text('certificate').notNull(),
    scheme: integer('scheme').notNull(),
    contract: text('contract'),
    amountFen: fen('amount_fen').notNull(),
    cumulativeFen: fen('cumulative_fen').notNull(),
    document: json('document').$type<Json>().notNull(),
    on: day('on_day').notNull(),
    entry: text('entry').notNull(),
    recordedBy: text('recorded_by').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.sequence] })],
)

export const ownershipSplits = pgTable(
  'ownership_split',
  {
    project: text('project').notNull(),
    sequence: integer('sequence').notNull(),
    ownership: text('ownership').$type<Ownership>().notNull(),
    amountFen: fen('amount_fen').notNull(),
    cumulativeFen: fen('cumulative_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.sequence, table.ownership] })],
)

export const channelMovements = pgTable(
  'channel_movement',
  {
    project: text('project').notNull(),
    sequence: integer('sequence').notNull(),
    kind: text('kind').$type<ChannelKind>().notNull(),
    ownership: text('ownership').$type<Ownership>().notNull(),
    source: text('source').notNull(),
    payer: text('payer'),
    party: text('party'),
    amountFen: fen('amount_fen').notNull(),
    document: json('document').$type<Json>().notNull(),
    on: day('on_day').notNull(),
    recordedBy: text('recorded_by').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.sequence] })],
)

export const withdrawals = pgTable('withdrawal', {
  id: bigint('withdrawal_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  project: text('project').notNull(),
  district: text('district').notNull(),
  community: text('community').notNull(),
  building: text('building').notNull(),
  dwelling: text('dwelling').notNull(),
  purpose: text('purpose').notNull(),
  way: text('way').$type<WithdrawalWay>().notNull(),
  on: day('on_day').notNull(),
  due: day('due_day').notNull(),
  book: text('book').notNull(),
  contributionFen: fen('contribution_fen').notNull(),
  limitFen: fen('limit_fen').notNull(),
  grantedFen: fen('granted_fen').notNull(),
  uses: json('uses').notNull(),
  state: text('state').$type<WithdrawalState>().notNull(),
  approval: text('approval').notNull(),
  madeBy: text('made_by').notNull(),
  madeAt: instant('made_at').notNull(),
  version: integer('version').notNull(),
})

export const ownerMovements = pgTable(
  'owner_movement',
  {
    project: text('project').notNull(),
    sequence: integer('sequence').notNull(),
    kind: text('kind').$type<OwnerMovementKind>().notNull(),
    source: text('source').notNull(),
    community: text('community'),
    building: text('building'),
    dwelling: text('dwelling'),
    appliedFen: fen('applied_fen').notNull(),
    excessFen: fen('excess_fen').notNull(),
    suspenseFen: fen('suspense_fen').notNull(),
    ofSequence: integer('of_sequence'),
    reference: text('reference').notNull(),
    on: day('on_day').notNull(),
    recordedBy: text('recorded_by').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.sequence] })],
)
