/** What is built, at which cost, how far it has come; reporting progress. */
import { call } from '../api/call.ts'
import type { WholeProject } from '../api/operations.ts'
import { ActionButton } from '../form/action-button.tsx'
import { DayField, TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useSubmit } from '../form/submit.ts'
import { useMay } from '../session.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'
import { OriginalField, WaitingFacts } from './waiting-facts.tsx'

export function ProjectWorks({ project }: { project: WholeProject }) {
  const { both, name } = useTerms()
  return (
    <div className="grid two">
      <div>
        <section className="card" aria-label="建设内容">
          <h2>建设内容</h2>
          <Table
            label="建设内容"
            columns={[
              { key: 'item', title: '内容', value: ({ item }) => both('catalogue-items', item) },
              { key: 'quantity', title: '数量', value: ({ quantity }) => quantity },
              { key: 'cost', title: '造价', kind: 'amount', value: ({ cost }) => cost },
            ]}
            rows={project.items}
            rowKey={({ item }) => item}
            empty="尚未登记建设内容。"
            file={`建设内容-${project.project}`}
            totals
            whole
          />
        </section>
        {project.unfinished.length > 0 && (
          <section className="card" aria-label="未完成">
            <h2>未完成</h2>
            <ul className="plain">
              {project.unfinished.map((one) => (
                <li key={one.item + one.reason}>
                  {both('catalogue-items', one.item)} · {name('unfinished-causes', one.cause)} · {one.reason}
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <div>
        <WaitingFacts waiting={project.waiting} />
        <section className="card" aria-label="进度">
          <h2>进度</h2>
          <ul className="plain">
            {project.progress.toReversed().map(({ on, ratio, reportedBy, evidence }) => (
              <li key={on + ratio}>
                <span>
                  {on} · {percent(ratio)}
                  <div className="note">{evidence}</div>
                </span>
                <span className="note">{reportedBy}</span>
              </li>
            ))}
          </ul>
          <Reporting project={project} />
        </section>
      </div>
    </div>
  )
}

// "0.6125" → "61.25%", by its digits.
const percent = (ratio: string): string => {
  const [whole = '0', part = ''] = ratio.split('.')
  const digits = `${whole}${part.padEnd(2, '0')}`
  const left = digits.slice(0, whole.length + 2).replace(/^0+(?=\d)/, '')
  const right = digits.slice(whole.length + 2).replace(/0+$/, '')
  return `${left}${right === '' ? '' : `.${right}`}%`
}

function Reporting({ project: { project } }: { project: WholeProject }) {
  const may = useMay()
  const form = useSubmit(
    `progress.${project}`,
    { on: '', ratio: '', evidence: '', sha256: '' },
    { send: (body, key) => call('reportProgress', { path: { project }, body, key }), done: () => undefined },
  )
  const { on, ratio, evidence, sha256 } = form.draft
  return (
    <>
      <h2>报告进度</h2>
      <DayField label="截至日期" value={on} change={(value) => form.change({ on: value })} />
      <TextField
        label="完成比例（0 至 1，如 0.62）"
        value={ratio}
        change={(value) => form.change({ ratio: value.normalize('NFKC') })}
      />
      <TextField label="依据" value={evidence} change={(value) => form.change({ evidence: value })} />
      <OriginalField
        why="先上传到账套；经另一人复核后计入"
        value={sha256}
        change={(hash) => form.change({ sha256: hash })}
      />
      {form.error && <ProblemNote error={form.error} />}
      <ActionButton
        label="报告"
        allowed={
          !may('project.manage') ? '须由经办人员报告' : [on, ratio, evidence, sha256].includes('') ? '请填齐四项' : true
        }
        pending={form.isPending}
        act={form.send}
      />
    </>
  )
}
