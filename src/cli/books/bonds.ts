/** `yiben bonds …`: special bonds and what projects hold of them, as text with Chinese headers, CSV or JSON. */
import type { Command } from 'commander'
import type { Table } from '../../../reports/table.ts'
import type { Fen } from '../../base/money.ts'
import { type Bond, bondStateNamesZh } from '../../funds/bond/record.ts'
import { allocationsOf, findBond, listBonds, standingOf } from '../../funds/bond/reads.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { operator } from './open.ts'
import { amount, count, eachOf, type Given, print, tableOf, text, withFormat } from '../table.ts'

type Filter = { readonly book?: string; readonly programme?: string }

export function bondsCommand(program: Command): void {
  const bonds = program.command('bonds').description('专项债券及其资金 / special bonds and what they hold')
  withFormat(bonds.command('list').description('债券列表 / list of bonds'))
    .option('--book <code>', '账套编号 / code of the book')
    .option('--programme <code>', '未分配到项目时的项目编号 / programme')
    .action(({ format, ...query }: Filter & Given) =>
      print({ format }, (ledger) => listTable(ledger, query), { id: 'listBonds', query }),
    )
  withFormat(bonds.command('show').argument('<bond>', '专项债券编号 / code of the bond'))
    .description('一只债券：各项目分配与使用 / one bond: what each project holds and used')
    .action((bond: string, given: Given) =>
      print(given, (ledger) => showTable(ledger, bond), { id: 'readBond', params: { bond } }),
    )
  withFormat(bonds.command('allocations').argument('<bond>', '专项债券编号 / code of the bond'))
    .description('各版分配 / versions of who holds what')
    .action((bond: string, given: Given) =>
      print(given, (ledger) => allocationsTable(ledger, bond), { id: 'listBondAllocations', params: { bond } }),
    )
  withFormat(bonds.command('coupons').argument('<bond>', '专项债券编号 / code of the bond'))
    .description('付息还本计划 / coupons and repayment')
    .action((bond: string, given: Given) =>
      print(given, (ledger) => couponsTable(ledger, bond), { id: 'readBond', params: { bond } }),
    )
}

async function listTable(ledger: Ledger, { book, programme }: Filter): Promise<Table> {
  const items: Bond[] = []
  const all = eachOf(
    '',
    (after, limit) => listBonds(ledger, operator(), { book, programme, after, limit }),
    ({ bond }) => bond,
  )
  for await (const one of all) items.push(one)
  return tableOf<Bond>({
    title: '专项债券',
    notes: ['单位：元'],
    items,
    columns: [
      text('bond', '编号', 'Code', ({ bond }) => bond),
      text('book', '账套', 'Book', ({ book: of }) => of),
      text('programme', '项目类', 'Programme', ({ programme: of }) => of),
      amount('face', '面值', 'Face', ({ faceFen }) => faceFen),
      text('rate', '年利率', 'Rate', ({ rate }) => rate),
      count('years', '期限（年）', 'Years', ({ years }) => years),
      text('start', '起息日', 'From', ({ startOn }) => startOn ?? ''),
      text('state', '状态', 'State', ({ state }) => bondStateNamesZh[state]),
    ],
  })
}

type Held = { readonly project: string; readonly allocatedFen: Fen; readonly usedFen: Fen }

async function showTable(ledger: Ledger, code: string): Promise<Table> {
  const of = await findBond(ledger, operator(), code)
  const { coverage, projects, unallocatedFen } = await standingOf(ledger, of)
  return tableOf<Held>({
    title: `专项债券 ${code}`,
    notes: [
      `${of.documentNumber}，${of.years} 年，年利率 ${of.rate}，${of.startOn ?? '未发行'}，${bondStateNamesZh[of.state]}`,
      `用途：${of.purpose}`,
      `本息覆盖倍数 ${coverage.ratio}（${coverage.definition}）`,
      '单位：元',
    ],
    items: [...projects, { project: '待分配', allocatedFen: unallocatedFen, usedFen: 0n }],
    columns: [
      text('project', '项目', 'Project', ({ project }) => project),
      amount('allocated', '分配额', 'Allocated', ({ allocatedFen }) => allocatedFen),
      amount('used', '已使用', 'Used', ({ usedFen }) => usedFen),
      amount('unused', '未使用', 'Unused', ({ allocatedFen, usedFen }) => allocatedFen - usedFen),
    ],
  })
}

async function allocationsTable(ledger: Ledger, code: string): Promise<Table> {
  const of = await findBond(ledger, operator(), code)
  const items = (await allocationsOf(ledger, of)).flatMap(({ shares, ...version }) =>
    shares.map((share) => ({ ...version, ...share })),
  )
  return tableOf<(typeof items)[number]>({
    title: `专项债券 ${code} 的分配`,
    notes: ['单位：元'],
    items,
    columns: [
      count('version', '版本', 'Version', ({ version }) => version),
      text('from', '起始日', 'From', ({ fromOn }) => fromOn),
      text('document', '文号', 'Document', ({ documentNumber }) => documentNumber),
      text('project', '项目', 'Project', ({ project }) => project),
      amount('amount', '分配额', 'Amount', ({ amountFen }) => amountFen),
    ],
  })
}

async function couponsTable(ledger: Ledger, code: string): Promise<Table> {
  const { schedule } = await standingOf(ledger, await findBond(ledger, operator(), code))
  const items = schedule
    ? [...schedule.coupons.map((due) => ({ ...due, what: '利息' })), { ...schedule.principal, what: '本金' }]
    : []
  return tableOf<(typeof items)[number]>({
    title: `专项债券 ${code} 的付息还本计划`,
    notes: ['单位：元；遇节假日顺延至下一工作日，金额不变'],
    items,
    columns: [
      text('on', '日期', 'Day', ({ on }) => on),
      text('what', '事项', 'What', ({ what }) => what),
      amount('amount', '金额', 'Amount', (due) => due.amount),
    ],
  })
}
