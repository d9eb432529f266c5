/**
 * The funding plan of a project (资金方案; clauses 4, 5, 10, 16): what it costs, line by line, and who pays each line how
 * much. A plan is a version that never changes; the one approved stands in the memo book as 9011 / 951, source by
 * source and item by item, and a later one is posted as its difference. It closes: every line is paid in full and by
 * nobody twice.
 */
import { createHash } from 'node:crypto'
import type { Json } from '../../base/json.ts'
import { canonicalText } from '../../base/json.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import type { Ownership } from '../../projects/community/community.ts'
import type { CostPurpose, DwellingName } from '../../projects/terms.ts'

export type PlanLine = {
  readonly line: string
  /** Of the catalogue; absent for costs of no item, such as design or a service fee. */
  readonly item?: string | undefined
  /** The line of a contract or estimate this cost is: it stands in one plan only. */
  readonly contract?: string | undefined
  readonly purpose: CostPurpose
  /** Whose part of a mixed community the line is: its channel alone may pay it (clause 32). */
  readonly ownership?: Ownership | undefined
  /** Of what is counted, such as windows: `amountFen` is their product. */
  readonly quantity?: number | undefined
  readonly unitFen?: Fen | undefined
  readonly amountFen: Fen
}

export type PlanShare = {
  readonly line: string
  readonly source: string
  /** A property unit, an investor. */
  readonly party?: string | undefined
  /** Whose own contribution it is, and to how many of the counted things. */
  readonly dwelling?: DwellingName | undefined
  readonly quantity?: number | undefined
  /** The appropriation line it is to come from. */
  readonly indicator?: string | undefined
  readonly amountFen: Fen
}

export type Plan = { readonly lines: readonly PlanLine[]; readonly shares: readonly PlanShare[] }

export const planKinds = ['plan', 'scope_change'] as const
export type PlanKind = (typeof planKinds)[number]
export const planKindNamesZh: Record<PlanKind, string> = { plan: '方案', scope_change: '核减范围' }

/** `replaced`: an approved version that a later one took the place of, or a draft that a later approval overtook. */
export type PlanState = 'draft' | 'submitted' | 'approved' | 'replaced'
export const planStateNamesZh: Record<PlanState, string> = {
  draft: '草稿',
  submitted: '审批中',
  approved: '现行',
  replaced: '已取代',
}

export const totalOf = (plan: Pick<Plan, 'lines'>): Fen => sumFen(plan.lines.map(({ amountFen }) => amountFen))
export const plannedOf = (plan: Pick<Plan, 'shares'>): Fen => sumFen(plan.shares.map(({ amountFen }) => amountFen))

/** What of each line nobody pays; below zero where more is claimed than it costs. Only lines that do not close. */
export function openLines({ lines, shares }: Plan): { line: PlanLine; openFen: Fen; sources: string[] }[] {
  const claimed = new Map<string, { fen: Fen; sources: Set<string> }>()
  for (const { line, source, amountFen } of shares) {
    const of = claimed.get(line) ?? { fen: 0n, sources: new Set() }
    of.fen += amountFen
    of.sources.add(source)
    claimed.set(line, of)
  }
  return lines.flatMap((line) => {
    const { fen = 0n, sources = [] } = claimed.get(line.line) ?? {}
    return fen === line.amountFen ? [] : [{ line, openFen: line.amountFen - fen, sources: [...sources] }]
  })
}

/** What nobody pays of the whole. */
export const gapOf = (plan: Plan): Fen => totalOf(plan) - plannedOf(plan)

/** Planned money of one source for one item, as it is posted. */
export type PlannedMoney = { readonly source: string; readonly item: string | undefined; readonly amountFen: Fen }

/** From one version to the next, source by source and item by item, in the order of both; what stays is left out. */
export function planDifference(before: Plan | undefined, after: Plan): PlannedMoney[] {
  const net = new Map<string, { source: string; item: string | undefined; amountFen: Fen }>()
  const add = (plan: Plan, sign: Fen): void => {
    const itemOf = new Map(plan.lines.map(({ line, item }) => [line, item]))
    for (const { line, source, amountFen } of plan.shares) {
      const item = itemOf.get(line)
      const key = `${source}|${item ?? ''}`
      const sofar = net.get(key)
      net.set(key, { source, item, amountFen: (sofar?.amountFen ?? 0n) + sign * amountFen })
    }
  }
  add(after, 1n)
  if (before) add(before, -1n)
  return [...net]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, money]) => money)
    .filter(({ amountFen }) => amountFen !== 0n)
}

/** How much of each source, in the order of their codes. */
export function bySource(shares: readonly PlanShare[]): { source: string; amountFen: Fen }[] {
  const sums = new Map<string, Fen>()
  for (const { source, amountFen } of shares) sums.set(source, (sums.get(source) ?? 0n) + amountFen)
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([source, amountFen]) => ({ source, amountFen }))
}

/** One name for a dwelling, as lines of entries carry it. */
export const dwellingKey = ({ community, building, dwelling }: DwellingName): string =>
  `${community}/${building}/${dwelling}`

/** What each dwelling is to pay under a plan, by name. */
export function duesOf({ shares }: Pick<Plan, 'shares'>): Map<string, { dwelling: DwellingName; dueFen: Fen }> {
  const dues = new Map<string, { dwelling: DwellingName; dueFen: Fen }>()
  for (const { dwelling, amountFen } of shares) {
    if (!dwelling) continue
    const key = dwellingKey(dwelling)
    dues.set(key, { dwelling, dueFen: (dues.get(key)?.dueFen ?? 0n) + amountFen })
  }
  return dues
}

// --- As JSON: what is approved, hashed and shown --------------------------------------------------------------------

export const lineJson = ({ amountFen, unitFen, ...line }: PlanLine) => ({
  ...present(line),
  ...(unitFen !== undefined && { unitPrice: formatFen(unitFen) }),
  amount: formatFen(amountFen),
})

export const shareJson = ({ amountFen, ...share }: PlanShare) => ({ ...present(share), amount: formatFen(amountFen) })

export const planJson = ({ lines, shares }: Plan): { lines: Json[]; shares: Json[] } => ({
  lines: lines.map(lineJson) as Json[],
  shares: shares.map(shareJson) as Json[],
})

/** SHA-256 of a plan's canonical text, in hex. */
export const planHash = (project: string, plan: Plan): string =>
  createHash('sha256')
    .update(canonicalText({ project, ...planJson(plan) }))
    .digest('hex')

/** Without the members that are absent: JSON has none of them. */
function present<Given extends object>(given: Given): { [Name in keyof Given]: Exclude<Given[Name], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never
}
