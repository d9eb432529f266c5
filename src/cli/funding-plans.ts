/** `yiben plans …`: the funding plan of a project and all its money, as text with Chinese headers, CSV or JSON. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { renderCsv } from '../../reports/render/csv.ts'
import { renderJson } from '../../reports/render/json.ts'
import { renderPlain } from '../../reports/render/plain.ts'
import { amount, type Row, type Table, text } from '../../reports/table.ts'
import { readPlan } from '../financing/plan/reads.ts'
import { moneyColumns } from '../financing/money/money.ts'
import { dwellingKey, gapOf, type PlanState, totalOf } from '../financing/plan/plan.ts'
import { readMoney } from '../financing/money/reads.ts'
import { formatFen } from '../base/money.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { fundSourceOf } from '../policy/sources.ts'
import { operator, withDatabase } from './books/open.ts'

const formats = ['text', 'csv', 'json'] as const
type Format = (typeof formats)[number]
const renderers: Record<Format, (table: Table) => string> = {
  text: renderPlain,
  csv: (table) => renderCsv(table),
  json: renderJson,
}

export function plansCommand(program: Command): void {
  const plans = program.command('plans').description('资金方案 / funding plans')
  withFormat(plans.command('show').argument('<project>', '项目编号 / code of the project'))
    .description('现行资金方案，或指定的一版 / the plan in force, or the version named')
    .option('--version <number>', '第几版 / which version', versionOption)
    .action((project: string, given: { format: Format; version?: number }) =>
      print(given, (ledger) => planTable(ledger, project, given.version)),
    )
  withFormat(plans.command('money').argument('<project>', '项目编号 / code of the project'))
    .description('一本账：项目全部资金，按来源 / all money of the project by source')
    .action((project: string, given: { format: Format }) => print(given, (ledger) => moneyTable(ledger, project)))
}

const withFormat = (command: Command): Command =>
  command.addOption(new Option('--format <format>', '输出格式 / output format').choices(formats).default('text'))

function versionOption(given: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(given)) throw new InvalidArgumentError('须为正整数 / must be a whole number above 0')
  return Number(given)
}

async function print({ format }: { format: Format }, table: (ledger: Ledger) => Promise<Table>): Promise<void> {
  const made = await withDatabase((database) => table(openLedger(database)))
  process.stdout.write(renderers[format](made))
}

const stateZh: Record<PlanState, string> = { draft: '草稿', submitted: '审批中', approved: '现行', replaced: '已取代' }

async function planTable({ database }: Ledger, project: string, version?: number): Promise<Table> {
  const { plan, state, hash, ...given } = await readPlan(database.sql, operator(), project, version)
  const lines = new Map(plan.lines.map((line) => [line.line, line]))
  const rows = plan.shares.map(({ line, source, party, dwelling, indicator, amountFen }): Row => {
    const of = lines.get(line)
    return {
      cells: [
        text(line),
        text(of?.item),
        text(of?.contract),
        amount(of?.amountFen ?? 0n),
        text(`${source} ${fundSourceOf(source)?.zh ?? ''}`.trim()),
        text(party ?? (dwelling && dwellingKey(dwelling)) ?? indicator),
        amount(amountFen),
      ],
    }
  })
  const gap = gapOf(plan)
  return {
    title: '资金方案',
    notes: [
      `项目 ${project} 第 ${given.version} 版（${stateZh[state]}）`,
      `总投资 ${formatFen(totalOf(plan))} 元，缺口 ${formatFen(gap)} 元`,
      `SHA-256 ${hash}`,
      '单位：元',
    ],
    columns: [
      { key: 'line', zh: '费用行', en: 'Line', kind: 'text' },
      { key: 'item', zh: '改造内容', en: 'Item', kind: 'text' },
      { key: 'contract', zh: '合同行', en: 'Contract line', kind: 'text' },
      { key: 'cost', zh: '造价', en: 'Cost', kind: 'amount' },
      { key: 'source', zh: '资金来源', en: 'Source', kind: 'text' },
      { key: 'party', zh: '出资方', en: 'Party', kind: 'text' },
      { key: 'amount', zh: '金额', en: 'Amount', kind: 'amount' },
    ],
    rows,
  }
}

const columnNames = {
  planned: ['计划', 'Planned'],
  assigned: ['落实', 'Assigned'],
  committed: ['承诺', 'Committed'],
  received: ['到位', 'Received'],
  paid: ['支付', 'Paid'],
  inHand: ['在账', 'In hand'],
} as const

async function moneyTable(ledger: Ledger, project: string): Promise<Table> {
  const { sources } = await readMoney(ledger, operator(), project)
  return {
    title: '一本账：项目资金',
    notes: [`项目 ${project}`, '单位：元'],
    columns: [
      { key: 'source', zh: '资金来源', en: 'Source', kind: 'text' },
      ...moneyColumns.map((key) => ({
        key,
        zh: columnNames[key][0],
        en: columnNames[key][1],
        kind: 'amount' as const,
      })),
      { key: 'remaining', zh: '待支付', en: 'Remaining', kind: 'amount' },
    ],
    rows: sources.map(({ source, remainingFen, ...columns }) => ({
      cells: [
        text(`${source} ${fundSourceOf(source)?.zh ?? ''}`.trim()),
        ...moneyColumns.map((column) => amount(columns[column])),
        amount(remainingFen),
      ],
    })),
  }
}
