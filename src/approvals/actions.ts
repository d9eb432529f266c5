/**
 * Submitting, deciding, delegating. What follows from an approval happens in the same transaction, done by whoever calls `decide` there
 * (the room of the subject): approved and not posted cannot be.
 */
import { type Actor, demand, may, type Permission } from '../access/actor.ts'
import { assert } from '../base/assert.ts'
import { businessDay, type Day, formatInstant, type Instant, instantText } from '../base/calendar.ts'
import { only, type Sql, type Tx } from '../base/db.ts'
import type { Json } from '../base/json.ts'
import type { Fen } from '../base/money.ts'
import { lawOn } from '../policy/parameters.ts'
import {
  approvalName,
  approversFor,
  contentOf,
  decisionNamesZh,
  decisionOf,
  isOpen,
  next,
  parseApprovalName,
  permissionFor,
  stateNamesZh,
  type Verdict,
} from './approval.ts'
import { refuse } from './refusals.ts'
import {
  type ApprovalRow,
  type ApprovalView,
  approvalView,
  decisionsOf,
  insertApproval,
  insertDecision,
  insertParties,
  lockApproval,
  lockOpenApproval,
  partiesOf,
} from './store.ts'

export type Submission = {
  /** Which effect follows (workflow/effects.ts), and of what: `allocation`, `allocation:SZ-2024-1`. */
  readonly kind: string
  readonly subject: string
  /** The only district whose people may decide; absent: the city's. */
  readonly district?: string | undefined
  readonly amountFen?: Fen | undefined
  /** One line for the list of things to do. */
  readonly summary: string
  /** Everything that is approved. */
  readonly content: Json
}

/** Opens an approval in the maker's name. Refuses `permission_denied`, `approval_pending` where one of this subject is open. */
export async function submit(tx: Tx, maker: Actor, given: Submission, at: Instant): Promise<ApprovalView> {
  demand(maker, 'approval.submit')
  return submitFor(tx, maker.person, given, at)
}

/** Opens an approval in the name of whoever is said to have made it: a job drafts in the name of who asked for it. */
export async function submitFor(tx: Tx, maker: string, given: Submission, at: Instant): Promise<ApprovalView> {
  const { kind, subject, district, amountFen, summary, content } = given
  const open = await lockOpenApproval(tx, kind, subject)
  if (open) throw refuse('approval_pending', { subject, approval: approvalName(open.approval_id) })
  const { text, hash } = contentOf(kind, subject, content)
  const row = await insertApproval(tx, {
    kind,
    subject,
    district: district ?? null,
    amount_fen: amountFen ?? null,
    summary,
    content: text,
    content_hash: hash,
    approvers: approversFor(amountFen, lawOn(businessDay(at))),
    state: 'checking',
    maker,
    at,
  })
  await insertParties(tx, row, [maker])
  const made = { decision: 'submitted', person: maker, actingFor: undefined, reason: undefined, hash, at } as const
  await insertDecision(tx, row, 'checking', made)
  return approvalView(row)
}

export type Decision = {
  readonly approval: string
  readonly verdict: Verdict
  /** SHA-256 of the content the person saw, in hex. */
  readonly hash: string
  readonly reason?: string | undefined
  /** Whose place the person takes, by a delegation in force. */
  readonly actingFor?: string | undefined
}

/**
 * Takes a decision. Gives the approval as it stands after it; `state` says whether anything is to follow. Refuses `approval_not_found`,
 * `permission_denied`, `not_delegated`, `approval_content_changed`, `approval_settled`, `approval_step_wrong`, `approval_not_yours`,
 * `person_took_part`.
 */
export async function decide(tx: Tx, actor: Actor, given: Decision, at: Instant): Promise<ApprovalView> {
  const { approval, verdict, hash, reason, actingFor } = given
  const id = parseApprovalName(approval)
  const row = id === undefined ? undefined : await lockApproval(tx, id)
  if (!row || !seesApproval(actor, row)) throw refuse('approval_not_found', { approval })
  await demandFor(tx, actor, permissionFor(verdict, row.state), actingFor, row.district, businessDay(at))
  const stands = row.content_hash.toString('hex')
  if (hash !== stands) throw refuse('approval_content_changed', { approval, given: hash, stands })
  if (!isOpen(row.state)) throw refuse('approval_settled', { approval, state: stateNamesZh[row.state] })
  const decisions = await decisionsOf(tx, row.approval_id)
  const approvals = decisions.filter(({ decision }) => decision === 'approved').length
  const state = next(row.state, verdict, { approvals, approvers: row.approvers })
  if (state === undefined) {
    const wanted = row.state === 'checking' ? decisionNamesZh.checked : decisionNamesZh.approved
    throw refuse('approval_step_wrong', { approval, state: stateNamesZh[row.state], wanted })
  }
  if (verdict === 'withdraw') requireMaker(row, actor)
  else await requireFresh(tx, row, [actor.person, ...(actingFor === undefined ? [] : [actingFor])])
  const decided = { decision: decisionOf[verdict], person: actor.person, actingFor, reason, hash: row.content_hash, at }
  await insertDecision(tx, row, state, decided)
  return { ...approvalView(row), state }
}

/** Ends an open approval whose content no longer stands; its maker submits the new one. */
export async function supersede(tx: Tx, kind: string, subject: string, person: string, at: Instant): Promise<void> {
  const row = await lockOpenApproval(tx, kind, subject)
  if (!row) return
  const ended = { decision: 'superseded', person, actingFor: undefined, reason: undefined, hash: row.content_hash, at }
  await insertDecision(tx, row, 'superseded', { ...ended, decision: 'superseded' })
}

/** An approval of one district exists for that district and for the city. */
export const seesApproval = (actor: Actor, { district }: Pick<ApprovalRow, 'district'>): boolean =>
  actor.district === undefined || actor.district === district

function requireMaker(row: ApprovalRow, { person }: Actor): void {
  if (row.maker === person) return
  throw refuse('approval_not_yours', { approval: approvalName(row.approval_id), maker: row.maker, person })
}

async function requireFresh(tx: Tx, row: ApprovalRow, persons: readonly string[]): Promise<void> {
  const parties = await partiesOf(tx, row.approval_id)
  const earlier = parties.find(({ person }) => persons.includes(person))
  if (earlier) {
    const decisions = await decisionsOf(tx, row.approval_id)
    const took = decisions.find(({ step }) => step === earlier.step)
    const step = took ? decisionNamesZh[took.decision] : ''
    throw refuse('person_took_part', { approval: approvalName(row.approval_id), person: earlier.person, step })
  }
  // The row is locked, so nobody came between; the key of the table says so once more.
  assert(await insertParties(tx, row, [...new Set(persons)]), 'a person takes part once')
}

/** What entries keep of an approval: who decided what, when, on which hash. */
export async function approvalsFor(
  tx: Tx,
  approval: string,
): Promise<{ person: string; decision: string; at: string; of: string }[]> {
  const id = parseApprovalName(approval)
  assert(id !== undefined, `an approval is named ${approval}`)
  const rows = await decisionsOf(tx, id)
  return rows.map(({ person, decision, acting_for: actingFor, decided_at: at, content_hash: of }) => ({
    person,
    decision: actingFor === null ? decision : `${decision} for ${actingFor}`,
    at: formatInstant(at),
    of: of.toString('hex'),
  }))
}

// --- Delegation -----------------------------------------------------------------------------------------------------

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

/** Lets another person decide in one's place for a time. Only what one may oneself, and only in one's own district. */
export async function delegate(tx: Tx, actor: Actor, given: NewDelegation, at: Instant): Promise<DelegationView> {
  demand(actor, given.permission)
  const { delegation_id: id } = only(
    await tx.query<{ delegation_id: bigint }>(
      `insert into delegation (delegator, delegate, permission, district, valid_from, valid_to, reason, made_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning delegation_id`,
      [
        actor.person,
        given.delegate,
        given.permission,
        actor.district ?? null,
        given.from,
        given.to,
        given.reason,
        instantText(at),
      ],
    ),
  )
  const district = actor.district === undefined ? {} : { district: actor.district }
  return { ...given, id: id.toString(), delegator: actor.person, ...district, revoked: false }
}

/** Ends a delegation of one's own at once. Refuses `delegation_not_found`. */
export async function revokeDelegation(tx: Tx, actor: Actor, delegation: string, at: Instant): Promise<void> {
  const rows = await tx.query(
    `update delegation set revoked_at = $3 where delegation_id = $1 and delegator = $2 and revoked_at is null returning 1`,
    [/^[1-9][0-9]{0,17}$/.test(delegation) ? delegation : '0', actor.person, instantText(at)],
  )
  if (rows.length === 0) throw refuse('delegation_not_found', { delegation })
}

/** Delegations one has given or been given. */
export async function readDelegations(sql: Sql, person: string): Promise<DelegationView[]> {
  const rows = await sql<DelegationRow[]>`
    select delegation_id, delegator, delegate, permission, district, valid_from, valid_to, reason, revoked_at is not null as revoked
    from delegation where delegator = ${person} or delegate = ${person} order by delegation_id`
  return rows.map(({ delegation_id: id, district, valid_from: from, valid_to: to, ...row }) => ({
    ...row,
    id: id.toString(),
    from,
    to,
    ...(district !== null && { district }),
  }))
}

type DelegationRow = Omit<DelegationView, 'id' | 'from' | 'to' | 'district'> & {
  delegation_id: bigint
  district: string | null
  valid_from: Day
  valid_to: Day
}

async function demandFor(
  tx: Tx,
  actor: Actor,
  permission: Permission,
  delegator: string | undefined,
  district: string | null,
  on: Day,
): Promise<void> {
  if (delegator === undefined) {
    demand(actor, permission)
    return
  }
  const rows = await tx.query(
    `select 1 from delegation where delegate = $1 and delegator = $2 and permission = $3 and revoked_at is null
       and $4::date between valid_from and valid_to and (district is null or district = $5)`,
    [actor.person, delegator, permission, on, district],
  )
  if (rows.length === 0) throw refuse('not_delegated', { person: actor.person, delegator, permission, on })
  // Whoever may do nothing at all may not do it for another either.
  if (!may(actor, 'approval.read')) demand(actor, permission)
}
