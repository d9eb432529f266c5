/** The SQL of claims and of what settles them. */
import { and, eq, sql } from 'drizzle-orm'
import type { Day } from '../../base/calendar.ts'
import { changed, matching, prepared, written } from '../../base/drizzle/queries.ts'
import { only, type Reader, rowsOf, type Tx } from '../../base/db.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import type { ClawbackGround, ClawbackState } from '../clawback/clawback.ts'
import { partsInto } from '../release/store.ts'
import type { ProjectPart } from '../release/release.ts'
import { clawbackClaims, claimSettlements as table } from '../tables.ts'

export type ClaimRow = {
  readonly clawbackId: bigint
  readonly releaseId: bigint
  readonly allocation: string
  readonly district: string
  readonly ground: ClawbackGround
  readonly document: string
  readonly amountFen: Fen
  readonly settledFen: Fen
  readonly dueOn: Day
}

const claimText = `
  select k.clawback_id as "clawbackId", c.release_id as "releaseId", r.allocation, r.district, c.ground, c.document,
         k.amount_fen as "amountFen", k.settled_fen as "settledFen", k.due_on::text as "dueOn"
  from clawback_claim k join clawback c using (clawback_id) join release r on r.release_id = c.release_id`

export type ClaimFilter = {
  readonly district?: string | undefined
  readonly allocation?: string | undefined
  readonly open?: boolean | undefined
}

/** Claims after one, in the order of their claw-backs. */
export const readClaims = (
  reader: Reader,
  { district, allocation, open, after, limit }: ClaimFilter & { readonly after: bigint; readonly limit: number },
): Promise<ClaimRow[]> =>
  rowsOf<ClaimRow>(
    reader,
    `${claimText} where k.clawback_id > $1 and ($2::text is null or r.district = $2)
       and ($3::text is null or r.allocation = $3) and (not $4::boolean or k.settled_fen < k.amount_fen)
     order by k.clawback_id limit $5`,
    [after.toString(), district ?? null, allocation ?? null, open ?? false, limit],
  )

/** Every open claim, of all districts or one. */
export const openClaims = (reader: Reader, filter: Omit<ClaimFilter, 'open'> = {}): Promise<ClaimRow[]> =>
  readClaims(reader, { ...filter, open: true, after: 0n, limit: 1_000_000 })

export const readClaim = async (reader: Reader, clawbackId: bigint): Promise<ClaimRow | undefined> =>
  (await rowsOf<ClaimRow>(reader, `${claimText} where k.clawback_id = $1`, [clawbackId]))[0]

export const claimsOfRelease = (reader: Reader, releaseId: bigint): Promise<ClaimRow[]> =>
  rowsOf<ClaimRow>(reader, `${claimText} where c.release_id = $1`, [releaseId.toString()])

/** The same, locked: one settlement of a claim at a time. */
export async function lockClaim(tx: Tx, clawbackId: bigint): Promise<ClaimRow | undefined> {
  await tx.query('select from clawback_claim where clawback_id = $1 for update', [clawbackId])
  return readClaim(tx, clawbackId)
}

/** What of a release is claimed and did not come back: it may not be asked for again. */
export async function claimedOfRelease(tx: Tx, releaseId: bigint): Promise<Fen> {
  const rows = await tx.query<{ fen: Fen }>(
    `select coalesce(sum(k.amount_fen), 0) - coalesce((
       select sum(s.amount_fen) from claim_settlement s join clawback b using (clawback_id)
       where b.release_id = $1 and s.state = 'posted' and s.way <> 'kept'), 0)::bigint as fen
     from clawback_claim k join clawback c using (clawback_id) where c.release_id = $1`,
    [releaseId.toString()],
  )
  return only(rows).fen
}

/** What is open of claims on an allotment for what came early: it counts as paid, and was asked back already. */
export async function openEarlyFen(
  reader: Reader,
  { allocation, district }: { readonly allocation: string; readonly district: string },
): Promise<Fen> {
  const claims = (await openClaims(reader, { allocation, district })).filter(({ ground }) => ground === 'early')
  return sumFen(claims.map(({ amountFen, settledFen }) => amountFen - settledFen))
}

const insertingClaim = prepared((on, given) => on.insert(clawbackClaims).values(written(clawbackClaims, given)))

export async function insertClaim(
  tx: Tx,
  given: { readonly clawbackId: bigint; readonly amountFen: Fen; readonly dueOn: Day },
): Promise<void> {
  await insertingClaim(tx, given)
}

const settling = prepared((on) =>
  on
    .update(clawbackClaims)
    .set({ settledFen: sql`${clawbackClaims.settledFen} + ${sql.placeholder('amountFen')}` })
    .where(eq(clawbackClaims.clawbackId, sql.placeholder('clawbackId'))),
)

export async function settleClaim(tx: Tx, clawbackId: bigint, amountFen: Fen): Promise<void> {
  await settling(tx, { clawbackId, amountFen })
}

export type SettlementRow = Readonly<typeof table.$inferSelect>

const inserting = prepared((on, given) => on.insert(table).values(written(table, given)).returning())

export const insertSettlement = async (
  tx: Tx,
  given: Omit<SettlementRow, 'id' | 'state' | 'postedOn'>,
): Promise<SettlementRow> => only(await inserting(tx, { ...given, state: 'drafted' }))

const locking = prepared((on, given) => on.select().from(table).where(matching(table, given)).for('update'))

export const lockSettlementOf = async (tx: Tx, approval: string): Promise<SettlementRow> =>
  only(await locking(tx, { approval }))

const pending = prepared((on, given) =>
  on
    .select()
    .from(table)
    .where(and(matching(table, given), eq(table.state, 'drafted'))),
)

export const pendingSettlement = async (tx: Tx, clawbackId: bigint): Promise<SettlementRow | undefined> =>
  (await pending(tx, { clawbackId }))[0]

const ending = prepared((on, given) =>
  on
    .update(table)
    .set(changed(table, given))
    .where(eq(table.id, sql.placeholder('id'))),
)

export async function endSettlement(tx: Tx, id: bigint, state: ClawbackState, postedOn: Day | null): Promise<void> {
  await ending(tx, { id, state, postedOn })
}

export const insertSettlementParts = (tx: Tx, id: bigint, parts: readonly ProjectPart[]): Promise<void> =>
  partsInto(tx, 'settlement_part', 'settlement_id', id, parts)
