/**
 * What follows when the approval of an allocation is settled: posted over the upper book and every district's, in the
 * transaction of the last decision.
 */
import * as z from 'zod'
import type { ApprovalView } from '../approvals/store.ts'
import { approvedBy } from '../approvals/verbs.ts'
import { assert } from '../base/assert.ts'
import type { Instant } from '../base/calendar.ts'
import type { Tx } from '../base/db.ts'
import { recordChange } from '../base/history.ts'
import type { Json } from '../base/json.ts'
import type { Indicator } from '../budget/indicator/indicator.ts'
import { recordIndicator, requireInForce } from '../budget/indicator/proposal.ts'
import { lockIndicator, lockIndicators, putIndicator } from '../budget/indicator/store.ts'
import { anyJson } from '../form/field.ts'
import type { Act } from '../ledger/act.ts'
import { entryId } from '../ledger/leaf.ts'
import { proposal, type Proposal } from '../noun/proposal.ts'
import { lawOn } from '../policy/parameters.ts'
import {
  type Allocation,
  type AllocationVersion,
  byDistrict,
  childCode,
  childOf,
  entriesOf,
  requireInTime,
  type Share,
} from './allocation.ts'
import { allocationLimits } from './limits.ts'
import { requireFit, requireWithinProjects } from './compute.ts'
import { refuseAllocation as refuse } from './refusals.ts'
import { lockAllocation, moveAllocation, readVersion } from './store.ts'

export const kind = 'allocation'
export const subjectOf = (allocation: string): string => `${kind}:${allocation}`

type Recorded = { readonly person: string; readonly at: Instant; readonly body: Json }

export const recordAllocation = (
  tx: Tx,
  { allocation: id, changes: version }: Allocation,
  verb: string,
  of: Recorded,
) => recordChange(tx, { noun: 'allocation', id, version, verb, ...of })

export async function standingVersion(tx: Tx, { allocation, version }: Allocation) {
  const found = await readVersion(tx, allocation, version)
  assert(found, `allocation ${allocation} has the version it says`)
  return found
}

/**
 * What is approved of an allocation. Which version it is decides what is posted; the rest is the whole version, for
 * people to read.
 */
const allocationContent = z.object({ allocation: z.string(), version: z.int() }).catchall(anyJson)

/** Approved it is posted; ended otherwise it is drafted again. */
export const allocationProposal: Proposal<typeof allocationContent> = proposal({
  kind,
  form: allocationContent,
  limits: async (content, { tx }) => {
    const standing = await submitted(tx, content.allocation)
    const { on } = await standingVersion(tx, standing)
    return allocationLimits(content, await indicatorOf(tx, standing), lawOn(on))
  },
  approved: async ({ approval, content: { allocation, version }, ...running }) => {
    const { tx, at } = running
    const standing = await submitted(tx, allocation)
    assert(standing.version === version, 'what is decided is what was submitted')
    const entries = await postAllocation(running, standing, approval)
    const head = await moveAllocation(tx, standing, { state: 'approved' })
    await recordAllocation(tx, head, 'approved', {
      person: approval.maker,
      at,
      body: { approval: approval.id, entries },
    })
  },
  ended: async ({ tx, at, approval }) => {
    const standing = await submitted(tx, approval.subject.slice(subjectOf('').length))
    const head = await moveAllocation(tx, standing, { state: 'draft' })
    await recordAllocation(tx, head, approval.state, { person: approval.maker, at, body: { approval: approval.id } })
  },
})

export async function submitted(tx: Tx, allocation: string): Promise<Allocation> {
  const standing = await lockAllocation(tx, allocation)
  assert(standing?.state === 'submitted', 'what is decided was submitted')
  return standing
}

async function postAllocation(running: Act, head: Allocation, approval: ApprovalView): Promise<string[]> {
  const { tx, post } = running
  // Two supplements of one allocation take turns: what one takes back the other cannot.
  if (head.supplements !== null) await lockAllocation(tx, head.supplements)
  const version = await standingVersion(tx, head)
  await requireFit(tx, head, version, { hold: true })
  // The upper one alone first: who waited for it must see the districts' that the other has opened.
  const indicator = await indicatorOf(tx, head)
  await requireWithinProjects(tx, head, indicator, version)
  requireInForce(indicator)
  requireInTime(indicator, version.on, lawOn(version.on))
  const children = await childrenFor(running, indicator, head.district === null ? version : { ...version, shares: [] })
  const entries = entriesOf(head, version, indicator, children)
  const posted = await post({ ...(await approvedBy(tx, approval)), key: subjectOf(head.allocation), entries })
  return posted.map(({ bookId, sequence }) => entryId(bookId, sequence))
}

async function indicatorOf(tx: Tx, { indicator: code }: Allocation): Promise<Indicator> {
  const indicator = await lockIndicator(tx, code)
  assert(indicator, `indicator ${code} is never removed`)
  return indicator
}

const districtsMoved = (shares: readonly Share[]): string[] => [
  ...byDistrict(shares.filter(({ amountFen }) => amountFen !== 0n)).keys(),
]

/** The indicator of every district that something moves for: as it stands, or opened now. */
async function childrenFor(
  running: Act,
  parent: Indicator,
  version: AllocationVersion,
): Promise<Map<string, Indicator>> {
  const districts = districtsMoved(version.shares)
  const codes = districts.map((district) => childCode(parent.indicator, district))
  const locked = await lockIndicators(running.tx, codes)
  const children = new Map<string, Indicator>()
  for (const district of districts) {
    const standing = locked.get(childCode(parent.indicator, district))
    const child = standing ? fitting(standing, version) : await openChild(running, parent, district, version)
    children.set(district, child)
  }
  return children
}

/** The district's indicator as it stands, if it is what the version was computed for. */
function fitting(child: Indicator, { books }: AllocationVersion): Indicator {
  requireInForce(child)
  const wanted = books[child.district] ?? ''
  if (child.book === wanted) return child
  throw refuse('district_indicator_differs', {
    indicator: child.indicator,
    what: { zh: '账套', en: 'book' },
    stands: child.book,
    wanted,
  })
}

async function openChild(
  { tx, at }: Act,
  parent: Indicator,
  district: string,
  { books, allocation, maker: person }: AllocationVersion,
): Promise<Indicator> {
  const book = books[district]
  assert(book !== undefined, `the version names the book of ${district}`)
  const child = childOf(parent, district, book)
  await putIndicator(tx, child)
  await recordIndicator(tx, child, 'in_force', { person, at, body: { allocation, parent: parent.indicator } })
  return child
}
