/**
 * The shape of a check: a name, the promise it tests in both languages, and a look at the rows by plain SQL that shares
 * nothing with the code that decides. It gives how many things it looked at and the faults in words, none where the
 * promise holds.
 */
import type { Sql } from './db.ts'

/** The one connection all checks of a run share. */
export type CheckReader = Awaited<ReturnType<Sql['reserve']>>

/** `warnings`: what is no fault, but somebody should know (提示). */
export type Finding = {
  readonly looked: number
  readonly faults: readonly string[]
  readonly warnings?: readonly string[]
}

export type Check = {
  readonly check: string
  readonly zh: string
  readonly en: string
  readonly run: (sql: CheckReader) => Promise<Finding>
}

/** So many faults of a check are shown; more are not looked for. */
export const faultsShown = 20

/**
 * The usual check: the rows of `table` are what is looked at, and each row of `query` is a fault already in words, or,
 * where its column `warning` says so, a warning.
 */
export const byQuery =
  (table: string, query: string): Check['run'] =>
  async (sql) => {
    const [count] = await sql<{ looked: bigint }[]>`select count(*) as looked from ${sql(table)}`
    const rows = await sql<{ fault: string; warning?: boolean }[]>`${sql.unsafe(query)} limit ${faultsShown}`
    const told = (warning: boolean) =>
      rows.filter((row) => (row.warning ?? false) === warning).map(({ fault }) => fault)
    return { looked: Number(count?.looked ?? 0n), faults: told(false), warnings: told(true) }
  }
