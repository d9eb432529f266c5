/** The SQL of approvals, inside the transaction of whoever decides. */
import { and, asc, desc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Permission, Role } from '../access/actor.ts'
import { type Day, formatInstant, type Instant } from '../base/calendar.ts'
import { only, type Reader, type Sql, sqlState, type Statement, type Tx } from '../base/db.ts'
import { changed, matching, prepared, written } from '../base/drizzle/queries.ts'
import { type ApprovalState, approvalNames, type DecisionName, type Office } from './approval.ts'
import { approvalDecisions as decisions, approvalParties as parties, approvals, delegations } from './tables.ts'

export type ApprovalRow = Readonly<typeof approvals.$inferSelect>
export type DecisionRow = Readonly<typeof decisions.$inferSelect>

const byIdValue = sql.placeholder('id')
const byId = eq(approvals.id, byIdValue)
const reading = prepared((on) => on.select().from(approvals).where(byId))
const locking = prepared((on) => on.select().from(approvals).where(byId).for('update'))

export async function lockApproval(tx: Tx, id: bigint): Promise<ApprovalRow | undefined> {
  return (await locking(tx, { id }))[0]
}

// Said in the text, not by values: an index of what is open serves it, under plans that look at no values.
const isOpen = sql`${approvals.state} in ('checking', 'approving')`

const lockingOpen = prepared((on, given) =>
  on
    .select()
    .from(approvals)
    .where(and(matching(approvals, given), isOpen))
    .for('update'),
)

export async function lockOpenApproval(tx: Tx, kind: string, subject: string): Promise<ApprovalRow | undefined> {
  return (await lockingOpen(tx, { kind, subject }))[0]
}

export type NewApprovalRow = Omit<ApprovalRow, 'id' | 'steps'>

const opening = prepared((on, given) =>
  on
    .insert(approvals)
    .values(written(approvals, given))
    .onConflictDoNothing({
      target: [approvals.subject, approvals.kind],
      where: sql`state in ('checking', 'approving')`,
    })
    .returning(),
)

/** Opens an approval; `undefined` where one of this subject was opened by somebody else meanwhile. */
export async function insertApproval(tx: Tx, row: NewApprovalRow): Promise<ApprovalRow | undefined> {
  return (await opening(tx, row))[0]
}

export type NewDecision = {
  readonly decision: DecisionName
  readonly person: string
  readonly actingFor: string | undefined
  readonly reason: string | undefined
  readonly hash: Buffer
  readonly at: Instant
}

const deciding = prepared((on, given) =>
  on.insert(decisions).values({
    ...written(decisions, given),
    decidedAt: sql`greatest(${sql.param(sql.placeholder('at'), decisions.decidedAt)}::timestamptz, (
      select max(decided_at) + interval '1 microsecond' from ${decisions}
      where approval_id = ${sql.placeholder('approvalId')}))`,
  }),
)
const moving = prepared((on, given) => on.update(approvals).set(changed(approvals, given)).where(byId))

/**
 * Adds a decision, moves the approval on, and gives it as it stands then. Decisions ascend in time as they do in
 * order: who waited for the lock began before those he waited for.
 */
export async function insertDecision(
  tx: Tx,
  row: ApprovalRow,
  state: ApprovalState,
  { hash: contentHash, ...given }: NewDecision,
): Promise<ApprovalRow> {
  const steps = row.steps + 1
  await deciding(tx, { approvalId: row.id, step: steps, contentHash, ...given })
  await moving(tx, { id: row.id, state, steps })
  return { ...row, state, steps }
}

const insertingParties: Statement = {
  name: 'insert_parties',
  text: 'insert into approval_party (approval_id, person, step) select $1, p, $3 from unnest($2::text[]) p',
}

/** Notes that persons took part at a step; false where one of them had before. */
export async function insertParties(tx: Tx, row: ApprovalRow, persons: readonly string[]): Promise<boolean> {
  try {
    await tx.query(insertingParties, [row.id.toString(), persons, row.steps + 1])
    return true
  } catch (error) {
    if (sqlState(error) === '23505') return false
    throw error
  }
}

const readingParties = prepared((on) =>
  on
    .select({ person: parties.person, step: parties.step })
    .from(parties)
    .where(eq(parties.approvalId, sql.placeholder('id')))
    // Read through whichever index, it is the same list.
    .orderBy(asc(parties.step), asc(parties.person)),
)

export const partiesOf = (tx: Tx, id: bigint): Promise<{ person: string; step: number }[]> => readingParties(tx, { id })

const readingDecisions = prepared((on) =>
  on
    .select()
    .from(decisions)
    .where(eq(decisions.approvalId, sql.placeholder('id')))
    .orderBy(asc(decisions.step)),
)

export const decisionsOf = (reader: Reader, id: bigint): Promise<DecisionRow[]> => readingDecisions(reader, { id })

export type ApprovalFilter = {
  readonly after: bigint
  readonly limit: number
  readonly state?: ApprovalState | undefined
  readonly district?: string | undefined
  readonly kind?: string | undefined
  readonly office?: Office | undefined
  readonly subject?: string | undefined
  /** What its subject is, or begins with, up to a colon. */
  readonly about?: string | undefined
  /** Only what waits for somebody. */
  readonly waiting?: boolean | undefined
  readonly toDo?: ToDo | undefined
  /** What of a person's: what he may decide, what he made, where he decided, what waits for others without him. */
  readonly mine?: Mine | undefined
}

export const mineNames = ['to_do', 'made', 'done', 'others'] as const
export type Mine = (typeof mineNames)[number]

/** Who looks for what there is to decide: in which states by his own right, on which day in others' places. */
export type ToDo = {
  readonly person: string
  readonly states: readonly ApprovalState[]
  /** Absent where he may not decide in others' places. */
  readonly inPlaceOn: Day | undefined
  /** Roles that check, and that approve: whoever has lost them has lent nothing. */
  readonly checkerRoles: readonly Role[]
  readonly approverRoles: readonly Role[]
}

const isToDo = sql`${isOpen}
  and not exists (
    select from approval_party p where p.approval_id = approval.approval_id and p.person = ${sql.placeholder('person')})
  and (state = any(${sql.placeholder('states')}::text[]) or exists (
    select from delegation d
    where d.delegate = ${sql.placeholder('person')} and d.revoked_at is null
      and ${sql.placeholder('inPlaceOn')}::date between d.valid_from and d.valid_to
      and d.permission = case state when 'checking' then 'approval.check' else 'approval.approve' end
      and (d.district is null or d.district = approval.district)
      and exists (
        select from person p join duty h on h.person = p.id
        where p.name = d.delegator and h.ended_at is null and (h.district is null or h.district = approval.district)
          and h.role = any(case state when 'checking' then ${sql.placeholder('checkerRoles')}::text[] else ${sql.placeholder('approverRoles')}::text[] end))
      and not exists (
        select from approval_party p where p.approval_id = approval.approval_id and p.person = d.delegator)))`

const tookPart = (steps: SQL): SQL => sql`exists (
  select from approval_party p where p.approval_id = approval.approval_id and p.person = ${sql.placeholder('person')}
    and p.step ${steps})`

const isMine: Readonly<Record<Mine, SQL>> = {
  to_do: isToDo,
  made: tookPart(sql`= 1`),
  done: tookPart(sql`> 1`),
  others: sql`${isOpen} and not ${tookPart(sql`> 0`)} and not (${isToDo})`,
}

const isAbout = sql`starts_with(${approvals.subject} || ':', ${sql.placeholder('about')} || ':')`

const listing = prepared((on, given) =>
  on
    .select()
    .from(approvals)
    .where(
      and(
        gt(approvals.id, sql.placeholder('after')),
        matching(approvals, given),
        given.has('waiting') ? isOpen : undefined,
        given.has('about') ? isAbout : undefined,
        ...mineNames.filter((name) => given.has(name)).map((name) => isMine[name]),
      ),
    )
    .orderBy(asc(approvals.id))
    .limit(sql.placeholder('limit')),
)

/** Approvals after an id, what has waited longest first: those of a filter, those one may decide. */
export function readApprovals(
  reader: Reader,
  { toDo, mine = 'to_do', waiting, ...filter }: ApprovalFilter,
): Promise<ApprovalRow[]> {
  const whose = toDo && { ...toDo, inPlaceOn: toDo.inPlaceOn ?? null, [mine]: true }
  return listing(reader, { ...filter, ...(waiting && { waiting }), ...whose })
}

const inCount = (name: Mine) => sql<number>`(count(*) filter (where ${isMine[name]}))::int`.as(name)
const counting = prepared((on, given) =>
  on
    .select({ to_do: inCount('to_do'), made: inCount('made'), done: inCount('done'), others: inCount('others') })
    .from(approvals)
    .where(matching(approvals, given)),
)

/**
 * How many there are of each that `mine` selects: what a person may decide, made, decided, and what waits for others.
 */
export async function countApprovals(
  reader: Sql,
  { toDo, ...of }: { readonly toDo: ToDo } & Pick<ApprovalFilter, 'district' | 'office'>,
): Promise<Readonly<Record<Mine, number>>> {
  const { inPlaceOn = null, ...whose } = toDo
  return only(await counting(reader, { ...of, ...whose, inPlaceOn }))
}

const readingEarlier = prepared((on) =>
  on
    .select()
    .from(approvals)
    .where(
      and(
        eq(approvals.kind, sql.placeholder('kind')),
        eq(approvals.subject, sql.placeholder('subject')),
        lt(approvals.id, byIdValue),
      ),
    )
    .orderBy(desc(sql`${approvals.state} = 'approved'`), desc(approvals.id))
    .limit(1),
)

/** What was submitted of the same subject before: the last that was approved, or else the last there was. */
export async function readEarlier(
  reader: Sql,
  { kind, subject, id }: { readonly kind: string; readonly subject: string; readonly id: bigint },
): Promise<ApprovalRow | undefined> {
  return (await readingEarlier(reader, { kind, subject, id }))[0]
}

export async function readApproval(reader: Sql, id: bigint): Promise<ApprovalRow | undefined> {
  return (await reading(reader, { id }))[0]
}

// --- Delegations ----------------------------------------------------------------------------------------------------

export type DelegationRow = Readonly<typeof delegations.$inferSelect>

const delegating = prepared((on, given) =>
  on.insert(delegations).values(written(delegations, given)).returning({ id: delegations.id }),
)

export async function insertDelegation(tx: Tx, given: Omit<DelegationRow, 'id' | 'revokedAt'>): Promise<bigint> {
  return only(await delegating(tx, given)).id
}

const ending = prepared((on, given) =>
  on
    .update(delegations)
    .set(changed(delegations, given))
    .where(
      and(
        eq(delegations.id, sql.placeholder('id')),
        given.has('of') ? eq(delegations.delegator, sql.placeholder('of')) : undefined,
        isNull(delegations.revokedAt),
      ),
    )
    .returning({ id: delegations.id }),
)

/** Ends a delegation, of somebody's where he is given; false where there is none such that still runs. */
export async function endDelegation(tx: Tx, id: bigint, of: string | undefined, revokedAt: Instant): Promise<boolean> {
  return (await ending(tx, { id, of, revokedAt })).length > 0
}

const ofPerson = sql.placeholder('person')
const listingDelegations = prepared((on, given) =>
  on
    .select()
    .from(delegations)
    .where(
      and(
        gt(delegations.id, sql.placeholder('after')),
        matching(delegations, given),
        given.has('person') ? or(eq(delegations.delegator, ofPerson), eq(delegations.delegate, ofPerson)) : undefined,
      ),
    )
    .orderBy(asc(delegations.id))
    .limit(sql.placeholder('limit')),
)

export type DelegationFilter = {
  readonly after: bigint
  readonly limit: number
  /** Whose: those he has given or been given; absent: everybody's. */
  readonly person?: string | undefined
  readonly district?: string | undefined
}

export const readDelegationRows = (reader: Sql, filter: DelegationFilter): Promise<DelegationRow[]> =>
  listingDelegations(reader, filter)

const lending = prepared((on) =>
  on
    .select({ id: delegations.id })
    .from(delegations)
    .where(
      and(
        eq(delegations.delegate, sql.placeholder('delegate')),
        eq(delegations.delegator, sql.placeholder('delegator')),
        eq(delegations.permission, sql.placeholder('permission')),
        isNull(delegations.revokedAt),
        sql`${sql.placeholder('on')}::date between ${delegations.validFrom} and ${delegations.validTo}`,
        or(isNull(delegations.district), eq(delegations.district, sql.placeholder('district'))),
      ),
    ),
)

export type Lent = {
  readonly delegate: string
  readonly delegator: string
  readonly permission: Permission
  readonly district: string | null
  readonly on: Day
}

/** Whether a delegation in force on a day lets one person decide in another's place. */
export const isLent = async (tx: Tx, lent: Lent): Promise<boolean> => (await lending(tx, lent)).length > 0

// --- Views ----------------------------------------------------------------------------------------------------------

/** An approval as it is shown: what is to be decided, under which hash, and who decided what so far. */
export type ApprovalView = {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly district?: string
  readonly amountFen?: bigint
  readonly summary: string
  readonly content: string
  readonly hash: string
  readonly approvers: number
  readonly state: ApprovalState
  /** How many decisions it has taken, the submission among them. */
  readonly version: number
  readonly maker: string
  readonly openedAt: string
}

export const approvalView = (row: ApprovalRow): ApprovalView => ({
  id: approvalNames.nameOf(row.id),
  kind: row.kind,
  subject: row.subject,
  ...(row.district !== null && { district: row.district }),
  ...(row.amountFen !== null && { amountFen: row.amountFen }),
  summary: row.summary,
  content: row.content,
  hash: row.contentHash.toString('hex'),
  approvers: row.approvers,
  state: row.state,
  version: row.steps,
  maker: row.maker,
  openedAt: formatInstant(row.openedAt),
})

/** A step as it is shown. */
export type DecisionView = {
  readonly step: number
  readonly decision: DecisionName
  readonly person: string
  readonly actingFor?: string
  readonly reason?: string
  readonly hash: string
  readonly at: string
}

export const decisionView = (row: DecisionRow): DecisionView => ({
  step: row.step,
  decision: row.decision,
  person: row.person,
  ...(row.actingFor !== null && { actingFor: row.actingFor }),
  ...(row.reason !== null && { reason: row.reason }),
  hash: row.contentHash.toString('hex'),
  at: formatInstant(row.decidedAt),
})
