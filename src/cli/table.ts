/**
 * What commands that read have in common: the option that names a format, a list as a table of typed cells, printing
 * it, and going through pages. A command says what it lists; what it throws goes up to `main.ts`, which tells it and
 * sets the exit status.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { renderCsv } from '../../reports/render/csv.ts'
import { renderPlain } from '../../reports/render/plain.ts'
import * as cells from '../../reports/table.ts'
import type { Actor } from '../access/actor.ts'
import { type Day, formatInstant, type Instant, parseDay, parseInstant } from '../base/calendar.ts'
import type { Fen } from '../base/money.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { operator, withLedger } from './books/open.ts'

// --- Formats --------------------------------------------------------------------------------------------------------

const formats = ['text', 'csv', 'json'] as const
export type Format = (typeof formats)[number]
export type Given = { readonly format: Format }

// What JSON is, the API says.
const renderers: Readonly<Record<Exclude<Format, 'json'>, (table: cells.Table) => string>> = {
  text: renderPlain,
  csv: (table) => renderCsv(table),
}

export const withFormat = (command: Command): Command =>
  command.addOption(new Option('--format <format>', '输出格式 / output format').choices(formats).default('text'))

/** The operation of the API that answers what a table shows; `as` who reads, where not whoever sits at the machine. */
export type AnsweredBy = {
  readonly id: string
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly as?: Actor
}

/**
 * Opens the books, has the table made out of them, and prints it in the format that was asked for. As JSON it is what
 * the API answers.
 */
export async function print(
  { format }: Given,
  make: (ledger: Ledger) => Promise<cells.Table>,
  by: AnsweredBy | ((ledger: Ledger) => Promise<AnsweredBy>),
): Promise<void> {
  if (format === 'json')
    await withLedger(async (ledger) => printAnswer(ledger, typeof by === 'function' ? await by(ledger) : by))
  else printTable(format, await withLedger(make))
}

async function printAnswer(
  ledger: Ledger,
  { id, params = {}, query = {}, as = operator() }: AnsweredBy,
): Promise<void> {
  // The routes of the API are read where they are asked alone.
  const { askAll } = await import('./acting/ask.ts')
  const given = Object.entries(query).map(([name, value]) => [name, value === undefined ? value : written(value)])
  const asked = { params, query: Object.fromEntries(given) as Record<string, string | undefined> }
  printJson(await askAll(ledger, { actor: as }, id, asked))
}

// Options that were read into values are written again as a query has them; instants are bigint.
const written = (value: unknown): string => (typeof value === 'bigint' ? formatInstant(value) : String(value))

/** Prints a table that needs no books. */
export const printTable = (format: Exclude<Format, 'json'>, table: cells.Table): void =>
  void process.stdout.write(renderers[format](table))

export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)

// --- Columns --------------------------------------------------------------------------------------------------------

/** A column and how its cell is found in an item. A value that is absent, and an empty text, make an empty cell. */
export type ColumnOf<Item> = cells.Column & { readonly cell: (item: Item) => cells.Cell }

const columnOf =
  <Value>(kind: cells.Column['kind'], cell: (value: Value) => cells.Cell) =>
  <Item>(key: string, zh: string, en: string, value: (item: Item) => Value | null | undefined): ColumnOf<Item> => ({
    key,
    zh,
    en,
    kind,
    cell: (item) => {
      const found = value(item)
      return found === null || found === undefined ? cells.empty : cell(found)
    },
  })

export const text = columnOf<string>('text', cells.text)
export const amount = columnOf<Fen>('amount', cells.amount)
export const count = columnOf<number>('count', cells.count)
export const day = columnOf<Day>('day', cells.onDay)
export const instant = columnOf<Instant>('instant', cells.instant)

type Listed<Item> = {
  readonly title: string
  /** What the figures are: book, day, unit; one line each. */
  readonly notes: readonly string[]
  readonly columns: readonly ColumnOf<Item>[]
  readonly items: readonly Item[]
  /** Totals that stand above the items, and below them. */
  readonly above?: readonly Item[]
  readonly below?: readonly Item[]
}

export function tableOf<Item>({ title, notes, columns, items, above = [], below = [] }: Listed<Item>): cells.Table {
  const row = (item: Item): cells.Row => ({ cells: columns.map(({ cell }) => cell(item)) })
  const total = (item: Item): cells.Row => ({ ...row(item), total: true })
  return {
    title,
    notes,
    columns: columns.map(({ cell: _, ...column }) => column),
    rows: [...above.map(total), ...items.map(row), ...below.map(total)],
  }
}

// --- Pages ----------------------------------------------------------------------------------------------------------

export const pageSize = 500

/** The items of a list that is read a page at a time: `read` gives at most `limit` of them after a place. */
export async function* eachOf<Item, Place>(
  first: Place,
  read: (after: Place, limit: number) => Promise<readonly Item[]>,
  placeOf: (last: Item) => Place,
): AsyncGenerator<Item> {
  for (let after = first; ; ) {
    const page = await read(after, pageSize)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = placeOf(last)
  }
}

/** All of them. */
export async function everyOf<Item, Place>(
  first: Place,
  read: (after: Place, limit: number) => Promise<readonly Item[]>,
  placeOf: (last: Item) => Place,
): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of eachOf(first, read, placeOf)) all.push(item)
  return all
}

// --- Options --------------------------------------------------------------------------------------------------------

/** Reads an option; `must` says in both languages what it must be. */
export const optionOf =
  <Value>(parse: (given: string) => Value | undefined, must: string) =>
  (given: string): Value => {
    const value = parse(given)
    if (value === undefined) throw new InvalidArgumentError(must)
    return value
  }

const wholeNumber = (given: string): number | undefined => (/^[1-9][0-9]*$/.test(given) ? Number(given) : undefined)

/** Reads an option that is a whole number above 0 of at most so many digits. */
export const wholeOption = (digits: number) =>
  optionOf(
    (given) => (given.length > digits ? undefined : wholeNumber(given)),
    '须为正整数 / must be a whole number above 0',
  )

/** Reads an option that is a whole number from 1 to the most. */
export const wholeUpTo = (most: number) =>
  optionOf((given) => {
    const whole = wholeNumber(given)
    return whole !== undefined && whole <= most ? whole : undefined
  }, `须为 1 至 ${most} 的整数 / must be a whole number from 1 to ${most}`)

export const dayOption = optionOf(parseDay, '须为真实日期，如 2026-03-31 / must be a real day')
export const instantOption = optionOf(
  parseInstant,
  '须为带时区的时刻，如 2026-03-31T12:00:00+08:00 / must be an instant with offset',
)
export const yearOption = optionOf(
  (given) => (/^20[0-9]{2}$/.test(given) ? Number(given) : undefined),
  '须为年度，如 2024 / must be a year',
)
