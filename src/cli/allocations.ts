/**
 * `yiben allocations …`: what was divided among whom, how each share came about, and how two versions differ. Reading
 * only: allocations are drafted and approved through the door.
 */
import type { Command } from 'commander'
import type { Table } from '../../reports/table.ts'
import { allocationStateNamesZh, type ComparedShare, type Share } from '../allocation/allocation.ts'
import { compareVersions, listAllocations, type ListedAllocation, showVersion } from '../allocation/reads.ts'
import { formatFen, sumFen } from '../base/money.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { operator } from './books/open.ts'
import { amount, count, day, everyOf, type Given, print, tableOf, text, wholeOption, withFormat } from './table.ts'

type Filter = { readonly indicator?: string; readonly programme?: string; readonly year?: number }
type Versions = { readonly from: number; readonly to: number }

const numberOption = wholeOption(6)

export function allocationsCommand(program: Command): void {
  const allocations = program.command('allocations').description('资金分配 / allocations of subsidies')
  withFormat(allocations.command('list').description('分配列表 / allocations, by code'))
    .option('--indicator <code>', '预算指标 / budget indicator')
    .option('--programme <code>', '项目批次 / programme')
    .option('--year <year>', '年度 / year', numberOption)
    .action(({ format, ...query }: Given & Filter) =>
      print({ format }, (ledger) => listTable(ledger, query), { id: 'listAllocations', query }),
    )
  withFormat(allocations.command('show').description('一稿的份额与步骤 / shares of a version and their steps'))
    .argument('<allocation>', '分配编号 / code')
    .argument('[version]', '稿次，默认现行 / version; the one that stands where absent', numberOption)
    .action((allocation: string, version: number | undefined, given: Given) =>
      print(
        given,
        (ledger) => showTable(ledger, allocation, version),
        version === undefined
          ? { id: 'readAllocation', params: { allocation } }
          : { id: 'readAllocationVersion', params: { allocation, version: String(version) } },
      ),
    )
  withFormat(allocations.command('compare').description('两稿对照 / two versions side by side'))
    .argument('<allocation>', '分配编号 / code')
    .argument('<from>', '前稿 / earlier version', numberOption)
    .argument('<to>', '后稿 / later version', numberOption)
    .action((allocation: string, from: number, to: number, given: Given) =>
      print(given, (ledger) => compareTable(ledger, allocation, { from, to }), {
        id: 'compareAllocationVersions',
        params: { allocation },
        query: { from, to },
      }),
    )
}

async function listTable(ledger: Ledger, { indicator, programme, year }: Filter): Promise<Table> {
  const items = await everyOf(
    '',
    (after, limit) => listAllocations(ledger, operator(), { indicator, programme, year, after, limit }),
    ({ allocation }) => allocation,
  )
  return tableOf<ListedAllocation>({
    title: '资金分配',
    notes: ['单位：元'],
    columns: [
      text('allocation', '编号', 'Code', ({ allocation }) => allocation),
      text('programme', '项目批次', 'Programme', ({ programme }) => programme),
      text('indicator', '指标', 'Indicator', ({ indicator }) => indicator),
      text('supplements', '所补充', 'Supplements', ({ supplements }) => supplements),
      text('variant', '公式', 'Formula', ({ variant }) => variant),
      count('version', '稿次', 'Version', ({ version }) => version),
      amount('total', '总额', 'Total', ({ totalFen }) => totalFen),
      text('state', '状态', 'State', ({ state }) => allocationStateNamesZh[state]),
      day('on', '日期', 'Day', ({ on }) => on),
    ],
    items,
  })
}

/** One figure of the steps; a formula by claims has its steps in the version itself. */
const stepOf = (steps: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined => {
  const { task } = (steps ?? {}) as { task?: Record<string, string> }
  return task?.[name]
}

async function showTable(ledger: Ledger, allocation: string, asked: number | undefined): Promise<Table> {
  const number = asked ?? (await standingVersion(ledger, allocation))
  const { head, version } = await showVersion(ledger, operator(), allocation, number)
  return tableOf<Pick<Share, 'recipient' | 'amountFen'> & Partial<Share>>({
    title: `资金分配 ${allocation} 第${version.version}稿`,
    notes: [
      `${head.programme}，指标 ${head.indicator}，公式 ${version.variant}，${allocationStateNamesZh[head.state]}`,
      ...version.uses.map(({ parameter, clause, from }) => `适用 ${parameter}：${clause}（自 ${from}）`),
      '单位：元',
    ],
    columns: [
      text('recipient', '对象', 'Recipient', ({ recipient }) => recipient),
      text('district', '区', 'District', ({ district }) => district),
      text('share', '份额', 'Share', ({ steps }) => stepOf(steps, 'share')),
      text('raw', '取整前', 'Before rounding', ({ steps }) => stepOf(steps, 'raw')),
      text('extra', '补入', 'Added', ({ steps }) => stepOf(steps, 'extra')),
      amount('amount', '分配额', 'Amount', ({ amountFen }) => amountFen),
    ],
    items: version.shares,
    below: [{ recipient: '合计', amountFen: version.totalFen }],
  })
}

async function standingVersion(ledger: Ledger, allocation: string): Promise<number> {
  const { head } = await showVersion(ledger, operator(), allocation, 1)
  return head.version
}

async function compareTable(ledger: Ledger, allocation: string, { from, to }: Versions): Promise<Table> {
  const found = await compareVersions(ledger, operator(), allocation, { from, to })
  const total = {
    recipient: '合计',
    district: '',
    beforeFen: found.from.totalFen,
    afterFen: found.to.totalFen,
    differenceFen: sumFen(found.shares.map(({ differenceFen }) => differenceFen)),
    inputs: [],
  }
  return tableOf<ComparedShare>({
    title: `资金分配 ${allocation} 第${from}稿与第${to}稿对照`,
    notes: [
      `总额 ${formatFen(found.from.totalFen)} → ${formatFen(found.to.totalFen)}`,
      ...(found.formula ? ['公式有变化'] : []),
      '单位：元',
    ],
    columns: [
      text('recipient', '对象', 'Recipient', ({ recipient }) => recipient),
      text('district', '区', 'District', ({ district }) => district),
      amount('before', '前稿', 'Before', ({ beforeFen }) => beforeFen),
      amount('after', '后稿', 'After', ({ afterFen }) => afterFen),
      amount('difference', '差额', 'Difference', ({ differenceFen }) => differenceFen),
      text('inputs', '变化的数据', 'Changed figures', changesOf),
    ],
    items: found.shares,
    below: [total],
  })
}

const changesOf = ({ inputs }: ComparedShare): string =>
  inputs
    .map(({ item, part, input, before, after }) =>
      [item, part, `${input} ${before ?? '—'}→${after ?? '—'}`].filter((one) => one !== undefined).join(' '),
    )
    .join('；')
