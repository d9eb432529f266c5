/** Entries: posting them one by one, in batches, over several books; reversing; reading. */
import * as z from 'zod'
import type { Json } from '../../base/json.ts'
import type { RefusalRecord } from '../../base/refusal.ts'
import { type Answer, correctEntry, postBatch, postEntry, reverseEntry } from '../../ledger/actions.ts'
import { type DryRun, dryRunEntries, dryRunReversal } from '../../ledger/dry-run.ts'
import { dimensionForms } from '../../ledger/forms.ts'
import { type EntryFilter, readEntriesAfter, readEntriesBefore, readEntry, reversalOf } from '../../ledger/journal.ts'
import { entryId, quoted } from '../../ledger/leaf.ts'
import { bookFor, placeOf } from '../../ledger/ledger.ts'
import type { PostedEntry } from '../../ledger/post.ts'
import { refuse } from '../../ledger/refusals.ts'
import { sequenceUnder } from '../../ledger/under-key.ts'
import { json } from '../body.ts'
import {
  about,
  cursor,
  day,
  entryDay,
  entryIdForm,
  flag,
  inBook,
  instant,
  key,
  limit,
  oneOf,
  size,
  text,
} from '../../form/field.ts'
import { batchEntryForm, entryForm } from './entry-forms.ts'
import { replayedHeader } from '../headers.ts'
import {
  type Answered,
  answerRefusal,
  type Fault,
  type Language,
  Problem,
  refusalView,
  requireOrder,
} from '../problem.ts'
import { reply, replyItems, replyText, type Route, route } from '../route.ts'
import {
  balanceShape,
  entryText,
  entryTexts,
  entryView,
  etagOf,
  pageOf,
  presentBalance,
  problemForm,
} from '../views.ts'
import { answerTransaction, transactionView } from './transaction-view.ts'

const batchMax = 1_000

export const postingRefusals = [
  'book_not_found',
  'voucher_needs_check',
  'date_out_of_range',
  'entry_too_short',
  'entry_too_long',
  'amount_not_positive',
  'account_unknown',
  'account_not_postable',
  'account_kept_by_action',
  'project_missing',
  'source_missing',
  'dimension_missing',
  'source_unknown',
  'item_unknown',
  'entry_unbalanced',
  'entry_moves_nothing',
  'source_not_eligible',
  'attachment_unknown',
  'period_closed',
  'balance_insufficient',
  'total_out_of_range',
  'idempotency_key_reused',
] as const

/** The answer to a request for one entry: 201 with it, or the refusal; the first answer again under the same key. */
export function answerEntry(answer: Answer, language: Language): Answered {
  if ('refusal' in answer) return answerRefusal(answer.refusal, language, answer.replayed ? replayedHeader : {})
  const [entry] = answer.entries
  if (!entry) throw new Error('an entry posted is an entry answered')
  return replyText(201, entryText(entry), {
    location: `/v1/entries/${entryId(entry.bookId, entry.sequence)}`,
    etag: etagOf(entry),
    ...(answer.replayed && replayedHeader),
  })
}

const postOne = route({
  method: 'POST',
  path: '/v1/books/{book}/entries',
  id: 'postEntry',
  fresh: false,
  tag: 'entries',
  summary: { zh: '记一张凭证', en: 'Post an entry' },
  description: {
    zh: '凭证在账套内按每套核算基础各自借贷平衡。同一幂等键、同一内容，永远得到第一次的答复。',
    en: 'An entry balances inside its book in each basis it touches. The same key with the same content gets the first answer, for ever.',
  },
  right: 'entry.post',
  params: inBook,
  body: json(entryForm),
  keyed: true,
  answers: { 201: { about: { zh: '已记账', en: 'Posted' }, schema: entryView } },
  refuses: postingRefusals,
  handle: async ({ actor, params, body, key, language, service }) =>
    answerEntry(await postEntry(service.ledger, actor, params.book, body, key), language),
})

const batchResult = z.strictObject({
  key: z.string(),
  entry: z.exactOptional(entryView),
  problem: z.exactOptional(problemForm),
})

const postMany = route({
  method: 'POST',
  path: '/v1/books/{book}/entries/batch',
  id: 'postBatch',
  fresh: false,
  tag: 'entries',
  summary: { zh: '成批记账', en: 'Post a batch of entries' },
  description: {
    zh: '至多 1,000 张，按顺序各自成败；atomic 为 true 时全部成功才记账。每张凭证的 key 即其幂等键。',
    en: 'Up to 1,000, in order, each by itself; with atomic all or none. The key of each entry is its idempotency key.',
  },
  right: 'entry.post',
  params: inBook,
  body: json(
    z.strictObject({
      entries: z
        .array(batchEntryForm, { error: `list:1:${batchMax}` })
        .min(1, { error: `list:1:${batchMax}` })
        .meta({ maxItems: batchMax }),
      atomic: flag.default(false).meta(about('全部成功才记账', 'all or none')),
    }),
    requireBatchSize,
  ),
  answers: {
    200: {
      about: { zh: '逐条结果，顺序与提交相同', en: 'What became of each, in order' },
      schema: z.strictObject({ results: z.array(batchResult) }),
    },
  },
  refuses: ['book_not_found', 'voucher_needs_check', 'batch_not_posted'],
  handle: async ({ actor, params, body, language, service }) => {
    requireOwnKeys(body.entries)
    const answers = await postBatch(service.ledger, actor, params.book, body.entries, body.atomic)
    const results = body.entries.map(({ key }, index) => resultText(key, answers[index], language))
    return replyItems(200, '{"results":', results, '}')
  },
})

// Before the form: ten thousand entries are too many whatever they look like.
function requireBatchSize(document: Json): void {
  if (document === null || typeof document !== 'object' || Array.isArray(document)) return
  const { entries } = document
  if (Array.isArray(entries) && entries.length > batchMax) throw new Problem('batch_too_large')
}

function requireOwnKeys(entries: readonly { key: string }[]): void {
  const seen = new Set<string>()
  const faults = entries.flatMap(({ key }, index): Fault[] => {
    const again = seen.has(key)
    seen.add(key)
    return again ? [{ path: `/entries/${index}/key`, message: { zh: '与前面的键重复', en: 'comes twice' } }] : []
  })
  if (faults.length > 0) throw new Problem('batch_key_repeated', faults)
}

function resultText(key: string, answer: Answer | undefined, language: Language): string {
  if (!answer) throw new Error('an answer an entry')
  if ('refusal' in answer) {
    const problem = refusalView(answer.refusal satisfies RefusalRecord, language)
    return JSON.stringify({ key, problem } satisfies z.input<typeof batchResult>)
  }
  const [entry] = answer.entries
  if (!entry) throw new Error('an entry posted is an entry answered')
  return `{"key":${quoted(key)},"entry":${entryText(entry)}}`
}

const list = route({
  method: 'GET',
  path: '/v1/books/{book}/entries',
  id: 'listEntries',
  tag: 'entries',
  summary: { zh: '账套的凭证，按记账顺序', en: 'Entries of a book, in the order they were posted' },
  description: {
    zh: '结果不明的请求以 key 查询：记了账则返回该凭证，没有则为空。对接系统以 after 从上次读到的序号继续，不会遗漏。',
    en: 'An outcome that is not known is asked for by key: the entry, or nothing. Another system reads on with after from the last sequence seen, and loses nothing.',
  },
  right: 'book.read',
  // What became of a key is known by the primary alone.
  standby: ({ key }) => key === undefined,
  params: inBook,
  query: z.strictObject({
    from: z.exactOptional(day),
    to: z.exactOptional(day),
    type: z.exactOptional(text(20, '凭证类型', 'type')),
    after: z.exactOptional(size.meta(about('只取该序号之后的凭证', 'entries after this sequence alone'))),
    key: z.exactOptional(key.meta(about('本人以该幂等键记的凭证', 'what the caller posted under this key'))),
    knownAt: z.exactOptional(instant.meta(about('截至该时刻已记账的', 'recorded up to and including this instant'))),
    order: oneOf(['oldest', 'newest'])
      .default('oldest')
      .meta(about('按记账顺序，oldest 自最早、newest 自最新', 'oldest or newest first')),
    limit,
    cursor,
  }),
  answers: { 200: { about: { zh: '一页凭证', en: 'A page of entries' }, schema: pageOf(entryView) } },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const book = await bookFor(service.ledger, actor, params.book, 'book.read')
    const { limit, cursor, after = 0, key: asked, order, ...given } = query
    requireOrder(given.from, given.to)
    const sequence = asked === undefined ? undefined : await sequenceUnder(service.ledger, actor, book, asked)
    const filter = { ...given, ...(asked !== undefined && { sequence: sequence ?? 0 }) } satisfies EntryFilter
    const name = ['entries', book.code, given, after, asked ?? null, order]
    const place = service.cursors.read(cursor, name, z.int().min(0))
    const { database } = service.ledger
    const found =
      order === 'newest'
        ? await readEntriesBefore(database, book, place, limit + 1, { ...filter, after })
        : await readEntriesAfter(database, book, Math.max(place ?? 0, after), limit + 1, filter)
    const { items, next } = service.cursors.page(found, limit, name, ({ sequence: place }) => place)
    return replyItems(200, '{"items":', entryTexts(items), `,"next":${JSON.stringify(next)}}`)
  },
})

const read = route({
  method: 'GET',
  path: '/v1/entries/{id}',
  id: 'readEntry',
  tag: 'entries',
  summary: { zh: '一张凭证', en: 'An entry' },
  right: 'book.read',
  params: z.strictObject({ id: entryIdForm }),
  answers: { 200: { about: { zh: '凭证', en: 'The entry' }, schema: entryView } },
  refuses: ['entry_not_found'],
  handle: async ({ actor, params, service }) => {
    const { ledger } = service
    const { book, sequence } = await placeOf(ledger, actor, params.id, 'book.read')
    const entry = await readEntry(ledger.database, book, sequence)
    if (!entry) throw refuse('entry_not_found', { entry: params.id })
    return answerRead(entry, await reversalOf(ledger.database, entry))
  },
})

// That an entry was reversed later is no part of it, but of what is answered: such an answer has a version of its own.
function answerRead(entry: PostedEntry, reversedBy: number | undefined): Answered {
  const etag = reversedBy === undefined ? etagOf(entry) : `"${entry.hash.toString('hex')}-${reversedBy}"`
  return replyText(200, entryText(entry, reversedBy), { etag })
}

export const reversalBody = z.strictObject({
  on: entryDay.meta(about('冲销的业务日期', 'business date of the reversal')),
  reason: text(500, '冲销原因', 'why'),
})

export const reversalRefusals = [
  'voucher_needs_check',
  'account_kept_by_action',
  'date_out_of_range',
  'period_closed',
  'entry_is_reversal',
  'entry_kept_by_year_end',
  'entry_kept_by_approval',
  'entry_kept_by_action',
  'entry_already_reversed',
  'reversal_before_entry',
  'balance_insufficient',
  'idempotency_key_reused',
] as const

const reverse = route({
  method: 'POST',
  path: '/v1/entries/{id}/reversal',
  id: 'reverseEntry',
  fresh: false,
  tag: 'entries',
  summary: { zh: '红字冲销', en: 'Reverse an entry' },
  description: {
    zh: '记一张同样内容、金额为负的红字凭证。一张凭证只能冲销一次，红字凭证不能再冲销。',
    en: 'Posts the red entry: the same lines with negative amounts. An entry is reversed once, a red entry never.',
  },
  right: 'entry.reverse',
  params: z.strictObject({ id: entryIdForm }),
  body: json(reversalBody),
  keyed: true,
  answers: { 201: { about: { zh: '红字凭证', en: 'The red entry' }, schema: entryView } },
  refuses: ['entry_not_found', 'entry_of_transaction', ...reversalRefusals],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerEntry(await reverseEntry(service.ledger, actor, params.id, body, key), language),
})

const correct = route({
  method: 'POST',
  path: '/v1/entries/{id}/correction',
  id: 'correctEntry',
  fresh: false,
  tag: 'entries',
  summary: { zh: '红冲并更正', en: 'Reverse an entry and post the right one' },
  description: {
    zh: '红字凭证与更正凭证同时记账，或都不记；为一笔多凭证事务。',
    en: 'The red entry and the right one are posted together or not at all, as a transaction.',
  },
  right: 'entry.reverse',
  params: z.strictObject({ id: entryIdForm }),
  body: json(reversalBody.extend({ entry: entryForm.meta(about('更正凭证', 'the right entry')) })),
  keyed: true,
  answers: {
    201: { about: { zh: '红字凭证与更正凭证', en: 'The red entry and the right one' }, schema: transactionView },
  },
  refuses: [...new Set(['entry_not_found', 'entry_of_transaction', ...reversalRefusals, ...postingRefusals] as const)],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerTransaction(await correctEntry(service.ledger, actor, params.id, body, key), language),
})

const dryRunView = z
  .strictObject({
    accepted: z.boolean().meta(about('按账面现状全部可以记账', 'as the books stand all of it would be taken')),
    results: z.array(z.strictObject({ accepted: z.boolean(), problem: z.exactOptional(problemForm) })),
    after: z
      .array(z.strictObject({ account: z.string(), ...dimensionForms, ...balanceShape }))
      .meta(
        about('可以记账的部分记账后，所涉账户的余额（全部日期）', 'what the accounts they move would hold after them'),
      ),
  })
  .meta({ id: 'DryRun', ...about('试算记账的结果；不写入任何内容', 'what would come of it; nothing is written') })

function presentDryRun({ refusals, after }: DryRun, language: Language): z.input<typeof dryRunView> {
  return {
    accepted: refusals.every((refusal) => refusal === undefined),
    results: refusals.map((refusal) =>
      refusal === undefined ? { accepted: true } : { accepted: false, problem: refusalView(refusal, language) },
    ),
    after: after.map(({ account, dimensions, ...balance }) => ({ account, ...dimensions, ...presentBalance(balance) })),
  }
}

const dryRunAnswers = { 200: { about: { zh: '结果', en: 'What would come of it' }, schema: dryRunView } }

const dryRunBatch = route({
  method: 'POST',
  path: '/v1/books/{book}/entries/dry-run',
  id: 'dryRunEntries',
  fresh: false,
  tag: 'entries',
  summary: { zh: '试算记账：能否记账、记账后的余额', en: 'Dry run of entries: would they be taken, and what then' },
  right: 'book.read',
  params: inBook,
  body: json(
    z.strictObject({
      entries: z
        .array(entryForm, { error: `list:1:${batchMax}` })
        .min(1, { error: `list:1:${batchMax}` })
        .meta({ maxItems: batchMax }),
      atomic: flag.default(false).meta(about('全部成功才记账', 'all or none')),
    }),
    requireBatchSize,
  ),
  answers: dryRunAnswers,
  refuses: ['book_not_found'],
  handle: async ({ actor, params, body, language, service }) =>
    reply(200, presentDryRun(await dryRunEntries(service.ledger, actor, params.book, body), language)),
})

const dryRunRed = route({
  method: 'POST',
  path: '/v1/entries/{id}/reversal/dry-run',
  id: 'dryRunReversal',
  fresh: false,
  tag: 'entries',
  summary: { zh: '试算冲销：能否冲销、冲销后的余额', en: 'Dry run of a reversal' },
  right: 'book.read',
  params: z.strictObject({ id: entryIdForm }),
  body: json(reversalBody),
  answers: dryRunAnswers,
  refuses: ['entry_not_found'],
  handle: async ({ actor, params, body, language, service }) =>
    reply(200, presentDryRun(await dryRunReversal(service.ledger, actor, params.id, body), language)),
})

export const entryRoutes: readonly Route[] = [postOne, postMany, list, read, reverse, correct, dryRunBatch, dryRunRed]
