/** What holds of every plan and every split, whatever the figures. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fundingPlan } from '../../src/financing/plan/solver.ts'
import { moneyBySource, moneyParts } from '../../src/financing/money/money.ts'
import {
  nextSplit,
  type OwnershipKey,
  payFromChannel,
  splitByOwnership,
} from '../../src/financing/ownership/ownership.ts'
import {
  gapOf,
  openLines,
  type Plan,
  planDifference,
  plannedOf,
  type PlanShare,
  totalOf,
} from '../../src/financing/plan/plan.ts'
import { planDrafts } from '../../src/financing/entries.ts'
import { requireClosed, requirePlan } from '../../src/financing/plan/rules.ts'
import { rebuildDue } from '../../src/financing/plan/rebuild.ts'
import { changedScope } from '../../src/financing/plan/scope-change.ts'
import { day } from '../../src/base/calendar.ts'
import { sumFen } from '../../src/base/money.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { chartOf } from '../../src/ledger/chart.ts'
import { examine } from '../../src/ledger/entry.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { ownerships } from '../../src/projects/community/community.ts'

const on = day('2026-03-05')
const areas = fc.array(fc.bigInt(1n, 10_000_000n), { minLength: 1, maxLength: 5 })
const keysOf = (given: readonly bigint[]): OwnershipKey[] =>
  given.map((areaDm2, index) => ({ ownership: ownerships[index] ?? 'private', areaDm2, source: 'F21' }))

describe('the split of a stream', () => {
  it('gives every certificate in full, nobody less than nothing, and in the end the split of the sum', () => {
    const amounts = fc.array(fc.bigInt(1_000n, 100_000_000_000n), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(areas, amounts, (given, stream) => {
        const keys = keysOf(given)
        const totals = keys.map(() => 0n)
        // A class may have had a fen more than its part of the new sum. Nobody pays back: the fen comes off the others.
        let ahead = false
        stream.forEach((amountFen, index) => {
          const due = splitByOwnership(sumFen(stream.slice(0, index + 1)), keys)
          ahead = due.some((part, place) => part.amountFen < (totals[place] ?? 0n))
          const row = nextSplit(stream.slice(0, index), amountFen, keys)
          expect(sumFen(row.map((part) => part.amountFen))).toBe(amountFen)
          row.forEach((part, place) => {
            expect(part.amountFen >= 0n).toBe(true)
            totals[place] = (totals[place] ?? 0n) + part.amountFen
          })
        })
        const whole = splitByOwnership(sumFen(stream), keys).map(({ amountFen }) => amountFen)
        if (!ahead) expect(totals).toEqual(whole)
        expect(sumFen(totals)).toBe(sumFen(whole))
        totals.forEach((total, place) => {
          const off = total - (whole[place] ?? 0n)
          expect(off <= BigInt(keys.length) && -off <= BigInt(keys.length)).toBe(true)
        })
      }),
    )
  })

  it('is a fen off the split of the sum where the last certificate would have taken a fen back', () => {
    const keys = keysOf([899_157n, 6n, 9_999_994n])
    const stream = [56_210_733_496n, 10_351_584_757n, 1_003n]
    const last = nextSplit(stream.slice(0, 2), 1_003n, keys).map(({ amountFen }) => amountFen)
    expect(sumFen(last)).toBe(1_003n)
    expect(last.every((amountFen) => amountFen >= 0n)).toBe(true)
  })
})

const sources = ['F10', 'F21', 'F30', 'F40', 'F51', 'F61', 'F62', 'F70', 'F81', 'F90']
const plans: fc.Arbitrary<Plan> = fc
  .array(
    fc.record({
      item: fc.constantFrom('B01', 'B02', 'I01', 'I02', 'U01'),
      shares: fc.array(fc.tuple(fc.constantFrom(...sources), fc.bigInt(1n, 1_000_000n)), {
        minLength: 1,
        maxLength: 4,
      }),
      off: fc.constantFrom(0n, 0n, 0n, 1n, -1n),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((given) => ({
    lines: given.map(({ item, shares, off }, index) => ({
      line: `L${index}`,
      item,
      purpose: 'capital' as const,
      amountFen: sumFen(shares.map(([, amount]) => amount)) + off,
    })),
    shares: given.flatMap(({ shares }, index) =>
      shares.map(([source, amountFen]): PlanShare => ({ line: `L${index}`, source, amountFen })),
    ),
  }))

const accepted = (plan: Plan): boolean => {
  try {
    requirePlan(plan, lawOn(on))
    requireClosed('P1', plan)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

describe('a plan', () => {
  it('that is accepted closes, in every line and in all', () => {
    let [yes, no] = [0, 0]
    fc.assert(
      fc.property(plans, (plan) => {
        if (!accepted(plan)) {
          no++
          return
        }
        yes++
        expect([gapOf(plan), openLines(plan)]).toEqual([0n, []])
      }),
      { numRuns: 500 },
    )
    expect(yes > 0 && no > 0).toBe(true)
  })

  it('and the next one’s difference lead to the next one, in entries that balance', () => {
    fc.assert(
      fc.property(plans, plans, (before, after) => {
        const difference = planDifference(before, after)
        const moved = sumFen(difference.map(({ amountFen }) => amountFen))
        expect(plannedOf(before) + moved).toBe(plannedOf(after))
        const eligible = difference.filter(
          ({ item = '', source }) =>
            !(item.startsWith('B') && source === 'F62') && !(item.startsWith('U') && /F10|F21|F30/.test(source)),
        )
        for (const draft of planDrafts('P1', eligible, { on, summary: '资金方案' })) {
          expect(examine(draft, chartOf('memo')).length).toBe(draft.lines.length)
        }
      }),
    )
  })

  it('is found by the solver wherever there is one, and closes as far as it goes', () => {
    const solved = fundingPlan(
      {
        items: [{ id: 'L1', class: 'basic', amount: 100n }],
        sources: [{ id: '0', kind: 'housing_reform_proceeds', limit: 100n, priority: 1 }],
      },
      lawOn(on),
    )
    expect(solved.gap).toBe(100n)
  })
})

describe('a change of scope', () => {
  it('takes from every payer together exactly what the line costs less, and leaves the plan closed', () => {
    const given = fc.record({
      units: fc.integer({ min: 2, max: 12 }),
      unitFen: fc.bigInt(100n, 1_000_000n),
      ownerParts: fc.bigInt(0n, 50n),
      cityParts: fc.bigInt(1n, 99n),
    })
    fc.assert(
      fc.property(given, ({ units, unitFen, ownerParts, cityParts }) => {
        const ownFen = (unitFen * ownerParts) / 100n
        const restFen = BigInt(units) * (unitFen - ownFen)
        const cityFen = (restFen * cityParts) / 100n
        const dwelling = (index: number) => ({ community: 'C', building: '1', dwelling: `${index}` })
        const shares: PlanShare[] = [
          ...Array.from({ length: units }, (_, index) => ({
            line: 'L',
            source: 'F51',
            dwelling: dwelling(index),
            quantity: 1,
            amountFen: ownFen,
          })),
          { line: 'L', source: 'F21', amountFen: cityFen },
          { line: 'L', source: 'F30', amountFen: restFen - cityFen },
        ].filter(({ amountFen }) => amountFen > 0n)
        const line = { line: 'L', item: 'B02', purpose: 'capital', quantity: units, unitFen } as const
        const plan: Plan = { lines: [{ ...line, amountFen: BigInt(units) * unitFen }], shares }
        if (ownFen === 0n) return
        const changed = changedScope(plan, 'L', [{ dwelling: dwelling(0), quantity: 1 }])
        expect([changed.reducedFen, gapOf(changed.plan), openLines(changed.plan)]).toEqual([unitFen, 0n, []])
        expect(totalOf(plan) - totalOf(changed.plan)).toBe(unitFen)
        expect(changed.byDwelling).toEqual([{ dwelling: dwelling(0), source: 'F51', amountFen: ownFen }])
      }),
    )
  })
})

describe('small rules', () => {
  it('prices a rebuild by the area had and the area gained (O-47)', () => {
    expect(rebuildDue({ areaDm2: 4_560n, addedDm2: 980n }, { areaFen: 120_000n, addedFen: 800_000n })).toBe(13_312_000n)
    // Half a fen goes up, once.
    expect(rebuildDue({ areaDm2: 50n, addedDm2: 0n }, { areaFen: 1n, addedFen: 0n })).toBe(1n)
  })

  it('draws on quota, then cash, then custody, and never on what is below zero', () => {
    expect(payFromChannel(100n, { quotaFen: 30n, cashFen: -5n, custodyFen: 50n })).toEqual({
      quotaFen: 30n,
      cashFen: 0n,
      custodyFen: 50n,
      paidFen: 80n,
      shortFen: 20n,
    })
  })

  it('counts an account of the longest beginning, and what is not listed nowhere', () => {
    const account = { book: 'B', source: 'F51', debitFen: 40n, creditFen: 100n, takenBackFen: 0n }
    const parts = moneyParts([
      { ...account, subject: '230701' },
      { ...account, subject: '4609', debitFen: 25n, creditFen: 40n },
      { ...account, subject: '4001', creditFen: 60n, takenBackFen: 15n },
      { ...account, subject: '3001', takenBackFen: 5n },
      { ...account, subject: '161301' },
      { ...account, subject: '121803', debitFen: 7n, creditFen: 0n },
    ])
    expect(moneyBySource(parts)).toEqual([
      {
        source: 'F51',
        planned: 0n,
        assigned: 0n,
        committed: 0n,
        received: 133n,
        paid: 0n,
        inHand: 0n,
        remainingFen: 0n,
      },
    ])
  })
})
