/**
 * What formulas promise for any rows: shares add up, their order does not matter, and every step can be done again from
 * what is kept.
 */
import { describe, expect, it } from 'vitest'
import { compareShares, formulaGiven, type Share } from '../../src/allocation/allocation.ts'
import { allocate, type Formula, type Row, type Steps, variants } from '../../src/allocation/formula.ts'
import { day } from '../../src/base/calendar.ts'
import { parseAmount, sumFen } from '../../src/base/money.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { type Random, random } from '../sim/random.ts'

const law = () => lawOn(day('2026-03-10'))
const seeds = Array.from({ length: 60 }, (_, seed) => seed + 1)

/** Thousandths of 1, the area taking what the others leave; those of 0 are left out. */
function weightsOf(chance: Random): Record<string, string> {
  const others = ['households', 'buildings', 'communities', 'performance'].map(
    (name) => [name, chance.below(2) * chance.below(250)] as const,
  )
  const left = 1000 - others.reduce((sum, [, part]) => sum + part, 0)
  return Object.fromEntries(
    ([['area', left], ...others] as const)
      .filter(([, part]) => part > 0)
      .map(([name, part]) => [name, part === 1000 ? '1' : `0.${String(part).padStart(3, '0')}`]),
  )
}

const rowsOf = (chance: Random, count: number): Row[] => [
  ...Array.from({ length: count }, (_, i) => ({
    recipient: `R${String(i).padStart(3, '0')}`,
    // Few different values, so that ties are common.
    area: `${chance.below(4)}.${chance.below(2) * 5}`,
    households: chance.below(4),
    buildings: chance.below(3),
    communities: chance.below(2),
    coefficient: `1.${chance.below(3)}`,
    performance: `${chance.below(3)}`,
    reward: `0.${chance.below(9) + 1}`,
  })),
  // One with something of everything, so that no sum is 0.
  {
    recipient: 'R999',
    area: '1',
    households: 1,
    buildings: 1,
    communities: 1,
    coefficient: '1',
    performance: '1',
    reward: '1',
  },
]

function shuffled<T>(items: readonly T[], chance: Random): T[] {
  const left = [...items]
  return items.map(() => left.splice(chance.below(left.length), 1)[0] as T)
}

const without = (rows: readonly Row[], name: 'reward'): Row[] => rows.map(({ [name]: _, ...row }) => row)

describe('factors, for any weights and rows', () => {
  it.each(seeds)('seed %i', (seed) => {
    const chance = random(seed)
    const weights = weightsOf(chance)
    const all = rowsOf(chance, 1 + chance.below(20))
    const units = ['0.01', '0.01', '100.00', '1.00']
    const unit = units[chance.below(units.length)] ?? '0.01'
    const unitFen = parseAmount(unit) ?? 1n
    const totalFen = BigInt(chance.below(1_000_000_000)) * unitFen
    for (const taskShare of [undefined, `0.${chance.below(10)}`]) {
      const { formula } = formulaGiven(
        { weights, unit, document: '文', ...(taskShare !== undefined && { taskShare }) },
        law(),
      )
      const rows = taskShare === undefined ? without(all, 'reward') : all
      const shares = (of: readonly Row[]) =>
        allocate(formula, { totalFen, rows: of, level: 'municipal', mayTakeBack: false }, law())
      const computed = shares(rows)
      expect(sumFen(computed.shares.map(({ amountFen }) => amountFen))).toBe(totalFen)
      expect(computed.shares.every(({ amountFen }) => amountFen >= 0n && amountFen % unitFen === 0n)).toBe(true)
      expect(shares(shuffled(rows, chance))).toEqual(computed)
      for (const share of computed.shares) expectRedoable(share.steps, share.amountFen)
    }
  })

  /**
   * Each part's floor and the unit it got add up to its amount, its floor does not exceed what it was, and the parts
   * add up.
   */
  function expectRedoable({ counts: _, ...parts }: Steps, amountFen: bigint): void {
    const fen = (text: unknown): bigint => BigInt(String(text).replace('.', ''))
    let sum = 0n
    for (const part of Object.values(parts) as Record<string, string>[]) {
      expect(fen(part['floor']) + fen(part['extra'])).toBe(fen(part['amount']))
      expect(fen(part['floor']) * 10_000n <= fen(part['raw'])).toBe(true)
      sum += fen(part['amount'])
    }
    expect(sum).toBe(amountFen)
  }
})

describe('ties', () => {
  it('go to the earlier code, whatever order the rows came in', () => {
    const formula: Formula = { kind: 'factor', weights: { area: '1' }, unit: '0.01' }
    const row = (recipient: string): Row => ({ recipient, area: '1', coefficient: '1' })
    const given = { totalFen: 2n, level: 'municipal', mayTakeBack: false } as const
    for (const order of [
      ['b', 'a', 'c'],
      ['c', 'b', 'a'],
    ]) {
      const { shares } = allocate(formula, { ...given, rows: order.map(row) }, law())
      expect(shares.map(({ recipient, amountFen }) => [recipient, amountFen])).toEqual([
        ['a', 1n],
        ['b', 1n],
        ['c', 0n],
      ])
    }
  })
})

describe('a part by task in units above the fen', () => {
  it('is rounded to the unit, and the reward is the rest', () => {
    const formula: Formula = { kind: 'reward', weights: { area: '1' }, taskShare: '0.80', unit: '100.00' }
    const rows = ['a', 'b'].map((recipient) => ({ recipient, area: '1', coefficient: '1', reward: '1' }))
    const { shares } = allocate(formula, { totalFen: 30_000n, rows, level: 'municipal', mayTakeBack: false }, law())
    expect(shares.map(({ amountFen }) => amountFen)).toEqual([20_000n, 10_000n])
  })
})

describe('standards', () => {
  it('drop what is finer than the unit, so that no cost is exceeded', () => {
    const formula: Formula = { kind: 'area_standard', standard: '5786.00', unit: '100.00' }
    const rows = [{ recipient: 'P1', area: '1', cost: '5000.99' }]
    const { totalFen } = allocate(formula, { rows, level: 'municipal', mayTakeBack: false }, law())
    expect(totalFen).toBe(500_000n)
  })

  it('never take the ratio of co-creation below nothing', () => {
    const formula = variants['co-creation'](law())
    const rows: Row[] = [{ recipient: 'P1', area: '100', investment: '200', ownersShare: '0', class: 'upgrade' }]
    const { totalFen } = allocate(formula, { rows, level: 'municipal', mayTakeBack: false }, law())
    expect(totalFen).toBe(0n)
  })

  it('count what owners pay exactly as asked as no step', () => {
    const formula = variants['co-creation'](law())
    const rows: Row[] = [{ recipient: 'P1', area: '10000', investment: '500', ownersShare: '0.10', class: 'basic' }]
    expect(allocate(formula, { rows, level: 'municipal', mayTakeBack: false }, law()).totalFen).toBe(150_000_000n)
  })
})

describe('comparison', () => {
  const share = (recipient: string, amountFen: bigint, rows: Row[] = []): Share => ({
    recipient,
    district: '110101',
    amountFen,
    rows,
    steps: {},
    items: [],
  })

  it('shows who came, who went, and what of their figures changed, item by item', () => {
    const item = { recipient: 'b', item: 'I01', part: '1号梯' }
    const before = [share('a', 10n), share('b', 20n, [{ ...item, cost: '1', certificate: false }])]
    const after = [share('b', 25n, [{ ...item, cost: '2', certificate: true }]), share('c', 5n)]
    expect(compareShares(before, after)).toEqual([
      { recipient: 'a', district: '110101', beforeFen: 10n, afterFen: null, differenceFen: -10n, inputs: [] },
      {
        recipient: 'b',
        district: '110101',
        beforeFen: 20n,
        afterFen: 25n,
        differenceFen: 5n,
        inputs: [
          { item: 'I01', part: '1号梯', input: 'cost', before: '1', after: '2' },
          { item: 'I01', part: '1号梯', input: 'certificate', before: 'false', after: 'true' },
        ],
      },
      { recipient: 'c', district: '110101', beforeFen: null, afterFen: 5n, differenceFen: 5n, inputs: [] },
    ])
  })
})
