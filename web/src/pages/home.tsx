/** 首页 一本账: where the money is, what waits for me, what is wrong; as of a day, as known at an instant. */
import { Segmented } from 'antd'
import { useState } from 'react'
import { A, useSearch } from '../address.tsx'
import type { Overview } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { Sankey } from '../charts/sankey.tsx'
import { Tiles } from '../charts/tiles.tsx'
import { DayField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { exact, fenOf, shown, units } from '../money.ts'
import { paths } from '../paths.ts'
import { useMay, useSession } from '../session.tsx'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { timeText } from '../style/time.tsx'
import { RoundingNote, useUnit } from '../style/unit.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'
import { whereIs } from '../where.ts'

const figures = ['planned', 'assigned', 'received', 'committed', 'paid', 'inHand'] as const

export default function Home() {
  const may = useMay()
  return may('project.read') ? <WithMoney /> : <Head title="首页 一本账" />
}

function WithMoney() {
  const [search, change] = useSearch()
  const { year, district, asOf, knownAt } = search
  const { data, error, refetch } = useRead('readOverview', { query: { year, district, asOf, knownAt } })
  const may = useMay()
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data) return <p>正在读取…</p>
  return (
    <>
      <Head title="首页 一本账" sub={<AsOf data={data} />}>
        <DayField inline label="业务日期截至" value={asOf ?? ''} change={(value) => change({ asOf: value })} />
      </Head>
      <Figures data={data} />
      <div className="grid two">
        <Flows data={data} />
        <Districts data={data} />
      </div>
      <div className="grid two">
        <Sources data={data} />
        <div>
          {may('approval.read') && <ToDo />}
          <Alerts />
        </div>
      </div>
      <RoundingNote />
    </>
  )
}

function AsOf({ data }: { data: Overview }) {
  const { name } = useTerms()
  const [, change] = useSearch()
  const what = data.year === undefined ? '全部年度' : `${data.year} 年项目`
  return (
    <>
      {data.district !== undefined && `${name('districts', data.district)} · `}
      {what} {data.projects} 个 · 业务日期截至 {data.asOf} · 按记账时刻 {timeText(data.knownAt)}{' '}
      <button type="button" className="link" onClick={() => change({ knownAt: data.knownAt })}>
        固定此刻
      </button>
    </>
  )
}

function Figures({ data }: { data: Overview }) {
  const { unit } = useUnit()
  const { name } = useTerms()
  return (
    <section className="figures" aria-label="合计">
      {figures.map((column) => (
        <div key={column}>
          <div className="label">{name('money-columns', column)}</div>
          <div className="value" title={exact(fenOf(data.total[column]))}>
            {shown(fenOf(data.total[column]), unit)}
            <small>{units[unit]}</small>
          </div>
        </div>
      ))}
    </section>
  )
}

function Flows({ data }: { data: Overview }) {
  const [view, setView] = useState<'plan' | 'money'>('plan')
  const { name } = useTerms()
  const naming = {
    from: (code: string) => name('sources', code),
    to: (code: string) => name(view === 'plan' ? 'flow-targets' : 'flow-stages', code),
  }
  const flows = data.flows[view].map(({ source, to, amount }) => ({
    from: source,
    to,
    amount,
    href: paths.projects({ district: data.district, year: data.year?.toString() }),
  }))
  return (
    <section className="card" aria-label="资金从哪里来、到哪里去">
      <div className="top">
        <h2>资金从哪里来、到哪里去</h2>
        <Segmented
          aria-label="计划或执行"
          name="flows"
          value={view}
          onChange={setView}
          options={[
            { value: 'plan', label: '计划' },
            { value: 'money', label: '执行' },
          ]}
        />
      </div>
      <Sankey flows={flows} naming={naming} label={view === 'plan' ? '计划：来源到改造内容' : '执行：来源到资金所在'} />
      <details>
        <summary>看数表</summary>
        <Table
          label="资金流向"
          columns={[
            { key: 'from', title: '来源', value: ({ from }) => naming.from(from) },
            { key: 'to', title: '去向', value: ({ to }) => naming.to(to) },
            { key: 'amount', title: '金额', kind: 'amount', value: ({ amount }) => amount },
          ]}
          rows={flows}
          rowKey={({ from, to }) => `${from} ${to}`}
          empty="没有金额。"
          file="资金流向"
          totals
          whole
        />
      </details>
    </section>
  )
}

const permille = (part: string, whole: string): number | undefined => {
  const [of, all] = [fenOf(part), fenOf(whole)]
  return all === 0n ? undefined : Number((of * 1000n) / all)
}
const percent = (value: number | undefined): string => (value === undefined ? '—' : `${(value / 10).toFixed(1)}%`)

function Districts({ data }: { data: Overview }) {
  const [rate, setRate] = useState<'paid' | 'received'>('paid')
  const { name } = useTerms()
  const tiles = data.districts.map((row) => {
    const value = rate === 'paid' ? permille(row.paid, row.received) : permille(row.received, row.planned)
    return {
      district: row.district,
      name: name('districts', row.district).replace(/区$/, ''),
      value,
      text: percent(value),
      href: paths.projects({ district: row.district, year: data.year?.toString() }),
    }
  })
  return (
    <section className="card" aria-label="各区一张图">
      <div className="top">
        <h2>各区一张图</h2>
        <Segmented
          aria-label="支付率或到位率"
          name="rate"
          value={rate}
          onChange={setRate}
          options={[
            { value: 'paid', label: '支付率' },
            { value: 'received', label: '到位率' },
          ]}
        />
      </div>
      <Tiles tiles={tiles} label={rate === 'paid' ? '各区支付率' : '各区到位率'} />
      <p className="note">{rate === 'paid' ? '支付率 = 已支付 ÷ 到位' : '到位率 = 到位 ÷ 计划'}</p>
    </section>
  )
}

type SourceRow = Overview['sources'][number]
const sourceColumns = ({ both, name }: Terms): readonly Column<SourceRow>[] => [
  { key: 'source', title: '资金来源', value: ({ source }) => both('sources', source) },
  ...[...figures, 'remaining' as const].map((column) => ({
    key: column,
    title: name('money-columns', column),
    kind: 'amount' as const,
    value: (row: SourceRow) => row[column],
  })),
]

function Sources({ data }: { data: Overview }) {
  const terms = useTerms()
  return (
    <section className="card" aria-label="分来源">
      <h2>分来源</h2>
      <Table
        label="分来源"
        columns={sourceColumns(terms)}
        rows={data.sources}
        rowKey={({ source }) => source}
        empty="没有资金。"
        file="分来源"
        totals
        whole
      />
    </section>
  )
}

const shownHere = '8'

function ToDo() {
  const { person } = useSession()
  const { data } = useRead('listApprovals', { query: { mine: 'to_do', limit: shownHere } })
  const counts = useRead('countApprovals', {})
  return (
    <section className="card" aria-label="待我办理">
      <h2>待我办理（{counts.data?.to_do ?? '…'}）</h2>
      {data?.items.length === 0 && <p className="note">此刻没有等待{person}办理的事项。</p>}
      <ul className="plain">
        {data?.items.map((one) => (
          <li key={one.id}>
            <A href={paths.approval(one.id)}>
              {one.id} {one.summary}
            </A>
            <Chip list="approval-states" code={one.state} />
          </li>
        ))}
      </ul>
      <A href={paths.todo()}>全部待办</A>
    </section>
  )
}

function Alerts() {
  const { data, error } = useRead('listAlerts', {})
  if (error) return <ProblemNote error={error} />
  return (
    <section className="card" aria-label="提醒">
      <h2>提醒（{data?.items.length ?? '…'}）</h2>
      {data?.items.length === 0 && <p className="note">此刻没有需要提醒的事项。</p>}
      <ul className="plain">
        {data?.items.slice(0, alertsHere).map(({ alert, severity, district, detail, clause, at, since }) => (
          <li key={`${alert} ${at.noun} ${at.id} ${district ?? ''} ${detail}`}>
            <span>
              <span className={`chip ${severity}`}>{severity === 'bad' ? '须处理' : '留意'}</span>{' '}
              <AlertText detail={detail} at={at} />
              {clause !== undefined && <span className="note">（{clause}）</span>}
            </span>
            <span className="note">{since.slice(0, 10)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

const alertsHere = 8

function AlertText({ detail, at }: { detail: string; at: { readonly noun: string; readonly id: string } }) {
  const href = whereIs(at.noun, at.id)
  return href === undefined ? <>{detail}</> : <A href={href}>{detail}</A>
}
