/**
 * `yiben approvals …`: what waits for other persons' eyes, what became of it, and deciding it. The console is no person
 * with a duty: whoever decides says by his token who he is, and sees first what he decides on.
 */
import { Argument, type Command, Option } from 'commander'
import type { Table } from '../../reports/table.ts'
import {
  type ApprovalState,
  decisionNamesZh,
  isOpen,
  approvalNames,
  stateNamesZh,
  verdicts,
} from '../approvals/approval.ts'
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
import { basisNamesZh } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { businessDay } from '../base/calendar.ts'
import { formatFen } from '../base/money.ts'
import { type Preview, previewApproval } from '../workflow/preview.ts'
import { bearerOf, operator, withLedger } from './books/open.ts'
import { operationOf } from './acting/ask.ts'
import { carryOut, type Consent, type Shown, withConsent } from './acting/do.ts'
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
  withFormat(list).action(({ format, ...given }: Given & Filter) => {
    const { person, ...query } = given
    return print({ format }, (ledger) => listTable(ledger, given), {
      id: 'listApprovals',
      query,
      // What is somebody’s is asked for in his name.
      ...(person !== undefined && { as: { ...operator(), person } }),
    })
  })
  withFormat(
    approvals.command('show <id>').description('一个审批事项的内容与全部经过 / one approval with all its steps'),
  ).action((id: string, given: Given) =>
    print(given, (ledger) => showTable(ledger, id), { id: 'readApproval', params: { id } }),
  )
  withFormat(
    approvals
      .command('preview <id>')
      .description('批准后将发生什么、受何限额约束、依据哪些文件 / what approval would bring about, and what holds it'),
  ).action((id: string, given: Given) =>
    print(given, (ledger) => previewTable(ledger, id), { id: 'previewApproval', params: { id } }),
  )
  withConsent(
    approvals
      .command('decide <id>')
      .description('复核、审批、退回或撤回：先示后办 / check, approve, reject or withdraw: shown first, then done')
      .addArgument(new Argument('<verdict>', '办理意见 / verdict').choices(verdicts))
      .option('--reason <text>', '原因，退回须写 / why; a rejection needs it')
      .option('--acting-for <person>', '受托代谁办理 / in whose place'),
  ).action((id: string, verdict: string, given: Decided) => withLedger((ledger) => decide(ledger, id, verdict, given)))
}

type Decided = Consent & { readonly reason?: string; readonly actingFor?: string }

/** Decides on what was shown: the hash is that of the content the preview tells. */
async function decide(ledger: Ledger, id: string, verdict: string, { reason, actingFor, ...consent }: Decided) {
  const { hash } = await findApproval(ledger.database.sql, operator(), id)
  const body = { verdict, hash, ...(reason !== undefined && { reason }), ...(actingFor !== undefined && { actingFor }) }
  await carryOut(ledger, operationOf('decideApproval'), consent, { params: { id }, body }, previewLines(id))
}

/** What `approvals preview` tells, as the holder of the token may see it. */
const previewLines =
  (id: string): Shown =>
  async (ledger, token) =>
    toldBy(await previewApproval(ledger, await bearerOf(ledger, token), id)).map(
      ({ part, name, value }) => `${part} ${name} ${value}`,
    )

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

type Told = {
  readonly part: string
  readonly name: string
  readonly value: string
  readonly from?: string
  readonly measured?: string | undefined
  readonly clause?: string
}

async function previewTable(ledger: Ledger, asked: string): Promise<Table> {
  const preview = await previewApproval(ledger, operator(), asked)
  const { approval } = preview
  return tableOf<Told>({
    title: `审批事项 ${approval.id} 预览`,
    notes: [approval.summary, '现在由最后一人批准将发生什么；不写入任何内容', '单位：元'],
    columns: [
      text('part', '部分', 'Part', ({ part }) => part),
      text('name', '名称', 'Name', ({ name }) => name),
      text('value', '内容或数值', 'Value', ({ value }) => value),
      text('measured', '所量之数', 'Measured', ({ measured }) => measured),
      text('from', '起始日', 'From', ({ from }) => from),
      text('clause', '依据', 'Clause', ({ clause }) => clause),
    ],
    items: toldBy(preview),
  })
}

const toldBy = ({ content, entries, refusal, projects, limits, documents }: Preview): Told[] => [
  ...(refusal ? [{ part: '将被拒绝', name: refusal.code, value: refusal.detail.zh }] : []),
  ...content.map(({ name, value }) => ({ part: '内容', name: name.zh, value })),
  ...limits.map(({ parameter, value, from, clause, measured }) => ({
    part: '限额',
    name: parameter,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    from,
    measured: measured?.zh,
    clause,
  })),
  ...entries.flatMap(({ book, lines }) =>
    lines.map(({ account, side, amountFen, project = '', source = '' }) => ({
      part: '将记凭证',
      name: `${book} ${account} ${project} ${source}`,
      value: `${side === 'debit' ? '借' : '贷'} ${formatFen(amountFen)}`,
    })),
  ),
  ...projects.flatMap(({ project, name = '', parts }) =>
    parts.map(({ book, basis, source, debitFen, creditFen }) => ({
      part: '涉及项目',
      name: `${project} ${name}`.trimEnd(),
      value: `${book} ${basisNamesZh[basis]} ${source} 借 ${formatFen(debitFen)} 贷 ${formatFen(creditFen)}`,
    })),
  ),
  ...documents.map(({ name, number = '', sha256 = '', href = '' }) => ({
    part: '文件',
    name,
    value: [number, sha256, href].filter((one) => one !== '' && one !== name).join(' '),
  })),
]

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
