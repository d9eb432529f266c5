/**
 * All money of a programme in one view (一本账): in total, by source, by district, and where it flows. Two views that are
 * never mixed: the plan says which source pays which class of works; what happened says how far each source's plan has
 * come. Every figure is a sum over accounts, and names them.
 */
import { groupBy } from '../../base/arrays.ts'
import type { Day } from '../../base/calendar.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import type { Text } from '../../base/refusal.ts'
import { classOfItem, type ItemClass, itemClassNames } from '../../policy/catalogue.ts'
import { type MoneyAccount, moneyColumns, type MoneyColumn, type MoneyPart, moneyParts } from '../money/money.ts'

export type Columns = Readonly<Record<MoneyColumn, Fen>> & { readonly remaining: Fen }

export type OverviewAccount = MoneyAccount & { readonly district: string }
export type OverviewPart = MoneyPart & { readonly district: string }

/** What the plans in force say one source pays of one item. */
export type PlannedItem = { readonly source: string; readonly item: string | null; readonly amountFen: Fen }

/** Where planned money goes: a class of the catalogue, or costs of no item, such as design. */
export const flowTargetNames: Readonly<Record<ItemClass | 'no_item', Text>> = {
  basic: { zh: itemClassNames.basic, en: 'basic' },
  improvement: { zh: itemClassNames.improvement, en: 'improvement' },
  upgrade: { zh: itemClassNames.upgrade, en: 'upgrade' },
  no_item: { zh: '其他费用', en: 'costs of no item' },
}
export type FlowTarget = keyof typeof flowTargetNames
export const flowTargets = Object.keys(flowTargetNames) as FlowTarget[]

/** How far planned money has come. */
export const flowStageNames = {
  not_assigned: { zh: '尚未下达', en: 'not assigned yet' },
  not_arrived: { zh: '已下达未到位', en: 'assigned, not arrived' },
  in_hand: { zh: '在账', en: 'in hand' },
  paid: { zh: '已支付', en: 'paid' },
} as const satisfies Readonly<Record<string, Text>>
export type FlowStage = keyof typeof flowStageNames
export const flowStages = Object.keys(flowStageNames) as FlowStage[]

export type Flow<To extends string> = { readonly source: string; readonly to: To; readonly amountFen: Fen }

export type Overview = {
  readonly total: Columns
  readonly sources: readonly ({ readonly source: string } & Columns)[]
  readonly districts: readonly ({ readonly district: string } & Columns)[]
  readonly planFlows: readonly Flow<FlowTarget>[]
  readonly moneyFlows: readonly Flow<FlowStage>[]
  readonly parts: readonly OverviewPart[]
}

type Given = {
  readonly accounts: readonly OverviewAccount[]
  readonly planned: readonly PlannedItem[]
  /** Districts that have projects, with or without money. */
  readonly districts: readonly string[]
  /** The classes of items are those of the day. */
  readonly on: Day
}

export function overviewOf({ accounts, planned, districts: all, on }: Given): Overview {
  const parts = accounts.flatMap((account) =>
    moneyParts([account]).map((part) => ({ ...part, district: account.district })),
  )
  const sources = grouped(parts, ({ source }) => source).map(([source, own]) => ({ source, ...columnsOf(own) }))
  const byDistrict = new Map(grouped(parts, ({ district }) => district))
  const districts = all.map((district) => ({ district, ...columnsOf(byDistrict.get(district) ?? []) }))
  return {
    total: columnsOf(parts),
    sources,
    districts,
    planFlows: planFlows(planned, on),
    moneyFlows: sources.flatMap(moneyFlows),
    parts,
  }
}

function columnsOf(parts: readonly OverviewPart[]): Columns {
  const of = (column: MoneyColumn): Fen =>
    sumFen(parts.filter((part) => part.column === column).map(({ amountFen }) => amountFen))
  const columns = Object.fromEntries(moneyColumns.map((column) => [column, of(column)])) as Record<MoneyColumn, Fen>
  return { ...columns, remaining: columns.planned - columns.paid }
}

/** By the order of what they are grouped by. */
const grouped = <Item>(items: readonly Item[], of: (item: Item) => string): [string, Item[]][] =>
  [...groupBy(items, of)].toSorted(([a], [b]) => (a < b ? -1 : 1))

function planFlows(planned: readonly PlannedItem[], on: Day): Flow<FlowTarget>[] {
  const targetOf = ({ item }: PlannedItem): FlowTarget =>
    (item === null ? undefined : classOfItem(item, on)) ?? 'no_item'
  return grouped(planned, ({ source }) => source).flatMap(([source, own]) =>
    flowTargets.flatMap((to) => {
      const amountFen = sumFen(own.filter((one) => targetOf(one) === to).map((one) => one.amountFen))
      return amountFen === 0n ? [] : [{ source, to, amountFen }]
    }),
  )
}

/**
 * A source's plan by how far it has come; the four stages add up to the plan. Money that came without an indicator,
 * such as owners', was never assigned: what came counts as far as it is. Below zero is what is had beyond the plan.
 */
function moneyFlows({ source, ...money }: { readonly source: string } & Columns): Flow<FlowStage>[] {
  const { planned, assigned, inHand, paid } = money
  const come = inHand + paid
  const reached = assigned > come ? assigned : come
  const stages: Record<FlowStage, Fen> = {
    not_assigned: planned - reached,
    not_arrived: reached - come,
    in_hand: inHand,
    paid,
  }
  return flowStages.flatMap((to) => (stages[to] === 0n ? [] : [{ source, to, amountFen: stages[to] }]))
}
