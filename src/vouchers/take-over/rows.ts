/** What is wrong with the rows of a take-over's files, row by row, before it is proposed as a whole. */
import type { Actor } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import { examineEach, type LineDraft } from '../../ledger/entry.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import type { RowFault } from '../../form/file/rows.ts'
import { unlistedOf } from './limits.ts'
import { openingType } from './take-over.ts'

type NumberedLine = { readonly row: number; readonly line: LineDraft }
type NumberedStep = { readonly row: number; readonly file: string; readonly project: string; readonly document: string }

/** Balances that no account of the book takes. Refuses `book_not_found`. */
export async function balanceFaults(
  ledger: Ledger,
  actor: Actor,
  { book: code, on, file, rows }: { book: string; on: Day; file: string; rows: readonly NumberedLine[] },
): Promise<RowFault[]> {
  const { chart } = await bookFor(ledger, actor, code, 'entry.post')
  const faults: RowFault[] = []
  const rowOf = (index: number) => rows[index]?.row ?? 0
  examineEach(
    { on, type: openingType, lines: rows.map(({ line }) => line) },
    chart,
    'take_over',
    (index, { detail: message }) => faults.push({ row: rowOf(index), file, message }),
    rowOf,
  )
  return faults
}

/** Rows of the register whose document is not among those of the take-over. */
export function documentFaults(rows: readonly NumberedStep[], numbers: readonly string[]): RowFault[] {
  return rows.flatMap(({ row, file, ...step }) => {
    const refusal = unlistedOf(step, numbers)
    return refusal ? [{ row, file, message: refusal.detail }] : []
  })
}
