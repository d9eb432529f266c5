/**
 * `yiben book entries`: 凭证序时簿, and whatever is looked for among the entries of all books. The options are the query
 * of `GET /v1/entries`, read by its forms.
 */
import { type Command, Option } from 'commander'
import * as z from 'zod'
import type { Table } from '../../../reports/table.ts'
import { businessDay } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { basisNamesZh } from '../../ledger/entry.ts'
import { findEntries, type FoundPlace, totalEntries, type Way } from '../../ledger/entry-search.ts'
import type { PostedEntry } from '../../ledger/leaf.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { formed } from '../../http/faults.ts'
import { entrySearchQuery, searchOf } from '../../http/routes/entry-search.ts'
import { columnsOf } from '../../http/sheet/columns.ts'
import { entryLineRow, linesOfEntry, presentEntryLine } from '../../http/sheet/entry-lines.ts'
import { eachOf, type Given, print, withFormat } from '../table.ts'
import { operator } from './open.ts'

type Options = Given & { readonly order: Way; readonly totals?: true } & Readonly<Record<string, string>>

export function entriesCommand(book: Command): void {
  const entries = book.command('entries').description('凭证序时簿；跨账套查凭证 / entries in order, over books')
  for (const [name, form] of Object.entries(entrySearchQuery)) {
    const about = (form as z.ZodType).meta()?.description ?? ''
    entries.option(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} <${name}>`, about)
  }
  entries
    .addOption(
      new Option('--order <order>', '自最早或最新 / oldest or newest first')
        .choices(['oldest', 'newest'])
        .default('oldest'),
    )
    .option('--totals', '另给合计 / with totals')
  withFormat(entries).action(({ format, order, totals, ...asked }: Options) =>
    print(
      { format },
      (ledger) => entriesTable(ledger, asked, { way: order, withTotals: totals === true, isPage: format === 'text' }),
      {
        id: 'findEntries',
        query: { ...asked, order, ...(totals && { totals: 'true' }) },
      },
    ),
  )
}

type Shown = { readonly way: Way; readonly withTotals: boolean; readonly isPage: boolean }

async function entriesTable(ledger: Ledger, asked: object, { way, withTotals, isPage }: Shown): Promise<Table> {
  const search = searchOf(formed(z.strictObject(entrySearchQuery), asked, ''))
  const columns = columnsOf(entryLineRow, businessDay(ledger.clock()))
  const rows: Table['rows'][number][] = []
  const found = eachOf<PostedEntry, FoundPlace | undefined>(
    undefined,
    (after, limit) => findEntries(ledger, operator(), search, { way, after, limit }),
    (last) => last,
  )
  for await (const entry of found)
    for (const line of linesOfEntry(ledger.shelf.book(entry.bookId), entry)) {
      const one = presentEntryLine(line) as Record<string, string | number>
      rows.push({ cells: columns.map(({ cell }) => cell(one)) })
    }
  const sums = withTotals ? await totalEntries(ledger, operator(), search) : undefined
  // What no line has takes no room on a page.
  const shown = columns.map((_, at) => !isPage || rows.some(({ cells }) => cells[at]?.kind !== 'empty'))
  return {
    title: '凭证序时簿',
    notes: [
      ...(sums
        ? [
            `凭证 ${sums.entries} 张，分录 ${sums.lines} 行`,
            ...sums.bases.map(
              ({ basis, debitFen, creditFen }) =>
                `${basisNamesZh[basis]}：借方合计 ${formatFen(debitFen)}，贷方合计 ${formatFen(creditFen)}`,
            ),
          ]
        : []),
      '单位：元',
    ],
    columns: columns.filter((_, at) => shown[at]),
    rows: rows.map(({ cells }) => ({ cells: cells.filter((_, at) => shown[at]) })),
  }
}
