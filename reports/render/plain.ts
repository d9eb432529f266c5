/**
 * A table for a terminal: columns aligned by the width characters take there (a Chinese character takes two), amounts
 * to the right.
 */
import { cellText } from '../cell-text.ts'
import type { Table } from '../table.ts'

export function renderPlain(table: Table): string {
  const texts = [table.columns.map(({ zh }) => zh), ...table.rows.map(({ cells }) => cells.map(cellText))]
  const widths = table.columns.map((_, index) => Math.max(...texts.map((row) => width(row[index] ?? ''))))
  const right = table.columns.map(({ kind }) => kind === 'amount' || kind === 'count')
  const lines = texts.map((row) =>
    row
      .map((value, index) => padded(value, widths[index] ?? 0, right[index] ?? false))
      .join('  ')
      .trimEnd(),
  )
  const [head = '', ...body] = lines
  const rule = '-'.repeat(widths.reduce((sum, own) => sum + own + 2, -2))
  return `${[table.title, ...table.notes, '', head, rule, ...body].join('\n')}\n`
}

function padded(value: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(value)))
  return right ? space + value : value + space
}

function width(value: string): number {
  let columns = 0
  for (const character of value)
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      ) || character > '\uffff'
        ? 2
        : 1
  return columns
}
