/** 小区: the register of communities. */
import { Select } from 'antd'
import { A, useSearch } from '../address.tsx'
import { sheetOf } from '../api/call.ts'
import type { Community } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { paths } from '../paths.ts'
import { useSession } from '../session.tsx'
import { Head } from '../style/head.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const columnsOf = ({ name }: Terms): readonly Column<Community>[] => [
  {
    key: 'community',
    title: '小区编号',
    value: ({ community }) => community,
    show: ({ community }) => <A href={paths.community(community)}>{community}</A>,
  },
  { key: 'name', title: '名称', value: (row) => row.name },
  { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
  { key: 'builtYear', title: '建成年份', value: ({ builtYear }) => builtYear },
  {
    key: 'ownersBody',
    title: '业主组织',
    value: ({ ownersBody, ownersBodyOn }) => (ownersBody ? (ownersBodyOn ?? '有') : ''),
  },
  {
    key: 'trustService',
    title: '信托制物业',
    value: ({ trustService, trustServiceOn }) => (trustService ? (trustServiceOn ?? '有') : ''),
  },
  { key: 'fundPromisedOn', title: '续筹承诺', value: ({ fundPromisedOn }) => fundPromisedOn ?? '' },
]

export default function Communities() {
  const terms = useTerms()
  const { district: own } = useSession()
  const [{ district }, change] = useSearch()
  const { data, error, isPlaceholderData, refetch } = useReadAll('listCommunities', { query: { district } })
  return (
    <>
      <Head title="小区" sub={data && `共 ${data.length} 个`} />
      <div className="card">
        <Table
          label="小区"
          columns={columnsOf(terms)}
          rows={data}
          rowKey={({ community }) => community}
          href={({ community }) => paths.community(community)}
          error={error}
          retry={() => void refetch()}
          stale={isPlaceholderData}
          empty="没有小区。"
          file="小区"
          sheet={sheetOf('listCommunities', { query: { district } })}
          tools={
            own === undefined && (
              <Select
                aria-label="区"
                placeholder="区"
                allowClear
                style={{ width: 130 }}
                value={district ?? null}
                onChange={(value: string | null) => change({ district: value ?? undefined })}
                options={terms.options('districts')}
              />
            )
          }
        />
      </div>
    </>
  )
}
