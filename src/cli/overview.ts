/** `yiben overview`: all money in one view, by source or by district, with its total below. */
import { type Command, Option } from 'commander'
import type { Table } from '../../reports/table.ts'
import { type Day, formatInstant, type Instant } from '../base/calendar.ts'
import { columnNames, moneyColumns } from '../financing/money/money.ts'
import type { Columns } from '../financing/overview/overview.ts'
import { readOverview } from '../financing/overview/reads.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { districtName } from '../policy/districts.ts'
import { fundSourceOf } from '../policy/sources.ts'
import { operator } from './books/open.ts'
import { amount, dayOption, type Given, instantOption, print, tableOf, text, withFormat, yearOption } from './table.ts'

type Options = {
  readonly by: 'source' | 'district'
  readonly year?: number
  readonly district?: string
  readonly asOf?: Day
  readonly knownAt?: Instant
}
type Line = Columns & { readonly of?: string; readonly name: string }

export function overviewCommand(program: Command): void {
  const overview = program
    .command('overview')
    .description('一本账：全部资金 / all money in one view')
    .addOption(new Option('--by <what>', '分来源或分区 / by what').choices(['source', 'district']).default('source'))
    .option('--year <year>', '项目所属计划年度 / plan year', yearOption)
    .option('--district <code>', '只限该区 / of one district')
    .option('--as-of <day>', '业务日期截至 / as of', dayOption)
    .option('--known-at <instant>', '按此刻所知 / as known at', instantOption)
  withFormat(overview).action(({ format, by, ...query }: Given & Options) =>
    print({ format }, (ledger) => overviewTable(ledger, { by, ...query }), { id: 'readOverview', query }),
  )
}

async function overviewTable(ledger: Ledger, { by, ...given }: Options): Promise<Table> {
  const { query, total, sources, districts } = await readOverview(ledger, operator(), given)
  const items: Line[] =
    by === 'source'
      ? sources.map(({ source, ...columns }) => ({ ...columns, of: source, name: fundSourceOf(source)?.zh ?? source }))
      : districts.map(({ district, ...columns }) => ({ ...columns, of: district, name: districtName(district).zh }))
  return tableOf<Line>({
    title: '一本账：全部资金',
    notes: [`业务日期截至 ${query.asOf}，按 ${formatInstant(query.knownAt)} 所知`, '单位：元'],
    columns: [
      text('of', by === 'source' ? '来源' : '区划', by === 'source' ? 'Source' : 'District', ({ of }) => of),
      text('name', '名称', 'Name', ({ name }) => name),
      ...([...moneyColumns, 'remaining'] as const).map((column) =>
        amount<Line>(column, columnNames[column].zh, columnNames[column].en, (line) => line[column]),
      ),
    ],
    items,
    below: [{ ...total, name: '合计' }],
  })
}
