/**
 * Vouchers and take-overs. Described as the migrations make them, which a test compares; keys but the primary one,
 * checks and guards are theirs alone.
 */
import { sql } from 'drizzle-orm'
import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { day, fen } from '../base/drizzle/columns.ts'
import type { TakeOverState } from './take-over/take-over.ts'
import type { VoucherKind, VoucherState } from './voucher/voucher.ts'

export const vouchers = pgTable('voucher', {
  id: bigint('voucher_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  book: text('book').notNull(),
  /** The book's. */
  district: text('district').notNull(),
  kind: text('kind').$type<VoucherKind>().notNull(),
  /** The entry that is taken back, with all that stand with it. */
  reverses: text('reverses'),
  on: day('booked_on').notNull(),
  summary: text('summary').notNull(),
  amountFen: fen('amount_fen').notNull(),
  madeBy: text('made_by').notNull(),
  approval: text('approval').notNull(),
  state: text('state').$type<VoucherState>().notNull(),
  /** The entries it became, once posted. */
  entries: text('entries').array().notNull().default(sql`'{}'`),
  version: integer('version').notNull(),
})

export const takeOvers = pgTable('take_over', {
  id: bigint('take_over_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  book: text('book').notNull(),
  /** The book's. */
  district: text('district').notNull(),
  on: day('booked_on').notNull(),
  summary: text('summary').notNull(),
  amountFen: fen('amount_fen').notNull(),
  balances: integer('balances').notNull(),
  registerRows: integer('register_rows').notNull(),
  madeBy: text('made_by').notNull(),
  approval: text('approval').notNull(),
  state: text('state').$type<TakeOverState>().notNull(),
  /** The opening entry, once posted. */
  entries: text('entries').array().notNull().default(sql`'{}'`),
  version: integer('version').notNull(),
})
