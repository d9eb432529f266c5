/**
 * Which kind of source may not pay which class of works (clauses 5 and 10). A class lists what is excluded, because
 * that is what the clauses say: everything else may pay. Clause 10 speaks of what property units may use. It takes
 * nothing from owners, who by article 281 of the Civil Code may decide to use their maintenance fund for common parts,
 * basic works too (decided on 2026-11-27 for every date; the fund was excluded before).
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const sourceKinds = [
  'central',
  'municipal',
  'district',
  'bond',
  'owner',
  'unit',
  'housing_reform_proceeds',
  'maintenance_fund',
  'social',
] as const
export type SourceKind = (typeof sourceKinds)[number]

const kinds = (...excluded: SourceKind[]): readonly SourceKind[] => excluded

export const eligibility = {
  eligibility_basic: {
    zh: '不得用于基础类改造的资金来源',
    en: 'Sources that may not pay basic works',
    unit: 'list',
    values: undated(
      kinds('housing_reform_proceeds'),
      'beijing-2022-28',
      '第（十）条：房改售房款用于完善类和提升类改造；维修资金不在此限（民法典 第二百八十一条）',
    ),
  },
  eligibility_improvement: {
    zh: '不得用于完善类改造的资金来源',
    en: 'Sources that may not pay improvement works',
    unit: 'list',
    values: undated(kinds(), 'beijing-2022-28', '第（五）条、第（十）条'),
  },
  eligibility_upgrade: {
    zh: '不得用于提升类改造的资金来源',
    en: 'Sources that may not pay upgrade works',
    unit: 'list',
    values: undated(
      kinds('central', 'municipal', 'district'),
      'trial-parameters',
      'O-12：财政资金不直接投入提升类（京政办发〔2022〕28号 第（五）条只说吸引社会资本参与补建）',
    ),
  },
} satisfies Record<string, Parameter>
