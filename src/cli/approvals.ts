/**
 * `yiben approvals …`: what waits for other persons' eyes, and what became of it. Reading only: the console is no
 * person with a duty, so it checks and approves nothing.
 */
import { type Command, Option } from 'commander'
import type { Table } from '../../reports/table.ts'
import { decisionNamesZh, parseApprovalName, stateNamesZh } from '../approvals/approval.ts'
import {
  type ApprovalFilter,
  type ApprovalView,
  type DecisionView,
  findApproval,
  listApprovals,
} from '../approvals/reads.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { operator } from './books/open.ts'
import { amount, count, everyOf, type Given, print, tableOf, text, withFormat } from './table.ts'

type Filter = Pick<ApprovalFilter, 'state' | 'kind' | 'subject'>

export function approvalsCommand(program: Command): void {
  const approvals = program.command('approvals').description('审批事项 / approvals')
  const list = approvals
    .command('list')
    .description('审批事项，先提交的在前 / approvals, oldest first')
    .addOption(new Option('--state <state>', '所处步骤 / where it stands').choices(Object.keys(stateNamesZh)))
    .option('--kind <kind>', '事项种类 / kind')
    .option('--subject <subject>', '针对什么 / what it is about')
  withFormat(list).action((given: Given & Filter) => print(given, (ledger) => listTable(ledger, given)))
  withFormat(
    approvals.command('show <id>').description('一个审批事项的内容与全部经过 / one approval with all its steps'),
  ).action((id: string, given: Given) => print(given, (ledger) => showTable(ledger, id)))
}

async function listTable({ database: { sql } }: Ledger, { state, kind, subject }: Filter): Promise<Table> {
  const items = await everyOf(
    0n,
    (after, limit) => listApprovals(sql, operator(), { state, kind, subject, after, limit }),
    ({ id }) => parseApprovalName(id) ?? 0n,
  )
  return tableOf<ApprovalView>({
    title: '审批事项',
    notes: ['单位：元'],
    columns: [
      text('id', '编号', 'Id', ({ id }) => id),
      text('state', '步骤', 'State', ({ state }) => stateNamesZh[state]),
      text('kind', '种类', 'Kind', ({ kind }) => kind),
      text('subject', '针对', 'Subject', ({ subject }) => subject),
      text('district', '区划', 'District', ({ district }) => district),
      amount('amount', '金额', 'Amount', ({ amountFen }) => amountFen),
      text('maker', '经办人', 'Maker', ({ maker }) => maker),
      text('openedAt', '提交时刻', 'Submitted', ({ openedAt }) => openedAt),
      text('summary', '摘要', 'Summary', ({ summary }) => summary),
    ],
    items,
  })
}

async function showTable({ database: { sql } }: Ledger, asked: string): Promise<Table> {
  const { id, summary, state, approvers, hash, content, decisions } = await findApproval(sql, operator(), asked)
  return tableOf<DecisionView>({
    title: `审批事项 ${id}`,
    notes: [summary, `${stateNamesZh[state]}，须 ${approvers} 人审批`, `内容摘要 ${hash}`, `内容 ${content}`],
    columns: [
      count('step', '步', 'Step', ({ step }) => step),
      text('decision', '办理', 'Decision', ({ decision }) => decisionNamesZh[decision]),
      text('person', '办理人', 'Person', ({ person }) => person),
      text('actingFor', '委托人', 'Acting for', ({ actingFor }) => actingFor),
      text('at', '时刻', 'At', ({ at }) => at),
      text('reason', '原因', 'Reason', ({ reason }) => reason),
    ],
    items: decisions,
  })
}
