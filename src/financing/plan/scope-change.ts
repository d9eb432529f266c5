/**
 * Works that a household refuses, or that cannot be done (clause 22; O-49): with its signed waiver and a design change
 * the scope shrinks, and every share with it. The household's own share of what is left out falls away; what remains of
 * the reduction comes off the other sources of the line, in proportion to what they pay.
 */
import { type Fen, divideHalfUp, splitLargestRemainder, sumFen } from '../../base/money.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { dwellingKey, type Plan, type PlanLine, type PlanShare } from './plan.ts'
import { seed } from './rules.ts'
import { refuse } from '../refusals.ts'

/** So many of a line's counted things are left out, at one dwelling. */
export type Waiver = { readonly dwelling: DwellingName; readonly quantity: number }

export type ScopeChange = {
  readonly plan: Plan
  /** What the line costs less. */
  readonly reducedFen: Fen
  /** What each source, other than owners' own shares, gives less. */
  readonly bySource: readonly { source: string; indicator: string | undefined; amountFen: Fen }[]
  /** What each dwelling owes less. */
  readonly byDwelling: readonly { dwelling: DwellingName; source: string; amountFen: Fen }[]
}

/** The plan without what was waived. The line counts its things, and no dwelling waives more of them than it has. */
export function changedScope(plan: Plan, lineName: string, waivers: readonly Waiver[]): ScopeChange {
  const line = plan.lines.find((candidate) => candidate.line === lineName)
  if (!line) throw refuse('plan_share_unplaced', { line: lineName })
  const { quantity, unitFen } = line
  if (quantity === undefined || unitFen === undefined) throw refuse('scope_line_not_counted', { line: lineName })
  const waived = waivers.reduce((sum, { quantity: one }) => sum + one, 0)
  const reducedFen = BigInt(waived) * unitFen
  const owners = ownersLess(plan, line, waivers)
  const others = othersLess(plan, line, reducedFen - sumFen(owners.values()))
  const less = new Map([...owners, ...others])
  return {
    plan: {
      lines: plan.lines.map((each) =>
        each === line ? { ...line, quantity: quantity - waived, amountFen: line.amountFen - reducedFen } : each,
      ),
      shares: plan.shares.flatMap((share) => without(share, less, waivers)),
    },
    reducedFen,
    bySource: [...others].map(([{ source, indicator }, amountFen]) => ({ source, indicator, amountFen })),
    byDwelling: [...owners].flatMap(([{ dwelling, source }, amountFen]) =>
      dwelling ? [{ dwelling, source, amountFen }] : [],
    ),
  }
}

/** Each waiving household's own share, by the part of its things that is left out. */
function ownersLess({ shares }: Plan, { line }: PlanLine, waivers: readonly Waiver[]): Map<PlanShare, Fen> {
  const less = new Map<PlanShare, Fen>()
  for (const { dwelling, quantity } of waivers) {
    const name = dwellingKey(dwelling)
    const own = shares.filter((share) => share.line === line && share.dwelling && dwellingKey(share.dwelling) === name)
    const has = own[0]?.quantity ?? own.length
    if (own.length === 0 || quantity > has) {
      throw refuse('scope_reduction_too_large', { line, dwelling: name, waived: quantity, has }, seed('（二十二）'))
    }
    for (const share of own) less.set(share, divideHalfUp(share.amountFen * BigInt(quantity), BigInt(has)))
  }
  return less
}

function othersLess({ shares }: Plan, { line }: PlanLine, restFen: Fen): Map<PlanShare, Fen> {
  const others = shares.filter((share) => share.line === line && !share.dwelling && share.amountFen > 0n)
  const available = sumFen(others.map(({ amountFen }) => amountFen))
  if (restFen < 0n || restFen > available) throw refuse('scope_shares_do_not_fit', { line, rest: restFen, available })
  if (restFen === 0n) return new Map()
  const parts = splitLargestRemainder(
    restFen,
    others.map(({ amountFen }) => amountFen),
  )
  return new Map(others.map((share, index) => [share, parts[index] ?? 0n]))
}

function without(share: PlanShare, less: ReadonlyMap<PlanShare, Fen>, waivers: readonly Waiver[]): PlanShare[] {
  const amountFen = share.amountFen - (less.get(share) ?? 0n)
  if (amountFen === 0n) return []
  if (!less.has(share) || !share.dwelling || share.quantity === undefined) return [{ ...share, amountFen }]
  const name = dwellingKey(share.dwelling)
  const waived = waivers.find(({ dwelling }) => dwellingKey(dwelling) === name)?.quantity ?? 0
  return [{ ...share, quantity: share.quantity - waived, amountFen }]
}
