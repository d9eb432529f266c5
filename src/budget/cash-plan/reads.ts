/** Reading the cash plans of a book. */
import type { Actor } from '../../access/actor.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { type CashPlanRow, readCashPlans } from './store.ts'

type Wanted = {
  readonly book: string
  readonly year?: number | undefined
  readonly after: bigint
  readonly limit: number
}

/** Approved plans of a book after one, in the order they were approved. Refuses `book_not_found`. */
export async function cashPlansOf(
  ledger: Ledger,
  actor: Actor,
  { book: code, ...wanted }: Wanted,
): Promise<CashPlanRow[]> {
  const { code: book } = await bookFor(ledger, actor, code, 'allocation.read')
  return readCashPlans(ledger.database.sql, { book, ...wanted })
}
