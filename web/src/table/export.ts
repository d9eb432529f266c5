/** What is on the screen as a file: the rows shown, in their order, amounts in yuan. */
import type { Column } from './table.tsx'

// What a spreadsheet would take for a formula is kept a text.
const cell = (value: string): string => {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-?[0-9][0-9.,]*$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const head = columns.map(({ title, kind }) => cell(kind === 'amount' ? `${title}（元）` : title))
  const lines = rows.map((row) => columns.map(({ value }) => cell(String(value(row) ?? ''))))
  // With the mark by which spreadsheets know UTF-8.
  return `\uFEFF${[head, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`
}

export function saveText(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
