/**
 * A voucher (记账凭证): what a person asks the books to take, or to take back. Books follow checked vouchers (会计法
 * 第十四条): one makes it, others check and approve it, and the last of them posts it.
 */
import { type Fen, sumFen } from '../../base/money.ts'
import { numbered } from '../../form/numbered.ts'
import type { LineDraft } from '../../ledger/entry.ts'

export type VoucherKind = 'entry' | 'reversal'
export type VoucherState = 'proposed' | 'posted' | 'ended'

export const voucherKindNamesZh: Record<VoucherKind, string> = { entry: '记账', reversal: '冲销' }
export const voucherStateNamesZh: Record<VoucherState, string> = {
  proposed: '待复核审批',
  posted: '已记账',
  ended: '已退回或撤回',
}

export const voucherNames = numbered('V')

type Basis = 'financial' | 'budget' | 'control'

/**
 * How much a voucher moves, which says how many approve it: the debits of financial accounting, or of the basis it
 * touches where it touches no other.
 */
export function amountOf(lines: readonly (Pick<LineDraft, 'side' | 'amountFen'> & { readonly basis: Basis })[]): Fen {
  const debits = (basis: Basis) =>
    sumFen(lines.filter((line) => line.side === 'debit' && line.basis === basis).map(({ amountFen }) => abs(amountFen)))
  return debits('financial') || debits('budget') || debits('control')
}

const abs = (fen: Fen): Fen => (fen < 0n ? -fen : fen)
