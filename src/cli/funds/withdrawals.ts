/** `yiben withdrawals …`: withdrawals from the provident fund, and how they stand. Reading only. */
import { type Command, Option } from 'commander'
import type { Table } from '../../../reports/table.ts'
import { listWithdrawals, type Withdrawal } from '../../financing/withdrawal/reads.ts'
import {
  withdrawalNames,
  type WithdrawalState,
  withdrawalStateNamesZh,
  withdrawalWayNamesZh,
} from '../../financing/withdrawal/withdrawal.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { dwellingKey } from '../../financing/plan/plan.ts'
import { operator } from '../books/open.ts'
import { amount, day, everyOf, type Given, print, tableOf, text, withFormat } from '../table.ts'

type Filter = { readonly project?: string; readonly state?: WithdrawalState }

export function withdrawalsCommand(program: Command): void {
  const withdrawals = program.command('withdrawals').description('公积金提取 / withdrawals from the provident fund')
  withFormat(withdrawals.command('list').description('提取列表 / withdrawals, in order'))
    .option('--project <id>', '项目 / project')
    .addOption(new Option('--state <state>', '状态 / state').choices(Object.keys(withdrawalStateNamesZh)))
    .action(({ format, ...query }: Given & Filter) =>
      print({ format }, (ledger) => listTable(ledger, query), { id: 'listWithdrawals', query }),
    )
}

async function listTable(ledger: Ledger, filter: Filter): Promise<Table> {
  const items = await everyOf(
    0n,
    (after, limit) => listWithdrawals(ledger, operator(), { ...filter, after, limit }),
    ({ id }) => id,
  )
  return tableOf<Withdrawal>({
    title: '公积金提取',
    notes: ['单位：元'],
    columns: [
      text('withdrawal', '编号', 'Id', ({ id }) => withdrawalNames.nameOf(id)),
      text('project', '项目', 'Project', ({ project }) => project),
      text('dwelling', '房屋', 'Dwelling', (row) => dwellingKey(row)),
      text('purpose', '用途', 'Purpose', ({ purpose }) => purpose),
      text('way', '支付方式', 'Paid to', ({ way }) => withdrawalWayNamesZh[way]),
      day('on', '申请日', 'Asked on', ({ on }) => on),
      day('due', '决定期限', 'Due', ({ due }) => due),
      amount('contribution', '实际出资', 'Contributed', ({ contributionFen }) => contributionFen),
      amount('limit', '限额', 'Limit', ({ limitFen }) => limitFen),
      amount('granted', '准予提取', 'Granted', ({ grantedFen }) => grantedFen),
      text('state', '状态', 'State', ({ state }) => withdrawalStateNamesZh[state]),
      text('approval', '审批事项', 'Approval', ({ approval }) => approval),
    ],
    items,
  })
}
