/**
 * The actions that keep accounts (rules §4.7): an account whose figures say what an action did takes no line written by
 * hand, because the rows beside the books would not hear of it. A chart names the keeper with `kept:NAME`, and with
 * `kept-from-vouchers:NAME` where only persons' vouchers are kept away: `integration` brings books whose records are
 * kept elsewhere.
 */
import type { Text } from '../../base/refusal.ts'

/** What is to be done instead of a line by hand, by what it is called and where it is asked for. */
export const keepers = {
  indicator: {
    zh: '登记、调整、分解预算指标或下达额度（/v1/indicators），由复核、审批后记账',
    en: 'registering, adjusting, assigning an indicator or issuing its quota (/v1/indicators), posted when approved',
  },
  commitment: {
    zh: '办理或撤销承诺（/v1/commitments）',
    en: 'making or cancelling a commitment (/v1/commitments)',
  },
  allotment: {
    zh: '资金分配、拨付与追回（/v1/allocations、/v1/releases），由复核、审批后记账',
    en: 'allocation, release and claw-back (/v1/allocations, /v1/releases), posted when approved',
  },
  cash_plan: {
    zh: '报批用款计划（/v1/books/{book}/cash-plans）',
    en: 'a cash plan (/v1/books/{book}/cash-plans), posted when approved',
  },
  bond: {
    zh: '报批专项债券的限额、发行、分配、使用与还本付息（/v1/bonds），由复核、审批后记账',
    en: 'quota, issue, allocation, use and service of the special bond (/v1/bonds), posted when approved',
  },
  finding: {
    zh: '审计问题的登记与销号事项',
    en: 'recording a finding and curing it',
  },
  funding_plan: {
    zh: '报批项目资金筹措方案（/v1/projects/{project}/funding-plans）',
    en: 'the funding plan of the project (/v1/projects/{project}/funding-plans)',
  },
} as const satisfies Record<string, Text>

export type Keeper = keyof typeof keepers

export const isKeeper = (name: string): name is Keeper => Object.hasOwn(keepers, name)
