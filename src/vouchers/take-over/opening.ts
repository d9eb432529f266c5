/**
 * What opening balances must be before a book begins with them: each indicator adds up on both axes under its own
 * source, and nothing of a project stands above what the register says it costs. Without a database.
 */
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import type { Text } from '../../base/refusal.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { debitFen, type LineDraft } from '../../ledger/entry.ts'
import { refuse } from '../refusals.ts'
import type { IndicatorRow } from './forms.ts'

/** What each axis of an indicator says: what was approved, and where it is. */
const axes: readonly { readonly what: Text; readonly approved: string; readonly where: readonly string[] }[] = [
  {
    what: { zh: '预算指标批复（9901）', en: 'what was approved (9901)' },
    approved: control.approved,
    where: [control.availableDirect, control.availableAuthorised, control.carried, control.usedDirect, control.issued],
  },
  {
    what: { zh: '可承诺指标批复（9903）', en: 'the right to commit (9903)' },
    approved: control.committableApproved,
    where: [control.committable],
  },
]
const ofIndicator = new Set(axes.flatMap(({ approved, where }) => [approved, ...where]))

export const isOfIndicator = (account: string): boolean => ofIndicator.has(account)

/**
 * Refuses `take_over_line_differs` where a line of an indicator is of another source or form of payment, and
 * `take_over_indicator_unbalanced` where an indicator does not add up or opens nothing.
 */
export function requireIndicators(indicators: readonly IndicatorRow[], lines: readonly LineDraft[]): void {
  const wrongPayment = { authorised: control.availableDirect, direct: control.availableAuthorised }
  for (const { indicator, source, payment } of indicators) {
    const own = lines.filter((line) => line.indicator === indicator && isOfIndicator(line.account))
    const astray = own.find((line) => line.source !== source || line.account === wrongPayment[payment])
    if (astray) {
      const { account, source: given = '' } = astray
      throw refuse('take_over_line_differs', {
        line: lines.indexOf(astray) + 1,
        account,
        indicator,
        source,
        given,
        payment,
      })
    }
    for (const { what, approved, where } of axes) {
      const of = (accounts: readonly string[]) =>
        sumFen(own.filter(({ account }) => accounts.includes(account)).map(debitFen))
      const [approvedFen, placedFen] = [-of([approved]), of(where)]
      if (approvedFen === placedFen && (approvedFen > 0n || approved !== control.approved)) continue
      const amounts = { approved: formatFen(approvedFen), placed: formatFen(placedFen) }
      throw refuse('take_over_indicator_unbalanced', { indicator, what, ...amounts })
    }
  }
}

/** What a project may not have more of than it costs, by the beginnings of accounts. */
const bounded: readonly { readonly what: Text; readonly accounts: readonly string[] }[] = [
  { what: { zh: '可承诺指标（910301）', en: 'its right to commit (910301)' }, accounts: [control.committable] },
  { what: { zh: '在建工程（1613）', en: 'its works in progress (1613)' }, accounts: ['1613'] },
  {
    what: {
      zh: '额度和货币资金（1001、1002、1011、1021、1201）',
      en: 'its quota and money (1001, 1002, 1011, 1021, 1201)',
    },
    accounts: ['1001', '1002', '1011', '1021', '1201'],
  },
]

export type ProjectCost = {
  readonly project: string
  readonly costFen: Fen
  /** The right to commit it has already. */
  readonly assignedFen: Fen
}

/** Refuses `take_over_above_cost` where more is opened of a project than it is registered to cost. */
export function requireWithinCost(costs: readonly ProjectCost[], lines: readonly LineDraft[]): void {
  for (const { project, costFen, assignedFen } of costs) {
    for (const { what, accounts } of bounded) {
      const own = lines.filter((line) => line.project === project && accounts.some((of) => line.account.startsWith(of)))
      const standingFen = accounts.includes(control.committable) ? assignedFen : 0n
      const amountFen = sumFen(own.map(debitFen)) + standingFen
      if (own.length === 0 || amountFen <= costFen) continue
      throw refuse('take_over_above_cost', { project, what, amount: formatFen(amountFen), cost: formatFen(costFen) })
    }
  }
}
