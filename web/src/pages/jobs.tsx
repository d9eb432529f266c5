/** 作业: what runs later, how it stands; the operator retries and cancels. */
import { Select } from 'antd'
import { useState } from 'react'
import { useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { Job } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction } from '../form/submit.ts'
import { useMay } from '../session.tsx'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { timeText } from '../style/time.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export default function Jobs() {
  const terms = useTerms()
  const [search, change] = useSearch()
  const { state, job } = search
  const { data, error, isPlaceholderData, refetch } = useRead(
    'listJobs',
    { query: { state, limit: '200' } },
    { refetchInterval: 10_000 },
  )
  const chosen = data?.items.find(({ id }) => id === job)
  return (
    <>
      <Head title="作业" />
      {chosen && <JobCard key={chosen.id} job={chosen} />}
      <div className="card">
        <Table
          label="作业"
          columns={[
            {
              key: 'id',
              title: '编号',
              value: ({ id }) => id,
              show: ({ id }) => (
                <button type="button" className="link" onClick={() => change({ job: id })}>
                  {id}
                </button>
              ),
            },
            { key: 'title', title: '作业', value: ({ title }) => title },
            {
              key: 'state',
              title: '状态',
              value: (row) => terms.name('job-states', row.state),
              show: (row) => <Chip list="job-states" code={row.state} />,
            },
            {
              key: 'progress',
              title: '进度',
              value: ({ progress }) => (progress ? `${progress.done}/${progress.total}` : ''),
            },
            { key: 'attempts', title: '次数', value: ({ attempts }) => attempts },
            { key: 'askedBy', title: '提出', value: ({ askedBy }) => askedBy },
            { key: 'askedAt', title: '提出时刻', value: ({ askedAt }) => timeText(askedAt) },
            { key: 'error', title: '错误', value: (row) => row.error?.title ?? '' },
          ]}
          rows={data?.items}
          rowKey={({ id }) => id}
          error={error}
          retry={() => void refetch()}
          stale={isPlaceholderData}
          empty="没有作业。"
          file="作业"
          ordered
          tools={
            <Select
              aria-label="状态"
              placeholder="状态"
              allowClear
              style={{ width: 120 }}
              value={state ?? null}
              onChange={(value: string | null) => change({ state: value ?? undefined })}
              options={terms.options('job-states')}
            />
          }
        />
      </div>
    </>
  )
}

function JobCard({ job }: { job: Job }) {
  const may = useMay()
  const [reason, setReason] = useState('')
  const retry = useAction((key) => call('retryJob', { path: { id: job.id }, key }))
  const cancel = useAction((key) => call('cancelJob', { path: { id: job.id }, body: { reason }, key }))
  const operates = may('job.operate')
  const failed = retry.error ?? cancel.error
  return (
    <section className="card" aria-label={`作业 ${job.id}`}>
      <h2>
        {job.title} {job.id} <Chip list="job-states" code={job.state} />
      </h2>
      {job.error && (
        <p className="red">
          {job.error.title} {job.error.detail}
        </p>
      )}
      {failed && <ProblemNote error={failed} />}
      <TextField label="撤销事由" value={reason} change={setReason} />
      <div className="tools">
        <ActionButton
          label="重新执行"
          allowed={!operates ? '须由运维人员办理' : job.state === 'parked' ? true : '只有搁置的作业可以重新执行'}
          pending={retry.isPending}
          act={() => retry.mutate()}
        />
        <ActionButton
          label="撤销"
          danger
          allowed={
            !operates
              ? '须由运维人员办理'
              : ['done', 'cancelled'].includes(job.state)
                ? '已结束'
                : reason.trim() === ''
                  ? '请写明事由'
                  : true
          }
          pending={cancel.isPending}
          act={() => cancel.mutate()}
        />
      </div>
    </section>
  )
}
