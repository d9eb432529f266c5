/**
 * A commitment (承诺): one source's claim on the cost of one item of one project (基金 × 项目 × 内容). Two things limit it:
 * what the source has left, which the ledger's guarded account decides, and what the item costs, of which no fen is
 * paid for twice (O-09).
 */
import type { Fen } from '../../base/money.ts'
import { numbered } from '../../form/numbered.ts'

export type CommitmentState = 'made' | 'released' | 'paid'

export const commitmentStateNamesZh: Record<CommitmentState, string> = {
  made: '已承诺',
  released: '已撤销',
  paid: '已支付',
}

export const commitmentNames = numbered('C')

type Amounts = { readonly amountFen: Fen; readonly releasedFen: Fen; readonly paidFen: Fen }

/** What of it is neither paid nor released. */
export const openFen = ({ amountFen, releasedFen, paidFen }: Amounts): Fen => amountFen - releasedFen - paidFen

/** Where it stands with these amounts: nothing open and nothing paid is released. */
export function commitmentState(amounts: Amounts): CommitmentState {
  if (openFen(amounts) > 0n) return 'made'
  return amounts.paidFen > 0n ? 'paid' : 'released'
}

export type ItemClaim = { readonly costFen: Fen; readonly claimedFen: Fen }

/** How much of an item's cost is nobody's yet. */
export const unclaimedFen = ({ costFen, claimedFen }: ItemClaim): Fen => costFen - claimedFen
