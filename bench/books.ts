/** The books that are measured, opened and filled through the ledger's own actions. */
import type { Actor } from '../src/access/actor.ts'
import { addDays, type Day, day } from '../src/base/calendar.ts'
import { createBook, type KeyedDraft, postBatch } from '../src/ledger/actions.ts'
import type { Book } from '../src/ledger/book.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import { draftOf, openingTransfers, type Transfer } from './transfers.ts'

export const actor: Actor = { person: 'bench', role: 'integration' }
export const today = day('2026-11-20')

let keys = 0
const run = `bench-${process.pid}-${Date.now().toString(36)}`
const fillBatch = 1_000

export const keyed = (transfers: Iterable<Transfer>, on: Day): KeyedDraft[] =>
  [...transfers].map((transfer) => ({ key: `${run}-${++keys}`, draft: draftOf(transfer, on) }))

/** Posts a batch in which nothing may be refused. */
export async function post(ledger: Ledger, book: Book, entries: readonly KeyedDraft[]): Promise<void> {
  const answers = await postBatch(ledger, actor, book.code, entries, false)
  const refused = answers.find((answer) => 'refusal' in answer)
  if (refused) throw new Error(`refused in ${book.code}: ${JSON.stringify(refused)}`)
}

/** A book in which every account has moved once, all on `on`. */
export async function openBook(ledger: Ledger, code: string, on: Day = today): Promise<Book> {
  const book = await createBook(ledger, actor, {
    code,
    name: `测速账套 ${code}`,
    district: '110102',
    standard: 'government',
  })
  await postOpening(ledger, book, on)
  return book
}

/** Touches every account once, so that a ledger knows them all. Returns the number of entries. */
export async function postOpening(ledger: Ledger, book: Book, on: Day = today): Promise<number> {
  const transfers = [...openingTransfers()]
  for (let at = 0; at < transfers.length; at += fillBatch) {
    await post(ledger, book, keyed(transfers.slice(at, at + fillBatch), on))
  }
  return transfers.length
}

/** So many Mondays to Fridays up to and including `today`. */
export function businessDays(count: number): Day[] {
  const days: Day[] = []
  for (let on = today; days.length < count; on = addDays(on, -1)) {
    const weekday = new Date(`${on}T00:00:00Z`).getUTCDay()
    if (weekday !== 0 && weekday !== 6) days.push(on)
  }
  return days.reverse()
}
