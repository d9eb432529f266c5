/** 政策参数: every number of the rules, its value in force, its dates and clauses, and who reads it. */
import { Input } from 'antd'
import { useSearch } from '../address.tsx'
import type { Json, PolicyParameter } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { DayField } from '../form/fields.tsx'
import { Head } from '../style/head.tsx'
import { type Column, Table } from '../table/table.tsx'

const textOf = (value: Json): string => {
  if (Array.isArray(value))
    return value.length > 6 ? `${value.length} 项` : value.map((part) => textOf(part as Json)).join('、')
  if (value !== null && typeof value === 'object')
    return Object.entries(value)
      .map(([name, part]) => `${name} ${textOf(part)}`)
      .join('；')
  return String(value)
}

const inForce = ({ values }: PolicyParameter) => values.find((one) => one.inForce)

const columns: readonly Column<PolicyParameter>[] = [
  { key: 'topic', title: '类别', value: ({ topic }) => topic.zh },
  { key: 'name', title: '参数', value: ({ name, parameter }) => name.zh || parameter },
  {
    key: 'value',
    title: '现行值',
    value: (row) => {
      const value = inForce(row)
      return value ? `${textOf(value.value)} ${row.unit.zh}` : '尚无'
    },
  },
  { key: 'from', title: '自', value: (row) => inForce(row)?.from ?? '' },
  { key: 'clause', title: '依据', value: (row) => inForce(row)?.clause ?? '' },
  { key: 'readBy', title: '何处使用', value: ({ readBy }) => readBy.join('、') },
]

export default function Policy() {
  const [{ q, on }, change] = useSearch()
  const { data, error, isPlaceholderData, refetch } = useRead('listPolicy', { query: { q, on } })
  return (
    <>
      <Head title="政策参数" sub={data && `共 ${data.items.length} 项`} />
      <div className="card">
        <Table
          label="政策参数"
          columns={columns}
          rows={data?.items}
          rowKey={({ parameter }) => parameter}
          error={error}
          retry={() => void refetch()}
          stale={isPlaceholderData}
          empty="没有符合的参数。"
          file="政策参数"
          tools={
            <>
              <Input.Search
                aria-label="查找参数"
                placeholder="名称、条款"
                defaultValue={q ?? ''}
                style={{ width: 220 }}
                onSearch={(value) => change({ q: value })}
              />
              <DayField inline label="何日适用" value={on ?? ''} change={(value) => change({ on: value })} />
            </>
          }
        />
      </div>
    </>
  )
}
