/**
 * 权重试算: the weights of a draft moved by hand, the shares they would give beside those of the version that stands,
 * and saving them as the next version. The trial is the public calculation: it writes nothing.
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Input, Slider } from 'antd'
import { call } from '../api/call.ts'
import type { AllocationVersion, AllocationVersionDraft, FactorWeights, Operations } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { Bar } from '../charts/bar.tsx'
import { ActionButton, type Allowed } from '../form/action-button.tsx'
import { DayField, Field, TextField } from '../form/fields.tsx'
import { Meanwhile } from '../form/meanwhile.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useSubmit } from '../form/submit.ts'
import { amountTyped, fenOf, formatFen, sumFen } from '../money.ts'
import { RoundingNote } from '../style/unit.tsx'
import { type Column, Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

type Factor = keyof FactorWeights
/** As typed: text that may be no weight yet. */
type Weights = Readonly<Record<Factor, string>>

const factors: Readonly<Record<Factor, string>> = {
  area: '面积',
  households: '户数',
  buildings: '楼栋',
  communities: '小区',
  performance: '绩效',
}
const names = Object.keys(factors) as Factor[]
const whole = 100n

/** The weights of a version by factors; undefined where its formula has none. */
function weightsOf({ formula }: AllocationVersion): Weights | undefined {
  const { kind, weights } = formula as { kind?: string; weights?: Partial<Weights> }
  if (kind !== 'factor' || !weights) return undefined
  const of = (factor: Factor): string => formatFen(fenOf(weights[factor] ?? '0'))
  return Object.fromEntries(names.map((factor) => [factor, of(factor)])) as Weights
}

// Where performance has no weight, its figures need not be there.
const givenOf = ({ performance, ...four }: Weights): Omit<Weights, 'performance'> & { performance?: string } => ({
  ...four,
  ...(fenOf(performance) > 0n && { performance }),
})

/** A weight in whole hundredths; undefined for what is none. */
function hundredthsOf(typed: string): bigint | undefined {
  const weight = amountTyped(typed)
  const hundredths = weight === undefined ? undefined : fenOf(weight)
  return hundredths === undefined || hundredths > whole ? undefined : hundredths
}

const unfit = '须为 0 至 1，最多两位小数'
const faultOf = (typed: string): string | undefined => (hundredthsOf(typed) === undefined ? unfit : undefined)

/** The weights as the service takes them, and their sum; undefined while one of them is none. */
function taken(typed: Weights): { readonly weights: Weights; readonly sum: bigint } | undefined {
  const all = names.map((factor) => hundredthsOf(typed[factor]))
  if (!all.every((one) => one !== undefined)) return undefined
  const weights = Object.fromEntries(names.map((factor, index) => [factor, formatFen(all[index] ?? 0n)])) as Weights
  return { weights, sum: sumFen(all) }
}

const inWords = (weights: Weights): Record<string, string> =>
  Object.fromEntries(names.map((factor) => [`${factors[factor]}权重`, weights[factor]]))

/** The panel of a draft whose latest version goes by factors. */
export function AllocationWeights({
  allocation,
  version,
  changes,
  allowed,
  saved,
}: {
  allocation: string
  version: number
  changes: number
  allowed: Allowed
  saved: (version: number) => void
}) {
  const path = { allocation, version: String(version) }
  const { data, error, refetch } = useRead('readAllocationVersion', { path })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.version !== version) return <p>正在读取…</p>
  const weights = weightsOf(data)
  if (!weights) return <p className="note">第 {version} 版不按因素权重分配，没有可调的权重。</p>
  return <Moving key={version} of={data} weights={weights} changes={changes} allowed={allowed} saved={saved} />
}

function Moving({
  of,
  weights: former,
  changes,
  allowed,
  saved,
}: {
  of: AllocationVersion
  weights: Weights
  changes: number
  allowed: Allowed
  saved: (version: number) => void
}) {
  const base = { version: changes, seen: inWords(former) }
  const form = useSubmit(
    `weights.${of.allocation}`,
    { weights: former, on: of.on, document: '', note: '' },
    {
      base,
      send: ({ weights, on, document, note }, key, seen) =>
        call('redraftAllocation', {
          path: { allocation: of.allocation },
          body: nextVersion(of, { weights: taken(weights)?.weights ?? weights, on, document, note }),
          key,
          version: seen,
        }),
      done: ({ version }) => saved(version),
    },
  )
  const { weights, on, document, note } = form.draft
  const good = taken(weights)
  const wrong = names.find((factor) => faultOf(weights[factor]) !== undefined)
  const moved = names.some((factor) => good?.weights[factor] !== former[factor])
  const may: Allowed = form.former
    ? '请先看填写期间的改动'
    : allowed !== true
      ? allowed
      : !good
        ? `${wrong ? factors[wrong] : ''}权重${unfit}`
        : !moved
          ? '权重未改动'
          : good.sum !== whole
            ? `权重合计须为 1，现为 ${formatFen(good.sum)}`
            : document.trim() === ''
              ? '请填写权重的依据文件'
              : true
  return (
    <div className="grid half">
      <section className="card" aria-label="权重">
        <h2>权重（自第 {of.version} 版）</h2>
        {names.map((factor) => (
          <Weight
            key={factor}
            name={factors[factor]}
            value={weights[factor]}
            change={(value) => form.change({ weights: { ...weights, [factor]: value } })}
          />
        ))}
        <p className={good?.sum === whole ? 'note' : 'red'} role="status">
          权重合计 {good ? formatFen(good.sum) : '—'}
        </p>
        <TextField label="权重的依据文件" value={document} change={(value) => form.change({ document: value })} />
        <DayField label="分配日期" value={on} change={(value) => form.change({ on: value })} />
        <TextField label="本版说明" value={note} change={(value) => form.change({ note: value })} />
        {form.error && <ProblemNote error={form.error} />}
        <Meanwhile former={form.former} now={base} mine={inWords(weights)} renew={form.renew} />
        <ActionButton label="存为新版本" primary allowed={may} pending={form.isPending} act={form.send} />
      </section>
      <section className="card" aria-label="试算">
        <h2>试算（未写入）</h2>
        {good?.sum === whole ? (
          <Trial of={of} weights={good.weights} />
        ) : (
          <p className="empty">权重合计为 1 时即试算，现为 {good ? formatFen(good.sum) : '—'}。</p>
        )}
      </section>
    </div>
  )
}

/** A weight by slider and by field. What is typed stays as it is typed. */
function Weight({ name, value, change }: { name: string; value: string; change: (value: string) => void }) {
  return (
    <Field label={`${name}权重`} fault={faultOf(value)}>
      {(id) => (
        <div className="weight">
          <Slider
            ariaLabelForHandle={`${name}权重滑块`}
            min={0}
            max={Number(whole)}
            value={Number(hundredthsOf(value) ?? 0n)}
            tooltip={{ open: false }}
            onChange={(hundredths: number) => change(formatFen(BigInt(hundredths)))}
          />
          <Input id={id} inputMode="decimal" value={value} onChange={(event) => change(event.target.value)} />
        </div>
      )}
    </Field>
  )
}

/** The version that follows: what was given before stays, but for the weights and what they rest on. */
function nextVersion(
  of: AllocationVersion,
  { weights, on, document, note }: { weights: Weights; on: string; document: string; note: string },
): AllocationVersionDraft {
  const { note: _, ...given } = of.given as unknown as AllocationVersionDraft
  const { unit } = of.formula as { unit?: string }
  return {
    ...given,
    on,
    formula: { document: document.trim(), weights: givenOf(weights), ...(unit !== undefined && { unit }) },
    ...(note.trim() !== '' && { note: note.trim() }),
    // Rows that came of the registry are counted by the service anew.
    ...(given.registry === undefined && {
      rows: of.shares.flatMap(({ rows }) => rows) as unknown as NonNullable<AllocationVersionDraft['rows']>,
    }),
  }
}

type Recipient = Operations['calc-factor-allocation']['body'] extends { recipients: readonly (infer One)[] }
  ? One
  : never
type Row = { readonly recipient: string; readonly district: string; readonly before: string; readonly after: string }

const countsOf = (rows: AllocationVersion['shares'][number]['rows'], id: string): Recipient | undefined => {
  const [row] = rows
  if (!row || rows.length !== 1) return undefined
  const { recipient: _, ...counts } = row
  return { id, coefficient: '1', ...counts } as unknown as Recipient
}

function Trial({ of, weights }: { of: AllocationVersion; weights: Weights }) {
  const { name } = useTerms()
  const recipients = of.shares.flatMap(({ recipient, rows }) => countsOf(rows, recipient) ?? [])
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['trial', of.allocation, of.version, weights],
    queryFn: ({ signal }) =>
      call('calc-factor-allocation', {
        body: {
          total: of.total,
          weights: givenOf(weights),
          recipients,
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  })
  const after = new Map((data?.result.shares ?? []).map(({ id, amount }) => [id, amount]))
  const rows: Row[] = of.shares.map(({ recipient, district, amount }) => ({
    recipient,
    district,
    before: amount,
    after: after.get(recipient) ?? '0.00',
  }))
  const difference = (row: Row): string => formatFen(fenOf(row.after) - fenOf(row.before))
  const all = rows.map(difference)
  const columns: readonly Column<Row>[] = [
    {
      key: 'recipient',
      title: '对象',
      value: ({ recipient, district }) => (recipient === district ? name('districts', district) : recipient),
    },
    { key: 'before', title: `第 ${of.version} 版`, kind: 'amount', value: ({ before }) => before },
    { key: 'after', title: '试算', kind: 'amount', value: (row) => row.after },
    { key: 'difference', title: '差额', kind: 'amount', value: difference },
    { key: 'bar', title: '差额图', value: () => '', show: (row) => <Bar amount={difference(row)} all={all} /> },
  ]
  return (
    <>
      <Table
        label="试算"
        columns={columns}
        rows={data && rows}
        rowKey={({ recipient }) => recipient}
        error={error}
        retry={() => void refetch()}
        stale={isPlaceholderData}
        empty="没有份额。"
        file={`试算-${of.allocation}`}
        totals
      />
      {of.shares.some(({ recipient, district }) => recipient !== district) && (
        <p className="note">试算只按因素，不计各项目的上限；存为新版本时由服务一并计入。</p>
      )}
      <RoundingNote />
    </>
  )
}
