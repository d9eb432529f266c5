/** Reading approvals and delegations. An approval of one district exists for that district and for the city. */
import { type Actor, demand, may } from '../access/actor.ts'
import type { Day } from '../base/calendar.ts'
import type { Sql } from '../base/db.ts'
import { type ApprovalState, parseApprovalName } from './approval.ts'
import { canStandIn, type DelegationView, readDelegations } from './delegation.ts'
import { refuse } from './refusals.ts'
import {
  type ApprovalRow,
  type ApprovalView,
  approvalView,
  decisionView,
  type DecisionView,
  readApproval,
  readApprovals,
  decisionsOf,
  type ToDo,
} from './store.ts'

export type { ApprovalView, DecisionView } from './store.ts'

export const seesApproval = (actor: Actor, { district }: Pick<ApprovalRow, 'district'>): boolean =>
  actor.district === undefined || actor.district === district

export type ApprovalFilter = {
  readonly state?: ApprovalState | undefined
  readonly kind?: string | undefined
  readonly subject?: string | undefined
  /** Only what the actor may decide on this day and has taken no part in. */
  readonly toDoOn?: Day | undefined
  readonly after: bigint
  readonly limit: number
}

/** Approvals after a number, what has waited longest first. Refuses `permission_denied`. */
export async function listApprovals(
  sql: Sql,
  actor: Actor,
  { toDoOn, ...filter }: ApprovalFilter,
): Promise<ApprovalView[]> {
  demand(actor, 'approval.read')
  const toDo = toDoOn === undefined ? undefined : toDoOf(actor, toDoOn)
  const rows = await readApprovals(sql, { ...filter, district: actor.district, toDo })
  return rows.map(approvalView)
}

/** What this actor may decide: in the states his role decides, and, where he may, in the places of others. */
const toDoOf = (actor: Actor, on: Day): ToDo => ({
  person: actor.person,
  states: [
    ...(may(actor, 'approval.check') ? (['checking'] as const) : []),
    ...(may(actor, 'approval.approve') ? (['approving'] as const) : []),
  ],
  inPlaceOn: canStandIn(actor) ? on : undefined,
})

/** An approval with all its steps. Refuses `permission_denied`, `approval_not_found`. */
export async function findApproval(
  sql: Sql,
  actor: Actor,
  approval: string,
): Promise<ApprovalView & { readonly decisions: readonly DecisionView[] }> {
  demand(actor, 'approval.read')
  const id = parseApprovalName(approval)
  const row = id === undefined ? undefined : await readApproval(sql, id)
  if (!row || !seesApproval(actor, row)) throw refuse('approval_not_found', { approval })
  // The steps of the version that was read: what was decided meanwhile belongs to the next.
  const decisions = (await decisionsOf(sql, row.id)).slice(0, row.steps)
  return { ...approvalView(row), decisions: decisions.map(decisionView) }
}

/** Whose delegations an actor sees: those he has given or been given; an auditor, everybody's. */
export const delegationsSeenBy = ({ role, person }: Actor): { readonly person?: string } =>
  role === 'auditor' ? {} : { person }

/** Delegations after a number, oldest first, those that ended too. Refuses `permission_denied`. */
export async function listDelegations(
  sql: Sql,
  actor: Actor,
  page: { readonly after: bigint; readonly limit: number },
): Promise<DelegationView[]> {
  demand(actor, 'approval.read')
  return readDelegations(sql, { ...delegationsSeenBy(actor), district: actor.district, ...page })
}
