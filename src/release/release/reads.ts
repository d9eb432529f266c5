/** Reading releases: permission and district first. A release exists for its district and for the city. */
import { type Actor, demand } from '../../access/actor.ts'
import { formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { type ClaimRow, claimsOfRelease } from '../claim/store.ts'
import { type ClawbackRow, readClawbacks } from '../clawback/store.ts'
import { type Instruction, readInstructions } from '../instruction/store.ts'
import { refuse } from '../refusals.ts'
import { type ProjectPart, releaseNames } from './release.ts'
import { readClawbackParts, readRelease, readReleaseParts, readReleases, type ReleaseFilter } from './store.ts'
import {
  type ClawbackView,
  clawbackView,
  type InstructionView,
  type ReleaseDetail,
  type ReleaseView,
  releaseView,
} from './forms.ts'

/** Releases after an id, oldest first: of all districts, or of one's own. */
export async function releasesOf(
  { database: { sql } }: Ledger,
  actor: Actor,
  filter: ReleaseFilter & { readonly after: bigint; readonly limit: number },
): Promise<{ id: bigint; view: ReleaseView }[]> {
  demand(actor, 'allocation.read')
  const district = actor.district ?? filter.district
  if (filter.district !== undefined && filter.district !== district) return []
  const rows = await readReleases(sql, { ...filter, district })
  return rows.map((row) => ({ id: row.id, view: releaseView(row) }))
}

/** One release with its projects, claw-backs and instructions. Refuses `release_not_found`. */
export async function releaseOf({ database: { sql } }: Ledger, actor: Actor, release: string): Promise<ReleaseDetail> {
  demand(actor, 'allocation.read')
  const row = await readRelease(sql, releaseNames.numberOf(release) ?? 0n)
  if (!row || !seesDistrict(actor, row)) throw refuse('release_not_found', { release })
  const parts = await readReleaseParts(sql, row.id)
  const clawbacks = await readClawbacks(sql, row.id)
  const returned = await readClawbackParts(sql, row.id)
  const claims = new Map((await claimsOfRelease(sql, row.id)).map((claim) => [claim.clawbackId, claim]))
  const instructions = await readInstructions(sql, row.id)
  return {
    ...releaseView(row),
    projects: parts.map(({ project, amountFen }) => ({ project, amount: formatFen(amountFen) })),
    clawbacks: clawbacks.map((one) => clawbackDetail(one, returned, claims.get(one.id))),
    instructions: instructions.map(instructionView),
  }
}

function clawbackDetail(
  row: ClawbackRow,
  returned: readonly (ProjectPart & { readonly clawbackId: bigint })[],
  claim: ClaimRow | undefined,
): ClawbackView {
  if (row.state !== 'posted') return clawbackView(row)
  const own = returned.filter(({ clawbackId }) => clawbackId === row.id)
  const { amountFen, settledFen, dueOn } = claim ?? { amountFen: 0n, settledFen: 0n, dueOn: '' }
  return {
    ...clawbackView(row),
    projects: own.map((part) => ({ project: part.project, amount: formatFen(part.amountFen) })),
    ...(claim && { claim: { amount: formatFen(amountFen), settled: formatFen(settledFen), dueOn } }),
  }
}

const instructionView = ({ reference, amountFen, hash, state, receipt, sentAt }: Instruction): InstructionView => ({
  reference,
  amount: formatFen(amountFen),
  hash,
  state,
  ...(receipt !== null && { receipt }),
  ...(sentAt !== null && { sentAt: formatInstant(sentAt) }),
})
