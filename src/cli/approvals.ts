/**
 * `yiben approvals …`: what waits for other persons' eyes, and what became of it. Reading only: the console is no
 * person with a duty, so it checks and approves nothing.
 */
import { type Command, Option } from 'commander'
import type { Table } from '../../reports/table.ts'
import { type ApprovalState, decisionNamesZh, isOpen, approvalNames, stateNamesZh } from '../approvals/approval.ts'
import {
  type ApprovalFilter,
  type ApprovalView,
  type DecisionView,
  findApproval,
  listApprovals,
  listApprovalsOf,
  type Mine,
  mineNames,
} from '../approvals/reads.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { businessDay } from '../base/calendar.ts'
import { operator } from './books/open.ts'
import { WrongUsage } from './failure.ts'
import { amount, count, everyOf, type Given, print, tableOf, text, withFormat } from './table.ts'

type Filter = Pick<ApprovalFilter, 'kind' | 'subject'> & {
  readonly state?: ApprovalState | 'waiting'
  readonly mine?: Mine
  readonly person?: string
}

export function approvalsCommand(program: Command): void {
  const approvals = program.command('approvals').description('审批事项 / approvals')
  const list = approvals
    .command('list')
    .description('审批事项，先提交的在前 / approvals, oldest first')
    .addOption(
      new Option('--state <state>', '所处步骤 / where it stands').choices([...Object.keys(stateNamesZh), 'waiting']),
    )
    .option('--kind <kind>', '事项种类 / kind')
    .option('--subject <subject>', '针对什么 / what it is about')
    .addOption(
      new Option('--mine <which>', '某人的：待办、经办、已办、等待他人 / what of a person’s').choices(mineNames),
    )
    .option('--person <person>', '谁的（与 --mine 同用）/ whose, with --mine')
  withFormat(list).action((given: Given & Filter) => print(given, (ledger) => listTable(ledger, given)))
  withFormat(
    approvals.command('show <id>').description('一个审批事项的内容与全部经过 / one approval with all its steps'),
  ).action((id: string, given: Given) => print(given, (ledger) => showTable(ledger, id)))
}

async function listTable(ledger: Ledger, given: Filter): Promise<Table> {
  const items = await itemsOf(ledger, given)
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

async function itemsOf({ database: { sql }, clock }: Ledger, given: Filter): Promise<readonly ApprovalView[]> {
  const { state, kind, subject, mine: which, person } = given
  if ((which === undefined) !== (person === undefined))
    throw new WrongUsage('--mine 须与 --person 同用 / --mine goes with --person')
  const waiting = state === 'waiting'
  if (which !== undefined && person !== undefined) {
    const all = await listApprovalsOf(sql, person, { which, on: businessDay(clock()) })
    return all.filter(
      (view) =>
        (state === undefined || (waiting ? isOpen(view.state) : view.state === state)) &&
        (kind === undefined || view.kind === kind) &&
        (subject === undefined || view.subject === subject),
    )
  }
  const filter = { kind, subject, ...(waiting ? { waiting } : { state }) }
  return everyOf(
    0n,
    (after, limit) => listApprovals(sql, operator(), { ...filter, after, limit }),
    ({ id }) => approvalNames.numberOf(id) ?? 0n,
  )
}

async function showTable({ database: { sql } }: Ledger, asked: string): Promise<Table> {
  const { id, summary, state, approvers, hash, content, decisions } = await findApproval(sql, operator(), asked)
  return tableOf<DecisionView>({
    title: `审批事项 ${id}`,
    notes: [
      summary,
      `${stateNamesZh[state]}，${approvers === 0 ? '复核后即生效' : `须 ${approvers} 人审批`}`,
      `内容摘要 ${hash}`,
      `内容 ${content}`,
    ],
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
