/**
 * 编制资金方案: what costs what, by which source; the gap of each line, and which source may pay it. The service says
 * who may pay what and solves the plan; nothing is kept before it is saved. Loaded when it is asked for.
 */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { call } from '../api/call.ts'
import type { FundingPlanSummary, WholeProject } from '../api/operations.ts'
import { ActionButton, type Allowed } from '../form/action-button.tsx'
import { TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useSubmit } from '../form/submit.ts'
import { amountTyped, fenOf, formatFen, shown, sumFen } from '../money.ts'
import { useTerms } from '../terms.ts'

type Line = { readonly line: string; readonly item: string; readonly amount: string }
/** `cells`: amounts as typed, by line and source; `limits`: what a source has. */
type Draft = {
  readonly lines: readonly Line[]
  readonly sources: readonly string[]
  readonly cells: Readonly<Record<string, string>>
  readonly limits: Readonly<Record<string, string>>
  readonly note: string
}

const cellOf = (line: string, source: string): string => `${line} ${source}`
const fenTyped = (text: string | undefined): bigint => fenOf(amountTyped(text ?? '') ?? '0')
const isAmount = (text: string | undefined): boolean =>
  (text ?? '').trim() === '' || amountTyped(text ?? '') !== undefined

const paidOf = ({ sources, cells }: Draft, line: string): bigint =>
  sumFen(sources.map((source) => fenTyped(cells[cellOf(line, source)])))

const linesOf = ({ lines }: Draft) =>
  lines.map(({ line, item, amount }) => ({ line, item, amount: amountTyped(amount) ?? amount }))

/** Lines the service can judge: with an item and an amount. */
const known = (draft: Draft) => linesOf(draft).filter(({ item, amount }) => item !== '' && fenTyped(amount) > 0n)

export default function PlanDraft({
  project: { project, items },
  done,
}: {
  project: WholeProject
  done: (plan: FundingPlanSummary) => void
}) {
  const empty: Draft = {
    lines: items.map(({ item, cost }, index) => ({ line: `L${index + 1}`, item, amount: cost })),
    sources: [],
    cells: {},
    limits: {},
    note: '',
  }
  const form = useSubmit(`plan.${project}`, empty, {
    send: (draft, key) =>
      call('draftFundingPlan', {
        path: { project },
        body: {
          lines: linesOf(draft),
          shares: draft.lines.flatMap(({ line }) =>
            draft.sources.flatMap((source) => {
              const fen = fenTyped(draft.cells[cellOf(line, source)])
              return fen > 0n ? [{ line, source, amount: formatFen(fen) }] : []
            }),
          ),
          ...(draft.note.trim() !== '' && { note: draft.note.trim() }),
        },
        key,
      }),
    done,
  })
  const { draft, change } = form
  const solve = useMutation({
    mutationFn: () =>
      call('proposeFundingPlan', {
        path: { project },
        body: {
          lines: known(draft),
          // The order of the columns is the order in which they pay.
          sources: draft.sources.map((source, index) => ({
            source,
            limit: formatFen(fenTyped(draft.limits[source])),
            priority: index + 1,
          })),
        },
      }),
    onSuccess: ({ shares }) =>
      change({ cells: Object.fromEntries(shares.map(({ line, source, amount }) => [cellOf(line, source), amount])) }),
  })
  return (
    <section className="card" aria-label="编制资金方案">
      <h2>编制资金方案（元）</h2>
      <Matrix project={project} draft={draft} change={change} />
      <TextField label="说明" value={draft.note} change={(note) => change({ note })} />
      {solve.error && <ProblemNote error={solve.error} />}
      {form.error && <ProblemNote error={form.error} />}
      <div className="actions">
        <ActionButton
          label="按可用额试编"
          allowed={maySolve(draft)}
          pending={solve.isPending}
          act={() => solve.mutate()}
        />
        <ActionButton label="存为草稿" primary allowed={maySave(draft)} pending={form.isPending} act={form.send} />
        <Button onClick={form.discard}>放弃所填</Button>
      </div>
    </section>
  )
}

const maySolve = (draft: Draft): Allowed =>
  known(draft).length !== draft.lines.length || draft.lines.length === 0
    ? '每行须有内容和费用'
    : draft.sources.length === 0
      ? '请先添加来源'
      : draft.sources.every((source) => fenTyped(draft.limits[source]) > 0n) || '请填写各来源的可用额'

const maySave = (draft: Draft): Allowed =>
  known(draft).length !== draft.lines.length || draft.lines.length === 0
    ? '每行须有内容和费用'
    : Object.values(draft.cells).every(isAmount) || '有一格不是金额：最多两位小数'

/** By source, which lines it may pay: what the service would have it pay if it had enough. */
function useEligible(project: string, draft: Draft): (line: string, source: string) => boolean | undefined {
  const lines = known(draft)
  const limit = formatFen(sumFen(lines.map(({ amount }) => fenTyped(amount))))
  const { data } = useQuery({
    queryKey: ['eligible', project, lines, draft.sources],
    enabled: lines.length > 0 && draft.sources.length > 0,
    queryFn: async () => {
      const all = await Promise.all(
        draft.sources.map(async (source) => {
          const body = { lines, sources: [{ source, limit, priority: 1 }] }
          const { shares } = await call('proposeFundingPlan', { path: { project }, body })
          return [source, new Set(shares.map(({ line }) => line))] as const
        }),
      )
      return new Map(all)
    },
  })
  return (line, source) => data?.get(source)?.has(line)
}

type Edited = { readonly draft: Draft; readonly change: (part: Partial<Draft>) => void }

function Matrix({ project, draft, change }: Edited & { project: string }) {
  return (
    <>
      <MatrixTools draft={draft} change={change} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the keyboard */}
      <div className="table-box whole" role="region" aria-label="方案矩阵，可滚动" tabIndex={0}>
        <table className="data" aria-label="方案矩阵">
          <MatrixHead draft={draft} change={change} />
          <MatrixLines project={project} draft={draft} change={change} />
          <MatrixFoot draft={draft} change={change} />
        </table>
      </div>
    </>
  )
}

function MatrixTools({ draft: { lines, sources }, change }: Edited) {
  const { both, options } = useTerms()
  const next = `L${Math.max(0, ...lines.map(({ line }) => Number(line.slice(1)) || 0)) + 1}`
  return (
    <div className="tools">
      <Select
        aria-label="添加来源"
        placeholder="添加来源"
        showSearch
        optionFilterProp="label"
        popupMatchSelectWidth={false}
        style={{ width: 220 }}
        value={null}
        onChange={(source: string) => change({ sources: [...sources, source] })}
        options={options('sources')
          .filter(({ value }) => !sources.includes(value))
          .map(({ value }) => ({ value, label: both('sources', value) }))}
      />
      <Button onClick={() => change({ lines: [...lines, { line: next, item: '', amount: '' }] })}>添一行</Button>
    </div>
  )
}

function MatrixHead({ draft: { sources }, change }: Edited) {
  const { both, name } = useTerms()
  return (
    <thead>
      <tr>
        <th scope="col">项次</th>
        <th scope="col">内容</th>
        <th scope="col">费用</th>
        {sources.map((source) => (
          <th scope="col" key={source}>
            {both('sources', source)}{' '}
            <button
              type="button"
              aria-label={`删去来源 ${name('sources', source)}`}
              onClick={() => change({ sources: sources.filter((one) => one !== source) })}
            >
              删去
            </button>
          </th>
        ))}
        <th scope="col" className="number">
          缺口
        </th>
      </tr>
    </thead>
  )
}

function MatrixLines({ project, draft, change }: Edited & { project: string }) {
  const { both, name, items } = useTerms()
  const eligible = useEligible(project, draft)
  const { lines, sources, cells } = draft
  const codes = items('catalogue-items').map(({ code }) => ({ value: code, label: both('catalogue-items', code) }))
  const put = (line: string, part: Partial<Line>) =>
    change({ lines: lines.map((one) => (one.line === line ? { ...one, ...part } : one)) })
  return (
    <tbody>
      {lines.map(({ line, item, amount }) => (
        <tr key={line}>
          <th scope="row">{line}</th>
          <td>
            <Select
              aria-label={`${line} 内容`}
              showSearch
              optionFilterProp="label"
              style={{ width: 200 }}
              value={item || null}
              onChange={(code: string) => put(line, { item: code })}
              options={codes}
            />
          </td>
          <td>
            <Amount label={`${line} 费用`} value={amount} change={(value) => put(line, { amount: value })} />
          </td>
          {sources.map((source) => (
            <td key={source}>
              <Amount
                label={`${line} ${name('sources', source)}`}
                value={cells[cellOf(line, source)] ?? ''}
                change={(value) => change({ cells: { ...cells, [cellOf(line, source)]: value } })}
                fault={eligible(line, source) === false ? '不得用于此项' : undefined}
              />
            </td>
          ))}
          <Gap fen={fenTyped(amount) - paidOf(draft, line)} />
        </tr>
      ))}
    </tbody>
  )
}

function MatrixFoot({ draft, change }: Edited) {
  const { name } = useTerms()
  const { lines, sources, cells, limits } = draft
  const total = sumFen(lines.map(({ amount }) => fenTyped(amount)))
  return (
    <tfoot>
      <tr>
        <td />
        <td>可用额</td>
        <td />
        {sources.map((source) => (
          <td key={source}>
            <Amount
              label={`${name('sources', source)}可用额`}
              value={limits[source] ?? ''}
              change={(value) => change({ limits: { ...limits, [source]: value } })}
            />
          </td>
        ))}
        <td />
      </tr>
      <tr>
        <td />
        <td>合计</td>
        <td className="number">{shown(total, 'yuan')}</td>
        {sources.map((source) => (
          <td key={source} className="number">
            {shown(sumFen(lines.map(({ line }) => fenTyped(cells[cellOf(line, source)]))), 'yuan')}
          </td>
        ))}
        <Gap fen={total - sumFen(lines.map(({ line }) => paidOf(draft, line)))} />
      </tr>
    </tfoot>
  )
}

const Gap = ({ fen }: { fen: bigint }) => <td className={fen === 0n ? 'number' : 'number red'}>{shown(fen, 'yuan')}</td>

function Amount({
  label,
  value,
  change,
  fault,
}: {
  label: string
  value: string
  change: (value: string) => void
  fault?: string | undefined
}) {
  const told = isAmount(value) ? fault : '不是金额'
  return (
    <>
      <Input
        aria-label={label}
        inputMode="decimal"
        style={{ width: 130 }}
        value={value}
        onChange={(event) => change(event.target.value)}
      />
      {told !== undefined && <div className="fault">{told}</div>}
    </>
  )
}
