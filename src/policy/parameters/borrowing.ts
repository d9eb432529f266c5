/**
 * Borrowed money: special bonds (clause 24) and the loans whose interest is subsidised (clause 25). The cap of 2 % and
 * the
 * 5 years are the words of clause 25; terms, coupon frequency and coverage are issuing practice.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const borrowing = {
  special_bond_terms: {
    zh: '专项债券可用期限（年）',
    en: 'Terms a special bond may have, in years',
    unit: 'list',
    values: undated([1, 2, 3, 5, 7, 10, 15, 20, 30], 'published-figures', 'S29 专项债券期限'),
  },
  special_bond_coupons: {
    zh: '专项债券付息频率惯例：期限不超过若干年的，每年付息次数',
    en: 'Usual coupons a year by term: up to so many years, so many times a year',
    unit: 'table',
    values: undated(
      [
        { upToYears: 7, timesAYear: 1 },
        { upToYears: 30, timesAYear: 2 },
      ],
      'published-figures',
      'S26、S27 七年及以下按年、十年及以上按半年付息',
    ),
  },
  special_bond_year_days: {
    zh: '专项债券应计利息按实际天数/365计算时的年天数',
    en: 'Days of a year where accrued bond interest is ACT/365',
    unit: 'days',
    values: undated(365, 'trial-parameters', '约定 C7'),
  },
  special_bond_coverage_min: {
    zh: '专项债券本息覆盖倍数下限',
    en: 'Least coverage of special-bond principal and interest',
    unit: 'ratio',
    values: undated('1.10', 'published-figures', 'S28 专项债券本息覆盖倍数（示例参数 O-19）'),
  },
  total_debt_coverage_min: {
    zh: '全部债务本息覆盖倍数下限',
    en: 'Least coverage of the principal and interest of all debt',
    unit: 'ratio',
    values: undated('1.20', 'published-figures', 'S28 全部融资本息覆盖倍数（示例参数 O-20）'),
  },
  interest_subsidy_rate_cap: {
    zh: '贷款贴息率上限',
    en: 'Highest subsidised interest rate',
    unit: 'ratio',
    values: undated('0.02', 'beijing-2022-28', '第（二十五）条'),
  },
  interest_subsidy_years: {
    zh: '贷款贴息最长年限',
    en: 'Most years of interest subsidy',
    unit: 'years',
    values: undated(5, 'beijing-2022-28', '第（二十五）条'),
  },
  loan_settlement_days: {
    zh: '贷款结息日（月-日）',
    en: 'Days on which loan interest is settled (month-day)',
    unit: 'list',
    values: undated(['03-20', '06-20', '09-20', '12-20'], 'interest-settlement-2005-129', '季末月20日结息（约定 C6）'),
  },
  loan_year_days: {
    zh: '贷款计息年天数（实际天数/360）',
    en: 'Days of a year of loan interest (ACT/360)',
    unit: 'days',
    values: undated(360, 'interest-settlement-2005-129', '日利率=年利率÷360（约定 C6）'),
  },
} satisfies Record<string, Parameter>
