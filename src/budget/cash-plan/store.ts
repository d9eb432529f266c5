/** The SQL of cash plans; what is left of one is read from the ledger's balances. */
import { only, type Sql, type Tx } from '../../base/db.ts'
import { type Day, lastDayOf, type Month } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'

export type CashPlan = {
  readonly book: string
  readonly programme: string
  readonly source: string
  readonly month: Month
  readonly amountFen: Fen
  readonly documentNumber: string
}

export type CashPlanRow = CashPlan & { readonly id: bigint; readonly approval: string }

export async function insertCashPlan(tx: Tx, given: CashPlan, firstDay: Day, approval: string): Promise<void> {
  await tx.query(
    `insert into cash_plan (book, programme, source, month, amount_fen, document_number, approval) values ($1, $2, $3, $4, $5, $6, $7)`,
    [given.book, given.programme, given.source, firstDay, given.amountFen.toString(), given.documentNumber, approval],
  )
}

export async function readCashPlans(
  sql: Sql,
  { book, after, limit, year }: { book: string; after: bigint; limit: number; year?: number | undefined },
): Promise<CashPlanRow[]> {
  return sql<CashPlanRow[]>`
    select cash_plan_id as id, book, programme, source, to_char(month, 'YYYY-MM') as month, amount_fen as "amountFen",
      document_number as "documentNumber", approval
    from cash_plan where book = ${book} and cash_plan_id > ${after.toString()}
      ${year === undefined ? sql`` : sql`and extract(year from month) = ${year}`}
    order by cash_plan_id limit ${limit}`
}

/** Programmes and sources a book had a cash plan for in a year. */
export async function plannedSources(
  sql: Sql,
  year: number,
): Promise<{ book: string; programme: string; source: string }[]> {
  return sql<{ book: string; programme: string; source: string }[]>`
    select distinct book, programme, source from cash_plan
    where month between make_date(${year}, 1, 1) and make_date(${year}, 12, 31) order by book, programme, source`
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
