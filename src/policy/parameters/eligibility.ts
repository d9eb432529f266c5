/**
 * Which kind of source may not pay which class of works (clauses 5 and 10). A class lists what is excluded, because that is
 * what the clauses say: everything else may pay.
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
      kinds('housing_reform_proceeds', 'maintenance_fund'),
      'beijing-2022-28',
      '第（十）条：房改售房款、维修资金用于完善类和提升类改造',
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
      'beijing-2022-28',
      '第（五）条：提升类吸引社会资本参与补建（财政资金不直接投入，示例参数 O-12）',
    ),
  },
} satisfies Record<string, Parameter>
