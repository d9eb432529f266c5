/**
 * Persons, their duties, their tokens, and the record of all that. Described as the migrations make them, which a test
 * compares; keys but the primary one, checks and guards are theirs alone.
 */
import { sql } from 'drizzle-orm'
import { bigint, boolean, pgTable, smallint, text } from 'drizzle-orm/pg-core'
import { digest, instant, whole } from '../base/drizzle/columns.ts'
import type { Role } from './actor.ts'

export const persons = pgTable('person', {
  id: text('id').primaryKey(),
  /** Under which he signs: what books and approvals keep. */
  name: text('name').notNull(),
  twin: smallint('twin').notNull().default(0),
  folded: text('folded').notNull().generatedAlwaysAs(sql`yiben.folded(name)`),
  skeleton: text('skeleton').notNull().generatedAlwaysAs(sql`yiben.skeleton(name)`),
  madeAt: instant('made_at').notNull(),
  madeBy: text('made_by').notNull(),
})

export const duties = pgTable('duty', {
  id: bigint('duty_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  person: text('person').notNull(),
  role: text('role').$type<Role>().notNull(),
  district: text('district'),
  givenAt: instant('given_at').notNull(),
  givenBy: text('given_by').notNull(),
  endedAt: instant('ended_at'),
  endedBy: text('ended_by'),
})

export const tokens = pgTable('token', {
  tokenHash: digest('token_hash').primaryKey(),
  person: text('person').notNull(),
  role: text('role').notNull(),
  district: text('district'),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
  id: bigint('token_id', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
  issuedBy: text('issued_by'),
  revokedBy: text('revoked_by'),
})

export type AccessEventKind =
  | 'person_made'
  | 'duty_given'
  | 'duty_ended'
  | 'token_issued'
  | 'token_revoked'
  | 'signed_in'
  | 'signed_out'
  | 'stepped_up'
  | 'invited'
  | 'invitation_used'
  | 'credential_set'
  | 'sign_in_failed'
  | 'sign_in_disabled'

export const accessEvents = pgTable('access_event', {
  id: bigint('event_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  kind: text('kind').$type<AccessEventKind>().notNull(),
  person: text('person').notNull(),
  role: text('role'),
  district: text('district'),
  tokenId: whole('token_id'),
  doneBy: text('done_by').notNull(),
  at: instant('at').notNull(),
})

export const sessions = pgTable('session', {
  sessionHash: digest('session_hash').primaryKey(),
  id: bigint('session_id', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
  person: text('person').notNull(),
  role: text('role').notNull(),
  district: text('district'),
  trial: boolean('trial').notNull(),
  beganAt: instant('began_at').notNull(),
  endsAt: instant('ends_at').notNull(),
  seenAt: instant('seen_at').notNull(),
  steppedAt: instant('stepped_at'),
  endedAt: instant('ended_at'),
  endedBy: text('ended_by'),
})

export const credentials = pgTable('credential', {
  person: text('person').primaryKey(),
  /** Argon2id, as its own text: parameters, salt, hash. */
  password: text('password').notNull(),
  totpSecret: digest('totp_secret').notNull(),
  totpStep: whole('totp_step').notNull(),
  setAt: instant('set_at').notNull(),
  disabledAt: instant('disabled_at'),
  disabledBy: text('disabled_by'),
})

export const invitations = pgTable('invitation', {
  invitationHash: digest('invitation_hash').primaryKey(),
  person: text('person'),
  madeAt: instant('made_at').notNull(),
  madeBy: text('made_by').notNull(),
  endsAt: instant('ends_at').notNull(),
  usedAt: instant('used_at'),
  ticketHash: digest('ticket_hash'),
  totpSecret: digest('totp_secret'),
  endedAt: instant('ended_at'),
})
