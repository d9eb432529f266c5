/**
 * The invariants of the oracles (§4) as far as calculations are concerned, on random facts. 1, 10 and 11 speak of the
 * ledger; here stands their like: what a calculation divides adds up, an answer does not depend on what was asked
 * before, and what is given and taken back is nothing.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAmount, splitLargestRemainder } from '../../src/base/money.ts'
import { calculations } from '../../src/calc/registry.ts'
import { fullInputs } from './full-inputs.ts'
import { numRuns } from './runs.ts'
import { answer, resultOf } from './trial.ts'

const yuan = (fen: bigint): string => `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`
const fenOf = (text: string): bigint => {
  const size = parseAmount(text.replace('-', '')) ?? 0n
  return text.startsWith('-') ? -size : size
}
const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + fenOf(amount), 0n)

const money = fc.bigInt({ min: 0n, max: 10n ** 13n })
const smallMoney = fc.bigInt({ min: 0n, max: 500n })
const weight = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 99 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(2, '0')}`)
const weights = fc.array(weight, { minLength: 1, maxLength: 8 }).filter((list) => list.some((text) => Number(text) > 0))
const ratio = fc
  .integer({ min: 0, max: 10_000 })
  .map((units) => (units === 10_000 ? '1' : `0.${String(units).padStart(4, '0')}`))
const holds = (property: fc.IRawProperty<unknown>): void => fc.assert(property as fc.IProperty<unknown>, { numRuns })

describe('2: a split adds up to its total', () => {
  test.each(['largest', 'last'])('%s', (remainder) => {
    holds(
      fc.property(money, weights, (total, list) => {
        const { parts } = resultOf<{ parts: string[] }>('split', { total: yuan(total), weights: list, remainder })
        expect(sum(parts)).toBe(total)
        for (const part of parts) expect(fenOf(part) >= 0n).toBe(true)
      }),
    )
  })

  test('and no largest-remainder part is a fen or more from its exact share', () => {
    holds(
      fc.property(money, weights, (total, list) => {
        const { parts } = resultOf<{ parts: string[] }>('split', { total: yuan(total), weights: list })
        const units = list.map((text) => BigInt(text.replace('.', '')))
        const all = units.reduce((a, b) => a + b, 0n)
        parts.forEach((part, index) => {
          const error = fenOf(part) * all - total * (units[index] ?? 0n)
          expect(error < all && -error < all).toBe(true)
        })
      }),
    )
  })

  test('shares of owners, of factors, of rewards and of tranches do too', () => {
    const floors = fc.array(fc.integer({ min: 3, max: 30 }), { minLength: 1, maxLength: 9 })
    holds(
      fc.property(money, floors, ratio, (total, list, taskShare) => {
        const dwellings = list.map((floor, index) => ({ id: `d${index}`, floor }))
        const owners = resultOf<{ shares: { amount: string }[] }>('owner-shares', { total: yuan(total), dwellings })
        expect(sum(owners.shares.map(({ amount }) => amount))).toBe(total)
        const recipients = list.map((floor, index) => ({
          id: `r${index}`,
          area: `${floor}.5`,
          households: floor,
          buildings: 1,
          communities: index,
          coefficient: '1.1',
          reward: '0.9',
        }))
        const factors = { area: '0.5', households: '0.3', buildings: '0.2', communities: '0' }
        const { shares } = resultOf<{ shares: { task: string; reward: string; amount: string }[] }>(
          'reward-allocation',
          { total: yuan(total), weights: factors, taskShare, recipients },
        )
        expect(sum(shares.map(({ amount }) => amount))).toBe(total)
        for (const { task, reward, amount } of shares) expect(sum([task, reward])).toBe(fenOf(amount))
        const rest = (10_000 - Math.round(Number(taskShare) * 10_000)).toString().padStart(5, '0')
        const { amounts } = resultOf<{ amounts: string[] }>('tranches', {
          total: yuan(total),
          shares: [taskShare, `${rest.slice(0, 1)}.${rest.slice(1)}`],
        })
        expect(sum(amounts)).toBe(total)
      }),
    )
  })
})

describe('3: a stream is split as its sum', () => {
  test('every row adds up, nothing is negative, and the totals are within a fen of the split of the sum', () => {
    holds(
      fc.property(fc.array(fc.oneof(smallMoney, money), { minLength: 1, maxLength: 12 }), weights, (amounts, list) => {
        const { parts } = resultOf<{ parts: string[][] }>('split-stream', { amounts: amounts.map(yuan), weights: list })
        parts.forEach((row, index) => expect(sum(row)).toBe(amounts[index]))
        for (const part of parts.flat()) expect(fenOf(part) >= 0n).toBe(true)
        const total = amounts.reduce((a, b) => a + b, 0n)
        const whole = splitLargestRemainder(
          total,
          list.map((text) => BigInt(text.replace('.', ''))),
        )
        whole.forEach((target, index) => {
          const got = sum(parts.map((row) => row[index] ?? '0'))
          expect(got - target <= 1n && target - got <= 1n).toBe(true)
        })
      }),
    )
  })

  test('and exactly so once a payment is large enough to take every fen back', () => {
    holds(
      fc.property(
        fc.array(smallMoney, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 6 }),
        (small, list) => {
          const amounts = [...small, 10n ** 9n]
          const { parts } = resultOf<{ parts: string[][] }>('split-stream', {
            amounts: amounts.map(yuan),
            weights: list.map(String),
          })
          const total = amounts.reduce((a, b) => a + b, 0n)
          const whole = splitLargestRemainder(total, list.map(BigInt))
          expect(list.map((_, index) => sum(parts.map((row) => row[index] ?? '0')))).toEqual(whole)
        },
      ),
    )
  })
})

describe('5: a subsidy never exceeds its cap or the cost', () => {
  test('of an elevator', () => {
    holds(
      fc.property(money, money, fc.boolean(), (pipelineCost, totalCost, certificate) => {
        const paid = resultOf<Record<'municipal' | 'district' | 'others' | 'payable', string>>('elevator-subsidy', {
          pipelineCost: yuan(pipelineCost),
          totalCost: yuan(totalCost),
          certificate,
          on: '2024-05-01',
        })
        const subsidy = sum([paid.municipal, paid.district])
        expect(subsidy <= 80_000_000n && subsidy <= totalCost).toBe(true)
        expect(fenOf(paid.municipal) <= 64_000_000n).toBe(true)
        expect(subsidy + fenOf(paid.others)).toBe(totalCost)
        expect(fenOf(paid.payable)).toBe(certificate ? subsidy : 0n)
      }),
    )
  })

  test('by area, and claims never exceed the budget', () => {
    holds(
      fc.property(
        weight,
        smallMoney,
        money,
        fc.array(money, { minLength: 1, maxLength: 6 }),
        (area, standard, cost, amounts) => {
          const { standardAmount, subsidy, gap } = resultOf<Record<'standardAmount' | 'subsidy' | 'gap', string>>(
            'area-subsidy',
            { area, standard: yuan(standard), cost: yuan(cost) },
          )
          expect(fenOf(subsidy) <= cost && fenOf(subsidy) <= fenOf(standardAmount)).toBe(true)
          expect(sum([subsidy, gap])).toBe(cost)
          const claims = amounts.map((amount, index) => ({ id: `c${index}`, amount: yuan(amount) }))
          const cut = resultOf<{ paid: { amount: string }[]; unpaid: string }>('budget-cut', {
            claims,
            budget: yuan(cost),
          })
          const paid = sum(cut.paid.map(({ amount }) => amount))
          const claimed = amounts.reduce((a, b) => a + b, 0n)
          expect(paid).toBe(claimed < cost ? claimed : cost)
          expect(paid + fenOf(cut.unpaid)).toBe(claimed)
          cut.paid.forEach(({ amount }, index) => expect(fenOf(amount) <= (amounts[index] ?? 0n)).toBe(true))
        },
      ),
    )
  })
})

describe('7: what is withdrawn from the provident fund', () => {
  test('never exceeds the contribution less loan and refund, nor any balance', () => {
    const applicant = fc.record({
      relation: fc.constantFrom('self', 'spouse', 'parent'),
      balance: money,
      requested: fc.option(money, { nil: undefined }),
    })
    holds(
      fc.property(
        money,
        money,
        money,
        fc.array(applicant, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('elevator', 'maintenance_deposit'),
        (contribution, loan, refunded, applicants, purpose) => {
          const { limit, grants } = resultOf<{ limit: string; grants: { max: string; granted: string }[] }>(
            'provident-withdrawal',
            {
              purpose,
              on: '2023-06-01',
              contribution: yuan(contribution),
              loan: yuan(loan),
              refunded: yuan(refunded),
              applicants: applicants.map(({ relation, balance, requested }) => ({
                relation,
                balance: yuan(balance),
                ...(requested !== undefined && { requested: yuan(requested) }),
              })),
            },
          )
          const granted = sum(grants.map((grant) => grant.granted))
          const left = contribution - loan - refunded
          expect(fenOf(limit)).toBe(left > 0n ? left : 0n)
          expect(granted <= fenOf(limit)).toBe(true)
          grants.forEach((grant, index) => {
            expect(fenOf(grant.granted) <= fenOf(grant.max)).toBe(true)
            expect(fenOf(grant.max) <= (applicants[index]?.balance ?? 0n)).toBe(true)
          })
        },
      ),
    )
  })
})

describe('8: retention', () => {
  test('is between 0 and 3 % of the completed value, and a certificate adds up', () => {
    const hundredths = (least: number, most: number) =>
      fc.integer({ min: least, max: most }).map((part) => (part === 100 ? '1' : `0.${String(part).padStart(2, '0')}`))
    holds(
      fc.property(
        money,
        hundredths(80, 97),
        hundredths(0, 3),
        ratio,
        ratio,
        money,
        (completed, payRatio, retentionRate, advanceRecoveryRate, labourRate, advanceLeft) => {
          const paid = resultOf<
            Record<'retention' | 'recovered' | 'payable' | 'payNow' | 'wages' | 'contractor' | 'unpaid', string>
          >('progress-certificate', {
            completed: yuan(completed),
            payRatio,
            retentionRate,
            advanceRecoveryRate,
            labourRate,
            advanceLeft: yuan(advanceLeft),
            on: '2024-05-01',
          })
          const amounts = Object.values(paid).map(fenOf)
          expect(amounts.every((amount) => amount >= 0n)).toBe(true)
          expect(fenOf(paid.retention) * 100n <= completed * 3n + 50n).toBe(true)
          expect(sum([paid.retention, paid.recovered, paid.payable])).toBe(completed)
          expect(sum([paid.payNow, paid.unpaid])).toBe(fenOf(paid.payable))
          expect(sum([paid.wages, paid.contractor])).toBe(fenOf(paid.payNow))
          expect(fenOf(paid.recovered) <= advanceLeft).toBe(true)
        },
      ),
    )
  })
})

describe('1: what comes in goes out', () => {
  test('of a waterfall', () => {
    holds(
      fc.property(money, money, money, money, money, (revenue, operatingCost, debtService, reserveTarget, reserve) => {
        const paid = resultOf<
          Record<'available' | 'debtPaid' | 'fromReserve' | 'shortfall' | 'toReserve' | 'distributable', string>
        >('debt-waterfall', {
          revenue: yuan(revenue),
          operatingCost: yuan(operatingCost),
          debtService: yuan(debtService),
          reserveTarget: yuan(reserveTarget),
          reserve: yuan(reserve),
        })
        const available = revenue > operatingCost ? revenue - operatingCost : 0n
        expect(available + fenOf(paid.fromReserve)).toBe(sum([paid.debtPaid, paid.toReserve, paid.distributable]))
        expect(sum([paid.debtPaid, paid.shortfall])).toBe(debtService)
        expect(fenOf(paid.fromReserve) <= reserve).toBe(true)
        expect(
          Object.entries(paid).every(([key, amount]) => key === 'available' || key === 'dscr' || fenOf(amount) >= 0n),
        ).toBe(true)
      }),
    )
  })

  test('of public revenue, and of a loan', () => {
    holds(
      fc.property(
        money,
        money,
        money,
        ratio,
        fc.integer({ min: 1, max: 60 }),
        (revenue, cost, balance, voted, months) => {
          const { net, minimum, topup, rest } = resultOf<Record<'net' | 'minimum' | 'topup' | 'rest', string>>(
            'maintenance-topup',
            {
              revenue: yuan(revenue),
              cost: yuan(cost),
              balance: yuan(balance),
              line: yuan(cost),
              voted,
              on: '2024-03-01',
            },
          )
          expect(sum([topup, rest])).toBe(fenOf(net))
          expect(fenOf(minimum) <= fenOf(topup)).toBe(true)
          if (balance < cost) expect(fenOf(topup) * 2n >= fenOf(net)).toBe(true)
          const loan = resultOf<{
            rows: Record<'payment' | 'interest' | 'principal' | 'balance', string>[]
            interestTotal: string
          }>('annuity-schedule', { principal: yuan(revenue), rate: voted, months })
          expect(sum(loan.rows.map(({ principal }) => principal))).toBe(revenue)
          expect(sum(loan.rows.map(({ interest }) => interest))).toBe(fenOf(loan.interestTotal))
          for (const row of loan.rows) expect(sum([row.interest, row.principal])).toBe(fenOf(row.payment))
          expect(loan.rows.at(-1)?.balance).toBe('0.00')
        },
      ),
    )
  })

  test('of a budget indicator', () => {
    holds(
      fc.property(money, ratio, ratio, (indicator, first, second) => {
        const part = (amount: bigint, share: string): bigint =>
          (amount * BigInt(Math.round(Number(share) * 10_000))) / 10_000n
        const spent = [part(indicator, first), part(indicator - part(indicator, first), second)]
        const { years, lapsed } = resultOf<{ years: { closing: string }[]; lapsed: { amount: string } }>(
          'carry-forward',
          {
            year: 2022,
            indicator: yuan(indicator),
            spent: spent.map((amount, index) => ({ year: 2022 + index, amount: yuan(amount) })),
          },
        )
        expect(fenOf(lapsed.amount) + (spent[0] ?? 0n) + (spent[1] ?? 0n)).toBe(indicator)
        expect(lapsed.amount).toBe(years.at(-1)?.closing)
      }),
    )
  })
})

describe('10: an answer depends on its input alone', () => {
  test('whatever was asked before, in whatever order', () => {
    const names = calculations.map(({ name }) => name)
    const alone = new Map(names.map((name) => [name, JSON.stringify(answer(name, fullInputs[name]))]))
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 2 }), (order) => {
        for (const name of order) expect(JSON.stringify(answer(name, fullInputs[name]))).toBe(alone.get(name))
      }),
      { numRuns: Math.min(numRuns, 500) },
    )
  })

  test('and dated lists may come in any order', () => {
    const full = fullInputs['interest-subsidy'] as Record<string, unknown>
    const draws = [
      ['2023-03-20', '5'],
      ['2023-04-20', '7'],
      ['2023-05-20', '11'],
    ].map(([on, amount]) => ({ on, amount: `${amount}00000` }))
    const rates = [
      ['2023-01-01', '0.04'],
      ['2023-04-01', '0.05'],
      ['2023-05-01', '0.01'],
    ].map(([from, rate]) => ({ from, rate }))
    const inOrder = answer('interest-subsidy', { ...full, repayments: [], draws, rates })
    expect(inOrder).toHaveProperty('result')
    fc.assert(
      fc.property(
        fc.shuffledSubarray(draws, { minLength: 3 }),
        fc.shuffledSubarray(rates, { minLength: 3 }),
        (someDraws, someRates) => {
          expect(answer('interest-subsidy', { ...full, repayments: [], draws: someDraws, rates: someRates })).toEqual(
            inOrder,
          )
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('11: what is drawn and repaid on one day leaves nothing behind', () => {
  test('of interest or of subsidy', () => {
    const full = fullInputs['interest-subsidy'] as { draws: object[]; repayments: object[] }
    holds(
      fc.property(money, fc.integer({ min: 0, max: 27 }), (amount, date) => {
        const both = { on: `2023-04-${String(date + 1).padStart(2, '0')}`, amount: yuan(amount) }
        expect(
          resultOf('interest-subsidy', {
            ...full,
            draws: [...full.draws, both],
            repayments: [...full.repayments, both],
          }),
        ).toEqual(resultOf('interest-subsidy', full))
      }),
    )
  })
})
