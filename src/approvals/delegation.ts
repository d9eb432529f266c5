/**
 * Delegation (委托): for a time another person decides in one's place. What is lent is a duty of checking or approving, by its holder alone,
 * to a person and never to a machine; both take part when it is used, and it ends with the right it was lent from.
 */
import { type Actor, demand, may, type Permission, permissionsOf, type Role, roles } from '../access/actor.ts'
import { standsInRole } from '../access/token.ts'
import { type Day, type Instant, instantText } from '../base/calendar.ts'
import { only, type Sql, type Tx } from '../base/db.ts'
import { isLendable, type Lendable } from './approval.ts'
import { refuse } from './refusals.ts'

export type NewDelegation = {
  readonly delegate: string
  readonly permission: Permission
  readonly from: Day
  readonly to: Day
  readonly reason: string
}

export type DelegationView = NewDelegation & {
  readonly id: string
  readonly delegator: string
  readonly district?: string
  readonly revoked: boolean
}

// Auditors judge what was decided, and machines have no judgement: neither decides in anybody's place.
const mayStandIn: readonly Role[] = ['finance_maker', 'finance_checker', 'finance_approver']

export const canStandIn = ({ role }: Actor): boolean => mayStandIn.includes(role)

/**
 * Lets another person decide in one's place for a time. Only what one may oneself, and only in one's own district. Refuses
 * `permission_not_lendable`, `permission_denied`, `delegation_to_self`, `delegation_days_reversed`.
 */
export async function delegate(tx: Tx, actor: Actor, given: NewDelegation, at: Instant): Promise<DelegationView> {
  const { delegate, permission, from, to, reason } = given
  if (!isLendable(permission)) throw refuse('permission_not_lendable', { permission })
  demand(actor, permission)
  if (delegate === actor.person) throw refuse('delegation_to_self', { person: delegate })
  if (from > to) throw refuse('delegation_days_reversed', { from, to })
  const { delegation_id: id } = only(
    await tx.query<{ delegation_id: bigint }>(
      `insert into delegation (delegator, delegate, permission, district, valid_from, valid_to, reason, made_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning delegation_id`,
      [actor.person, delegate, permission, actor.district ?? null, from, to, reason, instantText(at)],
    ),
  )
  const district = actor.district === undefined ? {} : { district: actor.district }
  return { ...given, id: id.toString(), delegator: actor.person, ...district, revoked: false }
}

/** Ends a delegation of one's own at once. Refuses `delegation_not_found`, also where it was ended before. */
export async function revokeDelegation(tx: Tx, actor: Actor, delegation: string, at: Instant): Promise<void> {
  const rows = await tx.query(
    `update delegation set revoked_at = $3 where delegation_id = $1 and delegator = $2 and revoked_at is null returning 1`,
    [/^[1-9][0-9]{0,17}$/.test(delegation) ? delegation : '0', actor.person, instantText(at)],
  )
  if (rows.length === 0) throw refuse('delegation_not_found', { delegation })
}

export type DelegationFilter = {
  readonly after: bigint
  readonly limit: number
  /** Whose: those he has given or been given; absent: everybody's. */
  readonly person?: string | undefined
  readonly district?: string | undefined
}

/** Delegations, oldest first, those that ended too. */
export async function readDelegations(
  sql: Sql,
  { after, limit, person, district }: DelegationFilter,
): Promise<DelegationView[]> {
  const rows = await sql<DelegationRow[]>`
    select delegation_id, delegator, delegate, permission, district, valid_from, valid_to, reason, revoked_at is not null as revoked
    from delegation where delegation_id > ${after.toString()}
      ${person === undefined ? sql`` : sql`and (delegator = ${person} or delegate = ${person})`}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
    order by delegation_id limit ${limit}`
  return rows.map(({ delegation_id: id, delegator, delegate, permission, district, valid_from: from, ...row }) => ({
    id: id.toString(),
    delegator,
    delegate,
    permission,
    ...(district !== null && { district }),
    from,
    to: row.valid_to,
    reason: row.reason,
    revoked: row.revoked,
  }))
}

type DelegationRow = {
  delegation_id: bigint
  delegator: string
  delegate: string
  permission: Lendable
  district: string | null
  valid_from: Day
  valid_to: Day
  reason: string
  revoked: boolean
}

/** In whose place, if in anybody's, something of which district is decided on which day. */
type Place = { readonly delegator: string | undefined; readonly district: string | null; readonly on: Day }

/** Refuses `permission_denied` or `not_delegated` unless the actor has one of the permissions, or stands in for somebody who has. */
export async function demandFor(
  tx: Tx,
  actor: Actor,
  anyOf: readonly [Permission, ...Permission[]],
  place: Place,
): Promise<void> {
  const { delegator, district, on } = place
  if (delegator === undefined) {
    if (!anyOf.some((permission) => may(actor, permission))) demand(actor, anyOf[0])
    return
  }
  for (const permission of anyOf) {
    if (canStandIn(actor) && (await isDelegated(tx, actor.person, delegator, permission, { district, on }))) return
  }
  throw refuse('not_delegated', { person: actor.person, delegator, permission: anyOf.join('、'), on })
}

async function isDelegated(
  tx: Tx,
  person: string,
  delegator: string,
  permission: Permission,
  { district, on }: Omit<Place, 'delegator'>,
): Promise<boolean> {
  const delegations = await tx.query(
    `select 1 from delegation where delegate = $1 and delegator = $2 and permission = $3 and revoked_at is null
       and $4::date between valid_from and valid_to and (district is null or district = $5)`,
    [person, delegator, permission, on, district],
  )
  if (delegations.length === 0) return false
  // Who has lost the right has lent nothing.
  const holders = roles.filter((role) => permissionsOf[role].includes(permission))
  return standsInRole(tx, delegator, holders, district)
}
