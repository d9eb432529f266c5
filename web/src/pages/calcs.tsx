/** 试算: all trial calculations. */
import { A } from '../address.tsx'
import { useRead } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Head } from '../style/head.tsx'
import { Table } from '../table/table.tsx'

export default function Calcs() {
  const { data, error, refetch } = useRead('listCalculations', {})
  return (
    <>
      <Head title="试算" sub={data && `共 ${data.items.length} 种`} />
      <div className="card">
        <Table
          label="试算"
          columns={[
            {
              key: 'about',
              title: '试算',
              value: ({ about }) => about.zh,
              show: ({ about, name }) => <A href={paths.calc(name)}>{about.zh}</A>,
            },
            { key: 'name', title: '名称', value: ({ name }) => name },
          ]}
          rows={data?.items}
          rowKey={({ name }) => name}
          href={({ name }) => paths.calc(name)}
          error={error}
          retry={() => void refetch()}
          empty="没有试算。"
        />
      </div>
    </>
  )
}
