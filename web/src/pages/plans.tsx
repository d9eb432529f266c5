/** 年度计划: the plans of the districts. */
import { A } from '../address.tsx'
import { useReadAll } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Head } from '../style/head.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export default function Plans() {
  const { name } = useTerms()
  const { data, error, refetch } = useReadAll('listPlans', {})
  return (
    <>
      <Head title="年度计划" sub={data && `共 ${data.length} 个`} />
      <div className="card">
        <Table
          label="年度计划"
          columns={[
            {
              key: 'district',
              title: '区',
              value: ({ district }) => name('districts', district),
              show: ({ district, year }) => (
                <A href={paths.plan(district, String(year))}>{name('districts', district)}</A>
              ),
            },
            { key: 'year', title: '年度', value: ({ year }) => year },
            { key: 'capacity', title: '财力', kind: 'amount', value: ({ capacity }) => capacity },
          ]}
          rows={data}
          rowKey={({ district, year }) => `${district} ${year}`}
          href={({ district, year }) => paths.plan(district, String(year))}
          error={error}
          retry={() => void refetch()}
          empty="没有年度计划。"
          file="年度计划"
          totals
        />
      </div>
    </>
  )
}
