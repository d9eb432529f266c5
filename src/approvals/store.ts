/** The SQL of approvals, inside the transaction of whoever decides. */
import { formatInstant, type Instant, instantText } from '../base/calendar.ts'
import { only, type Sql, sqlState, type Tx } from '../base/db.ts'
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

const micros = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint as ${column}`
const approvalColumns = `approval_id, kind, subject, district, amount_fen, summary, content, content_hash, approvers, state,
  steps, maker, ${micros('opened_at')}`
const decisionColumns = `step, decision, person, acting_for, reason, content_hash, ${micros('decided_at')}`

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

export async function insertApproval(tx: Tx, row: NewApprovalRow): Promise<ApprovalRow> {
  return only(
    await tx.query<ApprovalRow>(
      `insert into approval (kind, subject, district, amount_fen, summary, content, content_hash, approvers, state, maker, opened_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning ${approvalColumns}`,
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
    ),
  )
}

export type NewDecision = {
  readonly decision: DecisionName
  readonly person: string
  readonly actingFor: string | undefined
  readonly reason: string | undefined
  readonly hash: Buffer
  readonly at: Instant
}

/** Adds a decision and moves the approval on. */
export async function insertDecision(
  tx: Tx,
  row: ApprovalRow,
  state: ApprovalState,
  given: NewDecision,
): Promise<void> {
  const step = row.steps + 1
  await tx.query(
    `insert into approval_decision (approval_id, step, decision, person, acting_for, reason, content_hash, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
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

/** Approvals after an id, newest work first read: those of a state, a district, a subject. */
export async function readApprovals(
  sql: Sql,
  { after, limit, state, district, kind, subject }: ApprovalFilter,
): Promise<ApprovalRow[]> {
  return sql<ApprovalRow[]>`
    select ${sql.unsafe(approvalColumns)} from approval
    where approval_id > ${after.toString()}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
      ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
      ${subject === undefined ? sql`` : sql`and subject = ${subject}`}
    order by approval_id limit ${limit}`
}

export type ApprovalFilter = {
  readonly after: bigint
  readonly limit: number
  readonly state?: ApprovalState | undefined
  readonly district?: string | undefined
  readonly kind?: string | undefined
  readonly subject?: string | undefined
}

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
  maker: row.maker,
  openedAt: formatInstant(row.opened_at),
})
