/** The SQL of alerts: one statement a kind, each of one district or of all. */
import { approvalNames, type Office } from '../../approvals/approval.ts'
import { type Day, formatInstant, type Instant, instantText, type Month } from '../../base/calendar.ts'
import { instantAs, instantColumn, type Reader, rowsOf } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { cashPlanLeftInYear } from '../../budget/cash-plan/store.ts'
import { heldOn } from '../../ledger/balance.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { districtName } from '../../policy/districts.ts'
import type { BookState, CashShort, LatestScore, OpenIndicator, WaitingApproval } from './alerts.ts'

type Of = { readonly district: string | undefined }

/** At most so many of a kind: whoever has more looks into the list itself. */
const most = 50

/** Approvals that are open since before an instant, oldest first. */
export async function readWaiting(
  reader: Reader,
  { district, office }: Of & { readonly office?: Office | undefined },
  before: Instant,
): Promise<WaitingApproval[]> {
  type Row = Omit<WaitingApproval, 'id' | 'openedAt'> & { approval_id: bigint; opened_at: Instant }
  const rows = await rowsOf<Row>(
    reader,
    `select approval_id, kind, state, summary, district, ${instantAs('opened_at')},
       (opened_at at time zone 'Asia/Shanghai')::date::text as "openedOn"
     from approval where state in ('checking', 'approving') and opened_at < $1::timestamptz
       and ($2::text is null or district = $2) and ($3::text is null or office = $3)
     order by approval.opened_at limit ${most}`,
    [instantText(before), district ?? null, office ?? null],
  )
  return rows.map(({ approval_id: id, opened_at: at, ...row }) => ({
    ...row,
    id: approvalNames.nameOf(id),
    openedAt: formatInstant(at),
  }))
}

/** The latest score of each district. */
export async function readLatestScores(reader: Reader, { district }: Of): Promise<LatestScore[]> {
  type Row = Omit<LatestScore, 'districtName' | 'since'> & { known_at: Instant }
  const rows = await rowsOf<Row>(
    reader,
    `select distinct on (district) district, quarter, total as score, satisfaction, progress, ${instantAs('known_at')}
     from score where ($1::text is null or district = $1) order by district, quarter desc, version desc`,
    [district ?? null],
  )
  return rows.map(({ known_at: at, ...row }) => ({
    ...row,
    districtName: districtName(row.district).zh,
    since: formatInstant(at),
  }))
}

/**
 * What waits to be released, by cash plan, and what each plan still holds. A district's own indicators have its book.
 */
export async function readCash(reader: Reader, { district }: Of, on: Day): Promise<CashShort[]> {
  type Row = { book: string; district: string; programme: string; source: string; wanted: Fen; since: Instant }
  const rows = await rowsOf<Row>(
    reader,
    `select i.book, i.district, i.programme, i.source, sum(r.amount_fen)::bigint as wanted,
       ${instantColumn('min(r.drafted_at)')} as since
     from release r join allocation a using (allocation) join indicator i on i.indicator = a.indicator
     where r.state = 'drafted' and ($1::text is null or i.district = $1)
     group by i.book, i.district, i.programme, i.source order by 1, 3, 4`,
    [district ?? null],
  )
  const found: CashShort[] = []
  for (const { wanted: wantedFen, since, ...of } of rows) {
    const leftFen = await cashPlanLeftInYear(reader, of, on)
    found.push({ ...of, wantedFen, leftFen, since: formatInstant(since) })
  }
  return found
}

/** What indicators in force of a year or an earlier one still hold for quota. */
export const readOpenIndicators = (
  reader: Reader,
  { district }: Of,
  { through, on }: { readonly through: number; readonly on: Day },
): Promise<OpenIndicator[]> =>
  rowsOf<OpenIndicator>(
    reader,
    `select i.indicator, i.district, i.year, sum(a.debit_fen - a.credit_fen)::bigint as "leftFen"
     from indicator i join book b on b.code = i.book
     cross join unnest($4::text[]) s(subject)
     cross join ${heldOn('b.book_id', 's.subject', '$3::date')} a
     where i.state = 'in_force' and i.year <= $2 and a.indicator = i.indicator and ($1::text is null or i.district = $1)
     group by i.indicator, i.district, i.year having sum(a.debit_fen - a.credit_fen) > 0
     order by i.year, i.indicator limit ${most}`,
    [district ?? null, through, on, [control.availableDirect, control.availableAuthorised, control.carried]],
  )

/** How far books are closed and signed. The first month is asked account by account: one probe of an index each. */
export async function readBookStates(reader: Reader, { district }: Of): Promise<BookState[]> {
  type Row = Omit<BookState, 'firstMonth' | 'closedThrough'> & { first: Month | null; closed: Month | null }
  const rows = await rowsOf<Row>(
    reader,
    `select b.code as book, b.district, to_char(f.booked_on, 'YYYY-MM') as first, to_char(h.closed_through, 'YYYY-MM') as closed,
       h.sequence::int as entries, coalesce(c.size, 0)::int as signed, ${instantColumn('u.recorded_at')} as "unsignedSince"
     from book b join book_head h using (book_id)
     left join lateral (select min(first.booked_on) as booked_on from account a cross join lateral (
       select l.booked_on from line l where l.account = a.account and l.book_id = a.book_id order by l.booked_on limit 1) first
       where a.book_id = b.book_id) f on true
     left join lateral (select max(size) as size from checkpoint c where c.book_id = b.book_id) c on true
     left join entry u on u.book_id = b.book_id and u.sequence = coalesce(c.size, 0) + 1
     where $1::text is null or b.district = $1 order by b.book_id`,
    [district ?? null],
  )
  return rows.map(({ first, closed, ...row }) => ({ ...row, firstMonth: first, closedThrough: closed }))
}
