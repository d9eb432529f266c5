/** The SQL of claw-backs. */
import { type Day, type Instant, instantText } from '../../base/calendar.ts'
import { instantAs, only, type Reader, rowsOf, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import type { ClawbackCause, ClawbackState } from './clawback.ts'

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
  approval, state, drafted_by, ${instantAs('drafted_at')}, posted_on`

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
