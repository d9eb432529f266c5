/**
 * Fiscal subsidies: the elevator grants (clauses 13, 14), the conditions for paying a district early and its thresholds
 * (clause 24), and the reward for property service that residents buy first (clause 28).
 * What the clauses leave open is a trial parameter and says so in its article.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const subsidies = {
  elevator_purchase_grant: {
    zh: '加装电梯市级购置安装定额补贴（每台）',
    en: 'Municipal grant for buying and installing one elevator',
    unit: 'amount',
    values: undated('240000.00', 'published-figures', 'S2 市级购置安装补贴24万元/台'),
  },
  elevator_pipeline_grant_cap: {
    zh: '加装电梯市级管线改移补贴上限（每台）',
    en: 'Most the city pays for moving the pipelines of one elevator',
    unit: 'amount',
    values: undated('400000.00', 'published-figures', 'S2 管线改移据实补贴、不超过40万元/台'),
  },
  elevator_subsidy_cap: {
    zh: '加装电梯市区两级补贴总额上限（每台）',
    en: 'Most city and district together pay for one elevator',
    unit: 'amount',
    values: undated('800000.00', 'published-figures', 'S1 不超过80万元/台'),
  },
  early_release_score: {
    zh: '早拨付：考核得分下限',
    en: 'Early release: least score',
    unit: 'points',
    values: undated('90', 'beijing-2022-28', '第（二十四）条（数值为示例参数 O-06）'),
  },
  early_release_satisfaction: {
    zh: '早拨付：居民满意度下限',
    en: 'Early release: least satisfaction',
    unit: 'ratio',
    values: undated('0.90', 'beijing-2022-28', '第（二十四）条（数值为示例参数 O-06）'),
  },
  early_release_progress: {
    zh: '早拨付：改造进度下限',
    en: 'Early release: least progress',
    unit: 'ratio',
    values: undated('0.40', 'beijing-2022-28', '第（二十四）条（数值为示例参数 O-06）'),
  },
  service_subsidy_tiers: {
    zh: '先买后补：按物业费收缴率分档的补贴比例',
    en: 'Buy first, subsidise later: subsidy ratio by collection rate',
    unit: 'table',
    values: undated(
      [
        { from: '0', ratio: '0' },
        { from: '0.70', ratio: '0.10' },
        { from: '0.80', ratio: '0.15' },
        { from: '0.90', ratio: '0.20' },
      ],
      'beijing-2022-28',
      '第（二十八）条（数值为示例参数 O-73）',
    ),
  },
  service_subsidy_satisfaction: {
    zh: '先买后补：居民满意度下限',
    en: 'Buy first, subsidise later: least satisfaction',
    unit: 'points',
    values: undated('80', 'beijing-2022-28', '第（二十八）条（数值为示例参数 O-73）'),
  },
} satisfies Record<string, Parameter>
