/**
 * An appropriation line (指标) and the entries it moves by. Its money stands in the ledger on two axes that move apart:
 * the right to issue quota (9101 可用 → 9102 已用, 9104 分配下级), and the right to commit (9103). Every function here gives
 * lines that balance on each axis they touch; the same lines in an entry of type `red` are the exact reverse, for what
 * is clawed back.
 *
 *   approved  = available (with what was carried over) + used + allotted            9901 = 9101 + 9102 + 9104
 *   the right = to commit + committed + paid + allotted                             9903 = 9103
 */
import type { Fen } from '../../base/money.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import type { RecordOf } from '../../base/drizzle/queries.ts'
import type { LineDraft } from '../../ledger/entry.ts'
import type { indicators } from '../tables.ts'

export const indicatorLevels = ['central', 'municipal', 'district'] as const
export type IndicatorLevel = (typeof indicatorLevels)[number]
/** 财政授权支付: quota is issued to the unit; 财政直接支付: the treasury pays the supplier. */
export const paymentForms = ['authorised', 'direct'] as const
export type PaymentForm = (typeof paymentForms)[number]
/** `early_notice`: 提前下达, before the budget of its year is final. */
export const indicatorKinds = ['final', 'early_notice'] as const
export type IndicatorKind = (typeof indicatorKinds)[number]
export const indicatorKindNamesZh: Record<IndicatorKind, string> = { final: '正式预算', early_notice: '提前下达' }
export type IndicatorState = 'proposed' | 'in_force' | 'rejected' | 'lapsed'

export const levelNamesZh: Record<IndicatorLevel, string> = { central: '中央', municipal: '市级', district: '区级' }
export const paymentNamesZh: Record<PaymentForm, string> = { authorised: '财政授权支付', direct: '财政直接支付' }
export const indicatorStateNamesZh: Record<IndicatorState, string> = {
  proposed: '待批准',
  in_force: '有效',
  rejected: '已退回',
  lapsed: '已收回',
}

/** What an indicator is. How much it holds, the ledger says. */
export type Indicator = RecordOf<typeof indicators.$inferSelect>

/** What the entries of an indicator need of it. */
export type IndicatorMoney = Pick<Indicator, 'indicator' | 'source' | 'programme' | 'payment'>

export type ProjectAmount = { readonly project: string; readonly amountFen: Fen }
export type DistrictAmount = { readonly district: string; readonly amountFen: Fen }
export type Lines = readonly LineDraft[]

/** The account on which an indicator's money waits for its quota. */
export const availableAccount = ({ payment }: Pick<Indicator, 'payment'>): string =>
  payment === 'direct' ? control.availableDirect : control.availableAuthorised
