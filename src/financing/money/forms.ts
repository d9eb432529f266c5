/** What goes out of a project's money: by source, in total, and the accounts each figure is the sum of. */
import * as z from 'zod'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { about, amountOut, oneOf } from '../../form/field.ts'
import { moneyColumns } from './money.ts'
import type { readMoney } from './reads.ts'

const moneyShape = Object.fromEntries(moneyColumns.map((column) => [column, amountOut(column, column)])) as Record<
  (typeof moneyColumns)[number],
  ReturnType<typeof amountOut>
>
export const moneyForm = z
  .strictObject({
    sources: z.array(
      z.strictObject({ source: z.string(), ...moneyShape, remaining: amountOut('待支付', 'to be paid') }),
    ),
    total: z.strictObject({ ...moneyShape, remaining: amountOut('待支付', 'to be paid') }),
    accounts: z
      .array(
        z.strictObject({
          column: oneOf(moneyColumns),
          source: z.string(),
          book: z.string(),
          account: z.string(),
          amount: amountOut('计入金额', 'what of it counts'),
          debit: amountOut('借方累计发生额', 'sum of debits'),
          credit: amountOut('贷方累计发生额', 'sum of credits'),
        }),
      )
      .meta(about('各数由哪些科目组成', 'the accounts each figure is the sum of')),
  })
  .meta({ id: 'ProjectMoney', ...about('一本账：项目全部资金', 'all money of one project') })

export function moneyView({ sources, parts }: Awaited<ReturnType<typeof readMoney>>): object {
  const sum = (of: (source: (typeof sources)[number]) => Fen): string => formatFen(sumFen(sources.map(of)))
  return {
    sources: sources.map(({ source, remainingFen, ...columns }) => ({
      source,
      ...figures((column) => formatFen(columns[column])),
      remaining: formatFen(remainingFen),
    })),
    total: {
      ...figures((column) => sum((source) => source[column])),
      remaining: sum((source) => source.remainingFen),
    },
    accounts: parts.map(({ column, source, book, subject, amountFen, debitFen, creditFen }) => ({
      column,
      source,
      book,
      account: subject,
      amount: formatFen(amountFen),
      debit: formatFen(debitFen),
      credit: formatFen(creditFen),
    })),
  }
}

const figures = (of: (column: (typeof moneyColumns)[number]) => string) =>
  Object.fromEntries(moneyColumns.map((column) => [column, of(column)]))
