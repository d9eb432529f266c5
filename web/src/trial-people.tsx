/** The persons of the sample, one of whom one may be: on the page of the trial link, and wherever a person changes. */
import { useMutation } from '@tanstack/react-query'
import { type Answer, call } from './api/call.ts'
import type { Session } from './api/operations.ts'
import { useRead } from './api/read.ts'
import { ProblemNote } from './form/problem-note.tsx'

type TrialPerson = Answer<'listTrialPersons'>['items'][number]

const place = 'yiben.trial'

/** The key of the trial link, from the address, then kept in this tab. */
export function trialKey(): string | undefined {
  const given = location.pathname === '/try' ? location.hash.slice(1) : ''
  if (given !== '') sessionStorage.setItem(place, given)
  return sessionStorage.getItem(place) ?? undefined
}

const does: Readonly<Record<string, string>> = {
  finance_maker: '经办：登记、分配、申请拨付、制单，送他人复核审批',
  finance_checker: '复核：核对经办提交的事项，结账',
  finance_approver: '审批：批准已复核的事项',
  provident_fund: '查看项目与账簿',
  auditor: '查看全部账簿与审批，核验证明',
  operator: '看管作业，不见业务数据',
}

export function TrialPeople({ trial, done }: { trial: string; done: (session: Session) => void }) {
  const { data, error } = useRead('listTrialPersons', { body: { trial } }, { staleTime: 0 })
  const signIn = useMutation({
    mutationFn: (person: string) => call('beginSession', { body: { trial, person } }),
    onSuccess: done,
  })
  return (
    <>
      {error && <ProblemNote error={error} />}
      {signIn.error && <ProblemNote error={signIn.error} />}
      <ul className="people" aria-label="示例人员">
        {data?.items.map((one) => (
          <li key={one.person}>
            <button type="button" disabled={signIn.isPending} onClick={() => signIn.mutate(one.person)}>
              <PersonCard one={one} />
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

const PersonCard = ({ one }: { one: TrialPerson }) => (
  <>
    <strong>{one.person}</strong>{' '}
    <span className="note">
      {one.roleName.zh}
      {one.district ? '（本区）' : ''}
    </span>
    {one.waiting > 0 && <span className="chip warn"> 待办 {one.waiting}</span>}
    <br />
    <span className="note">{does[one.role] ?? one.roleName.zh}</span>
  </>
)
