/** How a transaction is answered: its id and all its entries, whichever route made it. */
import * as z from 'zod'
import type { Answer } from '../../ledger/actions.ts'
import type { PostedEntry } from '../../ledger/leaf.ts'
import { about } from '../../form/field.ts'
import { replayedHeader } from '../headers.ts'
import { type Answered, answerRefusal, type Language } from '../problem.ts'
import { replyItems } from '../route.ts'
import { entryTexts, entryView } from '../views.ts'

export const transactionView = z
  .strictObject({ id: z.string(), entries: z.array(entryView) })
  .meta({ id: 'Transaction', ...about('事务：全部记账或全部不记', 'a transaction: all or none') })

export function answerTransaction(answer: Answer, language: Language): Answered {
  const replayed = answer.replayed ? replayedHeader : {}
  if ('refusal' in answer) return answerRefusal(answer.refusal, language, replayed)
  const { entries, transaction: id = '' } = answer
  return transactionOf(201, id, entries, { location: `/v1/transactions/${id}`, ...replayed })
}

export const transactionOf = (
  status: number,
  id: string,
  entries: readonly PostedEntry[],
  extra?: Readonly<Record<string, string>>,
): Answered => replyItems(status, `{"id":"${id}","entries":`, entryTexts(entries), '}', extra)
