/**
 * The verbs of funding plans: drafting a version, submitting one or a district's many at once, changing the scope. What
 * an approval of them does is in effect.ts. Locks: the projects, in the order of their codes; then indicators; then the
 * heads of books.
 */
import type { Tx } from '../../base/db.ts'
import { formatFen } from '../../base/money.ts'
import type { Act } from '../../ledger/act.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { noContent, nothing, verb } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { requireNoMoreHouseholds, requireScopeReduction } from '../../projects/project/project.ts'
import {
  gateDocuments,
  lockProject,
  lockProjects,
  type ProjectRow,
  requireState,
} from '../../projects/project/store.ts'
import { refuse as refuseProject } from '../../projects/refusals.ts'
import { inProject } from '../forms.ts'
import { refuse } from '../refusals.ts'
import { inVersion, linesOf, newPlan, newScope, type PlanGiven, planNames, type ScopeGiven, sharesOf } from './forms.ts'
import { dwellingKey, type Plan, planHash, planJson, type PlanShare } from './plan.ts'
import { rebuildShares } from './rebuild.ts'
import { requirePlan } from './rules.ts'
import { changedScope } from './scope-change.ts'
import { plansChanged } from './standing.ts'
import { dwellingsElsewhere, insertVersions, planHead, wholeVersions } from './store.ts'
import { planFormRefusals, planned, submissionRefusals, submitLocked, summaryOf, unlisted } from './submission.ts'

/** Drafts a version. It may have a gap; it may not claim a line twice or let a source pay what it may not. */
export const draftPlan = verb({
  kind: 'plan.draft',
  right: 'plan.manage',
  of: inProject,
  form: newPlan,
  refuses: [
    ...planFormRefusals,
    'households_not_stated',
    'households_increase',
    'dwelling_unknown',
    'book_not_found',
    'idempotency_key_reused',
  ],
  content: ({ project, lines, shares, rebuild, fundBook = null, note = null }) => ({
    project,
    ...planJson({ lines: linesOf(lines), shares: sharesOf(shares) }),
    fundBook,
    note,
    rebuild: rebuild ? rebuildContent(rebuild) : null,
  }),
  work: async ({ ledger, tx, at, today, actor, passed }, { project, ...given }) => {
    const row = await lockProject(tx, actor, project)
    requireState(row, ...planned)
    passed()
    const plan = withRebuild(row, given)
    requirePlan(plan, lawOn(today))
    await requireDwellings(tx, project, plan.shares)
    if (given.fundBook !== undefined) await bookFor(ledger, actor, given.fundBook, 'book.read')
    const head = await planHead(tx, project)
    const version = (head?.version ?? 0) + 1
    const hash = planHash(project, plan)
    await insertVersions(tx, [
      {
        project,
        version,
        kind: 'plan',
        basis: head?.approved ?? null,
        hash,
        fundBook: given.fundBook ?? null,
        scope: null,
        note: given.note ?? null,
        maker: actor.person,
        madeAt: at,
        plan,
      },
    ])
    await plansChanged(tx, [{ project, version }], { verb: 'drafted', person: actor.person, at, body: { hash } })
    return summaryOf({ project, version, kind: 'plan', state: 'draft', hash }, plan)
  },
})

// A dwelling stands here by its key and areas in dm², as the first program wrote them.
const rebuildContent = ({ line, source, prices, dwellings }: NonNullable<PlanGiven['rebuild']>) => ({
  line,
  source,
  prices: { area: formatFen(prices.area), added: formatFen(prices.added) },
  dwellings: dwellings.map(({ dwelling, area: areaDm2, added: addedDm2 }) => ({
    dwelling: dwellingKey(dwelling),
    areaDm2: areaDm2.toString(),
    addedDm2: addedDm2.toString(),
  })),
})

/**
 * Adds the owners' shares of a rebuild. Refuses `households_increase` and `households_not_stated` by the project's own
 * gate.
 */
function withRebuild(row: ProjectRow, given: PlanGiven): Plan {
  const { rebuild } = given
  const lines = linesOf(given.lines)
  const shares = sharesOf(given.shares)
  if (!rebuild) return { lines, shares }
  requireNoMoreHouseholds({
    project: row.project,
    kind: row.kind,
    ...(row.householdsBefore !== null && { householdsBefore: row.householdsBefore }),
    ...(row.householdsAfter !== null && { householdsAfter: row.householdsAfter }),
  })
  const { line, source } = rebuild
  const prices = { areaFen: rebuild.prices.area, addedFen: rebuild.prices.added }
  const dwellings = rebuild.dwellings.map(({ dwelling, area: areaDm2, added: addedDm2 }) => ({
    dwelling,
    areaDm2,
    addedDm2,
  }))
  return { lines, shares: [...shares, ...rebuildShares(line, source, prices, dwellings)] }
}

async function requireDwellings(tx: Tx, project: string, shares: readonly PlanShare[]): Promise<void> {
  const dwellings = shares.flatMap(({ dwelling }) => dwelling ?? [])
  if (dwellings.length === 0) return
  const [unknown] = await dwellingsElsewhere(tx, project, dwellings)
  if (unknown) throw refuseProject('dwelling_unknown', { ...unknown, project })
}

// --- Submitting -----------------------------------------------------------------------------------------------------

/** Submits one version for approval; under the same key and content as `submitPlans` of that one. */
export const submitPlan = verb({
  kind: 'plan.submit',
  right: 'plan.manage',
  of: inVersion,
  form: noContent,
  refuses: [...submissionRefusals, 'idempotency_key_reused'],
  alsoRefuses: unlisted,
  content: ({ project, version }) => ({ plans: [{ project, version }] }),
  work: async (doing, { project, version }) =>
    submitLocked(doing, await lockProjects(doing.tx, doing.actor, [project]), [{ project, version }]),
})

/** Submits versions of many projects under one approval. */
export const submitPlans = verb({
  kind: 'plan.submit',
  right: 'plan.manage',
  of: nothing,
  form: planNames,
  refuses: [...submissionRefusals, 'idempotency_key_reused'],
  alsoRefuses: unlisted,
  work: async (doing, { plans }) => {
    const projects = plans.map(({ project }) => project)
    return submitLocked(doing, await lockProjects(doing.tx, doing.actor, projects), plans)
  },
})

// --- Scope ----------------------------------------------------------------------------------------------------------

/**
 * Leaves out works that households waived (clause 22), as a new version that is submitted at once. Each waiver rests on
 * the household's signed paper and a design change in the project's file.
 */
export const changeScope = verb({
  kind: 'plan.change_scope',
  right: 'plan.manage',
  of: inProject,
  form: newScope,
  refuses: [
    'plan_not_in_force',
    'scope_reduction_unproven',
    'scope_line_not_counted',
    'scope_reduction_too_large',
    'scope_shares_do_not_fit',
    ...submissionRefusals,
    'idempotency_key_reused',
  ],
  alsoRefuses: unlisted,
  content: ({ project, line, waivers, note = null }) => ({ project, line, waivers, note }),
  work: async (doing, { project, ...given }) => {
    const { tx, at, actor } = doing
    const row = await lockProject(tx, actor, project)
    requireState(row, 'planned', 'under_way')
    const head = await planHead(tx, project)
    const [before] = head?.approved ? await wholeVersions(tx, [{ project, version: head.approved }]) : []
    if (!head || !before) throw refuse('plan_not_in_force', { project })
    doing.passed()
    const papers = await requireWaived(doing, project, before.plan, given)
    const { line, waivers, note = null } = given
    const { plan, reducedFen } = changedScope(before.plan, line, waivers)
    const version = head.version + 1
    const hash = planHash(project, plan)
    const scope = { line, waivers, reduced: formatFen(reducedFen), documents: papers }
    const made = { project, version, kind: 'scope_change', basis: head.approved, hash, scope, note } as const
    await insertVersions(tx, [{ ...made, fundBook: before.fundBook, maker: actor.person, madeAt: at, plan }])
    await plansChanged(tx, [{ project, version }], { verb: 'scope_changed', person: actor.person, at, body: { hash } })
    return submitLocked(doing, [row], [{ project, version }])
  },
})

/** Every household's waiver and design change; gives the numbers of the papers that name the item. */
async function requireWaived({ tx, today }: Act, project: string, plan: Plan, given: ScopeGiven): Promise<string[]> {
  const item = plan.lines.find(({ line }) => line === given.line)?.item
  if (item === undefined) throw refuse('plan_share_unplaced', { line: given.line })
  const documents = await gateDocuments(tx, project)
  for (const { dwelling } of given.waivers) requireScopeReduction(project, { item, dwelling }, documents, today)
  const waived = new Set(given.waivers.map(({ dwelling }) => dwellingKey(dwelling)))
  return documents
    .filter(({ kind }) => kind === 'waiver' || kind === 'design_change')
    .filter(({ scope }) =>
      scope?.items?.some(
        (named) => named.item === item && (!named.dwelling || waived.has(dwellingKey(named.dwelling))),
      ),
    )
    .map(({ number }) => number)
}
