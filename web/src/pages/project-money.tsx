/** All money of a project by source, each figure down to the accounts it is the sum of. */
import { A } from '../address.tsx'
import type { ProjectMoney, WholeProject } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { paths } from '../paths.ts'
import { RoundingNote } from '../style/unit.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

type Row = ProjectMoney['sources'][number]
type Account = ProjectMoney['accounts'][number]
const columns = ['planned', 'assigned', 'committed', 'received', 'paid', 'inHand', 'remaining'] as const

const columnsOf = ({ both, name }: Terms): readonly Column<Row>[] => [
  { key: 'source', title: '来源', value: ({ source }) => both('sources', source) },
  ...columns.map((column) => ({
    key: column,
    title: name('money-columns', column),
    kind: 'amount' as const,
    value: (row: Row) => row[column],
  })),
]

const accountColumns = ({ both, name }: Terms, project: string): readonly Column<Account>[] => [
  { key: 'column', title: '栏目', value: ({ column }) => name('money-columns', column) },
  { key: 'source', title: '来源', value: ({ source }) => both('sources', source) },
  { key: 'book', title: '账套', value: ({ book }) => book },
  {
    key: 'account',
    title: '科目',
    value: ({ account }) => account,
    show: ({ account, book, source }) => (
      <A href={paths.book(book, 'statement', { account, project, source })}>{account}</A>
    ),
  },
  { key: 'debit', title: '借方', kind: 'amount', value: ({ debit }) => debit },
  { key: 'credit', title: '贷方', kind: 'amount', value: ({ credit }) => credit },
  { key: 'amount', title: '计入', kind: 'amount', value: ({ amount }) => amount },
]

export function ProjectMoneyTab({ project: { project } }: { project: WholeProject }) {
  const terms = useTerms()
  const { data, error, refetch } = useRead('readProjectMoney', { path: { project } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  return (
    <>
      <section className="card" aria-label="分来源">
        <h2>分来源</h2>
        <Table
          label="项目资金，分来源"
          columns={columnsOf(terms)}
          rows={data?.sources}
          rowKey={({ source }) => source}
          empty="此项目还没有资金：尚无批准的方案，也没有下达。"
          file={`项目资金-${project}`}
          totals
          whole
        />
        <RoundingNote />
      </section>
      {data && data.accounts.length > 0 && (
        <section className="card" aria-label="由哪些科目合计而来">
          <h2>由哪些科目合计而来</h2>
          <Table
            label="计入各栏的科目"
            columns={accountColumns(terms, project)}
            rows={data.accounts}
            rowKey={({ account, book, column, source }) => `${book} ${account} ${column} ${source}`}
            href={({ account, book, source }) => paths.book(book, 'statement', { account, project, source })}
            empty="没有科目。"
            file={`项目资金科目-${project}`}
            whole
          />
        </section>
      )}
    </>
  )
}
