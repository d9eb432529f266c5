/** The SQL of commitments, and of what they claim of a project's items. */
import { only, type Sql, type Tx } from '../../base/db.ts'
import type { Day } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import type { CommitmentState } from './commitment.ts'

export type Commitment = {
  readonly id: bigint
  readonly indicator?: string
  readonly book: string
  readonly district: string
  readonly project: string
  readonly item: string
  readonly source: string
  readonly contract?: string
  readonly amountFen: Fen
  readonly releasedFen: Fen
  readonly paidFen: Fen
  readonly state: CommitmentState
  readonly madeBy: string
  readonly madeOn: Day
  readonly version: number
}

type CommitmentRow = {
  commitment_id: bigint
  indicator: string | null
  book: string
  district: string
  project: string
  item: string
  source: string
  contract: string | null
  amount_fen: bigint
  released_fen: bigint
  paid_fen: bigint
  state: CommitmentState
  made_by: string
  made_on: Day
  version: number
}

const commitmentColumns = `commitment_id, indicator, book, district, project, item, source, contract, amount_fen, released_fen, paid_fen,
  state, made_by, made_on, version`

const commitmentOf = (row: CommitmentRow): Commitment => ({
  id: row.commitment_id,
  ...(row.indicator !== null && { indicator: row.indicator }),
  book: row.book,
  district: row.district,
  project: row.project,
  item: row.item,
  source: row.source,
  ...(row.contract !== null && { contract: row.contract }),
  amountFen: row.amount_fen,
  releasedFen: row.released_fen,
  paidFen: row.paid_fen,
  state: row.state,
  madeBy: row.made_by,
  madeOn: row.made_on,
  version: row.version,
})

export type NewCommitment = Omit<Commitment, 'id' | 'releasedFen' | 'paidFen' | 'state' | 'version'>

export async function insertCommitment(tx: Tx, given: NewCommitment): Promise<Commitment> {
  return commitmentOf(
    only(
      await tx.query<CommitmentRow>(
        `insert into commitment (indicator, book, district, project, item, source, contract, amount_fen, made_by, made_on, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) returning ${commitmentColumns}`,
        [
          given.indicator ?? null,
          given.book,
          given.district,
          given.project,
          given.item,
          given.source,
          given.contract ?? null,
          given.amountFen.toString(),
          given.madeBy,
          given.madeOn,
        ],
      ),
    ),
  )
}

export async function lockCommitment(tx: Tx, id: bigint): Promise<Commitment | undefined> {
  const [row] = await tx.query<CommitmentRow>(
    `select ${commitmentColumns} from commitment where commitment_id = $1 for update`,
    [id.toString()],
  )
  return row && commitmentOf(row)
}

export async function updateCommitment(
  tx: Tx,
  {
    id,
    releasedFen,
    paidFen,
    state,
    version,
  }: Pick<Commitment, 'id' | 'releasedFen' | 'paidFen' | 'state' | 'version'>,
): Promise<void> {
  await tx.query(
    'update commitment set released_fen = $2, paid_fen = $3, state = $4, version = $5 where commitment_id = $1',
    [id.toString(), releasedFen.toString(), paidFen.toString(), state, version],
  )
}

export async function readCommitment(sql: Sql, id: bigint): Promise<Commitment | undefined> {
  const [row] = await sql<CommitmentRow[]>`
    select ${sql.unsafe(commitmentColumns)} from commitment where commitment_id = ${id.toString()}`
  return row && commitmentOf(row)
}

export type CommitmentFilter = {
  readonly district?: string | undefined
  readonly project?: string | undefined
  readonly item?: string | undefined
  readonly indicator?: string | undefined
  readonly state?: CommitmentState | undefined
}

export async function readCommitments(
  sql: Sql,
  { after, limit, ...filter }: CommitmentFilter & { readonly after: bigint; readonly limit: number },
): Promise<Commitment[]> {
  const { district, project, item, indicator, state } = filter
  const rows = await sql<CommitmentRow[]>`
    select ${sql.unsafe(commitmentColumns)} from commitment
    where commitment_id > ${after.toString()}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
      ${project === undefined ? sql`` : sql`and project = ${project}`}
      ${item === undefined ? sql`` : sql`and item = ${item}`}
      ${indicator === undefined ? sql`` : sql`and indicator = ${indicator}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
    order by commitment_id limit ${limit}`
  return rows.map(commitmentOf)
}

/** What stands of an indicator's commitments, oldest first: neither released nor paid. */
export async function openCommitments(tx: Tx, indicator: string): Promise<Commitment[]> {
  const rows = await tx.query<CommitmentRow>(
    `select ${commitmentColumns} from commitment where indicator = $1 and state = 'made' order by commitment_id`,
    [indicator],
  )
  return rows.map(commitmentOf)
}

/** The cost of one item of a project, locked: whoever claims any of it waits here. `undefined` where the project has no such item. */
export async function lockItemCost(tx: Tx, project: string, item: string): Promise<Fen | undefined> {
  const [row] = await tx.query<{ cost_fen: bigint }>(
    'select cost_fen from project_item where project = $1 and item = $2 for update',
    [project, item],
  )
  return row?.cost_fen
}

/** What all sources together have claimed of an item and not released, source by source. */
export async function claimsOfItem(
  tx: Tx,
  project: string,
  item: string,
): Promise<{ source: string; claimedFen: Fen }[]> {
  const rows = await tx.query<{ source: string; claimed_fen: bigint }>(
    `select source, sum(amount_fen - released_fen)::bigint as claimed_fen from commitment
     where project = $1 and item = $2 group by source having sum(amount_fen - released_fen) > 0 order by source`,
    [project, item],
  )
  return rows.map(({ source, claimed_fen: claimedFen }) => ({ source, claimedFen }))
}
