/**
 * The allocation of a subsidy (补助资金分配): one indicator's money divided among districts or projects. A version is what is
 * approved, whole: formula, law, rows, books, shares and steps; versions are added and never changed. What is approved
 * is posted over the upper book and every district's book at once, and corrected only by a supplementary allocation. No
 * database here.
 */
import { hash } from 'node:crypto'
import { type Day, yearOf } from '../base/calendar.ts'
import type { Json } from '../base/json.ts'
import { canonicalText } from '../base/json.ts'
import { type Fen, formatFen, sumFen } from '../base/money.ts'
import { type Indicator, type Lines } from '../budget/indicator/indicator.ts'
import { allotted, assigned, draftFor, inAsFewEntries, received, redDraftFor } from '../budget/indicator/entries.ts'
import type { EntryDraft } from '../ledger/entry.ts'
import type { Use } from '../policy/on.ts'
import type { Law } from '../policy/parameters.ts'
import {
  type ComputedShare,
  type Formula,
  formulaOf,
  type InputName,
  inputNames,
  requireWeights,
  type Row,
  type Steps,
  type Weights,
} from './formula.ts'
import { refuseAllocation as refuse } from './refusals.ts'
import { groupBy } from '../base/arrays.ts'

export type AllocationState = 'draft' | 'submitted' | 'approved'
export const allocationStateNamesZh: Record<AllocationState, string> = {
  draft: '编制中',
  submitted: '审批中',
  approved: '已批准',
}
export type Recipients = 'districts' | 'projects'
export const recipientNamesZh: Record<Recipients, string> = { districts: '分配到区', projects: '分配到项目' }

export type Allocation = {
  readonly allocation: string
  readonly programme: string
  readonly indicator: string
  readonly year: number
  /** The district whose own indicator it divides; null: the city's. */
  readonly district: string | null
  /** The upper book: the indicator's. */
  readonly book: string
  readonly recipients: Recipients
  /** The approved allocation it adds to or takes from. */
  readonly supplements: string | null
  readonly state: AllocationState
  /** Of what is divided, counting from 1. */
  readonly version: number
  /** Of the record: rises with every change, a change of state too. */
  readonly changes: number
}

/**
 * How a version is to be computed: a variant by name, or weights or a standard of one's own with the document they come
 * from.
 */
export type FormulaGiven = { readonly unit?: string } & (
  | { readonly variant: string }
  | { readonly weights: Weights; readonly taskShare?: string; readonly document: string }
  | { readonly standard: string; readonly document: string }
)

export type DistrictTerms = {
  readonly district: string
  readonly coefficient?: string
  readonly performance?: string
  readonly reward?: string
}

/** What a person gives for a version, in JSON: amounts and ratios as text. */
export type VersionGiven = {
  /** Whose law applies, as of when the registry is read, and the business date it is posted under. */
  readonly on: Day
  readonly total?: string
  readonly formula: FormulaGiven
  /** Rows of one's own, with the document they stand in. */
  readonly rows?: readonly Row[]
  /** Or figures of the registry. */
  readonly registry?: {
    readonly year?: number
    readonly batch?: number
    readonly projects?: readonly string[]
    readonly districts: readonly DistrictTerms[]
  }
  readonly document: string
  readonly books?: readonly { readonly district: string; readonly book: string }[]
  readonly note?: string
}

export type Share = ComputedShare & { readonly district: string }

export type AllocationVersion = {
  readonly allocation: string
  readonly version: number
  readonly on: Day
  /** `own` where the formula is none of the variants. */
  readonly variant: string
  readonly formula: Formula
  readonly uses: readonly Use[]
  readonly totalFen: Fen
  /** What was given, without the rows: they stand with the shares. */
  readonly given: Json
  readonly basis: Steps
  /** The book of each district that gets something, by its code. */
  readonly books: Readonly<Record<string, string>>
  readonly shares: readonly Share[]
  readonly document: string
  readonly note: string | null
  readonly maker: string
}

/** The formula that was asked for, and the name it is kept under. Refuses `formula_unknown`, `weights_not_one`. */
export function formulaGiven(given: FormulaGiven, law: Law): { variant: string; formula: Formula } {
  const named = 'variant' in given
  const base = named ? formulaOf(given.variant, law) : ownFormula(given)
  const formula = given.unit === undefined ? base : { ...base, unit: given.unit }
  requireWeights(formula)
  return { variant: named ? given.variant : 'own', formula }
}

function ownFormula(given: Exclude<FormulaGiven, { variant: string }>): Formula {
  const unit = smallestUnit
  if ('standard' in given) return { kind: 'area_standard', standard: given.standard, unit }
  const { weights, taskShare } = given
  return taskShare === undefined ? { kind: 'factor', weights, unit } : { kind: 'reward', weights, taskShare, unit }
}

const smallestUnit = formatFen(1n)

/** What a formula of one's own rests on, beside the parameters of the law: its document. */
export function usesOf(given: FormulaGiven, formula: Formula, law: Law): Use[] {
  if ('variant' in given) return law.uses
  return [{ parameter: 'formula_own', value: formula, from: law.on, clause: given.document }, ...law.uses]
}

/** Refuses an indicator whose years are over on that day (预算法 第四十二条). */
export function requireInTime({ indicator, year }: Pick<Indicator, 'indicator' | 'year'>, on: Day, law: Law): void {
  const last = year + law.take('indicator_open_years') - 1
  const clause = law.uses.find(({ parameter }) => parameter === 'indicator_open_years')?.clause
  if (yearOf(on) > last) throw refuse('indicator_out_of_time', { indicator, year, last, on }, clause)
}

// --- What is approved -----------------------------------------------------------------------------------------------

/** A version as it is approved: everything in it, amounts as text. */
export function contentOfVersion(of: Allocation, version: AllocationVersion): ContentOfVersion {
  const { shares, totalFen, on, variant, formula, uses, given, basis, books, document, note } = version
  const whole = json({
    programme: of.programme,
    indicator: of.indicator,
    book: of.book,
    recipients: of.recipients,
    ...(of.supplements !== null && { supplements: of.supplements }),
    on,
    total: formatFen(totalFen),
    variant,
    formula,
    uses,
    given,
    basis,
    books,
    document,
    ...(note !== null && { note }),
    shares: shares.map(({ recipient, district, amountFen, rows, steps, items }) => ({
      recipient,
      district,
      amount: formatFen(amountFen),
      rows,
      steps,
      items: items.map((item) => ({
        item: item.item,
        part: item.part,
        amount: formatFen(item.amountFen),
        cost: formatFen(item.costFen),
      })),
    })),
  })
  return { ...(whole as { [name: string]: Json }), allocation: of.allocation, version: version.version }
}
type ContentOfVersion = { readonly [name: string]: Json; readonly allocation: string; readonly version: number }

/**
 * What is made of texts, lists and objects as JSON: what is absent falls away, as it does when it is stored and read
 * again.
 */
export const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

export const hashOfVersion = (of: Allocation, version: AllocationVersion): Buffer =>
  hash('sha256', canonicalText(contentOfVersion(of, version)), 'buffer')

/** What moves, whichever way: what is added and what is taken back. */
export const movedFen = (shares: readonly Pick<Share, 'amountFen'>[]): Fen =>
  sumFen(shares.map(({ amountFen }) => (amountFen < 0n ? -amountFen : amountFen)))

// --- Comparison -----------------------------------------------------------------------------------------------------

export type ChangedInput = {
  readonly item?: string
  readonly part?: string
  readonly input: InputName
  readonly before: string | null
  readonly after: string | null
}

export type ComparedShare = {
  readonly recipient: string
  readonly district: string
  /** Null where the version does not know the recipient. */
  readonly beforeFen: Fen | null
  readonly afterFen: Fen | null
  readonly differenceFen: Fen
  readonly inputs: readonly ChangedInput[]
}

/** Two versions side by side, by recipient: what each gets, and which of its figures changed. */
export function compareShares(before: readonly Share[], after: readonly Share[]): ComparedShare[] {
  const [earlier, later] = [byRecipient(before), byRecipient(after)]
  const recipients = [...new Set([...earlier.keys(), ...later.keys()])].toSorted()
  return recipients.map((recipient) => {
    const [was, is] = [earlier.get(recipient), later.get(recipient)]
    return {
      recipient,
      district: (is ?? was)?.district ?? '',
      beforeFen: was?.amountFen ?? null,
      afterFen: is?.amountFen ?? null,
      differenceFen: (is?.amountFen ?? 0n) - (was?.amountFen ?? 0n),
      inputs: changedInputs(was?.rows ?? [], is?.rows ?? []),
    }
  })
}

const byRecipient = (shares: readonly Share[]): Map<string, Share> =>
  new Map(shares.map((share) => [share.recipient, share]))

const placeOfRow = ({ item, part }: Row): string => JSON.stringify([item, part])

function changedInputs(before: readonly Row[], after: readonly Row[]): ChangedInput[] {
  const [earlier, later] = [before, after].map((rows) => new Map(rows.map((row) => [placeOfRow(row), row])))
  const places = [...new Set([...(earlier?.keys() ?? []), ...(later?.keys() ?? [])])]
  return places.flatMap((place) => {
    const [was, is] = [earlier?.get(place), later?.get(place)]
    const { item, part } = is ?? was ?? {}
    const at = { ...(item !== undefined && { item }), ...(part !== undefined && { part }) }
    return inputNames.flatMap((input): ChangedInput[] => {
      const [old, now] = [figureText(was?.[input]), figureText(is?.[input])]
      return old === now ? [] : [{ ...at, input, before: old, after: now }]
    })
  })
}

const figureText = (figure: string | number | boolean | undefined): string | null =>
  figure === undefined ? null : String(figure)

// --- Entries --------------------------------------------------------------------------------------------------------

/** The code of the indicator under which a district holds what it was allotted. */
export const childCode = (indicator: string, district: string): string => `${indicator}-${district}`

/** The district's indicator below one of the city. */
export function childOf(parent: Indicator, district: string, book: string): Indicator {
  const { documentNumber, level, source, year, programme, purpose, payment } = parent
  return {
    indicator: childCode(parent.indicator, district),
    book,
    district,
    documentNumber,
    level,
    source,
    year,
    programme,
    purpose,
    payment,
    kind: 'final',
    parent: parent.indicator,
    state: 'in_force',
    version: 1,
  }
}

/** Shares by district, in the order of districts. */
export const byDistrict = (shares: readonly Share[]): Map<string, Share[]> =>
  groupBy(
    shares.toSorted((a, b) => (a.district < b.district ? -1 : 1)),
    ({ district }) => district,
  )

export type BookEntry = { readonly book: string; readonly draft: EntryDraft }

type Wording = { readonly on: Day; readonly summary: string; readonly documents: readonly string[] }

/**
 * Everything an approved version posts, in the order in which the guards take it: what is taken back first in the upper
 * book; in a district's book off the projects, in from above, onto the projects, and last back to above.
 */
export function entriesOf(
  of: Allocation,
  version: AllocationVersion,
  indicator: Indicator,
  children: ReadonlyMap<string, Indicator>,
): BookEntry[] {
  const wording = {
    on: version.on,
    summary: `资金分配 ${of.allocation}（第${version.version}稿）`,
    documents: [version.document],
  }
  const { shares } = version
  if (of.district !== null) return assignedEntries(indicator, shares, wording)
  const groups = [...byDistrict(shares)].map(([district, group]) => ({
    district,
    group,
    netFen: sumFen(group.map(({ amountFen }) => amountFen)),
  }))
  const upper = ofBothSigns(groups.map(({ district, netFen }) => ({ district, amountFen: netFen })))
  const lower = groups.flatMap(({ district, group, netFen }) => {
    const child = children.get(district)
    return child ? districtEntries(of, child, group, netFen, wording) : []
  })
  return [
    ...red(indicator, allotted(indicator, upper.back), wording),
    ...plain(indicator, allotted(indicator, upper.on), wording),
    ...lower,
  ]
}

function districtEntries(
  { recipients }: Allocation,
  child: Indicator,
  group: readonly Share[],
  netFen: Fen,
  wording: Wording,
): BookEntry[] {
  const [back, on] = recipients === 'projects' ? bothWays(child, group, wording) : [[], []]
  return [
    ...back,
    ...(netFen > 0n ? plain(child, received(child, netFen), wording) : []),
    ...on,
    ...(netFen < 0n ? red(child, received(child, -netFen), wording) : []),
  ]
}

const assignedEntries = (of: Indicator, shares: readonly Share[], wording: Wording): BookEntry[] =>
  bothWays(of, shares, wording).flat()

/** Entries that take money off projects, and entries that put it onto projects. */
function bothWays(of: Indicator, shares: readonly Share[], wording: Wording): [BookEntry[], BookEntry[]] {
  const { back, on } = ofBothSigns(shares.map(({ recipient: project, amountFen }) => ({ project, amountFen })))
  return [
    inAsFewEntries(back.map((amount) => assigned(of, [amount]))).flatMap((lines) => red(of, lines, wording)),
    inAsFewEntries(on.map((amount) => assigned(of, [amount]))).flatMap((lines) => plain(of, lines, wording)),
  ]
}

/** Amounts above zero, and those below it as amounts above zero to be posted red. */
function ofBothSigns<A extends { readonly amountFen: Fen }>(amounts: readonly A[]): { on: A[]; back: A[] } {
  return {
    on: amounts.filter(({ amountFen }) => amountFen > 0n),
    back: amounts
      .filter(({ amountFen }) => amountFen < 0n)
      .map((amount) => ({ ...amount, amountFen: -amount.amountFen })),
  }
}

const plain = (of: Indicator, lines: Lines, wording: Wording): BookEntry[] =>
  lines.length === 0 ? [] : [{ book: of.book, draft: draftFor(of, { ...wording, lines }) }]

const red = (of: Indicator, lines: Lines, wording: Wording): BookEntry[] =>
  lines.length === 0 ? [] : [{ book: of.book, draft: redDraftFor(of, { ...wording, lines }) }]
