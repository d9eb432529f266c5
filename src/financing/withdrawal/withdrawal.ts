/**
 * Withdrawals from the housing provident fund (28号文（二十六）): what a household takes out of its accounts for what it
 * really contributed. How much that may be is a rule (`funds/provident`); what it contributed is what the books say.
 */
import { addDays, type Day } from '../../base/calendar.ts'
import { type Fen, maxFen, sumFen } from '../../base/money.ts'
import { numbered } from '../../form/numbered.ts'
import type { WithdrawalClaim } from '../../funds/provident/withdrawal.ts'
import { providentAccounts } from '../../ledger/charts/plan-accounts.ts'
import type { Law } from '../../policy/parameters.ts'

/**
 * `validated`: taken and examined, waits for the decision; `decided`: granted; `returned`: not granted, or taken back.
 */
export type WithdrawalState = 'validated' | 'decided' | 'returned'
export const withdrawalStateNamesZh: Readonly<Record<WithdrawalState, string>> = {
  validated: '已受理待复核',
  decided: '已决定',
  returned: '已退回',
}

/** `payer`: to whoever has paid; `supervised`: to the supervised account, for what is still owed. */
export type WithdrawalWay = 'payer' | 'supervised'
export const withdrawalWayNamesZh: Readonly<Record<WithdrawalWay, string>> = {
  payer: '付给已缴款人',
  supervised: '转入监管账户抵缴应缴款',
}

export const withdrawalNames = numbered('W')

/** Sources of owners' money: paid by themselves, withdrawn, and lent by the fund. */
export const ownersSources = { own: 'F51', withdrawn: 'F52', lent: 'F53' } as const

/** What the books say of a dwelling, and what was granted for it before. */
export type Standing = {
  /** What it owes under the plan in force; nothing where there is no plan. */
  readonly dueFen: Fen
  /** What stands to its credit, by source: receipts less what was given back. */
  readonly paidFen: ReadonlyMap<string, Fen>
  /** Granted, or waiting to be, to whomever of the household, by way. */
  readonly grantedFen: Readonly<Record<WithdrawalWay, Fen>>
}

/**
 * What the household may claim on, for the rule (O-38, O-41). `payer`: of what it paid itself, what was not withdrawn
 * for yet, and no more than is left to be borne beside the loan and what goes to the supervised account. `supervised`:
 * of what it owes, what neither it nor the loan has paid and what is not on its way. What was granted into that account
 * stands there as a receipt once it has come: it is counted once.
 */
export function claimOf(
  way: WithdrawalWay,
  { dueFen, paidFen, grantedFen }: Standing,
): Required<Pick<WithdrawalClaim, 'contribution' | 'loan' | 'withdrawn'>> {
  const paid = (source: string): Fen => paidFen.get(source) ?? 0n
  const [own, loan, arrived] = [paid(ownersSources.own), paid(ownersSources.lent), paid(ownersSources.withdrawn)]
  const intoAccount = maxFen(grantedFen.supervised, arrived)
  if (way === 'supervised') return { contribution: dueFen, loan, withdrawn: intoAccount + own }
  // Own money beside a withdrawal that pays the same: it comes back as too much, and not as a withdrawal.
  const besides = maxFen(own - maxFen(dueFen - loan - intoAccount, 0n), 0n)
  return { contribution: sumFen([...paidFen.values()]), loan, withdrawn: grantedFen.payer + arrived + besides }
}

/** Until when the centre decides: so many days from the day of application (住房公积金管理条例 第二十五条). */
export const decisionDue = (on: Day, law: Law): Day => addDays(on, law.take('provident_decision_days'))

/** 公积金提取: 住房公积金 less, of the dwelling, 住房公积金存款 less (财会字〔1999〕33号). */
export function withdrawalLines(project: string, dwelling: string, amountFen: Fen) {
  const on = { project, source: ownersSources.withdrawn }
  return [
    { account: providentAccounts.fund, debit: amountFen, ...on, dwelling },
    { account: providentAccounts.deposits, credit: amountFen, ...on },
  ]
}
