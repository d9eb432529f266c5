/**
 * Owners' money: what each floor pays for an elevator (clause 13), the maintenance fund and the owners' vote on it
 * (clause 30), and the provident fund (clause 26), whose list of relatives changed twice.
 */
import { always, type Parameter } from '../on.ts'
import { since, undated } from './dated.ts'

/** The smallest part of the whole that the law demands, as a fraction. */
type Fraction = { readonly numerator: number; readonly denominator: number }

const relations = (...names: string[]): readonly string[] => names
const fraction = (numerator: number, denominator: number): Fraction => ({ numerator, denominator })

export const owners = {
  floor_coefficients: {
    zh: '加装电梯楼层分摊系数：免分摊楼层、首个分摊楼层系数、每升一层增加',
    en: 'Elevator shares by floor: floors that pay nothing, coefficient of the first that pays, step a floor',
    unit: 'table',
    values: undated(
      { freeUpTo: 2, first: '0.7', step: '0.1' },
      'published-figures',
      'S52 楼层系数方案（第（十三）条利益平衡）',
    ),
  },
  maintenance_line: {
    zh: '维修资金续筹线：余额不足首期应筹集金额的比例',
    en: 'Maintenance-fund line: part of the initial amount below which the balance is short',
    unit: 'ratio',
    values: undated('0.30', 'beijing-2022-28', '第（三十）条；北京市物业管理条例 第七十四条、第八十三条'),
  },
  maintenance_topup_min: {
    zh: '公共收益优先补充维修资金的最低比例',
    en: 'Least part of the public revenue that tops up the maintenance fund first',
    unit: 'ratio',
    values: undated('0.50', 'beijing-2022-28', '第（三十）条；北京市物业管理条例 第七十四条'),
  },
  vote_quorum: {
    zh: '业主表决：参与表决的专有面积与人数占比（含本数）',
    en: 'Owners’ vote: least part of area and of owners that takes part',
    unit: 'table',
    values: undated(fraction(2, 3), 'civil-code', '第二百七十八条第二款'),
  },
  vote_raise: {
    zh: '筹集维修资金：参与表决面积与人数的同意比例（含本数）',
    en: 'Raising the fund: least part of those present that agrees',
    unit: 'table',
    values: undated(fraction(3, 4), 'civil-code', '第二百七十八条第一款第六项、第二款'),
  },
  vote_use: {
    zh: '使用维修资金：参与表决面积与人数的同意比例（须超过）',
    en: 'Using the fund: part of those present that must be exceeded',
    unit: 'table',
    values: undated(fraction(1, 2), 'civil-code', '第二百七十八条第一款第五项、第二款'),
  },
  provident_purposes: {
    zh: '可提取住房公积金的用途',
    en: 'Purposes for which provident fund may be withdrawn',
    unit: 'list',
    values: undated(
      relations('body_works', 'elevator', 'rebuild', 'maintenance_deposit'),
      'beijing-2022-28',
      '第（二十六）条',
    ),
  },
  provident_relations: {
    zh: '可提取住房公积金的人员',
    en: 'Who may withdraw provident fund',
    unit: 'list',
    values: [
      since(always, relations(), 'provident-fund-regulation', '第二十四条（当时未列入老旧小区综合整治）'),
      since('2022-01-12', relations('self', 'spouse', 'parent', 'child'), 'provident-fund-notice-2022', '提取人范围'),
      since('2022-11-09', relations('self', 'spouse'), 'beijing-2022-28', '第（二十六）条'),
    ],
  },
  provident_decision_days: {
    zh: '提取申请自受理之日起作出决定的期限（日）',
    en: 'Days within which a withdrawal is decided, from the day it was taken',
    unit: 'days',
    values: undated(3, 'provident-fund-regulation', '第二十五条'),
  },
  provident_kept: {
    zh: '提取交存维修资金后公积金账户须留存的金额',
    en: 'What stays in a provident-fund account after a withdrawal for the maintenance deposit',
    unit: 'amount',
    values: undated('10.00', 'provident-fund-notice-2022', '官方示例（一图读懂，算例 O-36）'),
  },
} satisfies Record<string, Parameter>
