/**
 * How a cell reads as plain text, the same in every format: amounts with two decimals, days and instants in ISO form.
 */
import { unreachable } from '../src/base/assert.ts'
import { formatInstant } from '../src/base/calendar.ts'
import { formatFen } from '../src/base/money.ts'
import type { Cell } from './table.ts'

export function cellText(cell: Cell): string {
  switch (cell.kind) {
    case 'text':
    case 'day':
      return cell.value
    case 'amount':
      return formatFen(cell.value)
    case 'count':
      return String(cell.value)
    case 'instant':
      return formatInstant(cell.value)
    case 'empty':
      return ''
    default:
      return unreachable(cell)
  }
}
