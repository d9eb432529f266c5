/** 分配: all allocations of subsidies, and the quarters that are scored. */
import { A } from '../address.tsx'
import type { AllocationSummary } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const columnsOf = ({ name }: Terms): readonly Column<AllocationSummary>[] => [
  {
    key: 'allocation',
    title: '分配',
    value: ({ allocation }) => allocation,
    show: ({ allocation }) => <A href={paths.allocation(allocation)}>{allocation}</A>,
  },
  { key: 'programme', title: '专项', value: ({ programme }) => programme },
  { key: 'year', title: '年度', value: ({ year }) => year },
  {
    key: 'indicator',
    title: '指标',
    value: ({ indicator }) => indicator,
    show: ({ indicator }) => <A href={paths.indicator(indicator)}>{indicator}</A>,
  },
  { key: 'variant', title: '公式', value: ({ variant }) => name('formulas', variant) },
  { key: 'recipients', title: '对象', value: ({ recipients }) => name('recipients', recipients) },
  { key: 'total', title: '金额', kind: 'amount', value: ({ total }) => total },
  { key: 'version', title: '版本', value: ({ version }) => version },
  {
    key: 'state',
    title: '状态',
    value: ({ state }) => name('allocation-states', state),
    show: ({ state }) => <Chip list="allocation-states" code={state} />,
  },
]

export default function Allocations() {
  const terms = useTerms()
  const { data, error, refetch } = useReadAll('listAllocations', {})
  return (
    <>
      <Head title="分配" sub={data && `共 ${data.length} 项`} />
      <div className="card">
        <Table
          label="分配"
          columns={columnsOf(terms)}
          rows={data}
          rowKey={({ allocation }) => allocation}
          href={({ allocation }) => paths.allocation(allocation)}
          error={error}
          retry={() => void refetch()}
          empty="没有分配。"
          file="分配"
          totals
        />
      </div>
    </>
  )
}
