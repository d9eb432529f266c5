/**
 * What a funding plan must be before it is kept, and before it is submitted (clauses 5, 10, 16, 32; O-09, O-11, O-12,
 * O-15). A draft may still have a gap: that is what drafts are for. It may never claim a line twice, or let a source
 * pay what it may not.
 */
import { type Fen, formatFen } from '../../base/money.ts'
import { listedCodes, type Text } from '../../base/refusal.ts'
import { bound, figure, type Limit, limitBy } from '../../noun/limit.ts'
import { itemClasses, itemClassNames, itemOf } from '../../policy/catalogue.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { kindsExcluded } from '../../policy/eligibility.ts'
import { clauseOf, type Law, type ParameterName } from '../../policy/parameters.ts'
import { type FundSource, fundSourceOf } from '../../policy/sources.ts'
import { type Ownership, ownershipNamesZh } from '../../projects/community/community.ts'
import { bySource, gapOf, openLines, type Plan, type PlanLine, plannedOf, type PlanShare, totalOf } from './plan.ts'
import { refuse } from '../refusals.ts'

export const seed = (article: string): string => clauseText(clause('beijing-2022-28', `第${article}条`))

/** Refuses what no version may be, in the order of the catalogue. */
export function requirePlan(plan: Plan, law: Law): void {
  const lines = requireLines(plan.lines, law)
  const placed = plan.shares.map((share) => ({ share, line: requireLine(lines, share), source: sourceOf(share) }))
  for (const { line, source, share } of placed) requireEligible(line, source, share, law)
  requireNoOverlap(plan)
}

/** Refuses what may be drafted and not submitted: a gap (O-11). */
export function requireClosed(project: string, plan: Plan): void {
  const open = openLines(plan)
  if (open.length === 0) return
  const lines = listedCodes(open.map(({ line, openFen }) => `${line.line} ${formatFen(openFen)}`))
  throw refuse('plan_has_gap', { project, gap: gapOf(plan), lines }, seed('（四）'))
}

function requireLines(lines: readonly PlanLine[], law: Law): ReadonlyMap<string, PlanLine> {
  const byName = new Map<string, PlanLine>()
  const contracts = new Set<string>()
  for (const line of lines) {
    if (byName.has(line.line)) throw refuse('plan_line_repeated', { line: line.line })
    if (line.contract !== undefined && contracts.has(line.contract)) {
      throw refuse('plan_line_repeated', { line: line.contract })
    }
    if (line.item !== undefined && !itemOf(line.item, law)) {
      throw refuse('plan_item_unknown', { line: line.line, item: line.item })
    }
    requireQuantity(line)
    byName.set(line.line, line)
    if (line.contract !== undefined) contracts.add(line.contract)
  }
  return byName
}

function requireQuantity({ line, quantity, unitFen, amountFen }: PlanLine): void {
  if (quantity === undefined && unitFen === undefined) return
  const product = BigInt(quantity ?? 0) * (unitFen ?? 0n)
  if (product !== amountFen) throw refuse('plan_quantity_wrong', { line, product, amount: amountFen })
}

function requireLine(lines: ReadonlyMap<string, PlanLine>, { line }: PlanShare): PlanLine {
  const found = lines.get(line)
  if (!found) throw refuse('plan_share_unplaced', { line })
  return found
}

function sourceOf({ line, source }: PlanShare): FundSource {
  const found = fundSourceOf(source)
  if (!found) throw refuse('plan_source_unknown', { line: { zh: line, en: line }, source })
  return found
}

function requireEligible(line: PlanLine, { kind, zh }: FundSource, { source }: PlanShare, law: Law): void {
  const named = { line: line.line, source, sourceZh: zh }
  const itemClass = line.item === undefined ? undefined : itemOf(line.item, law)?.class
  if (itemClass && kind && kindsExcluded(itemClass, law).includes(kind)) {
    const facts = { ...named, item: line.item ?? '', classZh: itemClassNames[itemClass] }
    throw refuse('plan_source_not_eligible', facts, clauseOf(law, `eligibility_${itemClass}` satisfies ParameterName))
  }
  if (line.purpose === 'recurrent' && kind && law.take('recurrent_excluded').includes(kind)) {
    throw refuse('plan_recurrent_not_eligible', named, clauseOf(law, 'recurrent_excluded'))
  }
  if (line.ownership !== undefined) requireChannelKind(line.ownership, source, law)
}

/** Refuses a source that may not pay the part of one class of owners (clause 32, O-15). */
export function requireChannelKind(ownership: Ownership, source: string, law: Law): void {
  const kind = fundSourceOf(source)?.kind
  const allowed = law.take('ownership_channels')[ownership]
  if (kind && allowed.includes(kind)) return
  const facts = { ownershipZh: ownershipNamesZh[ownership], source, channel: listedCodes(allowed) }
  throw refuse('channel_source_wrong', facts, clauseOf(law, 'ownership_channels'))
}

/** No cost is claimed twice: what the sources of a line claim together is at most what it costs (O-09, O-11). */
function requireNoOverlap(plan: Plan): void {
  const [over] = openLines(plan).filter(({ openFen }) => openFen < 0n)
  if (!over) return
  const { line, openFen, sources } = over
  throw refuse(
    'plan_line_overclaimed',
    { line: line.line, contract: line.contract, sources, cost: line.amountFen, overlap: -openFen },
    seed('（十六）'),
  )
}

/**
 * Refuses a plan whose lines of an item are not what the project says the item costs. A project that states no costs is
 * not compared.
 */
export function requireItemCosts(
  project: string,
  { lines }: Pick<Plan, 'lines'>,
  costs: readonly { readonly item: string; readonly costFen: Fen }[],
): void {
  if (costs.length === 0) return
  const planned = new Map<string, Fen>()
  for (const { item, amountFen } of lines) {
    if (item !== undefined) planned.set(item, (planned.get(item) ?? 0n) + amountFen)
  }
  const stated = new Map(costs.map(({ item, costFen }) => [item, costFen]))
  for (const item of new Set([...planned.keys(), ...stated.keys()])) {
    const facts = { project, item, planned: planned.get(item) ?? 0n, stated: stated.get(item) ?? 0n }
    if (facts.planned !== facts.stated) throw refuse('plan_item_cost_differs', facts)
  }
}

/** A source that has only so much, where that is known: an indicator, a maintenance fund. */
export type KnownLimit = {
  readonly source: string
  readonly of: string
  readonly limitFen: Fen
  readonly plannedFen: Fen
}

export function requireWithinLimits(limits: readonly KnownLimit[]): void {
  const over = limits.find(({ limitFen, plannedFen }) => plannedFen > limitFen)
  if (over) throw refuse('plan_source_limit_exceeded', over, seed('（十六）'))
}

/**
 * What a plan is held to, as whoever approves is shown it: that it closes, what its sources have, and by which rule
 * each may pay what it pays.
 */
export function planLimits({ project, plan }: PlanOf, known: readonly KnownLimit[], law: Law): Limit[] {
  const paidFor = (wanted: (line: PlanLine) => boolean): Text | undefined => {
    const lines = new Set(plan.lines.filter(wanted).map(({ line }) => line))
    const paid = bySource(plan.shares.filter(({ line }) => lines.has(line)))
    if (paid.length === 0) return undefined
    return figure(`${project} ${paid.map(({ source, amountFen }) => `${source} ${formatFen(amountFen)}`).join(', ')}`)
  }
  const rules: readonly (readonly [ParameterName, Text | undefined])[] = [
    ...itemClasses.map(
      (itemClass) =>
        [
          `eligibility_${itemClass}`,
          paidFor(({ item }) => item !== undefined && itemOf(item, law)?.class === itemClass),
        ] as const,
    ),
    ['recurrent_excluded', paidFor(({ purpose }) => purpose === 'recurrent')],
    ['ownership_channels', paidFor(({ ownership }) => ownership !== undefined)],
  ]
  const of = (article: string, measured: string) => ({
    from: law.on,
    clause: seed(article),
    measured: figure(measured),
  })
  return [
    bound('plan_cost', totalOf(plan), of('（四）', `${project} ${formatFen(plannedOf(plan))}`)),
    ...known.map(({ source, of: what, limitFen, plannedFen }) =>
      bound('plan_source_has', limitFen, of('（十六）', `${project} ${source} ${what} ${formatFen(plannedFen)}`)),
    ),
    ...rules.flatMap(([parameter, measured]) => (measured ? [limitBy(law, parameter, measured)] : [])),
  ]
}

type PlanOf = { readonly project: string; readonly plan: Plan }
