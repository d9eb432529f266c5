/**
 * Allocations. Described as the migrations make them, which a test compares;
 * keys but the primary one, checks and guards are theirs alone.
 */
import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, digest, fen, instant, json } from '../base/drizzle/columns.ts'
import type { Json } from '../base/json.ts'
import type { Use } from '../policy/on.ts'
import type { AllocationState, AllocationVersion, Recipients } from './allocation.ts'
import type { Formula, Row, Steps } from './formula.ts'

export const allocations = pgTable('allocation', {
  allocation: text('allocation').primaryKey(),
  programme: text('programme').notNull(),
  indicator: text('indicator').notNull(),
  year: integer('year').notNull(),
  district: text('district'),
  book: text('book').notNull(),
  recipients: text('recipients').$type<Recipients>().notNull(),
  supplements: text('supplements'),
  state: text('state').$type<AllocationState>().notNull(),
  version: integer('version').notNull(),
  changes: integer('changes').notNull(),
})

export const allocationVersions = pgTable(
  'allocation_version',
  {
    allocation: text('allocation').notNull(),
    version: integer('version').notNull(),
    on: day('on_day').notNull(),
    variant: text('variant').notNull(),
    formula: json('formula').$type<Formula>().notNull(),
    uses: json('uses').$type<readonly Use[]>().notNull(),
    totalFen: fen('total_fen').notNull(),
    given: json('given').$type<Json>().notNull(),
    basis: json('basis').$type<Steps>().notNull(),
    books: json('books').$type<AllocationVersion['books']>().notNull(),
    document: text('document').notNull(),
    note: text('note'),
    contentHash: digest('content_hash').notNull(),
    maker: text('maker').notNull(),
    madeAt: instant('made_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.allocation, table.version] })],
)

export const allocationShares = pgTable(
  'allocation_share',
  {
    allocation: text('allocation').notNull(),
    version: integer('version').notNull(),
    recipient: text('recipient').notNull(),
    district: text('district').notNull(),
    amountFen: fen('amount_fen').notNull(),
    inputs: json('inputs').$type<readonly Row[]>().notNull(),
    steps: json('steps').$type<Steps>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.allocation, table.version, table.recipient] })],
)

export const allocationItems = pgTable(
  'allocation_item',
  {
    recipient: text('recipient').notNull(),
    item: text('item').notNull(),
    part: text('part').notNull(),
    allocation: text('allocation').notNull(),
    version: integer('version').notNull(),
    amountFen: fen('amount_fen').notNull(),
    costFen: fen('cost_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.recipient, table.item, table.part, table.allocation, table.version] })],
)
