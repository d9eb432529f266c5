/** A table as JSON: an object a row, keyed by the columns' names, every value a string but counts. */
import { cellText } from '../cell-text.ts'
import type { Table } from '../table.ts'

export function renderJson(table: Table): string {
  const rows = table.rows.map(({ cells }) =>
    Object.fromEntries(
      table.columns.map(({ key }, index) => {
        const cell = cells[index]
        return [key, !cell || cell.kind === 'empty' ? null : cell.kind === 'count' ? cell.value : cellText(cell)]
      }),
    ),
  )
  return `${JSON.stringify({ title: table.title, notes: table.notes, rows }, null, 2)}\n`
}
