/** 考核: the districts of a quarter by their score, each figure with its weight and points. */
import { Input } from 'antd'
import { A, useGo } from '../address.tsx'
import type { Score } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { useParam } from '../params.ts'
import { paths } from '../paths.ts'
import { Head } from '../style/head.tsx'
import { type Column, Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export default function Scores() {
  const quarter = useParam('quarter')
  const go = useGo()
  const { name } = useTerms()
  const { data, error, isPlaceholderData, refetch } = useRead('listScores', { path: { quarter } })
  const indicators = data?.items[0]?.score.indicators.map(({ indicator }) => indicator) ?? []
  const columns: readonly Column<Score>[] = [
    { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
    { key: 'total', title: '总分', kind: 'count', total: false, value: ({ total }) => total },
    ...indicators.map((indicator) => ({
      key: indicator,
      title: name('score-indicators', indicator),
      kind: 'count' as const,
      total: false,
      value: ({ score }: Score) => score.indicators.find((one) => one.indicator === indicator)?.points,
      show: ({ score }: Score) => {
        const one = score.indicators.find((found) => found.indicator === indicator)
        return one ? <span title={`实际 ${one.value}，目标 ${one.target}，权重 ${one.weight}`}>{one.points}</span> : '—'
      },
    })),
    { key: 'version', title: '版本', value: ({ version }) => version },
    { key: 'frozen', title: '已用于早拨付', value: ({ frozen, runs }) => (frozen ? `第 ${runs.join('、')} 轮` : '') },
    { key: 'computedBy', title: '计分', value: ({ computedBy }) => computedBy },
  ]
  return (
    <>
      <Head title={`考核 ${quarter}`} sub={<A href={paths.early(quarter)}>本季度早拨付</A>} />
      <div className="card">
        <Table
          label="考核得分"
          columns={columns}
          rows={data && [...data.items].toSorted((a, b) => Number(b.total) - Number(a.total))}
          rowKey={({ district, version }) => `${district} ${version}`}
          error={error}
          retry={() => void refetch()}
          stale={isPlaceholderData}
          empty="本季度尚未计分。"
          file={`考核-${quarter}`}
          tools={
            <Input.Search
              aria-label="季度"
              defaultValue={quarter}
              style={{ width: 140 }}
              onSearch={(value) => value !== '' && go(paths.scores(value.trim()))}
            />
          }
        />
      </div>
    </>
  )
}
