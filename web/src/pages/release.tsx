/** One release: its conditions, its parts by project, its instructions to the treasury, what was clawed back. */
import { A } from '../address.tsx'
import type { ReleaseDetail } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { useParam } from '../params.ts'
import { paths } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { timeText } from '../style/time.tsx'
import { Money } from '../style/unit.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'
import { plain } from '../form/plain.ts'

const instructionStates: Readonly<Record<string, string>> = { drafted: '待发出', sending: '发送中', sent: '国库已收' }

export default function ReleasePage() {
  const id = useParam('release')
  const { data, error, refetch } = useRead('readRelease', { path: { id } })
  const { name } = useTerms()
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.release !== id) return <p>正在读取…</p>
  return (
    <>
      <Head
        title={`拨付 ${id}`}
        sub={
          <>
            <Chip list="release-states" code={data.state} /> {name('districts', data.district)} ·{' '}
            {name('release-kinds', data.kind)} 第 {data.tranche} 批
          </>
        }
      />
      <div className="grid two">
        <Parts release={data} />
        <div>
          <About release={data} />
          <Instructions release={data} />
        </div>
      </div>
    </>
  )
}

function About({ release }: { release: ReleaseDetail }) {
  const conditions = release.conditions
  const { name } = useTerms()
  return (
    <section className="card" aria-label="条件">
      <h2>条件与审批</h2>
      <dl className="facts">
        <dt>金额</dt>
        <dd>
          <Money amount={release.amount} />
        </dd>
        <dt>分配</dt>
        <dd>
          <A href={paths.allocation(release.allocation)}>{release.allocation}</A>
        </dd>
        <dt>审批</dt>
        <dd>
          <A href={paths.approval(release.approval)}>{release.approval}</A>
        </dd>
        <dt>经办</dt>
        <dd>
          {release.draftedBy} · {timeText(release.draftedAt)}
        </dd>
        {conditions !== null &&
          typeof conditions === 'object' &&
          Object.entries(conditions).map(([key, value]) => (
            <ConditionLine key={key} called={name('release-conditions', key)} value={value} />
          ))}
        {release.quarter !== undefined && (
          <>
            <dt>季度</dt>
            <dd>
              <A href={paths.scores(release.quarter)}>{release.quarter}</A>
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

const ConditionLine = ({ called, value }: { called: string; value: unknown }) => (
  <>
    <dt>{called}</dt>
    <dd>{plain(value)}</dd>
  </>
)

function Parts({ release }: { release: ReleaseDetail }) {
  return (
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
          { key: 'amount', title: '金额', kind: 'amount', value: ({ amount }) => amount },
        ]}
        rows={release.projects}
        rowKey={({ project }) => project}
        href={({ project }) => paths.project(project)}
        empty="拨付尚未分到项目。"
        file={`拨付-${release.release}`}
        totals
      />
    </section>
  )
}

function Instructions({ release }: { release: ReleaseDetail }) {
  const { name } = useTerms()
  return (
    <>
      <section className="card" aria-label="国库指令">
        <h2>国库指令</h2>
        {release.instructions.length === 0 && <p className="note">拨付生效后发出。</p>}
        <ul className="plain">
          {release.instructions.map(({ reference, amount, state, receipt, sentAt }) => (
            <li key={reference}>
              <span>
                {reference} · {instructionStates[state] ?? state}
                {receipt !== undefined && ` · 回执 ${receipt}`}
                {sentAt !== undefined && ` · ${timeText(sentAt)}`}
              </span>
              <Money amount={amount} />
            </li>
          ))}
        </ul>
      </section>
      {release.clawbacks.length > 0 && (
        <section className="card" aria-label="收回">
          <h2>收回</h2>
          <ul className="plain">
            {release.clawbacks.map(({ clawback, asked, cause, state, approval }) => (
              <li key={clawback}>
                <span>
                  <A href={paths.approval(approval)}>{clawback}</A> · {name('clawback-causes', cause)} ·{' '}
                  <Chip list="clawback-states" code={state} />
                </span>
                <Money amount={asked} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
