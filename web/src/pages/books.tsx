/** All books one may read. */
import { A } from '../address.tsx'
import type { Book } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Head } from '../style/head.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const columnsOf = ({ name }: Terms): readonly Column<Book>[] => [
  { key: 'code', title: '账套', value: ({ code }) => code, show: ({ code }) => <A href={paths.book(code)}>{code}</A> },
  { key: 'name', title: '名称', value: (book) => book.name },
  { key: 'standard', title: '会计制度', value: ({ standard }) => name('standards', standard) },
  { key: 'entity', title: '单位性质', value: ({ entity }) => (entity ? name('entities', entity) : '') },
  { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
  { key: 'sampleOf', title: '示例数据来源', value: ({ sampleOf }) => sampleOf ?? '' },
]

export default function Books() {
  const terms = useTerms()
  const { data, error, refetch } = useReadAll('listBooks', {})
  return (
    <>
      <Head title="账簿" sub={data && `共 ${data.length} 个账套`} />
      <div className="card">
        <Table
          label="账套"
          columns={columnsOf(terms)}
          rows={data}
          rowKey={({ code }) => code}
          href={({ code }) => paths.book(code)}
          error={error}
          retry={() => void refetch()}
          empty="没有账套。"
          file="账套"
        />
      </div>
    </>
  )
}
