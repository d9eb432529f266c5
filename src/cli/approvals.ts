/**
 * `yiben approvals …`: what waits for other persons' eyes, and what became of it. Reading only: the console is no person with a duty, so it
 * checks and approves nothing.
 */
import { type Command, Option } from 'commander'
import { renderCsv } from '../../reports/render/csv.ts'
import { renderJson } from '../../reports/render/json.ts'
import { renderPlain } from '../../reports/render/plain.ts'
import { amount, count, empty, type Row, type Table, text } from '../../reports/table.ts'
import { findApproval } from '../approvals/reads.ts'
import { type ApprovalState, decisionNamesZh, stateNamesZh } from '../approvals/approval.ts'
import { type ApprovalFilter, type ApprovalView, approvalView, readApprovals } from '../approvals/store.ts'
import type { Sql } from '../base/db.ts'
import { operator, withDatabase } from './books/open.ts'

const formats = ['text', 'csv', 'json'] as const
type Format = (typeof formats)[number]
const renderers: Record<Format, (table: Table) => string> = {
  text: renderPlain,
  csv: (table) => renderCsv(table),
  json: renderJson,
}

type Listing = Pick<ApprovalFilter, 'state' | 'kind' | 'subject'> & { readonly format: Format }

export function approvalsCommand(program: Command): void {
  const approvals = program.command('approvals').description('审批事项 / approvals')
  approvals
    .command('list')
    .description('审批事项，先提交的在前 / approvals, oldest first')
    .addOption(new Option('--state <state>', '所处步骤 / where it stands').choices(Object.keys(stateNamesZh)))
    .option('--kind <kind>', '事项种类 / kind')
    .option('--subject <subject>', '针对什么 / what it is about')
    .addOption(formatOption())
    .action(({ format, ...filter }: Listing) => print(format, (sql) => listed(sql, filter)))
  approvals
    .command('show <id>')
    .description('一个审批事项的内容与全部经过 / one approval with all its steps')
    .addOption(formatOption())
    .action((id: string, { format }: { format: Format }) => print(format, (sql) => shown(sql, id)))
}

const formatOption = (): Option =>
  new Option('--format <format>', '输出格式 / output format').choices(formats).default('text')

async function print(format: Format, table: (sql: Sql) => Promise<Table>): Promise<void> {
  process.stdout.write(renderers[format](await withDatabase(({ sql }) => table(sql))))
}

const pageSize = 500

async function listed(sql: Sql, filter: Omit<Listing, 'format'>): Promise<Table> {
  const rows: Row[] = []
  for (let after = 0n; ; ) {
    const page = await readApprovals(sql, { ...filter, after, limit: pageSize })
    const last = page.at(-1)
    if (!last) break
    after = last.approval_id
    rows.push(...page.map((row) => ({ cells: cellsOf(approvalView(row)) })))
  }
  return { title: '审批事项', notes: ['单位：元'], columns, rows }
}

const columns: Table['columns'] = [
  { key: 'id', zh: '编号', en: 'Id', kind: 'text' },
  { key: 'state', zh: '步骤', en: 'State', kind: 'text' },
  { key: 'kind', zh: '种类', en: 'Kind', kind: 'text' },
  { key: 'subject', zh: '针对', en: 'Subject', kind: 'text' },
  { key: 'district', zh: '区划', en: 'District', kind: 'text' },
  { key: 'amount', zh: '金额', en: 'Amount', kind: 'amount' },
  { key: 'maker', zh: '经办人', en: 'Maker', kind: 'text' },
  { key: 'openedAt', zh: '提交时刻', en: 'Submitted', kind: 'text' },
  { key: 'summary', zh: '摘要', en: 'Summary', kind: 'text' },
]

const cellsOf = ({ id, state, kind, subject, district, amountFen, maker, openedAt, summary }: ApprovalView) => [
  text(id),
  text(stateName(state)),
  text(kind),
  text(subject),
  text(district),
  amountFen === undefined ? empty : amount(amountFen),
  text(maker),
  text(openedAt),
  text(summary),
]

const stateName = (state: ApprovalState): string => stateNamesZh[state]

async function shown(sql: Sql, id: string): Promise<Table> {
  const { decisions, ...approval } = await findApproval(sql, operator(), id)
  const { summary, state, approvers, hash, content } = approval
  return {
    title: `审批事项 ${approval.id}`,
    notes: [summary, `${stateName(state)}，须 ${approvers} 人审批`, `内容摘要 ${hash}`, `内容 ${content}`],
    columns: [
      { key: 'step', zh: '步', en: 'Step', kind: 'count' },
      { key: 'decision', zh: '办理', en: 'Decision', kind: 'text' },
      { key: 'person', zh: '办理人', en: 'Person', kind: 'text' },
      { key: 'actingFor', zh: '委托人', en: 'Acting for', kind: 'text' },
      { key: 'at', zh: '时刻', en: 'At', kind: 'text' },
      { key: 'reason', zh: '原因', en: 'Reason', kind: 'text' },
    ],
    rows: decisions.map(({ step, decision, person, actingFor, at, reason }) => ({
      cells: [count(step), text(decisionNamesZh[decision]), text(person), text(actingFor), text(at), text(reason)],
    })),
  }
}
