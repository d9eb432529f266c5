/** The SQL of instructions to the treasury. */
import { hash } from 'node:crypto'
import { asc, eq, inArray, or, sql } from 'drizzle-orm'
import type { Instant } from '../../base/calendar.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { changed, matching, prepared, written } from '../../base/drizzle/queries.ts'
import { claimSettlements, clawbacks, treasuryInstructions as table } from '../tables.ts'

export type InstructionState = 'drafted' | 'sending' | 'sent'

type InstructionRow = typeof table.$inferSelect

/** `content` is what is sent, byte for byte; `hash` its SHA-256 in hex. */
export type Instruction = Omit<InstructionRow, 'contentHash'> & { readonly hash: string }

const instructionOf = ({ contentHash, ...row }: InstructionRow): Instruction => ({
  ...row,
  hash: contentHash.toString('hex'),
})

export type NewInstruction = Pick<InstructionRow, 'reference' | 'amountFen' | 'content'> &
  ({ readonly releaseId: bigint } | { readonly clawbackId: bigint } | { readonly settlementId: bigint })

const inserting = prepared((on, given) => on.insert(table).values(written(table, given)))

export async function insertInstruction(tx: Tx, given: NewInstruction, at: Instant): Promise<void> {
  await inserting(tx, { ...given, contentHash: hash('sha256', given.content, 'buffer'), draftedAt: at })
}

const locking = prepared((on, given) => on.select().from(table).where(matching(table, given)).for('update'))

export async function lockInstruction(tx: Tx, reference: string): Promise<Instruction | undefined> {
  const [row] = await locking(tx, { reference })
  return row && instructionOf(row)
}

const reading = prepared((on) => {
  const ofRelease = sql.placeholder('releaseId')
  const its = on.select({ id: clawbacks.id }).from(clawbacks).where(eq(clawbacks.releaseId, ofRelease))
  const theirs = on
    .select({ id: claimSettlements.id })
    .from(claimSettlements)
    .innerJoin(clawbacks, eq(clawbacks.id, claimSettlements.clawbackId))
    .where(eq(clawbacks.releaseId, ofRelease))
  return on
    .select()
    .from(table)
    .where(or(eq(table.releaseId, ofRelease), inArray(table.clawbackId, its), inArray(table.settlementId, theirs)))
    .orderBy(asc(table.draftedAt), asc(table.reference))
})

/** Of a release, of its claw-backs and of what settles them, oldest first. */
export const readInstructions = async (reader: Reader, releaseId: bigint): Promise<Instruction[]> =>
  (await reading(reader, { releaseId })).map(instructionOf)

const updating = prepared((on, given) =>
  on
    .update(table)
    .set(changed(table, given))
    .where(eq(table.reference, sql.placeholder('reference'))),
)

/** Fixes that it is going out now. */
export async function markSending(tx: Tx, reference: string, at: Instant): Promise<void> {
  await updating(tx, { reference, state: 'sending', sendingAt: at })
}

export async function markSent(tx: Tx, reference: string, receipt: string, at: Instant): Promise<void> {
  await updating(tx, { reference, state: 'sent', receipt, sentAt: at })
}
