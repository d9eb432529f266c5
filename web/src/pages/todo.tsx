/** 待办与审批: what waits for me, for others, what I made, what I decided. */
import { Select } from 'antd'
import { A, useSearch } from '../address.tsx'
import { sheetOf } from '../api/call.ts'
import type { ApprovalSummary } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { Day } from '../style/time.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const lists = { to_do: '待我办理', others: '等待他人', made: '我经办的', done: '已办', all: '全部' } as const

const columnsOf = ({ name }: Terms): readonly Column<ApprovalSummary>[] => [
  { key: 'id', title: '事项', value: ({ id }) => id, show: ({ id }) => <A href={paths.approval(id)}>{id}</A> },
  { key: 'kind', title: '种类', value: ({ kind }) => name('approval-kinds', kind) },
  { key: 'summary', title: '内容', value: ({ summary }) => summary },
  { key: 'district', title: '区', value: ({ district }) => (district ? name('districts', district) : '市级') },
  { key: 'amount', title: '金额', kind: 'amount', total: false, value: ({ amount }) => amount },
  { key: 'maker', title: '经办', value: ({ maker }) => maker },
  {
    key: 'state',
    title: '状态',
    value: ({ state }) => name('approval-states', state),
    show: ({ state }) => <Chip list="approval-states" code={state} />,
  },
  { key: 'openedAt', title: '提交', value: ({ openedAt }) => openedAt, show: ({ openedAt }) => <Day at={openedAt} /> },
]

export default function Todo() {
  const terms = useTerms()
  const [search, change] = useSearch()
  const mine = search['mine'] ?? 'to_do'
  const { kind } = search
  const query = { kind, mine: mine === 'all' ? undefined : mine }
  const { data, error, isPlaceholderData, refetch } = useReadAll('listApprovals', { query })
  return (
    <>
      <Head title="待办与审批" />
      <nav className="tabs" aria-label="哪些事项">
        {Object.entries(lists).map(([key, label]) => (
          <A
            key={key}
            href={paths.todo({ mine: key === 'to_do' ? undefined : key, kind })}
            aria-current={mine === key ? 'page' : undefined}
          >
            {label}
            {mine === key && data && !isPlaceholderData ? ` ${data.length}` : ''}
          </A>
        ))}
      </nav>
      <div className="card">
        <Table
          label="事项"
          columns={columnsOf(terms)}
          rows={data}
          rowKey={({ id }) => id}
          href={({ id }) => paths.approval(id)}
          error={error}
          retry={() => void refetch()}
          stale={isPlaceholderData}
          empty={mine === 'to_do' ? '此刻没有等待您办理的事项。' : '没有事项。'}
          file="审批事项"
          sheet={sheetOf('listApprovals', { query })}
          tools={
            <Select
              aria-label="种类"
              placeholder="种类"
              allowClear
              popupMatchSelectWidth={false}
              style={{ width: 180 }}
              value={kind ?? null}
              onChange={(value: string | null) => change({ kind: value ?? undefined })}
              options={terms.options('approval-kinds')}
            />
          }
        />
      </div>
    </>
  )
}
