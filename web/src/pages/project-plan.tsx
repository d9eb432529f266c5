/** The funding plan: versions, and of one the matrix of what is paid by which source, with the gap. */
import { lazy, Suspense } from 'react'
import { A, useGo, useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { FundingPlan, WholeProject } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction } from '../form/submit.ts'
import { fenOf, formatFen } from '../money.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.tsx'
import { Chip } from '../style/chip.tsx'
import { Money } from '../style/unit.tsx'
import { type Column, Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

const PlanDraft = lazy(() => import('./plan-draft.tsx'))

export function ProjectPlan({ project: whole }: { project: WholeProject }) {
  const { project } = whole
  const [search, change] = useSearch()
  const may = useMay()
  const { data, error, refetch } = useRead('listFundingPlans', { path: { project } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data) return <p>正在读取…</p>
  const inForce = data.items.find(({ state }) => state === 'approved') ?? data.items.at(-1)
  const version = search['version'] ?? inForce?.version.toString()
  const isDrafting = search['draft'] !== undefined && may('plan.manage')
  return (
    <>
      <div className="actions">
        <ActionButton
          label="编制方案"
          allowed={!may('plan.manage') ? '须由经办人员编制' : isDrafting ? '正在编制' : true}
          act={() => change({ draft: '1' })}
        />
      </div>
      {isDrafting && (
        <Suspense fallback={<p>正在打开…</p>}>
          <PlanDraft project={whole} done={(made) => change({ draft: undefined, version: String(made.version) })} />
        </Suspense>
      )}
      {version === undefined && <p className="empty">此项目还没有资金方案。</p>}
      <nav className="tabs" aria-label="方案版本">
        {data.items.map((one) => (
          <A
            key={one.version}
            href={paths.project(project, 'plan', { version: String(one.version) })}
            aria-current={String(one.version) === version ? 'page' : undefined}
          >
            第 {one.version} 版 <Chip list="plan-states" code={one.state} />
          </A>
        ))}
      </nav>
      {version !== undefined && <Version project={project} version={version} />}
    </>
  )
}

function Version({ project, version }: { project: string; version: string }) {
  const { name } = useTerms()
  const { data, error, refetch } = useRead('readFundingPlan', { path: { project, version } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data) return <p>正在读取…</p>
  return (
    <>
      <section className="card" aria-label="方案">
        <dl className="facts">
          <dt>种类</dt>
          <dd>{name('plan-kinds', data.kind)}</dd>
          <dt>总额</dt>
          <dd>
            <Money amount={data.total} />
          </dd>
          <dt>缺口</dt>
          <dd>
            <Money amount={data.gap} />
          </dd>
          <dt>编制</dt>
          <dd>
            {data.maker} · {data.madeAt.slice(0, 10)}
          </dd>
          {data.approval !== null && (
            <>
              <dt>审批</dt>
              <dd>
                <A href={paths.approval(data.approval)}>{data.approval}</A>
              </dd>
            </>
          )}
        </dl>
        <Submitting plan={data} />
      </section>
      <section className="card" aria-label="建设内容与来源">
        <h2>建设内容与来源</h2>
        <Matrix plan={data} />
      </section>
    </>
  )
}

function Submitting({ plan }: { plan: FundingPlan }) {
  const may = useMay()
  const go = useGo()
  const submit = useAction(
    (key) => call('submitFundingPlan', { path: { project: plan.project, version: String(plan.version) }, key }),
    ({ approval }) => go(paths.approval(approval)),
  )
  const allowed = !may('plan.manage')
    ? '须由经办人员送审'
    : plan.state !== 'draft'
      ? '只有草稿可以送审'
      : fenOf(plan.gap) !== 0n
        ? '方案有缺口，须先补足'
        : true
  return (
    <>
      {submit.error && <ProblemNote error={submit.error} />}
      <ActionButton label="送审" primary allowed={allowed} pending={submit.isPending} act={() => submit.mutate()} />
    </>
  )
}

type Line = FundingPlan['lines'][number]

function Matrix({ plan }: { plan: FundingPlan }) {
  const { both, name } = useTerms()
  const sources = [...new Set(plan.shares.map(({ source }) => source))].toSorted()
  const paid = (line: string, source?: string) =>
    plan.shares
      .filter((share) => share.line === line && (source === undefined || share.source === source))
      .reduce((sum, { amount }) => sum + fenOf(amount), 0n)
  const columns: readonly Column<Line>[] = [
    { key: 'line', title: '项次', value: ({ line }) => line },
    {
      key: 'item',
      title: '内容',
      value: ({ item, purpose }) => (item ? both('catalogue-items', item) : name('purposes', purpose)),
    },
    ...sources.map((source) => ({
      key: source,
      title: both('sources', source),
      kind: 'amount' as const,
      value: ({ line }: Line) => formatFen(paid(line, source)),
    })),
    { key: 'amount', title: '费用', kind: 'amount', value: ({ amount }) => amount },
    { key: 'gap', title: '缺口', kind: 'amount', value: ({ line, amount }) => formatFen(fenOf(amount) - paid(line)) },
  ]
  return (
    <Table
      label="建设内容与来源"
      columns={columns}
      rows={plan.lines}
      rowKey={({ line }) => line}
      empty="方案没有内容。"
      file={`资金方案-${plan.project}-${plan.version}`}
      totals
    />
  )
}
