/** The forms of an entry and its lines: what comes in is turned into what the ledger speaks. */
import * as z from 'zod'
import { about, accountCode, amount, bookCode, entryDay, key, namesOf, text } from '../../form/field.ts'
import { bases, standards } from '../../ledger/chart.ts'
import { type DocumentReference, type EntryDraft, generalType } from '../../ledger/entry.ts'
import { dimensionForms, documentObject, entryType, lineDraft } from '../../ledger/forms.ts'
import { entities, entityNamesZh } from '../../ledger/book.ts'

export const standard = z
  .enum(standards, { error: `one_of:${standards.join('|')}` })
  .meta(about('会计制度', 'accounting standard'))
export const entity = z
  .enum(entities, { error: `one_of:${entities.join('|')}` })
  .meta(
    about(
      `单位性质，仅政府会计账套：${namesOf(entityNamesZh)}；不填为事业单位`,
      'whose government book; institution unless said',
    ),
  )
export const basis = z.enum(bases, { error: `one_of:${bases.join('|')}` }).meta(about('核算基础', 'basis'))
// --- Entries --------------------------------------------------------------------------------------------------------

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

/** An entry takes far fewer lines than this; the ledger says how many. The form only keeps nonsense out. */
const linesMax = 100_000

const entryShape = {
  on: entryDay.meta(about('业务日期', 'business date')),
  type: entryType.default(generalType),
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
