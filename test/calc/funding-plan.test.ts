/**
 * The funding plan against all plans there are, on cases small enough to try them; and that a large one stays quick.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FundingPlan, fundingPlan, type PlanItem, type PlanSource } from '../../src/financing/plan/solver.ts'
import { day } from '../../src/base/calendar.ts'
import { itemClasses } from '../../src/policy/catalogue.ts'
import { eligibility } from '../../src/policy/eligibility.ts'
import { sourceKinds } from '../../src/policy/parameters/eligibility.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { numRuns } from './runs.ts'
import { answer } from './trial.ts'

const on = day('2024-03-01')
const plan = (items: PlanItem[], sources: PlanSource[]): FundingPlan => fundingPlan({ items, sources }, lawOn(on))

/**
 * What makes one plan better than another, most important first: coverage, use by source, payment by source and item.
 */
function merits(payments: number[][]): number[] {
  const uses = payments.map((row) => row.reduce((sum, amount) => sum + amount, 0))
  return [uses.reduce((sum, use) => sum + use, 0), ...uses, ...payments.flat()]
}

function better(a: number[], b: number[] | undefined): boolean {
  const differs = b ? a.findIndex((merit, index) => merit !== b[index]) : 0
  return differs !== -1 && (!b || (a[differs] ?? 0) > (b[differs] ?? 0))
}

/** The best plan of all: payments by source (in order of priority) and item, each tried at every amount. */
function bestPlan(items: PlanItem[], ranked: PlanSource[]): number[][] {
  let best: number[][] = []
  const payments = ranked.map(() => items.map(() => 0))
  const left = items.map((item) => Number(item.amount))
  const money = ranked.map((source) => Number(source.limit))
  const fill = (cell: number): void => {
    const [source, item] = [Math.floor(cell / items.length), cell % items.length]
    if (source === ranked.length) {
      if (better(merits(payments), best.length > 0 ? merits(best) : undefined)) best = structuredClone(payments)
      return
    }
    const pays = eligibility(items[item]?.class ?? 'basic', ranked[source]?.kind ?? 'owner', on).eligible
    const most = pays ? Math.min(left[item] ?? 0, money[source] ?? 0) : 0
    for (let amount = 0; amount <= most; amount++) {
      const row = payments[source] as number[]
      row[item] = amount
      left[item] = (left[item] ?? 0) - amount
      money[source] = (money[source] ?? 0) - amount
      fill(cell + 1)
      left[item] += amount
      money[source] += amount
      row[item] = 0
    }
  }
  fill(0)
  return best
}

const few = fc.integer({ min: 0, max: 3 }).map(BigInt)
const someItems = fc.array(fc.record({ class: fc.constantFrom(...itemClasses), amount: few }), {
  minLength: 1,
  maxLength: 3,
})
const someSources = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'owner',
      'municipal',
      'maintenance_fund',
      'bond',
      'housing_reform_proceeds',
      'district',
      'social',
    ),
    limit: few,
    priority: fc.integer({ min: 0, max: 2 }),
  }) as fc.Arbitrary<Omit<PlanSource, 'id'>>,
  { minLength: 1, maxLength: 3 },
)
const named = <Entry>(entries: Entry[], prefix: string): (Entry & { id: string })[] =>
  entries.map((entry, index) => ({ ...entry, id: `${prefix}${index}` }))

describe('funding-plan', () => {
  test('is the best of all plans', () => {
    fc.assert(
      fc.property(someItems, someSources, (itemFacts, sourceFacts) => {
        const [items, sources] = [named(itemFacts, 'i'), named(sourceFacts, 's')]
        const ranked = sources.toSorted((a, b) => a.priority - b.priority)
        const best = bestPlan(items, ranked)
        const found = plan(items, sources)
        const expected = items.flatMap((item, index) =>
          ranked.flatMap((source, order) => {
            const amount = best[order]?.[index] ?? 0
            return amount > 0 ? [{ item: item.id, source: source.id, amount: BigInt(amount) }] : []
          }),
        )
        expect(found.allocations).toEqual(expected)
      }),
      { numRuns },
    )
  }, 600_000)

  test('adds up: rows, uses, what is left and the gap', () => {
    const money = fc.bigInt({ min: 0n, max: 10n ** 14n })
    const manyItems = fc.array(fc.record({ class: fc.constantFrom(...itemClasses), amount: money }), {
      minLength: 1,
      maxLength: 60,
    })
    const manySources = fc.array(
      fc.record({ kind: fc.constantFrom(...sourceKinds), limit: money, priority: fc.integer({ min: 0, max: 5 }) }),
      { minLength: 1, maxLength: 20 },
    )
    fc.assert(
      fc.property(manyItems, manySources, (itemFacts, sourceFacts) => {
        const [items, sources] = [named(itemFacts, 'i'), named(sourceFacts, 's')]
        const { allocations, gap, sources: used } = plan(items, sources)
        const paid = (key: 'item' | 'source', id: string) =>
          allocations.filter((row) => row[key] === id).reduce((sum, { amount }) => sum + amount, 0n)
        let covered = 0n
        for (const item of items) {
          const amount = paid('item', item.id)
          expect(amount <= item.amount).toBe(true)
          covered += amount
        }
        for (const [index, source] of sources.entries()) {
          expect(used[index]).toEqual({
            id: source.id,
            used: paid('source', source.id),
            left: source.limit - paid('source', source.id),
          })
          expect(paid('source', source.id) <= source.limit).toBe(true)
        }
        expect(gap).toBe(items.reduce((sum, { amount }) => sum + amount, 0n) - covered)
        for (const { item, source, amount } of allocations) {
          expect(amount > 0n).toBe(true)
          const itemClass = items.find(({ id }) => id === item)?.class ?? 'basic'
          expect(eligibility(itemClass, sources.find(({ id }) => id === source)?.kind ?? 'owner', on).eligible).toBe(
            true,
          )
        }
      }),
      { numRuns },
    )
  }, 120_000)

  test('of five thousand items and five thousand sources takes less than two seconds', () => {
    const items = Array.from({ length: 5000 }, (_, index) => ({
      id: `i${index}`,
      class: itemClasses[index % 3] ?? 'basic',
      amount: BigInt(index * 7),
    }))
    const sources = Array.from({ length: 5000 }, (_, index) => ({
      id: `s${index}`,
      kind: sourceKinds[index % 9] ?? 'owner',
      limit: BigInt(index * 6),
      priority: index % 4,
    }))
    const before = performance.now()
    expect(plan(items, sources).allocations.length).toBeGreaterThan(1000)
    expect(performance.now() - before).toBeLessThan(2000)
  })

  test('says in its uses which clause kept which source from which class', () => {
    const { uses } = answer('funding-plan', {
      items: [{ id: 'B01', class: 'basic', amount: '1' }],
      sources: [{ id: 'proceeds', kind: 'housing_reform_proceeds', limit: '1', priority: 1 }],
      on,
    })
    expect(uses).toEqual([
      {
        parameter: 'eligibility_basic',
        value: ['housing_reform_proceeds'],
        from: '1900-01-01',
        clause:
          '京政办发〔2022〕28号 第（十）条：房改售房款用于完善类和提升类改造；维修资金不在此限（民法典 第二百八十一条）',
      },
    ])
  })
})
