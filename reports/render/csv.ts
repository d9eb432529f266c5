/**
 * CSV as spreadsheets in China open it: UTF-8 with a byte order mark, CRLF. Text that a spreadsheet would take for a
 * formula is quoted with an apostrophe; amounts stay numbers.
 */
import { stringify } from 'csv-stringify/sync'
import { defused } from '../../src/form/file/formula.ts'
import { cellText } from '../cell-text.ts'
import type { Cell, Table } from '../table.ts'

export const renderCsv = (table: Table, language: 'zh' | 'en' = 'zh'): string =>
  renderCsvPart(table, { language, head: true })

/** Part of a file that is written piece by piece: `head` of the first alone. */
export function renderCsvPart(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  { language, head }: { readonly language: 'zh' | 'en'; readonly head: boolean },
): string {
  const lines = rows.map(({ cells }) => cells.map(safeText))
  const all = head ? [columns.map((column) => column[language]), ...lines] : lines
  return stringify(all, { bom: head, record_delimiter: '\r\n' })
}

const safeText = (cell: Cell): string => (cell.kind === 'text' ? defused(cellText(cell)) : cellText(cell))
