/** 凭证: as accountants know it, printable on A5; beside it its chain, its approvals and its proof. */
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { A, useGo } from '../address.tsx'
import { call } from '../api/call.ts'
import type { Entry } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { DayField, TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useSubmit } from '../form/submit.ts'
import { capitals, fenOf, shown } from '../money.ts'
import { useParam } from '../params.ts'
import { paths } from '../paths.ts'
import { ProofCard } from '../proof/proof-card.tsx'
import { useMay } from '../session.tsx'
import { Head } from '../style/head.tsx'
import { timeText } from '../style/time.tsx'
import { Dimensions, Side } from '../table/lines.tsx'
import { useTerms } from '../terms.ts'

export default function EntryPage() {
  const id = useParam('entry')
  const { data, error, refetch } = useRead('readEntry', { path: { id } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.id !== id) return <p>正在读取…</p>
  return (
    <>
      <Head
        title={`凭证 ${data.period} 记-${data.number}`}
        sub={<A href={paths.book(data.book, 'entries')}>{data.book}</A>}
      >
        <Beside entry={data} step={-1} label="上一张" />
        <Beside entry={data} step={1} label="下一张" />
        <Reversing entry={data} />
        <Button type="primary" onClick={() => print()}>
          打印
        </Button>
      </Head>
      <VoucherPaper entry={data} />
      <div className="grid half no-print">
        <Chain entry={data} />
        <ProofCard entry={data} />
      </div>
    </>
  )
}

function Beside({ entry, step, label }: { entry: Entry; step: number; label: string }) {
  const go = useGo()
  const [book, sequence = '0'] = entry.id.split('-')
  const next = Number(sequence) + step
  return (
    <Button disabled={next < 1} onClick={() => go(paths.entry(`${book}-${next}`))}>
      {label}
    </Button>
  )
}

function VoucherPaper({ entry }: { entry: Entry }) {
  const { data: book } = useRead('readBook', { path: { book: entry.book } })
  const { data: accounts } = useRead('listAccounts', { path: { book: entry.book } }, { staleTime: 3_600_000 })
  const { name } = useTerms()
  const accountName = (code: string) => accounts?.items.find((account) => account.code === code)?.name ?? ''
  const [year, month, day] = entry.on.split('-')
  const bases = [...new Set(entry.lines.map(({ basis }) => basis))]
  const first = bases[0] ?? 'financial'
  const person = (decision: string) =>
    entry.approvals.filter((one) => one.decision === decision).map((one) => one.person)
  return (
    <section className="card voucher" aria-label="记账凭证">
      <h2>记账凭证</h2>
      <div className="line">
        <span>
          账套：{entry.book} {book?.name}
        </span>
        <span>
          {year} 年 {Number(month)} 月 {Number(day)} 日
        </span>
        <span>
          记字第 {String(entry.number).padStart(4, '0')} 号　附件 {entry.documents.length} 张
        </span>
      </div>
      <table aria-label="分录">
        <thead>
          <tr>
            <th scope="col">摘要</th>
            <th scope="col">会计科目</th>
            <th scope="col">项目·来源</th>
            <th scope="col">借方金额（元）</th>
            <th scope="col">贷方金额（元）</th>
          </tr>
        </thead>
        <tbody>
          {entry.lines.map((line, index) => {
            const begins = index === 0 || entry.lines[index - 1]?.basis !== line.basis
            return (
              // A line's place is its name.
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={index}>
                <td>{begins ? `${name('bases', line.basis)}：${entry.summary}` : (line.memo ?? '')}</td>
                <td>
                  {line.account} {accountName(line.account)}
                </td>
                <td>
                  <Dimensions line={line} />
                </td>
                <Side amount={line.debit} />
                <Side amount={line.credit} />
              </tr>
            )
          })}
          <Sums entry={entry} basis={first} />
        </tbody>
      </table>
      <div className="line">
        <span>制单：{entry.maker}</span>
        <span>复核：{person('checked').join('、') || '—'}</span>
        <span>审批：{person('approved').join('、') || '—'}</span>
        <span>记账时刻：{timeText(entry.recordedAt)}</span>
      </div>
    </section>
  )
}

function Sums({ entry, basis: first }: { entry: Entry; basis: Entry['lines'][number]['basis'] }) {
  const { name } = useTerms()
  const sum = (side: 'debit' | 'credit') =>
    entry.lines.filter(({ basis }) => basis === first).reduce((all, line) => all + fenOf(line[side] ?? '0'), 0n)
  return (
    <tr>
      <td colSpan={3}>
        合计（{name('bases', first)}）　{capitals(sum('debit'))}
      </td>
      <td className="number">{shown(sum('debit'), 'yuan')}</td>
      <td className="number">{shown(sum('credit'), 'yuan')}</td>
    </tr>
  )
}

function Chain({ entry }: { entry: Entry }) {
  const { name } = useTerms()
  return (
    <section className="card" aria-label="经过与冲销">
      <h2>经过与冲销</h2>
      <ul className="plain">
        {entry.reverses !== undefined && (
          <li>
            <span>
              本凭证冲销 <A href={paths.entry(entry.reverses)}>{entry.reverses}</A>
            </span>
          </li>
        )}
        {entry.reversedBy !== undefined && (
          <li>
            <span>
              已被红字凭证 <A href={paths.entry(entry.reversedBy)}>{entry.reversedBy}</A> 冲销
            </span>
          </li>
        )}
        {entry.approvals.map(({ person, decision, at, of }) => (
          <li key={`${person}${decision}${at}`}>
            <span>
              {name('decisions', decision)} · {person} · <A href={paths.approval(of)}>{of}</A>
            </span>
            <span className="note">{timeText(at)}</span>
          </li>
        ))}
        {entry.documents.map(({ number, title, sha256 }) => (
          <li key={`${number}${title}${sha256}`}>
            <span>
              附件 {number} {title}
            </span>
          </li>
        ))}
        {entry.transaction !== undefined && (
          <li>
            <span>属于一笔多账套事务 {entry.transaction}</span>
          </li>
        )}
      </ul>
      {entry.warnings?.map((warning) => (
        <p key={warning} className="note">
          {warning}
        </p>
      ))}
      <p className="note">
        凭证编号 <code>{entry.id}</code>，记账顺序第 {entry.sequence} 张
      </p>
    </section>
  )
}

function Reversing({ entry }: { entry: Entry }) {
  const may = useMay()
  const go = useGo()
  const [open, setOpen] = useState(false)
  const form = useSubmit(
    `reversal.${entry.id}`,
    { on: entry.on, reason: '' },
    {
      send: ({ on, reason }, key) => call('makeVoucher', { body: { reverses: entry.id, on, reason }, key }),
      done: ({ approval }) => go(paths.approval(approval)),
    },
  )
  const allowed = !may('entry.post')
    ? '须由经办人员申请'
    : entry.reversedBy === undefined
      ? entry.reverses === undefined || '红字凭证不再冲销'
      : '已冲销'
  return (
    <>
      <ActionButton label="红字冲销" allowed={allowed} act={() => setOpen(true)} />
      <Modal open={open} title="红字冲销，送复核" footer={null} onCancel={() => setOpen(false)}>
        <DayField label="冲销日期" value={form.draft.on} change={(on) => form.change({ on })} />
        <TextField label="事由" value={form.draft.reason} change={(reason) => form.change({ reason })} />
        {form.error && <ProblemNote error={form.error} />}
        <ActionButton
          label="送复核"
          primary
          allowed={form.draft.reason.trim() === '' ? '请写明事由' : true}
          pending={form.isPending}
          act={form.send}
        />
      </Modal>
    </>
  )
}
