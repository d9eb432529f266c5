/**
 * The verbs of allocations: drafting a version, drafting it anew, submitting it, supplementing what was approved. What
 * follows when an approval is settled stands in effect.ts.
 *
 * Locks: the approval, the allocation, projects, indicators in the order of their codes, then the heads of books.
 */
import * as z from 'zod'
import type { Actor } from '../access/actor.ts'
import { approvalDistrict } from '../approvals/approval.ts'
import { lockOpenApproval } from '../approvals/store.ts'
import { supersede } from '../approvals/verbs.ts'
import type { Instant } from '../base/calendar.ts'
import type { Tx } from '../base/db.ts'
import { requireVersion } from '../base/history.ts'
import { formatFen } from '../base/money.ts'
import { inWords } from '../base/refusal.ts'
import type { Indicator } from '../budget/indicator/indicator.ts'
import { indicatorFor, requireInForce } from '../budget/indicator/proposal.ts'
import { rehearse } from '../noun/proposal.ts'
import { noContent, nothing, verb } from '../noun/verb.ts'
import { lawOn } from '../policy/parameters.ts'
import {
  type Allocation,
  allocationStateNamesZh,
  type AllocationVersion,
  contentOfVersion,
  hashOfVersion,
  json,
  movedFen,
  requireInTime,
  type VersionGiven,
} from './allocation.ts'
import { computeVersion, requireFit, requireWithinProjects } from './compute.ts'
import { allocationProposal, kind, recordAllocation, standingVersion, subjectOf } from './effect.ts'
import {
  allocationCode,
  allocationView,
  type AllocationView,
  inAllocation,
  newAllocation,
  newSupplement,
  newVersion,
} from './forms.ts'
import { refuseAllocation as refuse } from './refusals.ts'
import { insertAllocation, insertVersion, lockAllocation, makersOf, moveAllocation } from './store.ts'

const refusedDrafts = [
  'indicator_not_found',
  'indicator_not_in_force',
  'indicator_out_of_time',
  'policy_not_in_force',
  'formula_unknown',
  'weights_not_one',
  'total_missing',
  'amount_not_in_unit',
  'recipients_missing',
  'recipient_repeated',
  'recipient_unknown',
  'recipient_outside_district',
  'project_not_planned',
  'project_closed',
  'item_not_in_catalogue',
  'input_missing',
  'input_unused',
  'factor_sum_zero',
  'reward_sum_zero',
  'share_negative',
  'table_not_total',
  'subsidy_not_eligible',
  'item_not_of_project',
  'subsidy_exceeds_cost',
  'project_cost_unknown',
  'total_exceeds_projects',
  'district_book_missing',
  'book_not_of_district',
  'district_indicator_differs',
  'idempotency_key_reused',
] as const

/** Who draws up the city's allocations sees all; a district's people see their own district's. */
const manages = (actor: Actor, { district }: Allocation): boolean =>
  actor.district === undefined || actor.district === district

// --- Drafting -------------------------------------------------------------------------------------------------------

/** Draws up an allocation, version 1. */
export const draftAllocation = verb({
  kind: 'allocation.draft',
  right: 'allocation.manage',
  of: nothing,
  form: newAllocation,
  refuses: [...refusedDrafts, 'recipients_not_projects', 'allocation_exists'],
  content: ({ allocation, indicator, recipients, ...content }) => json({ allocation, indicator, recipients, content }),
  work: async ({ tx, at, actor }, { allocation, indicator: code, recipients, ...content }) => {
    const indicator = await indicatorFor(tx, actor, code)
    const district = approvalDistrict(indicator.district, content.on) ?? null
    if (district !== null && recipients === 'districts') {
      throw refuse('recipients_not_projects', { indicator: indicator.indicator, district })
    }
    const head = { ...headOf(indicator, allocation), recipients, district, supplements: null }
    return draftFirst(tx, actor, { head, indicator, content, at })
  },
})

const headOf = ({ programme, indicator, year, book }: Indicator, allocation: string) =>
  ({ allocation, programme, indicator, year, book, state: 'draft', version: 1, changes: 1 }) as const

/** Draws up what an approved allocation is to be corrected by: more for some, less for others. */
export const supplementAllocation = verb({
  kind: 'allocation.supplement',
  right: 'allocation.manage',
  of: z.strictObject({ supplements: allocationCode }),
  form: newSupplement,
  refuses: [
    'allocation_not_found',
    'supplement_of_supplement',
    'allocation_not_approved',
    ...refusedDrafts,
    'supplement_takes_too_much',
    'allocation_exists',
  ],
  content: ({ allocation, supplements, ...content }) => json({ allocation, supplements, content }),
  work: async ({ tx, at, actor, passed }, { allocation, supplements, ...content }) => {
    const root = await allocationFor(tx, actor, supplements)
    if (root.supplements !== null) {
      throw refuse('supplement_of_supplement', { allocation: supplements, supplements: root.supplements })
    }
    if (root.state !== 'approved') {
      throw refuse('allocation_not_approved', {
        allocation: supplements,
        state: inWords(allocationStateNamesZh, root.state),
      })
    }
    const indicator = await indicatorFor(tx, actor, root.indicator)
    passed()
    const { recipients, district } = root
    const head = { ...headOf(indicator, allocation), recipients, district, supplements }
    return draftFirst(tx, actor, { head, indicator, content, at })
  },
})

type Drafting = {
  readonly head: Allocation
  readonly indicator: Indicator
  readonly content: VersionGiven
  readonly at: Instant
}

async function draftFirst(tx: Tx, actor: Actor, { head, indicator, content, at }: Drafting): Promise<AllocationView> {
  requireInForce(indicator)
  const version = await computeVersion(tx, { head, indicator, given: content, maker: actor.person })
  if (!(await insertAllocation(tx, head))) throw refuse('allocation_exists', { allocation: head.allocation })
  return keepVersion(tx, head, version, { verb: 'drafted', at })
}

async function keepVersion(
  tx: Tx,
  head: Allocation,
  version: AllocationVersion,
  { verb, at }: { readonly verb: string; readonly at: Instant },
): Promise<AllocationView> {
  const hash = hashOfVersion(head, version)
  await insertVersion(tx, version, { hash, at })
  const { totalFen, variant, maker: person, note } = version
  const body = { version: version.version, variant, total: formatFen(totalFen), hash: hash.toString('hex'), note }
  await recordAllocation(tx, head, verb, { person, at, body })
  return allocationView(head, version, hash.toString('hex'))
}

/**
 * The allocation, locked, for an actor who may change it. Refuses `allocation_not_found`, also where it is another
 * district's.
 */
async function allocationFor(tx: Tx, actor: Actor, allocation: string): Promise<Allocation> {
  const found = await lockAllocation(tx, allocation)
  if (!found || !manages(actor, found)) throw refuse('allocation_not_found', { allocation })
  return found
}

/** Draws up the next version; earlier ones stay. One under approval is drafted again, and its approval superseded. */
export const redraftAllocation = verb({
  kind: 'allocation.redraft',
  right: 'allocation.manage',
  of: inAllocation,
  form: newVersion,
  versioned: 'changes',
  refuses: [
    'allocation_not_found',
    'allocation_approved',
    'version_stale',
    ...refusedDrafts,
    'supplement_takes_too_much',
  ],
  content: ({ allocation, changes, ...content }) => json({ allocation, content, changes }),
  work: async ({ tx, at, actor, passed }, { allocation, changes, ...content }) => {
    await supersede(tx, kind, subjectOf(allocation), actor.person, at)
    const standing = await changeable(tx, actor, allocation, changes)
    const indicator = await indicatorFor(tx, actor, standing.indicator)
    requireInForce(indicator)
    passed()
    const head = await moveAllocation(tx, standing, { state: 'draft', version: standing.version + 1 })
    const version = await computeVersion(tx, { head, indicator, given: content, maker: actor.person })
    return keepVersion(tx, head, version, { verb: 'redrafted', at })
  },
})

async function changeable(tx: Tx, actor: Actor, allocation: string, changes: number | undefined): Promise<Allocation> {
  const standing = await allocationFor(tx, actor, allocation)
  if (standing.state === 'approved') throw refuse('allocation_approved', { allocation })
  requireVersion({ zh: `资金分配 ${allocation}`, en: `Allocation ${allocation}` }, changes, standing.changes)
  return standing
}

// --- Submitting -----------------------------------------------------------------------------------------------------

/**
 * Submits the version that stands for approval. Whoever made a version is a maker of it all. Refused too is what no
 * longer fits: projects closed meanwhile, an indicator whose time is over, costs others have subsidised; and whatever
 * its last approval would be refused now (closed months, too little of the indicator), for the posting is rehearsed.
 */
export const submitAllocation = verb({
  kind: 'allocation.submit',
  right: 'allocation.manage',
  of: inAllocation,
  form: noContent,
  versioned: 'changes',
  refuses: [
    'allocation_not_found',
    'allocation_approved',
    'approval_pending',
    'version_stale',
    'allocation_empty',
    'indicator_not_in_force',
    'indicator_out_of_time',
    'project_not_planned',
    'project_closed',
    'item_not_of_project',
    'subsidy_exceeds_cost',
    'project_cost_unknown',
    'subsidy_exceeds_project',
    'supplement_takes_too_much',
    'district_indicator_differs',
    'idempotency_key_reused',
  ],
  content: ({ allocation, changes }) => json({ allocation, changes }),
  work: async (doing, { allocation, changes }) => {
    const { tx, at, actor } = doing
    const pending = await lockOpenApproval(tx, kind, subjectOf(allocation))
    const standing = await changeable(tx, actor, allocation, pending ? undefined : changes)
    const { hash, ...version } = await standingVersion(tx, standing)
    if (!pending) {
      await requireSubmittable(tx, actor, standing, version)
      doing.passed()
    }
    const submission = {
      subject: subjectOf(allocation),
      district: standing.district ?? undefined,
      amountFen: movedFen(version.shares),
      summary: summaryOf(standing, version),
      content: contentOfVersion(standing, version),
      madeBy: await makersOf(tx, allocation),
    }
    const approval = await allocationProposal.submit(tx, actor, submission, at)
    const head = await moveAllocation(tx, standing, { state: 'submitted' })
    await recordAllocation(tx, head, 'submitted', { person: actor.person, at, body: { approval: approval.id } })
    await rehearse(doing, allocationProposal, approval)
    return { allocation: allocationView(head, version, hash), approval: approval.id, hash: approval.hash }
  },
})

async function requireSubmittable(tx: Tx, actor: Actor, head: Allocation, version: AllocationVersion): Promise<void> {
  const { allocation } = head
  if (movedFen(version.shares) === 0n) throw refuse('allocation_empty', { allocation, version: version.version })
  await requireFit(tx, head, version, { hold: false })
  const indicator = await indicatorFor(tx, actor, head.indicator)
  await requireWithinProjects(tx, head, indicator, version)
  requireInForce(indicator)
  requireInTime(indicator, version.on, lawOn(version.on))
}

function summaryOf(
  { allocation, programme, supplements }: Allocation,
  { version, totalFen, shares }: AllocationVersion,
) {
  const what = supplements === null ? '资金分配' : `${supplements} 的补充分配`
  return `${what} ${allocation} 第${version}稿：${programme} ${formatFen(totalFen)} 元，${shares.length} 个对象`
}
