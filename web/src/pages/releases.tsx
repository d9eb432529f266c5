/** 拨付: all releases, filtered in the address. */
import { Select } from 'antd'
import { A, useSearch } from '../address.tsx'
import { sheetOf } from '../api/call.ts'
import type { Release } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { Table, type Column } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const columnsOf = ({ name }: Terms): readonly Column<Release>[] => [
  {
    key: 'release',
    title: '拨付',
    value: ({ release }) => release,
    show: ({ release }) => <A href={paths.release(release)}>{release}</A>,
  },
  {
    key: 'allocation',
    title: '分配',
    value: ({ allocation }) => allocation,
    show: ({ allocation }) => <A href={paths.allocation(allocation)}>{allocation}</A>,
  },
  { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
  { key: 'kind', title: '种类', value: ({ kind }) => name('release-kinds', kind) },
  { key: 'tranche', title: '批次', value: ({ tranche }) => `第 ${tranche} 批` },
  { key: 'quarter', title: '季度', value: ({ quarter }) => quarter ?? '' },
  { key: 'amount', title: '金额', kind: 'amount', value: ({ amount }) => amount },
  { key: 'clawed', title: '已收回', kind: 'amount', value: ({ clawed }) => clawed },
  {
    key: 'state',
    title: '状态',
    value: ({ state }) => name('release-states', state),
    show: ({ state }) => <Chip list="release-states" code={state} />,
  },
  { key: 'releasedOn', title: '拨付日', value: ({ releasedOn }) => releasedOn ?? '' },
]

const exported = 'release allocation districtName kindName tranche quarter amount clawed stateName releasedOn'.split(
  ' ',
)

export default function Releases() {
  const terms = useTerms()
  const [search, change] = useSearch()
  const { state, kind, district, allocation, quarter } = search
  const query = { state, kind, district, allocation, quarter }
  const { data, error, isPlaceholderData, refetch } = useReadAll('listReleases', { query })
  const choice = (key: string, label: string, list: string) => (
    <Select
      aria-label={label}
      placeholder={label}
      allowClear
      popupMatchSelectWidth={false}
      style={{ width: 120 }}
      value={search[key] ?? null}
      onChange={(value: string | null) => change({ [key]: value ?? undefined })}
      options={terms.options(list)}
    />
  )
  return (
    <>
      <Head title="拨付" sub={data && `共 ${data.length} 笔`} />
      <div className="card">
        <Table
          label="拨付"
          columns={columnsOf(terms)}
          rows={data}
          rowKey={({ release }) => release}
          href={({ release }) => paths.release(release)}
          error={error}
          retry={() => void refetch()}
          stale={isPlaceholderData}
          empty="没有符合条件的拨付。"
          file="拨付"
          sheet={sheetOf('listReleases', { query, columns: exported })}
          totals
          tools={
            <>
              {choice('state', '状态', 'release-states')}
              {choice('kind', '种类', 'release-kinds')}
              {choice('district', '区', 'districts')}
            </>
          }
        />
      </div>
    </>
  )
}
