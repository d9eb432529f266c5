/** One matter to decide: its content in words, the entries as they will be posted, who did what, and deciding. */
import { Input } from 'antd'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { A, useGo } from '../address.tsx'
import { call } from '../api/call.ts'
import type { ApprovalWithDecisions } from '../api/operations.ts'
import { Problem } from '../api/problem.ts'
import { useRead } from '../api/read.ts'
import { useParam } from '../params.ts'
import { ActionButton, type Allowed, allowedOf } from '../form/action-button.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction } from '../form/submit.ts'
import { paths } from '../paths.ts'
import { hashOfText } from '../proof/verify.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { Moment } from '../style/time.tsx'
import { exact, fenOf } from '../money.ts'
import { LinesTable } from '../table/lines.tsx'
import { useTerms } from '../terms.ts'

export default function Approval() {
  const id = useParam('approval')
  const { data, error, refetch } = useRead('readApproval', { path: { id } })
  const { name } = useTerms()
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data) return <p>正在读取…</p>
  return (
    <>
      <Head
        title={`${data.id} ${name('approval-kinds', data.kind)}`}
        sub={
          <>
            <Chip list="approval-states" code={data.state} /> {data.summary}
          </>
        }
      />
      <div className="grid two">
        <div>
          <Content approval={data} />
        </div>
        <div>
          <Deciding approval={data} />
          <Course approval={data} />
        </div>
      </div>
    </>
  )
}

function Content({ approval }: { approval: ApprovalWithDecisions }) {
  const { data, error, refetch } = useRead('previewApproval', { path: { id: approval.id } })
  const { name } = useTerms()
  return (
    <>
      {error && <ProblemNote error={error} retry={() => void refetch()} />}
      {data?.refusal && (
        <section className="card" aria-label="此刻不能生效">
          <h2>此刻批准将被拒绝</h2>
          <ProblemNote error={new Problem(data.refusal)} />
        </section>
      )}
      {data && data.entries.length > 0 && (
        <section className="card" aria-label="批准后将记账">
          <h2>批准后将记账（试记，未写入）</h2>
          {data.entries.map((entry) => (
            <div key={`${entry.book} ${entry.on} ${entry.summary} ${entry.lines.length}`}>
              <p className="note">
                账套 {entry.book} · {entry.on} · {entry.summary}
              </p>
              <LinesTable lines={entry.lines} label={`拟记入 ${entry.book} 的凭证`} />
            </div>
          ))}
        </section>
      )}
      <section className="card" aria-label="内容">
        <h2>内容</h2>
        <dl className="facts">
          <dt>经办</dt>
          <dd>{approval.maker}</dd>
          {approval.amount !== undefined && (
            <>
              <dt>金额</dt>
              <dd>{exact(fenOf(approval.amount))}</dd>
            </>
          )}
          {approval.district !== undefined && (
            <>
              <dt>区</dt>
              <dd>{name('districts', approval.district)}</dd>
            </>
          )}
          {data?.content.map(({ at, name: called, value }) => (
            <Fact key={at} called={called.zh} value={value} />
          ))}
        </dl>
      </section>
      {data && data.limits.length > 0 && (
        <section className="card" aria-label="依据">
          <h2>依据</h2>
          <ul className="plain">
            {data.limits.map(({ parameter, clause, from, value }) => (
              <li key={parameter}>
                <span>{clause}</span>
                <span className="note">
                  自 {from}：{typeof value === 'string' || typeof value === 'number' ? value : parameter}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

const Fact = ({ called, value }: { called: string; value: string }) => (
  <>
    <dt>{called}</dt>
    <dd>{value}</dd>
  </>
)

function Course({ approval }: { approval: ApprovalWithDecisions }) {
  const { name } = useTerms()
  const { approvers, decisions, content, hash } = approval
  const here = hashOfText(content)
  return (
    <section className="card" aria-label="经过">
      <h2>经过（{approvers === 0 ? '复核后即生效' : `须 ${approvers} 人审批`}）</h2>
      <ul className="plain">
        {decisions.map(({ step, decision, person, actingFor, reason, at }) => (
          <li key={step}>
            <span>
              {name('decisions', decision)} · {person}
              {actingFor !== undefined && `（代 ${actingFor}）`}
              {reason !== undefined && <div className="note">{reason}</div>}
            </span>
            <span className="note">
              <Moment at={at} />
            </span>
          </li>
        ))}
      </ul>
      <p className="note">
        所见内容摘要 <code>{here.slice(0, 16)}…</code>（本机已算）
        {here !== hash && <span className="red"> 与服务所存不一致，请勿办理。</span>}
      </p>
    </section>
  )
}

type Verdict = 'check' | 'approve' | 'reject' | 'withdraw'
const verdicts: Readonly<Record<Verdict, string>> = {
  check: '复核通过',
  approve: '批准',
  reject: '退回',
  withdraw: '撤回',
}

function Deciding({ approval }: { approval: ApprovalWithDecisions }) {
  const [reason, setReason] = useState('')
  const router = useRouter()
  const go = useGo()
  const { id, content, state } = approval
  const decide = useAction((key, verdict: Verdict) =>
    call('decideApproval', {
      path: { id },
      // What is sent is the hash of what stands on this page, not the one the service told.
      body: { verdict, hash: hashOfText(content), ...(reason.trim() !== '' && { reason: reason.trim() }) },
      key,
    }),
  )
  const allowed = useAllowed(approval)
  const ended = state !== 'checking' && state !== 'approving'
  return (
    <section className="card" aria-label="办理">
      <h2>办理</h2>
      {ended ? (
        <p>此事项已办结。</p>
      ) : (
        <>
          <div className="field">
            <label htmlFor="reason">意见（退回时必填）</label>
            <Input.TextArea
              id="reason"
              rows={2}
              maxLength={500}
              value={reason}
              onChange={(e) => setReason(e.target.value)}
            />
          </div>
          {decide.error && <ProblemNote error={decide.error} />}
          <div className="tools">
            {(Object.keys(verdicts) as Verdict[]).map((one) => (
              <ActionButton
                key={one}
                label={verdicts[one]}
                allowed={allowed(one, reason)}
                primary={one === 'check' || one === 'approve'}
                danger={one === 'reject'}
                pending={decide.isPending}
                act={() => decide.mutate(one)}
              />
            ))}
          </div>
        </>
      )}
      <p>
        <A
          href={paths.todo()}
          onClick={(event) => {
            event.preventDefault()
            if (router.history.canGoBack()) router.history.back()
            else go(paths.todo())
          }}
        >
          返回列表
        </A>
      </p>
    </section>
  )
}

/** Whether the person may take a step now, and why not: in the words of the service that would refuse it. */
function useAllowed({ id }: ApprovalWithDecisions): (verdict: Verdict, reason: string) => Allowed {
  const { data } = useRead('actionsOfApproval', { path: { id } }, { staleTime: 0 })
  return (verdict, reason) => {
    const action = data?.actions.find((one) => one.with?.['verdict'] === verdict || one.action === verdict)
    const allowed = allowedOf(action)
    if (allowed !== true) return allowed
    return verdict === 'reject' && reason.trim() === '' ? '退回须写明意见' : true
  }
}
