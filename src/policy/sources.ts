/**
 * Fund sources (资金来源): the pockets one renovation is paid from (clause 4: 居民出资、政府支持、产权单位履责、社会资本参与). A code is F and
 * two digits; the first digit is the group, the second a detail, which a city adds by adding it to this list.
 */
import type { SourceKind } from './eligibility.ts'

export type FundSource = {
  readonly code: string
  readonly zh: string
  readonly en: string
  /** The column of the eligibility matrix (eligibility.ts); absent: no rule restricts it. */
  readonly kind: SourceKind | undefined
  /** Appropriated by a treasury: its unspent budget is carried to 8101, other money's to 8201 (政府会计制度). */
  readonly fiscal: boolean
}

const source = (code: string, zh: string, en: string, kind: SourceKind | undefined, fiscal = false): FundSource => ({
  code,
  zh,
  en,
  kind,
  fiscal,
})

export const fundSources: readonly FundSource[] = [
  source('F10', '中央财政补助', 'central subsidy', 'central', true),
  source('F20', '市级财政资金', 'municipal money', 'municipal', true),
  source('F21', '市级改造补助', 'municipal renovation subsidy', 'municipal', true),
  source('F22', '市级固定资产投资（管线）', 'municipal fixed-asset investment', 'municipal', true),
  source('F30', '区级财政资金', 'district money', 'district', true),
  source('F40', '地方政府专项债券', 'special bond', 'bond', true),
  source('F50', '居民出资', 'owners', 'owner'),
  source('F51', '居民直接出资', 'owners, paid directly', 'owner'),
  source('F52', '居民公积金提取', 'owners, provident fund withdrawal', 'owner'),
  source('F53', '居民公积金贷款', 'owners, provident fund loan', 'owner'),
  source('F54', '让渡公共收益', 'owners, public revenue given up', 'owner'),
  source('F60', '产权单位出资', 'property unit', 'unit'),
  source('F61', '产权单位自有资金', 'property unit, own money', 'unit'),
  source('F62', '房改售房款', 'proceeds of sold public housing', 'housing_reform_proceeds'),
  source('F63', '专业公司出资', 'utility company', 'unit'),
  source('F70', '住宅专项维修资金', 'maintenance fund', 'maintenance_fund'),
  source('F80', '社会资本', 'social capital', 'social'),
  source('F81', '社会资本·资本金', 'social capital, equity', 'social'),
  source('F82', '社会资本·贷款', 'social capital, loans', 'social'),
  source('F90', '其他资金（捐赠、保险赔款）', 'other money: gifts, insurance', undefined),
]

const byCode = new Map(fundSources.map((entry) => [entry.code, entry]))

/** The source of a code in the list; a detail that a city adds is added to it. `undefined` for what is no source. */
export const fundSourceOf = (code: string): FundSource | undefined => byCode.get(code)

/**
 * The source of a code that stands in the books: before the list was looked into, a detail it does not name was taken
 * as its group.
 */
export const sourceOnRecord = (code: string): FundSource | undefined =>
  byCode.get(code) ?? (/^F[1-9][0-9]$/.test(code) ? byCode.get(`${code.slice(0, 2)}0`) : undefined)
