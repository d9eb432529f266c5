/** The SQL of releases, claw-backs, runs of early disbursement and instructions to the treasury. */
import { hash } from 'node:crypto'
import { type Day, formatInstant, type Instant, instantText } from '../../base/calendar.ts'
import { instantColumn, only, type Row, type Sql, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Fen } from '../../base/money.ts'
import type { Quarter } from '../../base/quarter.ts'
import type { ProjectPart } from './release.ts'

type Reader = Sql | Tx

const rowsOf = <R extends Row>(reader: Reader, text: string, values: readonly unknown[]): Promise<R[]> =>
  'query' in reader ? reader.query<R>(text, values) : reader.unsafe<R[]>(text, values as never[])

const instant = (column: string): string => `${instantColumn(column)} as ${column}`

// --- Names ----------------------------------------------------------------------------------------------------------

const numbered = (letter: string) => ({
  nameOf: (id: bigint): string => `${letter}-${id}`,
  /** The number of a name as it is written; 0, which is none, for anything else. */
  numberOf: (name: string): string => new RegExp(`^${letter}-([1-9][0-9]{0,17})$`).exec(name)?.[1] ?? '0',
})
export const releaseNames = numbered('R')
export const clawbackNames = numbered('B')

// --- What was paid of an allotment ----------------------------------------------------------------------------------

/** What was paid to a district of an allocation, less what was clawed back. */
export async function readReleased(tx: Tx, allocation: string, district: string): Promise<Fen> {
  const [row] = await tx.query<{ released_fen: bigint }>(
    'select released_fen from allotment_release where allocation = $1 and district = $2',
    [allocation, district],
  )
  return row?.released_fen ?? 0n
}

export async function readAllReleased(tx: Tx): Promise<Map<string, Fen>> {
  const rows = await tx.query<{ allocation: string; district: string; released_fen: bigint }>(
    'select allocation, district, released_fen from allotment_release',
  )
  return new Map(rows.map((row) => [allotmentKey(row.allocation, row.district), row.released_fen]))
}

export const allotmentKey = (allocation: string, district: string): string => `${allocation}|${district}`

/** Whoever pays or claws back waits here for whoever does so with the same allotment. */
export async function lockAllotment(tx: Tx, allocation: string, district: string): Promise<Fen> {
  await insertAllotment(tx, allocation, district)
  const { released_fen: releasedFen } = only(
    await tx.query<{ released_fen: bigint }>(
      'select released_fen from allotment_release where allocation = $1 and district = $2 for update',
      [allocation, district],
    ),
  )
  return releasedFen
}

export async function insertAllotment(tx: Tx, allocation: string, district: string): Promise<void> {
  await tx.query(
    'insert into allotment_release (allocation, district) values ($1, $2) on conflict (allocation, district) do nothing',
    [allocation, district],
  )
}

export async function addReleased(tx: Tx, allocation: string, district: string, amountFen: Fen): Promise<void> {
  await tx.query(
    'update allotment_release set released_fen = released_fen + $3 where allocation = $1 and district = $2',
    [allocation, district, amountFen.toString()],
  )
}

/** What each project has had of an allotment, less what came back. */
export async function releasedByProject(tx: Tx, allocation: string, district: string): Promise<Map<string, Fen>> {
  const rows = await tx.query<{ project: string; amount_fen: bigint }>(
    `select project, sum(amount_fen)::bigint as amount_fen from (
       select p.project, p.amount_fen from release r join release_part p on p.release_id = r.release_id
       where r.allocation = $1 and r.district = $2
       union all
       select p.project, -p.amount_fen from release r join clawback c on c.release_id = r.release_id
         join clawback_part p on p.clawback_id = c.clawback_id
       where r.allocation = $1 and r.district = $2
     ) parts group by project`,
    [allocation, district],
  )
  return new Map(rows.map(({ project, amount_fen: amountFen }) => [project, amountFen]))
}

export type Recovery = { readonly dueFen: Fen; readonly doneFen: Fen }

/** What districts must give back of an indicator whose final budget was below its early notice, and what of it came back already. */
export async function recoveriesWithin(tx: Tx, indicators: readonly string[]): Promise<Map<string, Recovery>> {
  const rows = await tx.query<{ indicator: string; district: string; due_fen: bigint; done_fen: bigint }>(
    'select indicator, district, due_fen, done_fen from indicator_recovery where indicator = any($1::text[])',
    [[...indicators]],
  )
  return new Map(
    rows.map((row) => [allotmentKey(row.indicator, row.district), { dueFen: row.due_fen, doneFen: row.done_fen }]),
  )
}

// --- Releases -------------------------------------------------------------------------------------------------------

export type ReleaseState = 'drafted' | 'released' | 'rejected' | 'withdrawn'
export const releaseStateNamesZh: Record<ReleaseState, string> = {
  drafted: '待审批',
  released: '已拨付',
  rejected: '已退回',
  withdrawn: '已撤回',
}

export type ReleaseRow = {
  release_id: bigint
  allocation: string
  district: string
  tranche: number
  kind: 'normal' | 'early'
  amount_fen: bigint
  quarter: Quarter | null
  run: number | null
  score_version: number | null
  conditions: Json
  on_day: Day | null
  approval: string
  state: ReleaseState
  released_on: Day | null
  clawed_fen: bigint
  drafted_by: string
  drafted_at: Instant
}

const releaseColumns = `release_id, allocation, district, tranche, kind, amount_fen, quarter, run, score_version, conditions, on_day, approval,
  state, released_on, clawed_fen, drafted_by, ${instant('drafted_at')}`

export type NewRelease = Omit<ReleaseRow, 'release_id' | 'state' | 'released_on' | 'clawed_fen'>

export async function insertRelease(tx: Tx, given: NewRelease): Promise<ReleaseRow> {
  return only(
    await tx.query<ReleaseRow>(
      `insert into release (allocation, district, tranche, kind, amount_fen, quarter, run, score_version, conditions, on_day, approval, state,
         drafted_by, drafted_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'drafted', $12, $13) returning ${releaseColumns}`,
      [
        given.allocation,
        given.district,
        given.tranche,
        given.kind,
        given.amount_fen.toString(),
        given.quarter,
        given.run,
        given.score_version,
        JSON.stringify(given.conditions),
        given.on_day,
        given.approval,
        given.drafted_by,
        instantText(given.drafted_at),
      ],
    ),
  )
}

const releaseWhere = async (reader: Reader, where: string, values: readonly unknown[]): Promise<ReleaseRow[]> =>
  rowsOf<ReleaseRow>(reader, `select ${releaseColumns} from release where ${where}`, values)

export const lockReleaseOf = async (tx: Tx, approval: string): Promise<ReleaseRow> =>
  only(await releaseWhere(tx, 'approval = $1 for update', [approval]))

export const lockRelease = async (tx: Tx, id: bigint | string): Promise<ReleaseRow | undefined> =>
  (await releaseWhere(tx, 'release_id = $1 for update', [id.toString()]))[0]

export const readRelease = async (reader: Reader, id: string): Promise<ReleaseRow | undefined> =>
  (await releaseWhere(reader, 'release_id = $1', [id]))[0]

export const pendingRelease = async (tx: Tx, allocation: string, district: string): Promise<ReleaseRow | undefined> =>
  (await releaseWhere(tx, `allocation = $1 and district = $2 and state = 'drafted'`, [allocation, district]))[0]

/** Allotments of which a release waits for approval. */
export async function pendingAllotments(tx: Tx): Promise<Set<string>> {
  const rows = await tx.query<{ allocation: string; district: string }>(
    `select allocation, district from release where state = 'drafted'`,
  )
  return new Set(rows.map(({ allocation, district }) => allotmentKey(allocation, district)))
}

export async function endRelease(tx: Tx, id: bigint, state: ReleaseState, on: Day | null): Promise<void> {
  await tx.query('update release set state = $2, released_on = $3 where release_id = $1', [id.toString(), state, on])
}

export async function addClawed(tx: Tx, id: bigint, amountFen: Fen): Promise<void> {
  await tx.query('update release set clawed_fen = clawed_fen + $2 where release_id = $1', [
    id.toString(),
    amountFen.toString(),
  ])
}

const partsInto = async (tx: Tx, table: string, column: string, id: bigint, parts: readonly ProjectPart[]) => {
  await tx.query(
    `insert into ${table} (${column}, project, amount_fen) select $1, p, a from unnest($2::text[], $3::bigint[]) as g(p, a)`,
    [id.toString(), parts.map(({ project }) => project), parts.map(({ amountFen }) => amountFen.toString())],
  )
}
export const insertReleaseParts = (tx: Tx, id: bigint, parts: readonly ProjectPart[]): Promise<void> =>
  partsInto(tx, 'release_part', 'release_id', id, parts)
export const insertClawbackParts = (tx: Tx, id: bigint, parts: readonly ProjectPart[]): Promise<void> =>
  partsInto(tx, 'clawback_part', 'clawback_id', id, parts)

/** What projects had of a release, less what came back of it, by project. */
export async function readReleaseParts(reader: Reader, id: bigint): Promise<ProjectPart[]> {
  const rows = await rowsOf<{ project: string; amount_fen: bigint }>(
    reader,
    `select p.project, (p.amount_fen - coalesce((
       select sum(b.amount_fen) from clawback c join clawback_part b on b.clawback_id = c.clawback_id
       where c.release_id = p.release_id and b.project = p.project), 0))::bigint as amount_fen
     from release_part p where p.release_id = $1 order by p.project`,
    [id.toString()],
  )
  return rows.map(({ project, amount_fen: amountFen }) => ({ project, amountFen }))
}

export type ReleaseFilter = {
  readonly district?: string | undefined
  readonly allocation?: string | undefined
  readonly state?: ReleaseState | undefined
  readonly quarter?: Quarter | undefined
  readonly kind?: ReleaseRow['kind'] | undefined
}

/** Releases after an id, oldest first. */
export function readReleases(
  reader: Reader,
  { after, limit, ...filter }: ReleaseFilter & { readonly after: bigint; readonly limit: number },
): Promise<ReleaseRow[]> {
  const { district = null, allocation = null, state = null, quarter = null, kind = null } = filter
  return releaseWhere(
    reader,
    `release_id > $1 and ($2::text is null or district = $2) and ($3::text is null or allocation = $3)
       and ($4::text is null or state = $4) and ($5::text is null or quarter = $5) and ($6::text is null or kind = $6)
     order by release_id limit $7`,
    [after.toString(), district, allocation, state, quarter, kind, limit],
  )
}

// --- Claw-backs -----------------------------------------------------------------------------------------------------

export const clawbackCauses = ['score_corrected', 'audit_finding'] as const
export type ClawbackCause = (typeof clawbackCauses)[number]
export const causeNamesZh: Record<ClawbackCause, string> = { score_corrected: '得分更正', audit_finding: '审计结论' }

export type ClawbackState = 'drafted' | 'posted' | 'rejected' | 'withdrawn'

export type ClawbackRow = {
  clawback_id: bigint
  release_id: bigint
  cause: ClawbackCause
  document: string
  sha256: string | null
  score_version: number | null
  reason: string
  asked_fen: bigint
  taken_fen: bigint | null
  approval: string
  state: ClawbackState
  drafted_by: string
  drafted_at: Instant
  posted_on: Day | null
}

const clawbackColumns = `clawback_id, release_id, cause, document, encode(sha256, 'hex') as sha256, score_version, reason, asked_fen, taken_fen,
  approval, state, drafted_by, ${instant('drafted_at')}, posted_on`

export type NewClawback = Omit<ClawbackRow, 'clawback_id' | 'taken_fen' | 'state' | 'posted_on'>

export async function insertClawback(tx: Tx, given: NewClawback): Promise<ClawbackRow> {
  return only(
    await tx.query<ClawbackRow>(
      `insert into clawback (release_id, cause, document, sha256, score_version, reason, asked_fen, approval, state, drafted_by, drafted_at)
       values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8, 'drafted', $9, $10) returning ${clawbackColumns}`,
      [
        given.release_id.toString(),
        given.cause,
        given.document,
        given.sha256,
        given.score_version,
        given.reason,
        given.asked_fen.toString(),
        given.approval,
        given.drafted_by,
        instantText(given.drafted_at),
      ],
    ),
  )
}

export const lockClawbackOf = async (tx: Tx, approval: string): Promise<ClawbackRow> =>
  only(
    await tx.query<ClawbackRow>(`select ${clawbackColumns} from clawback where approval = $1 for update`, [approval]),
  )

export const pendingClawback = async (tx: Tx, releaseId: bigint): Promise<ClawbackRow | undefined> =>
  (
    await tx.query<ClawbackRow>(`select ${clawbackColumns} from clawback where release_id = $1 and state = 'drafted'`, [
      releaseId.toString(),
    ])
  )[0]

export async function endClawback(
  tx: Tx,
  id: bigint,
  state: ClawbackState,
  posted: { readonly takenFen: Fen; readonly on: Day } | undefined,
): Promise<void> {
  await tx.query('update clawback set state = $2, taken_fen = $3, posted_on = $4 where clawback_id = $1', [
    id.toString(),
    state,
    posted?.takenFen.toString() ?? null,
    posted?.on ?? null,
  ])
}

export const readClawbacks = (reader: Reader, releaseId: bigint): Promise<ClawbackRow[]> =>
  rowsOf<ClawbackRow>(reader, `select ${clawbackColumns} from clawback where release_id = $1 order by clawback_id`, [
    releaseId.toString(),
  ])

// --- Runs of early disbursement -------------------------------------------------------------------------------------

export type EarlyRunRow = {
  quarter: Quarter
  run: number
  asked_by: string
  ran_at: Instant
  facts_hash: Buffer
  result: Json
}

const runColumns = `quarter, run, asked_by, ${instant('ran_at')}, facts_hash, result`

export async function readEarlyRun(reader: Reader, quarter: Quarter, run: number): Promise<EarlyRunRow | undefined> {
  const text = `select ${runColumns} from early_run where quarter = $1 and run = $2`
  return (await rowsOf<EarlyRunRow>(reader, text, [quarter, run]))[0]
}

/** How many runs of a quarter there have been. */
export async function lastEarlyRun(reader: Reader, quarter: Quarter): Promise<number> {
  const text = 'select coalesce(max(run), 0)::int as last from early_run where quarter = $1'
  return only(await rowsOf<{ last: number }>(reader, text, [quarter])).last
}

export type NewEarlyRun = EarlyRunRow & {
  readonly facts: Json
  readonly scores: readonly { readonly district: string; readonly version: number }[]
}

export async function insertEarlyRun(tx: Tx, given: NewEarlyRun): Promise<void> {
  await tx.query(
    `insert into early_run (quarter, run, asked_by, ran_at, facts, facts_hash, result) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      given.quarter,
      given.run,
      given.asked_by,
      instantText(given.ran_at),
      JSON.stringify(given.facts),
      given.facts_hash,
      JSON.stringify(given.result),
    ],
  )
  await tx.query(
    `insert into early_run_score (quarter, run, district, version)
     select $1, $2, d, v from unnest($3::text[], $4::int[]) as g(d, v)`,
    [
      given.quarter,
      given.run,
      given.scores.map(({ district }) => district),
      given.scores.map(({ version }) => version),
    ],
  )
}

// --- Instructions ---------------------------------------------------------------------------------------------------

export type InstructionState = 'drafted' | 'sending' | 'sent'
export type Instruction = {
  readonly reference: string
  readonly releaseId: bigint | null
  readonly clawbackId: bigint | null
  readonly amountFen: Fen
  /** What is sent, byte for byte. */
  readonly content: string
  readonly hash: string
  readonly state: InstructionState
  readonly receipt: string | null
  readonly sentAt: string | null
}

type InstructionRow = {
  reference: string
  release_id: bigint | null
  clawback_id: bigint | null
  amount_fen: bigint
  content: string
  hash: string
  state: InstructionState
  receipt: string | null
  sent_at: Instant | null
}

const instructionColumns = `reference, release_id, clawback_id, amount_fen, content, encode(content_hash, 'hex') as hash, state, receipt,
  ${instant('sent_at')}`

const instructionOf = (row: InstructionRow): Instruction => ({
  reference: row.reference,
  releaseId: row.release_id,
  clawbackId: row.clawback_id,
  amountFen: row.amount_fen,
  content: row.content,
  hash: row.hash,
  state: row.state,
  receipt: row.receipt,
  sentAt: row.sent_at === null ? null : formatInstant(row.sent_at),
})

export type NewInstruction = {
  readonly reference: string
  readonly releaseId?: bigint
  readonly clawbackId?: bigint
  readonly amountFen: Fen
  readonly content: string
}

export async function insertInstruction(tx: Tx, given: NewInstruction, at: Instant): Promise<void> {
  await tx.query(
    `insert into treasury_instruction (reference, release_id, clawback_id, amount_fen, content, content_hash, drafted_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      given.reference,
      given.releaseId?.toString() ?? null,
      given.clawbackId?.toString() ?? null,
      given.amountFen.toString(),
      given.content,
      hash('sha256', given.content, 'buffer'),
      instantText(at),
    ],
  )
}

export async function lockInstruction(tx: Tx, reference: string): Promise<Instruction | undefined> {
  const [row] = await tx.query<InstructionRow>(
    `select ${instructionColumns} from treasury_instruction where reference = $1 for update`,
    [reference],
  )
  return row && instructionOf(row)
}

export async function readInstructions(reader: Reader, releaseId: bigint): Promise<Instruction[]> {
  const rows = await rowsOf<InstructionRow>(
    reader,
    `select ${instructionColumns} from treasury_instruction
     where release_id = $1 or clawback_id in (select clawback_id from clawback where release_id = $1) order by drafted_at, reference`,
    [releaseId.toString()],
  )
  return rows.map(instructionOf)
}

/** Fixes that it is going out now. */
export async function markSending(tx: Tx, reference: string, at: Instant): Promise<void> {
  await tx.query(`update treasury_instruction set state = 'sending', sending_at = $2 where reference = $1`, [
    reference,
    instantText(at),
  ])
}

export async function markSent(tx: Tx, reference: string, receipt: string, at: Instant): Promise<void> {
  await tx.query(`update treasury_instruction set state = 'sent', receipt = $2, sent_at = $3 where reference = $1`, [
    reference,
    receipt,
    instantText(at),
  ])
}
