/**
 * CSV as spreadsheets in China open it: UTF-8 with a byte order mark, CRLF. Text that a spreadsheet would take for a
 * formula is quoted with an apostrophe (ASVS 1.2.10); amounts stay numbers.
 */
import { stringify } from 'csv-stringify/sync'
import { cellText } from '../cell-text.ts'
import type { Cell, Table } from '../table.ts'

export function renderCsv(table: Table, language: 'zh' | 'en' = 'zh'): string {
  const head = table.columns.map((column) => column[language])
  const rows = table.rows.map(({ cells }) => cells.map(safeText))
  return stringify([head, ...rows], { bom: true, record_delimiter: '\r\n' })
}

const safeText = (cell: Cell): string => {
  const value = cellText(cell)
  return cell.kind === 'text' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
}
