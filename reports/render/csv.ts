/**
 * CSV as spreadsheets in China open it: UTF-8 with a byte order mark, CRLF. Text that a spreadsheet would take for a
 * formula is quoted with an apostrophe; amounts stay numbers.
 */
import { stringify } from 'csv-stringify/sync'
import { defused } from '../../src/form/file/formula.ts'
import { cellText } from '../cell-text.ts'
import type { Cell, Table } from '../table.ts'

export function renderCsv(table: Table, language: 'zh' | 'en' = 'zh'): string {
  const head = table.columns.map((column) => column[language])
  const rows = table.rows.map(({ cells }) => cells.map(safeText))
  return stringify([head, ...rows], { bom: true, record_delimiter: '\r\n' })
}

const safeText = (cell: Cell): string => (cell.kind === 'text' ? defused(cellText(cell)) : cellText(cell))
