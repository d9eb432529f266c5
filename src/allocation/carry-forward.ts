/**
 * How long a budget indicator lasts (预算法 第四十二条; O-68): what is unused at the end of its year is carried into the next,
 * and what is then still unused has been so at two consecutive year-ends and goes back as surplus.
 */
import { type Fen, sumFen } from '../base/money.ts'
import { clauseOf, type Law } from '../policy/parameters.ts'
import { refuse } from './refusals.ts'

export type IndicatorUse = { year: number; indicator: Fen; spent: readonly { year: number; amount: Fen }[] }
export type IndicatorYear = { year: number; opening: Fen; spent: Fen; closing: Fen }
export type CarryForward = { years: IndicatorYear[]; lapsed: { year: number; amount: Fen } }

/** The open years of one indicator and what lapses, in fen. Refuses `indicator_not_open`, `exceeds_indicator`. */
export function carryForward({ year, indicator, spent }: IndicatorUse, law: Law): CarryForward {
  const open = Array.from({ length: law.take('indicator_open_years') }, (_, index) => year + index)
  const clause = clauseOf(law, 'indicator_open_years')
  const last = open.at(-1) ?? year
  const outside = spent.find((entry) => !open.includes(entry.year))
  if (outside) throw refuse('indicator_not_open', { year: outside.year, first: year, last }, clause)
  let opening = indicator
  const years = open.map((openYear) => {
    const row = spendIn(openYear, opening, spent, clause)
    opening = row.closing
    return row
  })
  return { years, lapsed: { year: last, amount: opening } }
}

function spendIn(
  year: number,
  opening: Fen,
  entries: IndicatorUse['spent'],
  clause: string | undefined,
): IndicatorYear {
  const spent = sumFen(entries.filter((entry) => entry.year === year).map((entry) => entry.amount))
  if (spent > opening) throw refuse('exceeds_indicator', { year, opening, spent }, clause)
  return { year, opening, spent, closing: opening - spent }
}
