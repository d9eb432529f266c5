/** One community: its buildings and its dwellings. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { call, sheetOf } from '../api/call.ts'
import { useRead } from '../api/read.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { useParam } from '../params.ts'
import { Head } from '../style/head.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export default function CommunityPage() {
  const id = useParam('community')
  const { name } = useTerms()
  const { data, error, refetch } = useRead('readCommunity', { path: { community: id } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.community !== id) return <p>正在读取…</p>
  return (
    <>
      <Head title={`${id} ${data.name}`} sub={name('districts', data.district)} />
      <section className="card" aria-label="楼栋">
        <h2>楼栋</h2>
        <Table
          label="楼栋"
          columns={[
            { key: 'building', title: '楼栋', value: ({ building }) => building },
            { key: 'name', title: '名称', value: (row) => row.name },
            { key: 'floors', title: '层数', value: ({ floors }) => floors },
            { key: 'households', title: '户数', kind: 'count', value: ({ households }) => households },
            { key: 'area', title: '面积（㎡）', value: ({ area }) => area },
          ]}
          rows={data.buildings}
          rowKey={({ building }) => building}
          empty="没有楼栋。"
          file={`楼栋-${id}`}
          totals
          whole
        />
      </section>
      <Dwellings community={id} />
    </>
  )
}

function Dwellings({ community }: { community: string }) {
  const { name } = useTerms()
  const { data, error, fetchNextPage, hasNextPage, refetch } = useInfiniteQuery({
    queryKey: ['listDwellings', community],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor, signal }) =>
      call('listDwellings', { path: { community }, query: { cursor, limit: '500' }, signal }),
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  return (
    <section className="card" aria-label="房屋">
      <h2>房屋</h2>
      <Table
        label="房屋"
        columns={[
          { key: 'building', title: '楼栋', value: ({ building }) => building },
          { key: 'dwelling', title: '房屋', value: ({ dwelling }) => dwelling },
          { key: 'ownership', title: '产权', value: ({ ownership }) => name('ownerships', ownership) },
          { key: 'area', title: '面积（㎡）', value: ({ area }) => area },
        ]}
        rows={data?.pages.flatMap(({ items }) => items)}
        rowKey={({ building, dwelling }) => `${building} ${dwelling}`}
        error={error}
        retry={() => void refetch()}
        empty="没有房屋。"
        file={`房屋-${community}`}
        sheet={sheetOf('listDwellings', { path: { community } })}
        ordered
        more={hasNextPage ? () => void fetchNextPage() : undefined}
      />
    </section>
  )
}
