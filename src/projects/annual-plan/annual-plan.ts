/**
 * The yearly plan of a district (clause 3), without a database: which projects of the queue fit the district's money,
 * and whether enough of the basic works is seismic and energy renovation.
 */
import { type Decimal, toFraction } from '../../base/decimal.ts'
import { divideUp, type Fen, sumFen } from '../../base/money.ts'
import { catalogueOf } from '../../policy/catalogue.ts'
import { clauseOf, type Law } from '../../policy/parameters.ts'
import { ratioOf } from '../../policy/value.ts'
import type { ProjectKind, ProjectState } from '../terms.ts'

/** 按序至额满为止 · 按序并以后面能容纳的补足. */
export const batchModes = ['strict', 'fill'] as const
export type BatchMode = (typeof batchModes)[number]
export const batchModeNamesZh: Readonly<Record<BatchMode, string>> = {
  strict: '按序至额满为止',
  fill: '按序并以后面能容纳的补足',
}

export type Queued = { readonly project: string; readonly needFen: Fen }

export type BatchChoice<Entry extends Queued = Queued> = {
  readonly taken: readonly Entry[]
  readonly totalFen: Fen
  readonly leftFen: Fen
  /** The first of the queue that does not fit; strict stops at it. */
  readonly stoppedAt?: Entry
}

/**
 * Takes from the queue, in its order, what fits the capacity. `strict` stops at the first that does not fit, so nobody
 * overtakes;
 * `fill` passes over it and goes on, so that less money lies idle.
 */
export function planBatch<Entry extends Queued>(
  capacityFen: Fen,
  queue: readonly Entry[],
  mode: BatchMode,
): BatchChoice<Entry> {
  const taken: Entry[] = []
  let leftFen = capacityFen
  let stoppedAt: Entry | undefined
  for (const entry of queue) {
    if (entry.needFen <= leftFen) {
      taken.push(entry)
      leftFen -= entry.needFen
      continue
    }
    stoppedAt ??= entry
    if (mode === 'strict') break
  }
  const totalFen = sumFen(taken.map(({ needFen }) => needFen))
  return { taken, totalFen, leftFen, ...(stoppedAt !== undefined && { stoppedAt }) }
}

/** A place in the queue of a plan: what it needs, where it stands, and the batch of the plan that took it. */
export type QueuePlace = {
  readonly project: string
  readonly needFen: Fen
  readonly state: ProjectState
  readonly batch: number | null
}

/**
 * What a batch would take: of those of the queue that no other batch has, within what the other batches leave. Of the
 * queue a batch sees the reserve, and its own projects while they have not begun.
 */
export function chooseFor(
  capacityFen: Fen,
  places: readonly QueuePlace[],
  batch: number,
  mode: BatchMode,
): { readonly choice: BatchChoice; readonly queue: readonly Queued[] } {
  const others = places.filter((place) => place.batch !== null && place.batch !== batch && place.state !== 'withdrawn')
  const leftFen = capacityFen - sumFen(others.map(({ needFen }) => needFen))
  const queue = places
    .filter((place) => place.state === 'reserve' || (place.state === 'planned' && place.batch === batch))
    .map(({ project, needFen }) => ({ project, needFen }))
  return { choice: planBatch(leftFen, queue, mode), queue }
}

/** What the monitor counts of a project: its area, once, by the items it has. */
export type PlannedWorks = {
  readonly project: string
  readonly kind: ProjectKind
  readonly areaDm2: bigint
  readonly items: readonly string[]
}

export type SeismicEnergyMonitor = {
  /** Area of the projects with any basic item. */
  readonly basicDm2: bigint
  /** Of these, comprehensive projects with a seismic or energy item. */
  readonly seismicEnergyDm2: bigint
  readonly minimumDm2: bigint
  /** How much is wanting; 0 where the minimum is met. */
  readonly shortfallDm2: bigint
  /** Which law said so. */
  readonly clause: string
}

/**
 * Is at least so much of the basic volume comprehensive seismic and energy renovation? A part of a dm² counts as one
 * (C9).
 */
export function seismicEnergyMonitor(works: readonly PlannedWorks[], law: Law): SeismicEnergyMonitor {
  const share = ratioOf(law.take('seismic_energy_share'))
  const listed = catalogueOf(law)
  const basic = new Set(listed.filter((item) => item.class === 'basic').map(({ code }) => code))
  const seismic = new Set(listed.filter((item) => item.seismicEnergy).map(({ code }) => code))
  const area = (counts: (works: PlannedWorks) => boolean): bigint =>
    sumFen(works.filter(counts).map(({ areaDm2 }) => areaDm2))
  const isBasic = ({ items }: PlannedWorks): boolean => items.some((item) => basic.has(item))
  const basicDm2 = area(isBasic)
  const seismicEnergyDm2 = area(
    (given) => given.kind === 'comprehensive' && isBasic(given) && given.items.some((item) => seismic.has(item)),
  )
  const minimumDm2 = leastOf(basicDm2, share)
  const shortfallDm2 = minimumDm2 > seismicEnergyDm2 ? minimumDm2 - seismicEnergyDm2 : 0n
  const clause = clauseOf(law, 'seismic_energy_share') ?? ''
  return { basicDm2, seismicEnergyDm2, minimumDm2, shortfallDm2, clause }
}

function leastOf(volume: bigint, share: Decimal): bigint {
  const { numerator, denominator } = toFraction(share)
  return divideUp(volume * numerator, denominator)
}
