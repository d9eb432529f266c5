/** The SQL of the runs of early disbursement. */
import { type Instant, instantText } from '../../base/calendar.ts'
import { instantAs, only, type Reader, rowsOf, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Quarter } from '../../base/quarter.ts'

export type EarlyRunRow = {
  quarter: Quarter
  run: number
  asked_by: string
  ran_at: Instant
  facts_hash: Buffer
  result: Json
}

const runColumns = `quarter, run, asked_by, ${instantAs('ran_at')}, facts_hash, result`

export async function readEarlyRun(reader: Reader, quarter: Quarter, run: number): Promise<EarlyRunRow | undefined> {
  const text = `select ${runColumns} from early_run where quarter = $1 and run = $2`
  return (await rowsOf<EarlyRunRow>(reader, text, [quarter, run]))[0]
}

/** How many runs of a quarter there have been. */
export async function lastEarlyRun(reader: Reader, quarter: Quarter): Promise<number> {
  const text = 'select coalesce(max(run), 0)::int as last from early_run where quarter = $1'
  return only(await rowsOf<{ last: number }>(reader, text, [quarter])).last
}

export type NewEarlyRun = EarlyRunRow & {
  readonly facts: Json
  readonly scores: readonly { readonly district: string; readonly version: number }[]
}

export async function insertEarlyRun(tx: Tx, given: NewEarlyRun): Promise<void> {
  await tx.query(
    `insert into early_run (quarter, run, asked_by, ran_at, facts, facts_hash, result) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      given.quarter,
      given.run,
      given.asked_by,
      instantText(given.ran_at),
      JSON.stringify(given.facts),
      given.facts_hash,
      JSON.stringify(given.result),
    ],
  )
  await tx.query(
    `insert into early_run_score (quarter, run, district, version)
     select $1, $2, d, v from unnest($3::text[], $4::int[]) as g(d, v)`,
    [
      given.quarter,
      given.run,
      given.scores.map(({ district }) => district),
      given.scores.map(({ version }) => version),
    ],
  )
}
