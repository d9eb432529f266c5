/** `yiben indicators …`: the indicators and what each holds, out of the ledger, as text with Chinese headers, CSV or JSON. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { renderCsv } from '../../reports/render/csv.ts'
import { renderJson } from '../../reports/render/json.ts'
import { renderPlain } from '../../reports/render/plain.ts'
import { amount, count, type Row, type Table, text } from '../../reports/table.ts'
import { type Indicator, indicatorStateNamesZh, levelNamesZh, paymentNamesZh } from '../budget/indicator/indicator.ts'
import { refuse } from '../budget/refusals.ts'
import { formatFen } from '../base/money.ts'
import { readAvailability } from '../budget/indicator/holdings.ts'
import { readRecoveries } from '../budget/recovery/store.ts'
import { readIndicator, readIndicators } from '../budget/indicator/store.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { withDatabase } from './books/open.ts'

const formats = ['text', 'csv', 'json'] as const
type Format = (typeof formats)[number]
const renderers: Record<Format, (table: Table) => string> = {
  text: renderPlain,
  csv: (table) => renderCsv(table),
  json: renderJson,
}

type Filter = { readonly book?: string; readonly year?: number; readonly programme?: string }

export function indicatorsCommand(program: Command): void {
  const indicators = program.command('indicators').description('预算指标及其余额 / indicators and what they hold')
  withFormat(indicators.command('list').description('指标列表 / list of indicators'))
    .option('--book <code>', '账套编号 / code of the book')
    .option('--year <year>', '预算年度 / budget year', yearOption)
    .option('--programme <code>', '未分解到项目时的项目编号 / programme')
    .action((given: Filter & { format: Format }) => print(given, (ledger) => listTable(ledger, given)))
  withFormat(indicators.command('show').argument('<indicator>', '指标编号 / code of the indicator'))
    .description('一个指标的余额，按项目和区 / what one holds, by project and district')
    .action((code: string, given: { format: Format }) => print(given, (ledger) => showTable(ledger, code)))
}

const withFormat = (command: Command): Command =>
  command.addOption(new Option('--format <format>', '输出格式 / output format').choices(formats).default('text'))

function yearOption(given: string): number {
  if (!/^20[0-9]{2}$/.test(given)) throw new InvalidArgumentError('须为年度，如 2024 / must be a year')
  return Number(given)
}

async function print({ format }: { format: Format }, table: (ledger: Ledger) => Promise<Table>): Promise<void> {
  const made = await withDatabase((database) => table(openLedger(database)))
  process.stdout.write(renderers[format](made))
}

const columns = [
  { key: 'approved', zh: '批复', en: 'Approved', kind: 'amount' },
  { key: 'available', zh: '可用', en: 'Available', kind: 'amount' },
  { key: 'carried', zh: '上年结转', en: 'Carried over', kind: 'amount' },
  { key: 'issued', zh: '已下达', en: 'Issued', kind: 'amount' },
  { key: 'allotted', zh: '已分配', en: 'Allotted', kind: 'amount' },
  { key: 'committable', zh: '可承诺', en: 'Free to commit', kind: 'amount' },
  { key: 'committed', zh: '已承诺', en: 'Committed', kind: 'amount' },
] as const

async function listTable({ database: { sql } }: Ledger, { book, year, programme }: Filter): Promise<Table> {
  const rows: Row[] = []
  for (let after = ''; ; ) {
    const page = await readIndicators(sql, { book, year, programme, after, limit: 500 })
    const last = page.at(-1)
    if (!last) break
    after = last.indicator
    for (const one of page) {
      const held = await readAvailability(sql, one)
      rows.push({
        cells: [
          text(one.indicator),
          text(one.documentNumber),
          text(one.book),
          text(one.source),
          count(one.year),
          text(stateOf(one)),
          ...columns.map(({ key }) => amount(held[`${key}Fen`])),
        ],
      })
    }
  }
  return {
    title: '预算指标',
    notes: ['金额取自总账，单位：元'],
    columns: [
      { key: 'indicator', zh: '指标编号', en: 'Code', kind: 'text' },
      { key: 'document', zh: '文号', en: 'Document', kind: 'text' },
      { key: 'book', zh: '账套', en: 'Book', kind: 'text' },
      { key: 'source', zh: '资金来源', en: 'Source', kind: 'text' },
      { key: 'year', zh: '年度', en: 'Year', kind: 'count' },
      { key: 'state', zh: '状态', en: 'State', kind: 'text' },
      ...columns,
    ],
    rows,
  }
}

const stateOf = ({ state, kind }: Indicator): string =>
  kind === 'early_notice' ? `${indicatorStateNamesZh[state]}（提前下达）` : indicatorStateNamesZh[state]

async function showTable({ database: { sql } }: Ledger, code: string): Promise<Table> {
  const of = await readIndicator(sql, code)
  if (!of) throw refuse('indicator_not_found', { indicator: code })
  const held = await readAvailability(sql, of)
  const recoveries = await readRecoveries(sql, code)
  const row = (name: string, cells: Partial<Record<(typeof columns)[number]['key'], bigint>>): Row => ({
    cells: [text(name), ...columns.map(({ key }) => amount(cells[key] ?? 0n))],
  })
  return {
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
    columns: [{ key: 'place', zh: '项目或区', en: 'Project or district', kind: 'text' }, ...columns],
    rows: [
      ...held.byProject.map((one) =>
        row(one.project === of.programme ? `${one.project}（未分解）` : one.project, {
          available: one.availableFen,
          carried: one.carriedFen,
          issued: one.issuedFen,
          committable: one.committableFen,
          committed: one.committedFen,
        }),
      ),
      ...held.byDistrict.map((one) => row(one.district, { allotted: one.allottedFen })),
      row('合计', {
        approved: held.approvedFen,
        available: held.availableFen,
        carried: held.carriedFen,
        issued: held.issuedFen,
        allotted: held.allottedFen,
        committable: held.committableFen,
        committed: held.committedFen,
      }),
    ],
  }
}
