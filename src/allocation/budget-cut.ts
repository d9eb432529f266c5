/**
 * Claims above the budget are all cut in the same proportion (O-34). What stays unpaid is shown, and rolls over to
 * nobody by itself.
 */
import { type Fen, splitLargestRemainder, sumFen } from '../base/money.ts'

export type Claims = { claims: readonly { id: string; amount: Fen }[]; budget: Fen }
export type BudgetCut = { paid: { id: string; amount: Fen }[]; unpaid: Fen }

/** All claims in full where they fit, else the budget split by claim, in fen. */
export function budgetCut({ claims, budget }: Claims): BudgetCut {
  const amounts = claims.map((claim) => claim.amount)
  const claimed = sumFen(amounts)
  const paid = claimed <= budget ? amounts : splitLargestRemainder(budget, amounts)
  return {
    paid: claims.map(({ id }, index) => ({ id, amount: paid[index] ?? 0n })),
    unpaid: claimed - sumFen(paid),
  }
}
