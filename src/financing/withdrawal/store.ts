/** The statements of withdrawals, and what was granted for a dwelling before. */
import { and, asc, eq, gt, ne, sql } from 'drizzle-orm'
import { matching, prepared, recordOf, type RecordOf, written, changed } from '../../base/drizzle/queries.ts'
import { only, type Sql, type Tx } from '../../base/db.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { withdrawals } from '../tables.ts'
import type { WithdrawalState, WithdrawalWay } from './withdrawal.ts'

export type Withdrawal = RecordOf<typeof withdrawals.$inferSelect>
export type NewWithdrawal = Omit<Withdrawal, 'id' | 'state' | 'version'>

const inserting = prepared((on, given) => on.insert(withdrawals).values(written(withdrawals, given)).returning())

export async function insertWithdrawal(tx: Tx, given: NewWithdrawal): Promise<Withdrawal> {
  return recordOf(only(await inserting(tx, { ...given, state: 'validated', version: 1 })))
}

const lockingByApproval = prepared((on) =>
  on
    .select()
    .from(withdrawals)
    .where(eq(withdrawals.approval, sql.placeholder('approval')))
    .for('update'),
)

/** The withdrawal an approval is about, locked. */
export const lockWithdrawalOf = async (tx: Tx, approval: string): Promise<Withdrawal> =>
  recordOf(only(await lockingByApproval(tx, { approval })))

const byId = eq(withdrawals.id, sql.placeholder('id'))
const updating = prepared((on, given) => on.update(withdrawals).set(changed(withdrawals, given)).where(byId))

export async function settleWithdrawal(tx: Tx, { id, version }: Withdrawal, state: WithdrawalState): Promise<void> {
  await updating(tx, { id, state, version: version + 1 })
}

const reading = prepared((on) => on.select().from(withdrawals).where(byId))

export async function readWithdrawal(reader: Sql, id: bigint): Promise<Withdrawal | undefined> {
  const [row] = await reading(reader, { id })
  return row && recordOf(row)
}

export type WithdrawalFilter = {
  readonly district?: string | undefined
  readonly project?: string | undefined
  readonly state?: WithdrawalState | undefined
  readonly purpose?: string | undefined
}

const listing = prepared((on, given) =>
  on
    .select()
    .from(withdrawals)
    .where(and(gt(withdrawals.id, sql.placeholder('after')), matching(withdrawals, given)))
    .orderBy(asc(withdrawals.id))
    .limit(sql.placeholder('limit')),
)

export const readWithdrawals = async (
  reader: Sql,
  filter: WithdrawalFilter & { readonly after: bigint; readonly limit: number },
): Promise<Withdrawal[]> => (await listing(reader, filter)).map(recordOf)

type Of = DwellingName & { readonly project: string }

const grantedBefore = prepared((on) =>
  on
    .select({ id: withdrawals.id, way: withdrawals.way, grantedFen: withdrawals.grantedFen })
    .from(withdrawals)
    .where(
      and(
        eq(withdrawals.project, sql.placeholder('project')),
        eq(withdrawals.community, sql.placeholder('community')),
        eq(withdrawals.building, sql.placeholder('building')),
        eq(withdrawals.dwelling, sql.placeholder('dwelling')),
        ne(withdrawals.state, 'returned'),
      ),
    ),
)

/**
 * What was granted, or waits to be, for a dwelling, by way and whatever the purpose: one contribution is withdrawn for
 * once. Without the one that is looked at again. The
 * project is locked by whoever asks.
 */
export async function grantedFor(tx: Tx, of: Of, without?: Withdrawal): Promise<Readonly<Record<WithdrawalWay, Fen>>> {
  const rows = (await grantedBefore(tx, of)).filter(({ id }) => id !== without?.id)
  const by = (way: WithdrawalWay): Fen => sumFen(rows.filter((row) => row.way === way).map((row) => row.grantedFen))
  return { payer: by('payer'), supervised: by('supervised') }
}
