/** 指标: what was appropriated to whom, from above to below. */
import { A, useSearch } from '../address.tsx'
import { sheetOf } from '../api/call.ts'
import type { Indicator } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const columnsOf = ({ name, both }: Terms): readonly Column<Indicator>[] => [
  {
    key: 'indicator',
    title: '指标',
    value: ({ indicator }) => indicator,
    show: ({ indicator }) => <A href={paths.indicator(indicator)}>{indicator}</A>,
  },
  { key: 'documentNumber', title: '文号', value: ({ documentNumber }) => documentNumber },
  { key: 'level', title: '级次', value: ({ level }) => name('levels', level) },
  { key: 'kind', title: '种类', value: ({ kind }) => name('indicator-kinds', kind) },
  { key: 'programme', title: '专项', value: ({ programme }) => programme },
  { key: 'source', title: '来源', value: ({ source }) => both('sources', source) },
  { key: 'year', title: '年度', value: ({ year }) => year },
  { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
  {
    key: 'parent',
    title: '上级指标',
    value: ({ parent }) => parent ?? '',
    show: ({ parent }) => (parent ? <A href={paths.indicator(parent)}>{parent}</A> : ''),
  },
  {
    key: 'state',
    title: '状态',
    value: ({ state }) => name('indicator-states', state),
    show: ({ state }) => <Chip list="indicator-states" code={state} />,
  },
]

export default function Indicators() {
  const terms = useTerms()
  const [{ parent, year }] = useSearch()
  const { data, error, refetch } = useReadAll('listIndicators', { query: { parent, year } })
  return (
    <>
      <Head title="指标与用款" sub={data && `共 ${data.length} 条`} />
      <div className="card">
        <Table
          label="指标"
          columns={columnsOf(terms)}
          rows={data}
          rowKey={({ indicator }) => indicator}
          href={({ indicator }) => paths.indicator(indicator)}
          error={error}
          retry={() => void refetch()}
          empty="没有指标。"
          file="指标"
          sheet={sheetOf('listIndicators', { query: { parent, year } })}
        />
      </div>
    </>
  )
}
