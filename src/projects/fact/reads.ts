/** Facts of a project or a community that wait to be checked, for whoever has found it. */
import * as z from 'zod'
import type { Actor } from '../../access/actor.ts'
import { officeSeenBy } from '../../approvals/approval.ts'
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

async function waiting(reader: Reader, actor: Actor, kind: string, thing: string): Promise<WaitingFact[]> {
  const office = officeSeenBy(actor)
  const found = await readApprovals(reader, {
    kind,
    office,
    about: `${kind}:${thing}`,
    waiting: true,
    after: 0n,
    limit: most,
  })
  return found.map((row) => waitingFactOf(approvalView(row)))
}

/** Those whose approvals somebody sees; to another office nothing waits. */
export const waitingOfProject = (reader: Reader, actor: Actor, project: string): Promise<WaitingFact[]> =>
  waiting(reader, actor, projectFact, project)

export const waitingOfCommunity = (reader: Reader, actor: Actor, community: string): Promise<WaitingFact[]> =>
  waiting(reader, actor, communityFact, community)
