/**
 * Special bonds and what projects hold of them. Described as the migrations make them, which a test compares; keys but
 * the primary one, checks and guards are theirs alone.
 */
import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { day, fen, json } from '../base/drizzle/columns.ts'
import type { BondState } from './bond/record.ts'
import type { DueKind, DueState } from './bond/service.ts'

export const bonds = pgTable('bond', {
  bond: text('bond').primaryKey(),
  book: text('book').notNull(),
  /** The book's. */
  district: text('district').notNull(),
  programme: text('programme').notNull(),
  source: text('source').notNull(),
  faceFen: fen('face_fen').notNull(),
  rate: text('rate').notNull(),
  years: integer('years').notNull(),
  frequency: integer('frequency').notNull(),
  feeRate: text('fee_rate').notNull(),
  purpose: text('purpose').notNull(),
  documentNumber: text('document_number').notNull(),
  coverage: json('coverage').notNull(),
  /** The day it was issued, from which it bears interest. */
  startOn: day('start_on'),
  state: text('state').$type<BondState>().notNull(),
  version: integer('version').notNull(),
})

export const bondAllocations = pgTable(
  'bond_allocation',
  {
    bond: text('bond').notNull(),
    version: integer('version').notNull(),
    fromOn: day('from_on').notNull(),
    documentNumber: text('document_number').notNull(),
    approval: text('approval').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bond, table.version] })],
)

export const bondShares = pgTable(
  'bond_allocation_share',
  {
    bond: text('bond').notNull(),
    version: integer('version').notNull(),
    project: text('project').notNull(),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bond, table.version, table.project] })],
)

export const bondDues = pgTable(
  'bond_due',
  {
    bond: text('bond').notNull(),
    number: integer('number').notNull(),
    what: text('what').$type<DueKind>().notNull(),
    dueOn: day('due_on').notNull(),
    payOn: day('pay_on').notNull(),
    amountFen: fen('amount_fen').notNull(),
    state: text('state').$type<DueState>().notNull(),
    approval: text('approval').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bond, table.number] })],
)

export const bondDueShares = pgTable(
  'bond_due_share',
  {
    bond: text('bond').notNull(),
    number: integer('number').notNull(),
    project: text('project').notNull(),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bond, table.number, table.project] })],
)
