/** The chart of a book. */
import { A } from '../address.tsx'
import type { Account } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { paths } from '../paths.ts'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const dimensions: Readonly<Record<string, string>> = {
  project: '项目',
  source: '来源',
  counterparty: '往来单位',
  item: '改造内容',
  contract: '合同',
  dwelling: '房屋',
  indicator: '指标',
  segment: '分段',
  debt: '债务',
}
const words = (names: readonly string[]): string => names.map((one) => dimensions[one] ?? one).join('、')

const columnsOf = ({ name }: Terms, book: string): readonly Column<Account>[] => [
  {
    key: 'code',
    title: '科目',
    value: ({ code }) => code,
    show: ({ code, postable }) =>
      postable ? <A href={paths.book(book, 'statement', { account: code })}>{code}</A> : code,
  },
  { key: 'name', title: '名称', value: (account) => account.name },
  { key: 'basis', title: '核算基础', value: ({ basis }) => name('bases', basis) },
  { key: 'side', title: '余额方向', value: ({ side }) => (side === 'debit' ? '借' : '贷') },
  { key: 'guarded', title: '不得为负', value: ({ guarded }) => (guarded ? '是' : '') },
  { key: 'postable', title: '末级', value: ({ postable }) => (postable ? '是' : '') },
  { key: 'keptBy', title: '分别核算', value: ({ keptBy }) => words(keptBy) },
]

export function BookAccounts({ book }: { book: string }) {
  const terms = useTerms()
  const { data, error, refetch } = useRead('listAccounts', { path: { book } })
  return (
    <div className="card">
      <Table
        label="科目"
        columns={columnsOf(terms, book)}
        rows={data?.items}
        rowKey={({ code }) => code}
        href={({ code }) => paths.book(book, 'statement', { account: code })}
        error={error}
        retry={() => void refetch()}
        empty="没有科目。"
        file={`科目-${book}`}
      />
    </div>
  )
}
