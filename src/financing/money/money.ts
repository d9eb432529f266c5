/**
 * All money of one project in one view (一本账, clause 16), source by source: planned, assigned, committed, received,
 * paid, remaining. Every figure is a sum over accounts of the ledger, and names them; within a figure an account counts
 * once.
 *
 *   received  what came in and was not given back: income of the source, its loans, and what is held in custody for it
 *   paid      what was spent, of whatever year (budget accounting; its yearly closing is not taken off)
 *   in hand   what lies in quota and accounts now
 *   remaining what the plan still has to pay: planned − paid
 */
import type { Fen } from '../../base/money.ts'
import type { Text } from '../../base/refusal.ts'
import { chartOf, standards } from '../../ledger/chart.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { moneyAccounts, moneyGroups, planAccounts } from '../../ledger/charts/plan-accounts.ts'

export const moneyColumns = ['planned', 'assigned', 'committed', 'received', 'paid', 'inHand'] as const
export type MoneyColumn = (typeof moneyColumns)[number]
export const columnNames: Readonly<Record<MoneyColumn | 'remaining', Text>> = {
  planned: { zh: '计划', en: 'Planned' },
  assigned: { zh: '已下达', en: 'Assigned' },
  committed: { zh: '已承诺', en: 'Committed' },
  received: { zh: '到位', en: 'Received' },
  paid: { zh: '已支付', en: 'Paid' },
  inHand: { zh: '在账', en: 'In hand' },
  remaining: { zh: '待支付', en: 'Remaining' },
}

/** An account of one source in one book, with all it ever moved. */
export type MoneyAccount = {
  readonly book: string
  readonly subject: string
  readonly source: string
  readonly debitFen: Fen
  readonly creditFen: Fen
  /** Of income and of the surplus that it becomes: debited otherwise than by a year-end, so given back. Else 0. */
  readonly takenBackFen: Fen
}

export type MoneyPart = MoneyAccount & { readonly column: MoneyColumn; readonly amountFen: Fen }

export type SourceMoney = { readonly source: string; readonly remainingFen: Fen } & Readonly<Record<MoneyColumn, Fen>>

type Counted = { readonly column: MoneyColumn; readonly fen: (account: MoneyAccount) => Fen }

const net = ({ debitFen, creditFen }: MoneyAccount): Fen => debitFen - creditFen
/** What came in; a year-end's own debit takes nothing back. */
const cameIn = ({ creditFen, takenBackFen }: MoneyAccount): Fen => creditFen - takenBackFen
const takenBack = ({ takenBackFen }: MoneyAccount): Fen => -takenBackFen
const debit = ({ debitFen }: MoneyAccount): Fen => debitFen

const grouped = (beginnings: readonly string[], column: MoneyColumn, fen: Counted['fen']) =>
  beginnings.map((beginning) => [beginning, [{ column, fen }]] as const)

const owed: Counted['fen'] = (account) => -net(account)

/** The longest beginning of an account's code says how it counts; what is not listed counts nowhere. */
const counted: Readonly<Record<string, readonly Counted[]>> = {
  [planAccounts.sources]: [{ column: 'planned', fen: owed }],
  [control.committable]: [{ column: 'assigned', fen: net }],
  ...Object.fromEntries(
    [control.committed, control.committedPaid].map((account) => [
      account,
      [
        { column: 'assigned', fen: net },
        { column: 'committed', fen: net },
      ],
    ]),
  ),
  // Custody becomes other income as it is spent: held and applied together are what came in.
  ...Object.fromEntries(grouped(moneyGroups.income, 'received', cameIn)),
  ...Object.fromEntries(grouped(moneyGroups.surplus, 'received', takenBack)),
  ...Object.fromEntries(grouped(moneyGroups.custody, 'received', owed)),
  // What a unit owes stands in custody too and has not come in.
  [moneyAccounts.unitReceivable]: [{ column: 'received', fen: owed }],
  ...Object.fromEntries(grouped(moneyGroups.spent, 'paid', debit)),
  ...Object.fromEntries(grouped(moneyGroups.inHand, 'inHand', net)),
}

function countedOf(subject: string): readonly Counted[] {
  for (let length = subject.length; length > 0; length--) {
    const found = counted[subject.slice(0, length)]
    if (found) return found
  }
  return []
}

// Income and what it becomes at a year-end: whether a debit gives back is known by its entry.
const settled: readonly string[] = [...moneyGroups.closedIncome, ...moneyGroups.surplus]

/** Every account of any chart that counts anywhere. */
export const moneySubjects: readonly string[] = [
  ...new Set(standards.flatMap((standard) => [...chartOf(standard).subjects.keys()])),
].filter((subject) => countedOf(subject).length > 0)

/** Those of them whose debits give back, but for a year-end's. */
export const settledSubjects = moneySubjects.filter((subject) => settled.some((code) => subject.startsWith(code)))

/** Which account gives how much of which figure. */
export const moneyParts = (accounts: readonly MoneyAccount[]): MoneyPart[] =>
  accounts.flatMap((account) =>
    countedOf(account.subject).flatMap(({ column, fen }) => {
      const amountFen = fen(account)
      return amountFen === 0n ? [] : [{ ...account, column, amountFen }]
    }),
  )

/** The figures of each source, in the order of their codes. */
export function moneyBySource(parts: readonly MoneyPart[]): SourceMoney[] {
  return [...new Set(parts.map(({ source }) => source))].toSorted().map((source) => {
    const of = (column: MoneyColumn): Fen =>
      parts.reduce((sum, part) => (part.source === source && part.column === column ? sum + part.amountFen : sum), 0n)
    const [planned, paid] = [of('planned'), of('paid')]
    return {
      source,
      planned,
      assigned: of('assigned'),
      committed: of('committed'),
      received: of('received'),
      paid,
      inHand: of('inHand'),
      remainingFen: planned - paid,
    }
  })
}
