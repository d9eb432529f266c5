/**
 * `yiben indicators …`: the indicators and what each holds, out of the ledger, as text with Chinese headers, CSV or
 * JSON.
 */
import type { Command } from 'commander'
import type { Table } from '../../reports/table.ts'
import { type Fen, formatFen } from '../base/money.ts'
import type { Availability } from '../budget/indicator/holdings.ts'
import { type Indicator, indicatorStateNamesZh, levelNamesZh, paymentNamesZh } from '../budget/indicator/indicator.ts'
import { findIndicator, holdingsOf, listIndicators, recoveriesOf } from '../budget/indicator/reads.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { operator } from './books/open.ts'
import {
  amount,
  type ColumnOf,
  count,
  eachOf,
  type Given,
  print,
  tableOf,
  text,
  withFormat,
  yearOption,
} from './table.ts'

type Filter = { readonly book?: string; readonly year?: number; readonly programme?: string }

export function indicatorsCommand(program: Command): void {
  const indicators = program.command('indicators').description('预算指标及其余额 / indicators and what they hold')
  withFormat(indicators.command('list').description('指标列表 / list of indicators'))
    .option('--book <code>', '账套编号 / code of the book')
    .option('--year <year>', '预算年度 / budget year', yearOption)
    .option('--programme <code>', '未分解到项目时的项目编号 / programme')
    .action(({ format, ...query }: Filter & Given) =>
      print({ format }, (ledger) => listTable(ledger, query), { id: 'listIndicators', query }),
    )
  withFormat(indicators.command('show').argument('<indicator>', '指标编号 / code of the indicator'))
    .description('一个指标的余额，按项目和区 / what one holds, by project and district')
    .action((indicator: string, given: Given) =>
      print(given, (ledger) => showTable(ledger, indicator), { id: 'readAvailability', params: { indicator } }),
    )
}

/** What an indicator holds, all together or at one place. */
type Held = { readonly [Name in Figure]?: Fen }
type Figure =
  | 'approvedFen'
  | 'availableFen'
  | 'carriedFen'
  | 'issuedFen'
  | 'allottedFen'
  | 'committableFen'
  | 'committedFen'

/** What is not said to be held is nothing. */
const heldColumns = <Item>(held: (item: Item) => Held): ColumnOf<Item>[] => [
  amount('approved', '批复', 'Approved', (item) => held(item).approvedFen ?? 0n),
  amount('available', '可用', 'Available', (item) => held(item).availableFen ?? 0n),
  amount('carried', '上年结转', 'Carried over', (item) => held(item).carriedFen ?? 0n),
  amount('issued', '已下达', 'Issued', (item) => held(item).issuedFen ?? 0n),
  amount('allotted', '已分配', 'Allotted', (item) => held(item).allottedFen ?? 0n),
  amount('committable', '可承诺', 'Free to commit', (item) => held(item).committableFen ?? 0n),
  amount('committed', '已承诺', 'Committed', (item) => held(item).committedFen ?? 0n),
]

type Listed = { readonly of: Indicator; readonly held: Availability }

async function listTable(ledger: Ledger, { book, year, programme }: Filter): Promise<Table> {
  const items: Listed[] = []
  const all = eachOf(
    '',
    (after, limit) => listIndicators(ledger, operator(), { book, year, programme, after, limit }),
    ({ indicator }) => indicator,
  )
  for await (const of of all) items.push({ of, held: await holdingsOf(ledger, of) })
  return tableOf<Listed>({
    title: '预算指标',
    notes: ['金额取自总账，单位：元'],
    items,
    columns: [
      text('indicator', '指标编号', 'Code', ({ of }) => of.indicator),
      text('document', '文号', 'Document', ({ of }) => of.documentNumber),
      text('book', '账套', 'Book', ({ of }) => of.book),
      text('source', '资金来源', 'Source', ({ of }) => of.source),
      count('year', '年度', 'Year', ({ of }) => of.year),
      text('state', '状态', 'State', ({ of }) => stateOf(of)),
      ...heldColumns<Listed>(({ held }) => held),
    ],
  })
}

const stateOf = ({ state, kind }: Indicator): string =>
  kind === 'early_notice' ? `${indicatorStateNamesZh[state]}（提前下达）` : indicatorStateNamesZh[state]

async function showTable(ledger: Ledger, code: string): Promise<Table> {
  const of = await findIndicator(ledger, operator(), code)
  const held = await holdingsOf(ledger, of)
  const recoveries = await recoveriesOf(ledger, of)
  return tableOf<Held & { readonly place: string }>({
    title: `预算指标 ${code}`,
    notes: [
      `${of.documentNumber}，${levelNamesZh[of.level]}，${of.source}，${of.year} 年，${paymentNamesZh[of.payment]}，${stateOf(of)}`,
      `用途：${of.purpose}`,
      ...(of.parent === undefined ? [] : [`由上级指标 ${of.parent} 分配`]),
      ...recoveries.map(
        ({ district, dueFen, doneFen }) =>
          `应从 ${district} 以后批次收回 ${formatFen(dueFen)} 元，已收回 ${formatFen(doneFen)} 元`,
      ),
      '单位：元',
    ],
    columns: [text('place', '项目或区', 'Project or district', ({ place }) => place), ...heldColumns<Held>((of) => of)],
    items: [
      ...held.byProject.map(({ project, ...one }) => ({
        ...one,
        place: project === of.programme ? `${project}（未分解）` : project,
      })),
      ...held.byDistrict.map(({ district, allottedFen }) => ({ place: district, allottedFen })),
      { ...held, place: '合计' },
    ],
  })
}
