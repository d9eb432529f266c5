/** 科目余额表：by business day and by when it was recorded; two days side by side. */
import { Select } from 'antd'
import { A, useSearch } from '../address.tsx'
import type { TrialBalanceRow } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { DayField } from '../form/fields.tsx'
import { fenOf } from '../money.ts'
import { paths } from '../paths.ts'
import { RoundingNote } from '../style/unit.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

type Row = TrialBalanceRow & { readonly other?: string | undefined }

const sideName = (side: string | undefined) => (side === undefined ? '' : side === 'debit' ? '借' : '贷')

const turned: readonly Column<Row>[] = [
  { key: 'debit', title: '借方发生', kind: 'amount', value: ({ debit }) => debit },
  { key: 'credit', title: '贷方发生', kind: 'amount', value: ({ credit }) => credit },
]
const ofPeriod: readonly Column<Row>[] = [
  { key: 'openingSide', title: '期初方向', value: ({ opening }) => sideName(opening?.side) },
  { key: 'opening', title: '期初余额', kind: 'amount', total: false, value: ({ opening }) => opening?.balance },
  { key: 'periodDebit', title: '本期借方', kind: 'amount', value: ({ turnover }) => turnover?.debit },
  { key: 'periodCredit', title: '本期贷方', kind: 'amount', value: ({ turnover }) => turnover?.credit },
]

type Asked = { readonly from: string | undefined; readonly asOf: string | undefined; readonly than: string | undefined }

const columnsOf = ({ name }: Terms, book: string, { from, asOf, than }: Asked) => {
  const columns: Column<Row>[] = [
    { key: 'basis', title: '核算基础', value: ({ basis }) => name('bases', basis) },
    {
      key: 'account',
      title: '科目',
      value: ({ account }) => account,
      show: ({ account }) => <A href={paths.book(book, 'statement', { account, from, to: asOf })}>{account}</A>,
    },
    { key: 'name', title: '名称', value: (row) => row.name },
    ...(from === undefined ? turned : ofPeriod),
    { key: 'side', title: '方向', value: ({ side }) => sideName(side) },
    {
      key: 'balance',
      title: from === undefined ? '余额' : '期末余额',
      kind: 'amount',
      total: false,
      value: ({ balance }) => balance,
    },
  ]
  if (than !== undefined)
    columns.push({ key: 'other', title: `${than} 余额`, kind: 'amount', total: false, value: ({ other }) => other })
  return columns
}

const balanced = (total: { readonly debitBalance: string; readonly creditBalance: string }): boolean =>
  fenOf(total.debitBalance) === fenOf(total.creditBalance)

export function BookTrial({ book }: { book: string }) {
  const terms = useTerms()
  const [search, change] = useSearch()
  const { from, asOf, knownAt, basis, than } = search
  const query = { from, asOf, knownAt: knownAt && `${knownAt}T23:59:59.999999+08:00`, basis }
  const { data, error, isPlaceholderData, refetch } = useRead('readTrialBalance', { path: { book }, query })
  const other = useRead(
    'readTrialBalance',
    { path: { book }, query: { asOf: than, basis } },
    { enabled: than !== undefined },
  )
  const rows = data?.rows.map((row) => ({
    ...row,
    other: than && other.data?.rows.find(({ account }) => account === row.account)?.balance,
  }))
  return (
    <div className="card">
      <Table
        label="科目余额表"
        columns={columnsOf(terms, book, { from, asOf, than })}
        rows={rows}
        rowKey={({ account }) => account}
        href={({ account }) => paths.book(book, 'statement', { account, from, to: asOf })}
        error={error}
        retry={() => void refetch()}
        stale={isPlaceholderData}
        empty="此账套截至该日没有发生额。"
        file={`科目余额表-${book}`}
        totals
        tools={
          <>
            <DayField inline label="本期自" value={from ?? ''} change={(value) => change({ from: value })} />
            <DayField inline label="业务日期截至" value={asOf ?? ''} change={(value) => change({ asOf: value })} />
            <DayField inline label="按记账日" value={knownAt ?? ''} change={(value) => change({ knownAt: value })} />
            <DayField inline label="对照" value={than ?? ''} change={(value) => change({ than: value })} />
            <Select
              aria-label="核算基础"
              placeholder="核算基础"
              allowClear
              style={{ width: 120 }}
              value={basis ?? null}
              onChange={(value: string | null) => change({ basis: value ?? undefined })}
              options={terms.options('bases')}
            />
          </>
        }
      />
      {data?.totals.map((total) => (
        <p className="note" key={total.basis}>
          {terms.name('bases', total.basis)}：借方余额合计与贷方余额合计{balanced(total) ? '相等 ✓' : '不等 ✗'}
        </p>
      ))}
      <RoundingNote />
    </div>
  )
}
