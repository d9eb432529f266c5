/**
 * `yiben history NOUN ID`: everything that touched a thing, in the order in which it was recorded, as text with Chinese
 * headers, CSV or JSON.
 */
import { Argument, type Command } from 'commander'
import type { Table } from '../../../reports/table.ts'
import { formatInstant } from '../../base/calendar.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import {
  historyAfter,
  type HistoryNoun,
  type HistoryPlace,
  type HistoryRow,
  requireHistory,
} from '../../workflow/history/reads.ts'
import { operator } from './open.ts'
import { eachOf, type Given, print, tableOf, text, withFormat } from '../table.ts'

/** The operation of the API that tells the same, and how its address names the thing. */
const operations: Readonly<Record<HistoryNoun, { readonly id: string; readonly named: readonly string[] }>> = {
  indicator: { id: 'readIndicatorHistory', named: ['indicator'] },
  project: { id: 'readProjectHistory', named: ['project'] },
  plan: { id: 'readPlanHistory', named: ['district', 'year'] },
  community: { id: 'readCommunityHistory', named: ['community'] },
  allocation: { id: 'readAllocationHistory', named: ['allocation'] },
  release: { id: 'readReleaseHistory', named: ['id'] },
  commitment: { id: 'readCommitmentHistory', named: ['id'] },
  cash_plan: { id: 'readCashPlanHistory', named: ['book'] },
}

export function historyCommand(program: Command): void {
  withFormat(
    program
      .command('history')
      .description('一件事物的全部经过：办理、审批、凭证 / everything that touched a thing: acts, approvals, entries'),
  )
    .addArgument(new Argument('<noun>', '何种事物 / which kind').choices(Object.keys(operations)))
    .argument(
      '<id>',
      '编号；年度计划为 区划-年度，用款计划为账套 / its id; of a plan district-year, of cash plans the book',
    )
    .action((noun: HistoryNoun, id: string, given: Given) => {
      const { id: operation, named } = operations[noun]
      const parts = named.length === 1 ? [id] : id.split('-')
      const params = Object.fromEntries(named.map((name, index) => [name, parts[index] ?? '']))
      return print(given, (ledger) => historyTable(ledger, noun, id), { id: operation, params })
    })
}

async function historyTable(ledger: Ledger, noun: HistoryNoun, id: string): Promise<Table> {
  await requireHistory(ledger, operator(), { noun, id })
  const items: HistoryRow[] = []
  const all = eachOf(
    undefined as HistoryPlace | undefined,
    (after, limit) => historyAfter(ledger, operator(), { noun, id }, { after, limit }),
    ({ at, key }) => ({ at, key }),
  )
  for await (const row of all) items.push(row)
  return tableOf<HistoryRow>({
    title: `${id} 的经过`,
    notes: [],
    items,
    columns: [
      text('at', '时刻', 'At', ({ at }) => formatInstant(at)),
      text('what', '种类', 'What', ({ what }) => ({ act: '办理', decision: '审批', entry: '凭证' })[what]),
      text('id', '编号', 'Id', (row) => row.id),
      text('verb', '事项', 'Verb', ({ verb }) => verb),
      text('person', '人员', 'Person', ({ person }) => person),
    ],
  })
}
