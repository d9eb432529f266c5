/**
 * What was allotted to a district of an allocation, put together from where it is known: the approved shares, the
 * indicators, what was paid, what must come back, and what the books and the cash plan still hold. Read inside the
 * transaction of whoever decides by it.
 */
import { inWords } from '../../base/refusal.ts'
import type { Actor } from '../../access/actor.ts'
import { type Day, monthOf, yearOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, maxFen, minFen, sumFen } from '../../base/money.ts'
import { assert } from '../../base/assert.ts'
import type { Indicator } from '../../budget/indicator/indicator.ts'
import { type Availability, availabilityWithin } from '../../budget/indicator/holdings.ts'
import { cashPlanLeft } from '../../budget/cash-plan/store.ts'
import { lockIndicators } from '../../budget/indicator/store.ts'
import { readProjectFacts } from '../../projects/project/facts.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { allocationStateNamesZh, childCode, type Recipients } from '../../allocation/allocation.ts'
import { refuseAllocation } from '../../allocation/refusals.ts'
import { refuse } from '../refusals.ts'
import type { Allotted, ProjectShare } from './release.ts'
import { type Part, progressOf } from '../score/facts.ts'
import { type ApprovedShare, readAllocation, readApprovedShares, readVersions } from '../../allocation/store.ts'
import { allotmentKey, readAllReleased, recoveriesWithin, type Recovery, releasedByProject } from './store.ts'

export type Allotment = Allotted & {
  readonly allocation: string
  readonly district: string
  readonly recipients: Recipients
  /** The city's indicator, and the district's below it. */
  readonly indicator: Indicator
  readonly child: Indicator
  readonly shares: readonly { readonly recipient: string; readonly amountFen: Fen }[]
  /**
   * Of what must come back of the indicator, what this allotment stands for, and what of that did not come back yet.
   */
  readonly outstandingFen: Fen
}

/** Everything that was allotted and approved, of all districts or one, in the order of allocations and districts. */
export async function readAllotments(
  tx: Tx,
  filter: { readonly allocation?: string; readonly district?: string } = {},
): Promise<Allotment[]> {
  const groups = grouped(await readApprovedShares(tx, filter))
  const wanted = new Set(
    groups.flatMap(([first]) => (first ? [first.indicator, childCode(first.indicator, first.district)] : [])),
  )
  const indicators = await lockIndicators(tx, [...wanted])
  const released = await readAllReleased(tx)
  const recoveries = await recoveriesWithin(tx, [...wanted])
  // What is due of one indicator counts once, however many allocations divide it: against the first that can bear it.
  const left = new Map(recoveries)
  return groups.flatMap((shares) => {
    const [first] = shares
    const indicator = first && indicators.get(first.indicator)
    const child = first && indicators.get(childCode(first.indicator, first.district))
    if (!indicator || !child) return []
    const allottedFen = sumFen(shares.map(({ amountFen }) => amountFen))
    const { allocation, district, recipients } = first
    const recovery = borne(left, allotmentKey(indicator.indicator, district), allottedFen)
    return [
      {
        allocation,
        district,
        recipients,
        indicator,
        child,
        shares: shares.map(({ recipient, amountFen }) => ({ recipient, amountFen })),
        allottedFen,
        releasedFen: released.get(allotmentKey(allocation, district)) ?? 0n,
        recoveryFen: recovery.dueFen,
        outstandingFen: recovery.dueFen - recovery.doneFen,
      },
    ]
  })
}

function grouped(shares: readonly ApprovedShare[]): ApprovedShare[][] {
  const groups = new Map<string, ApprovedShare[]>()
  for (const share of shares) {
    const key = allotmentKey(share.allocation, share.district)
    const group = groups.get(key)
    if (group) group.push(share)
    else groups.set(key, [share])
  }
  return [...groups.values()]
}

function borne(left: Map<string, Recovery>, key: string, allottedFen: Fen): Recovery {
  const { dueFen, doneFen } = left.get(key) ?? { dueFen: 0n, doneFen: 0n }
  const own = { dueFen: minFen(dueFen, maxFen(0n, allottedFen)), doneFen: 0n }
  own.doneFen = minFen(doneFen, own.dueFen)
  left.set(key, { dueFen: dueFen - own.dueFen, doneFen: doneFen - own.doneFen })
  return own
}

/**
 * The allotment of a district under an allocation, for an actor who sees it. Refuses `allocation_not_found`,
 * `allotment_not_approved`,
 * `district_not_allotted`.
 */
export async function allotmentFor(
  tx: Tx,
  actor: Actor,
  { allocation, district }: { readonly allocation: string; readonly district: string },
): Promise<Allotment> {
  const head = await readAllocation(tx, allocation)
  if (!head || head.district !== null || !seesDistrict(actor, { district })) {
    throw refuseAllocation('allocation_not_found', { allocation })
  }
  if (head.state !== 'approved') {
    throw refuse('allotment_not_approved', { allocation, state: inWords(allocationStateNamesZh, head.state) })
  }
  const found = await readAllotment(tx, allocation, district)
  if (!found || found.allottedFen <= 0n) throw refuse('district_not_allotted', { allocation, district })
  return found
}

export async function readAllotment(tx: Tx, allocation: string, district: string): Promise<Allotment | undefined> {
  // Other allocations of the same indicator bear their part of a recovery first, so all of the district's are read.
  const all = await readAllotments(tx, { district })
  return all.find((allotment) => allotment.allocation === allocation)
}

/** The business day under which the allocation was posted: nothing of it is paid before. */
export async function allottedOn(tx: Tx, allocation: string): Promise<Day> {
  const head = await readAllocation(tx, allocation)
  const version = (await readVersions(tx, allocation)).find(({ version }) => version === head?.version)
  assert(version, `allocation ${allocation} has the version it says`)
  return version.on
}

/** How far the works are that an allotment is for: its projects, or all of the district's that are in a plan. */
export async function progressFor(tx: Tx, { district, recipients, shares }: Allotment, asOf: Day): Promise<Part> {
  const projects = recipients === 'projects' ? { projects: shares.map(({ recipient }) => recipient) } : {}
  const facts = await readProjectFacts(tx, { district, asOf, ...projects })
  return progressOf(
    facts.filter(
      ({ year, state }) => year !== null && year <= yearOf(asOf) && state !== 'reserve' && state !== 'withdrawn',
    ),
  )
}

/** What the books hold for a release on a day. */
export type Held = {
  /** Allotted and not paid. */
  readonly waitingFen: Fen
  readonly cashPlanFen: Fen
}

export async function heldFor(tx: Tx, { indicator, district }: Allotment, on: Day): Promise<Held> {
  const { byDistrict } = await availabilityWithin(tx, indicator)
  const own = byDistrict.find((one) => one.district === district)
  return {
    waitingFen: own ? own.allottedFen - own.releasedFen : 0n,
    cashPlanFen: await cashPlanLeft(tx, indicator, monthOf(on)),
  }
}

/**
 * The shares of projects in what a district is paid. Money allotted to projects goes to them by what each was given;
 * money allotted to the district goes where the district has put it, the programme where it has not yet.
 */
export async function projectShares(tx: Tx, of: Allotment, held: Availability): Promise<ProjectShare[]> {
  if (of.recipients === 'projects') {
    const sofar = await releasedByProject(tx, of.allocation, of.district)
    return of.shares
      .filter(({ amountFen }) => amountFen > 0n)
      .map(({ recipient: project, amountFen: shareFen }) => ({
        project,
        shareFen,
        releasedFen: sofar.get(project) ?? 0n,
      }))
  }
  return held.byProject
    .map(({ project, availableFen, issuedFen }) => ({
      project,
      shareFen: availableFen + issuedFen,
      releasedFen: issuedFen,
    }))
    .filter(({ shareFen }) => shareFen > 0n)
}
