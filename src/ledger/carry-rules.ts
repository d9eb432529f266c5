/**
 * What moves where at year-end, by standard, as a list of rules in their order (rules.md J30–J34). A *move* takes the
 * balances of some subjects to one subject of the same project and source. A *pair* posts a measured balance to both
 * sides named: appropriation lines not used by year-end become quota to be returned (财政应返还额度) in financial and budget
 * accounting alike; in the control basis each stays with its indicator, as carried over, because the two-year rule will
 * ask whose it was.
 */
import { yearOf } from '../base/calendar.ts'
import { sourceOnRecord } from '../policy/sources.ts'
import type { Book, Entity } from './book.ts'
import type { Standard } from './chart.ts'
import { carryOverType, type EntryDraft } from './entry.ts'

export type CarryRule = {
  readonly summary: string
  /** Subjects (or their beginnings) whose balances move, and where to. */
  readonly moves?: readonly { readonly from: readonly string[]; readonly to: string }[]
  /** The subject whose debit balance is measured, and the debit and credit subjects it is posted to. */
  readonly pairs?: { readonly of: string; readonly post: readonly (readonly [debit: string, credit: string])[] }
  /** Which project and source it holds for; absent: every one. */
  readonly when?: (balance: { readonly source: string | null }) => boolean
}

const isFiscal = ({ source }: { readonly source: string | null }): boolean =>
  source !== null && sourceOnRecord(source)?.fiscal === true

/** 单位 (J30–J32): what a treasury still owes it of the year is its income and its claim. */
const ofUnits: readonly CarryRule[] = [
  {
    summary: '注销未用零余额账户用款额度',
    moves: [
      { from: ['1011'], to: '120102' },
      { from: ['800101'], to: '800103' },
    ],
  },
  {
    summary: '未下达的授权支付指标转财政应返还额度',
    pairs: {
      of: '910102',
      post: [
        ['120102', '4001'],
        ['800103', '6001'],
        ['910103', '910102'],
      ],
    },
  },
  {
    summary: '未用的直接支付指标转财政应返还额度',
    pairs: {
      of: '910101',
      post: [
        ['120101', '4001'],
        ['800103', '6001'],
        ['910103', '910101'],
      ],
    },
  },
]

/** J34. Every line here names a project, so all that is left of other money is special (专项). */
const closing: readonly CarryRule[] = [
  {
    summary: '结转收入与费用',
    moves: [{ from: ['4', '5'], to: '3301' }],
  },
  { summary: '本期盈余转入本年盈余分配', moves: [{ from: ['3301'], to: '3302' }] },
  { summary: '本年盈余分配转入累计盈余', moves: [{ from: ['3302'], to: '3001' }] },
  { summary: '无偿调拨净资产、以前年度盈余调整转入累计盈余', moves: [{ from: ['3401', '3501'], to: '3001' }] },
  { summary: '结转经营收支', moves: [{ from: ['6401', '7301'], to: '8401' }] },
  { summary: '结转投资收支与债务还本支出', moves: [{ from: ['6602', '7601', '7701'], to: '8501' }] },
  { summary: '结转财政拨款收支', moves: [{ from: ['6', '7'], to: '8101' }], when: isFiscal },
  { summary: '结转非财政资金收支', moves: [{ from: ['6', '7'], to: '8201' }], when: (balance) => !isFiscal(balance) },
]

/**
 * A finance bureau has no quota of its own to be returned, and lines it has not issued are no income of it: they stay
 * what they are, and the two-year rule finds them there.
 */
const government = (entity: Entity | undefined): readonly CarryRule[] =>
  entity === 'finance' ? closing : [...ofUnits, ...closing]

const rulesOf: Record<Exclude<Standard, 'government'>, readonly CarryRule[]> = {
  common_fund: [
    {
      summary: '结转业主共有基金与公共收益',
      moves: [
        { from: ['41', '43', '51', '53'], to: '3101' },
        { from: ['42', '52', '54'], to: '3201' },
      ],
    },
  ],
  enterprise: [
    { summary: '结转本年利润', moves: [{ from: ['60', '61', '63', '64', '66', '67', '68'], to: '4103' }] },
    { summary: '本年利润转入利润分配', moves: [{ from: ['4103'], to: '4104' }] },
  ],
  maintenance_fund: [{ summary: '结转待分配累计收益', moves: [{ from: ['41', '42', '43', '49', '59'], to: '3101' }] }],
  memo: [],
}

/** The rules of a book, by its standard and, of a government book, by whose it is. */
export const carryRulesOf = ({ chart: { standard }, entity }: Pick<Book, 'chart' | 'entity'>): readonly CarryRule[] =>
  standard === 'government' ? government(entity) : rulesOf[standard]

/** The year whose carry-over an entry is of, which is why it is not reversed by itself; `undefined` for every other. */
export const carryOverOf = ({ type, on }: Pick<EntryDraft, 'type' | 'on'>): number | undefined =>
  type === carryOverType ? yearOf(on) : undefined
