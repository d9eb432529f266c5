/** Reading withdrawals. A withdrawal exists for the district of its project and for the city. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import { readWithdrawal, readWithdrawals, type Withdrawal, type WithdrawalFilter } from './store.ts'
import { withdrawalNames } from './withdrawal.ts'

export type { Withdrawal } from './store.ts'

export type WithdrawalPage = Omit<WithdrawalFilter, 'district'> & { readonly after: bigint; readonly limit: number }

/** Withdrawals after a number, oldest first: of the actor's district, for the city all. Refuses `permission_denied`. */
export async function listWithdrawals(
  { database: { sql } }: Ledger,
  actor: Actor,
  page: WithdrawalPage,
): Promise<Withdrawal[]> {
  demand(actor, 'withdrawal.read')
  return readWithdrawals(sql, { ...page, district: actor.district })
}

/** Refuses `permission_denied`, `withdrawal_not_found`. */
export async function findWithdrawal(
  { database: { sql } }: Ledger,
  actor: Actor,
  withdrawal: string,
): Promise<Withdrawal> {
  demand(actor, 'withdrawal.read')
  const id = withdrawalNames.numberOf(withdrawal)
  const found = id === undefined ? undefined : await readWithdrawal(sql, id)
  if (!found || !seesDistrict(actor, found)) throw refuse('withdrawal_not_found', { withdrawal })
  return found
}
