/**
 * What shares of projects are held to (clauses 5, 10, 23; O-09, O-12): no project gets more than it may be given. What
 * is over goes on to the projects that may still be given something, in proportion to what the formula gave each; of
 * those some may then be full, and what is over goes on again. All at once: in the order in which projects become full.
 */
import * as z from 'zod'
import { type Fen, formatFen, splitLargestRemainder, sumFen } from '../base/money.ts'
import type { Indicator } from '../budget/indicator/indicator.ts'
import { limitedBy, type ProjectLimit, shownLimit } from '../budget/limit/limit.ts'
import type { Limit } from '../noun/limit.ts'
import type { Law } from '../policy/parameters.ts'
import type { Steps } from './formula.ts'
import { refuseAllocation as refuse } from './refusals.ts'

/** What each recipient may be given at most, by code; a recipient that is not among them is held to nothing. */
export type Limits = ReadonlyMap<string, ProjectLimit>

/**
 * The amounts with what is over gone on to the rest, in whole units; none above its most. Undefined where the rest
 * cannot take it. `most` is null where nothing holds a share back.
 */
export function heldTo(
  amounts: readonly Fen[],
  most: readonly (Fen | null)[],
  unitFen: Fen,
): { readonly amounts: Fen[]; readonly overFen: Fen } | undefined {
  const units = amounts.map((amountFen) => amountFen / unitFen)
  const caps = most.map((mostFen) => (mostFen === null ? null : mostFen / unitFen))
  const held = units.map((amount, index) => least(amount, caps[index] ?? null))
  const over = sumFen(units) - sumFen(held)
  if (over === 0n) return { amounts: [...amounts], overFen: 0n }
  // Who takes more: in proportion to the formula's amount, and those that become full first come first.
  const takers = units
    .map((weight, index) => ({ index, weight, cap: caps[index] ?? null }))
    .filter(({ weight, cap, index }) => weight > 0n && (cap === null || cap > (held[index] ?? 0n)))
    .toSorted(fullFirst)
  let [left, weights] = [over, sumFen(takers.map(({ weight }) => weight))]
  let place = 0
  for (const { index, weight, cap } of takers) {
    const room = cap === null ? null : cap - (held[index] ?? 0n)
    if (room === null || room * weights > left * weight) break
    held[index] = cap ?? 0n
    left -= room
    weights -= weight
    place += 1
  }
  if (left > 0n) {
    const rest = takers.slice(place).toSorted((a, b) => a.index - b.index)
    if (rest.length === 0) return undefined
    const parts = splitLargestRemainder(
      left,
      rest.map(({ weight }) => weight),
    )
    for (const [position, { index }] of rest.entries()) held[index] = (held[index] ?? 0n) + (parts[position] ?? 0n)
  }
  return { amounts: held.map((amount) => amount * unitFen), overFen: over * unitFen }
}

type Taker = { readonly index: number; readonly weight: Fen; readonly cap: Fen | null }

/** By how far the most lies above the formula's amount, in proportion; nothing that has no most becomes full. */
function fullFirst(a: Taker, b: Taker): number {
  if (a.cap === null || b.cap === null) return a.cap === b.cap ? a.index - b.index : a.cap === null ? 1 : -1
  const [left, right] = [a.cap * b.weight, b.cap * a.weight]
  return left === right ? a.index - b.index : left < right ? -1 : 1
}

const least = (amount: Fen, cap: Fen | null): Fen => (cap !== null && cap < amount ? cap : amount)

/** A share with its amount and its steps, as the formula gave them. */
type Given = { readonly recipient: string; readonly amountFen: Fen; readonly steps: Steps }

/**
 * Shares held to what their recipients may be given, each with the step that says so. Refuses `total_exceeds_projects`
 * where all of them together may not be given the total.
 */
export function withinLimits<S extends Given>(
  shares: readonly S[],
  limits: Limits | undefined,
  unitFen: Fen,
): { readonly shares: readonly S[]; readonly basis: Steps } {
  if (!limits) return { shares, basis: {} }
  const amounts = shares.map(({ amountFen }) => amountFen)
  const most = shares.map(({ recipient }) => limits.get(recipient)?.mostFen ?? null)
  const held = heldTo(amounts, most, unitFen)
  if (!held) {
    const mostFen = sumFen(
      shares.map(({ amountFen }, index) => (amountFen > 0n ? wholeUnits(most[index], unitFen) : 0n)),
    )
    throw refuse('total_exceeds_projects', { totalFen: sumFen(amounts), mostFen, projects: shares.length })
  }
  return {
    shares: shares.map((share, index) => {
      const amountFen = held.amounts[index] ?? 0n
      return { ...share, amountFen, steps: { ...share.steps, ...limitSteps(share, amountFen, limits) } }
    }),
    basis: held.overFen === 0n ? {} : { over: formatFen(held.overFen) },
  }
}

const wholeUnits = (mostFen: Fen | null | undefined, unitFen: Fen): Fen => ((mostFen ?? 0n) / unitFen) * unitFen

function limitSteps({ recipient, amountFen: givenFen }: Given, amountFen: Fen, limits: Limits): Steps {
  const limit = limits.get(recipient)
  if (!limit) return {}
  const moved = amountFen - givenFen
  return {
    limit: {
      ...limitFigures(limit),
      ...(moved < 0n && { over: formatFen(-moved) }),
      ...(moved > 0n && { added: formatFen(moved) }),
    },
  }
}

/** What a limit was worked out from, in figures. */
export const limitFigures = (limit: ProjectLimit): Steps => ({
  registered: formatFen(limit.registeredFen),
  eligible: formatFen(limit.eligibleFen),
  assigned: formatFen(limit.assignedFen),
  own: formatFen(limit.ownFen),
  ...(limit.plannedFen !== undefined && { planned: formatFen(limit.plannedFen) }),
  by: limit.by,
  most: formatFen(limit.mostFen),
})

// --- As whoever approves is shown them ------------------------------------------------------------------------------

const keptUse = z.looseObject({ parameter: z.string(), value: z.unknown(), from: z.string(), clause: z.string() })
const keptLimit = z.looseObject({ by: z.enum(limitedBy), most: z.string() })
const kept = z.looseObject({
  uses: z.array(keptUse),
  shares: z.array(
    z.looseObject({
      recipient: z.string(),
      amount: z.string(),
      steps: z.looseObject({ limit: z.exactOptional(keptLimit) }),
    }),
  ),
})

/**
 * The values a version was computed with, and for each project what it may be given at most beside what it is given:
 * of the indicator's source, by the law of the version's day.
 */
export function allocationLimits(content: unknown, { source }: Pick<Indicator, 'source'>, law: Law): Limit[] {
  const read = kept.safeParse(content)
  if (!read.success) return []
  const { uses, shares } = read.data
  const projects = shares.flatMap(({ recipient: project, amount: given, steps: { limit } }) =>
    limit ? [shownLimit({ ...limit, project, source, given }, law)] : [],
  )
  return [...uses.map(({ parameter, value, from, clause }) => ({ parameter, value, from, clause })), ...projects]
}
