/** Reading approvals and delegations. An approval of one district exists for that district and for the city. */
import { type Actor, demand, may, rolesWith } from '../access/actor.ts'
import { personCalled } from '../access/persons.ts'
import { dutiesOf } from '../access/store.ts'
import type { Day } from '../base/calendar.ts'
import type { Sql } from '../base/db.ts'
import { type ApprovalState, approvalNames, type Lendable, officeSeenBy, ofOffice } from './approval.ts'
import { canStandIn, type DelegationView, readDelegations } from './delegation.ts'
import { refuse } from './refusals.ts'
import {
  type ApprovalRow,
  type ApprovalView,
  approvalView,
  countApprovals,
  decisionView,
  type DecisionView,
  readApproval,
  readApprovals,
  readEarlier,
  decisionsOf,
  type Mine,
  type ToDo,
} from './store.ts'

export { type ApprovalView, type DecisionView, type Mine, mineNames } from './store.ts'

export function seesApproval(actor: Actor, { district, office }: Pick<ApprovalRow, 'district' | 'office'>): boolean {
  const own = officeSeenBy(actor)
  return (actor.district === undefined || actor.district === district) && (own === undefined || own === office)
}

export type ApprovalFilter = {
  readonly state?: ApprovalState | undefined
  readonly kind?: string | undefined
  readonly subject?: string | undefined
  /** Only what waits for somebody. */
  readonly waiting?: boolean | undefined
  /** What of the actor's; what he may decide is settled as of a day. */
  readonly mine?: { readonly which: Mine; readonly on: Day } | undefined
  readonly after: bigint
  readonly limit: number
}

/** Approvals after a number, what has waited longest first. Refuses `permission_denied`. */
export async function listApprovals(
  sql: Sql,
  actor: Actor,
  { mine, ...filter }: ApprovalFilter,
): Promise<ApprovalView[]> {
  demand(actor, 'approval.read')
  const whose = mine && { toDo: toDoOf(actor, mine.on), mine: mine.which }
  const rows = await readApprovals(sql, { ...filter, district: actor.district, office: officeSeenBy(actor), ...whose })
  return rows.map(approvalView)
}

/**
 * What of a person's, by the duties he holds: for doors without a token. What waits for others waits for him under none
 * of them. Refuses `person_not_found`.
 */
export async function listApprovalsOf(
  sql: Sql,
  called: string,
  { which, on }: { readonly which: Mine; readonly on: Day },
): Promise<ApprovalView[]> {
  const person = await personCalled(sql, called)
  const held = (await dutiesOf(sql, [person.id])).filter(({ endedAt }) => endedAt === null)
  const found = async (wanted: Mine): Promise<Map<string, ApprovalView>> => {
    const all = new Map<string, ApprovalView>()
    for (const { role, district } of held) {
      const actor = { person: person.name, role, district: district ?? undefined }
      if (!may(actor, 'approval.read')) continue
      const filter = { mine: { which: wanted, on }, after: 0n, limit: personMost }
      for (const view of await listApprovals(sql, actor, filter)) all.set(view.id, view)
    }
    return all
  }
  const views = await found(which)
  if (which === 'others') for (const id of (await found('to_do')).keys()) views.delete(id)
  return [...views.values()]
}

// Of one person at a terminal; whoever needs more reads pages.
const personMost = 10_000

/** What this actor may decide: in the states his role decides, and, where he may, in the places of others. */
function toDoOf(actor: Actor, on: Day): ToDo {
  const office = officeSeenBy(actor)
  // Who has lost them has lent nothing, and who is of another office has lent nothing here.
  const deciders = (permission: Lendable) =>
    office === undefined ? rolesWith(permission) : ofOffice(office, rolesWith(permission))
  return {
    person: actor.person,
    states: [
      ...(may(actor, 'approval.check') ? (['checking'] as const) : []),
      ...(may(actor, 'approval.approve') ? (['approving'] as const) : []),
    ],
    inPlaceOn: canStandIn(actor) ? on : undefined,
    checkerRoles: deciders('approval.check'),
    approverRoles: deciders('approval.approve'),
  }
}

/** An approval with all its steps. Refuses `permission_denied`, `approval_not_found`. */
export async function findApproval(
  sql: Sql,
  actor: Actor,
  approval: string,
): Promise<ApprovalView & { readonly decisions: readonly DecisionView[] }> {
  demand(actor, 'approval.read')
  const id = approvalNames.numberOf(approval)
  const row = id === undefined ? undefined : await readApproval(sql, id)
  if (!row || !seesApproval(actor, row)) throw refuse('approval_not_found', { approval })
  // The steps of the version that was read: what was decided meanwhile belongs to the next.
  const decisions = (await decisionsOf(sql, row.id)).slice(0, row.steps)
  return { ...approvalView(row), decisions: decisions.map(decisionView) }
}

/**
 * What was submitted of the same subject before, for the difference: the last that was approved, or else the last there
 * was.
 */
export async function findEarlier(
  sql: Sql,
  actor: Actor,
  { id: name, kind, subject }: ApprovalView,
): Promise<ApprovalView | undefined> {
  const id = approvalNames.numberOf(name)
  const row = id === undefined ? undefined : await readEarlier(sql, { kind, subject, id })
  return row && seesApproval(actor, row) ? approvalView(row) : undefined
}

/**
 * How many approvals are the actor's: to decide on a day, made, decided, waiting for others. Refuses
 * `permission_denied`.
 */
export async function countMine(sql: Sql, actor: Actor, on: Day): Promise<Readonly<Record<Mine, number>>> {
  demand(actor, 'approval.read')
  return countApprovals(sql, { toDo: toDoOf(actor, on), district: actor.district, office: officeSeenBy(actor) })
}

/** Whose delegations an actor sees: those he has given or been given; who looks after persons, everybody's. */
export const delegationsSeenBy = (actor: Actor): { readonly person?: string } =>
  may(actor, 'person.read') ? {} : { person: actor.person }

/** Delegations after a number, oldest first, those that ended too. Refuses `permission_denied`. */
export async function listDelegations(
  sql: Sql,
  actor: Actor,
  page: { readonly after: bigint; readonly limit: number },
): Promise<DelegationView[]> {
  demand(actor, 'delegation.read')
  return readDelegations(sql, { ...delegationsSeenBy(actor), district: actor.district, ...page })
}
