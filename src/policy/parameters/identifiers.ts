/**
 * Alphabets, weights and check digits of the identifiers that papers carry (rules.md §5.5). They are standards with a
 * number and may change like any law, so they stand among the dated values.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const identifiers = {
  credit_code: {
    zh: '统一社会信用代码：字符集、权数、模数',
    en: 'Unified social credit code: alphabet, weights, modulus',
    unit: 'table',
    values: undated(
      {
        length: 18,
        alphabet: '0123456789ABCDEFGHJKLMNPQRTUWXY',
        weights: [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28],
        modulus: 31,
      },
      'credit-code-standard',
      '4 校验码',
    ),
  },
  citizen_id: {
    zh: '公民身份号码：权数与校验码',
    en: 'Citizen identity number: weights and check digits',
    unit: 'table',
    values: undated(
      {
        length: 18,
        weights: [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2],
        checkDigits: '10X98765432',
        birth: { from: 6, to: 14 },
      },
      'citizen-id-standard',
      '校验码',
    ),
  },
  district_codes: {
    zh: '北京市现行区划代码（16个区）',
    en: 'District codes of Beijing in force (16)',
    unit: 'list',
    values: undated(
      [
        '110101',
        '110102',
        '110105',
        '110106',
        '110107',
        '110108',
        '110109',
        '110111',
        '110112',
        '110113',
        '110114',
        '110115',
        '110116',
        '110117',
        '110118',
        '110119',
      ],
      'district-code-standard',
      '北京市',
    ),
  },
  city_code: {
    zh: '北京市本级区划代码（市级账套用）',
    en: 'District code of the city itself, for its books',
    unit: 'list',
    values: undated('110000', 'district-code-standard', '北京市'),
  },
  district_code_length: {
    zh: '区划代码位数',
    en: 'Digits of a district code',
    unit: 'count',
    values: undated(6, 'district-code-standard', '编码规则'),
  },
  einvoice: {
    zh: '数电票号码：位数、最早年份（前两位）',
    en: 'Fully digital e-invoice number: digits, earliest year (first two digits)',
    unit: 'table',
    values: undated({ length: 20, yearDigits: 2, earliestYear: '21' }, 'einvoice-announcement-2024-11', '发票号码'),
  },
} satisfies Record<string, Parameter>
