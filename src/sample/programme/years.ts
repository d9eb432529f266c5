/**
 * The year the sample's programme is of: the one before the year of the first start, so that its indicators may still
 * be used, two year-ends lie behind it, and what waits for approval can be approved. The works of its fourth quarter
 * are scored in January, so whoever starts in January is told of a year earlier.
 */
import { addDays, businessDay, type Instant, yearOf } from '../../base/calendar.ts'
import { instantColumn } from '../../base/db.ts'
import type { Ledger } from '../../ledger/ledger.ts'

const daysOfJanuary = 31

/** The year of the projects that are there, or, before, of the first sample book's making. */
export async function programmeYear({ database: { sql }, clock }: Ledger): Promise<number> {
  const [loaded] = await sql<{ year: number | null }[]>`
    select min(p.year) as year from project p join book b on b.code = p.book where b.sample_of is not null`
  if (loaded?.year) return loaded.year
  const [first] = await sql<{ at: Instant }[]>`
    select ${sql.unsafe(instantColumn('created_at'))} as at from book where sample_of is not null order by book_id limit 1`
  return yearOf(addDays(businessDay(first?.at ?? clock()), -daysOfJanuary)) - 1
}
