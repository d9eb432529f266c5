/** The duties of one person: he signs in to one of them, and may go on in another. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import type { OwnDuty, Session } from '../api/operations.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { useTerms } from '../terms.ts'

/** The duty of a session among all of its person; absent on trial. */
export const dutyOf = ({ duties = [], role, district }: Session): OwnDuty | undefined =>
  duties.find((duty) => duty.role === role && duty.district === district)

export function ChooseDuty({ session, done }: { session: Session; done: () => void }) {
  const { name } = useTerms()
  const current = dutyOf(session)
  const change = useMutation({
    mutationFn: async (duty: string) => {
      if (duty !== current?.id) await call('changeOwnDuty', { body: { duty } })
    },
    onSuccess: done,
  })
  return (
    <>
      {change.error && <ProblemNote error={change.error} />}
      <ul className="people" aria-label="职责">
        {session.duties?.map(({ id, roleName, district }) => (
          <li key={id}>
            <button type="button" disabled={change.isPending} onClick={() => change.mutate(id)}>
              <strong>{roleName.zh}</strong>{' '}
              <span className="note">{district === undefined ? '全市' : name('districts', district)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Who has just signed in chooses his duty where he has several, and goes on; `choice` stands until he has. */
export function useArrival(done: () => void) {
  const [session, setSession] = useState<Session>()
  const arrive = (given: Session) => {
    if ((given.duties ?? []).length > 1) setSession(given)
    else done()
  }
  const choice = session && (
    <main className="door">
      <h1>选择职责</h1>
      <p>{session.person}，请选择此次办理所用的职责；之后可从右上角切换。</p>
      <ChooseDuty session={session} done={done} />
    </main>
  )
  return { arrive, choice }
}
