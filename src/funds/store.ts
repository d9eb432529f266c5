/** The SQL of indicators, cash plans and commitments; what they hold is read from the ledger's balances. */
import type { Sql, Tx } from '../base/db.ts'
import { only } from '../base/db.ts'
import { type Fen, sumFen } from '../base/money.ts'
import { type Day, lastDayOf, type Month } from '../base/calendar.ts'
import { controlAccounts as control, quotaAccounts as quota } from '../ledger/charts/control-accounts.ts'
import type { ProjectState } from '../projects/terms.ts'
import type { CommitmentState } from './commitment.ts'
import type { Indicator, IndicatorKind, IndicatorLevel, IndicatorState, PaymentForm } from './indicator.ts'

// --- Indicators -----------------------------------------------------------------------------------------------------

type IndicatorRow = {
  indicator: string
  book: string
  district: string
  document_number: string
  level: IndicatorLevel
  source: string
  year: number
  programme: string
  purpose: string
  payment: PaymentForm
  kind: IndicatorKind
  expected_fen: bigint | null
  parent: string | null
  state: IndicatorState
  version: number
}

const indicatorColumns = `indicator, book, district, document_number, level, source, year, programme, purpose, payment, kind,
  expected_fen, parent, state, version`

const indicatorOf = (row: IndicatorRow): Indicator => ({
  indicator: row.indicator,
  book: row.book,
  district: row.district,
  documentNumber: row.document_number,
  level: row.level,
  source: row.source,
  year: row.year,
  programme: row.programme,
  purpose: row.purpose,
  payment: row.payment,
  kind: row.kind,
  ...(row.expected_fen !== null && { expectedFen: row.expected_fen }),
  ...(row.parent !== null && { parent: row.parent }),
  state: row.state,
  version: row.version,
})

/** Locks indicators in the order of their codes, whatever order they are asked in. */
export async function lockIndicators(tx: Tx, indicators: readonly string[]): Promise<Map<string, Indicator>> {
  const rows = await tx.query<IndicatorRow>(
    `select ${indicatorColumns} from indicator where indicator = any($1) order by indicator for update`,
    [[...indicators]],
  )
  return new Map(rows.map((row) => [row.indicator, indicatorOf(row)]))
}

export async function lockIndicator(tx: Tx, indicator: string): Promise<Indicator | undefined> {
  return (await lockIndicators(tx, [indicator])).get(indicator)
}

/** Writes an indicator: a new one, or one that was proposed or rejected anew. Its version is the one given. */
export async function putIndicator(tx: Tx, given: Indicator): Promise<void> {
  await tx.query(
    `insert into indicator (${indicatorColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (indicator) do update set book = excluded.book, district = excluded.district, document_number = excluded.document_number,
       level = excluded.level, source = excluded.source, year = excluded.year, programme = excluded.programme,
       purpose = excluded.purpose, payment = excluded.payment, kind = excluded.kind, expected_fen = excluded.expected_fen,
       parent = excluded.parent, state = excluded.state, version = excluded.version`,
    [
      given.indicator,
      given.book,
      given.district,
      given.documentNumber,
      given.level,
      given.source,
      given.year,
      given.programme,
      given.purpose,
      given.payment,
      given.kind,
      given.expectedFen?.toString() ?? null,
      given.parent ?? null,
      given.state,
      given.version,
    ],
  )
}

export type IndicatorFilter = {
  readonly district?: string | undefined
  readonly book?: string | undefined
  readonly year?: number | undefined
  readonly programme?: string | undefined
  readonly parent?: string | undefined
  readonly state?: IndicatorState | undefined
}

/** Indicators after a code, in the order of their codes. */
export async function readIndicators(
  sql: Sql,
  { after, limit, ...filter }: IndicatorFilter & { readonly after: string; readonly limit: number },
): Promise<Indicator[]> {
  const { district, book, year, programme, parent, state } = filter
  const rows = await sql<IndicatorRow[]>`
    select ${sql.unsafe(indicatorColumns)} from indicator
    where indicator > ${after}
      ${district === undefined ? sql`` : sql`and district = ${district}`}
      ${book === undefined ? sql`` : sql`and book = ${book}`}
      ${year === undefined ? sql`` : sql`and year = ${year}`}
      ${programme === undefined ? sql`` : sql`and programme = ${programme}`}
      ${parent === undefined ? sql`` : sql`and parent = ${parent}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
    order by indicator limit ${limit}`
  return rows.map(indicatorOf)
}

export async function readIndicator(sql: Sql, indicator: string): Promise<Indicator | undefined> {
  const [row] = await sql<IndicatorRow[]>`
    select ${sql.unsafe(indicatorColumns)} from indicator where indicator = ${indicator}`
  return row && indicatorOf(row)
}

/**
 * Codes of what is in force of a budget year or an earlier one: what a job goes through one by one. What was allotted comes before what it
 * was allotted from.
 */
export async function indicatorsThrough(sql: Sql, year: number): Promise<string[]> {
  const rows = await sql<{ indicator: string }[]>`
    select indicator from indicator where year <= ${year} and state = 'in_force' order by parent is null, indicator`
  return rows.map(({ indicator }) => indicator)
}

// --- What they hold -------------------------------------------------------------------------------------------------

type HeldRow = {
  subject: string
  project: string
  counterparty: string | null
  item: string | null
  net_fen: bigint
}

// Accounts of the control basis lie together in the index of keys; those of one indicator are picked out of the book's range.
const heldText = `
  select a.subject, a.project, a.counterparty, a.item, c.debit_fen - c.credit_fen as net_fen
  from account a cross join lateral balance_on(a.book_id, a.account, coalesce($3::date, 'infinity')) c
  where a.key >= (select book_id from book where code = $1)::text || '|91' and a.key < (select book_id from book where code = $1)::text || '|9:'
    and a.book_id = (select book_id from book where code = $1) and a.indicator = $2 and c.debit_fen <> c.credit_fen
  order by a.subject, a.project, a.account`

/** What one indicator holds, to the fen. Amounts lie on the normal side of their accounts. */
export type Availability = {
  /** 批复 = available + carried + issued + allotted. */
  readonly approvedFen: Fen
  /** 可用: not issued, not allotted; of it `unassignedFen` still under the programme. */
  readonly availableFen: Fen
  readonly unassignedFen: Fen
  /** 上年结转: turned into quota to be returned at year-end, not restored. */
  readonly carriedFen: Fen
  /** 已下达额度或已直接支付. */
  readonly issuedFen: Fen
  /** 已分配下级, of which `releasedFen` paid out. */
  readonly allottedFen: Fen
  readonly releasedFen: Fen
  /** 可承诺总额 = committable + committed + paid + allotted. */
  readonly committableApprovedFen: Fen
  readonly committableFen: Fen
  readonly committedFen: Fen
  readonly committedPaidFen: Fen
  readonly committableAllottedFen: Fen
  readonly byProject: readonly ProjectAvailability[]
  readonly byDistrict: readonly DistrictAvailability[]
}

export type ProjectAvailability = {
  readonly project: string
  readonly availableFen: Fen
  readonly carriedFen: Fen
  readonly issuedFen: Fen
  readonly committableFen: Fen
  readonly committedFen: Fen
  readonly committedPaidFen: Fen
}

export type DistrictAvailability = {
  readonly district: string
  readonly allottedFen: Fen
  readonly releasedFen: Fen
}

export async function readAvailability(
  sql: Sql,
  of: Pick<Indicator, 'book' | 'indicator' | 'programme'>,
): Promise<Availability> {
  return availabilityOf(of.programme, await sql.unsafe<HeldRow[]>(heldText, [of.book, of.indicator, null]))
}

/**
 * The same inside the transaction of whoever decides by it, with all that is booked or only the months up to one. The book's head need not be
 * locked: the ledger decides again.
 */
export async function availabilityWithin(
  tx: Tx,
  of: Pick<Indicator, 'book' | 'indicator' | 'programme'>,
  through?: Month,
): Promise<Availability> {
  const on = through === undefined ? null : lastDayOf(through)
  return availabilityOf(of.programme, await tx.query<HeldRow>(heldText, [of.book, of.indicator, on]))
}

/** Quota of one project and source, told apart by where it stands and which indicators it came from. */
export type QuotaPool = {
  readonly project: string
  /** 1011: issued or restored, not spent. */
  readonly quotaFen: Fen
  /** 120102 that no indicator's carry-over explains: quota that was cancelled unspent at year-end (J30) and not restored. */
  readonly cancelledFen: Fen
  /** What each indicator had issued here, oldest money first: years ascending, then codes. */
  readonly issued: readonly { readonly indicator: string; readonly issuedFen: Fen }[]
}

const poolText = `
  select a.subject, a.project, a.indicator, i.year, c.debit_fen - c.credit_fen as net_fen
  from unnest($2::text[]) s(subject)
  join account a on a.key >= (select book_id from book where code = $1)::text || '|' || s.subject || '|'
    and a.key < (select book_id from book where code = $1)::text || '|' || s.subject || '}'
  cross join lateral balance_on(a.book_id, a.account, $4::date) c
  left join indicator i on i.indicator = a.indicator
  where a.book_id = (select book_id from book where code = $1) and a.source = $3 and c.debit_fen <> c.credit_fen
  order by a.project, i.year, a.indicator`

type PoolRow = { subject: string; project: string; indicator: string | null; net_fen: bigint }

/** The quota of one source in a book, project by project, with the months up to one. */
export async function quotaPools(
  tx: Tx,
  { book, source }: Pick<Indicator, 'book' | 'source'>,
  through: Month,
): Promise<Map<string, QuotaPool>> {
  const subjects = [quota.quota, quota.returnableAuthorised, control.carried, control.issued]
  const rows = await tx.query<PoolRow>(poolText, [book, subjects, source, lastDayOf(through)])
  const pools = new Map<string, QuotaPool>()
  for (const project of new Set(rows.map((row) => row.project))) {
    const own = rows.filter((row) => row.project === project)
    const sum = (subject: string) => sumFen(own.filter((row) => row.subject === subject).map((row) => row.net_fen))
    pools.set(project, {
      project,
      quotaFen: sum(quota.quota),
      cancelledFen: sum(quota.returnableAuthorised) - sum(control.carried),
      issued: own.flatMap(({ subject, indicator, net_fen: issuedFen }) =>
        subject === control.issued && indicator !== null ? [{ indicator, issuedFen }] : [],
      ),
    })
  }
  return pools
}

/** What is left of the cash plan of one programme and source, with the months up to one. */
export async function cashPlanLeft(
  tx: Tx,
  { book, programme, source }: Pick<CashPlan, 'book' | 'programme' | 'source'>,
  through: Month,
): Promise<Fen> {
  const { left_fen: leftFen } = only(
    await tx.query<{ left_fen: bigint }>(
      `select coalesce(sum(c.debit_fen - c.credit_fen), 0)::bigint as left_fen
       from account a cross join lateral balance_on(a.book_id, a.account, $4::date) c
       where a.key = (select book_id from book where code = $1)::text || '|' || $5 || '|' || $2 || '|' || $3`,
      [book, programme, source, lastDayOf(through), control.cashPlan],
    ),
  )
  return leftFen
}

function availabilityOf(programme: string, rows: readonly HeldRow[]): Availability {
  const held = (accounts: readonly string[], only: (row: HeldRow) => boolean = () => true): Fen =>
    rows.reduce((sum, row) => (accounts.includes(row.subject) && only(row) ? sum + row.net_fen : sum), 0n)
  const available = [control.availableDirect, control.availableAuthorised]
  const issued = [control.usedDirect, control.issued]
  const allotted = [control.allotted, control.released]
  const projects = [...new Set(rows.map(({ project }) => project))].filter((project) => project !== programme)
  const districts = [...new Set(rows.flatMap(({ counterparty }) => counterparty ?? []))].toSorted()
  return {
    approvedFen: -held([control.approved]),
    availableFen: held(available),
    unassignedFen: held(available, ({ project }) => project === programme),
    carriedFen: held([control.carried]),
    issuedFen: held(issued),
    allottedFen: held(allotted),
    releasedFen: held([control.released]),
    committableApprovedFen: -held([control.committableApproved]),
    committableFen: held([control.committable]),
    committedFen: held([control.committed]),
    committedPaidFen: held([control.committedPaid]),
    committableAllottedFen: held([control.committableAllotted]),
    byProject: [programme, ...projects.toSorted()].map((project) => {
      const of = (accounts: readonly string[]) => held(accounts, (row) => row.project === project)
      return {
        project,
        availableFen: of(available),
        carriedFen: of([control.carried]),
        issuedFen: of(issued),
        committableFen: of([control.committable]),
        committedFen: of([control.committed]),
        committedPaidFen: of([control.committedPaid]),
      }
    }),
    byDistrict: districts.map((district) => ({
      district,
      allottedFen: held(allotted, ({ counterparty }) => counterparty === district),
      releasedFen: held([control.released], ({ counterparty }) => counterparty === district),
    })),
  }
}

// --- What is to come back -------------------------------------------------------------------------------------------

/** What a district (or, without one, everybody) still owes an indicator whose final budget was below its early notice. */
export async function outstandingRecovery(tx: Tx, indicator: string, district?: string): Promise<Fen> {
  const { due_fen: due } = only(
    await tx.query<{ due_fen: bigint }>(
      `select coalesce(sum(due_fen - done_fen), 0)::bigint as due_fen from indicator_recovery
       where indicator = $1 and ($2::text is null or district = $2)`,
      [indicator, district ?? null],
    ),
  )
  return due
}

/** Notes that so much more is to come back from a district's later tranches. */
export async function addRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  await tx.query(
    `insert into indicator_recovery (indicator, district, due_fen) values ($1, $2, $3)
     on conflict (indicator, district) do update set due_fen = indicator_recovery.due_fen + excluded.due_fen`,
    [indicator, district, amountFen.toString()],
  )
}

/** Notes that so much of it has come back: to be called in the transaction that posts it. More than is due is refused by the table. */
export async function settleRecovery(tx: Tx, indicator: string, district: string, amountFen: Fen): Promise<void> {
  only(
    await tx.query(
      'update indicator_recovery set done_fen = done_fen + $3 where indicator = $1 and district = $2 returning 1',
      [indicator, district, amountFen.toString()],
    ),
  )
}

export async function readRecoveries(
  sql: Sql,
  indicator: string,
): Promise<{ district: string; dueFen: Fen; doneFen: Fen }[]> {
  const rows = await sql<{ district: string; due_fen: bigint; done_fen: bigint }[]>`
    select district, due_fen, done_fen from indicator_recovery where indicator = ${indicator} order by district`
  return rows.map(({ district, due_fen: dueFen, done_fen: doneFen }) => ({ district, dueFen, doneFen }))
}

// --- Cash plan ------------------------------------------------------------------------------------------------------

export type CashPlan = {
  readonly book: string
  readonly programme: string
  readonly source: string
  readonly month: Month
  readonly amountFen: Fen
  readonly documentNumber: string
}

export type CashPlanRow = CashPlan & { readonly id: bigint; readonly approval: string }

export async function insertCashPlan(tx: Tx, given: CashPlan, firstDay: Day, approval: string): Promise<void> {
  await tx.query(
    `insert into cash_plan (book, programme, source, month, amount_fen, document_number, approval) values ($1, $2, $3, $4, $5, $6, $7)`,
    [given.book, given.programme, given.source, firstDay, given.amountFen.toString(), given.documentNumber, approval],
  )
}

export async function readCashPlans(
  sql: Sql,
  { book, after, limit, year }: { book: string; after: bigint; limit: number; year?: number | undefined },
): Promise<CashPlanRow[]> {
  return sql<CashPlanRow[]>`
    select cash_plan_id as id, book, programme, source, to_char(month, 'YYYY-MM') as month, amount_fen as "amountFen",
      document_number as "documentNumber", approval
    from cash_plan where book = ${book} and cash_plan_id > ${after.toString()}
      ${year === undefined ? sql`` : sql`and extract(year from month) = ${year}`}
    order by cash_plan_id limit ${limit}`
}

/** Programmes and sources a book had a cash plan for in a year. */
export async function plannedSources(
  sql: Sql,
  year: number,
): Promise<{ book: string; programme: string; source: string }[]> {
  return sql<{ book: string; programme: string; source: string }[]>`
    select distinct book, programme, source from cash_plan
    where month between make_date(${year}, 1, 1) and make_date(${year}, 12, 31) order by book, programme, source`
}

// --- Commitments ----------------------------------------------------------------------------------------------------

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

/** Where projects are and how far, by code. */
export async function readProjectPlaces(
  tx: Tx,
  projects: readonly string[],
): Promise<Map<string, { district: string; state: ProjectState }>> {
  const rows = await tx.query<{ project: string; district: string; state: ProjectState }>(
    'select project, district, state from project where project = any($1::text[])',
    [[...projects]],
  )
  return new Map(rows.map(({ project, ...place }) => [project, place]))
}
