/** The SQL of instructions to the treasury. */
import { hash } from 'node:crypto'
import { formatInstant, type Instant, instantText } from '../../base/calendar.ts'
import { instantAs, type Reader, rowsOf, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'

export type InstructionState = 'drafted' | 'sending' | 'sent'
export type Instruction = {
  readonly reference: string
  readonly releaseId: bigint | null
  readonly clawbackId: bigint | null
  readonly amountFen: Fen
  /** What is sent, byte for byte. */
  readonly content: string
  readonly hash: string
  readonly state: InstructionState
  readonly receipt: string | null
  readonly sentAt: string | null
}

type InstructionRow = {
  reference: string
  release_id: bigint | null
  clawback_id: bigint | null
  amount_fen: bigint
  content: string
  hash: string
  state: InstructionState
  receipt: string | null
  sent_at: Instant | null
}

const instructionColumns = `reference, release_id, clawback_id, amount_fen, content, encode(content_hash, 'hex') as hash, state, receipt,
  ${instantAs('sent_at')}`

const instructionOf = (row: InstructionRow): Instruction => ({
  reference: row.reference,
  releaseId: row.release_id,
  clawbackId: row.clawback_id,
  amountFen: row.amount_fen,
  content: row.content,
  hash: row.hash,
  state: row.state,
  receipt: row.receipt,
  sentAt: row.sent_at === null ? null : formatInstant(row.sent_at),
})

export type NewInstruction = {
  readonly reference: string
  readonly releaseId?: bigint
  readonly clawbackId?: bigint
  readonly amountFen: Fen
  readonly content: string
}

export async function insertInstruction(tx: Tx, given: NewInstruction, at: Instant): Promise<void> {
  await tx.query(
    `insert into treasury_instruction (reference, release_id, clawback_id, amount_fen, content, content_hash, drafted_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      given.reference,
      given.releaseId?.toString() ?? null,
      given.clawbackId?.toString() ?? null,
      given.amountFen.toString(),
      given.content,
      hash('sha256', given.content, 'buffer'),
      instantText(at),
    ],
  )
}

export async function lockInstruction(tx: Tx, reference: string): Promise<Instruction | undefined> {
  const [row] = await tx.query<InstructionRow>(
    `select ${instructionColumns} from treasury_instruction where reference = $1 for update`,
    [reference],
  )
  return row && instructionOf(row)
}

export async function readInstructions(reader: Reader, releaseId: bigint): Promise<Instruction[]> {
  const rows = await rowsOf<InstructionRow>(
    reader,
    `select ${instructionColumns} from treasury_instruction
     where release_id = $1 or clawback_id in (select clawback_id from clawback where release_id = $1) order by drafted_at, reference`,
    [releaseId.toString()],
  )
  return rows.map(instructionOf)
}

/** Fixes that it is going out now. */
export async function markSending(tx: Tx, reference: string, at: Instant): Promise<void> {
  await tx.query(`update treasury_instruction set state = 'sending', sending_at = $2 where reference = $1`, [
    reference,
    instantText(at),
  ])
}

export async function markSent(tx: Tx, reference: string, receipt: string, at: Instant): Promise<void> {
  await tx.query(`update treasury_instruction set state = 'sent', receipt = $2, sent_at = $3 where reference = $1`, [
    reference,
    receipt,
    instantText(at),
  ])
}
