/** The SQL of releases, and of what was paid of each allotment. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Day } from '../../base/calendar.ts'
import { only, type Reader, rowsOf, type Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { changed, matching, prepared, written } from '../../base/drizzle/queries.ts'
import type { Quarter } from '../../base/quarter.ts'
import type { ProjectPart, ReleaseKind, ReleaseState } from './release.ts'
import { allotmentReleases as allotments, releases } from '../tables.ts'

// --- What was paid of an allotment ----------------------------------------------------------------------------------

const ofAllotment = prepared((on, given) => on.select().from(allotments).where(matching(allotments, given)))

/** What was paid to each district of each allocation, less what was clawed back. */
export async function readAllReleased(tx: Tx, district?: string): Promise<Map<string, Fen>> {
  const rows = await ofAllotment(tx, { district })
  return new Map(rows.map((row) => [allotmentKey(row.allocation, row.district), row.releasedFen]))
}

export const allotmentKey = (allocation: string, district: string): string => `${allocation}|${district}`

const lockingAllotment = prepared((on, given) =>
  on.select().from(allotments).where(matching(allotments, given)).for('update'),
)

/** Whoever pays or claws back waits here for whoever does so with the same allotment. */
export async function lockAllotment(tx: Tx, allocation: string, district: string): Promise<Fen> {
  await insertAllotment(tx, allocation, district)
  return only(await lockingAllotment(tx, { allocation, district })).releasedFen
}

const insertingAllotment = prepared((on, given) =>
  on
    .insert(allotments)
    .values(written(allotments, given))
    .onConflictDoNothing({ target: [allotments.allocation, allotments.district] }),
)

export async function insertAllotment(tx: Tx, allocation: string, district: string): Promise<void> {
  await insertingAllotment(tx, { allocation, district })
}

const adding = prepared((on, given) =>
  on
    .update(allotments)
    .set({ releasedFen: sql`${allotments.releasedFen} + ${sql.placeholder('amountFen')}` })
    .where(matching(allotments, given)),
)

export async function addReleased(tx: Tx, allocation: string, district: string, amountFen: Fen): Promise<void> {
  await adding(tx, { allocation, district, amountFen })
}

export type PaidPart = ProjectPart & { readonly allocation: string; readonly district: string }

/** What each project has had of allocations, by district, less what came back. */
export const releasedByProject = (tx: Tx, allocations: readonly string[]): Promise<PaidPart[]> =>
  rowsOf<PaidPart>(tx, releasedText, [[...allocations]])

const releasedText = `
  select allocation, district, project, sum(amount_fen) as "amountFen" from (
    select r.allocation, r.district, p.project, p.amount_fen
    from release r join release_part p on p.release_id = r.release_id
    where r.allocation = any($1::text[])
    union all
    select r.allocation, r.district, p.project, -p.amount_fen
    from release r join clawback c on c.release_id = r.release_id
      join clawback_part p on p.clawback_id = c.clawback_id
    where r.allocation = any($1::text[])
    union all
    select r.allocation, r.district, p.project, -p.amount_fen
    from release r join clawback c on c.release_id = r.release_id
      join claim_settlement s on s.clawback_id = c.clawback_id
      join settlement_part p on p.settlement_id = s.settlement_id
    where r.allocation = any($1::text[])
  ) parts group by allocation, district, project`

// --- Releases -------------------------------------------------------------------------------------------------------

export type ReleaseRow = typeof releases.$inferSelect

export type NewRelease = Omit<ReleaseRow, 'id' | 'state' | 'releasedOn' | 'clawedFen'>

const inserting = prepared((on, given) => on.insert(releases).values(written(releases, given)).returning())

export const insertRelease = async (tx: Tx, given: NewRelease): Promise<ReleaseRow> =>
  only(await inserting(tx, { ...given, state: 'drafted' }))

const locking = prepared((on, given) => on.select().from(releases).where(matching(releases, given)).for('update'))

export const lockReleaseOf = async (tx: Tx, approval: string): Promise<ReleaseRow> =>
  only(await locking(tx, { approval }))

export const lockRelease = async (tx: Tx, id: bigint): Promise<ReleaseRow | undefined> => (await locking(tx, { id }))[0]

const reading = prepared((on, given) => on.select().from(releases).where(matching(releases, given)))

export const readRelease = async (reader: Reader, id: bigint): Promise<ReleaseRow | undefined> =>
  (await reading(reader, { id }))[0]

const pending = prepared((on, given) =>
  on
    .select()
    .from(releases)
    .where(and(eq(releases.state, 'drafted'), matching(releases, given))),
)

export const pendingRelease = async (tx: Tx, allocation: string, district: string): Promise<ReleaseRow | undefined> =>
  (await pending(tx, { allocation, district }))[0]

/** Allotments of which a release waits for approval. */
export async function pendingAllotments(tx: Tx): Promise<Set<string>> {
  const rows = await pending(tx, {})
  return new Set(rows.map(({ allocation, district }) => allotmentKey(allocation, district)))
}

const byId = eq(releases.id, sql.placeholder('id'))
const ending = prepared((on, given) => on.update(releases).set(changed(releases, given)).where(byId))

export async function endRelease(tx: Tx, id: bigint, state: ReleaseState, releasedOn: Day | null): Promise<void> {
  await ending(tx, { id, state, releasedOn })
}

const clawing = prepared((on) =>
  on
    .update(releases)
    .set({ clawedFen: sql`${releases.clawedFen} + ${sql.placeholder('amountFen')}` })
    .where(byId),
)

export async function addClawed(tx: Tx, id: bigint, amountFen: Fen): Promise<void> {
  await clawing(tx, { id, amountFen })
}

export const partsInto = async (tx: Tx, table: string, column: string, id: bigint, parts: readonly ProjectPart[]) => {
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
  return rowsOf<ProjectPart>(
    reader,
    `select p.project, (p.amount_fen - coalesce((
       select sum(b.amount_fen) from clawback c join clawback_part b on b.clawback_id = c.clawback_id
       where c.release_id = p.release_id and b.project = p.project), 0) - coalesce((
       select sum(b.amount_fen) from clawback c join claim_settlement s on s.clawback_id = c.clawback_id
         join settlement_part b on b.settlement_id = s.settlement_id
       where c.release_id = p.release_id and b.project = p.project), 0))::bigint as "amountFen"
     from release_part p where p.release_id = $1 order by p.project`,
    [id.toString()],
  )
}

/** What came back of which project, claw-back by claw-back of a release. */
export const readClawbackParts = (reader: Reader, id: bigint): Promise<(ProjectPart & { clawbackId: bigint })[]> =>
  rowsOf(
    reader,
    `select p.clawback_id as "clawbackId", p.project, p.amount_fen as "amountFen"
     from clawback c join clawback_part p using (clawback_id) where c.release_id = $1 order by 1, 2`,
    [id.toString()],
  )

export type ReleaseFilter = {
  readonly district?: string | undefined
  readonly allocation?: string | undefined
  readonly state?: ReleaseState | undefined
  readonly quarter?: Quarter | undefined
  readonly kind?: ReleaseKind | undefined
}

const listing = prepared((on, given) =>
  on
    .select()
    .from(releases)
    .where(and(gt(releases.id, sql.placeholder('after')), matching(releases, given)))
    .orderBy(asc(releases.id))
    .limit(sql.placeholder('limit')),
)

/** Releases after an id, oldest first. */
export const readReleases = (
  reader: Reader,
  filter: ReleaseFilter & { readonly after: bigint; readonly limit: number },
): Promise<ReleaseRow[]> => listing(reader, filter)
