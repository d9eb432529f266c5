/** Facts of a project or a community that wait to be checked, for whoever has found it. */
import * as z from 'zod'
import { type ApprovalView, approvalView, readApprovals } from '../../approvals/store.ts'
import { readContent } from '../../approvals/verbs.ts'
import type { Reader } from '../../base/db.ts'
import { oneOf } from '../../form/field.ts'
import { communityFact, factKinds, projectFact, type WaitingFact, waitsOf } from './forms.ts'

const ofFact = z.looseObject({ fact: oneOf(factKinds) })

/** An approval that waits, as the thing it is about shows it. */
function waitingFactOf(view: ApprovalView): WaitingFact {
  const { fact } = ofFact.parse(readContent(view))
  return { fact, summary: view.summary, person: view.maker, ...waitsOf(view) }
}

// More than one officer checks in a week.
const most = 10_000

async function waiting(reader: Reader, kind: string, district: string, subject: string): Promise<WaitingFact[]> {
  const found = await readApprovals(reader, { kind, district, waiting: true, after: 0n, limit: most })
  const own = (of: string): boolean => of === subject || of.startsWith(`${subject}:`)
  return found.filter((row) => own(row.subject)).map((row) => waitingFactOf(approvalView(row)))
}

type InDistrict = { readonly district: string }

export const waitingOfProject = (reader: Reader, { project, district }: InDistrict & { readonly project: string }) =>
  waiting(reader, projectFact, district, `${projectFact}:${project}`)

export const waitingOfCommunity = (
  reader: Reader,
  { community, district }: InDistrict & { readonly community: string },
) => waiting(reader, communityFact, district, `${communityFact}:${community}`)
