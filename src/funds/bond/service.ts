/**
 * What a bond owes and who bears it (O-17, O-18): each coupon on its day, and the principal, paid on the next working
 * day with the amount unchanged. A coupon is split by what each project held on each day of its period (Σ amount ×
 * days); periods of equal weights run as one stream, so that over the years each project bears its exact part, and a
 * change of weights begins a new one. What no project held yet its programme bears.
 */
import { type Day, daysBetween } from '../../base/calendar.ts'
import { type Fen, splitNext } from '../../base/money.ts'
import { lawOn } from '../../policy/parameters.ts'
import { ratioOf } from '../../policy/value.ts'
import { workdayFrom } from '../../policy/workdays.ts'
import { bondSchedule } from './bond.ts'
import type { Bond, BondAllocation, BondShare } from './record.ts'

export const dueKinds = ['coupon', 'principal'] as const
export type DueKind = (typeof dueKinds)[number]
export const dueKindNamesZh: Record<DueKind, string> = { coupon: '利息', principal: '本金' }

export type DueState = 'due' | 'set_aside' | 'paid'
export const dueStateNamesZh: Record<DueState, string> = { due: '待筹', set_aside: '已筹', paid: '已付' }

/** Something a bond owes: the coupons by number from 1, the principal after the last of them. */
export type BondDue = {
  readonly number: number
  readonly what: DueKind
  readonly dueOn: Day
  readonly amountFen: Fen
  readonly shares: readonly BondShare[]
}

/** The day something due is paid on. Refuses `holidays_not_announced` of a year whose holidays are not known yet. */
export const payDayOf = ({ dueOn }: Pick<BondDue, 'dueOn'>): Day => workdayFrom(dueOn)

type Weights = readonly { readonly project: string; readonly weight: bigint }[]

/** Everything a bond that was issued owes up to a day, divided by the versions of its allocation. */
export function duesUntil(of: Bond, versions: readonly BondAllocation[], until: Day): BondDue[] {
  const { startOn: start, faceFen: face, rate, years, frequency } = of
  if (start === undefined) return []
  const { coupons, principal } = bondSchedule({ face, rate: ratioOf(rate), years, start, frequency }, lawOn(start))
  const dues: BondDue[] = []
  let stream: { readonly weights: Weights; readonly sofar: Fen[] } | undefined
  let from = start
  for (const [index, { on, amount }] of coupons.entries()) {
    if (on > until) return dues
    const weights = weightsIn(of, versions, from, on)
    if (!stream || !areEqual(stream.weights, weights)) stream = { weights, sofar: weights.map(() => 0n) }
    const { sofar } = stream
    const row = splitNext(
      amount,
      weights.map(({ weight }) => weight),
      sofar,
    )
    row.forEach((part, place) => (sofar[place] = (sofar[place] ?? 0n) + part))
    dues.push({ number: index + 1, what: 'coupon', dueOn: on, amountFen: amount, shares: sharesOf(weights, row) })
    from = on
  }
  if (principal.on <= until) {
    const held = heldBy(of, versions.at(-1)?.shares ?? [])
    const shares = held.map(({ project, weight }) => ({ project, amountFen: weight }))
    dues.push({ number: coupons.length + 1, what: 'principal', dueOn: principal.on, amountFen: face, shares })
  }
  return dues
}

const sharesOf = (weights: Weights, row: readonly Fen[]): BondShare[] =>
  weights
    .map(({ project }, index) => ({ project, amountFen: row[index] ?? 0n }))
    .filter(({ amountFen }) => amountFen > 0n)

/** The face as projects hold it; what none holds stands at the programme. */
function heldBy({ programme, faceFen }: Bond, shares: readonly BondShare[]): Weights {
  const held = shares.map(({ project, amountFen: weight }) => ({ project, weight }))
  return held.length > 0 ? held : [{ project: programme, weight: faceFen }]
}

/** Σ amount × days of each project in `[from, to)`, in the order of their codes. */
function weightsIn(of: Bond, versions: readonly BondAllocation[], from: Day, to: Day): Weights {
  const sums = new Map<string, bigint>()
  const beginnings = [from, ...versions.map(({ fromOn }) => fromOn).filter((on) => on > from && on < to)]
  beginnings.forEach((begins, index) => {
    const days = BigInt(daysBetween(begins, beginnings[index + 1] ?? to))
    const shares = versions.findLast(({ fromOn }) => fromOn <= begins)?.shares ?? []
    for (const { project, weight } of heldBy(of, shares)) sums.set(project, (sums.get(project) ?? 0n) + weight * days)
  })
  return [...sums.keys()].toSorted().map((project) => ({ project, weight: sums.get(project) ?? 0n }))
}

/** Whether two periods are divided alike: periods have more days or fewer, so it is the proportion that counts. */
function areEqual(a: Weights, b: Weights): boolean {
  const total = (weights: Weights) => weights.reduce((sum, { weight }) => sum + weight, 0n)
  const [ofA, ofB] = [total(a), total(b)]
  return (
    a.length === b.length &&
    a.every(({ project, weight }, index) => b[index]?.project === project && weight * ofB === b[index].weight * ofA)
  )
}
