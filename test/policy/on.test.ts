/** How a dated value is looked up: on its first day and not the day before, with its clause, and never by default. */
import { describe, expect, test } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { clause } from '../../src/policy/documents.ts'
import { eligibility } from '../../src/policy/eligibility.ts'
import { faultsOf, LawOn, type Parameter, valueOn } from '../../src/policy/on.ts'
import { since, undated } from '../../src/policy/parameters/dated.ts'

const toll: Parameter<string> = {
  zh: '费率',
  en: 'Toll',
  unit: 'ratio',
  values: [since('2020-01-01', '0.1', 'budget-law', '第一条'), since('2021-01-01', '0.2', 'budget-law', '第二条')],
}

describe('a value on a day', () => {
  test.each([
    ['2020-01-01', '0.1'],
    ['2020-12-31', '0.1'],
    ['2021-01-01', '0.2'],
    ['2199-12-31', '0.2'],
  ])('on %s is %s', (on, value) => expect(valueOn('toll', toll, day(on)).value).toBe(value))

  test('is refused before the first', () => {
    expect(() => valueOn('toll', toll, day('2019-12-31'))).toThrow(Refusal)
    expect(() => valueOn('toll', toll, day('2019-12-31'))).toThrow(/policy_not_in_force/)
  })

  test('is noted once, with what it was and where it comes from', () => {
    const law = new LawOn({ toll }, day('2021-06-01'))
    expect([law.take('toll'), law.take('toll')]).toEqual(['0.2', '0.2'])
    expect(law.uses).toEqual([{ parameter: 'toll', value: '0.2', from: '2021-01-01', clause: '预算法 第二条' }])
  })
})

describe('a parameter is faulty', () => {
  test.each<[string, Parameter['values'], RegExp]>([
    ['without a value', [], /no value/],
    ['with days that do not ascend', [...undated('1', 'budget-law', 'x'), ...undated('2', 'budget-law', 'x')], /after/],
    ['without an article', [{ from: '2020-01-01', value: '1', clause: clause('budget-law', '') }], /no article/],
  ])('%s', (_title, values, fault) => {
    expect(faultsOf('toll', { ...toll, values }).join()).toMatch(fault)
  })

  test('with a day that is none', () => {
    expect(() => faultsOf('toll', { ...toll, values: [since('2023-02-29', '1', 'budget-law', 'x')] })).toThrow(
      /no such day/,
    )
  })
})

describe('eligibility', () => {
  test.each([
    ['basic', 'maintenance_fund', true],
    ['basic', 'housing_reform_proceeds', false],
    ['basic', 'central', true],
    ['improvement', 'maintenance_fund', true],
    ['upgrade', 'district', false],
    ['upgrade', 'housing_reform_proceeds', true],
  ] as const)('of %s for %s is %s', (itemClass, kind, eligible) => {
    const cell = eligibility(itemClass, kind, day('2024-03-01'))
    expect(cell.eligible).toBe(eligible)
    expect(cell.use.clause).toContain('京政办发〔2022〕28号')
  })

  test('says that fiscal money is kept from upgrades by a trial parameter, no law', () => {
    expect(eligibility('upgrade', 'central', day('2024-03-01')).use.clause).toMatch(/^示例参数 O-12/)
  })
})
