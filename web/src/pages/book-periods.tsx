/** 期间与年结：how far the book is closed, closing and reopening a month, carrying a year over after a preview. */
import { useMutation } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { addMonths, firstDayOf, parseMonth } from '../../../src/base/calendar.ts'
import { A } from '../address.tsx'
import { type Answer, call } from '../api/call.ts'
import { useRead } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { Field, TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction, useSubmit } from '../form/submit.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.tsx'
import { Moment } from '../style/time.tsx'
import { LinesTable } from '../table/lines.tsx'
import { plain } from '../form/plain.ts'

const acts: Readonly<Record<string, string>> = {
  closed: '结账',
  reopening_requested: '申请反结账',
  reopened: '反结账',
  carry_over_begun: '开始年终结转',
  carried_over: '年终结转',
}

export function BookPeriods({ book }: { book: string }) {
  const { data, error, refetch } = useRead('listPeriods', { path: { book } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data) return <p>正在读取…</p>
  const closed = data.closedThrough
  return (
    <div className="grid half">
      <div>
        <section className="card" aria-label="月末结账">
          <h2>月末结账</h2>
          <p>{closed === null ? '尚未结过账。' : `已结账至 ${closed}。`}</p>
          <Closing key={closed} book={book} next={nextMonth(closed)} />
          {closed !== null && <Reopening book={book} period={closed} />}
        </section>
        <YearEnd book={book} />
      </div>
      <section className="card" aria-label="经过">
        <h2>经过</h2>
        {data.acts.length === 0 && <p className="empty">没有结账、反结账、年结的记录。</p>}
        <ul className="plain">
          {data.acts.toReversed().map(({ act, kind, person, at, ...rest }) => (
            <li key={act}>
              <span>
                {acts[kind] ?? kind} {plain(rest['month'] ?? rest['year'])} · {person}
              </span>
              <span className="note">
                <Moment at={at} />
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}

const nextMonth = (closed: string | null): string => {
  const month = closed === null ? undefined : parseMonth(closed)
  return month === undefined ? '' : addMonths(firstDayOf(month), 1).slice(0, 7)
}

function Closing({ book, next }: { book: string; next: string }) {
  const may = useMay()
  const [period, setPeriod] = useState(next)
  const close = useAction(() => call('closePeriod', { path: { book, period } }))
  return (
    <>
      <Field label="结账月份">
        {(id) => (
          <Input
            id={id}
            type="month"
            style={{ width: 160 }}
            value={period}
            onChange={(e) => setPeriod(e.target.value)}
          />
        )}
      </Field>
      {close.error && <ProblemNote error={close.error} />}
      <ActionButton
        label="结账"
        allowed={!may('period.close') ? '须由复核人员结账' : period === '' ? '请选择月份' : true}
        pending={close.isPending}
        primary
        act={() => close.mutate()}
      />
    </>
  )
}

function Reopening({ book, period }: { book: string; period: string }) {
  const may = useMay()
  const [asked, setAsked] = useState<Answer<'requestReopening'>>()
  const form = useSubmit(
    `reopening.${book}.${period}`,
    { reason: '' },
    {
      send: ({ reason }, key) => call('requestReopening', { path: { book, period }, body: { reason }, key }),
      done: setAsked,
    },
  )
  return (
    <>
      <h2>申请反结账 {period}</h2>
      <TextField label="事由" value={form.draft.reason} change={(reason) => form.change({ reason })} />
      {form.error && <ProblemNote error={form.error} />}
      <ActionButton
        label="申请反结账"
        allowed={
          !may('period.request_reopening')
            ? '须由经办或复核人员申请'
            : form.draft.reason.trim() === ''
              ? '请写明事由'
              : true
        }
        pending={form.isPending}
        act={form.send}
      />
      {asked && (
        <p role="status">
          已提交审批：<A href={paths.approval(asked.approval)}>{asked.approval}</A>
        </p>
      )}
    </>
  )
}

function YearEnd({ book }: { book: string }) {
  const may = useMay()
  const [year, setYear] = useState('')
  const preview = useMutation({ mutationFn: () => call('previewCarryOver', { path: { book, year } }) })
  const commit = useAction((key, hash: string) =>
    call('commitCarryOver', { path: { book, year }, body: { hash }, key }),
  )
  const right = may('year.carry_over')
  return (
    <section className="card" aria-label="年终结转">
      <h2>年终结转</h2>
      <Field label="年度">
        {(id) => (
          <Input
            id={id}
            inputMode="numeric"
            style={{ width: 100 }}
            value={year}
            onChange={(e) => {
              setYear(e.target.value)
              // What was previewed is of the year that stood here.
              preview.reset()
              commit.reset()
            }}
          />
        )}
      </Field>
      {preview.error && <ProblemNote error={preview.error} />}
      <ActionButton
        label="预览结转"
        allowed={!right ? '须由经办或复核人员办理' : /^[0-9]{4}$/.test(year) ? true : '请填写四位年度'}
        pending={preview.isPending}
        act={() => preview.mutate()}
      />
      {preview.data && <CarryOver plan={preview.data} />}
      {commit.error && <ProblemNote error={commit.error} />}
      {preview.data && (
        <ActionButton
          label="结转"
          primary
          allowed={preview.data.obstacles.length > 0 ? '先处理妨碍结转的事项' : right || '须由经办或复核人员办理'}
          pending={commit.isPending}
          act={() => commit.mutate(preview.data.hash)}
        />
      )}
      {commit.data && (
        <p role="status">
          {'approval' in commit.data ? (
            <>
              已提交审批：<A href={paths.approval(commit.data.approval)}>{commit.data.approval}</A>
            </>
          ) : (
            '已结转。'
          )}
        </p>
      )}
    </section>
  )
}

function CarryOver({ plan }: { plan: Answer<'previewCarryOver'> }) {
  return (
    <>
      {plan.obstacles.length > 0 && (
        <>
          <h2>妨碍结转的事项</h2>
          <ul>
            {plan.obstacles.map(({ obstacle, about, found }) => (
              <li key={obstacle + found.join()}>
                {about}：{found.join('、')}
              </li>
            ))}
          </ul>
        </>
      )}
      {plan.entries.map((entry) => (
        <div key={entry.summary + entry.on + entry.lines.length}>
          <p className="note">
            {entry.on} · {entry.summary}
          </p>
          <LinesTable lines={entry.lines} label={`拟结转：${entry.summary}`} />
        </div>
      ))}
    </>
  )
}
