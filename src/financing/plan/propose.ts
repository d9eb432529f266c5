/** Working out a plan from sources with priorities. Nothing is kept. */
import { type Actor, demand } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import { businessDay } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { itemOf } from '../../policy/catalogue.ts'
import { lawOn } from '../../policy/parameters.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import { readProject } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import { linesOf, type PlanTrial } from './forms.ts'
import type { PlanShare } from './plan.ts'
import { requirePlan } from './rules.ts'
import { fundingPlan } from './solver.ts'

/** The shares, what stays open, and what is used and left of each source. */
export type ProposedPlan = {
  readonly shares: readonly PlanShare[]
  readonly gapFen: Fen
  readonly sources: readonly { readonly source: string; readonly usedFen: Fen; readonly leftFen: Fen }[]
}

/**
 * The plan that the sources given make, by the exact solver (O-12). Refuses `permission_denied`, `project_not_found`,
 * and what `requirePlan` refuses.
 */
export async function proposePlan(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: PlanTrial,
): Promise<ProposedPlan> {
  demand(actor, 'plan.manage')
  await readProject(ledger.database.sql, actor, project)
  const law = lawOn(businessDay(ledger.clock()))
  const { sources } = given
  const lines = linesOf(given.lines)
  requirePlan({ lines, shares: [] }, law)
  const items = lines.map(({ line, item, amountFen }) => {
    const itemClass = item === undefined ? undefined : itemOf(item, law)?.class
    if (!itemClass) throw refuse('plan_item_unknown', { line, item: item ?? '—' })
    return { id: line, class: itemClass, amount: amountFen }
  })
  const byPlace = sources.map(({ source, limit, priority }, index) => {
    const kind = fundSourceOf(source)?.kind
    if (!kind) throw refuse('plan_source_unknown', { line: { zh: '—', en: '—' }, source })
    return { id: index.toString(), kind, limit, priority }
  })
  const solved = fundingPlan({ items, sources: byPlace }, law)
  const shares = solved.allocations.map(({ item: line, source: place, amount: amountFen }): PlanShare => {
    const from = sources[Number(place)]
    assert(from, 'the solver pays from sources it was given')
    const { source, party, indicator } = from
    return {
      line,
      source,
      amountFen,
      ...(party !== undefined && { party }),
      ...(indicator !== undefined && { indicator }),
    }
  })
  return {
    shares,
    gapFen: solved.gap,
    sources: solved.sources.map(({ id, used: usedFen, left: leftFen }) => ({
      source: sources[Number(id)]?.source ?? '',
      usedFen,
      leftFen,
    })),
  }
}
