/**
 * The entries that funding plans and mixed ownership are posted by: lines that balance, without a database. `J..` are
 * the standard journals of docs/FLOWS.md.
 */
import type { Day } from '../base/calendar.ts'
import { type Fen, sumFen } from '../base/money.ts'
import type { Side } from '../ledger/chart.ts'
import { moneyAccounts, planAccounts } from '../ledger/charts/plan-accounts.ts'
import { type DocumentReference, type EntryDraft, generalType, type LineDraft, redType } from '../ledger/entry.ts'
import type { ChannelPayment, ClassAmount, OwnershipKey } from './ownership/ownership.ts'
import type { PlannedMoney } from './plan/plan.ts'

export { planAccounts } from '../ledger/charts/plan-accounts.ts'

type Place = Partial<Pick<LineDraft, 'item' | 'counterparty' | 'dwelling' | 'contract' | 'memo'>>
type On = { readonly project: string; readonly source: string }

const line = ({ project, source }: On, account: string, side: Side, amountFen: Fen, place: Place = {}): LineDraft => ({
  account,
  side,
  amountFen,
  project,
  source,
  ...place,
})

/** Debit and credit of one amount; nothing for none. */
const pair = (on: On, debit: string, credit: string, amountFen: Fen, place: Place = {}): LineDraft[] =>
  amountFen === 0n ? [] : [line(on, debit, 'debit', amountFen, place), line(on, credit, 'credit', amountFen, place)]

export type DraftFacts = {
  readonly on: Day
  readonly summary: string
  readonly documents?: readonly DocumentReference[]
}

const draft = (type: string, { on, summary, documents = [] }: DraftFacts, lines: readonly LineDraft[]): EntryDraft => ({
  on,
  summary,
  type,
  documents,
  lines,
})

/** 资金方案: what is planned more is posted black, what is planned less red; nothing where nothing changed. */
export function planDrafts(project: string, difference: readonly PlannedMoney[], facts: DraftFacts): EntryDraft[] {
  const lines = (money: readonly PlannedMoney[]): LineDraft[] =>
    money.flatMap(({ source, item, amountFen }) =>
      pair(
        { project, source },
        planAccounts.investment,
        planAccounts.sources,
        amountFen < 0n ? -amountFen : amountFen,
        item === undefined ? {} : { item },
      ),
    )
  const more = lines(difference.filter(({ amountFen }) => amountFen > 0n))
  const less = lines(difference.filter(({ amountFen }) => amountFen < 0n))
  return [
    ...(more.length > 0 ? [draft(generalType, facts, more)] : []),
    ...(less.length > 0 ? [draft(redType, facts, less)] : []),
  ]
}

/** 工程进度按产权分摊 (J19 without retention): each class's part on its own channel. */
export function certificateDraft(
  project: string,
  keys: readonly OwnershipKey[],
  parts: readonly ClassAmount[],
  facts: DraftFacts & { readonly certificate: string; readonly contract?: string | undefined },
): EntryDraft {
  const lines = keys.flatMap(({ ownership, source, party }) => {
    const amountFen = sumFen(parts.filter((part) => part.ownership === ownership).map((part) => part.amountFen))
    return pair({ project, source }, moneyAccounts.works, moneyAccounts.payable, amountFen, {
      memo: `${facts.certificate} ${ownership}`,
      ...(party !== undefined && { counterparty: party }),
      ...(facts.contract !== undefined && { contract: facts.contract }),
    })
  })
  return draft(generalType, facts, lines)
}

/**
 * 支付某一产权的份额 (J20, J14): quota, then cash, then custody, which becomes income as it is spent. `spent`: the account of
 * budget spending in the book (7101, 7201), here and below.
 */
export function channelPaymentLines(on: On, paid: ChannelPayment, spent: string, place: Place): LineDraft[] {
  const { quotaFen, cashFen, custodyFen } = paid
  const a = moneyAccounts
  return [
    ...pair(on, a.payable, a.quota, quotaFen, place),
    ...pair(on, spent, a.budgetQuota, quotaFen, place),
    ...pair(on, a.payable, a.bank, cashFen + custodyFen, place),
    ...pair(on, a.unitCustody, a.otherIncome, custodyFen, place),
    ...pair(on, a.budgetCash, a.budgetOtherIncome, custodyFen, place),
    ...pair(on, spent, a.budgetCash, cashFen + custodyFen, place),
  ]
}

/** 应收产权单位 (J17, due): what its channel could not pay. */
export const unitDueLines = (on: On, amountFen: Fen, place: Place): LineDraft[] =>
  pair(on, moneyAccounts.unitReceivable, moneyAccounts.unitCustody, amountFen, place)

/** 收到产权单位出资 (J17, received). */
export const unitReceivedLines = (on: On, amountFen: Fen, place: Place): LineDraft[] =>
  pair(on, moneyAccounts.bank, moneyAccounts.unitReceivable, amountFen, place)

/**
 * 垫付: other money pays the class's part for its channel. The channel owes it, the payer has a claim on the unit; both
 * are marked.
 */
export function advanceLines(
  project: string,
  channel: string,
  payer: string,
  amountFen: Fen,
  spent: string,
  place: Place,
): LineDraft[] {
  const a = moneyAccounts
  return [
    ...pair({ project, source: channel }, a.payable, a.channelPayable, amountFen, place),
    ...pair({ project, source: payer }, a.advanceReceivable, a.quota, amountFen, place),
    ...pair({ project, source: payer }, spent, a.budgetQuota, amountFen, place),
  ]
}

/**
 * 收回垫付: what the unit has paid into its channel goes to the money that stood in; the contribution is applied as it is
 * spent (J14).
 */
export function recoveryLines(
  project: string,
  channel: string,
  payer: string,
  amountFen: Fen,
  spent: string,
  place: Place,
): LineDraft[] {
  const a = moneyAccounts
  const [of, to] = [
    { project, source: channel },
    { project, source: payer },
  ]
  return [
    ...pair(of, a.channelPayable, a.bank, amountFen, place),
    ...pair(of, a.unitCustody, a.otherIncome, amountFen, place),
    ...pair(of, a.budgetCash, a.budgetOtherIncome, amountFen, place),
    ...pair(of, spent, a.budgetCash, amountFen, place),
    ...pair(to, a.bank, a.advanceReceivable, amountFen, place),
  ]
}

/** The payer's spending taken back, in red: it was never the payer's to bear. */
export const unspentDraft = (facts: DraftFacts, on: On, amountFen: Fen, spent: string, place: Place): EntryDraft =>
  draft(redType, facts, pair(on, spent, moneyAccounts.budgetCash, amountFen, place))

/** 收到居民出资 (J13): what is due into custody, what is too much to be returned, what is nobody's in suspense. */
export function contributionLines(
  on: On,
  { appliedFen, excessFen, suspenseFen }: { appliedFen: Fen; excessFen: Fen; suspenseFen: Fen },
  place: Place,
): LineDraft[] {
  const a = moneyAccounts
  return [
    ...pair(on, a.ownersBank, a.ownersCustody, appliedFen, place),
    ...pair(on, a.ownersBank, a.toReturn, excessFen, place),
    ...pair(on, a.ownersBank, a.suspense, suspenseFen, place),
  ]
}

/** 认领: money in suspense has found its dwelling. */
export const matchedLines = (
  on: On,
  { appliedFen, excessFen }: { appliedFen: Fen; excessFen: Fen },
  place: Place,
): LineDraft[] => [
  ...pair(on, moneyAccounts.suspense, moneyAccounts.ownersCustody, appliedFen, place),
  ...pair(on, moneyAccounts.suspense, moneyAccounts.toReturn, excessFen, place),
]

/** 退还居民 (J15): out of custody what is no longer due, out of what was too much the excess. */
export const refundLines = (
  on: On,
  { custodyFen, excessFen }: { custodyFen: Fen; excessFen: Fen },
  place: Place,
): LineDraft[] => [
  ...pair(on, moneyAccounts.ownersCustody, moneyAccounts.ownersBank, custodyFen, place),
  ...pair(on, moneyAccounts.toReturn, moneyAccounts.ownersBank, excessFen, place),
]

export const entryOf = (facts: DraftFacts, lines: readonly LineDraft[]): EntryDraft => draft(generalType, facts, lines)
