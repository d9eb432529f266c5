/** The forms of what entries and vouchers are made of: dimensions, the line of one side, documents, the type. */
import * as z from 'zod'
import type { Fen } from '../base/money.ts'
import { about, accountCode, identifier, oneOf, sha256, storedAmount, text } from '../form/field.ts'
import { bases, type Dimension, dimensions, type Side } from './chart.ts'
import { type EntryLine, type LineDraft, reservedTypes } from './entry.ts'

const dimensionNames: Record<(typeof dimensions)[number], [zh: string, en: string]> = {
  project: ['项目', 'project'],
  source: ['资金来源，如 F21', 'fund source, such as F21'],
  counterparty: ['往来单位', 'counterparty'],
  item: ['改造内容，如 B03', 'item of the catalogue, such as B03'],
  contract: ['合同', 'contract'],
  dwelling: ['房屋', 'dwelling'],
  indicator: ['预算指标', 'budget indicator'],
  segment: ['标段', 'segment'],
  debt: ['债务：专项债券或贷款的编号', 'debt: the code of a bond or a loan'],
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
  debt: dimension('debt'),
}

export type GivenLine = { [D in Dimension]?: string } & { account: string; debit?: Fen; credit?: Fen; memo?: string }

// Field by field: taking the object apart with spreads cost more than all checks of the line together.
export function lineDraft(given: GivenLine): LineDraft {
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

export const documentObject = z
  .strictObject({
    number: z.exactOptional(text(200, '文号', 'document number')),
    title: z.exactOptional(text(200, '标题', 'title')),
    sha256: z.exactOptional(sha256),
  })
  .refine((given) => Object.keys(given).length > 0, { error: 'document' })

export const entryType = z
  .string({ error: 'entry_type' })
  .regex(/^[\p{L}\p{N}_-]{1,20}$/u, { error: 'entry_type', abort: true })
  .refine((given) => given.normalize('NFC') === given, { error: 'entry_type', abort: true })
  .refine((given) => !reservedTypes.includes(given), { error: 'entry_type_reserved' })
  .meta(about('凭证类型；red 为红字（金额记负数）', 'type; red posts negative figures'))

export const memoForm = z.exactOptional(text(500, '行摘要', 'memo of the line'))

// --- What is approved -----------------------------------------------------------------------------------------------

/** A line as it stands in what is approved: exactly as it will be posted. */
export const storedLine = z.strictObject({
  account: accountCode,
  basis: oneOf(bases),
  debit: z.exactOptional(storedAmount),
  credit: z.exactOptional(storedAmount),
  memo: memoForm,
  ...dimensionForms,
})
export type StoredLine = z.output<typeof storedLine>

/** A line as it is approved: every dimension under its name, the amount on its side. */
export function storedLineOf(line: EntryLine): StoredLine {
  const { account, basis, side, amountFen, memo: note } = line
  const stored: { -readonly [K in keyof StoredLine]: StoredLine[K] } = { account, basis, [side]: amountFen }
  for (const dimension of dimensions) {
    const value = line[dimension]
    if (value !== undefined) stored[dimension] = value
  }
  if (note !== undefined) stored.memo = note
  return stored
}
