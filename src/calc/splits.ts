/** Splitting an amount, or a stream of amounts, without losing a fen (C3, C4). */
import * as z from 'zod'
import { type Decimal, toWeights } from '../base/decimal.ts'
import { type Fen, splitLargestRemainder, splitStream, splitToLast, sumFen } from '../base/money.ts'
import { calculation } from './calculation.ts'
import { type Fault, faultIf, weightsZero } from './fault.ts'
import { amount, amountOut, form, list, oneOf, ratio } from './form.ts'

const weights = list(ratio('权重', 'weight'), '权重', 'weights')

/** A split needs a weight above 0, also where the total is 0. */
function weightFaults(given: readonly Decimal[]): Fault[] {
  return sumFen(toWeights(given)) === 0n ? [weightsZero('/weights')] : []
}

export const split = calculation({
  name: 'split',
  about: { zh: '按权重分摊一笔金额，分文不差', en: 'Split an amount by weights, exact to the fen' },
  example: {
    oracle: 'O-45',
    input: { total: '100.00', weights: ['1', '1', '1'] },
    result: { parts: ['33.34', '33.33', '33.33'] },
  },
  input: form({
    total: amount('待分摊金额', 'the amount to split'),
    weights,
    remainder: oneOf(
      ['largest', 'last'],
      '尾差：按最大余数（默认）或归末位',
      'what rounding leaves: to the largest remainders (default) or to the last part',
    ).optional(),
  }),
  result: form({ parts: list(amountOut('份额', 'part'), '各份额', 'the parts') }),
  faults: (input) => weightFaults(input.weights),
  rule: ({ total, weights: given, remainder }) => ({
    parts: remainder === 'last' ? splitToLast(total, toWeights(given)) : splitLargestRemainder(total, toWeights(given)),
  }),
})

/**
 * An answer has a part for each amount and weight; beyond this many it would fill the memory that one line may take.
 */
const cellsMax = 1_000_000

export const splitStreamCalculation = calculation({
  name: 'split-stream',
  about: { zh: '按权重累计分摊一连串金额', en: 'Split a stream of amounts by weights, cumulatively' },
  example: {
    oracle: 'O-14',
    input: { amounts: ['1000000.00', '1000000.00', '1000000.00'], weights: ['4128.36', '2577.20', '3305.91'] },
    result: {
      parts: [
        ['412363.02', '257424.73', '330212.25'],
        ['412363.02', '257424.74', '330212.24'],
        ['412363.02', '257424.73', '330212.25'],
      ],
    },
  },
  input: form({ amounts: list(amount('金额', 'amount'), '依次发生的金额', 'the amounts, in order'), weights }),
  result: form({
    parts: list(z.array(amountOut('份额', 'part')), '每笔金额一行份额', 'the parts, a row an amount'),
  }),
  faults: (input) => [
    ...weightFaults(input.weights),
    ...faultIf(
      input.amounts.length * input.weights.length > cellsMax,
      '/amounts',
      `金额数乘权重数不得超过 ${cellsMax}`,
      `amounts times weights may be at most ${cellsMax}`,
    ),
  ],
  rule: ({ amounts, weights: given }): { parts: Fen[][] } => ({ parts: splitStream(amounts, toWeights(given)) }),
})
