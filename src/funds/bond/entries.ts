/** The lines of a bond's entries, all in the memo book of its issuer and of the control basis (rules §4.7). */
import type { Fen } from '../../base/money.ts'
import type { Side } from '../../ledger/chart.ts'
import { bondAccounts as accounts } from '../../ledger/charts/bond-accounts.ts'
import type { EntryLine } from '../../ledger/entry.ts'
import type { Bond, BondShare } from './record.ts'

type OfBond = Pick<Bond, 'bond' | 'programme' | 'source'>
type Account = (typeof accounts)[keyof typeof accounts]

const line = (of: OfBond, account: Account, side: Side, amountFen: Fen, place: Partial<EntryLine> = {}): EntryLine => ({
  basis: 'control',
  account,
  side,
  amountFen,
  project: of.programme,
  source: of.source,
  debt: of.bond,
  ...place,
})

/** 核定限额: what may be issued. */
export const quotaGiven = (of: OfBond, amountFen: Fen): EntryLine[] => [
  line(of, accounts.unissued, 'debit', amountFen),
  line(of, accounts.limit, 'credit', amountFen),
]

/** 发行: out of the quota, no fen above it; and what was raised, which no project holds yet. */
export const bondIssued = (of: OfBond, amountFen: Fen): EntryLine[] => [
  line(of, accounts.issued, 'debit', amountFen),
  line(of, accounts.unissued, 'credit', amountFen),
  line(of, accounts.unallocated, 'debit', amountFen),
  line(of, accounts.raised, 'credit', amountFen),
]

/** 分配到项目: out of what was raised, or from project to project; a project gives back only what it has not used. */
export const bondAllocated = (of: OfBond, moved: readonly BondShare[]): EntryLine[] => {
  const netFen = moved.reduce((sum, { amountFen }) => sum + amountFen, 0n)
  return [
    ...moved.map(({ project, amountFen }) =>
      amountFen > 0n
        ? line(of, accounts.allocated, 'debit', amountFen, { project })
        : line(of, accounts.allocated, 'credit', -amountFen, { project }),
    ),
    ...(netFen > 0n ? [line(of, accounts.unallocated, 'credit', netFen)] : []),
  ]
}

/** 使用: what a project pays from its allocation. */
export const bondUsed = (of: OfBond, { project, amountFen }: BondShare, item?: string): EntryLine[] => {
  const place = { project, ...(item !== undefined && { item }) }
  return [line(of, accounts.used, 'debit', amountFen, place), line(of, accounts.allocated, 'credit', amountFen, place)]
}

/** 应付: what each project is to raise. */
export const bondDue = (of: OfBond, shares: readonly BondShare[], amountFen: Fen): EntryLine[] => [
  ...shares.map(({ project, amountFen: part }) => line(of, accounts.toRaise, 'debit', part, { project })),
  line(of, accounts.owed, 'credit', amountFen),
]

/** 筹集: set aside for the payment, no more than is due. */
export const bondSetAside = (of: OfBond, shares: readonly BondShare[]): EntryLine[] =>
  shares.flatMap(({ project, amountFen }) => [
    line(of, accounts.setAside, 'debit', amountFen, { project }),
    line(of, accounts.toRaise, 'credit', amountFen, { project }),
  ])

/** 支付: out of what was set aside. */
export const bondPaid = (of: OfBond, shares: readonly BondShare[], amountFen: Fen): EntryLine[] => [
  line(of, accounts.owed, 'debit', amountFen),
  ...shares.map(({ project, amountFen: part }) => line(of, accounts.setAside, 'credit', part, { project })),
]

/** 还本: with the payment of the principal the quota is used up. */
export const bondRepaid = (of: OfBond, amountFen: Fen): EntryLine[] => [
  line(of, accounts.limit, 'debit', amountFen),
  line(of, accounts.issued, 'credit', amountFen),
]
