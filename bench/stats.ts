/** Rates and percentiles, the same for every measurement. */

/** One run: operations a second (entries, where a request holds many), latencies of a request in milliseconds. */
export type Measure = {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  /** Processor time a transfer, in microseconds, where it was taken. */
  readonly cpu?: { readonly postgres: number; readonly service: number }
}

/** The runs of each case, a round each, in order. */
export type Figures = Map<string, Measure[]>

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2
}

/** The smallest value that so large a share of the values does not exceed. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function measureOf(latencies: ArrayLike<number>, seconds: number, each = 1): Measure {
  return {
    rate: (latencies.length * each) / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  }
}

export function medianOf(runs: readonly Measure[]): Measure {
  return {
    rate: median(runs.map(({ rate }) => rate)),
    p50: median(runs.map(({ p50 }) => p50)),
    p99: median(runs.map(({ p99 }) => p99)),
    ...cpuOf(runs),
  }
}

function cpuOf(runs: readonly Measure[]): Pick<Measure, 'cpu'> {
  const known = runs.flatMap(({ cpu }) => cpu ?? [])
  if (known.length === 0) return {}
  return {
    cpu: {
      postgres: median(known.map(({ postgres }) => postgres)),
      service: median(known.map(({ service }) => service)),
    },
  }
}

export function addFigure(figures: Figures, name: string, measure: Measure): void {
  figures.set(name, [...(figures.get(name) ?? []), measure])
}
