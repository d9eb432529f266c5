/** Reading take-overs. A take-over exists for the district of its book and for the city. */
import { type Actor, demand } from '../../access/actor.ts'
import { type Ledger, sees } from '../../ledger/ledger.ts'
import { refuse } from '../refusals.ts'
import { readTakeOver, readTakeOvers, type TakeOver, type TakeOverFilter } from './store.ts'
import { takeOverNames } from './take-over.ts'

export type { TakeOver } from './store.ts'
export type TakeOverPage = Omit<TakeOverFilter, 'district'> & { readonly after: bigint; readonly limit: number }

/** Take-overs after a number, oldest first: of the actor's district, for the city all. Refuses `permission_denied`. */
export async function listTakeOvers(
  { database: { sql } }: Ledger,
  actor: Actor,
  page: TakeOverPage,
): Promise<TakeOver[]> {
  demand(actor, 'book.read')
  return readTakeOvers(sql, { ...page, district: actor.district })
}

/** Refuses `permission_denied`, `take_over_not_found`. */
export async function findTakeOver({ database: { sql } }: Ledger, actor: Actor, takeOver: string): Promise<TakeOver> {
  demand(actor, 'book.read')
  const id = takeOverNames.numberOf(takeOver)
  const found = id === undefined ? undefined : await readTakeOver(sql, id)
  if (!found || !sees(actor, found)) throw refuse('take_over_not_found', { takeOver })
  return found
}
