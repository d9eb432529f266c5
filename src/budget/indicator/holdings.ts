/** What indicators and quota hold, read from the ledger's balances. */
import { rowsOf, type Sql, type Tx } from '../../base/db.ts'
import { lastDayOf, type Month } from '../../base/calendar.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import { controlAccounts as control, quotaAccounts as quota } from '../../ledger/charts/control-accounts.ts'
import { heldOn, type Holding, readHoldings } from '../../ledger/balance.ts'
import type { Indicator } from './indicator.ts'

/** Accounts kept by indicator: the right to issue and the right to commit. */
const accounts = [
  control.approved,
  control.availableDirect,
  control.availableAuthorised,
  control.carried,
  control.usedDirect,
  control.issued,
  control.allotted,
  control.released,
  control.claimed,
  control.committableApproved,
  control.committable,
  control.committed,
  control.committedPaid,
  control.committableAllotted,
]

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
  /** Paid out; of it `claimedFen` is to be given back (J46). */
  readonly releasedFen: Fen
  readonly claimedFen: Fen
}

export async function readAvailability(
  sql: Sql,
  of: Pick<Indicator, 'book' | 'indicator' | 'programme'>,
): Promise<Availability> {
  return availabilityOf(of.programme, await readHoldings(sql, { book: of.book, accounts, indicator: of.indicator }))
}

/**
 * The same inside the transaction of whoever decides by it, with all that is booked or only the months up to one. The
 * book's head need not be locked: the ledger decides again.
 */
export async function availabilityWithin(
  tx: Tx,
  of: Pick<Indicator, 'book' | 'indicator' | 'programme'>,
  through?: Month,
): Promise<Availability> {
  const on = through && lastDayOf(through)
  return availabilityOf(of.programme, await readHoldings(tx, { book: of.book, accounts, indicator: of.indicator, on }))
}

/** Quota of one project and source, told apart by where it stands and which indicators it came from. */
export type QuotaPool = {
  readonly project: string
  /** 1011: issued or restored, not spent. */
  readonly quotaFen: Fen
  /**
   * 120102 that no indicator's carry-over explains: quota that was cancelled unspent at year-end (J30) and not
   * restored.
   */
  readonly cancelledFen: Fen
  /** What each indicator had issued here, oldest money first: years ascending, then codes. */
  readonly issued: readonly { readonly indicator: string; readonly issuedFen: Fen }[]
}

const poolText = `
  select a.subject, a.project, a.indicator, i.year, a.debit_fen - a.credit_fen as net_fen
  from book b cross join unnest($2::text[]) s(subject)
  cross join ${heldOn('b.book_id', 's.subject', '$4::date')} a
  left join indicator i on i.indicator = a.indicator
  where b.code = $1 and a.source = $3 and a.debit_fen <> a.credit_fen
  order by a.project, i.year, a.indicator`

type PoolRow = { subject: string; project: string; indicator: string | null; net_fen: bigint }

/** The quota of one source in a book, project by project, with the months up to one. */
export async function quotaPools(
  tx: Tx,
  { book, source }: Pick<Indicator, 'book' | 'source'>,
  through: Month,
): Promise<Map<string, QuotaPool>> {
  const subjects = [quota.quota, quota.returnableAuthorised, control.carried, control.issued]
  const rows = await rowsOf<PoolRow>(tx, poolText, [book, subjects, source, lastDayOf(through)])
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

function availabilityOf(programme: string, rows: readonly Holding[]): Availability {
  const held = (of: readonly string[], only: (row: Holding) => boolean = () => true): Fen =>
    rows.reduce((sum, row) => (of.includes(row.account) && only(row) ? sum + row.netFen : sum), 0n)
  const available = [control.availableDirect, control.availableAuthorised]
  const issued = [control.usedDirect, control.issued]
  const released = [control.released, control.claimed]
  const allotted = [control.allotted, ...released]
  const projects = [...new Set(rows.map(({ project }) => project))].filter((project) => project !== programme)
  const districts = [...new Set(rows.flatMap(({ counterparty }) => counterparty ?? []))].toSorted()
  return {
    approvedFen: -held([control.approved]),
    availableFen: held(available),
    unassignedFen: held(available, ({ project }) => project === programme),
    carriedFen: held([control.carried]),
    issuedFen: held(issued),
    allottedFen: held(allotted),
    releasedFen: held(released),
    committableApprovedFen: -held([control.committableApproved]),
    committableFen: held([control.committable]),
    committedFen: held([control.committed]),
    committedPaidFen: held([control.committedPaid]),
    committableAllottedFen: held([control.committableAllotted]),
    byProject: [programme, ...projects.toSorted()].map((project) => {
      const of = (own: readonly string[]) => held(own, (row) => row.project === project)
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
      releasedFen: held(released, ({ counterparty }) => counterparty === district),
      claimedFen: held([control.claimed], ({ counterparty }) => counterparty === district),
    })),
  }
}
