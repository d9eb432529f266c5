/** The forms of an entry and its lines: what comes in is turned into what the ledger speaks. */
import * as z from 'zod'
import type { Fen } from '../../base/money.ts'
import { about, accountCode, amount, bookCode, day, identifier, key, sha256, text } from '../../form/field.ts'
import { bases, type Dimension, dimensions, type Side, standards } from '../../ledger/chart.ts'
import {
  type DocumentReference,
  type EntryDraft,
  generalType,
  type LineDraft,
  reservedTypes,
} from '../../ledger/entry.ts'

export const standard = z
  .enum(standards, { error: `one_of:${standards.join('|')}` })
  .meta(about('会计制度', 'accounting standard'))
export const basis = z.enum(bases, { error: `one_of:${bases.join('|')}` }).meta(about('核算基础', 'basis'))
// --- Entries --------------------------------------------------------------------------------------------------------

const dimensionNames: Record<(typeof dimensions)[number], [zh: string, en: string]> = {
  project: ['项目', 'project'],
  source: ['资金来源，如 F21', 'fund source, such as F21'],
  counterparty: ['往来单位', 'counterparty'],
  item: ['改造内容，如 B03', 'item of the catalogue, such as B03'],
  contract: ['合同', 'contract'],
  dwelling: ['房屋', 'dwelling'],
  indicator: ['预算指标', 'budget indicator'],
  segment: ['标段', 'segment'],
}
const dimension = (name: keyof typeof dimensionNames) => z.exactOptional(identifier(...dimensionNames[name]))

export const dimensionForms = {
  project: dimension('project'),
  source: dimension('source'),
  counterparty: dimension('counterparty'),
  item: dimension('item'),
  contract: dimension('contract'),
  dwelling: dimension('dwelling'),
  indicator: dimension('indicator'),
  segment: dimension('segment'),
}

type GivenLine = { [D in Dimension]?: string } & { account: string; debit?: Fen; credit?: Fen; memo?: string }

// Field by field: taking the object apart with spreads cost more than all checks of the line together.
function lineDraft(given: GivenLine): LineDraft {
  const { account, debit, credit = 0n, memo } = given
  const draft: { [D in Dimension]?: string } & { account: string; side: Side; amountFen: Fen; memo?: string } =
    debit === undefined ? { account, side: 'credit', amountFen: credit } : { account, side: 'debit', amountFen: debit }
  for (const dimension of dimensions) {
    const value = given[dimension]
    if (value !== undefined) draft[dimension] = value
  }
  if (memo !== undefined) draft.memo = memo
  return draft
}

const line = z
  .strictObject({
    account: accountCode,
    debit: z.exactOptional(amount),
    credit: z.exactOptional(amount),
    memo: z.exactOptional(text(500, '行摘要', 'memo of the line')),
    ...dimensionForms,
  })
  .refine(({ debit, credit }) => (debit === undefined) !== (credit === undefined), { error: 'one_side' })
  .transform(lineDraft)
  .meta({
    id: 'LineDraft',
    ...about('凭证行；debit、credit 有且仅有其一', 'line of an entry; exactly one of debit and credit'),
  })

const documentObject = z
  .strictObject({
    number: z.exactOptional(text(200, '文号', 'document number')),
    title: z.exactOptional(text(200, '标题', 'title')),
    sha256: z.exactOptional(sha256),
  })
  .refine((given) => Object.keys(given).length > 0, { error: 'document' })

const document = z
  .union(
    [
      text(200, '文号，或已上传附件的 SHA-256', 'document number, or SHA-256 of an uploaded attachment').transform(
        (given): DocumentReference => (/^[0-9a-f]{64}$/.test(given) ? { sha256: given } : { number: given }),
      ),
      documentObject,
    ],
    { error: 'document' },
  )
  .meta({ id: 'DocumentReference', ...about('所附文件', 'a document the entry refers to') })

const entryType = z
  .string({ error: 'entry_type' })
  .regex(/^[\p{L}\p{N}_-]{1,20}$/u, { error: 'entry_type', abort: true })
  .refine((given) => given.normalize('NFC') === given, { error: 'entry_type', abort: true })
  .refine((given) => !reservedTypes.includes(given), { error: 'entry_type_reserved' })
  .default(generalType)
  .meta(about('凭证类型；red 为红字（金额记负数）', 'type; red posts negative figures'))

/** An entry takes far fewer lines than this; the ledger says how many. The form only keeps nonsense out. */
const linesMax = 100_000

const entryShape = {
  on: day.meta(about('业务日期', 'business date')),
  type: entryType,
  summary: text(500, '摘要', 'summary'),
  documents: z.array(document, { error: 'list:0:50' }).max(50, { error: 'list:0:50' }).default([]),
  lines: z.array(line, { error: `list:0:${linesMax}` }).max(linesMax, { error: `list:0:${linesMax}` }),
}

export const entryForm = z
  .strictObject(entryShape)
  .meta({ id: 'EntryDraft', ...about('待记账的凭证', 'an entry to be posted') })

export const batchEntryForm = z
  .strictObject({ key, ...entryShape })
  .transform(({ key, on, type, summary, documents, lines }): { key: string; draft: EntryDraft } => ({
    key,
    draft: { on, type, summary, documents, lines },
  }))
  .meta({ id: 'KeyedEntryDraft' })

export const bookEntryForm = z
  .strictObject({ book: bookCode, ...entryShape })
  .transform(({ book, on, type, summary, documents, lines }): { book: string; draft: EntryDraft } => ({
    book,
    draft: { on, type, summary, documents, lines },
  }))
  .meta({ id: 'BookEntryDraft' })
