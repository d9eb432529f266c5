/**
 * A report is a table of typed cells: what computed it knows no file format, and what writes a file knows no database.
 * A cell says what it is, not how it looks: amounts stay whole fen and dates stay days until a renderer writes them.
 */
import type { Day, Instant } from '../src/base/calendar.ts'
import type { Fen } from '../src/base/money.ts'

export type Cell =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'amount'; readonly value: Fen }
  | { readonly kind: 'count'; readonly value: number }
  | { readonly kind: 'day'; readonly value: Day }
  | { readonly kind: 'instant'; readonly value: Instant }
  | { readonly kind: 'empty' }

export type Column = {
  /** Stable name for machines: a JSON key. */
  readonly key: string
  /** What a reader sees. */
  readonly zh: string
  readonly en: string
  readonly kind: Cell['kind']
}

export type Row = { readonly cells: readonly Cell[]; readonly total?: boolean }

export type Table = {
  readonly title: string
  /** What the figures are: book, day, unit; one line each. */
  readonly notes: readonly string[]
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

export const text = (value: string | null | undefined): Cell => (value ? { kind: 'text', value } : empty)
export const amount = (value: Fen): Cell => ({ kind: 'amount', value })
export const count = (value: number): Cell => ({ kind: 'count', value })
export const onDay = (value: Day): Cell => ({ kind: 'day', value })
export const instant = (value: Instant): Cell => ({ kind: 'instant', value })
export const empty: Cell = { kind: 'empty' }
