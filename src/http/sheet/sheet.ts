/**
 * A list as a file (text/csv): the same filter and order as its pages, all of them, one page in memory at a time. The
 * first page is read before anything is answered, so that what is refused is refused as ever.
 */
import * as z from 'zod'
import { renderCsvPart } from '../../../reports/render/csv.ts'
import type { Day } from '../../base/calendar.ts'
import type { Json } from '../../base/json.ts'
import { about, oneOf } from '../../form/field.ts'
import { jsonHeaders } from '../headers.ts'
import type { Answered, Language } from '../problem.ts'
import { chosen, columnsOf } from './columns.ts'

const formats = ['json', 'csv'] as const

/** What any list may be asked for besides its filter. */
export const sheetQuery = {
  format: z.exactOptional(
    oneOf(formats).meta(
      about('csv 为全部各页的表格文件，也可用 Accept: text/csv', 'csv: all pages as a file; so does Accept: text/csv'),
    ),
  ),
  columns: z.exactOptional(
    z
      .string({ error: 'text:1000' })
      .min(1, { error: 'text:1000' })
      .max(1_000, { error: 'text:1000' })
      .meta(about('csv 的栏，以逗号分隔；缺省为全部', 'columns of the csv, by commas; all by default')),
  ),
}
export type SheetAsked = { readonly format?: (typeof formats)[number]; readonly columns?: string }

/** Whether a sheet is asked for: by the query, or by an Accept header that names csv and not json. */
export const wantsSheet = ({ format }: SheetAsked, accept: string | undefined): boolean =>
  format === undefined
    ? /\btext\/csv\b/.test(accept ?? '') && !/\bapplication\/json\b/.test(accept ?? '')
    : format === 'csv'

type Sheet<Row> = {
  readonly name: string
  readonly item: z.ZodType
  readonly asked: SheetAsked
  readonly on: Day
  readonly language: Language
  /** The next page; empty after the last. */
  readonly next: () => Promise<readonly Row[]>
  readonly view: (row: Row) => object
}

export async function answerSheet<Row>({ name, item, asked, on, language, next, view }: Sheet<Row>): Promise<Answered> {
  const columns = chosen(columnsOf(item, on), asked.columns)
  const render = (rows: readonly Row[], head: boolean): string => {
    const cells = rows.map((row) => {
      const one = view(row) as { readonly [key: string]: Json }
      return { cells: columns.map(({ cell }) => cell(one)) }
    })
    return renderCsvPart({ columns, rows: cells }, { language, head })
  }
  const first = await next()
  async function* parts(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder()
    yield encoder.encode(render(first, true))
    for (let rows = first.length > 0 ? await next() : []; rows.length > 0; rows = await next())
      yield encoder.encode(render(rows, false))
  }
  const headers = {
    ...jsonHeaders,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.csv"`,
  }
  return { status: 200, headers, text: '', stream: parts }
}
