/** Which flows of money a picture draws: what is too small to see is joined, and nothing is left out of the sums. */
import { fenOf, formatFen } from '../money.ts'

export type Flow = { readonly from: string; readonly to: string; readonly amount: string; readonly href: string }

/** Where joined flows come from: 其他. */
export const others = '*'
// Below 0.3 % of all a band is no wider than a line; the table has each.
const smallest = 3n

const sumOf = (flows: readonly Flow[]): bigint => flows.reduce((sum, { amount }) => sum + fenOf(amount), 0n)

/** The flows to draw: those that are seen, and for each place the small ones into it as one. */
export function drawn(flows: readonly Flow[]): Flow[] {
  const some = flows.filter(({ amount }) => fenOf(amount) > 0n)
  const all = sumOf(some)
  const isSmall = ({ amount }: Flow): boolean => fenOf(amount) * 1000n < all * smallest
  const small = some.filter(isSmall)
  const joined = [...new Set(small.map(({ to }) => to))].map((to) => {
    const into = small.filter((flow) => flow.to === to)
    return { from: others, to, amount: formatFen(sumOf(into)), href: into[0]?.href ?? '' }
  })
  return [...some.filter((flow) => !isSmall(flow)), ...joined]
}
