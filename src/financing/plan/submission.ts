/**
 * Submitting versions of funding plans, one or many at once: what keeps a plan from closing, and what is approved of
 * it. The projects are locked before.
 */
import { refuse as refuseApproval } from '../../approvals/refusals.ts'
import { assert } from '../../base/assert.ts'
import type { Tx } from '../../base/db.ts'
import { formatFen, sumFen } from '../../base/money.ts'
import type { Doing } from '../../noun/verb.ts'
import { type Law, lawOn } from '../../policy/parameters.ts'
import { type ItemCost, itemCostsOf, type ProjectRow, requireState } from '../../projects/project/store.ts'
import { refuse as refuseProject } from '../../projects/refusals.ts'
import { refuse } from '../refusals.ts'
import { type PlanContent, planProposal, plansProposal } from './effect.ts'
import type { PlanSummary, SubmittedPlans } from './forms.ts'
import { bySource, gapOf, type Plan, planDifference, planJson, totalOf } from './plan.ts'
import { requireClosed, requireItemCosts, requirePlan, requireWithinLimits } from './rules.ts'
import { knownLimits, planBookOf, type PlanName, plansChanged, standing, type Summarised } from './standing.ts'
import {
  contractsElsewhere,
  markSubmitted,
  type PlanHead,
  planHeads,
  type PlanVersion,
  type WholeVersion,
  wholeVersions,
} from './store.ts'

/** In which states a project is planned. */
export const planned = ['reserve', 'planned', 'under_way', 'accepted'] as const

export const planFormRefusals = [
  'project_not_found',
  'project_state_wrong',
  'plan_line_repeated',
  'plan_item_unknown',
  'plan_quantity_wrong',
  'plan_share_unplaced',
  'plan_source_unknown',
  'plan_source_not_eligible',
  'plan_recurrent_not_eligible',
  'channel_source_wrong',
  'plan_line_overclaimed',
] as const
export const submissionRefusals = [
  'plan_version_not_found',
  'plan_settled',
  ...planFormRefusals,
  'plan_contract_claimed',
  'project_book_missing',
  'plan_item_cost_differs',
  'plan_has_gap',
  'item_not_of_project',
  'indicator_not_found',
  'plan_source_limit_exceeded',
  'approval_pending',
] as const

// Thrown, and not in the published document yet.
export const unlisted = ['item_not_in_project'] as const

/** Submits versions whose projects are locked. */
export async function submitLocked(
  doing: Doing,
  rows: readonly ProjectRow[],
  names: readonly PlanName[],
): Promise<SubmittedPlans> {
  const { tx, at, actor } = doing
  const { versions, contents } = await submittable(doing, rows, names)
  doing.passed()
  const { proposal, given } = submissionOf(rows, versions, contents)
  const opened = await proposal.submit(tx, actor, given, at)
  await noteSubmitted(doing, names, opened.id)
  return {
    approval: opened.id,
    hash: opened.hash,
    plans: versions.map((version) => ({
      ...summaryOf({ ...version, state: 'submitted' }, version.plan),
      approval: opened.id,
    })),
  }
}

type Submitting = Omit<Doing, 'before'>

/** The versions as they are approved, once nothing keeps them from being submitted; their projects are locked. */
export async function submittable(
  doing: Submitting,
  rows: readonly ProjectRow[],
  names: readonly PlanName[],
): Promise<{ readonly versions: readonly WholeVersion[]; readonly contents: PlanContent[] }> {
  const { tx, today } = doing
  const heads = await planHeads(
    tx,
    names.map(({ project }) => project),
  )
  const versions = await wholeVersions(tx, names)
  const before = await standing(tx, heads)
  const costs = await itemCostsOf(tx, [...heads.keys()])
  const contents: PlanContent[] = []
  for (const name of names) {
    const row = rows.find(({ project }) => project === name.project)
    const version = versions.find(({ project, version }) => project === name.project && version === name.version)
    const head = heads.get(name.project)
    if (!row || !version || !head) throw refuse('plan_version_not_found', name)
    requireNext(head, version)
    await requireSubmittable(doing, { row, version, law: lawOn(today), costs: costs.get(name.project) ?? [] })
    contents.push(contentOf(row, version, before.get(name.project)))
  }
  return { versions, contents }
}

/** Notes that versions wait under an approval. */
export async function noteSubmitted(
  { tx, at, actor: { person } }: Submitting,
  names: readonly PlanName[],
  approval: string,
): Promise<void> {
  await markSubmitted(tx, names, approval)
  await plansChanged(tx, names, { verb: 'submitted', person, at, body: { approval } })
}

function requireNext({ project, approved, approval }: PlanHead, { version, basis }: PlanVersion): void {
  if (basis !== approved) throw refuse('plan_settled', { project, version, approved: approved ?? 0 })
  if (approval !== null) throw refuseApproval('approval_pending', { subject: `plan:${project}`, approval })
}

type Submittable = {
  readonly row: ProjectRow
  readonly version: WholeVersion
  readonly law: Law
  readonly costs: readonly ItemCost[]
}

async function requireSubmittable({ ledger, tx, actor }: Submitting, given: Submittable): Promise<void> {
  const { row, version, law, costs } = given
  const { project } = row
  const { plan } = version
  requireState(row, ...planned)
  requirePlan(plan, law)
  await requireOwnContracts(tx, row, plan)
  await planBookOf(ledger, row)
  if (version.basis === null) requireItemCosts(project, plan, costs)
  else requireKnownItems(project, plan, costs)
  requireClosed(project, plan)
  requireWithinLimits(await knownLimits(ledger, tx, actor, version))
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
