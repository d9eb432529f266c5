/**
 * A project (clause 3): what it is, the states it goes through and what each step demands, without a database. A step
 * is refused by the first gate that is not passed; the refusal names the clause and what to do next.
 */
import { inWords } from '../../base/refusal.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { refuse } from '../refusals.ts'
import {
  type DocumentKind,
  type DocumentScope,
  type DwellingName,
  type ProjectKind,
  type ProjectState,
  type ScopeItem,
  stateNamesZh,
} from '../terms.ts'

export * from '../terms.ts'

/** From where one may go where. `planned` and back to `reserve` only with a batch of a plan. */
/** Where a project may go from each state. */
export const moves: Record<ProjectState, readonly ProjectState[]> = {
  reserve: ['planned', 'withdrawn'],
  planned: ['under_way', 'reserve', 'withdrawn'],
  under_way: ['accepted'],
  accepted: ['settled'],
  settled: ['handed_over'],
  handed_over: [],
  withdrawn: [],
}

export type GateDocument = {
  readonly kind: DocumentKind
  readonly number: string
  readonly on: string
  readonly scope?: DocumentScope
}

/** Works that were not done: a household's part, or a common part. */
export type Unfinished = ScopeItem & { readonly reason: string }

/** What the gates look at. */
export type MoveFacts = {
  readonly project: string
  readonly kind: ProjectKind
  /** The business day of the step: a promise of tomorrow opens nothing today. */
  readonly on: string
  /** Communities it covers, and since when their owners have promised, where they have. */
  readonly communities: readonly { readonly community: string; readonly promisedOn?: string }[]
  readonly householdsBefore?: number
  readonly householdsAfter?: number
  /** A batch takes it into a plan, or gives it back: nobody else may. */
  readonly byBatch: boolean
  readonly planApproved: boolean
  readonly documents: readonly GateDocument[]
  readonly unfinished: readonly Unfinished[]
}

/** Refuses the step from one state to another by the first gate that is not passed. */
export function requireMove(from: ProjectState, to: ProjectState, facts: MoveFacts): void {
  const { project } = facts
  if (!moves[from].includes(to)) {
    throw refuse('project_move_unlawful', {
      project,
      from,
      to,
      next: moves[from].map((state) => inWords(stateNamesZh, state)),
    })
  }
  gates[to]?.(facts, from)
}

const gates: Partial<Record<ProjectState, (facts: MoveFacts, from: ProjectState) => void>> = {
  reserve: requireBatch,
  planned(facts) {
    requireBatch(facts)
    requireCoverage(facts)
    requirePromise(facts)
    requireNoMoreHouseholds(facts)
  },
  under_way(facts) {
    requireNoMoreHouseholds(facts)
    if (!facts.planApproved) throw refuse('funding_plan_not_approved', facts, seed('（四）'))
  },
  accepted(facts) {
    requireDocument(facts, 'accessible_acceptance', seed('（十一）'))
    requireNothingOpen(facts)
    requireDocument(facts, 'completion_acceptance', seed('（二十二）'))
  },
  settled(facts) {
    requireDocument(facts, 'final_accounts', seed('（二十三）'))
  },
  handed_over(facts) {
    requireDocument(facts, 'handover', seed('（二十三）'))
  },
}

const seed = (article: string): string => clauseText(clause('beijing-2022-28', `第${article}条`))

function requireBatch({ project, byBatch }: MoveFacts): void {
  if (!byBatch) throw refuse('project_planned_by_batch_only', { project }, seed('（三）'))
}

function requireCoverage({ project, communities }: MoveFacts): void {
  if (communities.length === 0) throw refuse('project_covers_nothing', { project })
}

/**
 * Owners promise before their community is taken into the plan (clause 30): each of its communities, by its own date or
 * by a document.
 */
function requirePromise({ project, communities, documents, on }: MoveFacts): void {
  const promises = documents.filter((document) => document.kind === 'fund_promise' && document.on <= on)
  const missing = communities
    .filter(({ promisedOn }) => promisedOn === undefined || promisedOn > on)
    .map(({ community }) => community)
    .filter((community) => !promises.some(({ scope }) => scope?.communities?.includes(community) ?? true))
  if (missing.length > 0) throw refuse('fund_promise_missing', { project, communities: missing }, seed('（三十）'))
}

/** A rebuild adds no household (clause 4): 20 for 20 is as many, 21 is one more. */
export function requireNoMoreHouseholds(
  facts: Pick<MoveFacts, 'project' | 'kind' | 'householdsBefore' | 'householdsAfter'>,
): void {
  const { project, kind, householdsBefore: before, householdsAfter: after } = facts
  if (kind !== 'rebuild') return
  if (before === undefined || after === undefined) throw refuse('households_not_stated', { project }, seed('（四）'))
  if (after > before) throw refuse('households_increase', { project, before, after }, seed('（四）'))
}

function requireDocument({ project, documents, on }: MoveFacts, kind: DocumentKind, article: string): void {
  if (documents.some((document) => document.kind === kind && document.on <= on)) return
  throw refuse('project_document_missing', { project, kind }, article)
}

function requireNothingOpen({ project, documents, unfinished, on }: MoveFacts): void {
  for (const works of unfinished) requireScopeReduction(project, works, documents, on)
}

const sameDwelling = (a: DwellingName | undefined, b: DwellingName | undefined): boolean =>
  a?.community === b?.community && a?.building === b?.building && a?.dwelling === b?.dwelling

/**
 * Which documents are still wanting before works may be left out (clause 22): the household's signed waiver for its own
 * part, and a design change that names the item. A document without a list of items proves nothing here.
 */
export function missingForReduction(
  { item, dwelling }: ScopeItem,
  documents: readonly GateDocument[],
  on: string,
): ('waiver' | 'design_change')[] {
  const names = (kind: DocumentKind, fits: (named: ScopeItem) => boolean): boolean =>
    documents.some(
      (document) => document.kind === kind && document.on <= on && (document.scope?.items ?? []).some(fits),
    )
  const waived = names('waiver', (named) => named.item === item && sameDwelling(named.dwelling, dwelling))
  const changed = names(
    'design_change',
    (named) => named.item === item && (named.dwelling === undefined || sameDwelling(named.dwelling, dwelling)),
  )
  return [...(waived ? [] : (['waiver'] as const)), ...(changed ? [] : (['design_change'] as const))]
}

/** Whether works may be left out and the scope reduced. */
export const scopeReductionAllowed = (works: ScopeItem, documents: readonly GateDocument[], on: string): boolean =>
  missingForReduction(works, documents, on).length === 0

/** Refuses `scope_reduction_unproven` unless works may be left out. */
export function requireScopeReduction(
  project: string,
  works: ScopeItem,
  documents: readonly GateDocument[],
  on: string,
): void {
  const missing = missingForReduction(works, documents, on)
  if (missing.length > 0) throw refuse('scope_reduction_unproven', { project, works, missing }, seed('（二十二）'))
}
