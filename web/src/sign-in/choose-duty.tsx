/** The duties of one person: he signs in to one of them, and may go on in another. */
import { useMutation } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import type { OwnDuty, Session } from '../api/operations.ts'
import { ProblemNote } from '../form/problem-note.tsx'

/** The duty of a session among all of its person; absent on trial. */
export const dutyOf = ({ duties = [], role, district }: Session): OwnDuty | undefined =>
  duties.find((duty) => duty.role === role && duty.district === district)

export function ChooseDuty({ session, done }: { session: Session; done: () => void }) {
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
              <strong>{roleName.zh}</strong> <span className="note">{district ?? '全市'}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
