/**
 * `npm run bench`: how fast the ledger is beside floors measured in the same run on the same server. Prints a report; a
 * full run also writes it to bench/results.md.
 *
 *   --short            seconds instead of minutes: one round, small books, an indication
 *   --only NAME        floor (which brings http), http, copy, pgledger or scale; may be repeated
 *   --lines N          the largest book, 1000000 or 10000000
 *   --plain-pages      do not reserve huge pages for the server, where this account could
 *   --write            write bench/results.md whatever was run
 *
 * PGLEDGER_SQL names a copy of pgledger.sql; without it that comparison is left out.
 */
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Contender, pgbench, runContender } from './contender.ts'
import { openCopy } from './copy.ts'
import { type Driver, startDriver } from './driver.ts'
import { openFloor } from './floor.ts'
import { type HttpBench, openHttp } from './http.ts'
import { openPgledger } from './pgledger.ts'
import { openPlace, type Place } from './place.ts'
import { reportText } from './report.ts'
import { type Effort, measureSizes, type Size } from './scale.ts'
import type { Figures } from './stats.ts'

const parts = ['floor', 'http', 'copy', 'pgledger', 'scale'] as const
type Part = (typeof parts)[number]

type Options = {
  readonly short: boolean
  readonly only: ReadonlySet<Part>
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly seconds: number
  readonly hugePages: boolean
  readonly write: boolean
}

const emptyBook = 10_002
const shortLines = 60_000
const closeWithinMs = 30_000
const limitMs = { short: 10 * 60_000, full: 120 * 60_000 }

const say = (line: string): void => void process.stderr.write(`${line}\n`)

// What is to be stopped, the latest first, however the run ends.
const opened: (() => Promise<void>)[] = []
let closing: Promise<void> | undefined

const options = readOptions()
const limit = setTimeout(() => void quit('the bench took too long'), options.short ? limitMs.short : limitMs.full)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void quit(signal))
try {
  await run(options)
} catch (error) {
  // Interrupted, everything fails; `quit` says so once.
  if (!closing) say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
}
await closeAll()
clearTimeout(limit)

async function run({ short, only, sizes, rounds, seconds, hugePages, write }: Options): Promise<void> {
  const load = loadavg()[0] ?? 0
  const place = await openPlace({ hugePages })
  opened.push(() => place.close())
  const figures: Figures = new Map()
  // By itself and first: what the others leave behind for the server to clear away takes a core, and posting needs two
  // where COPY needs one.
  if (only.has('copy')) {
    const copy = await opening(openCopy(place))
    for (let round = 1; round <= rounds; round++) await copy.run(seconds, figures)
    await opened.pop()?.()
  }
  const driver = startDriver()
  opened.push(() => driver.stop())
  const contenders = await openContenders(place, only)
  const http = only.has('http') ? await opening(openHttp(place, driver)) : undefined
  const timed = contenders.length > 0 || http ? rounds : 0
  for (let round = 1; round <= timed; round++) {
    say(`round ${round} of ${rounds}`)
    await runRound({ place, contenders, driver, http }, seconds, figures)
  }
  const faults = (await http?.check()) ?? []
  const measured: Size[] = only.has('scale') ? await measureSizes(place, sizes, effortOf(short), say) : []
  const [server] = await place.superQuery<{ version: string; pages: string; memory: string }>(
    'postgres',
    `select current_setting('server_version') as version, current_setting('huge_pages_status') as pages, current_setting('shared_buffers') as memory`,
  )
  const text = reportText({
    figures,
    sizes: measured,
    rounds,
    seconds,
    short,
    postgres: `${server?.version} (${server?.memory} of shared buffers, huge pages ${server?.pages})`,
    driver: pgbench ?? 'Node (pgbench is not installed), which costs it a good part of its rate',
    pgledger: contenders.some(({ name }) => name === 'pgledger') ? 'measured' : 'left out (PGLEDGER_SQL is not set)',
    counted: http !== undefined,
    faults,
    load,
  })
  process.stdout.write(text)
  if (write) writeFileSync(new URL('results.md', import.meta.url), text)
  if (faults.length > 0) process.exitCode = 1
}

type Running = {
  readonly place: Place
  readonly contenders: readonly Contender[]
  readonly driver: Driver
  readonly http: HttpBench | undefined
}

/** Everything once; hot and even, which are compared, one right after the other. */
async function runRound(
  { place, contenders, driver, http }: Running,
  seconds: number,
  figures: Figures,
): Promise<void> {
  for (const contender of contenders) await runContender(place, contender, driver, seconds, figures)
  await http?.run(seconds, figures)
}

async function openContenders(place: Place, only: ReadonlySet<Part>): Promise<Contender[]> {
  const contenders: Contender[] = []
  if (only.has('floor')) contenders.push(await openFloor(place))
  const pgledger = only.has('pgledger') ? await openPgledger(place) : undefined
  if (pgledger) contenders.push(pgledger)
  else if (only.has('pgledger')) say('pgledger is left out: PGLEDGER_SQL is not set')
  return contenders
}

async function opening<T extends { stop(): Promise<void> }>(bench: Promise<T>): Promise<T> {
  const open = await bench
  opened.push(() => open.stop())
  return open
}

function effortOf(short: boolean): Effort {
  return short
    ? { rounds: 2, batches: 10, reads: 200, trials: 5, settling: 0 }
    : { rounds: 7, batches: 10, reads: 1_000, trials: 7, settling: 200_000 }
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      lines: { type: 'string' },
      rounds: { type: 'string' },
      'plain-pages': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  const { short } = values
  const only = partsOf(values.only)
  const most = values.lines === undefined ? (short ? shortLines : 10_000_000) : Number(values.lines)
  return {
    short,
    only,
    sizes: [emptyBook, 1_000_000, 10_000_000, most].filter(
      (lines, index, all) => lines <= most && all.indexOf(lines) === index,
    ),
    rounds: Number(values.rounds ?? (short ? 1 : 7)),
    seconds: short ? 2 : 3,
    hugePages: !values['plain-pages'],
    write: values.write || (!short && only.size === parts.length),
  }
}

function partsOf(named: readonly string[]): Set<Part> {
  if (named.length === 0) return new Set(parts)
  const only = new Set<Part>()
  for (const name of named) {
    const part = parts.find((one) => one === name)
    if (!part) {
      say(`--only ${name}: one of ${parts.join(', ')}`)
      process.exit(2)
    }
    only.add(part)
  }
  // A floor or a competitor alone says nothing.
  if (only.has('floor') || only.has('pgledger')) only.add('http')
  return only
}

async function quit(reason: string): Promise<void> {
  say(`${reason}: stopping`)
  await closeAll()
  process.exit(1)
}

function closeAll(): Promise<void> {
  closing ??= (async () => {
    for (const close of opened.reverse()) {
      const late = new Promise<void>((resolve) => setTimeout(resolve, closeWithinMs).unref())
      await Promise.race([close(), late]).catch((error: unknown) => say(String(error)))
    }
  })()
  return closing
}
