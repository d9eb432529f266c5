/** `yiben plans …`: the funding plan of a project and all its money, as text with Chinese headers, CSV or JSON. */
import type { Command } from 'commander'
import type { Table } from '../../reports/table.ts'
import { formatFen } from '../base/money.ts'
import { columnNames, moneyColumns, type SourceMoney } from '../financing/money/money.ts'
import { readMoney } from '../financing/money/reads.ts'
import { dwellingKey, gapOf, type PlanShare, type PlanState, totalOf } from '../financing/plan/plan.ts'
import { readPlan } from '../financing/plan/reads.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { sourceOnRecord } from '../policy/sources.ts'
import { operator } from './books/open.ts'
import { amount, type Given, print, tableOf, text, wholeOption, withFormat } from './table.ts'

export function plansCommand(program: Command): void {
  const plans = program.command('plans').description('资金方案 / funding plans')
  withFormat(plans.command('show').argument('<project>', '项目编号 / code of the project'))
    .description('现行资金方案，或指定的一版 / the plan in force, or the version named')
    .option('--version <number>', '第几版 / which version', wholeOption(6))
    .action((project: string, given: Given & { version?: number }) =>
      print(
        given,
        (ledger) => planTable(ledger, project, given.version),
        async ({ database: { sql } }) => {
          const version = given.version ?? (await readPlan(sql, operator(), project)).version
          return { id: 'readFundingPlan', params: { project, version: String(version) } }
        },
      ),
    )
  withFormat(plans.command('money').argument('<project>', '项目编号 / code of the project'))
    .description('一本账：项目全部资金，按来源 / all money of the project by source')
    .action((project: string, given: Given) =>
      print(given, (ledger) => moneyTable(ledger, project), { id: 'readProjectMoney', params: { project } }),
    )
}

const stateZh: Record<PlanState, string> = { draft: '草稿', submitted: '审批中', approved: '现行', replaced: '已取代' }

const sourceZh = (source: string): string => `${source} ${sourceOnRecord(source)?.zh ?? ''}`.trim()

async function planTable({ database }: Ledger, project: string, version?: number): Promise<Table> {
  const { plan, state, hash, ...given } = await readPlan(database.sql, operator(), project, version)
  const lines = new Map(plan.lines.map((line) => [line.line, line]))
  return tableOf<PlanShare>({
    title: '资金方案',
    notes: [
      `项目 ${project} 第 ${given.version} 版（${stateZh[state]}）`,
      `总投资 ${formatFen(totalOf(plan))} 元，缺口 ${formatFen(gapOf(plan))} 元`,
      `SHA-256 ${hash}`,
      '单位：元',
    ],
    columns: [
      text('line', '费用行', 'Line', ({ line }) => line),
      text('item', '改造内容', 'Item', ({ line }) => lines.get(line)?.item),
      text('contract', '合同行', 'Contract line', ({ line }) => lines.get(line)?.contract),
      amount('cost', '造价', 'Cost', ({ line }) => lines.get(line)?.amountFen ?? 0n),
      text('source', '资金来源', 'Source', ({ source }) => sourceZh(source)),
      text(
        'party',
        '出资方',
        'Party',
        ({ party, dwelling, indicator }) => party ?? (dwelling && dwellingKey(dwelling)) ?? indicator,
      ),
      amount('amount', '金额', 'Amount', ({ amountFen }) => amountFen),
    ],
    items: plan.shares,
  })
}

async function moneyTable(ledger: Ledger, project: string): Promise<Table> {
  const { sources } = await readMoney(ledger, operator(), project)
  return tableOf<SourceMoney>({
    title: '一本账：项目资金',
    notes: [`项目 ${project}`, '单位：元'],
    columns: [
      text('source', '资金来源', 'Source', ({ source }) => sourceZh(source)),
      ...moneyColumns.map((column) => {
        const { zh, en } = columnNames[column]
        return amount<SourceMoney>(column, zh, en, (source) => source[column])
      }),
      amount('remaining', columnNames.remaining.zh, columnNames.remaining.en, ({ remainingFen }) => remainingFen),
    ],
    items: sources,
  })
}
