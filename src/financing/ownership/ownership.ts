/**
 * Mixed ownership (央产“双纳入”, clause 32; O-13…O-15): the common cost of a community is split by area between the classes
 * of owners, and each class is paid for through its own channel. A stream of certificates is split by its running total
 * (C3, C4), so that after the last one every class has borne exactly its share of the sum.
 */
import { assert } from '../../base/assert.ts'
import { type Fen, splitLargestRemainder, splitStream } from '../../base/money.ts'
import type { Ownership } from '../../projects/community/community.ts'

/** A class's key to the split, and the one source its part is paid from. `party`: the unit that answers for it. */
export type OwnershipKey = {
  readonly ownership: Ownership
  readonly areaDm2: bigint
  readonly source: string
  readonly party?: string | undefined
}

export type ClassAmount = { readonly ownership: Ownership; readonly amountFen: Fen }

/** One amount by area. */
export function splitByOwnership(totalFen: Fen, keys: readonly OwnershipKey[]): ClassAmount[] {
  const parts = splitLargestRemainder(totalFen, areasOf(keys))
  return keys.map(({ ownership }, index) => ({ ownership, amountFen: parts[index] ?? 0n }))
}

/** The part of each class in the next certificate, after those before it under the same keys, in order. */
export function nextSplit(before: readonly Fen[], amountFen: Fen, keys: readonly OwnershipKey[]): ClassAmount[] {
  const row = splitStream([...before, amountFen], areasOf(keys)).at(-1)
  assert(row, 'a split a certificate')
  return keys.map(({ ownership }, index) => ({ ownership, amountFen: row[index] ?? 0n }))
}

const areasOf = (keys: readonly OwnershipKey[]): bigint[] => keys.map(({ areaDm2 }) => areaDm2)

/** What a channel holds in the project's book, apart by how it is paid out. */
export type ChannelMoney = {
  /** 零余额账户用款额度, in both accountings. */
  readonly quotaFen: Fen
  /** Cash that is budget income already. */
  readonly cashFen: Fen
  /** Cash in custody: it becomes income when it is spent (J14). */
  readonly custodyFen: Fen
}

/**
 * How a payment draws on the channel: quota first, then cash, then custody; what it cannot pay is due from the unit.
 */
export type ChannelPayment = ChannelMoney & { readonly paidFen: Fen; readonly shortFen: Fen }

export function payFromChannel(dueFen: Fen, held: ChannelMoney): ChannelPayment {
  let left = dueFen
  const draw = (available: Fen): Fen => {
    const taken = available <= 0n ? 0n : available < left ? available : left
    left -= taken
    return taken
  }
  const [quotaFen, cashFen, custodyFen] = [draw(held.quotaFen), draw(held.cashFen), draw(held.custodyFen)]
  return { quotaFen, cashFen, custodyFen, paidFen: dueFen - left, shortFen: left }
}
