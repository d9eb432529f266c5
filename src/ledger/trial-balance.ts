/** Trial balances: every subject by a moment, and, of a period, what stood before it and what moved in it. */
import { addDays, type Day } from '../base/calendar.ts'
import type { Database } from '../base/db.ts'
import { type Fen, sumFen } from '../base/money.ts'
import { type Balance, balanceOf, type Moment, sumsBySubject } from './balance.ts'
import type { Book } from './book.ts'
import { type Basis, bases, type Side } from './chart.ts'

export type TrialRow = Balance & {
  readonly account: string
  readonly name: string
  readonly basis: Basis
  /** Where a first day was given: what there was before it (期初), and what has moved since (本期). */
  readonly opening?: Balance
  readonly turnover?: Turnover
}

export type Turnover = { readonly debitFen: Fen; readonly creditFen: Fen }

export type TrialBalance = {
  readonly rows: readonly TrialRow[]
  /** By basis: turnover and balances, each side. Debits equal credits in both. */
  readonly totals: readonly TrialTotal[]
}

export type TrialTotal = {
  readonly basis: Basis
  readonly debitFen: Fen
  readonly creditFen: Fen
  readonly debitBalanceFen: Fen
  readonly creditBalanceFen: Fen
  readonly opening?: Turnover
  readonly turnover?: Turnover
}

type TrialQuestion = Moment & {
  readonly basis?: Basis | undefined
  /** First day of the period (本期): with its opening and its turnover. */
  readonly from?: Day | undefined
}

/** Every posted subject with its turnover and balance, in the order of the chart's codes. */
export async function readTrialBalance(
  { sql }: Database,
  book: Book,
  { asOf, knownAt, basis, from }: TrialQuestion,
): Promise<TrialBalance> {
  const [found, before] = await Promise.all([
    sumsBySubject(sql, book, { asOf, knownAt }),
    from === undefined ? [] : sumsBySubject(sql, book, { asOf: addDays(from, -1), knownAt }),
  ])
  const openings = new Map(before.map(({ subject, ...sums }) => [subject, sums]))
  const rows = found.flatMap(({ subject: code, ...sums }): TrialRow[] => {
    const subject = book.chart.subjects.get(code)
    if (!subject || (basis !== undefined && subject.basis !== basis)) return []
    // What was taken back by red figures has turned over nothing, and yet moved since it stood at the opening.
    const earlier = openings.get(code) ?? { debit_fen: 0n, credit_fen: 0n }
    if ([sums, earlier].every(({ debit_fen, credit_fen }) => debit_fen === 0n && credit_fen === 0n)) return []
    const { name, side } = subject
    const row = { account: code, name, basis: subject.basis, ...balanceOf(sums, side) }
    if (from === undefined) return [row]
    const opening = balanceOf(earlier, side)
    const turnover = { debitFen: row.debitFen - opening.debitFen, creditFen: row.creditFen - opening.creditFen }
    return [{ ...row, opening, turnover }]
  })
  return { rows, totals: bases.flatMap((of) => totalOf(rows, of)) }
}

function totalOf(rows: readonly TrialRow[], basis: Basis): TrialTotal[] {
  const own = rows.filter((row) => row.basis === basis)
  if (own.length === 0) return []
  const openings = own.flatMap(({ opening }) => opening ?? [])
  const turnovers = own.flatMap(({ turnover }) => turnover ?? [])
  const closing = sidesOf(own)
  return [
    {
      basis,
      ...summed(own),
      debitBalanceFen: closing.debitFen,
      creditBalanceFen: closing.creditFen,
      ...(openings.length > 0 && { opening: sidesOf(openings), turnover: summed(turnovers) }),
    },
  ]
}

const summed = (all: readonly Turnover[]): Turnover => ({
  debitFen: sumFen(all.map(({ debitFen }) => debitFen)),
  creditFen: sumFen(all.map(({ creditFen }) => creditFen)),
})

/** The balances of each side. */
function sidesOf(all: readonly Balance[]): Turnover {
  const onSide = (of: Side) => sumFen(all.filter(({ side }) => side === of).map(({ balanceFen }) => balanceFen))
  return { debitFen: onSide('debit'), creditFen: onSide('credit') }
}
