/**
 * `yiben allocations …`: what was divided among whom, how each share came about, and how two versions differ. Reading only: allocations are
 * drafted and approved through the door.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { renderCsv } from '../../reports/render/csv.ts'
import { renderJson } from '../../reports/render/json.ts'
import { renderPlain } from '../../reports/render/plain.ts'
import { amount, count, onDay, type Row, type Table, text } from '../../reports/table.ts'
import { compareVersions, listAllocations, showVersion } from '../allocation/reads.ts'
import { allocationStateNamesZh, type ComparedShare } from '../allocation/allocation.ts'
import type { ListedAllocation } from '../allocation/store.ts'
import { type Fen, formatFen, sumFen } from '../base/money.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { operator, withDatabase } from './books/open.ts'

const formats = ['text', 'csv', 'json'] as const
type Given = { readonly format: (typeof formats)[number] }
const renderers: Record<Given['format'], (table: Table) => string> = {
  text: renderPlain,
  csv: (table) => renderCsv(table),
  json: renderJson,
}

type Listing = Given & { readonly indicator?: string; readonly programme?: string; readonly year?: number }

export function allocationsCommand(program: Command): void {
  const allocations = program.command('allocations').description('资金分配 / allocations of subsidies')
  withFormat(allocations.command('list').description('分配列表 / allocations, by code'))
    .option('--indicator <code>', '预算指标 / budget indicator')
    .option('--programme <code>', '项目批次 / programme')
    .option('--year <year>', '年度 / year', numberOption)
    .action((given: Listing) => print(given, (ledger) => listed(ledger, given)))
  withFormat(allocations.command('show').description('一稿的份额与步骤 / shares of a version and their steps'))
    .argument('<allocation>', '分配编号 / code')
    .argument('[version]', '稿次，默认现行 / version; the one that stands where absent', numberOption)
    .action((allocation: string, version: number | undefined, given: Given) =>
      print(given, (ledger) => shown(ledger, allocation, version)),
    )
  withFormat(allocations.command('compare').description('两稿对照 / two versions side by side'))
    .argument('<allocation>', '分配编号 / code')
    .argument('<from>', '前稿 / earlier version', numberOption)
    .argument('<to>', '后稿 / later version', numberOption)
    .action((allocation: string, from: number, to: number, given: Given) =>
      print(given, (ledger) => compared(ledger, allocation, { from, to })),
    )
}

const withFormat = (command: Command): Command =>
  command.addOption(new Option('--format <format>', '输出格式 / output format').choices(formats).default('text'))

function numberOption(given: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(given)) throw new InvalidArgumentError('须为正整数 / must be a whole number above 0')
  return Number(given)
}

async function print({ format }: Given, table: (ledger: Ledger) => Promise<Table>): Promise<void> {
  const made = await withDatabase((database) => table(openLedger(database)))
  process.stdout.write(renderers[format](made))
}

const pageSize = 500

async function listed(ledger: Ledger, { indicator, programme, year }: Listing): Promise<Table> {
  const all: ListedAllocation[] = []
  for (let after = ''; ; ) {
    const page = await listAllocations(ledger, operator(), { indicator, programme, year, after, limit: pageSize })
    all.push(...page)
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    after = last.allocation
  }
  return {
    title: '资金分配',
    notes: ['单位：元'],
    columns: [
      { key: 'allocation', zh: '编号', en: 'Code', kind: 'text' },
      { key: 'programme', zh: '项目批次', en: 'Programme', kind: 'text' },
      { key: 'indicator', zh: '指标', en: 'Indicator', kind: 'text' },
      { key: 'supplements', zh: '所补充', en: 'Supplements', kind: 'text' },
      { key: 'variant', zh: '公式', en: 'Formula', kind: 'text' },
      { key: 'version', zh: '稿次', en: 'Version', kind: 'count' },
      { key: 'total', zh: '总额', en: 'Total', kind: 'amount' },
      { key: 'state', zh: '状态', en: 'State', kind: 'text' },
      { key: 'on', zh: '日期', en: 'Day', kind: 'day' },
    ],
    rows: all.map((one) => ({
      cells: [
        text(one.allocation),
        text(one.programme),
        text(one.indicator),
        text(one.supplements),
        text(one.variant),
        count(one.version),
        amount(one.totalFen),
        text(allocationStateNamesZh[one.state]),
        onDay(one.on),
      ],
    })),
  }
}

/** One figure of the steps; a formula by claims has its steps in the version itself. */
const stepOf = (steps: Readonly<Record<string, unknown>>, name: string): string => {
  const { task } = steps as { task?: Record<string, string> }
  return task?.[name] ?? ''
}

async function shown(ledger: Ledger, allocation: string, asked: number | undefined): Promise<Table> {
  const number = asked ?? (await standingVersion(ledger, allocation))
  const { head, version } = await showVersion(ledger, operator(), allocation, number)
  const rows: Row[] = version.shares.map(({ recipient, district, amountFen, steps }) => ({
    cells: [
      text(recipient),
      text(district),
      text(stepOf(steps, 'share')),
      text(stepOf(steps, 'raw')),
      text(stepOf(steps, 'extra')),
      amount(amountFen),
    ],
  }))
  return {
    title: `资金分配 ${allocation} 第${version.version}稿`,
    notes: [
      `${head.programme}，指标 ${head.indicator}，公式 ${version.variant}，${allocationStateNamesZh[head.state]}`,
      ...version.uses.map(({ parameter, clause, from }) => `适用 ${parameter}：${clause}（自 ${from}）`),
      '单位：元',
    ],
    columns: [
      { key: 'recipient', zh: '对象', en: 'Recipient', kind: 'text' },
      { key: 'district', zh: '区', en: 'District', kind: 'text' },
      { key: 'share', zh: '份额', en: 'Share', kind: 'text' },
      { key: 'raw', zh: '取整前', en: 'Before rounding', kind: 'text' },
      { key: 'extra', zh: '补入', en: 'Added', kind: 'text' },
      { key: 'amount', zh: '分配额', en: 'Amount', kind: 'amount' },
    ],
    rows: [...rows, totalRow(version.totalFen, 5)],
  }
}

async function standingVersion(ledger: Ledger, allocation: string): Promise<number> {
  const { head } = await showVersion(ledger, operator(), allocation, 1)
  return head.version
}

const totalRow = (totalFen: Fen, width: number): Row => ({
  cells: [text('合计'), ...Array.from({ length: width - 1 }, () => text('')), amount(totalFen)],
  total: true,
})

async function compared(
  ledger: Ledger,
  allocation: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Table> {
  const found = await compareVersions(ledger, operator(), allocation, { from, to })
  return {
    title: `资金分配 ${allocation} 第${from}稿与第${to}稿对照`,
    notes: [
      `总额 ${formatFen(found.from.totalFen)} → ${formatFen(found.to.totalFen)}`,
      ...(found.formula ? ['公式有变化'] : []),
      '单位：元',
    ],
    columns: [
      { key: 'recipient', zh: '对象', en: 'Recipient', kind: 'text' },
      { key: 'district', zh: '区', en: 'District', kind: 'text' },
      { key: 'before', zh: '前稿', en: 'Before', kind: 'amount' },
      { key: 'after', zh: '后稿', en: 'After', kind: 'amount' },
      { key: 'difference', zh: '差额', en: 'Difference', kind: 'amount' },
      { key: 'inputs', zh: '变化的数据', en: 'Changed figures', kind: 'text' },
    ],
    rows: [
      ...found.shares.map(comparedRow),
      {
        cells: [
          text('合计'),
          text(''),
          amount(found.from.totalFen),
          amount(found.to.totalFen),
          amount(sumFen(found.shares.map(({ differenceFen }) => differenceFen))),
          text(''),
        ],
        total: true,
      },
    ],
  }
}

const comparedRow = ({ recipient, district, beforeFen, afterFen, differenceFen, inputs }: ComparedShare): Row => ({
  cells: [
    text(recipient),
    text(district),
    beforeFen === null ? text('') : amount(beforeFen),
    afterFen === null ? text('') : amount(afterFen),
    amount(differenceFen),
    text(
      inputs
        .map(({ item, part, input, before, after }) =>
          [item, part, `${input} ${before ?? '—'}→${after ?? '—'}`].filter((one) => one !== undefined).join(' '),
        )
        .join('；'),
    ),
  ],
})
