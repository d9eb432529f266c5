/**
 * What every action leaves beside its own rows: receipts, changes, jobs. Described as the migrations make them, which
 * a test compares; keys but the primary one, checks and guards are theirs alone.
 */
import { sql } from 'drizzle-orm'
import { bigint, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { digest, instant, json, whole } from './drizzle/columns.ts'

export const actionReceipts = pgTable('action_receipt', {
  keyHash: digest('key_hash').primaryKey(),
  requestHash: digest('request_hash').notNull(),
  answer: text('answer'),
  refusal: text('refusal'),
  answeredAt: instant('answered_at').notNull().default(sql`now()`),
  district: text('district'),
})

export const changes = pgTable(
  'change',
  {
    id: text('id').notNull(),
    noun: text('noun').notNull(),
    version: integer('version').notNull(),
    verb: text('verb').notNull(),
    person: text('person').notNull(),
    at: instant('at').notNull(),
    body: json('body').notNull(),
  },
  (table) => [primaryKey({ columns: [table.id, table.noun, table.version] })],
)

export const jobs = pgTable('job', {
  id: bigint('job_id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull(),
  key: text('key').notNull(),
  payload: json('payload').notNull(),
  state: text('state').notNull().default('waiting'),
  askedBy: text('asked_by').notNull(),
  askedAt: instant('asked_at').notNull().default(sql`now()`),
  notBefore: instant('not_before').notNull().default(sql`now()`),
  attempts: integer('attempts').notNull().default(0),
  setbacks: integer('setbacks').notNull().default(0),
  claim: uuid('claim'),
  claimedUntil: instant('claimed_until'),
  publishedAt: instant('published_at'),
  endedAt: instant('ended_at'),
  result: json('result'),
  error: json('error'),
})

export const jobProgress = pgTable('job_progress', {
  jobId: whole('job_id').primaryKey(),
  done: integer('done').notNull(),
  total: integer('total').notNull(),
  note: text('note').notNull(),
  at: instant('at').notNull().default(sql`now()`),
})
