/**
 * The verbs of funding plans: drafting a version, submitting one or a district's many at once, changing the scope. What an approval of them
 * does is in actions-approved.ts. Locks: the projects, in the order of their codes; then indicators; then the heads of books.
 */
import { type Actor, demand } from '../../access/actor.ts'
import { refuse as refuseApproval } from '../../approvals/refusals.ts'
import { assert } from '../../base/assert.ts'
import { businessDay } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { availabilityWithin } from '../../budget/indicator/holdings.ts'
import { indicatorFor } from '../../budget/indicator/proposal.ts'
import { type Act, act } from '../../ledger/act.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { itemOf } from '../../policy/catalogue.ts'
import { type Law, lawOn } from '../../policy/parameters.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import { requireNoMoreHouseholds, requireScopeReduction } from '../../projects/project/project.ts'
import {
  gateDocuments,
  itemCosts,
  lockProject,
  lockProjects,
  type ProjectRow,
  readProject,
  requireState,
} from '../../projects/project/store.ts'
import { refuse as refuseProject } from '../../projects/refusals.ts'
import { refuse } from '../refusals.ts'
import { type PlanContent, planProposal, plansProposal } from './effect.ts'
import {
  bySource,
  dwellingKey,
  gapOf,
  type Plan,
  planDifference,
  planHash,
  planJson,
  type PlanKind,
  type PlanLine,
  type PlanShare,
  type PlanState,
  totalOf,
} from './plan.ts'
import type { RebuildDwelling, RebuildPrices } from './rebuild.ts'
import { rebuildShares } from './rebuild.ts'
import { type KnownLimit, requireClosed, requireItemCosts, requirePlan, requireWithinLimits } from './rules.ts'
import { changedScope, type Waiver } from './scope-change.ts'
import { type FundingPlan, fundingPlan } from './solver.ts'
import { planBookOf, planChanged, type PlanName, standing, type Summarised } from './standing.ts'
import {
  contractsElsewhere,
  dwellingsElsewhere,
  fundBalance,
  insertVersions,
  markSubmitted,
  type PlanHead,
  planHead,
  planHeads,
  type PlanVersion,
  type WholeVersion,
  wholeVersions,
} from './store.ts'

export type PlanGiven = Plan & {
  /** The maintenance-fund book that pays the shares of source F70. */
  readonly fundBook?: string | undefined
  readonly note?: string | undefined
  /** A rebuild's owners pay by area (clause 4): their shares of one line are worked out. */
  readonly rebuild?:
    | {
        readonly line: string
        readonly source: string
        readonly prices: RebuildPrices
        readonly dwellings: readonly RebuildDwelling[]
      }
    | undefined
}

/** A version as actions answer it: where it stands, what it costs, who pays how much. */
export type PlanSummary = {
  project: string
  version: number
  kind: PlanKind
  state: PlanState
  hash: string
  total: string
  gap: string
  sources: { source: string; amount: string }[]
  approval?: string
}

const planned = ['reserve', 'planned', 'under_way', 'accepted'] as const

/**
 * Drafts a version. It may have a gap; it may not claim a line twice or let a source pay what it may not. Refuses what `requirePlan` and
 * the gates of a project refuse, and `dwelling_unknown`.
 */
export function draftPlan(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: PlanGiven,
  key: string,
): Promise<KeyedAnswer<PlanSummary>> {
  demand(actor, 'plan.manage')
  const content = { project, ...givenJson(given) }
  return act(ledger, { person: actor.person, key, kind: 'plan.draft', content }, async ({ tx, at, today }) => {
    const row = await lockProject(tx, actor, project)
    requireState(row, ...planned)
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
    await planChanged(tx, { project, version, verb: 'drafted', person: actor.person, at, body: { hash } })
    return summaryOf({ project, version, kind: 'plan', state: 'draft', hash }, plan)
  })
}

/** Adds the owners' shares of a rebuild. Refuses `households_increase` and `households_not_stated` by the project's own gate. */
function withRebuild(row: ProjectRow, { lines, shares, rebuild }: PlanGiven): Plan {
  if (!rebuild) return { lines, shares }
  requireNoMoreHouseholds({
    project: row.project,
    kind: row.kind,
    ...(row.households_before !== null && { householdsBefore: row.households_before }),
    ...(row.households_after !== null && { householdsAfter: row.households_after }),
  })
  const { line, source, prices, dwellings } = rebuild
  return { lines, shares: [...shares, ...rebuildShares(line, source, prices, dwellings)] }
}

async function requireDwellings(tx: Tx, project: string, shares: readonly PlanShare[]): Promise<void> {
  const dwellings = shares.flatMap(({ dwelling }) => dwelling ?? [])
  if (dwellings.length === 0) return
  const [unknown] = await dwellingsElsewhere(tx, project, dwellings)
  if (unknown) throw refuseProject('dwelling_unknown', { ...unknown, project })
}

// --- Submitting -----------------------------------------------------------------------------------------------------

/**
 * Submits versions for approval, one or many at once. Refuses `plan_version_not_found`, `plan_settled`, `approval_pending`, and what keeps
 * a plan from closing: `plan_has_gap`, `plan_item_cost_differs`, `plan_source_limit_exceeded`, `plan_contract_claimed`.
 */
export function submitPlans(
  ledger: Ledger,
  actor: Actor,
  names: readonly PlanName[],
  key: string,
): Promise<KeyedAnswer<{ approval: string; hash: string; plans: PlanSummary[] }>> {
  demand(actor, 'plan.manage')
  const content = { plans: names.map(({ project, version }) => ({ project, version })) }
  return act(ledger, { person: actor.person, key, kind: 'plan.submit', content }, async (running) => {
    const rows = await lockProjects(
      running.tx,
      actor,
      names.map(({ project }) => project),
    )
    return submitLocked(ledger, running, actor, rows, names)
  })
}

async function submitLocked(
  ledger: Ledger,
  running: Act,
  actor: Actor,
  rows: readonly ProjectRow[],
  names: readonly PlanName[],
): Promise<{ approval: string; hash: string; plans: PlanSummary[] }> {
  const { tx, at, today } = running
  const heads = await planHeads(
    tx,
    names.map(({ project }) => project),
  )
  const versions = await wholeVersions(tx, names)
  const before = await standing(tx, heads)
  const contents: PlanContent[] = []
  for (const name of names) {
    const row = rows.find(({ project }) => project === name.project)
    const version = versions.find(({ project, version }) => project === name.project && version === name.version)
    const head = heads.get(name.project)
    if (!row || !version || !head) throw refuse('plan_version_not_found', name)
    requireNext(head, version)
    await requireSubmittable(ledger, running, actor, { row, version, law: lawOn(today) })
    contents.push(contentOf(row, version, before.get(name.project)))
  }
  const { proposal, given } = submissionOf(rows, versions, contents)
  const opened = await proposal.submit(tx, actor, given, at)
  await markSubmitted(tx, names, opened.id)
  for (const { project, version } of names) {
    const body = { approval: opened.id }
    await planChanged(tx, { project, version, verb: 'submitted', person: actor.person, at, body })
  }
  return {
    approval: opened.id,
    hash: opened.hash,
    plans: versions.map((version) => ({
      ...summaryOf({ ...version, state: 'submitted' }, version.plan),
      approval: opened.id,
    })),
  }
}

function requireNext({ project, approved, approval }: PlanHead, { version, basis }: PlanVersion): void {
  if (basis !== approved) throw refuse('plan_settled', { project, version, approved: approved ?? 0 })
  if (approval !== null) throw refuseApproval('approval_pending', { subject: `plan:${project}`, approval })
}

type Submittable = { readonly row: ProjectRow; readonly version: WholeVersion; readonly law: Law }

async function requireSubmittable(ledger: Ledger, running: Act, actor: Actor, given: Submittable): Promise<void> {
  const { row, version, law } = given
  const { project } = row
  const { plan } = version
  requireState(row, ...planned)
  requirePlan(plan, law)
  await requireOwnContracts(running.tx, row, plan)
  await planBookOf(ledger, row)
  const costs = await itemCosts(running.tx, project)
  if (version.basis === null) requireItemCosts(project, plan, costs)
  else requireKnownItems(project, plan, costs)
  requireClosed(project, plan)
  requireWithinLimits(await limitsOf(ledger, running.tx, actor, version))
}

async function requireOwnContracts(tx: Tx, row: ProjectRow, { lines }: Plan): Promise<void> {
  const contracts = lines.flatMap(({ contract }) => contract ?? [])
  if (contracts.length === 0) return
  const [claimed] = await contractsElsewhere(tx, row, contracts)
  if (!claimed) return
  const line = lines.find(({ contract }) => contract === claimed.contract)?.line ?? ''
  throw refuse('plan_contract_claimed', { line, ...claimed })
}

/** A later plan may change what an item costs, and not bring in an item that the project does not have. */
function requireKnownItems(project: string, { lines }: Plan, costs: readonly { readonly item: string }[]): void {
  const unknown = lines.find(({ item }) => item !== undefined && !costs.some((cost) => cost.item === item))
  if (costs.length > 0 && unknown?.item !== undefined) {
    throw refuseProject('item_not_in_project', { project, item: unknown.item })
  }
}

/** What is known of how much the sources have: an indicator's right to commit, a maintenance fund's money. */
async function limitsOf(ledger: Ledger, tx: Tx, actor: Actor, { project, plan, fundBook }: WholeVersion) {
  const limits: KnownLimit[] = []
  for (const code of new Set(plan.shares.flatMap(({ indicator }) => indicator ?? []).toSorted())) {
    const indicator = await indicatorFor(tx, actor, code)
    const of = (shares: readonly PlanShare[]): Fen => sumFen(shares.map(({ amountFen }) => amountFen))
    const shares = plan.shares.filter((share) => share.indicator === code)
    const wrong = shares.filter(({ source }) => source !== indicator.source)
    if (wrong.length > 0) {
      limits.push({
        source: wrong[0]?.source ?? '',
        of: `${code} ${indicator.source}`,
        limitFen: 0n,
        plannedFen: of(wrong),
      })
    }
    const { byProject } = await availabilityWithin(tx, indicator)
    const limitFen = sumFen(
      byProject.flatMap((held) => [
        ...(held.project === project || held.project === indicator.programme ? [held.committableFen] : []),
        ...(held.project === project ? [held.committedFen, held.committedPaidFen] : []),
      ]),
    )
    limits.push({ source: indicator.source, of: code, limitFen, plannedFen: of(shares) })
  }
  const fund = plan.shares.filter(({ source }) => fundSourceOf(source)?.kind === 'maintenance_fund')
  if (fundBook !== null && fund.length > 0) {
    const { code } = await bookFor(ledger, actor, fundBook, 'book.read')
    const plannedFen = sumFen(fund.map(({ amountFen }) => amountFen))
    limits.push({ source: fund[0]?.source ?? '', of: code, limitFen: await fundBalance(tx, code), plannedFen })
  }
  return limits
}

/** What is approved: the plan whole, and what it changes. */
function contentOf(row: ProjectRow, version: WholeVersion, before: WholeVersion | undefined): PlanContent {
  const { project, hash, kind, basis, scope, plan } = version
  return {
    project,
    version: version.version,
    name: row.name,
    kind,
    basis,
    hash,
    scope,
    total: formatFen(totalOf(plan)),
    sources: sourcesJson(plan),
    ...planJson(plan),
    difference: planDifference(before?.plan, plan).map(({ source, item = null, amountFen }) => ({
      source,
      item,
      amount: formatFen(amountFen),
    })),
  }
}

function submissionOf(
  rows: readonly ProjectRow[],
  versions: readonly WholeVersion[],
  contents: readonly PlanContent[],
) {
  const [first] = versions
  assert(first, 'somebody submits a plan')
  const total = sumFen(versions.map(({ totalFen }) => totalFen))
  const districts = new Set(rows.map(({ district }) => district))
  const district = districts.size === 1 ? rows[0]?.district : undefined
  const content = { plans: [...contents] }
  if (versions.length === 1) {
    const { project, version, kind } = first
    const what = kind === 'scope_change' ? '核减改造范围' : '资金方案'
    const summary = `${what}：项目 ${project} 第 ${version} 版，总投资 ${formatFen(total)} 元`
    return {
      proposal: planProposal,
      given: { subject: `plan:${project}`, district, amountFen: total, summary, content },
    }
  }
  const summary = `资金方案：${versions.length} 个项目，总投资 ${formatFen(total)} 元`
  const subject = `plans:${district ?? ''}:${first.project}`
  return { proposal: plansProposal, given: { subject, district, amountFen: total, summary, content } }
}

// --- Scope ----------------------------------------------------------------------------------------------------------

export type ScopeGiven = {
  readonly line: string
  readonly waivers: readonly Waiver[]
  readonly note?: string | undefined
}

/**
 * Leaves out works that households waived (clause 22), as a new version that is submitted at once. Each waiver rests on the household's signed
 * paper and a design change in the project's file. Refuses `plan_not_in_force`, `scope_reduction_unproven`, `scope_line_not_counted`,
 * `scope_reduction_too_large`, `scope_shares_do_not_fit`.
 */
export function changeScope(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: ScopeGiven,
  key: string,
): Promise<KeyedAnswer<{ approval: string; hash: string; plans: PlanSummary[] }>> {
  demand(actor, 'plan.manage')
  const { line, waivers, note = null } = given
  const content = { project, line, waivers: waivers.map((waiver) => ({ ...waiver })), note }
  return act(ledger, { person: actor.person, key, kind: 'plan.change_scope', content }, async (running) => {
    const { tx, at } = running
    const row = await lockProject(tx, actor, project)
    requireState(row, 'planned', 'under_way')
    const head = await planHead(tx, project)
    const [before] = head?.approved ? await wholeVersions(tx, [{ project, version: head.approved }]) : []
    if (!head || !before) throw refuse('plan_not_in_force', { project })
    const papers = await requireWaived(running, project, before.plan, given)
    const { plan, reducedFen } = changedScope(before.plan, line, waivers)
    const version = head.version + 1
    const hash = planHash(project, plan)
    const scope = { line, waivers: content.waivers, reduced: formatFen(reducedFen), documents: papers }
    const made = { project, version, kind: 'scope_change', basis: head.approved, hash, scope, note } as const
    await insertVersions(tx, [{ ...made, fundBook: before.fundBook, maker: actor.person, madeAt: at, plan }])
    await planChanged(tx, { project, version, verb: 'scope_changed', person: actor.person, at, body: { hash } })
    return submitLocked(ledger, running, actor, [row], [{ project, version }])
  })
}

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

// --- Proposing ------------------------------------------------------------------------------------------------------

export type ProposedSource = {
  readonly source: string
  readonly party?: string | undefined
  readonly indicator?: string | undefined
  readonly limitFen: Fen
  readonly priority: number
}

/** The plan that the sources given make, by the exact solver (O-12): the shares, what stays open, what is left of each source. */
export async function proposePlan(
  ledger: Ledger,
  actor: Actor,
  project: string,
  { lines, sources }: { readonly lines: readonly PlanLine[]; readonly sources: readonly ProposedSource[] },
): Promise<{ shares: PlanShare[]; solved: FundingPlan }> {
  demand(actor, 'plan.manage')
  await readProject(ledger.database.sql, actor, project)
  const law = lawOn(businessDay(ledger.clock()))
  requirePlan({ lines, shares: [] }, law)
  const items = lines.map(({ line, item, amountFen }) => {
    const itemClass = item === undefined ? undefined : itemOf(item, law)?.class
    if (!itemClass) throw refuse('plan_item_unknown', { line, item: item ?? '—' })
    return { id: line, class: itemClass, amount: amountFen }
  })
  const byPlace = sources.map(({ source, limitFen, priority }, index) => {
    const kind = fundSourceOf(source)?.kind
    if (!kind) throw refuse('plan_source_unknown', { line: { zh: '—', en: '—' }, source })
    return { id: index.toString(), kind, limit: limitFen, priority }
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
  return { shares, solved }
}

// --- Shared ---------------------------------------------------------------------------------------------------------

export const summaryOf = ({ project, version, kind, hash, state }: Summarised, plan: Plan): PlanSummary => ({
  project,
  version,
  kind,
  state,
  hash,
  total: formatFen(totalOf(plan)),
  gap: formatFen(gapOf(plan)),
  sources: sourcesJson(plan),
})

const sourcesJson = ({ shares }: Plan): { source: string; amount: string }[] =>
  bySource(shares).map(({ source, amountFen }) => ({ source, amount: formatFen(amountFen) }))

function givenJson({ fundBook, note, rebuild, ...plan }: PlanGiven): { [name: string]: Json } {
  return {
    ...planJson(plan),
    fundBook: fundBook ?? null,
    note: note ?? null,
    rebuild: rebuild
      ? {
          line: rebuild.line,
          source: rebuild.source,
          prices: { area: formatFen(rebuild.prices.areaFen), added: formatFen(rebuild.prices.addedFen) },
          dwellings: rebuild.dwellings.map(({ dwelling, areaDm2, addedDm2 }) => ({
            dwelling: dwellingKey(dwelling),
            areaDm2: areaDm2.toString(),
            addedDm2: addedDm2.toString(),
          })),
        }
      : null,
  }
}
