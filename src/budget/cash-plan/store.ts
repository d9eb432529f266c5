/** The SQL of cash plans; what is left of one is read from the ledger's balances. */
import { and, asc, gt, sql } from 'drizzle-orm'
import type { Reader, Sql, Tx } from '../../base/db.ts'
import { addDays, type Day, fiscalYear, lastDayOf, type Month, monthOf } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import { matching, prepared, queries, written } from '../../base/drizzle/queries.ts'
import { maxFen, minFen } from '../../base/money.ts'
import { readHeldFen } from '../../ledger/balance.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { cashPlans } from '../tables.ts'

export type CashPlanRow = Readonly<typeof cashPlans.$inferSelect>

export type CashPlan = Omit<CashPlanRow, 'id' | 'approval'>

const inserting = prepared((on, given) => on.insert(cashPlans).values(written(cashPlans, given)))

export async function insertCashPlan(tx: Tx, given: CashPlan, firstDay: Day, approval: string): Promise<void> {
  await inserting(tx, { ...given, month: monthOf(firstDay), approval })
}

const listing = prepared((on, given) => {
  const ofYear = given.has('year') ? sql`extract(year from ${cashPlans.month}) = ${sql.placeholder('year')}` : undefined
  return on
    .select()
    .from(cashPlans)
    .where(and(gt(cashPlans.id, sql.placeholder('after')), matching(cashPlans, given), ofYear))
    .orderBy(asc(cashPlans.id))
    .limit(sql.placeholder('limit'))
})

export const readCashPlans = (
  reader: Sql,
  filter: { book: string; after: bigint; limit: number; year?: number | undefined },
): Promise<CashPlanRow[]> => listing(reader, filter)

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
  return readHeldFen(tx, { book, accounts: [control.cashPlan], project: programme, source, on: lastDayOf(through) })
}

/**
 * What may still be paid on a day: out of the plans of its year only, whether or not what an earlier year left of its
 * own was ended.
 */
export async function cashPlanLeftInYear(
  tx: Reader,
  { book, programme, source }: Pick<CashPlan, 'book' | 'programme' | 'source'>,
  on: Day,
): Promise<Fen> {
  const of = { book, accounts: [control.cashPlan], project: programme, source }
  const leftFen = await readHeldFen(tx, { ...of, on: lastDayOf(monthOf(on)) })
  const earlierFen = await readHeldFen(tx, { ...of, on: addDays(fiscalYear(on).first, -1) })
  return maxFen(0n, minFen(leftFen, leftFen - earlierFen))
}

/** What a book's indicators of a programme and source were approved for, and what a year's plans take already. */
export async function cashPlanRoom(
  tx: Tx,
  { book, programme, source }: Pick<CashPlan, 'book' | 'programme' | 'source'>,
  year: number,
): Promise<{ readonly approvedFen: Fen; readonly plannedFen: Fen }> {
  const approved = await readHeldFen(tx, { book, accounts: [control.approved], project: programme, source })
  const [planned] = await tx.query<{ fen: Fen }>(
    `select coalesce(sum(amount_fen), 0) as fen from cash_plan
     where book = $1 and programme = $2 and source = $3 and month between make_date($4, 1, 1) and make_date($4, 12, 31)`,
    [book, programme, source, year],
  )
  return { approvedFen: -approved, plannedFen: planned?.fen ?? 0n }
}
