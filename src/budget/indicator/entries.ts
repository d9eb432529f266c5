import type { Day } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import type { Side } from '../../ledger/chart.ts'
import { controlAccounts as control, quotaAccounts as quota } from '../../ledger/charts/control-accounts.ts'
import { type EntryDraft, generalType, type LineDraft, linesMax, redType } from '../../ledger/entry.ts'
import {
  availableAccount,
  type DistrictAmount,
  type Indicator,
  type IndicatorMoney,
  type Lines,
  type ProjectAmount,
} from './indicator.ts'

type Place = Partial<Pick<LineDraft, 'project' | 'counterparty' | 'item' | 'contract'>>

const line = (of: IndicatorMoney, account: string, side: Side, amountFen: Fen, place: Place = {}): LineDraft => ({
  account,
  side,
  amountFen,
  project: of.programme,
  source: of.source,
  indicator: of.indicator,
  ...place,
})

/** 批复或收到指标 (J01): on both axes, under the programme. */
export const received = (of: IndicatorMoney, amountFen: Fen): Lines => [
  line(of, availableAccount(of), 'debit', amountFen),
  line(of, control.approved, 'credit', amountFen),
  line(of, control.committable, 'debit', amountFen),
  line(of, control.committableApproved, 'credit', amountFen),
]

/** Groups of lines, each of which balances by itself, in as few entries as take them whole. */
export function inAsFewEntries(groups: readonly Lines[]): Lines[] {
  const entries: LineDraft[][] = []
  for (const lines of groups) {
    const entry = entries.at(-1)
    if (entry && entry.length + lines.length <= linesMax) entry.push(...lines)
    else entries.push([...lines])
  }
  return entries
}

/** 分解到项目: from the programme to projects, on both axes. */
export const assigned = (of: IndicatorMoney, shares: readonly ProjectAmount[]): Lines =>
  shares.flatMap(({ project, amountFen }) =>
    [availableAccount(of), control.committable].flatMap((account) => [
      line(of, account, 'debit', amountFen, { project }),
      line(of, account, 'credit', amountFen),
    ]),
  )

/**
 * 分配下级, in the upper level's book: the district may be paid so much, and the right to commit goes with it, so that the
 * upper level can neither issue nor commit it again.
 */
export const allotted = (of: IndicatorMoney, shares: readonly DistrictAmount[]): Lines =>
  shares.flatMap(({ district: counterparty, amountFen }) => [
    line(of, control.allotted, 'debit', amountFen, { counterparty }),
    line(of, availableAccount(of), 'credit', amountFen),
    line(of, control.committableAllotted, 'debit', amountFen, { counterparty }),
    line(of, control.committable, 'credit', amountFen),
  ])

/** 拨付下级, in the upper level's book: what was allotted is paid out, under the cash plan. */
export const released = (of: IndicatorMoney, counterparty: string, amountFen: Fen): Lines => [
  line(of, control.released, 'debit', amountFen, { counterparty }),
  line(of, control.allotted, 'credit', amountFen, { counterparty }),
  ...cashPlanUsed(of, amountFen),
]

/** 应收回 (J46): what was paid out is to be given back, because it is spent and should not have been paid. */
export const claimed = (of: IndicatorMoney, counterparty: string, amountFen: Fen): Lines => [
  line(of, control.claimed, 'debit', amountFen, { counterparty }),
  line(of, control.released, 'credit', amountFen, { counterparty }),
]

/** The same given back: it may be paid out again. */
export const claimReturned = (of: IndicatorMoney, counterparty: string, amountFen: Fen): Lines => [
  line(of, control.allotted, 'debit', amountFen, { counterparty }),
  line(of, control.claimed, 'credit', amountFen, { counterparty }),
]

/** The same kept from what is due: so much of it counts as paid now. */
export const claimKept = (of: IndicatorMoney, counterparty: string, amountFen: Fen): Lines => [
  line(of, control.released, 'debit', amountFen, { counterparty }),
  line(of, control.claimed, 'credit', amountFen, { counterparty }),
]

/** 收回以前年度拨付, in the upper level's book: the cash plan it was paid under is over. */
export const releaseReturned = (of: IndicatorMoney, counterparty: string, amountFen: Fen): Lines => [
  line(of, control.allotted, 'debit', amountFen, { counterparty }),
  line(of, control.released, 'credit', amountFen, { counterparty }),
]

/** Where what is given back stands: quota in hand, quota cancelled at a year-end, or cash the unit got back. */
export type ReturnedFrom = 'quota' | 'cancelled' | 'cash'

const returnedFrom: Record<ReturnedFrom, { readonly account: string; readonly budget: string }> = {
  quota: { account: quota.quota, budget: quota.budgetQuota },
  cancelled: { account: quota.returnableAuthorised, budget: quota.budgetReturnable },
  cash: { account: quota.cash, budget: quota.budgetCash },
}

/**
 * 交回 (J26), in the district's book: what was issued is no longer. Of this year's money the income is taken off, of
 * earlier years' the surplus that the income has become. An indicator that lapsed does not get it back.
 */
export function issueReturned(
  of: IndicatorMoney,
  amountFen: Fen,
  project: string,
  {
    from,
    sameYear,
    lapsed: over,
  }: { readonly from: ReturnedFrom; readonly sameYear: boolean; readonly lapsed: boolean },
): Lines {
  const { account, budget } = returnedFrom[from]
  const [income, budgetIncome] = sameYear ? [quota.income, quota.budgetIncome] : [quota.surplus, quota.budgetCarried]
  return [
    line(of, income, 'debit', amountFen, { project }),
    line(of, account, 'credit', amountFen, { project }),
    line(of, budgetIncome, 'debit', amountFen, { project }),
    line(of, budget, 'credit', amountFen, { project }),
    over
      ? line(of, control.approved, 'debit', amountFen)
      : line(of, control.availableAuthorised, 'debit', amountFen, { project }),
    line(of, control.issued, 'credit', amountFen, { project }),
  ]
}

/** 下达授权支付额度 (J02), in the book that receives it; under the programme or one project. */
export const quotaIssued = (of: IndicatorMoney, amountFen: Fen, project = of.programme): Lines => [
  ...quotaLines(of, amountFen, project, quota.income, quota.budgetIncome),
  line(of, control.issued, 'debit', amountFen, { project }),
  line(of, control.availableAuthorised, 'credit', amountFen, { project }),
]

/** 恢复上年结转额度 (J33): the income was booked at year-end, so now only quota takes the place of the claim to it. */
export const quotaRestored = (of: IndicatorMoney, amountFen: Fen, project = of.programme): Lines => [
  ...quotaLines(of, amountFen, project, quota.returnableAuthorised, quota.budgetReturnable),
  line(of, control.issued, 'debit', amountFen, { project }),
  line(of, control.carried, 'credit', amountFen, { project }),
]

/** 恢复上年注销的额度 (J33): issued under its indicator before, so its line is used already; only the quota comes back. */
export const quotaReturned = (of: IndicatorMoney, amountFen: Fen, project = of.programme): Lines =>
  quotaLines(of, amountFen, project, quota.returnableAuthorised, quota.budgetReturnable)

function quotaLines(
  of: IndicatorMoney,
  amountFen: Fen,
  project: string,
  from: string,
  budgetFrom: string,
): LineDraft[] {
  return [
    line(of, quota.quota, 'debit', amountFen, { project }),
    line(of, from, 'credit', amountFen, { project }),
    line(of, quota.budgetQuota, 'debit', amountFen, { project }),
    line(of, budgetFrom, 'credit', amountFen, { project }),
  ]
}

export type CommitmentMoney = {
  readonly project: string
  readonly item: string
  readonly contract?: string | undefined
  readonly amountFen: Fen
}

/** 承诺: the money waits for one item of one project. */
export const committed = (of: IndicatorMoney, given: CommitmentMoney): Lines => [
  line(of, control.committed, 'debit', given.amountFen, placeOf(given)),
  line(of, control.committable, 'credit', given.amountFen, { project: given.project }),
]

/** 撤销承诺, in full or in part: the commitment's own lines, to be posted red. */
export const commitmentCancelled = committed

/** 承诺已支付: the control lines that go with a payment under a commitment. */
export const commitmentPaid = (of: IndicatorMoney, given: CommitmentMoney): Lines => [
  line(of, control.committedPaid, 'debit', given.amountFen, placeOf(given)),
  line(of, control.committed, 'credit', given.amountFen, placeOf(given)),
]

const placeOf = ({ project, item, contract }: CommitmentMoney): Place => ({
  project,
  item,
  ...(contract !== undefined && { contract }),
})

/**
 * What a source without an indicator (owners, property units, social capital) takes upon itself for an item: promise
 * and commitment in one, since nobody approves how much of it there is.
 */
export const undertaken = (source: string, given: CommitmentMoney): Lines => [
  plain(control.committed, 'debit', given.project, source, given.amountFen, placeOf(given)),
  plain(control.committableApproved, 'credit', given.project, source, given.amountFen),
]

/** The same, paid. */
export const undertakingPaid = (source: string, given: CommitmentMoney): Lines => [
  plain(control.committedPaid, 'debit', given.project, source, given.amountFen, placeOf(given)),
  plain(control.committed, 'credit', given.project, source, given.amountFen, placeOf(given)),
]

/** 批复用款计划, of one programme and source. */
export const cashPlanned = (programme: string, source: string, amountFen: Fen): Lines => [
  plain(control.cashPlan, 'debit', programme, source, amountFen),
  plain(control.cashPlanApproved, 'credit', programme, source, amountFen),
]

/** 用款计划年终作废: a plan is of its year. */
export const cashPlanLapsed = (programme: string, source: string, amountFen: Fen): Lines => [
  plain(control.cashPlanApproved, 'debit', programme, source, amountFen),
  plain(control.cashPlan, 'credit', programme, source, amountFen),
]

/** 使用用款计划: what is paid out of the treasury is paid under a plan (预算法实施条例 第五十七条). */
export const cashPlanUsed = ({ programme, source }: IndicatorMoney, amountFen: Fen): Lines => [
  plain(control.cashPlanUsed, 'debit', programme, source, amountFen),
  plain(control.cashPlan, 'credit', programme, source, amountFen),
]

const plain = (
  account: string,
  side: Side,
  project: string,
  source: string,
  amountFen: Fen,
  place: Place = {},
): LineDraft => ({ account, side, amountFen, project, source, ...place })

/**
 * What year-end turned into quota to be returned becomes an indicator again, to be assigned or allotted; the income is
 * taken off.
 */
export const reinstated = (of: IndicatorMoney, amountFen: Fen, project = of.programme): Lines => [
  line(of, availableAccount(of), 'debit', amountFen, { project }),
  line(of, control.carried, 'credit', amountFen, { project }),
  ...surplusReturned(of, amountFen, project, returnableAccount(of), quota.budgetReturnable),
]

const returnableAccount = ({ payment }: Pick<Indicator, 'payment'>): string =>
  payment === 'direct' ? quota.returnableDirect : quota.returnableAuthorised

/** 上缴结余 (J26), out of what was booked as income in an earlier year. */
const surplusReturned = (
  of: IndicatorMoney,
  amountFen: Fen,
  project: string,
  from: string,
  budgetFrom: string,
): Lines => [
  line(of, quota.surplus, 'debit', amountFen, { project }),
  line(of, from, 'credit', amountFen, { project }),
  line(of, quota.budgetCarried, 'debit', amountFen, { project }),
  line(of, budgetFrom, 'credit', amountFen, { project }),
]

/** What is left of an indicator under one project when its time is over. */
export type Leftover = {
  readonly project: string
  /** Not issued, and never carried over. */
  readonly availableFen: Fen
  /** Carried over and not restored. */
  readonly carriedFen: Fen
  /** Issued or restored and not spent. */
  readonly quotaFen: Fen
  /** Issued, cancelled unspent at a year-end and not restored (J30). */
  readonly cancelledFen: Fen
  /** Not committed. */
  readonly committableFen: Fen
}

/** 收回结余: everything left goes off both axes, and what had been income goes back as surplus (预算法 第四十二条). */
export const lapsed = (of: IndicatorMoney, left: Leftover): Lines => {
  const { project, availableFen, carriedFen, quotaFen, cancelledFen, committableFen } = left
  return moving([
    line(of, control.approved, 'debit', availableFen + carriedFen + quotaFen + cancelledFen),
    line(of, availableAccount(of), 'credit', availableFen, { project }),
    line(of, control.carried, 'credit', carriedFen, { project }),
    line(of, control.issued, 'credit', quotaFen + cancelledFen, { project }),
    ...surplusReturned(of, carriedFen + cancelledFen, project, returnableAccount(of), quota.budgetReturnable),
    ...surplusReturned(of, quotaFen, project, quota.quota, quota.budgetQuota),
    line(of, control.committableApproved, 'debit', committableFen),
    line(of, control.committable, 'credit', committableFen, { project }),
  ])
}

/**
 * The same for what was allotted to a district and never paid out: the district's own indicator lapses in its own book.
 */
export const allotmentLapsed = (of: IndicatorMoney, { district: counterparty, amountFen }: DistrictAmount): Lines =>
  moving([
    line(of, control.approved, 'debit', amountFen),
    line(of, control.allotted, 'credit', amountFen, { counterparty }),
    line(of, control.committableApproved, 'debit', amountFen),
    line(of, control.committableAllotted, 'credit', amountFen, { counterparty }),
  ])

const moving = (lines: Lines): Lines => lines.filter(({ amountFen }) => amountFen !== 0n)

export type DraftGiven = {
  readonly on: Day
  readonly summary: string
  readonly lines: Lines
  /** Documents beside the indicator's own. */
  readonly documents?: readonly string[]
}

/** The entry of such lines, under the indicator's document. */
export function draftFor({ documentNumber }: Pick<Indicator, 'documentNumber'>, given: DraftGiven): EntryDraft {
  const numbers = [...new Set([documentNumber, ...(given.documents ?? [])])]
  return {
    on: given.on,
    summary: given.summary,
    type: generalType,
    documents: numbers.map((number) => ({ number })),
    lines: given.lines,
  }
}

/** The exact reverse: the same lines, negative. */
export const redDraftFor = (of: Pick<Indicator, 'documentNumber'>, given: DraftGiven): EntryDraft => ({
  ...draftFor(of, given),
  type: redType,
})
