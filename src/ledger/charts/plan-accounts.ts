/**
 * The accounts that funding plans, mixed ownership and owners' contributions are posted to, by what they are: rooms
 * name an account here and nowhere write its code.
 */
import type { Entity } from '../book.ts'

/** Of the memo chart: what is to be built, and where the money is to come from. */
export const planAccounts = { investment: '9011', sources: '951' } as const

/** Of the government chart. */
export const moneyAccounts = {
  works: '161301',
  payable: '230201',
  /** 应付账款·其他: what a channel owes to the money that stood in for it. */
  channelPayable: '230299',
  quota: '1011',
  bank: '100201',
  ownersBank: '100202',
  unitReceivable: '121803',
  advanceReceivable: '121899',
  ownersCustody: '230701',
  unitCustody: '230702',
  toReturn: '230705',
  suspense: '230799',
  otherIncome: '4609',
  budgetQuota: '800101',
  budgetCash: '800102',
  budgetOtherIncome: '6609',
} as const

/**
 * 行政支出 or 事业支出: budget spending, in the book of whom it is (政府会计制度). A finance bureau is an administrative body.
 */
export const budgetSpentOf = (entity: Entity | undefined): string =>
  entity === undefined || entity === 'institution' ? '7201' : '7101'

/** Of the memo chart, as the provident fund centre keeps them (财会字〔1999〕33号): 住房公积金存款, 住房公积金. */
export const providentAccounts = { deposits: '101', fund: '201' } as const

/** Of the chart of a maintenance fund: 银行存款, in its deposits. */
export const fundAccounts = { deposits: '1001' } as const

const closedIncome = ['4001', '4201', '4601', '4603', moneyAccounts.otherIncome] as const

/** Beginnings of accounts by what they say of a project's money, in the view of one project. */
export const moneyGroups = {
  /** 财政拨款、上级补助、非同级财政拨款、捐赠、其他收入, and what was borrowed. */
  income: [...closedIncome, '2501', '2502'],
  /** Of these, what becomes surplus at a year-end; a loan that is paid back was received all the same. */
  closedIncome,
  surplus: ['3001'],
  /** 其他应付款: held for others until it is spent. */
  custody: ['2307'],
  spent: ['71', '72', '73'],
  inHand: ['1011', '1002', '1021', '1201'],
} as const
