/**
 * Is a history strictly serializable? The idea is Elle's: transactions append numbers that are never used twice to
 * lists and read whole lists, so that every read tells which appends came before it, and in what order. From that
 * follow the edges "must have come before"; a cycle among them is a history that no one-after-the-other could have
 * produced.
 */
export type Transaction = {
  readonly name: string
  /** When it was asked for, and when it was answered. */
  readonly from: number
  readonly to: number
  readonly appends: Readonly<Record<string, string>>
  readonly reads: Readonly<Record<string, readonly string[]>>
}

export type Anomalies = { cycles: string[][]; lost: string[]; torn: string[] }

/** `lists` is what stands in the end. Only transactions that were answered "committed" are given. */
export function anomaliesOf(
  transactions: readonly Transaction[],
  lists: Readonly<Record<string, readonly string[]>>,
): Anomalies {
  const writer = new Map<string, number>()
  transactions.forEach(({ appends }, i) =>
    Object.entries(appends).forEach(([key, value]) => writer.set(`${key} ${value}`, i)),
  )
  const after = transactions.map(() => new Set<number>())
  const edge = (from: number | undefined, to: number | undefined): void => {
    if (from !== undefined && to !== undefined && from !== to) after[from]?.add(to)
  }
  const torn: string[] = []
  const lost = transactions.flatMap(({ name, appends }) =>
    Object.entries(appends).flatMap(([key, value]) =>
      lists[key]?.includes(value) ? [] : [`${name}: ${key} ${value}`],
    ),
  )
  for (const [key, list] of Object.entries(lists)) {
    const writers = list.map((value) => writer.get(`${key} ${value}`))
    writers.forEach((one, i) => edge(one, writers[i + 1]))
    transactions.forEach(({ name, reads }, reader) => {
      const read = reads[key]
      if (!read) return
      if (read.some((value, i) => value !== list[i])) torn.push(`${name} read of ${key} what never stood there`)
      edge(writers[read.length - 1], reader)
      edge(reader, writers[read.length])
    })
  }
  transactions.forEach((earlier, i) => transactions.forEach((later, j) => earlier.to < later.from && edge(i, j)))
  const cycles = components(after).map((members) => members.map((i) => transactions[i]?.name ?? ''))
  return { cycles, lost, torn }
}

/** Strongly connected components of more than one member (Tarjan). */
function components(after: readonly ReadonlySet<number>[]): number[][] {
  const [order, low, stack, found] = [
    new Map<number, number>(),
    new Map<number, number>(),
    [] as number[],
    [] as number[][],
  ]
  const lowOf = (node: number): number => low.get(node) ?? 0
  const visit = (node: number): void => {
    order.set(node, order.size)
    low.set(node, order.size - 1)
    stack.push(node)
    for (const next of after[node] ?? []) {
      if (!order.has(next)) {
        visit(next)
        low.set(node, Math.min(lowOf(node), lowOf(next)))
      } else if (stack.includes(next)) low.set(node, Math.min(lowOf(node), order.get(next) ?? 0))
    }
    if (lowOf(node) !== order.get(node)) return
    const members = stack.splice(stack.indexOf(node))
    if (members.length > 1) found.push(members)
  }
  after.forEach((_, node) => order.has(node) || visit(node))
  return found
}
