/**
 * Tokens. Described as the migrations make them, which a test compares;
 * keys but the primary one, checks and guards are theirs alone.
 */
import { pgTable, text } from 'drizzle-orm/pg-core'
import { digest, instant } from '../base/drizzle/columns.ts'

export const tokens = pgTable('token', {
  tokenHash: digest('token_hash').primaryKey(),
  person: text('person').notNull(),
  role: text('role').notNull(),
  district: text('district'),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
})
