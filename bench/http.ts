/**
 * Posting over HTTP, against the real service in a process of its own: single posts and batches, hot and even, and
 * beside them the same door with a transaction a request. Every entry said to be posted is counted in the books at the
 * end.
 */
import { issueToken } from '../src/access/token.ts'
import { type Database, openDatabase } from '../src/base/db.ts'
import { openLedger } from '../src/ledger/ledger.ts'
import { actor, openBook, today } from './books.ts'
import { withCpu } from './cpu.ts'
import type { Driver } from './driver.ts'
import type { Place } from './place.ts'
import { type Running, startAlone, startService } from './service.ts'
import { addFigure, type Figures } from './stats.ts'
import { batchSize, type Kind, kinds } from './transfers.ts'

export const singleConnections = [1, 8, 32, 128] as const
export const batchConnections = [1, 2, 4] as const
export const aloneConnections = [8, 32, 128] as const

type Form = 'single' | 'batch' | 'alone'

export type HttpBench = {
  run(seconds: number, figures: Figures): Promise<void>
  /** What is wrong with the books, a line each; empty where every entry is there. */
  check(): Promise<string[]>
  stop(): Promise<void>
}

export async function openHttp(place: Place, driver: Driver): Promise<HttpBench> {
  const database = openDatabase(place.appUrl)
  const services: Running[] = []
  try {
    const token = await issueToken(database, { ...actor, days: 1 })
    const expected = await openBooks(database)
    const service = await startService(place)
    services.push(service)
    const alone = await startAlone(place)
    services.push(alone)
    const faults: string[] = []

    const load = async (form: Form, kind: Kind, connections: number, seconds: number, figures: Figures) => {
      const book = bookOf(form, kind)
      const batch = form === 'batch' ? batchSize : 1
      const { port, child } = form === 'alone' ? alone : service
      const job = { what: 'http', port, token, book, kind, connections, batch, seconds, on: today } as const
      const { measure, posted, refused } = await withCpu(place, child.process.pid, async () => {
        const result = await driver.run(job)
        return { ...result, transfers: result.posted }
      })
      if (refused > 0) faults.push(`${form} ${kind} ${connections}: ${refused} entries refused`)
      expected.set(book, (expected.get(book) ?? 0) + posted)
      addFigure(figures, `${form} ${kind} ${connections}`, measure)
    }

    // What a service reads on first meeting its accounts, and the first plans of each connection, are not what is
    // measured here. Each form of each kind alike, or the first one measured pays for what the others find compiled.
    for (const kind of kinds) {
      await load('batch', kind, 2, 4, new Map())
      await load('single', kind, 32, 4, new Map())
      await load('alone', kind, 32, 4, new Map())
    }
    return {
      run: async (seconds, figures) => {
        const each = async (form: Form, counts: readonly number[], time: number) => {
          for (const connections of counts) {
            for (const kind of kinds) await load(form, kind, connections, time, figures)
          }
        }
        await each('single', singleConnections, seconds)
        await each('alone', aloneConnections, seconds)
        // Few requests fit into a second: twice the time, for a count that means something.
        await each('batch', batchConnections, 2 * seconds)
      },
      check: async () => [...faults, ...(await missing(database, expected))],
      stop: () => stopAll(database, services),
    }
  } catch (error) {
    await stopAll(database, services)
    throw error
  }
}

const bookOf = (form: Form, kind: Kind): string => `BENCH-${form === 'alone' ? 'ALONE' : 'HTTP'}-${kind}`

async function openBooks(database: Database): Promise<Map<string, number>> {
  const ledger = openLedger(database)
  const expected = new Map<string, number>()
  for (const form of ['single', 'alone'] as const) {
    for (const kind of kinds) {
      const book = await openBook(ledger, bookOf(form, kind))
      expected.set(book.code, await entriesIn(database, book.code))
    }
  }
  return expected
}

async function entriesIn({ sql }: Database, code: string): Promise<number> {
  const [row] = await sql<{ entries: number }[]>`
    select count(*)::integer as entries from entry join book using (book_id) where code = ${code}`
  return row?.entries ?? 0
}

async function missing(database: Database, expected: ReadonlyMap<string, number>): Promise<string[]> {
  const faults: string[] = []
  for (const [code, entries] of expected) {
    const found = await entriesIn(database, code)
    if (found !== entries) faults.push(`book ${code} has ${found} entries, ${entries} were answered as posted`)
  }
  return faults
}

// The service last: it takes the database server with it.
async function stopAll(database: Database, services: readonly Running[]): Promise<void> {
  await database.close()
  for (const { child } of [...services].reverse()) await child.stop()
}
