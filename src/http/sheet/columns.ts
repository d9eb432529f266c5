/**
 * The columns of a list as a sheet, out of the form that its items are published by: a heading for each field, and
 * beside a code the name it has. What a field is called is said where its form is; what a code is called, in the lists
 * of codes.
 */
import * as z from 'zod'
import { amount, type Cell, type Column, count, empty, text } from '../../../reports/table.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'
import type { Json } from '../../base/json.ts'
import { storedAmount } from '../../form/field.ts'
import { wordOf } from '../../workflow/words.ts'
import { type CodeList, codeListNames, codesOf } from '../codes.ts'
import { invalid } from '../problem.ts'

type Field = { readonly description?: string; readonly enum?: readonly string[] }

export type SheetColumn = Column & { readonly cell: (item: { readonly [key: string]: Json }) => Cell }

/** Fields whose codes are of a list by what they are called, in whatever list they stand. */
const listOfField: Readonly<Record<string, CodeList>> = {
  district: 'districts',
  source: 'sources',
  payer: 'sources',
  role: 'roles',
  permission: 'permissions',
  standard: 'standards',
  item: 'catalogue-items',
}

/** Every column of the items of a form, a name beside each code. */
export function columnsOf(item: z.ZodType, on: Day): SheetColumn[] {
  const lists = namesOn(on)
  const properties = fieldsOf(item)
  return Object.entries(properties).flatMap(([key, field]) => {
    const { zh, en } = headingOf(key, field)
    const own: SheetColumn = { key, zh, en, kind: 'text', cell: (one) => cellOf(one[key]) }
    const names = namesFor(key, field, lists)
    if (!names) return [own]
    const nameOf = (value: Json | undefined): Cell => text(typeof value === 'string' ? names.get(value) : undefined)
    return [
      own,
      { key: `${key}Name`, zh: `${zh}名称`, en: `${en} name`, kind: 'text', cell: (one) => nameOf(one[key]) },
    ]
  })
}

type Described = { readonly properties?: Readonly<Record<string, Field>> }

/** The fields of a form; a form that has a name stands among the definitions of its own schema. */
function fieldsOf(item: z.ZodType): Readonly<Record<string, Field>> {
  const made = z.toJSONSchema(item, { io: 'input', unrepresentable: 'any' }) as Described & {
    readonly $ref?: string
    readonly $defs?: Readonly<Record<string, Described>>
  }
  const named = made.$ref === undefined ? made : made.$defs?.[made.$ref.replace('#/$defs/', '')]
  assert(named?.properties, 'items of a list are objects')
  return named.properties
}

/** The name a form gives a field, where it is short enough for a heading; else the word for it. */
function headingOf(key: string, { description = '' }: Field) {
  const [zh = '', en = ''] = description.split(' / ')
  const word = wordOf(key)
  const isShort = zh !== '' && zh.length <= 12 && !/[，；：。]/.test(zh)
  return isShort
    ? { zh, en: en || word.en }
    : { zh: word.zh === key && zh !== '' ? (zh.split(/[，；：]/)[0] ?? zh) : word.zh, en: word.en }
}

type Names = ReadonlyMap<string, string>
type Lists = ReadonlyMap<CodeList, Names>

/** What the codes of each list are called on a day. */
const namesOn = (on: Day): Lists =>
  new Map(codeListNames.map((name) => [name, new Map(codesOf(name, { on }).map(({ code, zh }) => [code, zh]))]))

function namesFor(key: string, { enum: words }: Field, lists: Lists): Names | undefined {
  const list = listOfField[key]
  return list ? lists.get(list) : words && namesOf(words, lists)
}

/** Of the list that has exactly these codes; else of the first that has them all. */
function namesOf(words: readonly string[], lists: Lists): Names | undefined {
  const having = [...lists.values()].filter((names) => words.every((word) => names.has(word)))
  return having.find(({ size }) => size === words.length) ?? having[0]
}

function cellOf(value: Json | undefined): Cell {
  if (value === undefined || value === null) return empty
  if (typeof value === 'number') return count(value)
  if (typeof value === 'boolean') return text(value ? '是' : '否')
  if (typeof value !== 'string') return text(JSON.stringify(value))
  const written = storedAmount.safeParse(value)
  return written.success ? amount(written.data) : text(value)
}

/** Those that were asked for, in that order; all where none were. */
export function chosen(columns: readonly SheetColumn[], asked: string | undefined): readonly SheetColumn[] {
  if (asked === undefined) return columns
  return asked.split(',').map((name) => {
    const found = columns.find(({ key }) => key === name.trim())
    if (found) return found
    const known = columns.map(({ key }) => key).join(', ')
    throw invalid(
      '/query/columns',
      `没有 ${name} 这一栏；可选：${known}`,
      `there is no column ${name}; there are: ${known}`,
    )
  })
}
