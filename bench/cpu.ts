/**
 * Processor time as the kernel counts it. On a machine that others use too, rates swing by several times; what a
 * transfer costs in processor time swings far less, and so tells whether a rate was low for our sake or for theirs.
 * Linux only; elsewhere nothing is told.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Place } from './place.ts'
import type { Measure } from './stats.ts'

const microsATick = 10_000

type Stat = { readonly parent: number; readonly own: number; readonly reaped: number }

/**
 * Runs `work` and adds to its measure what each transfer cost the database server, and `service` where there is one.
 */
export async function withCpu<R extends { readonly measure: Measure; readonly transfers: number }>(
  place: Place,
  service: number | undefined,
  work: () => Promise<R>,
): Promise<R> {
  const read = () => ({ postgres: ofTree(place.server.pid), service: service === undefined ? 0 : ofProcess(service) })
  const before = read()
  const result = await work()
  const after = read()
  if (!existsSync('/proc/self/stat') || result.transfers === 0) return result
  const cpu = {
    postgres: (after.postgres - before.postgres) / result.transfers,
    service: (after.service - before.service) / result.transfers,
  }
  return { ...result, measure: { ...result.measure, cpu } }
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const at = (index: number): number => fields[index] ?? 0
    return { parent: at(1), own: (at(11) + at(12)) * microsATick, reaped: (at(13) + at(14)) * microsATick }
  } catch {
    // Gone meanwhile, or no Linux.
    return undefined
  }
}

const ofProcess = (pid: number): number => statOf(pid)?.own ?? 0

/** A process, its children, and those of its children that ended. */
function ofTree(pid: number): number {
  const root = statOf(pid)
  if (!root) return 0
  const children = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === pid)
  return root.own + root.reaped + children.reduce((sum, stat) => sum + (stat?.own ?? 0), 0)
}
