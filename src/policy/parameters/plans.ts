/**
 * Who may pay what beside the class of works: bonds only what is capital (预算法), and each class of owners only from its
 * own channel (clause 32), so that one budget never quietly carries another's part.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'
import type { SourceKind } from './eligibility.ts'

const kinds = (...listed: SourceKind[]): readonly SourceKind[] => listed

export const plans = {
  recurrent_excluded: {
    zh: '不得用于经常性支出的资金来源',
    en: 'Sources that may not pay recurrent costs',
    unit: 'list',
    values: undated(kinds('bond'), 'budget-law', '第三十五条：举借的债务不得用于经常性支出'),
  },
  ownership_channels: {
    zh: '各产权性质住宅的改造份额可用的资金来源',
    en: 'Sources that may pay the part of each class of owners',
    unit: 'table',
    values: undated(
      {
        private: kinds('central', 'municipal', 'district', 'bond', 'owner', 'maintenance_fund', 'social'),
        central: kinds('central'),
        municipal_soe: kinds('municipal', 'unit', 'housing_reform_proceeds', 'social'),
        district_soe: kinds('municipal', 'district', 'unit', 'housing_reform_proceeds', 'social'),
        public_rental: kinds('municipal', 'district', 'bond'),
      },
      'beijing-2022-28',
      '第（三十二）条：不同产权性质住宅改造资金分别申请、拨付（对应关系为示例参数 O-15）',
    ),
  },
} satisfies Record<string, Parameter>
