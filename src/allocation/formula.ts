/**
 * Formulas of allocation as data, and what one gives for given rows (clauses 14, 24; O-01 to O-04, O-07, O-08, O-10).
 * Every share keeps the rows it was computed from and each step in figures, so that an auditor can do it again by hand;
 * what all shares have in common (weights, sums, what was left after the floors) stands once beside them.
 *
 * Rows are taken in the order of their recipients' codes, whatever order they came in: of equal remainders the earlier
 * code gets the unit, so the same rows give the same shares.
 */
import { unreachable } from '../base/assert.ts'
import { cutQuotient, type Decimal, portion, sumDecimals, toWeights } from '../base/decimal.ts'
import { type Fen, formatFen, maxFen, minFen, splitLargestRemainder, sumFen } from '../base/money.ts'
import { areaSubsidy, elevatorSubsidy } from '../funds/subsidy/subsidy.ts'
import type { IndicatorLevel } from '../budget/indicator/indicator.ts'
import type { ItemClass } from '../policy/catalogue.ts'
import type { Law } from '../policy/parameters.ts'
import { fenPerYuan, rawDecimals, shareDecimals } from '../policy/units.ts'
import { amountOf, one, ratioOf, zero } from '../policy/value.ts'
import { budgetCut } from './budget-cut.ts'
import { coCreationSubsidy, type CoCreationTerms } from './co-creation.ts'
import {
  type Factor,
  factors,
  factorShares,
  factorSum,
  factorsUsed,
  factorValue,
  type FactorWeights,
  type Recipient,
  rewardWeights,
} from './factor.ts'
import { limitFigures, type Limits, withinLimits } from './limits.ts'
import { refuseAllocation as refuse } from './refusals.ts'

/** Weights as they are written down: those that count, which add up to 1. */
export type Weights = Readonly<Partial<Record<Factor, string>>>

/** What a formula is. Numbers are decimal text, as in the policy tables; `unit` is the unit of rounding in yuan. */
export type Formula = { readonly unit: string } & (
  | { readonly kind: 'factor'; readonly weights: Weights }
  | { readonly kind: 'reward'; readonly weights: Weights; readonly taskShare: string }
  | { readonly kind: 'area_standard'; readonly standard: string }
  | { readonly kind: 'elevator' }
  | ({ readonly kind: 'co_creation' } & CoCreationTerms)
  | { readonly kind: 'stated' }
)
export type FormulaKind = Formula['kind']

/** The variants an allocation may name, each a parameter with its date and clause. */
export const variants = {
  'factor-2019': (law: Law): Formula => law.take('formula_factor_2019'),
  'factor-performance': (law: Law): Formula => law.take('formula_factor_performance'),
  'task-reward-2024': (law: Law): Formula => law.take('formula_task_reward_2024'),
  'area-standard': (law: Law): Formula => law.take('formula_area_standard'),
  elevator: (law: Law): Formula => law.take('formula_elevator'),
  'co-creation': (law: Law): Formula => law.take('formula_co_creation'),
  stated: (law: Law): Formula => law.take('formula_stated'),
} as const
export type Variant = keyof typeof variants
export const isVariant = (text: string): text is Variant => Object.hasOwn(variants, text)

/** The formula of a variant on the law's day. Refuses `formula_unknown`, `policy_not_in_force`. */
export function formulaOf(variant: string, law: Law): Formula {
  if (!isVariant(variant)) throw refuse('formula_unknown', { variant, known: Object.keys(variants) })
  return variants[variant](law)
}

/** One row of what shares are computed from. Figures are decimal text; which are needed is the formula's matter. */
export type Row = {
  readonly recipient: string
  /** Of the catalogue, where the money is for one item; `part` tells several of one item apart, such as elevators. */
  readonly item?: string | undefined
  readonly part?: string | undefined
} & { readonly [I in InputName]?: Inputs[I] | undefined }

type Inputs = {
  /** In m², or for factors in any one unit. */
  readonly area: string
  readonly households: number
  readonly buildings: number
  readonly communities: number
  /** 财政困难系数; 绩效得分; 奖励系数. */
  readonly coefficient: string
  readonly performance: string
  readonly reward: string
  /** Real cost in yuan; of it, of moving pipelines. */
  readonly cost: string
  readonly pipelineCost: string
  /** The special-equipment certificate is there. */
  readonly certificate: boolean
  /** In yuan per m². */
  readonly investment: string
  readonly ownersShare: string
  readonly class: ItemClass
  /** What a table states, in yuan. */
  readonly amount: string
}
export type InputName = keyof Inputs

export const inputNames = [
  'area',
  'households',
  'buildings',
  'communities',
  'coefficient',
  'performance',
  'reward',
  'cost',
  'pipelineCost',
  'certificate',
  'investment',
  'ownersShare',
  'class',
  'amount',
] as const satisfies readonly InputName[]

export type ItemAmount = {
  readonly item: string
  readonly part: string
  readonly amountFen: Fen
  readonly costFen: Fen
}

export type Steps = { readonly [name: string]: string | boolean | Steps | readonly Steps[] }

export type ComputedShare = {
  readonly recipient: string
  readonly amountFen: Fen
  readonly rows: readonly Row[]
  readonly steps: Steps
  /** What of it is for one item, and what that really costs. */
  readonly items: readonly ItemAmount[]
}

export type Computed = {
  readonly totalFen: Fen
  /** By the code of the recipient. */
  readonly shares: readonly ComputedShare[]
  readonly basis: Steps
}

export type Given = {
  /** What is divided. Of a standard: the most there is, above which all are cut alike. */
  readonly totalFen?: Fen | undefined
  readonly rows: readonly Row[]
  /** Whose money: a standard shared by levels gives each its part. */
  readonly level: IndicatorLevel
  /** A correction of an allocation that stands may take back. */
  readonly mayTakeBack: boolean
  /** Of projects: what each may be given. A stated table is not held to it here: it is refused, not rewritten. */
  readonly limits?: Limits | undefined
}

/** The shares. Refuses what is wrong with formula, rows or total; see refusals.ts. */
export function allocate(formula: Formula, given: Given, law: Law): Computed {
  const unitFen = amountOf(formula.unit)
  if (unitFen === 0n) throw refuse('amount_not_in_unit', { what: '', amountFen: 0n, unitFen })
  const rows = given.rows.toSorted(byCode)
  requireInputs(formula, rows)
  if (given.totalFen !== undefined) requireInUnit('', given.totalFen, unitFen)
  switch (formula.kind) {
    case 'factor':
    case 'reward':
      return byFactors(formula, rows, { totalFen: totalOf(given, formula), limits: given.limits }, unitFen)
    case 'stated':
      return asStated(rows, given, totalOf(given, formula), unitFen)
    case 'area_standard':
      return byClaims(formula, rows, given, unitFen, (row) => areaClaim(row, formula.standard))
    case 'elevator':
      return byClaims(formula, rows, given, unitFen, (row) => elevatorClaim(row, given.level, law))
    case 'co_creation':
      return byClaims(formula, rows, given, unitFen, (row) => coCreationClaim(row, formula))
    default:
      return unreachable(formula)
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byCode = (a: Row, b: Row): number =>
  order(a.recipient, b.recipient) || order(a.item ?? '', b.item ?? '') || order(a.part ?? '', b.part ?? '')

function totalOf({ totalFen }: Given, { kind }: Formula): Fen {
  if (totalFen === undefined) throw refuse('total_missing', { formula: kind })
  return totalFen
}

// --- What the rows must hold ----------------------------------------------------------------------------------------

/** By kind: what every row needs. Factors need those that have a weight. */
function needs(formula: Formula): readonly InputName[] {
  switch (formula.kind) {
    case 'factor':
      return [...factorsUsed(weightsOf(formula.weights)), 'coefficient']
    case 'reward':
      return [...factorsUsed(weightsOf(formula.weights)), 'coefficient', 'reward']
    case 'area_standard':
      return ['area', 'cost']
    case 'elevator':
      return ['cost', 'pipelineCost', 'certificate']
    case 'co_creation':
      return ['investment', 'area', 'ownersShare', 'class']
    case 'stated':
      return ['amount']
    default:
      return unreachable(formula)
  }
}

const hasFactors = ({ kind }: Formula): boolean => kind === 'factor' || kind === 'reward'

function requireInputs(formula: Formula, rows: readonly Row[]): void {
  const needed = needs(formula)
  // A factor without weight may stand in the row: tables come whole.
  const taken: readonly string[] = hasFactors(formula) ? [...needed, ...factors] : needed
  const several = !hasFactors(formula) && formula.kind !== 'stated'
  const seen = new Set<string>()
  for (const row of rows) {
    const { recipient, item = '', part = '' } = row
    const name = several ? JSON.stringify([recipient, item, part]) : recipient
    if (seen.has(name)) throw refuse('recipient_repeated', { recipient, item, part })
    seen.add(name)
    const missing = needed.find((input) => row[input] === undefined)
    if (missing) throw refuse('input_missing', { recipient, input: missing, formula: formula.kind })
    const unused = inputNames.find((input) => row[input] !== undefined && !taken.includes(input))
    if (unused) throw refuse('input_unused', { recipient, input: unused, formula: formula.kind })
  }
}

function requireInUnit(what: string, amountFen: Fen, unitFen: Fen): void {
  if (amountFen % unitFen !== 0n) throw refuse('amount_not_in_unit', { what, amountFen, unitFen })
}

// --- Factors --------------------------------------------------------------------------------------------------------

function weightsOf(weights: Weights): FactorWeights {
  const of = (factor: Factor): Decimal => ratioOf(weights[factor] ?? '0')
  const { performance } = weights
  return {
    area: of('area'),
    households: of('households'),
    buildings: of('buildings'),
    communities: of('communities'),
    ...(performance !== undefined && { performance: ratioOf(performance) }),
  }
}

/** Refuses weights that do not add up to 1. */
export function requireWeights(formula: Formula): void {
  if (formula.kind !== 'factor' && formula.kind !== 'reward') return
  const sum = sumDecimals(Object.values(formula.weights).map(ratioOf))
  if (!sum.eq(one)) throw refuse('weights_not_one', { sum: sum.toFixed() })
}

const recipientOf = (row: Row): Recipient => ({
  id: row.recipient,
  area: ratioOf(row.area ?? '0'),
  households: row.households ?? 0,
  buildings: row.buildings ?? 0,
  communities: row.communities ?? 0,
  coefficient: ratioOf(row.coefficient ?? '0'),
  performance: row.performance === undefined ? undefined : ratioOf(row.performance),
})

function byFactors(
  formula: Formula & { kind: 'factor' | 'reward' },
  rows: readonly Row[],
  { totalFen, limits }: { readonly totalFen: Fen; readonly limits: Limits | undefined },
  unitFen: Fen,
): Computed {
  if (totalFen < 0n) throw refuse('share_negative', { recipient: '', amountFen: totalFen })
  const weights = weightsOf(formula.weights)
  const recipients = rows.map(recipientOf)
  const sums = factorsUsed(weights).map((factor) => ({ factor, sum: factorSum(recipients, factor) }))
  const empty = sums.find(({ sum }) => !sum.gt(zero))
  if (empty) throw refuse('factor_sum_zero', { factor: empty.factor })
  const parts = partsOf(formula, rows, factorShares({ weights, recipients }), totalFen, unitFen)
  const uncapped = rows.map((row, index) => ({
    recipient: row.recipient,
    amountFen: sumFen(parts.map(({ split }) => split.amounts[index] ?? 0n)),
    rows: [row],
    items: [],
    steps: {
      counts: countsOf(recipients[index], sums),
      ...Object.fromEntries(parts.map(({ name, split }) => [name, split.steps[index] ?? {}])),
    },
  }))
  const factorsUsedHere = sums.map(({ factor, sum }) => [
    factor,
    { weight: weights[factor]?.toFixed() ?? '', sum: sum.toFixed() },
  ])
  const held = withinLimits(uncapped, limits, unitFen)
  return {
    totalFen,
    shares: held.shares,
    basis: {
      unit: formatFen(unitFen),
      factors: Object.fromEntries(factorsUsedHere) as Steps,
      ...Object.fromEntries(parts.map(({ name, split }) => [name, split.basis])),
      ...held.basis,
    },
  }
}

/** What each factor counts for a recipient: its size times the coefficient, performance as it is. */
function countsOf(recipient: Recipient | undefined, sums: readonly { factor: Factor }[]): Steps {
  if (!recipient) return {}
  return Object.fromEntries(sums.map(({ factor }) => [factor, factorValue(recipient, factor).toFixed()]))
}

type Split = { readonly amounts: readonly Fen[]; readonly steps: readonly Steps[]; readonly basis: Steps }

function partsOf(
  formula: Formula & { kind: 'factor' | 'reward' },
  rows: readonly Row[],
  shares: readonly Decimal[],
  totalFen: Fen,
  unitFen: Fen,
): { name: string; split: Split }[] {
  if (formula.kind === 'factor') return [{ name: 'task', split: splitSteps(totalFen, shares, unitFen) }]
  const rewards = rewardWeights(
    rows.map(({ reward }) => ({ reward: ratioOf(reward ?? '0') })),
    shares,
  )
  if (!rewards.some((weight) => weight.gt(zero))) throw refuse('reward_sum_zero', { recipients: rows.length })
  const units = portion(totalFen / unitFen, ratioOf(formula.taskShare))
  return [
    { name: 'task', split: splitSteps(units * unitFen, shares, unitFen) },
    { name: 'reward', split: splitSteps(totalFen - units * unitFen, rewards, unitFen) },
  ]
}

/**
 * A split by largest remainder in whole units, and of each part what it was before: its share, its amount uncut, its
 * floor.
 */
function splitSteps(totalFen: Fen, shares: readonly Decimal[], unitFen: Fen): Split {
  const units = totalFen / unitFen
  const weights = toWeights(shares)
  const sum = sumFen(weights)
  const amounts = splitLargestRemainder(units, weights).map((part) => part * unitFen)
  const floors = weights.map((weight) => ((units * weight) / sum) * unitFen)
  const steps = weights.map((weight, index): Steps => {
    const [amountFen, floorFen] = [amounts[index] ?? 0n, floors[index] ?? 0n]
    return {
      share: cutQuotient(weight, sum, shareDecimals),
      raw: cutQuotient(totalFen * weight, sum * fenPerYuan, rawDecimals),
      floor: formatFen(floorFen),
      extra: formatFen(amountFen - floorFen),
      amount: formatFen(amountFen),
    }
  })
  const floored = sumFen(floors)
  return {
    amounts,
    steps,
    basis: { total: formatFen(totalFen), floors: formatFen(floored), left: formatFen(totalFen - floored) },
  }
}

// --- Standards ------------------------------------------------------------------------------------------------------

type Claim = { readonly amountFen: Fen; readonly costFen: Fen | undefined; readonly steps: Steps }

/** What the rows come to by a standard, cut alike where it is more than there is (O-34). */
function byClaims(
  formula: Formula,
  rows: readonly Row[],
  { totalFen, limits }: Given,
  unitFen: Fen,
  claimOf: (row: Row) => Claim,
): Computed {
  // A standard and a cost are most amounts: what is finer than the unit falls away.
  const heldClaim = holdingClaims(limits)
  const claims = rows.map((row, index) => ({ row, id: String(index), ...heldClaim(row, claimOf(row)) }))
  const asked = claims.map(({ id, amountFen }) => ({ id, amount: amountFen / unitFen }))
  const budget = totalFen === undefined ? sumFen(asked.map(({ amount }) => amount)) : totalFen / unitFen
  const cut = budgetCut({ claims: asked, budget })
  const paid = claims.map((claim, index) => ({ ...claim, paidFen: (cut.paid[index]?.amount ?? 0n) * unitFen }))
  const recipients = [...new Set(rows.map(({ recipient }) => recipient))]
  const shares = recipients.map((recipient) =>
    claimedShare(
      recipient,
      paid.filter(({ row }) => row.recipient === recipient),
    ),
  )
  const claimedFen = sumFen(claims.map(({ amountFen }) => amountFen))
  return {
    totalFen: sumFen(shares.map(({ amountFen }) => amountFen)),
    shares,
    basis: {
      unit: formatFen(unitFen),
      kind: formula.kind,
      claimed: formatFen(claimedFen),
      unpaid: formatFen(cut.unpaid * unitFen),
    },
  }
}

/**
 * Holds claims to what their projects may be given, row by row. A row for one item is held to what that item costs, and
 * refused above it (O-09): whoever names an item names a cost.
 */
function holdingClaims(limits: Limits | undefined): (row: Row, claim: Claim) => Claim {
  const left = new Map([...(limits ?? [])].map(([recipient, { mostFen }]) => [recipient, mostFen]))
  return ({ recipient, item }, claim) => {
    const [limit, mostFen] = [limits?.get(recipient), left.get(recipient)]
    if (!limit || mostFen === undefined || item !== undefined) return claim
    const amountFen = minFen(claim.amountFen, mostFen)
    left.set(recipient, mostFen - amountFen)
    const overFen = claim.amountFen - amountFen
    const over = overFen > 0n ? { over: formatFen(overFen) } : {}
    return { ...claim, amountFen, steps: { ...claim.steps, limit: { ...limitFigures(limit), ...over } } }
  }
}

function claimedShare(recipient: string, claims: readonly (Claim & { row: Row; paidFen: Fen })[]): ComputedShare {
  return {
    recipient,
    amountFen: sumFen(claims.map(({ paidFen }) => paidFen)),
    rows: claims.map(({ row }) => row),
    items: claims.flatMap(({ row: { item, part = '' }, paidFen: amountFen, costFen }) =>
      item === undefined || costFen === undefined ? [] : [{ item, part, amountFen, costFen }],
    ),
    steps: { claims: claims.map(({ steps, paidFen }) => ({ ...steps, amount: formatFen(paidFen) })) },
  }
}

function areaClaim({ area, cost }: Row, standard: string): Claim {
  const costFen = amountOf(cost ?? '0')
  const { standardAmount, subsidy, gap } = areaSubsidy({
    area: ratioOf(area ?? '0'),
    standard: amountOf(standard),
    cost: costFen,
  })
  return {
    amountFen: subsidy,
    costFen,
    steps: {
      standard,
      standardAmount: formatFen(standardAmount),
      cost: formatFen(costFen),
      claim: formatFen(subsidy),
      gap: formatFen(gap),
    },
  }
}

/** The city's part of an elevator, or the district's. Nothing before the certificate is there (后补贴). */
function elevatorClaim({ cost, pipelineCost, certificate = false }: Row, level: IndicatorLevel, law: Law): Claim {
  const costFen = amountOf(cost ?? '0')
  const subsidy = elevatorSubsidy({ pipelineCost: amountOf(pipelineCost ?? '0'), totalCost: costFen, certificate }, law)
  const part = level === 'district' ? subsidy.district : subsidy.municipal
  const amountFen = certificate ? part : 0n
  return {
    amountFen,
    costFen,
    steps: {
      municipal: formatFen(subsidy.municipal),
      district: formatFen(subsidy.district),
      others: formatFen(subsidy.others),
      certificate,
      claim: formatFen(amountFen),
    },
  }
}

function coCreationClaim(row: Row, terms: CoCreationTerms): Claim {
  const investment = amountOf(row.investment ?? '0')
  const area = ratioOf(row.area ?? '0')
  const ownersShare = ratioOf(row.ownersShare ?? '0')
  const { base, steps, ratio, subsidy } = coCreationSubsidy(
    { investment, area, ownersShare, class: row.class ?? 'basic' },
    terms,
  )
  // What owners pay and what the city gives are together at most the investment.
  const costFen = portion(investment, area)
  const mostFen = maxFen(costFen - portion(costFen, ownersShare), 0n)
  const amountFen = minFen(subsidy, mostFen)
  const claimed = {
    base: formatFen(base),
    steps: steps.toString(),
    ratio: ratio.toFixed(),
    claim: formatFen(amountFen),
  }
  const over = subsidy > amountFen ? { most: formatFen(mostFen), over: formatFen(subsidy - amountFen) } : {}
  return { amountFen, costFen, steps: { ...claimed, ...over } }
}

// --- Stated tables --------------------------------------------------------------------------------------------------

function asStated(rows: readonly Row[], given: Given, totalFen: Fen, unitFen: Fen): Computed {
  const shares = rows.map((row): ComputedShare => {
    const amountFen = signedAmountOf(row.amount ?? '0')
    if (amountFen < 0n && !given.mayTakeBack) throw refuse('share_negative', { recipient: row.recipient, amountFen })
    requireInUnit(row.recipient, amountFen, unitFen)
    return { recipient: row.recipient, amountFen, rows: [row], items: [], steps: { amount: formatFen(amountFen) } }
  })
  const sum = sumFen(shares.map(({ amountFen }) => amountFen))
  if (sum !== totalFen) throw refuse('table_not_total', { sum, totalFen, unitFen })
  return { totalFen, shares, basis: { unit: formatFen(unitFen), total: formatFen(totalFen) } }
}

/** An amount that may be below zero: what a correction takes back. */
export const signedAmountOf = (text: string): Fen => (text.startsWith('-') ? -amountOf(text.slice(1)) : amountOf(text))
