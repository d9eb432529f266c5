/** 科目余额表 (试算平衡): every subject with its turnover and its balance on one side, and a total a basis that must agree. */
import { bases } from '../src/ledger/chart.ts'
import { basisNamesZh } from '../src/ledger/entry.ts'
import type { TrialBalance, TrialRow, TrialTotal, Turnover } from '../src/ledger/trial-balance.ts'
import { amount, type Cell, type Column, empty, type Row, type Table, text } from './table.ts'

const titles: readonly Column[] = [
  { key: 'basis', zh: '核算基础', en: 'Basis', kind: 'text' },
  { key: 'account', zh: '科目编号', en: 'Account', kind: 'text' },
  { key: 'name', zh: '科目名称', en: 'Name', kind: 'text' },
]
const turned: readonly Column[] = [
  { key: 'debit', zh: '累计借方', en: 'Debits', kind: 'amount' },
  { key: 'credit', zh: '累计贷方', en: 'Credits', kind: 'amount' },
]
const ofPeriod: readonly Column[] = [
  { key: 'openingDebit', zh: '期初借方', en: 'Opening debit', kind: 'amount' },
  { key: 'openingCredit', zh: '期初贷方', en: 'Opening credit', kind: 'amount' },
  { key: 'periodDebit', zh: '本期借方', en: 'Debits of the period', kind: 'amount' },
  { key: 'periodCredit', zh: '本期贷方', en: 'Credits of the period', kind: 'amount' },
]
const ending: readonly Column[] = [
  { key: 'debitBalance', zh: '期末借方', en: 'Debit balance', kind: 'amount' },
  { key: 'creditBalance', zh: '期末贷方', en: 'Credit balance', kind: 'amount' },
]

/** With opening and turnover of the period, where the balance has them; else with what was turned over in all. */
export function trialBalanceTable(title: string, notes: readonly string[], { rows, totals }: TrialBalance): Table {
  const isOfPeriod = totals.some(({ opening }) => opening)
  return {
    title,
    notes,
    columns: [...titles, ...(isOfPeriod ? ofPeriod : turned), ...ending],
    rows: bases.flatMap((basis) => [
      ...rows.filter((row) => row.basis === basis).map(accountRow),
      ...totals.filter((total) => total.basis === basis).map(totalRow),
    ]),
  }
}

const sides = ({ debitFen, creditFen }: Turnover): Cell[] => [amount(debitFen), amount(creditFen)]
const onItsSide = ({ side, balanceFen }: Pick<TrialRow, 'side' | 'balanceFen'>): Cell[] =>
  side === 'debit' ? [amount(balanceFen), empty] : [empty, amount(balanceFen)]

const accountRow = (row: TrialRow): Row => ({
  cells: [
    text(basisNamesZh[row.basis]),
    text(row.account),
    text(row.name),
    ...(row.opening && row.turnover ? [...onItsSide(row.opening), ...sides(row.turnover)] : sides(row)),
    ...onItsSide(row),
  ],
})

const totalRow = ({ basis, opening, turnover, ...total }: TrialTotal): Row => ({
  cells: [
    text(basisNamesZh[basis]),
    empty,
    text('合计'),
    ...(opening && turnover ? [...sides(opening), ...sides(turnover)] : sides(total)),
    amount(total.debitBalanceFen),
    amount(total.creditBalanceFen),
  ],
  total: true,
})
