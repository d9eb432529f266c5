/** The funding plan of a project: which source pays which item (clauses 4, 5, 10, 16). */
import { fundingPlan } from '../financing/plan/solver.ts'
import { itemClasses } from '../policy/catalogue.ts'
import { sourceKinds } from '../policy/parameters/eligibility.ts'
import { calculation } from './calculation.ts'
import { repeatedIds } from './fault.ts'
import { amount, amountOut, anyList, count, form, id, list, onDate, oneOf } from './form.ts'

export const fundingPlanCalculation = calculation({
  name: 'funding-plan',
  about: { zh: '资金方案：各来源支付各项目', en: 'Which source pays which item' },
  example: {
    oracle: 'O-12',
    input: {
      items: [
        { id: 'I01', class: 'improvement', amount: '100' },
        { id: 'B01', class: 'basic', amount: '100' },
      ],
      sources: [
        { id: 'owners', kind: 'owner', limit: '100', priority: 1 },
        { id: 'proceeds', kind: 'housing_reform_proceeds', limit: '100', priority: 2 },
      ],
      on: '2024-03-01',
    },
    result: {
      allocations: [
        { item: 'I01', source: 'proceeds', amount: '100.00' },
        { item: 'B01', source: 'owners', amount: '100.00' },
      ],
      gap: '0.00',
      sources: [
        { id: 'owners', used: '100.00', left: '0.00' },
        { id: 'proceeds', used: '100.00', left: '0.00' },
      ],
    },
  },
  input: form({
    items: list(
      form({
        id: id('改造内容', 'item'),
        class: oneOf(itemClasses, '类别：基础、完善、提升', 'class'),
        amount: amount('造价', 'cost'),
      }),
      '改造内容',
      'the items',
    ),
    sources: list(
      form({
        id: id('资金来源', 'source'),
        kind: oneOf(sourceKinds, '来源类型', 'kind'),
        limit: amount('可用额', 'limit'),
        priority: count('优先级，小者先付', 'priority, the lower pays first'),
      }),
      '资金来源',
      'the sources',
    ),
    on: onDate(),
  }),
  result: form({
    allocations: anyList(
      form({ item: id(), source: id(), amount: amountOut('支付额', 'pays') }),
      '支付安排',
      'who pays what',
    ),
    gap: amountOut('缺口', 'uncovered'),
    sources: list(
      form({ id: id(), used: amountOut('使用', 'used'), left: amountOut('剩余', 'left') }),
      '各来源使用情况',
      'use of the sources',
    ),
  }),
  on: (input) => input.on,
  faults: ({ items, sources }) => [...repeatedIds(items, '/items'), ...repeatedIds(sources, '/sources')],
  rule: fundingPlan,
})
