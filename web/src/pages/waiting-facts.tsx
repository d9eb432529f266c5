/** Facts of a project that a person entered and another has still to check. */
import { A } from '../address.tsx'
import type { WholeProject } from '../api/operations.ts'
import { TextField } from '../form/fields.tsx'
import { paths } from '../paths.ts'

type Naming = { readonly why: string; readonly value: string; readonly change: (sha256: string) => void }

/** The original of a fact, by its SHA-256. */
export const OriginalField = ({ why, value, change }: Naming) => (
  <TextField label={`原件的 SHA-256（${why}）`} value={value} change={(text) => change(text.trim().toLowerCase())} />
)

export function WaitingFacts({ waiting }: { waiting: WholeProject['waiting'] }) {
  if (waiting.length === 0) return null
  return (
    <section className="card" aria-label="待复核的事实">
      <h2>待复核的事实（{waiting.length}）</h2>
      <ul className="plain">
        {waiting.map(({ approval, summary, person }) => (
          <li key={approval}>
            <span>
              <A href={paths.approval(approval)}>{approval}</A> {summary}
            </span>
            <span className="note">{person}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
