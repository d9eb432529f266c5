/**
 * What a district is scored on (clause 31): figures of the books and of its projects, and two values that people enter
 * with their evidence. No figure is typed in that the books know. A figure of the books says where it was read, so that
 * it can be looked up again.
 */
import { type Decimal, fenToDecimal, formatScaled, quotientDown, sumDecimals, whole } from '../../base/decimal.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import type { Json } from '../../base/json.ts'
import { type Quarter, quartersSince } from '../../base/quarter.ts'
import { sourceOnRecord } from '../../policy/sources.ts'
import { ratioDecimals } from '../../policy/units.ts'
import { one, ratioOf } from '../../policy/value.ts'
import type { Law } from '../../policy/parameters.ts'
import type { ScoreIndicator } from '../../policy/parameters/scores.ts'

/** What a figure of the books counts as. */
export const figureKinds = ['allotted', 'arrived', 'received', 'spent', 'social', 'investment'] as const
export type FigureKind = (typeof figureKinds)[number]

export const figureNamesZh: Record<FigureKind, string> = {
  allotted: '已分配',
  arrived: '分配资金到位',
  received: '已到位财政资金',
  spent: '已支出财政资金',
  social: '引入社会资本',
  investment: '计划总投资',
}

/** The sum of one account of one book over the projects, as of the quarter's end. */
export type LedgerFigure = {
  readonly kind: FigureKind
  readonly book: string
  readonly account: string
  readonly source: string
  readonly amountFen: Fen
}

/** Two things no book knows: entered with their evidence, each as a part of 1. */
export const enteredIndicators = ['integrity', 'satisfaction'] as const
export type EnteredIndicator = (typeof enteredIndicators)[number]

/** How a result came to count: checked by another person, brought by a machine client, or before either was asked. */
export type EntryOrigin = 'checked' | 'brought' | 'before'

export type Evidence = {
  readonly entry: string
  readonly value: string
  readonly document: string
  readonly sha256: string
  readonly sampleSize: number
  readonly person: string
  /** Under which it was checked; absent where a machine client brought it, and of before results were checked. */
  readonly approval?: string
}

/** A value as it was entered, of one district and quarter. */
export type ScoreEntry = Evidence & {
  readonly district: string
  readonly quarter: Quarter
  readonly indicator: EnteredIndicator
  readonly enteredAt: string
}

/** What is known of the works of one project: of which year's plan it is, and how far. */
export type Works = {
  readonly project: string
  readonly year: number
  readonly areaDm2: bigint
  readonly progress: string
}

export type ScoreFacts = {
  readonly quarter: Quarter
  readonly works: readonly Works[]
  /**
   * Communities under renovation, and those with somebody who governs them and owners who promised to fill the
   * maintenance fund.
   */
  readonly communities: { readonly count: number; readonly governed: number }
  readonly figures: readonly LedgerFigure[]
  readonly entered: Readonly<Partial<Record<EnteredIndicator, Evidence>>>
}

/** An exact fraction: what was reached of what there is. */
export type Part = { readonly reached: Decimal; readonly of: Decimal }

/** Of no works at all. */
export const noWorks: Part = { reached: whole(0), of: whole(0) }

/** The sum of the figures of a kind. */
export const figureFen = (facts: Pick<ScoreFacts, 'figures'>, kind: FigureKind): Fen =>
  sumFen(facts.figures.filter((figure) => figure.kind === kind).map(({ amountFen }) => amountFen))

const ofBooks = (facts: ScoreFacts, reached: FigureKind, of: FigureKind): Part => ({
  reached: fenToDecimal(figureFen(facts, reached)),
  of: fenToDecimal(figureFen(facts, of)),
})

const entered = (facts: ScoreFacts, indicator: EnteredIndicator): Part | undefined => {
  const evidence = facts.entered[indicator]
  return evidence && { reached: ratioOf(evidence.value), of: whole(1) }
}

/** Works done, by area: a project of 4,000 m² half done counts as 2,000. */
export function progressOf(works: readonly Pick<Works, 'areaDm2' | 'progress'>[]): Part {
  const areas = works.map(({ areaDm2 }) => fenToDecimal(areaDm2))
  const done = works.map(({ areaDm2, progress }) => fenToDecimal(areaDm2).times(ratioOf(progress)))
  return { reached: sumDecimals(done), of: sumDecimals(areas) }
}

/**
 * What should be done by the end of a quarter, by what is planned from the year of a project's plan on. Against the
 * whole works every district would fail till they end, and none could be paid early for being fast.
 */
function plannedDm2({ works, quarter }: ScoreFacts, law: Law): Decimal {
  const planned = law.take('planned_progress').map(ratioOf)
  const ratio = (year: number): Decimal => planned[quartersSince(year, quarter)] ?? planned.at(-1) ?? one
  return sumDecimals(works.map(({ areaDm2, year }) => fenToDecimal(areaDm2).times(ratio(year))))
}

/** How each indicator comes about. Of a part of nothing nothing is known. */
const parts: Record<ScoreIndicator, (facts: ScoreFacts, law: Law) => Part | undefined> = {
  progress: (facts, law) => ({ reached: progressOf(facts.works).reached, of: plannedDm2(facts, law) }),
  fund_execution: (facts) => ofBooks(facts, 'spent', 'received'),
  integrity: (facts) => entered(facts, 'integrity'),
  long_term: ({ communities: { count, governed } }) => ({ reached: whole(governed), of: whole(count) }),
  social_capital: (facts) => ofBooks(facts, 'social', 'investment'),
  satisfaction: (facts) => entered(facts, 'satisfaction'),
}

/** What was reached of an indicator; undefined where what it is measured by is missing. */
export function partOf(facts: ScoreFacts, indicator: ScoreIndicator, law: Law): Part | undefined {
  const part = parts[indicator](facts, law)
  return part?.of.gt('0') ? part : undefined
}

/** Money that comes as quota under an indicator. A bond's has indicators of its own kind and is no quota. */
export const isFiscal = (code: string): boolean => {
  const source = sourceOnRecord(code)
  return source !== undefined && source.fiscal && source.kind !== 'bond'
}
export const isSocial = (source: string): boolean => sourceOnRecord(source)?.kind === 'social'

/** Everything a score was computed from, as it is kept with the score and hashed. */
export const factsJson = ({ quarter, works, communities, figures, entered }: ScoreFacts): Json => ({
  quarter,
  works: works.map(({ areaDm2, ...work }) => ({ ...work, area: areaDm2.toString() })),
  communities: { ...communities },
  figures: figures.map(({ amountFen, ...figure }) => ({ ...figure, amount: formatFen(amountFen) })),
  entered: Object.fromEntries(Object.entries(entered).map(([indicator, evidence]) => [indicator, { ...evidence }])),
})

/** A part as a ratio with four decimals, cut off: 39.996 % is not 40 %. */
export const floorOf = ({ reached, of }: Part): string =>
  formatScaled(quotientDown(reached, of, ratioDecimals), ratioDecimals)

/** How far works are, for sentences: no area, no progress. */
export const progressText = (part: Part): string => (part.of.gt('0') ? floorOf(part) : '0')

/** Whether a part is at least so much, without a rounding between. */
export const atLeast = ({ reached, of }: Part, least: Decimal): boolean => reached.gte(of.times(least))
