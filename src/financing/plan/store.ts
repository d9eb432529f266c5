/** The SQL of funding plans. A plan is read whole: its lines and shares are few beside the entries they become. */
import { asc, desc, type SQL, sql } from 'drizzle-orm'
import { instantText } from '../../base/calendar.ts'
import type { Reader, Sql, Statement, Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { matching, prepared, recordOf } from '../../base/drizzle/queries.ts'
import { type Commitment, lockCommitment } from '../../budget/commitment/store.ts'
import { readHeldFen } from '../../ledger/balance.ts'
import { fundAccounts } from '../../ledger/charts/plan-accounts.ts'
import type { DwellingName } from '../../projects/terms.ts'
import {
  fundingPlanLines as lineTable,
  fundingPlans as heads,
  fundingPlanShares as shareTable,
  fundingPlanVersions as versionTable,
} from '../tables.ts'
import { type Plan, type PlanLine, plannedOf, type PlanShare, totalOf } from './plan.ts'
import { groupBy } from '../../base/arrays.ts'

/** Where the plan of a project stands. */
export type PlanHead = typeof heads.$inferSelect

const locking = prepared((on, given) => on.select().from(heads).where(matching(heads, given)).for('update'))

/** The project is locked before: this is read under its lock. */
export const planHead = async (tx: Tx, project: string): Promise<PlanHead | undefined> =>
  (await locking(tx, { project }))[0]

const lockingAll = prepared((on) =>
  on
    .select()
    .from(heads)
    .where(sql`${heads.project} = any(${sql.placeholder('projects')}::text[])`)
    .orderBy(asc(heads.project))
    .for('update'),
)

export async function planHeads(tx: Tx, projects: readonly string[]): Promise<Map<string, PlanHead>> {
  const rows = await lockingAll(tx, { projects: [...projects] })
  return new Map(rows.map((row) => [row.project, row]))
}

const reading = prepared((on, given) => on.select().from(heads).where(matching(heads, given)))

export const readPlanHead = async (reader: Sql, project: string): Promise<PlanHead | undefined> =>
  (await reading(reader, { project }))[0]

/** The versions under one approval, in the order of their projects. */
export async function submittedUnder(tx: Tx, approval: string): Promise<{ project: string; version: number }[]> {
  return tx.query(
    'select project, submitted as version from funding_plan where approval = $1 and submitted is not null order by project',
    [approval],
  )
}

/** Notes which versions are under approval, or that none of these projects' is any more. */
export async function markSubmitted(
  tx: Tx,
  versions: readonly { readonly project: string; readonly version: number | null }[],
  approval: string | null,
): Promise<void> {
  await tx.query(
    `update funding_plan p set submitted = g.version, approval = $3
     from unnest($1::text[], $2::int[]) g(project, version) where p.project = g.project`,
    [versions.map(({ project }) => project), versions.map(({ version }) => version), approval],
  )
}

export async function markApproved(tx: Tx, versions: readonly { project: string; version: number }[]): Promise<void> {
  await tx.query(
    `update funding_plan p set submitted = null, approval = null, approved = g.version
     from unnest($1::text[], $2::int[]) g(project, version) where p.project = g.project`,
    [versions.map(({ project }) => project), versions.map(({ version }) => version)],
  )
}

/** A version as it is kept, apart from its lines and shares. */
export type PlanVersion = Omit<VersionRow, 'hash'> & { readonly hash: string }

type VersionRow = Readonly<typeof versionTable.$inferSelect>

export type NewVersion = Omit<PlanVersion, 'totalFen' | 'plannedFen'> & { readonly plan: Plan }

/** Writes versions whole, each the latest of its project: many at once, because a district submits many at once. */
export async function insertVersions(tx: Tx, versions: readonly NewVersion[]): Promise<void> {
  const names = [versions.map(({ project }) => project), versions.map(({ version }) => version)]
  await tx.query(insertingHeads, names)
  await insertRows(tx, insertingVersions, versions.map(versionRow))
  await insertRows(
    tx,
    insertingLines,
    versions.flatMap(({ project, version, plan }) =>
      plan.lines.map((line, index) => lineRow(project, version, index, line)),
    ),
  )
  await insertRows(
    tx,
    insertingShares,
    versions.flatMap(({ project, version, plan }) =>
      plan.shares.map((share, index) => shareRow(project, version, index, share)),
    ),
  )
}

async function insertRows(tx: Tx, statement: Statement, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await tx.query(statement, [JSON.stringify(rows)])
}

const insertingHeads: Statement = {
  name: 'insert_plan_heads',
  text: `
  insert into funding_plan (project, version) select * from unnest($1::text[], $2::int[])
  on conflict (project) do update set version = excluded.version`,
}

const insertingVersions: Statement = {
  name: 'insert_plan_versions',
  text: `
  insert into funding_plan_version (project, version, kind, basis, hash, total_fen, planned_fen, fund_book, scope, note, maker, made_at)
  select project, version, kind, basis, decode(hash, 'hex'), total_fen, planned_fen, fund_book, nullif(scope, 'null'::jsonb), note,
         maker, made_at
  from jsonb_to_recordset($1::jsonb) r(project text, version int, kind text, basis int, hash text, total_fen bigint, planned_fen bigint,
    fund_book text, scope jsonb, note text, maker text, made_at timestamptz)`,
}

const versionRow = (given: NewVersion) => ({
  project: given.project,
  version: given.version,
  kind: given.kind,
  basis: given.basis,
  hash: given.hash,
  total_fen: totalOf(given.plan).toString(),
  planned_fen: plannedOf(given.plan).toString(),
  fund_book: given.fundBook,
  scope: given.scope,
  note: given.note,
  maker: given.maker,
  made_at: instantText(given.madeAt),
})

const insertingLines: Statement = {
  name: 'insert_plan_lines',
  text: `
  insert into funding_plan_line (project, version, place, line, item, contract, purpose, ownership, quantity, unit_fen, amount_fen)
  select * from jsonb_to_recordset($1::jsonb) r(project text, version int, place int, line text, item text, contract text, purpose text,
    ownership text, quantity int, unit_fen bigint, amount_fen bigint)`,
}

const lineRow = (project: string, version: number, index: number, given: PlanLine) => ({
  project,
  version,
  place: index + 1,
  line: given.line,
  item: given.item,
  contract: given.contract,
  purpose: given.purpose,
  ownership: given.ownership,
  quantity: given.quantity,
  unit_fen: given.unitFen?.toString(),
  amount_fen: given.amountFen.toString(),
})

const insertingShares: Statement = {
  name: 'insert_plan_shares',
  text: `
  insert into funding_plan_share (project, version, place, line, source, party, community, building, dwelling, quantity, indicator,
    amount_fen)
  select * from jsonb_to_recordset($1::jsonb) r(project text, version int, place int, line text, source text, party text, community text,
    building text, dwelling text, quantity int, indicator text, amount_fen bigint)`,
}

const shareRow = (project: string, version: number, index: number, given: PlanShare) => ({
  project,
  version,
  place: index + 1,
  line: given.line,
  source: given.source,
  party: given.party,
  ...given.dwelling,
  quantity: given.quantity,
  indicator: given.indicator,
  amount_fen: given.amountFen.toString(),
})

const versionOf = ({ hash, ...row }: VersionRow): PlanVersion => ({ ...row, hash: hash.toString('hex') })

export type WholeVersion = PlanVersion & { readonly plan: Plan }

const amongWanted = (table: typeof versionTable | typeof lineTable | typeof shareTable): SQL =>
  sql`(${table.project}, ${table.version}) in (
    select * from unnest(${sql.placeholder('projects')}::text[], ${sql.placeholder('versions')}::int[]))`

const readingVersions = prepared((on) =>
  on
    .select()
    .from(versionTable)
    .where(amongWanted(versionTable))
    .orderBy(asc(versionTable.project), asc(versionTable.version)),
)
const readingLines = prepared((on) =>
  on
    .select()
    .from(lineTable)
    .where(amongWanted(lineTable))
    .orderBy(asc(lineTable.project), asc(lineTable.version), asc(lineTable.place)),
)
const readingShares = prepared((on) =>
  on
    .select()
    .from(shareTable)
    .where(amongWanted(shareTable))
    .orderBy(asc(shareTable.project), asc(shareTable.version), asc(shareTable.place)),
)

/** Versions with their lines and shares, in the order of their projects. */
export async function wholeVersions(
  reader: Reader,
  wanted: readonly { readonly project: string; readonly version: number }[],
): Promise<WholeVersion[]> {
  const values = { projects: wanted.map(({ project }) => project), versions: wanted.map(({ version }) => version) }
  const rows = await readingVersions(reader, values)
  const lines = groupBy(await readingLines(reader, values), ofVersion)
  const shares = groupBy(await readingShares(reader, values), ofVersion)
  return rows.map((row) => {
    const [ofLines, ofShares] = [lines.get(ofVersion(row)) ?? [], shares.get(ofVersion(row)) ?? []]
    return { ...versionOf(row), plan: { lines: ofLines.map(planLineOf), shares: ofShares.map(planShareOf) } }
  })
}

const ofVersion = ({ project, version }: { readonly project: string; readonly version: number }): string =>
  `${project}|${version}`

// Members stand in the order in which answers give them.
const planLineOf = (row: typeof lineTable.$inferSelect): PlanLine => {
  const { line, purpose, amountFen, item, contract, ownership, quantity, unitFen } = row
  return recordOf({ line, purpose, amountFen, item, contract, ownership, quantity, unitFen })
}

const planShareOf = (row: typeof shareTable.$inferSelect): PlanShare => {
  const { line, source, amountFen, party, quantity, indicator } = row
  const { dwelling = null } = dwellingOf(row)
  return recordOf({ line, source, amountFen, party, dwelling, quantity, indicator })
}

export function dwellingOf(row: { community: string | null; building: string | null; dwelling: string | null }): {
  dwelling?: DwellingName
} {
  const { community, building, dwelling } = row
  return community === null || building === null || dwelling === null
    ? {}
    : { dwelling: { community, building, dwelling } }
}

const ofProject = prepared((on, given) =>
  on.select().from(versionTable).where(matching(versionTable, given)).orderBy(desc(versionTable.version)),
)

/** Versions of a project, newest first. */
export const versionsOf = async (reader: Sql, project: string): Promise<PlanVersion[]> =>
  (await ofProject(reader, { project })).map(versionOf)

/**
 * Of contract lines: which other project of the district pays it under the plan in force or under approval. Whoever
 * asks for the same contract line at the same time waits: the second sees what the first has submitted.
 */
export async function contractsElsewhere(
  tx: Tx,
  { project, district }: { readonly project: string; readonly district: string },
  contracts: readonly string[],
): Promise<{ contract: string; project: string }[]> {
  const named = [...contracts].toSorted()
  await tx.query(
    `select pg_advisory_xact_lock(hashtextextended('yiben.plan_contract ' || c, 0)) from unnest($1::text[]) c`,
    [named],
  )
  return tx.query<{ contract: string; project: string }>(
    `select l.contract, l.project from funding_plan_line l
     join funding_plan p on p.project = l.project and l.version in (p.approved, p.submitted)
     join project o on o.project = l.project and o.district = $3
     where l.contract = any($2::text[]) and l.project <> $1 order by l.contract, l.project limit 1`,
    [project, named, district],
  )
}

/** Those of the dwellings named that stand in no building of the project. */
export async function dwellingsElsewhere(
  tx: Tx,
  project: string,
  dwellings: readonly DwellingName[],
): Promise<DwellingName[]> {
  return tx.query<DwellingName>(
    `select g.community, g.building, g.dwelling from unnest($2::text[], $3::text[], $4::text[]) g(community, building, dwelling)
     where not exists (
       select 1 from dwelling d join project_building b on b.community = d.community and b.building = d.building
       where d.community = g.community and d.building = g.building and d.dwelling = g.dwelling and b.project = $1)
     order by 1, 2, 3`,
    [
      project,
      dwellings.map(({ community }) => community),
      dwellings.map(({ building }) => building),
      dwellings.map(({ dwelling }) => dwelling),
    ],
  )
}

/**
 * What a maintenance fund holds: deposits and the balances of its dwellings, less what was spent and is not yet taken
 * off them.
 */
export const fundBalance = (tx: Tx, book: string): Promise<Fen> =>
  readHeldFen(tx, { book, accounts: [fundAccounts.deposits], below: true })

/** The commitments of an item that are open, oldest first, locked. The item's cost is locked before. */
export async function commitmentsOf(tx: Tx, project: string, item: string): Promise<Commitment[]> {
  const ids = await tx.query<{ id: bigint }>(
    `select commitment_id as id from commitment where project = $1 and item = $2 and state = 'made' order by commitment_id for update`,
    [project, item],
  )
  const found: Commitment[] = []
  for (const { id } of ids) {
    const commitment = await lockCommitment(tx, id)
    if (commitment) found.push(commitment)
  }
  return found
}
