/**
 * Reading indicators, cash plans and commitments. What an indicator holds is asked of the ledger's balances each time, to the fen; whoever
 * acts for a district sees that district's only, and another's is answered as if there were none.
 */
import { type Actor, demand } from '../access/actor.ts'
import { formatFen } from '../base/money.ts'
import { bookFor, type Ledger } from '../ledger/ledger.ts'
import { type IndicatorJson, indicatorJson, seesIndicator } from './actions.ts'
import { commitmentJson, type CommitmentJson } from './actions-commitment.ts'
import { parseCommitmentName } from './commitment.ts'
import { refuse } from './refusals.ts'
import {
  type Availability,
  type CashPlanRow,
  type Commitment,
  type CommitmentFilter,
  type IndicatorFilter,
  readAvailability,
  readCashPlans,
  readCommitment,
  readCommitments,
  readIndicator,
  readIndicators,
  readRecoveries,
} from './store.ts'

/** What an indicator holds as JSON: `approved` is `available` + `carried` + `issued` + `allotted`. */
export type AvailabilityJson = ReturnType<typeof availabilityJson>

export const availabilityJson = (held: Availability) => ({
  approved: formatFen(held.approvedFen),
  available: formatFen(held.availableFen),
  unassigned: formatFen(held.unassignedFen),
  carried: formatFen(held.carriedFen),
  issued: formatFen(held.issuedFen),
  allotted: formatFen(held.allottedFen),
  released: formatFen(held.releasedFen),
  committableApproved: formatFen(held.committableApprovedFen),
  committable: formatFen(held.committableFen),
  committed: formatFen(held.committedFen),
  committedPaid: formatFen(held.committedPaidFen),
  committableAllotted: formatFen(held.committableAllottedFen),
  byProject: held.byProject.map((of) => ({
    project: of.project,
    available: formatFen(of.availableFen),
    carried: formatFen(of.carriedFen),
    issued: formatFen(of.issuedFen),
    committable: formatFen(of.committableFen),
    committed: formatFen(of.committedFen),
    committedPaid: formatFen(of.committedPaidFen),
  })),
  byDistrict: held.byDistrict.map((of) => ({
    district: of.district,
    allotted: formatFen(of.allottedFen),
    released: formatFen(of.releasedFen),
  })),
})

export type IndicatorDetail = IndicatorJson & {
  availability: AvailabilityJson
  /** What must come back after a final budget below the early notice, by district. */
  recoveries: { district: string; due: string; done: string }[]
}

type Page<After> = { readonly after: After; readonly limit: number }

/** Indicators in the order of their codes. */
export async function listIndicators(
  { database }: Ledger,
  actor: Actor,
  filter: IndicatorFilter & Page<string>,
): Promise<IndicatorJson[]> {
  demand(actor, 'allocation.read')
  if (isOthers(actor, filter.district)) return []
  const rows = await readIndicators(database.sql, { ...filter, district: actor.district ?? filter.district })
  return rows.map(indicatorJson)
}

/** One indicator and what it holds. Refuses `indicator_not_found`. */
export async function showIndicator({ database }: Ledger, actor: Actor, code: string): Promise<IndicatorDetail> {
  demand(actor, 'allocation.read')
  const { sql } = database
  const found = await readIndicator(sql, code)
  if (!found || !seesIndicator(actor, found)) throw refuse('indicator_not_found', { indicator: code })
  const recoveries = await readRecoveries(sql, code)
  return {
    ...indicatorJson(found),
    availability: availabilityJson(await readAvailability(sql, found)),
    recoveries: recoveries.map(({ district, dueFen, doneFen }) => ({
      district,
      due: formatFen(dueFen),
      done: formatFen(doneFen),
    })),
  }
}

export type CashPlanView = Omit<CashPlanRow, 'id' | 'amountFen'> & { readonly id: string; readonly amount: string }

/** Approved cash plans of a book, oldest approval first. Refuses `book_not_found`. */
export async function listCashPlans(
  ledger: Ledger,
  actor: Actor,
  given: { readonly book: string; readonly year?: number | undefined } & Page<bigint>,
): Promise<CashPlanView[]> {
  await bookFor(ledger, actor, given.book, 'allocation.read')
  const rows = await readCashPlans(ledger.database.sql, given)
  return rows.map(({ id, amountFen, ...of }) => ({ id: id.toString(), ...of, amount: formatFen(amountFen) }))
}

/** Commitments in the order in which they were made. */
export async function listCommitments(
  { database }: Ledger,
  actor: Actor,
  filter: CommitmentFilter & Page<bigint>,
): Promise<{ id: bigint; view: CommitmentJson }[]> {
  demand(actor, 'allocation.read')
  if (isOthers(actor, filter.district)) return []
  const rows = await readCommitments(database.sql, { ...filter, district: actor.district ?? filter.district })
  return rows.map((row) => ({ id: row.id, view: commitmentJson(row) }))
}

/** One commitment. Refuses `commitment_not_found`. */
export async function showCommitment({ database }: Ledger, actor: Actor, commitment: string): Promise<CommitmentJson> {
  demand(actor, 'allocation.read')
  const id = parseCommitmentName(commitment)
  const found: Commitment | undefined = id === undefined ? undefined : await readCommitment(database.sql, id)
  if (!found || !seesIndicator(actor, found)) throw refuse('commitment_not_found', { commitment })
  return commitmentJson(found)
}

const isOthers = (actor: Actor, district: string | undefined): boolean =>
  district !== undefined && !seesIndicator(actor, { district })
