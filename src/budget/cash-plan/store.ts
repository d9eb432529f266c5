/** The SQL of cash plans; what is left of one is read from the ledger's balances. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { only, type Sql, type Tx } from '../../base/db.ts'
import { type Day, lastDayOf, type Month, monthOf } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import { queries } from '../../base/queries.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { cashPlans } from '../tables.ts'

export type CashPlanRow = Readonly<typeof cashPlans.$inferSelect>

export type CashPlan = Omit<CashPlanRow, 'id' | 'approval'>

export async function insertCashPlan(tx: Tx, given: CashPlan, firstDay: Day, approval: string): Promise<void> {
  await queries(tx)
    .insert(cashPlans)
    .values({ ...given, month: monthOf(firstDay), approval })
}

export function readCashPlans(
  reader: Sql,
  { book, after, limit, year }: { book: string; after: bigint; limit: number; year?: number | undefined },
): Promise<CashPlanRow[]> {
  const ofYear = year === undefined ? undefined : sql`extract(year from ${cashPlans.month}) = ${year}`
  return queries(reader)
    .select()
    .from(cashPlans)
    .where(and(eq(cashPlans.book, book), gt(cashPlans.id, after), ofYear))
    .orderBy(asc(cashPlans.id))
    .limit(limit)
}

/** Programmes and sources a book had a cash plan for in a year. */
export function plannedSources(
  reader: Sql,
  year: number,
): Promise<{ book: string; programme: string; source: string }[]> {
  const { book, programme, source, month } = cashPlans
  return queries(reader)
    .selectDistinct({ book, programme, source })
    .from(cashPlans)
    .where(sql`${month} between make_date(${year}, 1, 1) and make_date(${year}, 12, 31)`)
    .orderBy(asc(book), asc(programme), asc(source))
}

/** What is left of the cash plan of one programme and source, with the months up to one. */
export async function cashPlanLeft(
  tx: Tx,
  { book, programme, source }: Pick<CashPlan, 'book' | 'programme' | 'source'>,
  through: Month,
): Promise<Fen> {
  const { left_fen: leftFen } = only(
    await tx.query<{ left_fen: bigint }>(
      `select coalesce(sum(c.debit_fen - c.credit_fen), 0)::bigint as left_fen
       from account a cross join lateral balance_on(a.book_id, a.account, $4::date) c
       where a.key = (select book_id from book where code = $1)::text || '|' || $5 || '|' || $2 || '|' || $3`,
      [book, programme, source, lastDayOf(through), control.cashPlan],
    ),
  )
  return leftFen
}
