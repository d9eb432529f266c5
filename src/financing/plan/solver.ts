/**
 * The one plan for a project's money (clauses 4, 5, 10, 16; O-11, O-12): which source pays how much of which item. Of
 * all plans that cover the most, the one that uses the first source as much as possible, then the second; of those, the
 * one in which the first source pays the first item as much as possible, then the next. Exact, in fen.
 *
 * A greedy answer strands money: owners paying an improvement first leave the basic works to proceeds of sold public
 * housing, which may not pay them.
 * The exact answer needs no search, because only the class of an item decides who may pay it. Money fits if and only
 * if, for every set of classes, the sources that can pay nothing outside the set want no more than the set's items
 * still cost (Hall's condition, as Gale states it for transports). So each step takes as much as these few conditions
 * leave.
 */
import { assert } from '../../base/assert.ts'
import { type Fen, minFen, sumFen } from '../../base/money.ts'
import { type ItemClass, itemClasses } from '../../policy/catalogue.ts'
import { kindsExcluded, type SourceKind } from '../../policy/eligibility.ts'
import type { Law } from '../../policy/parameters.ts'

export type PlanItem = { id: string; class: ItemClass; amount: Fen }
export type PlanSource = {
  id: string
  kind: SourceKind
  limit: Fen
  /** The lower pays first; of equal ones the earlier in the list. */
  priority: number
}

export type FundingPlan = {
  allocations: { item: string; source: string; amount: Fen }[]
  /** What nobody may or can pay. */
  gap: Fen
  sources: { id: string; used: Fen; left: Fen }[]
}

/** The plan, in fen: rows in the order of items, within an item of priority; sources in the order given. */
export function fundingPlan(
  { items, sources }: { items: readonly PlanItem[]; sources: readonly PlanSource[] },
  law: Law,
): FundingPlan {
  const present = itemClasses.filter((itemClass) => items.some((item) => item.class === itemClass))
  const byPriority = sources
    .map((source, place) => ({ ...source, place, classes: classesPaidBy(source.kind, present, law) }))
    .sort((a, b) => a.priority - b.priority || a.place - b.place)
  const used = usesOf(byPriority, new Room(items))
  const rows = payItems(byPriority, used, items)
  const usedAt = new Map(byPriority.map(({ place }, order) => [place, used[order] ?? 0n]))
  return {
    allocations: rows.flatMap((paid, index) =>
      paid.map(({ order, amount }) => ({ item: idAt(items, index), source: idAt(byPriority, order), amount })),
    ),
    gap: sumFen(items.map((item) => item.amount)) - sumFen(used),
    sources: sources.map(({ id, limit }, place) => {
      const amount = usedAt.get(place) ?? 0n
      return { id, used: amount, left: limit - amount }
    }),
  }
}

type RankedSource = PlanSource & { place: number; classes: ItemClass[] }

/**
 * The classes that a kind of source may pay, of those among the items; what the matrix excludes is noted in the law's
 * uses.
 */
function classesPaidBy(kind: SourceKind, present: readonly ItemClass[], law: Law): ItemClass[] {
  return present.filter((itemClass) => !kindsExcluded(itemClass, law).includes(kind))
}

/** How much each source pays in all: in order of priority, as much as fits beside those before it. */
function usesOf(sources: readonly RankedSource[], room: Room): Fen[] {
  return sources.map(({ classes, limit }) => {
    const used = minFen(limit, room.forWanting(classes))
    room.want(classes, used)
    return used
  })
}

/**
 * For each item, who pays it how much: each source in turn pays the items in order, as far as the later sources still
 * fit.
 */
function payItems(sources: readonly RankedSource[], used: readonly Fen[], items: readonly PlanItem[]) {
  const room = new Room(items)
  sources.forEach(({ classes }, order) => room.want(classes, used[order] ?? 0n))
  const open = new OpenItems(items)
  const rows: { order: number; amount: Fen }[][] = items.map(() => [])
  sources.forEach(({ classes }, order) => {
    let left = used[order] ?? 0n
    while (left > 0n) {
      const payable = classes.filter((itemClass) => room.forPaying(itemClass, classes) > 0n)
      const next = open.first(payable)
      assert(next, 'what a source is to use has an item to pay')
      const amount = minFen(minFen(left, next.left), room.forPaying(next.itemClass, classes))
      rows[next.index]?.push({ order, amount })
      open.pay(next.itemClass, amount)
      room.pay(next.itemClass, classes, amount)
      left -= amount
    }
  })
  return rows
}

/**
 * What the sets of classes still cost, and what the sources confined to them want: Hall's conditions, one number a set.
 */
class Room {
  readonly #sets: { classes: ReadonlySet<ItemClass>; slack: Fen }[]
  readonly #total: Fen

  constructor(items: readonly PlanItem[]) {
    this.#total = sumFen(items.map((item) => item.amount))
    this.#sets = subsetsOf(itemClasses).map((classes) => ({
      classes,
      slack: sumFen(items.filter((item) => classes.has(item.class)).map((item) => item.amount)),
    }))
  }

  /** The most a source for these classes can want beside those who want already. */
  forWanting(classes: readonly ItemClass[]): Fen {
    return this.#least((set) => classes.every((itemClass) => set.has(itemClass)))
  }

  want(classes: readonly ItemClass[], amount: Fen): void {
    for (const set of this.#sets) {
      if (classes.every((itemClass) => set.classes.has(itemClass))) set.slack -= amount
    }
  }

  /**
   * The most that a source for these classes can pay of one class without taking it from a source that has no other.
   */
  forPaying(itemClass: ItemClass, classes: readonly ItemClass[]): Fen {
    return this.#least((set) => set.has(itemClass) && !classes.every((other) => set.has(other)))
  }

  /** A payment takes cost from every set with the class, and want from every set that confines the source. */
  pay(itemClass: ItemClass, classes: readonly ItemClass[], amount: Fen): void {
    for (const set of this.#sets) {
      const confined = classes.every((other) => set.classes.has(other))
      if (set.classes.has(itemClass) && !confined) set.slack -= amount
    }
  }

  #least(binds: (set: ReadonlySet<ItemClass>) => boolean): Fen {
    return this.#sets
      .filter(({ classes }) => binds(classes))
      .reduce((least, { slack }) => minFen(least, slack), this.#total)
  }
}

function subsetsOf<Member>(members: readonly Member[]): ReadonlySet<Member>[] {
  return members.reduce<ReadonlySet<Member>[]>(
    (subsets, member) => [...subsets, ...subsets.map((subset) => new Set([...subset, member]))],
    [new Set()],
  )
}

/**
 * The items that are not yet paid in full. Those of one class are paid in order, so each class needs only its first.
 */
class OpenItems {
  readonly #queues = new Map<ItemClass, { index: number; left: Fen }[]>()
  readonly #heads = new Map<ItemClass, number>()

  constructor(items: readonly PlanItem[]) {
    for (const itemClass of itemClasses) this.#queues.set(itemClass, [])
    items.forEach((item, index) => {
      if (item.amount > 0n) this.#queues.get(item.class)?.push({ index, left: item.amount })
    })
  }

  /** The earliest open item of these classes. */
  first(classes: readonly ItemClass[]): OpenItem | undefined {
    const heads = classes.flatMap((itemClass) => {
      const head = this.#queues.get(itemClass)?.[this.#heads.get(itemClass) ?? 0]
      return head ? [{ ...head, itemClass }] : []
    })
    return heads.sort((a, b) => a.index - b.index)[0]
  }

  /** Pays the first open item of a class. */
  pay(itemClass: ItemClass, amount: Fen): void {
    const head = this.#heads.get(itemClass) ?? 0
    const item = this.#queues.get(itemClass)?.[head]
    assert(item && item.left >= amount, 'an item is paid no more than it costs')
    item.left -= amount
    if (item.left === 0n) this.#heads.set(itemClass, head + 1)
  }
}

type OpenItem = { index: number; left: Fen; itemClass: ItemClass }

function idAt(list: readonly { id: string }[], index: number): string {
  const entry = list[index]
  assert(entry, 'index within the list')
  return entry.id
}
