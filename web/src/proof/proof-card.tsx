/** The proof of an entry, checked on this machine. */
import { useQuery } from '@tanstack/react-query'
import type { Entry } from '../api/operations.ts'
import { call } from '../api/call.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { type Step, verifyEntry } from './verify.ts'

export function ProofCard({ entry }: { entry: Entry }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['proof', entry.id],
    queryFn: async () => verifyEntry(await call('readEntryProof', { path: { id: entry.id } }), { ...entry }),
  })
  return (
    <section className="card no-print" aria-label="证明">
      <h2>证明</h2>
      {error && <ProblemNote error={error} retry={() => void refetch()} />}
      {data ? <Steps steps={data} /> : !error && <p className="note">正在本机核验…</p>}
    </section>
  )
}

export function Steps({ steps }: { steps: readonly Step[] }) {
  const holds = steps.every((step) => step.holds)
  return (
    <>
      <p role="status">
        <span className={holds ? 'chip ok' : 'chip bad'}>{holds ? '成立' : '不成立'}</span> 本机核验
      </p>
      <ul className="plain">
        {steps.map(({ name, holds: good, said }) => (
          <li key={name}>
            <span>
              {good ? '✓' : '✗'} {name}
            </span>
            <span className={good ? 'note' : 'red'}>{said}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
