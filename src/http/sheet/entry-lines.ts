/** 凭证序时簿: entries as a sheet, a row a line, with everything the books know of it. */
import * as z from 'zod'
import { monthOf } from '../../base/calendar.ts'
import { formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { about } from '../../form/field.ts'
import type { Book } from '../../ledger/book.ts'
import { bases, type Dimension, dimensions } from '../../ledger/chart.ts'
import type { EntryLine } from '../../ledger/entry.ts'
import { dimensionForms } from '../../ledger/forms.ts'
import { entryId, type PostedEntry } from '../../ledger/leaf.ts'

const called = (zh: string, en: string) => z.string().meta(about(zh, en))
const calledMaybe = (zh: string, en: string) => z.exactOptional(called(zh, en))

export const entryLineRow = z.strictObject({
  id: called('凭证', 'entry'),
  book: called('账套', 'book'),
  bookName: called('账套名称', 'name of the book'),
  period: called('会计期间', 'period'),
  number: z.int().meta(about('凭证号', 'number')),
  on: called('业务日期', 'date'),
  recordedAt: called('记账时间', 'recorded'),
  type: called('凭证类型', 'type'),
  summary: called('摘要', 'summary'),
  line: z.int().meta(about('行', 'line')),
  basis: z.enum(bases).meta(about('核算基础', 'basis')),
  account: called('科目', 'account'),
  accountName: called('科目名称', 'name of the account'),
  debit: calledMaybe('借方', 'debit'),
  credit: calledMaybe('贷方', 'credit'),
  ...dimensionForms,
  memo: calledMaybe('行摘要', 'memo'),
  documents: calledMaybe('文号', 'documents'),
  maker: called('制单', 'maker'),
  approvedBy: calledMaybe('复核与审批', 'checked and approved by'),
  reverses: calledMaybe('冲销的凭证', 'entry it reverses'),
  transaction: calledMaybe('事务', 'transaction'),
})

export type LineOfEntry = {
  readonly book: Book
  readonly entry: PostedEntry
  readonly line: EntryLine
  readonly at: number
}

export const linesOfEntry = (book: Book, entry: PostedEntry): LineOfEntry[] =>
  entry.lines.map((line, index) => ({ book, entry, line, at: index + 1 }))

export function presentEntryLine({ book, entry, line, at }: LineOfEntry): z.input<typeof entryLineRow> {
  const { bookId, sequence, documents, approvals, reverses, transaction } = entry
  const given: { [D in Dimension]?: string } = {}
  for (const dimension of dimensions) {
    const value = line[dimension]
    if (value !== undefined) given[dimension] = value
  }
  return {
    id: entryId(bookId, sequence),
    book: book.code,
    bookName: book.name,
    period: monthOf(entry.on),
    number: entry.number,
    on: entry.on,
    recordedAt: formatInstant(entry.recordedAt),
    type: entry.type,
    summary: entry.summary,
    line: at,
    basis: line.basis,
    account: line.account,
    accountName: book.chart.subjects.get(line.account)?.name ?? '',
    [line.side]: formatFen(line.amountFen),
    ...given,
    ...(line.memo !== undefined && { memo: line.memo }),
    ...(documents.length > 0 && { documents: documents.map(documentName).join('；') }),
    maker: entry.maker,
    ...(approvals.length > 0 && { approvedBy: [...new Set(approvals.map(({ person }) => person))].join('、') }),
    ...(reverses !== undefined && { reverses: entryId(bookId, reverses) }),
    ...(transaction !== undefined && { transaction }),
  }
}

const documentName = ({ number, title, sha256 }: PostedEntry['documents'][number]): string =>
  number ?? title ?? sha256 ?? ''
