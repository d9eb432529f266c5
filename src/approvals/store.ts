/** The SQL of approvals, inside the transaction of whoever decides. */
import { type Day, formatInstant, type Instant, instantText } from '../base/calendar.ts'
import { instantAs, type Sql, sqlState, type Tx } from '../base/db.ts'
import { type ApprovalState, approvalName, type DecisionName } from './approval.ts'

export type ApprovalRow = {
  approval_id: bigint
  kind: string
  subject: string
  district: string | null
  amount_fen: bigint | null
  summary: string
  content: string
  content_hash: Buffer
  approvers: number
  state: ApprovalState
  steps: number
  maker: string
  opened_at: bigint
}

export type DecisionRow = {
  step: number
  decision: DecisionName
  person: string
  acting_for: string | null
  reason: string | null
  content_hash: Buffer
  decided_at: bigint
}

const approvalColumns = `approval_id, kind, subject, district, amount_fen, summary, content, content_hash, approvers, state,
  steps, maker, ${instantAs('opened_at')}`
const decisionColumns = `step, decision, person, acting_for, reason, content_hash, ${instantAs('decided_at')}`

export async function lockApproval(tx: Tx, id: bigint): Promise<ApprovalRow | undefined> {
  const [row] = await tx.query<ApprovalRow>(
    `select ${approvalColumns} from approval where approval_id = $1 for update`,
    [id.toString()],
  )
  return row
}

export async function lockOpenApproval(tx: Tx, kind: string, subject: string): Promise<ApprovalRow | undefined> {
  const [row] = await tx.query<ApprovalRow>(
    `select ${approvalColumns} from approval where kind = $1 and subject = $2 and state in ('checking', 'approving') for update`,
    [kind, subject],
  )
  return row
}

export type NewApprovalRow = Omit<ApprovalRow, 'approval_id' | 'steps' | 'opened_at'> & { readonly at: Instant }

/** Opens an approval; `undefined` where one of this subject was opened by somebody else meanwhile. */
export async function insertApproval(tx: Tx, row: NewApprovalRow): Promise<ApprovalRow | undefined> {
  const [made] = await tx.query<ApprovalRow>(
    `insert into approval (kind, subject, district, amount_fen, summary, content, content_hash, approvers, state, maker, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (subject, kind) where state in ('checking', 'approving') do nothing returning ${approvalColumns}`,
    [
      row.kind,
      row.subject,
      row.district,
      row.amount_fen?.toString() ?? null,
      row.summary,
      row.content,
      row.content_hash,
      row.approvers,
      row.state,
      row.maker,
      instantText(row.at),
    ],
  )
  return made
}

export type NewDecision = {
  readonly decision: DecisionName
  readonly person: string
  readonly actingFor: string | undefined
  readonly reason: string | undefined
  readonly hash: Buffer
  readonly at: Instant
}

/**
 * Adds a decision, moves the approval on, and gives it as it stands then. Decisions ascend in time as they do in order: who waited for the
 * lock began before those he waited for.
 */
export async function insertDecision(
  tx: Tx,
  row: ApprovalRow,
  state: ApprovalState,
  given: NewDecision,
): Promise<ApprovalRow> {
  const step = row.steps + 1
  await tx.query(
    `insert into approval_decision (approval_id, step, decision, person, acting_for, reason, content_hash, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, greatest($8::timestamptz, (
       select max(decided_at) + interval '1 microsecond' from approval_decision where approval_id = $1)))`,
    [
      row.approval_id.toString(),
      step,
      given.decision,
      given.person,
      given.actingFor ?? null,
      given.reason ?? null,
      given.hash,
      instantText(given.at),
    ],
  )
  await tx.query('update approval set state = $2, steps = $3 where approval_id = $1', [
    row.approval_id.toString(),
    state,
    step,
  ])
  return { ...row, state, steps: step }
}

/** Notes that persons took part at a step; false where one of them had before. */
export async function insertParties(tx: Tx, row: ApprovalRow, persons: readonly string[]): Promise<boolean> {
  try {
    await tx.query(
      'insert into approval_party (approval_id, person, step) select $1, p, $3 from unnest($2::text[]) p',
      [row.approval_id.toString(), persons, row.steps + 1],
    )
    return true
  } catch (error) {
    if (sqlState(error) === '23505') return false
    throw error
  }
}

export async function partiesOf(tx: Tx, id: bigint): Promise<{ person: string; step: number }[]> {
  return tx.query('select person, step from approval_party where approval_id = $1', [id.toString()])
}

export async function decisionsOf(tx: Tx, id: bigint): Promise<DecisionRow[]> {
  return tx.query<DecisionRow>(
    `select ${decisionColumns} from approval_decision where approval_id = $1 order by step`,
    [id.toString()],
  )
}

/** Approvals after an id, what has waited longest first: those of a state, a district, a subject, those one may decide. */
export async function readApprovals(
  sql: Sql,
  { after, limit, state, district, kind, subject, toDo }: ApprovalFilter,
): Promise<ApprovalRow[]> {
  return sql<ApprovalRow[]>`
    select ${sql.unsafe(approvalColumns)} from approval
    where approval_id > ${after.toString()}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
      ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
      ${subject === undefined ? sql`` : sql`and subject = ${subject}`}
      ${toDo === undefined ? sql`` : toDoOf(sql, toDo)}
    order by approval_id limit ${limit}`
}

export type ApprovalFilter = {
  readonly after: bigint
  readonly limit: number
  readonly state?: ApprovalState | undefined
  readonly district?: string | undefined
  readonly kind?: string | undefined
  readonly subject?: string | undefined
  readonly toDo?: ToDo | undefined
}

/** Who looks for what there is to decide: in which states by his own right, on which day in others' places. */
export type ToDo = {
  readonly person: string
  readonly states: readonly ApprovalState[]
  /** Absent where he may not decide in others' places. */
  readonly inPlaceOn: Day | undefined
}

const toDoOf = (sql: Sql, { person, states, inPlaceOn }: ToDo) => sql`
  and state in ('checking', 'approving')
  and not exists (select from approval_party p where p.approval_id = approval.approval_id and p.person = ${person})
  and (state = any(${[...states]}::text[]) or exists (
    select from delegation d
    where d.delegate = ${person} and d.revoked_at is null
      and ${inPlaceOn ?? null}::date between d.valid_from and d.valid_to
      and d.permission = case state when 'checking' then 'approval.check' else 'approval.approve' end
      and (d.district is null or d.district = approval.district)
      and not exists (select from approval_party p where p.approval_id = approval.approval_id and p.person = d.delegator)))`

export async function readApproval(sql: Sql, id: bigint): Promise<ApprovalRow | undefined> {
  const [row] = await sql<ApprovalRow[]>`
    select ${sql.unsafe(approvalColumns)} from approval where approval_id = ${id.toString()}`
  return row
}

export async function readDecisions(sql: Sql, id: bigint): Promise<DecisionRow[]> {
  return sql<DecisionRow[]>`
    select ${sql.unsafe(decisionColumns)} from approval_decision where approval_id = ${id.toString()} order by step`
}

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
  id: approvalName(row.approval_id),
  kind: row.kind,
  subject: row.subject,
  ...(row.district !== null && { district: row.district }),
  ...(row.amount_fen !== null && { amountFen: row.amount_fen }),
  summary: row.summary,
  content: row.content,
  hash: row.content_hash.toString('hex'),
  approvers: row.approvers,
  state: row.state,
  version: row.steps,
  maker: row.maker,
  openedAt: formatInstant(row.opened_at),
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
  ...(row.acting_for !== null && { actingFor: row.acting_for }),
  ...(row.reason !== null && { reason: row.reason }),
  hash: row.content_hash.toString('hex'),
  at: formatInstant(row.decided_at),
})
