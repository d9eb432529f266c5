/** How the tables of parameters are written down: a value that its source dates, and one that it does not. */
import { clause, type DocumentKey } from '../documents.ts'
import { always, type DatedValue } from '../on.ts'

/** A value from a day on. */
export function since<Value>(from: string, value: Value, document: DocumentKey, article: string): DatedValue<Value> {
  return { from, value, clause: clause(document, article) }
}

/** The one value of a number that its source gives without a date: it holds on every date. */
export function undated<Value>(value: Value, document: DocumentKey, article: string): DatedValue<Value>[] {
  return [since(always, value, document, article)]
}
