/**
 * Parallel accounting (平行记账, 政府会计制度 第一部分): what moves quota or cash in financial accounting moves 资金结存
 * in budget accounting by the same amount, for the same project and source. Money held for others and money to be
 * turned in is not the unit's budget and moves neither.
 */
import { groupBy } from '../../base/arrays.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import type { Book } from '../../ledger/book.ts'
import { debitFen, type EntryDraft, type LineDraft } from '../../ledger/entry.ts'
import { refuse } from '../refusals.ts'

export type Missing = {
  readonly project: string
  readonly source: string
  /** The account of 资金结存, and what moved beside it. */
  readonly budget: string
  readonly financialFen: Fen
  readonly budgetFen: Fen
}

/**
 * An account of 资金结存, and beginnings of the accounts of financial accounting whose debits less credits are the same.
 */
export type ParallelPair = { readonly budget: string; readonly financial: readonly string[] }

export const parallelPairs = {
  quota: { budget: '800101', financial: ['1011'] },
  returnable: { budget: '800103', financial: ['1201'] },
  // Cash, less money in custody (其他应付款) but for what its owners still owe, less what is to be turned in.
  cash: { budget: '800102', financial: ['1001', '1002', '1021', '2307', '121803', '2103'] },
} as const satisfies Readonly<Record<string, ParallelPair>>

/** What of an entry moves on one side only, by project and source. */
function parallelMissing(lines: readonly LineDraft[]): Missing[] {
  const places = groupBy(lines, ({ project, source }) => `${project}|${source}`)
  return [...places.values()].flatMap((of) =>
    Object.values(parallelPairs).flatMap(({ budget, financial }) => {
      const financialFen = sumFen(financial.map((prefix) => movedFen(of, prefix)))
      const budgetFen = movedFen(of, budget)
      const [{ project = '', source = '' } = {}] = of
      return financialFen === budgetFen ? [] : [{ project, source, budget, financialFen, budgetFen }]
    }),
  )
}

/** Refuses `parallel_entry_missing` where lines of a government book move one side only. */
export function requireParallel({ lines }: Pick<EntryDraft, 'lines'>, { chart }: Pick<Book, 'chart'>): void {
  if (chart.standard !== 'government') return
  const [missing] = parallelMissing(lines)
  if (!missing) return
  const { project, source, budget: account, financialFen, budgetFen } = missing
  const of = { financial: formatFen(financialFen), budget: formatFen(budgetFen), account }
  throw refuse('parallel_entry_missing', { project, source, ...of })
}

function movedFen(lines: readonly LineDraft[], prefix: string): Fen {
  return sumFen(lines.filter(({ account }) => account.startsWith(prefix)).map(debitFen))
}
