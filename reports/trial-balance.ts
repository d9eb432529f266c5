/** 科目余额表 (试算平衡): every subject with its turnover and its balance on one side, and a total a basis that must agree. */
import { bases } from '../src/ledger/chart.ts'
import { basisNamesZh } from '../src/ledger/entry.ts'
import type { TrialBalance, TrialTotal } from '../src/ledger/balance.ts'
import { amount, type Column, empty, type Row, type Table, text } from './table.ts'

const columns: readonly Column[] = [
  { key: 'basis', zh: '核算基础', en: 'Basis', kind: 'text' },
  { key: 'account', zh: '科目编号', en: 'Account', kind: 'text' },
  { key: 'name', zh: '科目名称', en: 'Name', kind: 'text' },
  { key: 'debit', zh: '累计借方', en: 'Debits', kind: 'amount' },
  { key: 'credit', zh: '累计贷方', en: 'Credits', kind: 'amount' },
  { key: 'debitBalance', zh: '借方余额', en: 'Debit balance', kind: 'amount' },
  { key: 'creditBalance', zh: '贷方余额', en: 'Credit balance', kind: 'amount' },
]

export function trialBalanceTable(title: string, notes: readonly string[], { rows, totals }: TrialBalance): Table {
  return {
    title,
    notes,
    columns,
    rows: bases.flatMap((basis) => [
      ...rows
        .filter((row) => row.basis === basis)
        .map((row) => ({
          cells: [
            text(basisNamesZh[basis]),
            text(row.account),
            text(row.name),
            amount(row.debitFen),
            amount(row.creditFen),
            row.side === 'debit' ? amount(row.balanceFen) : empty,
            row.side === 'credit' ? amount(row.balanceFen) : empty,
          ],
        })),
      ...totals.filter((total) => total.basis === basis).map(totalRow),
    ]),
  }
}

function totalRow({ basis, debitFen, creditFen, debitBalanceFen, creditBalanceFen }: TrialTotal): Row {
  return {
    cells: [
      text(basisNamesZh[basis]),
      empty,
      text('合计'),
      amount(debitFen),
      amount(creditFen),
      amount(debitBalanceFen),
      amount(creditBalanceFen),
    ],
    total: true,
  }
}
