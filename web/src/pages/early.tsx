/** 早拨付: what could come early and why the rest cannot; asking for it, the job, its result. */
import { Progress } from 'antd'
import { A, useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { EarlyPlan } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction } from '../form/submit.ts'
import { useParam } from '../params.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.tsx'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export default function Early() {
  const quarter = useParam('quarter')
  const may = useMay()
  const [{ job, run }, change] = useSearch()
  const preview = useRead('previewEarlyDisbursement', { path: { quarter } }, { staleTime: 0 })
  const ask = useAction(
    (key, run: number) => call('askEarlyDisbursement', { path: { quarter }, body: { run }, key }),
    (answer) => change({ job: answer.job, run: String(answer.run) }),
  )
  return (
    <>
      <Head title={`早拨付 ${quarter}`} sub={<A href={paths.scores(quarter)}>本季度考核</A>}>
        <ActionButton
          label={`发起第 ${preview.data?.run ?? '…'} 轮`}
          primary
          allowed={!may('release.draft') ? '须由经办人员发起' : preview.data ? true : '先看预览'}
          pending={ask.isPending}
          act={() => preview.data && ask.mutate(preview.data.run)}
        />
      </Head>
      {ask.error && <ProblemNote error={ask.error} />}
      {job !== undefined && <JobCard id={job} />}
      {run !== undefined && <Result quarter={quarter} run={run} />}
      <section aria-label="预览">
        <h2>预览（此刻，未写入）</h2>
        {preview.error && <ProblemNote error={preview.error} retry={() => void preview.refetch()} />}
        {preview.data && <Plan plan={preview.data.result} label="预览" />}
      </section>
    </>
  )
}

const lookEveryMs = 1_500

function JobCard({ id }: { id: string }) {
  const { data, error } = useRead('readJob', { path: { id } }, { refetchInterval: lookEveryMs })
  if (error) return <ProblemNote error={error} />
  if (!data) return null
  const { progress } = data
  const percent = progress && progress.total > 0 ? Math.round((progress.done * 100) / progress.total) : 0
  return (
    <section className="card" aria-label="作业">
      <h2>
        作业 {id} <Chip list="job-states" code={data.state} />
      </h2>
      <Progress percent={data.state === 'done' ? 100 : percent} aria-label="作业进度" />
      {progress && <p className="note">{progress.note}</p>}
      {data.error && <p className="red">{data.error.title}</p>}
    </section>
  )
}

function Result({ quarter, run }: { quarter: string; run: string }) {
  const { data } = useRead('readEarlyRun', { path: { quarter, run } }, { refetchInterval: 3_000 })
  if (!data) return null
  return (
    <section aria-label="结果">
      <h2>第 {run} 轮结果</h2>
      <Plan plan={data.result} label={`第 ${run} 轮`} />
      <p>
        <A href={paths.releases({ quarter, kind: 'early' })}>由此产生的拨付</A>
      </p>
    </section>
  )
}

function Plan({ plan, label }: { plan: EarlyPlan; label: string }) {
  const { name } = useTerms()
  return (
    <div className="grid half">
      <section className="card" aria-label={`${label}：可早拨`}>
        <h2>可早拨（{plan.drafts.length}）</h2>
        <Table
          label={`${label}：可早拨`}
          columns={[
            { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
            { key: 'allocation', title: '分配', value: ({ allocation }) => allocation },
            { key: 'tranche', title: '批次', value: ({ tranche }) => tranche },
            { key: 'amount', title: '金额', kind: 'amount', value: ({ amount }) => amount },
            { key: 'score', title: '得分', value: ({ conditions }) => conditions.score },
            { key: 'satisfaction', title: '满意度', value: ({ conditions }) => conditions.satisfaction },
            { key: 'progress', title: '进度', value: ({ conditions }) => conditions.progress },
          ]}
          rows={plan.drafts}
          rowKey={({ district, allocation }) => `${district} ${allocation}`}
          empty="此刻没有可以早拨付的。"
          totals
          whole
        />
      </section>
      <section className="card" aria-label={`${label}：不能早拨`}>
        <h2>不能早拨（{plan.others.length}）</h2>
        <Table
          label={`${label}：不能早拨`}
          columns={[
            { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
            { key: 'allocation', title: '分配', value: ({ allocation }) => allocation ?? '' },
            { key: 'reason', title: '原因', value: ({ reason }) => name('early-reasons', reason) },
            {
              key: 'failed',
              title: '未满足',
              value: ({ failed, conditions }) =>
                (failed ?? []).map((one) => `${name('release-conditions', one)} ${conditions?.[one] ?? ''}`).join('；'),
            },
          ]}
          rows={plan.others}
          rowKey={({ district, allocation, reason }) => `${district} ${allocation} ${reason}`}
          empty="没有。"
          whole
        />
      </section>
    </div>
  )
}
