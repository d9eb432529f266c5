/**
 * How districts are scored (clause 31) and in which tranches an allocation is paid out (clause 24). The clauses name
 * what is looked at and that those who do well are paid earlier; the figures are trial parameters and say so in their
 * article.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

/** What clause 31 looks at, in its order. */
export const scoreIndicators = [
  'progress',
  'fund_execution',
  'integrity',
  'long_term',
  'social_capital',
  'satisfaction',
] as const
export type ScoreIndicator = (typeof scoreIndicators)[number]

/**
 * One tranche of an allocation: its part of the whole, from which progress it is due, and whether it may come before.
 */
export type TrancheTerm = { readonly share: string; readonly progress: string; readonly early: boolean }

const byIndicator = (values: Readonly<Record<ScoreIndicator, string>>): Readonly<Record<ScoreIndicator, string>> =>
  values

export const scores = {
  score_weights: {
    zh: '区级考核：各指标权重（分），合计100',
    en: 'District score: weights of the indicators in points, 100 together',
    unit: 'table',
    values: undated(
      byIndicator({
        progress: '25',
        fund_execution: '20',
        integrity: '10',
        long_term: '15',
        social_capital: '10',
        satisfaction: '20',
      }),
      'beijing-2022-28',
      '第（三十一）条（数值为示例参数 O-81）',
    ),
  },
  score_targets: {
    zh: '区级考核：各指标满分目标值',
    en: 'District score: the value that earns the full weight',
    unit: 'table',
    values: undated(
      byIndicator({
        progress: '1',
        fund_execution: '1',
        integrity: '1',
        long_term: '1',
        social_capital: '0.30',
        satisfaction: '1',
      }),
      'beijing-2022-28',
      '第（三十一）条（数值为示例参数 O-81）',
    ),
  },
  planned_progress: {
    zh: '区级考核：自列入计划之年起各季末应达到的改造进度（末项以后不变）',
    en: 'District score: progress planned for the end of each quarter from the year of the plan on (the last holds ever after)',
    unit: 'list',
    values: undated<readonly string[]>(
      ['0.05', '0.15', '0.30', '0.45', '0.60', '0.75', '0.90', '1'],
      'beijing-2022-28',
      '第（三）条、第（三十一）条（数值为示例参数 O-81）',
    ),
  },
  clawback_due_days: {
    zh: '收回：已支出部分自批准收回之日起缴回的期限（日）',
    en: 'Claw-back: days from its approval until what is spent is to be given back',
    unit: 'days',
    values: undated(30, 'trial-parameters', 'J46 收回期限'),
  },
  claim_ageing_days: {
    zh: '收回：应收回款账龄分档（逾期日数上限）',
    en: 'Claw-back: bands of age, in days overdue',
    unit: 'list',
    values: undated<readonly number[]>([30, 90], 'trial-parameters', 'J46 账龄分档'),
  },
  release_schedule: {
    zh: '拨付批次：比例、正常拨付的改造进度、可否早拨付；末批为余额',
    en: 'Release tranches: share, progress at which it is due, whether it may come early; the last is the rest',
    unit: 'table',
    values: undated<readonly TrancheTerm[]>(
      [
        { share: '0.50', progress: '0', early: false },
        { share: '0.30', progress: '0.60', early: true },
        { share: '0.20', progress: '1', early: false },
      ],
      'beijing-2022-28',
      '第（二十四）条（数值为示例参数 O-06）',
    ),
  },
} satisfies Record<string, Parameter>
