/** One allocation: its shares, two versions side by side with the difference and why, submitting it. */
import { Select } from 'antd'
import { A, useGo, useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { AllocationComparison, AllocationWithHistory } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { Bar } from '../charts/bar.tsx'
import { ActionButton, type Allowed, allowedOf } from '../form/action-button.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction } from '../form/submit.ts'
import { useParam } from '../params.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { Money } from '../style/unit.tsx'
import { type Column, Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'
import { AllocationWeights } from './allocation-weights.tsx'

export default function AllocationPage() {
  const id = useParam('allocation')
  const { data, error, refetch } = useRead('readAllocation', { path: { allocation: id } })
  const { data: may } = useRead('actionsOfAllocation', { path: { allocation: id } }, { staleTime: 0 })
  const [search, change] = useSearch()
  const { name } = useTerms()
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.allocation !== id) return <p>正在读取…</p>
  const { from, to } = search
  const allowed = (action: string) => allowedOf(may?.actions.find((one) => one.action === action))
  const versions = data.versions.map(({ version, note }) => ({
    value: String(version),
    label: `第 ${version} 版${note === undefined ? '' : ` ${note}`}`,
  }))
  const choice = (key: 'from' | 'to', label: string) => (
    <Select
      aria-label={label}
      placeholder={label}
      allowClear
      popupMatchSelectWidth={false}
      style={{ width: 150 }}
      value={search[key] ?? null}
      onChange={(value: string | null) => change({ [key]: value ?? undefined })}
      options={versions}
    />
  )
  return (
    <>
      <Head
        title={`分配 ${id}`}
        sub={
          <>
            <Chip list="allocation-states" code={data.state} /> {data.programme} {data.year} 年 ·{' '}
            {name('formulas', data.variant)} · 指标 <A href={paths.indicator(data.indicator)}>{data.indicator}</A> ·{' '}
            <Money amount={data.total} />
          </>
        }
      >
        <Submitting allocation={data} allowed={allowed('submitAllocation')} />
      </Head>
      <div className="card">
        <div className="tools">
          {choice('from', '版本')}
          {choice('to', '对照版本')}
        </div>
        {from !== undefined && to !== undefined ? (
          <Comparison allocation={id} from={from} to={to} />
        ) : (
          <Shares allocation={data} />
        )}
      </div>
      {data.state === 'draft' && (
        <AllocationWeights
          allocation={id}
          version={data.version}
          changes={data.changes}
          allowed={allowed('redraftAllocation')}
          saved={(version) => change({ from: String(data.version), to: String(version) })}
        />
      )}
    </>
  )
}

function Submitting({ allocation, allowed }: { allocation: AllocationWithHistory; allowed: Allowed }) {
  const go = useGo()
  const submit = useAction(
    (key) =>
      call('submitAllocation', { path: { allocation: allocation.allocation }, key, version: allocation.changes }),
    ({ approval }) => go(paths.approval(approval)),
  )
  return (
    <>
      {submit.error && <ProblemNote error={submit.error} />}
      <ActionButton label="送审" primary allowed={allowed} pending={submit.isPending} act={() => submit.mutate()} />
    </>
  )
}

type Share = AllocationWithHistory['shares'][number]

function Shares({ allocation }: { allocation: AllocationWithHistory }) {
  const { name } = useTerms()
  const districts = allocation.recipients === 'districts'
  const columns: readonly Column<Share>[] = [
    {
      key: 'recipient',
      title: districts ? '区' : '项目',
      value: ({ recipient }) => (districts ? name('districts', recipient) : recipient),
      show: ({ recipient }) =>
        districts ? name('districts', recipient) : <A href={paths.project(recipient)}>{recipient}</A>,
    },
    ...(districts
      ? []
      : [{ key: 'district', title: '区', value: ({ district }: Share) => name('districts', district) }]),
    { key: 'amount', title: '金额', kind: 'amount', value: ({ amount }) => amount },
  ]
  return (
    <Table
      label="份额"
      columns={columns}
      rows={allocation.shares}
      rowKey={({ recipient }) => recipient}
      empty="没有份额。"
      file={`分配-${allocation.allocation}`}
      totals
    />
  )
}

type Difference = AllocationComparison['shares'][number]

function Comparison({ allocation, from, to }: { allocation: string; from: string; to: string }) {
  const { name } = useTerms()
  const { data, error, isPlaceholderData, refetch } = useRead('compareAllocationVersions', {
    path: { allocation },
    query: { from, to },
  })
  const most = data?.shares.map(({ difference }) => difference) ?? []
  const columns: readonly Column<Difference>[] = [
    {
      key: 'recipient',
      title: '对象',
      value: ({ recipient, district }) => (recipient === district ? name('districts', district) : recipient),
    },
    { key: 'before', title: `第 ${from} 版`, kind: 'amount', value: ({ before }) => before },
    { key: 'after', title: `第 ${to} 版`, kind: 'amount', value: ({ after }) => after },
    { key: 'difference', title: '差额', kind: 'amount', value: ({ difference }) => difference },
    {
      key: 'bar',
      title: '差额图',
      value: () => '',
      show: ({ difference }) => <Bar amount={difference} all={most} />,
    },
    {
      key: 'why',
      title: '因何',
      value: ({ inputs }) =>
        inputs.map(({ input, before, after }) => `${input} ${before ?? '—'} → ${after ?? '—'}`).join('；'),
    },
  ]
  return (
    <Table
      label="版本对照"
      columns={columns}
      rows={data?.shares}
      rowKey={({ recipient }) => recipient}
      error={error}
      retry={() => void refetch()}
      stale={isPlaceholderData}
      empty="两版没有差别。"
      file={`分配对照-${allocation}`}
      totals
    />
  )
}
