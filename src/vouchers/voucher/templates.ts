/**
 * The standard journals (rules §4.6) as business forms: who books a receipt, a payment or a transfer names the event,
 * and the lines follow, financial and budget accounting beside each other. Only journals that no action keeps are here;
 * each is parallel by construction.
 */
import { moneyAccounts, budgetSpentOf } from '../../ledger/charts/plan-accounts.ts'
import type { Book } from '../../ledger/book.ts'
import type { Dimension, Side } from '../../ledger/chart.ts'
import type { LineDraft } from '../../ledger/entry.ts'
import type { Fen } from '../../base/money.ts'

/** 收款、付款、转账: what a voucher is called by what it moves. */
export const businessForms = ['receipt', 'payment', 'transfer'] as const
export type BusinessForm = (typeof businessForms)[number]
export const businessFormNamesZh: Record<BusinessForm, string> = { receipt: '收款', payment: '付款', transfer: '转账' }

/** The account of expenditure: 7101 or 7201, as the book's entity has it. */
const spent = 'spent'

type Template = {
  readonly zh: string
  readonly en: string
  readonly form: BusinessForm
  /** Account codes, or `spent`; each line carries the whole amount. */
  readonly lines: readonly (readonly [side: Side, account: string])[]
}

const { budgetQuota, budgetCash } = moneyAccounts

export const templates = {
  J02: {
    zh: '收到授权支付额度',
    en: 'authorised quota received',
    form: 'receipt',
    lines: [
      ['debit', '1011'],
      ['credit', '4001'],
      ['debit', budgetQuota],
      ['credit', '6001'],
    ],
  },
  J03: {
    zh: '财政直接支付工程款',
    en: 'direct treasury payment of a claim',
    form: 'payment',
    lines: [
      ['debit', '161301'],
      ['credit', '4001'],
      ['debit', spent],
      ['credit', '6001'],
    ],
  },
  J04: {
    zh: '以额度支付工程投资',
    en: 'works paid from quota',
    form: 'payment',
    lines: [
      ['debit', '161301'],
      ['credit', '1011'],
      ['debit', spent],
      ['credit', budgetQuota],
    ],
  },
  'J04-3': {
    zh: '以额度支付待摊投资（设计、监理等）',
    en: 'design, supervision and the like paid from quota',
    form: 'payment',
    lines: [
      ['debit', '161303'],
      ['credit', '1011'],
      ['debit', spent],
      ['credit', budgetQuota],
    ],
  },
  J05: {
    zh: '收到非同级财政拨款',
    en: 'transfer from another level of government in cash',
    form: 'receipt',
    lines: [
      ['debit', '100201'],
      ['credit', '4601'],
      ['debit', budgetCash],
      ['credit', '6601'],
    ],
  },
  J08: {
    zh: '银行借款到账',
    en: 'bank loan drawn',
    form: 'receipt',
    lines: [
      ['debit', '100201'],
      ['credit', '250101'],
      ['debit', budgetCash],
      ['credit', '6501'],
    ],
  },
  J09: {
    zh: '计提建设期借款利息',
    en: 'interest accrued under construction',
    form: 'transfer',
    lines: [
      ['debit', '161303'],
      ['credit', '250102'],
    ],
  },
  J10: {
    zh: '支付借款利息',
    en: 'interest paid',
    form: 'payment',
    lines: [
      ['debit', '250102'],
      ['credit', '100201'],
      ['debit', '7901'],
      ['credit', budgetCash],
    ],
  },
  J12: {
    zh: '收到财政贴息',
    en: 'interest subsidy received',
    form: 'receipt',
    lines: [
      ['debit', '100201'],
      ['credit', '121801'],
      ['debit', budgetCash],
      ['credit', '6601'],
    ],
  },
  J13: {
    zh: '居民出资存入监管户',
    en: 'owners’ contribution into the supervised account',
    form: 'receipt',
    lines: [
      ['debit', '100202'],
      ['credit', '230701'],
    ],
  },
  J15: {
    zh: '退还居民出资',
    en: 'contribution refunded',
    form: 'payment',
    lines: [
      ['debit', '230701'],
      ['credit', '100202'],
    ],
  },
  'J17-1': {
    zh: '产权单位应出资',
    en: 'contribution of a property unit due',
    form: 'transfer',
    lines: [
      ['debit', '121803'],
      ['credit', '230702'],
    ],
  },
  'J17-2': {
    zh: '收到产权单位出资',
    en: 'contribution of a property unit received',
    form: 'receipt',
    lines: [
      ['debit', '100201'],
      ['credit', '121803'],
    ],
  },
  J18: {
    zh: '以额度预付工程款',
    en: 'contractor advance from quota',
    form: 'payment',
    lines: [
      ['debit', '121401'],
      ['credit', '1011'],
      ['debit', spent],
      ['credit', budgetQuota],
    ],
  },
  J19: {
    zh: '工程进度结算',
    en: 'progress certificate',
    form: 'transfer',
    lines: [
      ['debit', '161301'],
      ['credit', '230201'],
    ],
  },
  J20: {
    zh: '以额度支付应付工程款',
    en: 'progress paid from quota',
    form: 'payment',
    lines: [
      ['debit', '230201'],
      ['credit', '1011'],
      ['debit', spent],
      ['credit', budgetQuota],
    ],
  },
  J21: {
    zh: '以额度退付质量保证金',
    en: 'retention released from quota',
    form: 'payment',
    lines: [
      ['debit', '230202'],
      ['credit', '1011'],
      ['debit', spent],
      ['credit', budgetQuota],
    ],
  },
  J26: {
    zh: '交回本年财政拨款额度',
    en: 'this year’s surplus quota returned',
    form: 'payment',
    lines: [
      ['debit', '4001'],
      ['credit', '1011'],
      ['debit', '6001'],
      ['credit', budgetQuota],
    ],
  },
  'J38-1': {
    zh: '核定对企业或居民的补助',
    en: 'subsidy to an enterprise or owners approved',
    form: 'transfer',
    lines: [
      ['debit', '5001'],
      ['credit', '2303'],
    ],
  },
  'J38-2': {
    zh: '以额度支付补助',
    en: 'that subsidy paid from quota',
    form: 'payment',
    lines: [
      ['debit', '2303'],
      ['credit', '1011'],
      ['debit', spent],
      ['credit', budgetQuota],
    ],
  },
  'J43-1': {
    zh: '收到应上缴的项目收入',
    en: 'project revenue to be turned in received',
    form: 'receipt',
    lines: [
      ['debit', '100201'],
      ['credit', '2103'],
    ],
  },
  'J43-2': {
    zh: '上缴项目收入',
    en: 'project revenue turned in',
    form: 'payment',
    lines: [
      ['debit', '2103'],
      ['credit', '100201'],
    ],
  },
} as const satisfies Readonly<Record<string, Template>>

export type TemplateCode = keyof typeof templates
export const templateCodes = Object.keys(templates) as [TemplateCode, ...TemplateCode[]]

export type FilledForm = { readonly template: TemplateCode; readonly amount: Fen; readonly memo?: string } & {
  readonly [D in Dimension]?: string
}

/** The lines of a business form that was filled in, in this book. */
export function linesOf({ template, amount: amountFen, ...noted }: FilledForm, book: Book): LineDraft[] {
  return templates[template].lines.map(([side, account]) => ({
    ...noted,
    account: account === spent ? budgetSpentOf(book.entity) : account,
    side,
    amountFen,
  }))
}

export type TemplateView = {
  readonly template: string
  readonly form: BusinessForm
  readonly name: { readonly zh: string; readonly en: string }
  readonly lines: readonly { readonly side: Side; readonly account: string }[]
}

/** All templates as they stand in a book. */
export const templatesFor = (book: Book): TemplateView[] =>
  templateCodes.map((template) => {
    const { zh, en, form, lines } = templates[template]
    return {
      template,
      form,
      name: { zh, en },
      lines: lines.map(([side, account]) => ({
        side,
        account: account === spent ? budgetSpentOf(book.entity) : account,
      })),
    }
  })
