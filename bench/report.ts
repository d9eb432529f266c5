/**
 * What was measured, goal by goal. Goals are ratios within one run; each ratio is taken round by round and its median
 * given, so that a noisy minute hits both sides. Absolute numbers follow for whoever wants them, with the machine and
 * the versions.
 */
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { batchConnections, singleConnections } from './http.ts'
import { clientCounts } from './contender.ts'
import type { Size } from './scale.ts'
import { type Figures, type Measure, median, medianOf } from './stats.ts'
import { type Kind, kinds } from './transfers.ts'

export type Run = {
  readonly figures: Figures
  readonly sizes: readonly Size[]
  readonly rounds: number
  readonly seconds: number
  readonly short: boolean
  readonly postgres: string
  readonly driver: string
  readonly pgledger: string
  /** Whether the books were counted after loading them over HTTP, and what was wrong. */
  readonly counted: boolean
  readonly faults: readonly string[]
  /** Load average before the run: much above 0 means that others were measured too. */
  readonly load: number
}

type Verdict = 'met' | 'first met' | 'not met' | 'not measured'
type Goal = { readonly what: string; readonly goal: string; readonly measured: string; readonly verdict: Verdict }
type Metric = 'rate' | 'p50' | 'p99'

export function reportText(run: Run): string {
  const parts = [
    '# Speed',
    heading(run),
    table(
      ['what', 'goal', 'measured', ''],
      goalsOf(run).map(({ what, goal, measured, verdict }) => [what, goal, measured, verdict]),
    ),
    ...(run.figures.size > 0 ? ['## Numbers behind it', figuresTable(run.figures)] : []),
    ...(run.sizes.length > 0 ? ['## By size of the book', sizesTable(run.sizes)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

// --- Goals ----------------------------------------------------------------------------------------------------------

function goalsOf({ figures, sizes }: Run): Goal[] {
  return [...postingGoals(figures), ...fairnessGoals(figures), ...pgledgerGoals(figures), ...sizeGoals(sizes)]
}

function postingGoals(figures: Figures): Goal[] {
  const floor = { hot: best(figures, 'floor', 'hot', clientCounts), even: best(figures, 'floor', 'even', clientCounts) }
  const batch = (kind: Kind) => best(figures, 'batch', kind, batchConnections)
  const over = (ours: string | undefined, theirs: string | undefined) => ratio(figures, ours, theirs, 'rate')
  return [
    atLeast('single POST, hot, 32 connections, beside the best hot floor', over('single hot 32', floor.hot), 1.2, 2),
    atLeast('single POST, hot, 128 connections, beside the best hot floor', over('single hot 128', floor.hot), 2, 4),
    atLeast('32 connections, hot, beside a transaction a request: rate', over('single hot 32', 'alone hot 32'), 4),
    atMost('the same: p99', ratio(figures, 'single hot 32', 'alone hot 32', 'p99'), 0.25),
    atLeast('batch of 500, hot, beside the best hot floor', over(batch('hot'), floor.hot), 6, 8),
    atLeast('batch of 500, even, beside the best even floor', over(batch('even'), floor.even), 1.5, 2),
    atLeast('batch posting, hot, beside COPY of the same rows', over('posted hot', 'copy hot'), 0.5, 0.8),
    atLeast('batch posting, even, beside COPY of the same rows', over('posted even', 'copy even'), 0.5, 0.8),
  ]
}

function fairnessGoals(figures: Figures): Goal[] {
  const cases = [
    ...([32, 128] as const).map((connections) => ['single', connections] as const),
    ...([1, 2] as const).map((connections) => ['batch', connections] as const),
  ]
  return cases.flatMap(([form, connections]) => {
    const between = (metric: Metric) =>
      ratio(figures, `${form} hot ${connections}`, `${form} even ${connections}`, metric)
    return [
      atLeast(`hot beside even, ${form}, ${connections} connections: rate`, between('rate'), 0.9),
      atMost('the same: p99', between('p99'), 1.5),
    ]
  })
}

function pgledgerGoals(figures: Figures): Goal[] {
  const goals = { hot: 3, even: 2 }
  return kinds.flatMap((kind) => {
    const theirs = best(figures, 'pgledger', kind, clientCounts)
    const single = ratio(figures, best(figures, 'single', kind, singleConnections), theirs, 'rate')
    const batch = ratio(figures, best(figures, 'batch', kind, batchConnections), theirs, 'rate')
    return [
      atLeast(`beside pgledger, ${kind}, single POST over HTTP`, single, goals[kind]),
      atLeast(`beside pgledger, ${kind}, batch of 500 over HTTP`, batch, goals[kind]),
    ]
  })
}

function sizeGoals(sizes: readonly Size[]): Goal[] {
  const [first] = sizes
  const last = sizes.at(-1)
  if (!first || !last) return []
  const at = `at ${millions(last.lines)}`
  const grown = `from ${millions(first.lines)} to ${millions(last.lines)}`
  const growth = (what: string, of: (size: Size) => readonly Measure[]) =>
    atMost(`${what}, ${grown}`, ratioOfRounds(of(last), of(first), 'p50'), 1.3)
  return [
    growth('posting a batch', ({ posting }) => posting),
    growth('balance now', ({ reads }) => reads.now),
    growth('balance as of a day', ({ reads }) => reads.asOf),
    growth('balance as known at an instant', ({ reads }) => reads.known),
    growth('balance by both', ({ reads }) => reads.both),
    within(`balance now, ${at}: p99`, medianOf(last.reads.now).p99, 2),
    within(`balance as of a day, ${at}: p99`, medianOf(last.reads.asOf).p99, 5),
    within(`balance as known at an instant, ${at}: p99`, medianOf(last.reads.known).p99, 10),
    within(`balance by both, ${at}: p99`, medianOf(last.reads.both).p99, 10),
    within(
      `trial balance of 10,000 accounts at any day, ${at}: slowest`,
      Math.max(...last.reads.trial.map(({ p99 }) => p99)),
      300,
    ),
    bytesGoal(last),
  ]
}

function bytesGoal({ bytesAnEntry }: Size): Goal {
  const verdict = bytesAnEntry <= 900 ? 'met' : 'not met'
  return { what: 'bytes a two-line entry', goal: '≤ 900', measured: bytesAnEntry.toFixed(0), verdict }
}

/** A goal in one step, or in two: what must be reached first, and what then. */
function atLeast(what: string, measured: number | undefined, first: number, then = first): Goal {
  const goal = then === first ? `≥ ${first} ×` : `≥ ${first} ×, then ${then} ×`
  if (measured === undefined) return unmeasured(what, goal)
  const verdict = measured >= then ? 'met' : measured >= first ? 'first met' : 'not met'
  return { what, goal, measured: times(measured), verdict }
}

function atMost(what: string, measured: number | undefined, most: number): Goal {
  const goal = `≤ ${most} ×`
  if (measured === undefined) return unmeasured(what, goal)
  return { what, goal, measured: times(measured), verdict: measured <= most ? 'met' : 'not met' }
}

function within(what: string, ms: number, most: number): Goal {
  return { what, goal: `≤ ${most} ms`, measured: `${ms.toFixed(1)} ms`, verdict: ms <= most ? 'met' : 'not met' }
}

const unmeasured = (what: string, goal: string): Goal => ({ what, goal, measured: '', verdict: 'not measured' })
const times = (ratio: number): string => `${ratio.toFixed(2)} ×`

/** Of a case run with several numbers of clients, the one with the best median rate. */
function best(figures: Figures, name: string, kind: Kind, counts: readonly number[]): string | undefined {
  return counts
    .map((count) => `${name} ${kind} ${count}`)
    .filter((key) => figures.has(key))
    .sort((a, b) => medianOf(figures.get(b) ?? []).rate - medianOf(figures.get(a) ?? []).rate)[0]
}

function ratio(
  figures: Figures,
  ours: string | undefined,
  theirs: string | undefined,
  metric: Metric,
): number | undefined {
  const above = figures.get(ours ?? '')
  const below = figures.get(theirs ?? '')
  if (!above || !below) return undefined
  return ratioOfRounds(above, below, metric)
}

/** The median of the ratios of each round: what was measured at the same time is compared. */
function ratioOfRounds(above: readonly Measure[], below: readonly Measure[], metric: Metric): number {
  return median(above.map((measure, round) => measure[metric] / (below[round] ?? measure)[metric]))
}

// --- Tables ---------------------------------------------------------------------------------------------------------

function heading({ rounds, seconds, short, postgres, driver, pgledger, counted, faults, load }: Run): string {
  const lines = [
    `${new Date().toISOString().slice(0, 10)}. ${short ? 'A short run: an indication, no more. ' : ''}${rounds} interleaved ` +
      `round${rounds === 1 ? '' : 's'} of ${seconds} s a case, medians. Load generators share the machine. Ratios count; rates do not carry over.`,
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}; load average before the run ${load.toFixed(1)}, at its end ${loadavg()[0]?.toFixed(1)}.`,
    `Versions: Node ${process.versions.node}, PostgreSQL ${postgres} with fsync, synchronous_commit and full_page_writes on; ${packages()}.`,
    `Floor driven by ${driver}. pgledger: ${pgledger}.`,
    counted && faults.length === 0
      ? 'Every entry answered as posted over HTTP was counted in the books; none was refused.'
      : '',
    ...faults.map((fault) => `**Fault: ${fault}**`),
  ]
  return lines.filter((line) => line !== '').join('\n')
}

function packages(): string {
  const file = new URL('../package.json', import.meta.url)
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> }
  return ['hono', '@hono/node-server', 'zod', 'pg', 'postgres', 'tsx']
    .map((name) => `${name} ${dependencies[name]}`)
    .join(', ')
}

const names: Record<string, string> = {
  floor: 'floor: one SQL function call a transfer',
  single: 'ours: single POST over HTTP',
  alone: 'our door, a transaction a request',
  batch: 'ours: batch of 500 over HTTP',
  pgledger: 'pgledger: one function call a transfer',
  posted: 'ours: batch of 500 in the process',
  copy: 'COPY of the same rows',
}

function figuresTable(figures: Figures): string {
  const rows = [...figures].map(([key, runs]) => {
    const [name = '', kind = '', count = '1'] = key.split(' ')
    const { rate, p50, p99, cpu } = medianOf(runs)
    const cost = cpu ? [cpu.postgres.toFixed(0), cpu.service > 0 ? cpu.service.toFixed(0) : ''] : ['', '']
    return [names[name] ?? name, kind, count, rate.toFixed(0), p50.toFixed(2), p99.toFixed(2), ...cost]
  })
  const order = Object.values(names)
  rows.sort((a, b) => order.indexOf(a[0] ?? '') - order.indexOf(b[0] ?? '') || (a[1] ?? '').localeCompare(b[1] ?? ''))
  return table(
    ['what', 'accounts', 'clients', 'transfers/s', 'p50 ms', 'p99 ms', 'PostgreSQL µs a transfer', 'service µs'],
    rows,
  )
}

function sizesTable(sizes: readonly Size[]): string {
  const ms = (rounds: readonly Measure[]): string => {
    const { p50, p99 } = medianOf(rounds)
    return `${p50.toFixed(2)} / ${p99.toFixed(2)}`
  }
  const rows: [string, (size: Size) => string][] = [
    ['filled at, entries/s', ({ fill }) => (fill.seconds < 1 ? '' : fill.rate.toFixed(0))],
    ['memory of the filling process, MB', ({ memoryMb }) => String(memoryMb)],
    ['bytes an entry', ({ bytesAnEntry }) => bytesAnEntry.toFixed(0)],
    ['first batch of a new process, ms', ({ coldMs }) => coldMs.toFixed(0)],
    ['batch of 500, entries/s', ({ posting }) => medianOf(posting).rate.toFixed(0)],
    ['batch of 500, p50 / p99 ms', ({ posting }) => ms(posting)],
    ['the least a query takes (select 1)', ({ reads }) => ms(reads.nothing)],
    ['balance now', ({ reads }) => ms(reads.now)],
    ['balance as of a day', ({ reads }) => ms(reads.asOf)],
    ['balance as known at an instant', ({ reads }) => ms(reads.known)],
    ['balance by both', ({ reads }) => ms(reads.both)],
    ['trial balance as of a day', ({ reads }) => ms(reads.trial)],
    ['trial balance as known at an instant', ({ reads }) => ms(reads.trialKnown)],
    ['a month of a statement, 50 lines', ({ reads }) => ms(reads.statement)],
  ]
  return table(
    ['', ...sizes.map(({ lines }) => millions(lines))],
    rows.map(([name, cell]) => [name, ...sizes.map(cell)]),
  )
}

const millions = (lines: number): string =>
  lines >= 1_000_000 ? `${Math.round(lines / 100_000) / 10} M lines` : `${Math.round(lines / 1_000)} k lines`

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}
