/**
 * How much subsidy one project may be given (clauses 5, 10, 23; O-09, O-12): together with what all sources were
 * assigned before no more than it is registered to cost, of each source no more than the classes of works it may pay,
 * and, where a funding plan is in force, no more than that plan takes from the source. What a project costs is what the
 * register says, never what a row that asks for money says.
 */
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { figure, type Limit } from '../../noun/limit.ts'
import { type ItemClass, itemClasses, itemClassNames, itemOf } from '../../policy/catalogue.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { kindsExcluded } from '../../policy/eligibility.ts'
import { clauseOf, type Law } from '../../policy/parameters.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import { refuse } from '../refusals.ts'

export type SourceMoney = { readonly source: string; readonly amountFen: Fen }

/** What is known of a project's costs and money, in fen. */
export type ProjectMoney = {
  readonly project: string
  /** Items of the register; `item` is null for costs of no item that the plan in force names, such as design. */
  readonly costs: readonly { readonly item: string | null; readonly costFen: Fen }[]
  /** What indicators of all levels were assigned to it, spent or not. */
  readonly assigned: readonly SourceMoney[]
  /** What the funding plan in force takes from each source; undefined where none is in force. */
  readonly planned: readonly SourceMoney[] | undefined
}

/** What holds a source back: all that the project costs, the works it may pay, or the plan. */
export const limitedBy = ['cost', 'eligibility', 'plan'] as const
export type LimitedBy = (typeof limitedBy)[number]

/** How much more of one source a project may be given, and what that was worked out from. */
export type ProjectLimit = {
  readonly source: string
  readonly mostFen: Fen
  readonly by: LimitedBy
  readonly registeredFen: Fen
  /** Of it what the source may pay. */
  readonly eligibleFen: Fen
  /** What all sources were assigned before, and of it this source. */
  readonly assignedFen: Fen
  readonly ownFen: Fen
  readonly plannedFen: Fen | undefined
}

/** Works by who may pay them: costs of no class of the day's catalogue may be paid by all. */
type Payable = ItemClass | 'any'
const payables: readonly Payable[] = [...itemClasses, 'any']

/** Who may pay what, on the law's day: the classes that a source may not pay. */
export function excludedClasses(source: string, law: Law): ItemClass[] {
  const kind = fundSourceOf(source)?.kind
  return kind === undefined ? [] : itemClasses.filter((itemClass) => kindsExcluded(itemClass, law).includes(kind))
}

/**
 * How much more of a source a project may be given, not below 0. Of every set of works that holds all the source may
 * pay, what sources may pay nothing outside it were assigned, and this amount, fit into what the works cost: then, and
 * only then, can everybody's money be laid onto works it may pay.
 */
export function limitOf(money: ProjectMoney, source: string, law: Law): ProjectLimit {
  const costs = costsByClass(money, law)
  const costOf = (set: readonly Payable[]): Fen => sumFen(set.map((payable) => costs.get(payable) ?? 0n))
  const payableBy = (of: string): Payable[] => {
    const excluded: readonly Payable[] = excludedClasses(of, law)
    return payables.filter((payable) => !excluded.includes(payable))
  }
  const own = payableBy(source)
  const assigned = money.assigned.map((given) => ({ ...given, payable: payableBy(given.source) }))
  const rooms = supersets(own).map((set) => {
    const within = assigned.filter(({ payable }) => payable.every((each) => set.includes(each)))
    return { whole: set.length === payables.length, roomFen: costOf(set) - sumFen(within.map((of) => of.amountFen)) }
  })
  const least = rooms.reduce((a, b) => (b.roomFen < a.roomFen || (b.roomFen === a.roomFen && b.whole) ? b : a))
  const ownFen = fenOf(money.assigned, source)
  const plannedFen = money.planned && fenOf(money.planned, source)
  const byPlan = plannedFen !== undefined && plannedFen - ownFen < least.roomFen
  const mostFen = byPlan ? plannedFen - ownFen : least.roomFen
  return {
    source,
    mostFen: mostFen < 0n ? 0n : mostFen,
    by: byPlan ? 'plan' : least.whole ? 'cost' : 'eligibility',
    registeredFen: costOf(payables),
    eligibleFen: costOf(own),
    assignedFen: sumFen(money.assigned.map(({ amountFen }) => amountFen)),
    ownFen,
    plannedFen,
  }
}

function costsByClass({ costs }: ProjectMoney, law: Law): Map<Payable, Fen> {
  const sums = new Map<Payable, Fen>()
  for (const { item, costFen } of costs) {
    const payable = (item === null ? undefined : itemOf(item, law)?.class) ?? 'any'
    sums.set(payable, (sums.get(payable) ?? 0n) + costFen)
  }
  return sums
}

/** Every set of works that holds those given: at most eight, for what is of no class may be paid by all. */
function supersets(own: readonly Payable[]): Payable[][] {
  return payables
    .filter((payable) => !own.includes(payable))
    .reduce<Payable[][]>((sets, payable) => [...sets, ...sets.map((set) => [...set, payable])], [[...own]])
}

const fenOf = (money: readonly SourceMoney[], source: string): Fen =>
  sumFen(money.filter((given) => given.source === source).map(({ amountFen }) => amountFen))

const seed = (article: string): string => clauseText(clause('beijing-2022-28', `第${article}条`))

/** What a project costs holds every source back. */
export const projectClause = seed('（二十三）')

/**
 * Refuses `project_cost_unknown` where the register says no cost to hold the money against, `subsidy_exceeds_project`
 * where the project may not be given so much of the source.
 */
export function requireWithinProject(money: ProjectMoney, { source, amountFen }: SourceMoney, law: Law): void {
  const { project } = money
  if (amountFen <= 0n) return
  const limit = knownLimit(money, source, law)
  if (amountFen > limit.mostFen) {
    throw refuse('subsidy_exceeds_project', { project, amountFen, ...limit }, clauseFor(limit, law))
  }
}

/** The limit of a project whose costs are known. Refuses `project_cost_unknown`: then nothing says what is too much. */
export function knownLimit(money: ProjectMoney, source: string, law: Law): ProjectLimit {
  const limit = limitOf(money, source, law)
  if (limit.registeredFen > 0n) return limit
  throw refuse('project_cost_unknown', { project: money.project }, projectClause)
}

/** What a project may be given at most of a source, as whoever approves is shown it. */
export function projectLimit(money: ProjectMoney, { source, amountFen }: SourceMoney, law: Law): Limit {
  const limit = limitOf(money, source, law)
  const [most, given] = [formatFen(limit.mostFen), formatFen(amountFen)]
  return shownLimit({ ...limit, most, project: money.project, given }, law)
}

/** A limit as it is shown, under the clause of what binds. */
export const shownLimit = ({ project, source, by, most, given }: BindingLimit, law: Law): Limit => ({
  parameter: `project_most_by_${by}`,
  value: most,
  from: law.on,
  clause: clauseFor({ by, source }, law) ?? projectClause,
  measured: figure(`${project} ${given}`),
})

type BindingLimit = Pick<ProjectLimit, 'source' | 'by'> & {
  readonly project: string
  /** In yuan. */
  readonly most: string
  readonly given: string
}

/** The clause of what holds a source back. */
export function clauseFor({ by, source }: Pick<ProjectLimit, 'source' | 'by'>, law: Law): string | undefined {
  if (by === 'plan') return seed('（四）')
  const [excluded] = excludedClasses(source, law)
  return by === 'eligibility' && excluded ? clauseOf(law, `eligibility_${excluded}`) : projectClause
}

/** Refuses `subsidy_not_eligible` where a source may not pay the works of a class at all. */
export function requireEligibleClass(
  { project, item, itemClass }: { readonly project: string; readonly item: string; readonly itemClass: ItemClass },
  source: string,
  law: Law,
): void {
  if (!excludedClasses(source, law).includes(itemClass)) return
  const facts = { project, item, source, sourceZh: fundSourceOf(source)?.zh ?? source }
  const named = { ...facts, class: itemClass, classZh: itemClassNames[itemClass] }
  throw refuse('subsidy_not_eligible', named, clauseOf(law, `eligibility_${itemClass}`))
}
