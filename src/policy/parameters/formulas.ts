/**
 * Formulas by which a subsidy is allocated (clauses 14, 24), as data: what kind of computation, its weights or
 * standards, and the unit it is rounded to, in yuan (`0.01`: to the fen; `100.00`: 万元 with two decimals). A variant
 * says in its name which text it comes from; a new one is a new parameter, and an allocation that named an old one
 * keeps what it was.
 */
import type { Parameter } from '../on.ts'
import { since, undated } from './dated.ts'

const toTheFen = '0.01'

const weights = { area: '0.40', households: '0.40', buildings: '0.10', communities: '0.10' } as const

export const formulas = {
  formula_factor_2019: {
    zh: '分配公式：因素法（2019年版，面积、户数、楼栋、小区）',
    en: 'Allocation by factors, version of 2019: area, households, buildings, communities',
    unit: 'table',
    values: undated(
      { kind: 'factor' as const, weights, unit: toTheFen },
      'published-figures',
      'S15 中央财政城镇保障性安居工程专项资金管理办法（2019年版）权重 40/40/10/10',
    ),
  },
  formula_factor_performance: {
    zh: '分配公式：因素法（含绩效，绩效不乘困难系数）',
    en: 'Allocation by factors with performance, which is not multiplied by the coefficient',
    unit: 'table',
    values: undated(
      { kind: 'factor' as const, weights: { ...weights, households: '0.30', performance: '0.10' }, unit: toTheFen },
      'published-figures',
      'S15 2019年以后年度权重 40/30/10/10/10',
    ),
  },
  formula_task_reward_2024: {
    zh: '分配公式：任务量80%、绩效奖励20%（2024年版）',
    en: 'Allocation 80 % by task and 20 % as reward, version of 2024',
    unit: 'table',
    values: [
      since(
        '2024-04-15',
        { kind: 'reward' as const, weights, taskShare: '0.80', unit: toTheFen },
        'central-subsidy-2024',
        '老旧小区改造资金 80%按任务量、20%按绩效（因素权重为示例参数 O-03）',
      ),
    ],
  },
  formula_area_standard: {
    zh: '分配公式：抗震节能综合改造按面积定额，不超过实际成本',
    en: 'Subsidy by area standard for comprehensive renovation, at most the cost',
    unit: 'table',
    values: undated(
      { kind: 'area_standard' as const, standard: '5786.00', unit: toTheFen },
      'published-figures',
      'S1 抗震节能综合改造补助5,786元/㎡',
    ),
  },
  formula_elevator: {
    zh: '分配公式：加装电梯后补贴（购置安装定额、管线改移据实限额、市区两级总额限额）',
    en: 'Elevator subsidy after completion: fixed grant, pipelines at cost up to a cap, a cap of both levels',
    unit: 'table',
    values: undated(
      { kind: 'elevator' as const, unit: toTheFen },
      'published-figures',
      'S2、S3 后补贴，取得特种设备监督检验合格后申请（金额见 elevator_* 参数）',
    ),
  },
  formula_co_creation: {
    zh: '分配公式：共同缔造（居民出资超出或不足类别比例，相应增减补助比例）',
    en: 'Co-creation: what owners pay above or below the ratio of the class raises or lowers the subsidy ratio',
    unit: 'table',
    values: undated(
      {
        kind: 'co_creation' as const,
        standard: '300.00',
        ratio: '0.50',
        ownersRatio: { basic: '0.10', improvement: '0.30', upgrade: '0.70' },
        step: '0.01',
        raise: '0.01',
        raiseMost: '0.10',
        cut: '0.02',
        unit: toTheFen,
      },
      'published-figures',
      'S20 温州做法：每平方米不超过300元，出资每超1%加1%、至多10%，每少1%减2%（基准比例50%为示例参数 O-10）',
    ),
  },
  formula_stated: {
    zh: '分配公式：按已公布的分配表，合计须与公布总额一致',
    en: 'A published table of amounts, which must add up to its published total',
    unit: 'table',
    values: undated({ kind: 'stated' as const, unit: toTheFen }, 'trial-parameters', 'O-04 公布表与合计相符'),
  },
} satisfies Record<string, Parameter>
