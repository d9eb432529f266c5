/** One annual plan: capacity, batches, the queue, the trial of the next batch. */
import { Segmented } from 'antd'
import { useState } from 'react'
import { A } from '../address.tsx'
import { call } from '../api/call.ts'
import type { Plan } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ActionButton, allowedOf } from '../form/action-button.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction } from '../form/submit.ts'
import { useParam } from '../params.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { Money } from '../style/unit.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export default function PlanPage() {
  const district = useParam('district')
  const year = useParam('year')
  const { name } = useTerms()
  const { data, error, refetch } = useRead('readPlan', { path: { district, year } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data) return <p>正在读取…</p>
  const next = Math.max(0, ...data.batches.map(({ batch }) => batch)) + 1
  return (
    <>
      <Head
        title={`${name('districts', district)} ${year} 年计划`}
        sub={
          <>
            财力 <Money amount={data.capacity} /> · 尚余 <Money amount={data.left} />
          </>
        }
      />
      <div className="grid two">
        <section className="card" aria-label="排队">
          <h2>排队</h2>
          <Table
            label="排队"
            columns={[
              { key: 'priority', title: '次序', value: ({ priority }) => priority },
              {
                key: 'project',
                title: '项目',
                value: ({ project }) => project,
                show: ({ project }) => <A href={paths.project(project)}>{project}</A>,
              },
              { key: 'name', title: '名称', value: (row) => row.name },
              { key: 'need', title: '所需', kind: 'amount', value: ({ need }) => need },
              { key: 'batch', title: '批次', value: ({ batch }) => batch },
              {
                key: 'state',
                title: '状态',
                value: ({ state }) => name('project-states', state),
                show: ({ state }) => <Chip list="project-states" code={state} />,
              },
            ]}
            rows={data.queue}
            rowKey={({ project }) => project}
            href={({ project }) => paths.project(project)}
            empty="没有排队的项目。"
            file={`计划排队-${district}-${year}`}
            totals
          />
        </section>
        <div>
          <section className="card" aria-label="已定批次">
            <h2>已定批次</h2>
            <ul className="plain">
              {data.batches.map(({ batch, projects, total, mode, fixedBy }) => (
                <li key={batch}>
                  <span>
                    第 {batch} 批 · {projects} 个 · {name('batch-modes', mode)} · {fixedBy}
                  </span>
                  <Money amount={total} />
                </li>
              ))}
            </ul>
          </section>
          <Trial plan={data} batch={String(next)} />
        </div>
      </div>
    </>
  )
}

function Trial({ plan, batch }: { plan: Plan; batch: string }) {
  const { district, version } = plan
  const year = String(plan.year)
  const { options } = useTerms()
  const [mode, setMode] = useState<'strict' | 'fill'>('strict')
  const { data: may } = useRead('actionsOfPlan', { path: { district, year } }, { staleTime: 0 })
  const told = may?.actions.find(({ action }) => action === 'fixBatch')
  // The service tells of one way to fix a batch; what the other meets, it says when it is asked.
  const isOther = told !== undefined && told.code !== 'permission_denied' && told.with?.['mode'] !== mode
  const fix = useAction((key) => call('fixBatch', { path: { district, year, batch }, body: { mode }, key, version }))
  const { data, error } = useRead('tryBatch', { path: { district, year, batch }, query: { mode } })
  return (
    <section className="card" aria-label="试排下一批">
      <div className="top">
        <h2>试排第 {batch} 批</h2>
        <Segmented
          aria-label="方式"
          name="mode"
          value={mode}
          onChange={setMode}
          options={options('batch-modes') as { value: 'strict' | 'fill'; label: string }[]}
        />
      </div>
      {error && <ProblemNote error={error} />}
      {data && (
        <>
          <p>
            可列入 {data.projects.length} 个，合计 <Money amount={data.total} />
            ，余 <Money amount={data.left} />
            {data.stoppedAt !== null && `；止于 ${data.stoppedAt}`}
          </p>
          <ul className="plain">
            {data.projects.map(({ project, need }) => (
              <li key={project}>
                <A href={paths.project(project)}>{project}</A>
                <Money amount={need} />
              </li>
            ))}
          </ul>
        </>
      )}
      {fix.error && <ProblemNote error={fix.error} />}
      <ActionButton
        label={`确定第 ${batch} 批`}
        primary
        allowed={isOther || allowedOf(told)}
        pending={fix.isPending}
        act={() => fix.mutate()}
      />
    </section>
  )
}
