/**
 * Parallel accounting (平行记账, 政府会计制度 第一部分): what moves quota or cash in financial accounting moves 资金结存
 * in budget accounting by the same amount, for the same project and source. Money held for others and money to be
 * turned in is not the unit's budget and moves neither.
 */
import { groupBy } from '../../base/arrays.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import type { Book } from '../../ledger/book.ts'
import type { EntryDraft, LineDraft } from '../../ledger/entry.ts'
import { refuse } from '../refusals.ts'

export type Missing = {
  readonly project: string
  readonly source: string
  /** The account of 资金结存, and what moved beside it. */
  readonly budget: string
  readonly financialFen: Fen
  readonly budgetFen: Fen
}

/** Beginnings of accounts, and the sign with which their debit counts. */
type Side = readonly (readonly [prefix: string, sign: 1n | -1n])[]

const pairs: readonly { readonly budget: string; readonly financial: Side }[] = [
  { budget: '800101', financial: [['1011', 1n]] },
  { budget: '800103', financial: [['1201', 1n]] },
  {
    budget: '800102',
    financial: [
      ['1001', 1n],
      ['1002', 1n],
      ['1021', 1n],
      // Money in custody (其他应付款), less what its owners still owe; what is to be turned in.
      ['2307', 1n],
      ['121803', 1n],
      ['2103', 1n],
    ],
  },
]

/** What of an entry moves on one side only, by project and source. */
function parallelMissing(lines: readonly LineDraft[]): Missing[] {
  const places = groupBy(lines, ({ project, source }) => `${project}|${source}`)
  return [...places.values()].flatMap((of) =>
    pairs.flatMap(({ budget, financial }) => {
      const financialFen = financial.reduce((sum, [prefix, sign]) => sum + sign * movedFen(of, prefix), 0n)
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
  return lines
    .filter(({ account }) => account.startsWith(prefix))
    .reduce((sum, { side, amountFen }) => sum + (side === 'debit' ? amountFen : -amountFen), 0n)
}
