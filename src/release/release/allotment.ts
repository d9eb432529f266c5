/**
 * What was allotted to a district of an allocation, put together from where it is known: the approved shares, the
 * indicators, what was paid, what must come back, and what the books and the cash plan still hold. Read inside the
 * transaction of whoever decides by it.
 */
import { inWords } from '../../base/refusal.ts'
import type { Actor } from '../../access/actor.ts'
import { type Day, yearOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, maxFen, minFen, sumFen } from '../../base/money.ts'
import { assert } from '../../base/assert.ts'
import type { Indicator } from '../../budget/indicator/indicator.ts'
import { type Availability, availabilityWithin } from '../../budget/indicator/holdings.ts'
import { cashPlanLeftInYear } from '../../budget/cash-plan/store.ts'
import { lockIndicators, readProjectPlaces } from '../../budget/indicator/store.ts'
import { chargeAllotments, chargeProjects, splitWithin } from '../../budget/recovery/recovery.ts'
import { outstandingRecovery, readRecoveredParts, readRecoveries } from '../../budget/recovery/store.ts'
import { readProjectFacts } from '../../projects/project/facts.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import type { ProjectState } from '../../projects/terms.ts'
import { allocationStateNamesZh, childCode, type Recipients } from '../../allocation/allocation.ts'
import { refuseAllocation } from '../../allocation/refusals.ts'
import { refuse } from '../refusals.ts'
import type { Allotted, ProjectPart, ProjectShare } from './release.ts'
import { type Part, progressOf } from '../score/facts.ts'
import { type ApprovedShare, readAllocation, readApprovedShares, readVersions } from '../../allocation/store.ts'
import { allotmentKey, readAllReleased, releasedByProject } from './store.ts'
import { groupBy } from '../../base/arrays.ts'

export type Allotment = Allotted & {
  readonly allocation: string
  readonly district: string
  readonly recipients: Recipients
  /** The city's indicator, and the district's below it. */
  readonly indicator: Indicator
  readonly child: Indicator
  readonly shares: readonly { readonly recipient: string; readonly amountFen: Fen }[]
  /** Of what this allotment bears of a recovery (`recoveryFen`), what did not come back yet. */
  readonly outstandingFen: Fen
  /** Of what its district must give back of the indicator, what nobody has left to be paid: it returns from quota. */
  readonly returnFen: Fen
  /** Of money allotted to projects, each; empty of money allotted to districts. */
  readonly projects: readonly AllottedProject[]
}

/** A project's part of an allotment; `shareFen` is less what the project bears of a recovery. */
export type AllottedProject = ProjectShare & {
  readonly state: ProjectState | undefined
  /** What it bears of a recovery, and what of that came back. */
  readonly chargeFen: Fen
  readonly takenFen: Fen
}

/** Everything that was allotted and approved, of all districts or one, in the order of allocations and districts. */
export async function readAllotments(
  tx: Tx,
  filter: { readonly indicator?: string; readonly district?: string } = {},
): Promise<Allotment[]> {
  const groups = grouped(await readApprovedShares(tx, filter))
  const wanted = new Set(
    groups.flatMap(([first]) => (first ? [first.indicator, childCode(first.indicator, first.district)] : [])),
  )
  const indicators = await lockIndicators(tx, [...wanted])
  const paid = await readPaid(tx, filter.district, [...new Set(groups.flatMap(([first]) => first?.allocation ?? []))])
  const due = new Map((await readRecoveries(tx, [...wanted])).map((row) => [keyOf(row.indicator, row.district), row]))
  const parts = await readRecoveredParts(tx, [...wanted])
  const states = await readProjectPlaces(tx, recipientsOf(groups))
  const heads = groups.flatMap((shares): Head[] => {
    const [first] = shares
    const indicator = first && indicators.get(first.indicator)
    const child = first && indicators.get(childCode(first.indicator, first.district))
    if (!indicator || !child) return []
    const { allocation, district, recipients } = first
    const taken = new Map(
      parts
        .filter((part) => part.allocation === allocation && part.district === district)
        .map(({ project, amountFen }) => [project, amountFen]),
    )
    return [
      {
        allocation,
        district,
        recipients,
        indicator,
        child,
        shares: shares.map(({ recipient, amountFen }) => ({ recipient, amountFen })),
        allottedFen: sumFen(shares.map(({ amountFen }) => amountFen)),
        releasedFen: paid.ofAllotment.get(allotmentKey(allocation, district)) ?? 0n,
        takenFen: sumFen(taken.values()),
        taken,
      },
    ]
  })
  const charges = chargesOf(heads, due)
  return heads.map((head) => {
    const { taken: _, takenFen: __, ...allotment } = head
    const { chargeFen, outstandingFen, returnFen } = charges.get(head) ?? nothingDue
    const ofProjects = paid.ofProjects.get(allotmentKey(head.allocation, head.district))
    const projects =
      head.recipients === 'projects' ? chargedProjects(head, { chargeFen, paid: ofProjects, states }) : []
    return { ...allotment, recoveryFen: chargeFen, outstandingFen, returnFen, projects }
  })
}

type Head = Omit<Allotment, 'recoveryFen' | 'outstandingFen' | 'returnFen' | 'projects'> & {
  readonly takenFen: Fen
  /** By project. */
  readonly taken: ReadonlyMap<string, Fen>
}

const keyOf = (indicator: string, district: string): string => `${indicator}|${district}`

const recipientsOf = (groups: readonly (readonly ApprovedShare[])[]): string[] => [
  ...new Set(groups.flat().flatMap(({ recipients, recipient }) => (recipients === 'projects' ? [recipient] : []))),
]

type Due = { readonly dueFen: Fen; readonly doneFen: Fen }

type AllotmentCharge = { readonly chargeFen: Fen; readonly outstandingFen: Fen; readonly returnFen: Fen }

const nothingDue: AllotmentCharge = { chargeFen: 0n, outstandingFen: 0n, returnFen: 0n }

/** What each allotment bears of what its district must give back of the indicator, and what of it is outstanding. */
function chargesOf(heads: readonly Head[], due: ReadonlyMap<string, Due>): Map<Head, AllotmentCharge> {
  const charges = new Map<Head, AllotmentCharge>()
  for (const [key, { dueFen, doneFen }] of due) {
    const own = heads.filter(({ indicator, district }) => keyOf(indicator.indicator, district) === key)
    let leftFen = dueFen - doneFen
    const outstanding = chargeAllotments(dueFen, own).map((chargeFen, index) => {
      const outstandingFen = minFen(chargeFen - (own[index]?.takenFen ?? 0n), leftFen)
      leftFen -= outstandingFen
      return { chargeFen, outstandingFen }
    })
    own.forEach((head, index) => {
      charges.set(head, { ...nothingDue, ...outstanding[index], returnFen: leftFen })
    })
  }
  return charges
}

type Bearing = {
  readonly chargeFen: Fen
  readonly paid: ReadonlyMap<string, Fen> | undefined
  readonly states: ReadonlyMap<string, { readonly state: ProjectState }>
}

function chargedProjects({ shares, taken }: Head, { chargeFen, paid, states }: Bearing): AllottedProject[] {
  const all = shares
    .filter(({ amountFen }) => amountFen > 0n)
    .map(({ recipient: project, amountFen: shareFen }) => ({
      project,
      shareFen,
      releasedFen: paid?.get(project) ?? 0n,
      takenFen: taken.get(project) ?? 0n,
    }))
  const charges = chargeProjects(chargeFen, all)
  return all.map((one, index) => {
    const projectFen = charges[index] ?? 0n
    const state = states.get(one.project)?.state
    return { ...one, state, chargeFen: projectFen, shareFen: one.shareFen - projectFen }
  })
}

async function readPaid(tx: Tx, district: string | undefined, allocations: readonly string[]) {
  const ofProjects = new Map<string, Map<string, Fen>>()
  for (const { allocation, district, project, amountFen } of await releasedByProject(tx, allocations)) {
    const key = allotmentKey(allocation, district)
    const own = ofProjects.get(key) ?? new Map<string, Fen>()
    ofProjects.set(key, own.set(project, amountFen))
  }
  return { ofAllotment: await readAllReleased(tx, district), ofProjects }
}

const grouped = (shares: readonly ApprovedShare[]): ApprovedShare[][] => [
  ...groupBy(shares, ({ allocation, district }) => allotmentKey(allocation, district)).values(),
]

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
  const head = await readAllocation(tx, allocation)
  if (!head) return undefined
  // Other allocations of the same indicator bear their part of a recovery, so all of the district's are read.
  const all = await readAllotments(tx, { district, indicator: head.indicator })
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
  readonly budget: Budget
}

/** What an indicator may pay in all, its final budget where that was lower than its notice, and what it has paid. */
export type Budget = { readonly finalFen: Fen; readonly paidFen: Fen }

export async function heldFor(tx: Tx, { indicator, district }: Allotment, on: Day): Promise<Held> {
  const held = await availabilityWithin(tx, indicator)
  const own = held.byDistrict.find((one) => one.district === district)
  return {
    waitingFen: own ? own.allottedFen - own.releasedFen : 0n,
    cashPlanFen: await cashPlanLeftInYear(tx, indicator, on),
    budget: budgetOf(held, await outstandingRecovery(tx, indicator.indicator)),
  }
}

export const budgetOf = ({ approvedFen, releasedFen, issuedFen }: Availability, outstandingFen: Fen): Budget => ({
  finalFen: approvedFen - outstandingFen,
  paidFen: releasedFen + issuedFen,
})

/**
 * The shares of projects in what a district is paid. Money allotted to projects goes to them by what each was given;
 * money allotted to the district goes where the district has put it, the programme where it has not yet. What left the
 * plan gets no more than it had.
 */
export async function projectShares(tx: Tx, of: Allotment, held: Availability): Promise<ProjectShare[]> {
  if (of.recipients === 'projects') return [...of.projects]
  const places = await readProjectPlaces(
    tx,
    held.byProject.map(({ project }) => project),
  )
  return held.byProject
    .map(({ project, availableFen, issuedFen }) => ({
      project,
      shareFen: issuedFen + (hasLeft(places.get(project)?.state) ? 0n : availableFen),
      releasedFen: issuedFen,
    }))
    .filter(({ shareFen }) => shareFen > 0n)
}

/** Out of every plan: withdrawn, or back in the reserve. */
const hasLeft = (state: ProjectState | undefined): boolean => state === 'withdrawn' || state === 'reserve'

/** Projects that have left every plan and would still be paid out of an allotment. */
export const leftProjects = ({ projects }: Pick<Allotment, 'projects'>): AllottedProject[] =>
  projects.filter(({ state, shareFen, releasedFen }) => hasLeft(state) && shareFen > releasedFen)

/**
 * What comes off which projects of what an allotment still has to give back, as far as the district holds it free on
 * both axes: off projects that money was allotted to by what each bears, else by what each holds.
 */
export function recoveredParts(of: Allotment, mostFen: Fen, { byProject }: Availability): ProjectPart[] {
  const free = byProject.map(({ project, availableFen, committableFen }) => ({
    project,
    freeFen: maxFen(0n, minFen(availableFen, committableFen)),
  }))
  const wanted = minFen(of.outstandingFen, mostFen)
  const places =
    of.recipients === 'projects'
      ? of.projects.map(({ project, chargeFen, takenFen }) => ({
          project,
          weight: chargeFen - takenFen,
          mostFen: minFen(chargeFen - takenFen, free.find((one) => one.project === project)?.freeFen ?? 0n),
        }))
      : free.map(({ project, freeFen }) => ({ project, weight: freeFen, mostFen: freeFen }))
  const parts = splitWithin(
    wanted,
    places.map(({ weight }) => weight),
    places.map(({ mostFen: capFen }) => capFen),
  )
  return places.flatMap(({ project }, index) => {
    const amountFen = parts[index] ?? 0n
    return amountFen > 0n ? [{ project, amountFen }] : []
  })
}
