/** Entries: posting them one by one, in batches, over several books; reversing; reading. */
import * as z from 'zod'
import type { Json } from '../../base/json.ts'
import type { RefusalRecord } from '../../base/refusal.ts'
import { type Answer, postBatch, postEntry, reverseEntry } from '../../ledger/actions.ts'
import { type EntryFilter, readEntriesAfter, readEntry, reversalOf } from '../../ledger/journal.ts'
import { entryId, quoted } from '../../ledger/leaf.ts'
import { bookFor, placeOf } from '../../ledger/ledger.ts'
import type { PostedEntry } from '../../ledger/post.ts'
import { refuse } from '../../ledger/refusals.ts'
import { json } from '../body.ts'
import { about, cursor, day, entryDay, entryIdForm, flag, inBook, limit, text } from '../../form/field.ts'
import { batchEntryForm, entryForm } from './entry-forms.ts'
import { replayedHeader } from '../headers.ts'
import { type Answered, answerRefusal, type Fault, type Language, Problem, refusalView } from '../problem.ts'
import { replyItems, replyText, type Route, route } from '../route.ts'
import { requireOrder } from './balances.ts'
import { entryText, entryTexts, entryView, etagOf, pageOf, problemForm } from '../views.ts'

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
  right: 'book.read',
  params: inBook,
  query: z.strictObject({
    from: z.exactOptional(day),
    to: z.exactOptional(day),
    type: z.exactOptional(text(20, '凭证类型', 'type')),
    limit,
    cursor,
  }),
  answers: { 200: { about: { zh: '一页凭证', en: 'A page of entries' }, schema: pageOf(entryView) } },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const book = await bookFor(service.ledger, actor, params.book, 'book.read')
    const { limit, cursor, ...filter } = query
    requireOrder(filter.from, filter.to)
    const name = ['entries', book.code, filter]
    const after = service.cursors.read(cursor, name, z.int().min(0)) ?? 0
    const found = await readEntriesAfter(service.ledger.database, book, after, limit + 1, filter satisfies EntryFilter)
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const next = found.length > limit && last ? service.cursors.write(name, last.sequence) : null
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

export const entryRoutes: readonly Route[] = [postOne, postMany, list, read, reverse]
