/**
 * Delegation (委托): for a time another person decides in one's place. What is lent is a duty of checking or approving,
 * by its holder alone, to a person and never to a machine; both take part when it is used, and it ends with the right
 * it was lent from.
 */
import { type Actor, demand, may, type Permission, permissionsOf, roles, rolesWith } from '../access/actor.ts'
import { reachOf } from '../access/duties.ts'
import { personCalled } from '../access/persons.ts'
import { holdsDuty } from '../access/store.ts'
import { assert } from '../base/assert.ts'
import { addMonths, businessDay, type Day, type Instant } from '../base/calendar.ts'
import type { Sql, Tx } from '../base/db.ts'
import { listedCodes } from '../base/refusal.ts'
import { clauseOf, lawOn } from '../policy/parameters.ts'
import { isLendable, type Lendable, type Office, officeSeenBy, ofOffice } from './approval.ts'
import { refuse } from './refusals.ts'
import { type DelegationFilter, endDelegation, insertDelegation, isLent, readDelegationRows } from './store.ts'

export type NewDelegation = {
  readonly delegate: string
  readonly permission: Permission
  readonly from: Day
  readonly to: Day
  readonly reason: string
}

export type DelegationView = NewDelegation & {
  readonly permission: Lendable
  readonly id: string
  readonly delegator: string
  readonly district?: string
  readonly revoked: boolean
}

// Auditors judge what was decided, and machines have no judgement: neither decides in anybody's place.
const taking = ['approval.submit', 'approval.check', 'approval.approve'] as const
const mayStandIn = roles.filter(
  (role) =>
    officeSeenBy({ role }) !== undefined && taking.some((permission) => permissionsOf[role].includes(permission)),
)

export const canStandIn = ({ role }: Actor): boolean => mayStandIn.includes(role)

/**
 * Lets another person decide in one's place for a time. Only what one may oneself, only in one's own district, and only
 * to a person of a duty that decides. Refuses `permission_not_lendable`, `permission_denied`, `person_not_found`,
 * `delegation_to_self`, `delegation_days_reversed`, `delegation_too_long`, `delegate_without_duty`.
 */
export async function delegate(tx: Tx, actor: Actor, given: NewDelegation, at: Instant): Promise<DelegationView> {
  const { permission, from, to, reason } = given
  if (!isLendable(permission)) throw refuse('permission_not_lendable', { permission })
  demand(actor, permission)
  const { name: delegate } = await personCalled(tx, given.delegate)
  if (delegate === actor.person) throw refuse('delegation_to_self', { person: delegate })
  if (from > to) throw refuse('delegation_days_reversed', { from, to })
  const law = lawOn(businessDay(at))
  const latest = addMonths(businessDay(at), law.take('delegation_longest'))
  if (to > latest) throw refuse('delegation_too_long', { to, latest }, clauseOf(law, 'delegation_longest'))
  const office = officeSeenBy(actor)
  assert(office, 'who has something to lend is of an office')
  const own = ofOffice(office, mayStandIn)
  const stands = { name: delegate, roles: own, district: actor.district ?? null, signedIn: false }
  if (!(await holdsDuty(tx, stands))) {
    throw refuse('delegate_without_duty', { person: delegate, roles: listedCodes(own), where: reachOf(actor) })
  }
  const id = await insertDelegation(tx, {
    delegator: actor.person,
    delegate,
    permission,
    district: actor.district ?? null,
    validFrom: from,
    validTo: to,
    reason,
    madeAt: at,
  })
  const district = actor.district === undefined ? {} : { district: actor.district }
  return { ...given, delegate, permission, id: id.toString(), delegator: actor.person, ...district, revoked: false }
}

/**
 * Ends a delegation at once: one's own, or anybody's by who manages persons. Refuses `delegation_not_found`, also where
 * it was ended before.
 */
export async function revokeDelegation(tx: Tx, actor: Actor, delegation: string, at: Instant): Promise<void> {
  const id = /^[1-9][0-9]{0,17}$/.test(delegation) ? BigInt(delegation) : 0n
  const ended = await endDelegation(tx, id, may(actor, 'person.manage') ? undefined : actor.person, at)
  if (!ended) throw refuse('delegation_not_found', { delegation })
}

/** Delegations, oldest first, those that ended too. */
export async function readDelegations(sql: Sql, filter: DelegationFilter): Promise<DelegationView[]> {
  const rows = await readDelegationRows(sql, filter)
  return rows.map(({ id, delegator, delegate, permission, district, validFrom: from, ...row }) => ({
    id: id.toString(),
    delegator,
    delegate,
    permission,
    ...(district !== null && { district }),
    from,
    to: row.validTo,
    reason: row.reason,
    revoked: row.revokedAt !== null,
  }))
}

/** In whose place, if in anybody's, something of which district is decided on which day. */
type Place = {
  readonly delegator: string | undefined
  readonly district: string | null
  readonly office: Office
  readonly on: Day
}

/**
 * Refuses `permission_denied` or `not_delegated` unless the actor has one of the permissions, or stands in for somebody
 * who has.
 */
export async function demandFor(
  tx: Tx,
  actor: Actor,
  anyOf: readonly [Permission, ...Permission[]],
  place: Place,
): Promise<void> {
  const { delegator, on } = place
  if (delegator === undefined) {
    if (!anyOf.some((permission) => may(actor, permission))) demand(actor, anyOf[0])
    return
  }
  for (const permission of anyOf) {
    if (canStandIn(actor) && (await isDelegated(tx, actor.person, delegator, permission, place))) return
  }
  throw refuse('not_delegated', { person: actor.person, delegator, permission: listedCodes(anyOf), on })
}

async function isDelegated(
  tx: Tx,
  person: string,
  delegator: string,
  permission: Permission,
  { district, office, on }: Omit<Place, 'delegator'>,
): Promise<boolean> {
  if (!(await isLent(tx, { delegate: person, delegator, permission, district, on }))) return false
  // Who has lost the right has lent nothing: his duty was ended, or no token of it opens any more.
  return holdsDuty(tx, { name: delegator, roles: ofOffice(office, rolesWith(permission)), district, signedIn: true })
}
