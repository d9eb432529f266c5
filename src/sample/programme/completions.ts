/**
 * A few projects of the sample that are done, so that every state is there to be seen: each goes through the same verbs
 * and gates as a real one, in the sample's names and under fixed keys. Loading again goes on where it stopped.
 */
import { holdDuty } from '../../access/persons.ts'
import { day } from '../../base/calendar.ts'
import { actOnce } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { moveProject, recordDocument, reportProgress } from '../../projects/project/steps.ts'
import type { DocumentKind, ProjectState } from '../../projects/terms.ts'
import { type SampleProject, sampleProgramme } from './generator.ts'
import { answered, client, maker } from './people.ts'

type Step = { readonly to: ProjectState; readonly documents: readonly (readonly [DocumentKind, on: string])[] }

/** All within a January: whoever starts the sample later finds them done. */
const stepsOf = (year: number): readonly Step[] => [
  {
    to: 'accepted',
    documents: [
      ['accessible_acceptance', `${year + 1}-01-06`],
      ['completion_acceptance', `${year + 1}-01-09`],
    ],
  },
  { to: 'settled', documents: [['final_accounts', `${year + 1}-01-20`]] },
  { to: 'handed_over', documents: [['handover', `${year + 1}-01-28`]] },
]

/**
 * Every twentieth project of the second batch is accepted; of these, in turn, some are settled and some handed over.
 */
const isDone = ({ batch, place }: SampleProject): boolean => batch === 2 && place % 20 === 0

/**
 * Brings the projects that are done as far as they got. One whose works have not begun, for want of a funding plan, is
 * left.
 */
export async function loadCompletions(
  ledger: Ledger,
  year: number,
  projects: () => readonly SampleProject[] = () => sampleProgramme(year),
): Promise<void> {
  const steps = stepsOf(year)
  const codes = projects()
    .filter(isDone)
    .map(({ project }) => project)
  const begun = await ledger.database.sql<{ project: string; state: ProjectState }[]>`
    select project, state from project
    where project = any(${codes}) and plan_approved and state in ('under_way', 'accepted', 'settled')`
  // What a machine client brings counts at once, and the checks ask whether it is one.
  const known = { person: client.person, role: client.role, district: null }
  await actOnce(ledger, ({ tx, at }) => holdDuty(tx, known, { by: maker.person, at }))
  for (const { project } of begun) {
    await complete(ledger, project, year, steps.slice(0, 1 + (codes.indexOf(project) % steps.length)))
  }
}

async function complete(ledger: Ledger, project: string, year: number, stages: readonly Step[]): Promise<void> {
  const key = `sample:done:${project}`
  const progress = { project, on: day(`${year + 1}-01-09`), ratio: '1', evidence: '竣工验收（示例）' }
  answered(await reportProgress(ledger, client, progress, key))
  for (const { to, documents } of stages) {
    for (const [kind, on] of documents) {
      const document = { project, kind, number: `${project}-${kind}（示例）`, on: day(on) }
      answered(await recordDocument(ledger, maker, document, `${key}:${kind}`))
    }
    const [, last] = documents.at(-1) ?? []
    const dated = last === undefined ? {} : { on: day(last), document: `${project}（示例）` }
    answered(await moveProject(ledger, client, { project, to, ...dated, version: undefined }, `${key}:${to}`))
  }
}
