/** Transactions: entries of one or several books that stand together, all or none. */
import * as z from 'zod'
import { postTransaction, reverseTransaction } from '../../ledger/actions.ts'
import { showTransaction } from '../../ledger/transactions.ts'
import { json } from '../body.ts'
import { uuid } from '../../form/field.ts'
import { bookEntryForm } from './entry-forms.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { answerTransaction, transactionOf, transactionView } from './transaction-view.ts'
import { postingRefusals, reversalBody, reversalRefusals } from './entries.ts'

const entriesMax = 200

const post = route({
  method: 'POST',
  path: '/v1/transactions',
  id: 'postTransaction',
  fresh: false,
  tag: 'entries',
  summary: { zh: '一笔多凭证事务', en: 'Post a transaction' },
  description: {
    zh: '一个或多个账套的凭证，全部记账或全部不记；每张凭证在自己的账套内平衡。',
    en: 'Entries of one or several books, all or none; each balances inside its own book.',
  },
  right: 'entry.post',
  body: json(
    z.strictObject({
      entries: z
        .array(bookEntryForm, { error: `list:1:${entriesMax}` })
        .min(1, { error: `list:1:${entriesMax}` })
        .max(entriesMax, { error: `list:1:${entriesMax}` }),
    }),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已记账', en: 'Posted' }, schema: transactionView } },
  refuses: postingRefusals,
  handle: async ({ actor, body, key, language, service }) =>
    answerTransaction(await postTransaction(service.ledger, actor, body.entries, key), language),
})

const reverse = route({
  method: 'POST',
  path: '/v1/transactions/{id}/reversal',
  id: 'reverseTransaction',
  fresh: false,
  tag: 'entries',
  summary: { zh: '整笔冲销事务', en: 'Reverse a transaction' },
  description: {
    zh: '为事务的每张凭证记一张红字凭证，全部或全部不记：一笔事务不会只剩一半。',
    en: 'Posts the red entry of every entry of the transaction, all or none: no half of it ever stands alone.',
  },
  right: 'entry.reverse',
  params: z.strictObject({ id: uuid }),
  body: json(reversalBody),
  keyed: true,
  answers: {
    201: { about: { zh: '红字凭证所成的事务', en: 'The transaction of red entries' }, schema: transactionView },
  },
  refuses: ['transaction_not_found', ...reversalRefusals],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerTransaction(await reverseTransaction(service.ledger, actor, params.id, body, key), language),
})

const read = route({
  method: 'GET',
  path: '/v1/transactions/{id}',
  id: 'readTransaction',
  tag: 'entries',
  summary: { zh: '一笔事务', en: 'A transaction' },
  description: { zh: '只含可见账套的凭证。', en: 'Holds the entries of the books you may see.' },
  right: 'book.read',
  params: z.strictObject({ id: uuid }),
  answers: { 200: { about: { zh: '事务及其凭证', en: 'The transaction with its entries' }, schema: transactionView } },
  refuses: [],
  handle: async ({ actor, params, service }) => {
    const entries = await showTransaction(service.ledger, actor, params.id)
    if (entries.length === 0) throw new Problem('not_found')
    return transactionOf(200, params.id, entries)
  },
})

export const transactionRoutes: readonly Route[] = [post, reverse, read]
