/** Telling the treasury: that an instruction is going out is written down before it does, and its receipt after. */
import { assert } from '../../base/assert.ts'
import type { Act } from '../../ledger/act.ts'
import { type Instruction, lockInstruction, markSending, markSent } from './store.ts'

/** Fixes that an instruction goes out now, where that is not fixed yet; gives what is to be sent, byte for byte. */
export async function beginSending(
  { tx, at }: Act,
  reference: string,
): Promise<Pick<Instruction, 'reference' | 'content' | 'hash'>> {
  const instruction = await lockInstruction(tx, reference)
  assert(instruction, `instruction ${reference} was written with its release`)
  if (instruction.state === 'drafted') await markSending(tx, reference, at)
  const { content, hash } = instruction
  return { reference, content, hash }
}

/** Keeps the treasury's receipt and gives the one that stands: an instruction that was sent before stays as it was. */
export async function recordSent({ tx, at }: Act, reference: string, receipt: string): Promise<string> {
  const instruction = await lockInstruction(tx, reference)
  if (instruction?.state === 'sending') await markSent(tx, reference, receipt, at)
  return instruction?.receipt ?? receipt
}
