/** One appropriation line: what it holds on its two axes, by district and by project, and its history. */
import { A } from '../address.tsx'
import type { Availability } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { useParam } from '../params.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { Moment } from '../style/time.tsx'
import { Money } from '../style/unit.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export default function IndicatorPage() {
  const id = useParam('indicator')
  const { name, both } = useTerms()
  const { data, error, refetch } = useRead('readIndicator', { path: { indicator: id } })
  const held = useRead('readAvailability', { path: { indicator: id } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.indicator !== id) return <p>正在读取…</p>
  return (
    <>
      <Head
        title={`指标 ${id}`}
        sub={
          <>
            <Chip list="indicator-states" code={data.state} /> {name('levels', data.level)} · {data.documentNumber} ·{' '}
            {data.purpose} · {both('sources', data.source)} · {data.year} 年 · {name('payments', data.payment)} · 账套{' '}
            <A href={paths.book(data.book)}>{data.book}</A>
            {data.parent !== undefined && (
              <>
                {' '}
                · 上级 <A href={paths.indicator(data.parent)}>{data.parent}</A>
              </>
            )}{' '}
            · <A href={paths.indicators({ parent: id })}>下级指标</A>
          </>
        }
      />
      {held.error && <ProblemNote error={held.error} />}
      {held.data && <Held held={held.data} />}
      <History indicator={id} />
    </>
  )
}

function Axes({ held }: { held: Availability }) {
  const axes: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      '指标的去向',
      [
        ['批复', held.approved],
        ['已分配', held.allotted],
        ['已下达额度', held.issued],
        ['结转', held.carried],
        ['可用', held.available],
      ],
    ],
    [
      '承诺的占用',
      [
        ['可承诺总额', held.committableApproved],
        ['已承诺', held.committed],
        ['承诺已支付', held.committedPaid],
        ['尚可承诺', held.committable],
      ],
    ],
  ]
  return (
    <div className="grid half">
      {axes.map(([title, lines]) => (
        <section className="card" key={title} aria-label={title}>
          <h2>{title}</h2>
          <ul className="plain">
            {lines.map(([label, amount]) => (
              <li key={label}>
                <span>{label}</span>
                <Money amount={amount} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function Held({ held }: { held: Availability }) {
  const { name } = useTerms()
  return (
    <>
      <Axes held={held} />
      {held.byDistrict.length > 0 && (
        <section className="card" aria-label="按区">
          <h2>按区</h2>
          <Table
            label="按区"
            columns={[
              { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
              { key: 'allotted', title: '已分配', kind: 'amount', value: ({ allotted }) => allotted },
              { key: 'released', title: '已拨付', kind: 'amount', value: ({ released }) => released },
            ]}
            rows={held.byDistrict}
            rowKey={({ district }) => district}
            empty="没有分配到区。"
            file={`指标按区-${held.indicator}`}
            totals
            whole
          />
        </section>
      )}
      {held.byProject.length > 0 && (
        <section className="card" aria-label="按项目">
          <h2>按项目</h2>
          <Table
            label="按项目"
            columns={[
              {
                key: 'project',
                title: '项目',
                value: ({ project }) => project,
                show: ({ project }) => <A href={paths.project(project)}>{project}</A>,
              },
              { key: 'issued', title: '已下达额度', kind: 'amount', value: ({ issued }) => issued },
              { key: 'available', title: '可用', kind: 'amount', value: ({ available }) => available },
              { key: 'committed', title: '已承诺', kind: 'amount', value: ({ committed }) => committed },
              { key: 'committable', title: '尚可承诺', kind: 'amount', value: ({ committable }) => committable },
            ]}
            rows={held.byProject}
            rowKey={({ project }) => project}
            href={({ project }) => paths.project(project)}
            empty="没有分到项目。"
            file={`指标按项目-${held.indicator}`}
            totals
          />
        </section>
      )}
    </>
  )
}

function History({ indicator }: { indicator: string }) {
  const { data } = useRead('readIndicatorHistory', { path: { indicator } })
  return (
    <section className="card" aria-label="经过">
      <h2>经过</h2>
      <ul className="plain">
        {data?.items.map(({ noun, id, version, verb, person, at }) => (
          <li key={`${noun} ${id} ${version} ${verb} ${at}`}>
            <span>
              {id === indicator ? verb : `${id} ${verb}`} · {person}
            </span>
            <span className="note">
              <Moment at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
