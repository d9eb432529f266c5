/**
 * Computing a version inside the transaction that keeps it: rows as they were given or as the registry has them on the
 * day, the districts and books they belong to, the shares, and what forbids them. What may have changed by the time of
 * approval is looked at again then.
 */
import { inWords } from '../base/refusal.ts'
import type { Day } from '../base/calendar.ts'
import { formatScaled } from '../base/decimal.ts'
import type { Tx } from '../base/db.ts'
import { type Fen, formatFen } from '../base/money.ts'
import type { Indicator } from '../budget/indicator/indicator.ts'
import { lockIndicators } from '../budget/indicator/store.ts'
import { knownLimit, requireEligibleClass, requireWithinProject } from '../budget/limit/limit.ts'
import { readProjectMoney } from '../budget/limit/store.ts'
import { refuse as refuseBudget } from '../budget/refusals.ts'
import { classOfItem, itemOf } from '../policy/catalogue.ts'
import { checkIdentifier } from '../policy/identifier.ts'
import { type Law, lawOn } from '../policy/parameters.ts'
import { areaDecimals } from '../policy/units.ts'
import { type ProjectFacts, readProjectFacts } from '../projects/project/facts.ts'
import { refuse as refuseProject } from '../projects/refusals.ts'
import { type ProjectState, stateNamesZh } from '../projects/terms.ts'
import {
  type Allocation,
  type AllocationVersion,
  childCode,
  type DistrictTerms,
  formulaGiven,
  json,
  requireInTime,
  type Share,
  usesOf,
  type VersionGiven,
} from './allocation.ts'
import { allocate, type Formula, type Row, signedAmountOf } from './formula.ts'
import type { Limits } from './limits.ts'
import { refuseAllocation as refuse } from './refusals.ts'
import { approvedItems, governmentBooks, projectPlaces, registeredItems, standingShares } from './store.ts'
import { groupBy } from '../base/arrays.ts'

export type Computing = {
  readonly head: Allocation
  readonly indicator: Indicator
  readonly given: VersionGiven
  readonly maker: string
}

export async function computeVersion(tx: Tx, { head, indicator, given, maker }: Computing): Promise<AllocationVersion> {
  const { on, total, rows: _, ...rest } = given
  requireInTime(indicator, on, lawOn(on))
  const law = lawOn(on)
  const { variant, formula } = formulaGiven(given.formula, law)
  const rows = given.rows ?? (await registryRows(tx, head, given, formula))
  const districtOf = await districtsOf(tx, head, rows, on)
  requireEligible(rows, indicator, law)
  const computed = allocate(
    formula,
    {
      totalFen: total === undefined ? undefined : signedAmountOf(total),
      rows,
      level: indicator.level,
      mayTakeBack: head.supplements !== null,
      limits: await limitsOf(tx, head, { rows, formula, indicator }, law),
    },
    law,
  )
  const shares = computed.shares.map((share) => ({ ...share, district: districtOf(share.recipient) }))
  const version = {
    allocation: head.allocation,
    version: head.version,
    on,
    variant,
    formula,
    uses: usesOf(given.formula, formula, law),
    totalFen: computed.totalFen,
    given: json({ ...rest, ...(total !== undefined && { total }) }),
    basis: computed.basis,
    books: head.district === null ? await booksOf(tx, indicator, shares, given) : {},
    shares,
    document: given.document,
    note: given.note ?? null,
    maker,
  }
  await requireFit(tx, head, version, { hold: false })
  return version
}

// --- Rows of the registry -------------------------------------------------------------------------------------------

const openStates: readonly ProjectState[] = ['planned', 'under_way']
const isOpen = ({ state }: { readonly state: ProjectState }): boolean => openStates.includes(state)

/** One row a project, or a district with its projects summed; coefficients and scores are the district's, as given. */
async function registryRows(
  tx: Tx,
  head: Allocation,
  { on, registry }: VersionGiven,
  formula: Formula,
): Promise<Row[]> {
  const { year = head.year, batch, projects, districts = [] } = registry ?? {}
  const filter = projects === undefined ? { year, batch } : { projects }
  const found = await readProjectFacts(tx, { district: head.district ?? undefined, asOf: on, ...filter })
  const unknown = projects?.find((project) => !found.some((facts) => facts.project === project))
  if (unknown !== undefined) throw refuse('recipient_unknown', { recipient: unknown, recipients: 'projects' })
  // Those named are all taken, and refused by name where they may not be; of a whole year those that are open.
  const taken = projects === undefined ? found.filter(isOpen) : found
  if (taken.length === 0) throw refuse('recipients_missing', { programme: head.programme, on })
  const terms = termsOf(districts)
  const groups =
    head.recipients === 'projects'
      ? taken.map((facts) => [facts])
      : [...groupBy(taken, ({ district }) => district).values()]
  return groups.map((group) => rowOf(head, group, terms, formula))
}

function termsOf(districts: readonly DistrictTerms[]): Map<string, DistrictTerms> {
  const terms = new Map<string, DistrictTerms>()
  for (const one of districts) {
    if (terms.has(one.district)) throw refuse('recipient_repeated', { recipient: one.district, item: '', part: '' })
    terms.set(one.district, one)
  }
  return terms
}

function rowOf(
  { recipients }: Allocation,
  group: readonly ProjectFacts[],
  terms: ReadonlyMap<string, DistrictTerms>,
  { kind }: Formula,
): Row {
  const [one] = group
  const { district = '', project = '' } = one ?? {}
  const given = terms.get(district)
  // Said of the district, not of each of its projects.
  if (!given) throw refuse('input_missing', { recipient: district, input: 'coefficient', formula: kind })
  const { district: _, ...figures } = given
  const sum = (of: (facts: ProjectFacts) => number): number => group.reduce((sofar, facts) => sofar + of(facts), 0)
  const areaDm2 = group.reduce((sofar, facts) => sofar + facts.areaDm2, 0n)
  return {
    recipient: recipients === 'projects' ? project : district,
    area: formatScaled(areaDm2, areaDecimals),
    households: sum(({ households }) => households),
    buildings: sum(({ buildings }) => buildings),
    communities: sum(({ communities }) => communities),
    ...figures,
  }
}

/** Refuses rows for works that the indicator's source may not pay (clauses 5, 10; O-12). */
function requireEligible(rows: readonly Row[], { source }: Indicator, law: Law): void {
  for (const { recipient: project, item, class: given } of rows) {
    const itemClass = item === undefined ? given : itemOf(item, law)?.class
    if (itemClass) requireEligibleClass({ project, item: item ?? '', itemClass }, source, law)
  }
}

type Limiting = { readonly rows: readonly Row[]; readonly formula: Formula; readonly indicator: Indicator }

/**
 * What each project may be given of the indicator, by what is known now. A stated table is held to it when it is
 * submitted: nobody's table is rewritten. Refuses `project_cost_unknown`.
 */
async function limitsOf(
  tx: Tx,
  { recipients }: Allocation,
  { rows, formula, indicator }: Limiting,
  law: Law,
): Promise<Limits | undefined> {
  if (recipients === 'districts' || formula.kind === 'stated') return undefined
  // Those that are closed get nothing for another reason, which is said first.
  const open = [...(await projectPlaces(tx, codesOf(rows), { hold: false })).values()].filter(isOpen)
  const projects = open.map(({ project }) => project)
  const money = await readProjectMoney(tx, projects, law.take('city_code'))
  return new Map([...money.values()].map((of) => [of.project, knownLimit(of, indicator.source, law)]))
}

// --- Recipients, districts, books -----------------------------------------------------------------------------------

/** The district of each recipient. Refuses `recipient_unknown`, `recipient_outside_district`, items that are none. */
async function districtsOf(
  tx: Tx,
  { district, recipients }: Allocation,
  rows: readonly Row[],
  on: Day,
): Promise<(recipient: string) => string> {
  const stranger = rows.find(({ item }) => item !== undefined && !classOfItem(item, on))
  if (stranger) throw refuseProject('item_not_in_catalogue', { item: stranger.item ?? '', on })
  const codes = codesOf(rows)
  if (recipients === 'districts') {
    const unknown = codes.find((code) => !isDistrict(code, on))
    if (unknown !== undefined) throw refuse('recipient_unknown', { recipient: unknown, recipients })
    return (recipient) => recipient
  }
  const places = await projectPlaces(tx, codes, { hold: false })
  for (const recipient of codes) {
    const place = places.get(recipient)
    if (!place) throw refuse('recipient_unknown', { recipient, recipients })
    if (district !== null && place.district !== district) {
      throw refuse('recipient_outside_district', { recipient, district, of: place.district })
    }
  }
  return (recipient) => places.get(recipient)?.district ?? ''
}

const codesOf = (rows: readonly Row[]): string[] => [...new Set(rows.map(({ recipient }) => recipient))]

// By a law of its own: that a code is one is no part of what the shares were computed by.
function isDistrict(value: string, on: Day): boolean {
  const law = lawOn(on)
  return value !== law.take('city_code') && checkIdentifier({ kind: 'district', value }, law).valid
}

/** The book of each district: the one named, else where its indicator stands already, else its only government book. */
async function booksOf(
  tx: Tx,
  indicator: Indicator,
  shares: readonly Share[],
  { books = [] }: VersionGiven,
): Promise<Record<string, string>> {
  const districts = [...new Set(shares.map(({ district }) => district))].toSorted()
  const known = await governmentBooks(tx, districts)
  const children = await lockIndicators(
    tx,
    districts.map((district) => childCode(indicator.indicator, district)),
  )
  const settled = districts.map((district): [string, string] => {
    const own = known.get(district) ?? []
    const named = books.find((given) => given.district === district)?.book
    if (named !== undefined && !own.includes(named)) throw refuse('book_not_of_district', { district, book: named })
    const child = children.get(childCode(indicator.indicator, district))
    if (child && named !== undefined && child.book !== named) {
      const facts = { indicator: child.indicator, what: { zh: '账套', en: 'book' }, stands: child.book, wanted: named }
      throw refuse('district_indicator_differs', facts)
    }
    const book = named ?? child?.book ?? (own.length === 1 ? own[0] : undefined)
    if (book === undefined) throw refuse('district_book_missing', { district, books: own })
    return [district, book]
  })
  return Object.fromEntries(settled)
}

// --- What may have changed since ------------------------------------------------------------------------------------

/**
 * Refuses what stands in the way of a version: projects not planned or closed, items that others have subsidised up to
 * their cost, more taken back than was given. `hold` keeps projects as they are until the transaction ends.
 */
export async function requireFit(
  tx: Tx,
  head: Allocation,
  { shares }: Pick<AllocationVersion, 'shares'>,
  { hold }: { readonly hold: boolean },
): Promise<void> {
  if (head.recipients === 'projects') {
    await requireOpen(tx, shares, hold)
    await requireWithinCost(tx, head, shares)
  }
  if (head.supplements !== null) await requireStanding(tx, head.supplements, shares)
}

async function requireOpen(tx: Tx, shares: readonly Share[], hold: boolean): Promise<void> {
  // What a closed project has too much can still be taken back.
  const given = shares.filter(({ amountFen }) => amountFen > 0n).map(({ recipient }) => recipient)
  const places = await projectPlaces(tx, given, { hold })
  for (const { project, state } of places.values()) {
    if (state === 'reserve') throw refuse('project_not_planned', { project })
    if (!isOpen({ state })) throw refuse('project_closed', { project, state: inWords(stateNamesZh, state) })
  }
}

/**
 * Refuses what all levels together give for an item above what the register says that it costs, and of one of several
 * things of an item, such as an elevator, above what that one costs.
 */
async function requireWithinCost(tx: Tx, { allocation }: Allocation, shares: readonly Share[]): Promise<void> {
  const withItems = shares.filter(({ items }) => items.length > 0)
  if (withItems.length === 0) return
  const recipients = withItems.map(({ recipient }) => recipient)
  const others = await approvedItems(tx, recipients, allocation)
  const costs = new Map((await registeredItems(tx, recipients)).map((of) => [place(of.project, of.item), of.costFen]))
  const ofItems = sumsBy(others, ({ recipient, item }) => place(recipient, item))
  const ofParts = sumsBy(others, ({ recipient, item, part }) => place(recipient, item, part))
  for (const { recipient: project, items } of withItems) {
    for (const { item, part, amountFen, costFen } of items) {
      if (amountFen <= 0n) continue
      const othersFen = ofParts.get(place(project, item, part)) ?? 0n
      if (part !== '') requireCost({ project, item, part }, { costFen, othersFen, amountFen })
    }
    for (const [item, amountFen] of sumsBy(items, ({ item }) => item)) {
      const costFen = costs.get(place(project, item))
      if (amountFen <= 0n) continue
      if (costFen === undefined) throw refuseBudget('item_not_of_project', { project, item })
      const othersFen = ofItems.get(place(project, item)) ?? 0n
      requireCost({ project, item, part: '' }, { costFen, othersFen, amountFen })
    }
  }
}

const place = (...parts: string[]): string => JSON.stringify(parts)

function sumsBy<Of extends { readonly amountFen: Fen }>(list: readonly Of[], by: (of: Of) => string): Map<string, Fen> {
  const sums = new Map<string, Fen>()
  for (const of of list) sums.set(by(of), (sums.get(by(of)) ?? 0n) + of.amountFen)
  return sums
}

type Costing = { readonly costFen: Fen; readonly othersFen: Fen; readonly amountFen: Fen }

function requireCost(
  of: { readonly project: string; readonly item: string; readonly part: string },
  { costFen, othersFen, amountFen }: Costing,
): void {
  const overFen = othersFen + amountFen - costFen
  if (overFen <= 0n) return
  const [cost, others, asked] = [formatFen(costFen), formatFen(othersFen), formatFen(amountFen)]
  throw refuse('subsidy_exceeds_cost', { ...of, cost, others, asked, over: formatFen(overFen) })
}

/**
 * Refuses what a project may not be given of the indicator's source, whatever the shares were computed from
 * (`project_cost_unknown`, `subsidy_exceeds_project`). The projects are held where it is decided.
 */
export async function requireWithinProjects(
  tx: Tx,
  { recipients }: Allocation,
  { source }: Indicator,
  { shares, on }: Pick<AllocationVersion, 'shares' | 'on'>,
): Promise<void> {
  const given = shares.filter(({ amountFen }) => amountFen > 0n)
  if (recipients === 'districts' || given.length === 0) return
  const law = lawOn(on)
  const money = await readProjectMoney(
    tx,
    given.map(({ recipient }) => recipient),
    law.take('city_code'),
  )
  for (const { recipient, amountFen } of given) {
    const of = money.get(recipient)
    if (of) requireWithinProject(of, { source, amountFen }, law)
  }
}

async function requireStanding(tx: Tx, allocation: string, shares: readonly Share[]): Promise<void> {
  const standing = await standingShares(tx, allocation)
  for (const { recipient, amountFen: changeFen } of shares) {
    const standsFen = standing.get(recipient) ?? 0n
    if (changeFen < 0n && standsFen + changeFen < 0n) {
      throw refuse('supplement_takes_too_much', { recipient, standsFen, changeFen })
    }
  }
}
