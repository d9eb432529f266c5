/**
 * Rows of a list that comes in: cells by the headings of their columns, in Chinese or as keys, brought into the form of
 * the row. What we show ourselves is taken as we show it (综合改造 for `comprehensive`), digits may be full-width, and a
 * column that is not in the file says nothing. Every fault names its row.
 */
import type * as z from 'zod'
import type { Text } from '../../base/refusal.ts'
import { sentenceOf } from '../sentences.ts'
import type { FileRecord } from './csv.ts'
import { undefused } from './formula.ts'
import { FileRefused } from './text.ts'

export type Column = {
  /** Its heading; as others it is taken by its key too. */
  readonly zh: string
  /** Headings of our own lists that mean the same. */
  readonly also?: readonly string[]
  readonly optional?: true
  /** An empty cell of a column that stands in the file empties what there is: the form is given null. */
  readonly empties?: true
  /** Words for people, kept as they are written. */
  readonly free?: true
  /** What may stand here, and how we show it. */
  readonly words?: Readonly<Record<string, string>>
}
export type Columns = Readonly<Record<string, Column>>

/** A row that cannot be taken, by its number in the file; and the file, where there are several. */
export type RowFault = { readonly row: number; readonly message: Text; readonly file?: string }

export type Rows<Value> = {
  readonly rows: readonly { readonly row: number; readonly value: Value }[]
  readonly faults: readonly RowFault[]
}

/** The rows of a form, and all that is wrong with any. Throws `FileRefused` where the headings are not those. */
export function readRows<Form extends z.ZodType>(
  [header, ...records]: readonly FileRecord[],
  columns: Columns,
  form: Form,
): Rows<z.output<Form>> {
  const keys = keysOf(header, columns)
  const faults: RowFault[] = []
  const rows = records.flatMap((record) => {
    const { line: row } = record
    const { given, wrong } = cellsOf(record, keys, columns)
    const read = form.safeParse(given, { reportInput: true })
    if (read.success && wrong.size === 0) return [{ row, value: read.data }]
    const messages = [...wrong].map(([key, message]) => placed(key, message, columns))
    for (const issue of read.error?.issues ?? []) {
      const key = String(issue.path[0] ?? '')
      if (!wrong.has(key)) messages.push(placed(key, sentenceOf(issue), columns))
    }
    faults.push(...messages.map((message) => ({ row, message })))
    return []
  })
  return { rows, faults }
}

const placed = (key: string, { zh, en }: Text, columns: Columns): Text => {
  const column = columns[key]
  return column === undefined ? { zh, en } : { zh: `${column.zh}（${key}）：${zh}`, en: `${key} ${en}` }
}

// --- Headings
// -------------------------------------------------------------------------------------------------------------

const folded = (text: string): string => text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase()

/** The key of each column, '' of one without a heading. */
function keysOf(header: FileRecord | undefined, columns: Columns): string[] {
  const names = new Map(
    Object.entries(columns).flatMap(([key, { zh, also = [] }]) =>
      [key, zh, ...also].map((name) => [folded(name), key] as const),
    ),
  )
  const keys = (header?.cells ?? []).map((name) => {
    if (name.trim() === '') return ''
    const key = names.get(folded(name))
    if (key !== undefined) return key
    const takes = titles(Object.keys(columns), columns)
    throw new FileRefused(
      `不认识的列 ${name.trim()}；可以有的列：${takes}`,
      `unknown column ${name.trim()}; columns are ${takes}`,
    )
  })
  const missing = Object.keys(columns).filter((key) => !columns[key]?.optional && !keys.includes(key))
  if (missing.length > 0) {
    const names = titles(missing, columns)
    throw new FileRefused(`缺少列：${names}`, `missing columns: ${names}`)
  }
  const named = keys.filter((key) => key !== '')
  const again = named.find((key, index) => named.indexOf(key) !== index)
  if (again !== undefined) {
    throw new FileRefused(`表头有重复的列：${titles([again], columns)}`, `a column comes twice: ${again}`)
  }
  return keys
}

const titles = (keys: readonly string[], columns: Columns): string =>
  keys.map((key) => `${columns[key]?.zh ?? ''}（${key}）`).join('、')

// --- Cells
// ----------------------------------------------------------------------------------------------------------------

type Cells = { readonly given: Readonly<Record<string, string | null>>; readonly wrong: ReadonlyMap<string, Text> }

function cellsOf({ cells }: FileRecord, keys: readonly string[], columns: Columns): Cells {
  const given: Record<string, string | null> = {}
  const wrong = new Map<string, Text>()
  for (const [index, cell] of cells.entries()) {
    const key = keys[index] ?? ''
    const text = undefused(cell.trim()).trim()
    const column = columns[key]
    if (column === undefined) {
      if (text !== '') wrong.set('', tooMany(cells.length, keys.length))
    } else if (text === '') {
      if (column.empties) given[key] = null
    } else {
      const value = valueOf(text, column)
      if (typeof value === 'string') given[key] = value
      else wrong.set(key, value)
    }
  }
  return { given, wrong }
}

const tooMany = (cells: number, headings: number): Text => ({
  zh: `有 ${cells} 列，表头只有 ${headings} 列`,
  en: `has ${cells} cells, the header only ${headings}`,
})

// As a spreadsheet shows a number it has no room for: what the digits were is lost.
const scientific = /^[+-]?[0-9]+(?:e[+-][0-9]+|\.[0-9]+e[+-]?[0-9]+)$/i

function valueOf(text: string, { free, words }: Column): string | Text {
  if (free) return text
  const plain = text.normalize('NFKC')
  if (words === undefined) return scientific.test(plain) ? lostDigits : plain
  const known = Object.entries(words).find(([word, zh]) => word === plain || folded(zh) === folded(plain))
  return known?.[0] ?? notAmong(words)
}

const lostDigits: Text = {
  zh: '是科学记数法，位数已丢失：请在表格软件中把该列设为“文本”后重新填写',
  en: 'is in scientific notation, its digits are lost: make the column text in the spreadsheet and enter it again',
}

const notAmong = (words: Readonly<Record<string, string>>): Text => ({
  zh: `须为以下之一：${Object.entries(words)
    .map(([word, zh]) => `${zh}（${word}）`)
    .join('、')}`,
  en: `must be one of ${Object.keys(words).join(', ')}`,
})
