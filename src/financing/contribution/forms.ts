/** What comes in and goes out of owners' contributions. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import { about, amountOut, day, positiveAmount, text } from '../../form/field.ts'
import { dwellingName, positive, sourceCode } from '../forms.ts'
import type { Contributions } from './reads.ts'

const reference = text(200, '回单或票据号', 'number of the bank slip or ticket')

/** Without a dwelling, or with one that is not in the plan, the money waits in suspense. */
export const newContribution = z.strictObject({
  source: sourceCode,
  dwelling: z.exactOptional(dwellingName),
  amount: positiveAmount,
  reference,
  on: day,
})

/** `receipt`: the number of the movement whose money is in suspense. */
export const newMatch = z.strictObject({ receipt: positive, dwelling: dwellingName, reference, on: day })

export const newRefund = z.strictObject({
  source: sourceCode,
  dwelling: dwellingName,
  amount: positiveAmount,
  reference,
  on: day,
})

/** What became of money: into custody, too much, in suspense. */
export const contributionForm = z
  .strictObject({
    project: z.string(),
    receipt: z.int().meta(about('收款编号', 'number of the movement')),
    dwelling: z.exactOptional(dwellingName),
    applied: amountOut('记入应缴', 'into custody for what is due'),
    excess: amountOut('多缴待退', 'too much, to be given back'),
    suspense: amountOut('待认领', 'in suspense'),
  })
  .meta({ id: 'Contribution' })
export type ContributionView = z.input<typeof contributionForm>

export const contributionsForm = z.strictObject({
  dwellings: z.array(
    z.strictObject({
      dwelling: dwellingName,
      due: amountOut('应缴', 'due'),
      paid: amountOut('已缴', 'paid'),
      excess: amountOut('待退', 'to be given back'),
    }),
  ),
  suspense: amountOut('待认领', 'in suspense'),
})

export const contributionsView = ({ dwellings, suspenseFen }: Contributions): z.input<typeof contributionsForm> => ({
  dwellings: dwellings.map(({ dwelling, dueFen, paidFen, excessFen }) => ({
    dwelling,
    due: formatFen(dueFen),
    paid: formatFen(paidFen),
    excess: formatFen(excessFen),
  })),
  suspense: formatFen(suspenseFen),
})
