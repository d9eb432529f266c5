/**
 * Allocations. Described as the migrations make them, which a test compares;
 * keys but the primary one, checks and guards are theirs alone.
 */
import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, digest, fen, instant, json } from '../base/columns.ts'
import type { AllocationState, Recipients } from './allocation.ts'

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
    formula: json('formula').notNull(),
    uses: json('uses').notNull(),
    totalFen: fen('total_fen').notNull(),
    given: json('given').notNull(),
    basis: json('basis').notNull(),
    books: json('books').notNull(),
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
    inputs: json('inputs').notNull(),
    steps: json('steps').notNull(),
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
