/** The statements of vouchers. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { matching, prepared, recordOf, type RecordOf, written, changed } from '../../base/drizzle/queries.ts'
import { only, type Reader, rowsOf, type Sql, type Tx } from '../../base/db.ts'
import { vouchers } from '../tables.ts'
import type { VoucherState } from './voucher.ts'

export type Voucher = RecordOf<typeof vouchers.$inferSelect>
export type NewVoucher = Omit<Voucher, 'id' | 'entries' | 'state' | 'version'>

const inserting = prepared((on, given) => on.insert(vouchers).values(written(vouchers, given)).returning())

export async function insertVoucher(tx: Tx, given: NewVoucher): Promise<Voucher> {
  return recordOf(only(await inserting(tx, { ...given, state: 'proposed', version: 1 })))
}

const lockingByApproval = prepared((on) =>
  on
    .select()
    .from(vouchers)
    .where(eq(vouchers.approval, sql.placeholder('approval')))
    .for('update'),
)

/** The voucher an approval is about, locked. */
export async function lockVoucherOf(tx: Tx, approval: string): Promise<Voucher> {
  return recordOf(only(await lockingByApproval(tx, { approval })))
}

const byId = eq(vouchers.id, sql.placeholder('id'))
const updating = prepared((on, given) => on.update(vouchers).set(changed(vouchers, given)).where(byId))

export async function settleVoucher(
  tx: Tx,
  { id, state, entries, version }: Pick<Voucher, 'id' | 'state' | 'entries' | 'version'>,
): Promise<void> {
  await updating(tx, { id, state, entries, version })
}

const reading = prepared((on) => on.select().from(vouchers).where(byId))

export async function readVoucher(reader: Sql, id: bigint): Promise<Voucher | undefined> {
  const [row] = await reading(reader, { id })
  return row && recordOf(row)
}

export type VoucherFilter = {
  readonly district?: string | undefined
  readonly book?: string | undefined
  readonly state?: VoucherState | undefined
}

const listing = prepared((on, given) =>
  on
    .select()
    .from(vouchers)
    .where(and(gt(vouchers.id, sql.placeholder('after')), matching(vouchers, given)))
    .orderBy(asc(vouchers.id))
    .limit(sql.placeholder('limit')),
)

export async function readVouchers(
  reader: Sql,
  filter: VoucherFilter & { readonly after: bigint; readonly limit: number },
): Promise<Voucher[]> {
  return (await listing(reader, filter)).map(recordOf)
}

/** Which of these codes name no project, and no money of an indicator that is assigned to none yet. */
export async function unknownProjects(reader: Reader, codes: readonly string[]): Promise<string[]> {
  const rows = await rowsOf<{ code: string }>(
    reader,
    `select code from unnest($1::text[]) code
     where not exists (select from project p where p.project = code)
       and not exists (select from indicator i where i.programme = code)`,
    [codes],
  )
  return rows.map(({ code }) => code)
}
