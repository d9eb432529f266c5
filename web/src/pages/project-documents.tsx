/** The documents of a project, and moving it on: what is missing is said by the service when it is asked. */
import { Select } from 'antd'
import { call } from '../api/call.ts'
import type { Action, Operations, WholeProject } from '../api/operations.ts'
import { ActionButton, allowedOf } from '../form/action-button.tsx'
import { DayField, Field, TextField } from '../form/fields.tsx'
import { useRead } from '../api/read.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { Meanwhile } from '../form/meanwhile.tsx'
import { plain } from '../form/plain.ts'
import { useSubmit } from '../form/submit.ts'
import { useMay } from '../session.tsx'
import { Day } from '../style/time.tsx'
import { Table } from '../table/table.tsx'
import { OriginalField, WaitingFacts } from './waiting-facts.tsx'
import { useTerms } from '../terms.ts'

type State = WholeProject['state']
const states = [
  'reserve',
  'planned',
  'under_way',
  'accepted',
  'settled',
  'handed_over',
  'withdrawn',
] as const satisfies readonly State[]
const next: Readonly<Partial<Record<State, State>>> = {
  reserve: 'planned',
  planned: 'under_way',
  under_way: 'accepted',
  accepted: 'settled',
  settled: 'handed_over',
}

export function ProjectDocuments({ project }: { project: WholeProject }) {
  const { name } = useTerms()
  return (
    <div className="grid two">
      <section className="card" aria-label="文件">
        <h2>文件（{project.documents.length}）</h2>
        <Table
          label="文件"
          columns={[
            { key: 'kind', title: '种类', value: ({ kind }) => name('document-kinds', kind) },
            { key: 'number', title: '文号', value: ({ number }) => number },
            { key: 'on', title: '日期', value: ({ on }) => on },
            { key: 'by', title: '登记人', value: ({ recordedBy }) => recordedBy },
            {
              key: 'at',
              title: '登记',
              value: ({ recordedAt }) => recordedAt,
              show: ({ recordedAt }) => <Day at={recordedAt} />,
            },
          ]}
          rows={project.documents}
          rowKey={({ kind, number }) => `${kind} ${number}`}
          empty="尚未登记文件。"
          file={`文件-${project.project}`}
          whole
        />
      </section>
      <div>
        <WaitingFacts waiting={project.waiting} />
        <Moving key={project.version} project={project} />
        <Recording project={project} />
      </div>
    </div>
  )
}

const filled = <Fields extends Readonly<Record<string, string>>>(fields: Fields): Partial<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as Partial<Fields>

function Moving({ project: whole }: { project: WholeProject }) {
  const { project, state, version } = whole
  const { name } = useTerms()
  const base = {
    version,
    seen: {
      状态: name('project-states', state),
      状态日期: whole.stateOn,
      名称: whole.name,
      实施主体: whole.implementer,
    },
  }
  const { data: may } = useRead('actionsOfProject', { path: { project } }, { staleTime: 0 })
  const moves = (may?.actions ?? []).filter(({ action }) => action === 'moveProject')
  const moveTo = (state: State) => moves.find(({ with: by }) => by?.['to'] === state)
  const form = useSubmit(
    `move.${project}`,
    { to: next[state] ?? state, on: '', document: '', sha256: '', reason: '' },
    {
      base,
      send: ({ to, on, document, sha256, reason }, key, seen) =>
        call('moveProject', {
          path: { project },
          body: { to, ...filled({ on, document, sha256, reason }) },
          key,
          version: seen,
        }),
      done: () => undefined,
    },
  )
  const { to, on, document, sha256, reason } = form.draft
  return (
    <section className="card" aria-label="推进">
      <h2>推进（现为{name('project-states', state)}）</h2>
      <Field label="推进到">
        {(id) => (
          <Select
            id={id}
            aria-label="推进到"
            style={{ width: '100%' }}
            value={to}
            onChange={(value: State) => form.change({ to: value })}
            options={states.map((one) => ({ value: one, label: name('project-states', one), disabled: !moveTo(one) }))}
          />
        )}
      </Field>
      <DayField label="事实日期（空为今天）" value={on} change={(value) => form.change({ on: value })} />
      <Evidence document={document} sha256={sha256} change={form.change} />
      <TextField label="事由" value={reason} change={(value) => form.change({ reason: value })} />
      {form.error && <ProblemNote error={form.error} />}
      <Meanwhile
        former={form.former}
        now={base}
        mine={{ 状态: name('project-states', to), 状态日期: on || '今天' }}
        renew={form.renew}
      />
      <ActionButton
        label={`推进到${name('project-states', to)}`}
        primary
        allowed={form.former ? '请先看填写期间的改动' : to === state ? '已在此状态' : allowedOf(moveTo(to))}
        pending={form.isPending}
        act={form.send}
      />
      <Ahead moves={moves} />
    </section>
  )
}

type Original = { readonly document: string; readonly sha256: string }

/** What a step rests on: a document, and its original uploaded before. */
function Evidence({ document, sha256, change }: Original & { readonly change: (to: Partial<Original>) => void }) {
  return (
    <>
      <TextField label="依据文件" value={document} change={(value) => change({ document: value })} />
      <OriginalField
        why="先上传到账套；经另一人复核后生效"
        value={sha256}
        change={(hash) => change({ sha256: hash })}
      />
    </>
  )
}

/** Where the project may go from here, and what is missing. */
function Ahead({ moves }: { moves: readonly Action[] }) {
  const { name } = useTerms()
  if (moves.length === 0) return null
  return (
    <>
      <h2>由此可到</h2>
      <ul className="plain" aria-label="由此可到">
        {moves.map(({ with: by, allowed, detail, clause }) => (
          <li key={plain(by?.['to'])}>
            <span>
              {name('project-states', plain(by?.['to']))}：{allowed ? '条件已具备' : detail}
              {clause !== undefined && <span className="note">（{clause}）</span>}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

type DocumentKind = Operations['recordDocument']['body']['kind']

function Recording({ project: { project } }: { project: WholeProject }) {
  const may = useMay()
  const { options } = useTerms()
  const form = useSubmit(
    `document.${project}`,
    { kind: '', number: '', on: '', sha256: '' },
    {
      send: ({ kind, number, on, sha256 }, key) =>
        call('recordDocument', {
          path: { project },
          body: { kind: kind as DocumentKind, number, on, ...(sha256 && { sha256 }) },
          key,
        }),
      done: () => undefined,
    },
  )
  const { kind, number, on, sha256 } = form.draft
  return (
    <section className="card" aria-label="登记文件">
      <h2>登记文件</h2>
      <Field label="种类">
        {(id) => (
          <Select
            id={id}
            aria-label="文件种类"
            style={{ width: '100%' }}
            value={kind || null}
            onChange={(value: string) => form.change({ kind: value })}
            options={options('document-kinds')}
          />
        )}
      </Field>
      <TextField label="文号" value={number} change={(value) => form.change({ number: value })} />
      <DayField label="日期" value={on} change={(value) => form.change({ on: value })} />
      <OriginalField why="续筹承诺必填" value={sha256} change={(hash) => form.change({ sha256: hash })} />
      {form.error && <ProblemNote error={form.error} />}
      <ActionButton
        label="登记"
        allowed={!may('project.manage') ? '须由经办人员登记' : [kind, number, on].includes('') ? '请填齐三项' : true}
        pending={form.isPending}
        act={form.send}
      />
    </section>
  )
}
