/**
 * Communities, projects and yearly plans. Described as the migrations make them, which a test compares;
 * keys but the primary one, checks and guards are theirs alone.
 */
import { sql } from 'drizzle-orm'
import { boolean, integer, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, digest, fen, instant, json, whole } from '../base/drizzle/columns.ts'
import type { Ownership } from './community/community.ts'
import type { DocumentKind, DocumentScope, ProjectKind, ProjectState } from './terms.ts'
import type { BatchMode } from './annual-plan/annual-plan.ts'

export const communities = pgTable('community', {
  community: text('community').primaryKey(),
  district: text('district').notNull(),
  name: text('name').notNull(),
  builtYear: integer('built_year'),
  ownersBody: boolean('owners_body').notNull().default(false),
  trustService: boolean('trust_service').notNull().default(false),
  fundPromisedOn: day('fund_promised_on'),
  version: integer('version').notNull(),
  ownersBodyOn: day('owners_body_on'),
  trustServiceOn: day('trust_service_on'),
})

export const communityStandings = pgTable(
  'community_standing',
  {
    community: text('community').notNull(),
    sequence: integer('sequence').notNull(),
    ownersBody: boolean('owners_body').notNull(),
    ownersBodyOn: day('owners_body_on'),
    trustService: boolean('trust_service').notNull(),
    trustServiceOn: day('trust_service_on'),
    recordedAt: instant('recorded_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.community, table.sequence] })],
)

/** From when on the check of facts looks at what was recorded: before it nobody had to check them. */
export const factsCheckedSince = pgTable('facts_checked_since', { since: instant('since').primaryKey() })

export const buildings = pgTable(
  'building',
  {
    community: text('community').notNull(),
    building: text('building').notNull(),
    name: text('name').notNull(),
    floors: integer('floors'),
    households: integer('households').notNull().default(0),
    privateDm2: whole('private_dm2').notNull().default(sql`0`),
    centralDm2: whole('central_dm2').notNull().default(sql`0`),
    municipalSoeDm2: whole('municipal_soe_dm2').notNull().default(sql`0`),
    districtSoeDm2: whole('district_soe_dm2').notNull().default(sql`0`),
    publicRentalDm2: whole('public_rental_dm2').notNull().default(sql`0`),
    areaDm2: whole('area_dm2').generatedAlwaysAs(
      sql`private_dm2 + central_dm2 + municipal_soe_dm2 + district_soe_dm2 + public_rental_dm2`,
    ),
  },
  (table) => [primaryKey({ columns: [table.community, table.building] })],
)

export const dwellings = pgTable(
  'dwelling',
  {
    community: text('community').notNull(),
    building: text('building').notNull(),
    dwelling: text('dwelling').notNull(),
    areaDm2: whole('area_dm2').notNull(),
    ownership: text('ownership').$type<Ownership>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.community, table.building, table.dwelling] })],
)

export const bundles = pgTable('bundle', {
  bundle: text('bundle').primaryKey(),
  district: text('district').notNull(),
  name: text('name').notNull(),
  version: integer('version').notNull(),
})

export const projects = pgTable('project', {
  project: text('project').primaryKey(),
  district: text('district').notNull(),
  name: text('name').notNull(),
  kind: text('kind').$type<ProjectKind>().notNull(),
  implementer: text('implementer').notNull(),
  book: text('book'),
  planBook: text('plan_book'),
  year: integer('year'),
  batch: integer('batch'),
  state: text('state').$type<ProjectState>().notNull(),
  stateOn: day('state_on').notNull(),
  bundle: text('bundle'),
  householdsBefore: integer('households_before'),
  householdsAfter: integer('households_after'),
  addedAreaDm2: whole('added_area_dm2'),
  planApproved: boolean('plan_approved').notNull().default(false),
  version: integer('version').notNull(),
})

export const projectStandings = pgTable(
  'project_standing',
  {
    project: text('project').notNull(),
    sequence: integer('sequence').notNull(),
    state: text('state').$type<ProjectState>().notNull(),
    year: integer('year'),
    batch: integer('batch'),
    on: day('on_day').notNull(),
    recordedAt: instant('recorded_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.project, table.sequence] })],
)

export const projectBuildings = pgTable(
  'project_building',
  {
    project: text('project').notNull(),
    community: text('community').notNull(),
    building: text('building').notNull(),
    kind: text('kind').$type<ProjectKind>().notNull(),
    open: boolean('open').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.community, table.building] })],
)

export const projectItems = pgTable(
  'project_item',
  {
    project: text('project').notNull(),
    item: text('item').notNull(),
    quantity: text('quantity'),
    costFen: fen('cost_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.item] })],
)

export const projectDocuments = pgTable(
  'project_document',
  {
    project: text('project').notNull(),
    sequence: integer('sequence').notNull(),
    kind: text('kind').$type<DocumentKind>().notNull(),
    number: text('number').notNull(),
    on: day('on_day').notNull(),
    sha256: digest('sha256'),
    scope: json('scope').$type<DocumentScope>(),
    recordedBy: text('recorded_by').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.sequence] })],
)

export const projectUnfinished = pgTable(
  'project_unfinished',
  {
    project: text('project').notNull(),
    sequence: integer('sequence').notNull(),
    item: text('item').notNull(),
    community: text('community'),
    building: text('building'),
    dwelling: text('dwelling'),
    cause: text('cause').notNull(),
    reason: text('reason').notNull(),
    costFen: fen('cost_fen').notNull(),
    recordedBy: text('recorded_by').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.sequence] })],
)

export const projectProgress = pgTable(
  'project_progress',
  {
    project: text('project').notNull(),
    on: day('on_day').notNull(),
    sequence: integer('sequence').notNull(),
    ratio: numeric('ratio', { precision: 5, scale: 4 }).notNull(),
    valueFen: fen('value_fen'),
    evidence: text('evidence').notNull(),
    reportedBy: text('reported_by').notNull(),
    reportedAt: instant('reported_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.on, table.sequence] })],
)

export const annualPlans = pgTable(
  'annual_plan',
  {
    district: text('district').notNull(),
    year: integer('year').notNull(),
    capacityFen: fen('capacity_fen').notNull(),
    version: integer('version').notNull(),
  },
  (table) => [primaryKey({ columns: [table.district, table.year] })],
)

export const planProjects = pgTable(
  'plan_project',
  {
    district: text('district').notNull(),
    year: integer('year').notNull(),
    project: text('project').notNull(),
    priority: integer('priority').notNull(),
    needFen: fen('need_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.district, table.year, table.project] })],
)

export const planBatches = pgTable(
  'plan_batch',
  {
    district: text('district').notNull(),
    year: integer('year').notNull(),
    batch: integer('batch').notNull(),
    mode: text('mode').$type<BatchMode>().notNull(),
    fixedBy: text('fixed_by').notNull(),
    fixedAt: instant('fixed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.district, table.year, table.batch] })],
)

export const planBatchProjects = pgTable(
  'plan_batch_project',
  {
    district: text('district').notNull(),
    year: integer('year').notNull(),
    batch: integer('batch').notNull(),
    project: text('project').notNull(),
    needFen: fen('need_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.district, table.year, table.batch, table.project] })],
)
