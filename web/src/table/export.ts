/** What is on the screen as a file: the rows shown, in their order, amounts in yuan. */
import { defused } from '../../../src/form/file/formula.ts'

export type Written<Row> = {
  readonly title: string
  /** An amount in yuan where `kind` says so. */
  readonly value: (row: Row) => string | number | null | undefined
  readonly kind?: 'text' | 'amount' | 'count'
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

// An amount and a count are numbers, and a number below zero is no formula.
const cell = <Row>({ kind = 'text', value }: Written<Row>, row: Row): string => {
  const text = String(value(row) ?? '')
  return quoted(kind === 'text' ? defused(text) : text)
}

export function csvOf<Row>(columns: readonly Written<Row>[], rows: readonly Row[]): string {
  const head = columns.map(({ title, kind }) => quoted(defused(kind === 'amount' ? `${title}（元）` : title)))
  const lines = rows.map((row) => columns.map((column) => cell(column, row)))
  // With the mark by which spreadsheets know UTF-8.
  return `\uFEFF${[head, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`
}
