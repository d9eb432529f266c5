/**
 * The forms of what comes in, each once: the schema checks it, turns it into what the ledger speaks, and is what the published document
 * shows. A string is a string and nothing is coerced. Text that can look like other text (invisible characters, direction
 * marks, unnormalised identifiers) stays outside, because people approve what they see.
 */
import * as z from 'zod'
import { type Day, type Instant, type Month, parseDay, parseInstant, parseMonth } from '../base/calendar.ts'
import { parseQuarter, type Quarter } from '../base/quarter.ts'
import { amountPattern, type Fen, parseAmount } from '../base/money.ts'
import { bases, type Dimension, dimensions, type Side, standards } from '../ledger/chart.ts'
import { type DocumentReference, type EntryDraft, generalType, type LineDraft, reservedTypes } from '../ledger/entry.ts'

/** Chinese and English in one line, as they stand in the document. */
export const about = (zh: string, en: string) => ({ description: `${zh} / ${en}` })

/** One of these words. */
export const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, { error: `one_of:${values.join('|')}` })

/** 'key 中文，key 中文': what the values of an enumeration mean. */
export const namesOf = (names: Readonly<Record<string, string>>): string =>
  Object.entries(names)
    .map(([key, zh]) => `${key} ${zh}`)
    .join('，')

/** One to so many of these. */
export const listOf = <Item extends z.ZodType>(item: Item, most: number) =>
  z
    .array(item, { error: `list:1:${most}` })
    .min(1, { error: `list:1:${most}` })
    .max(most, { error: `list:1:${most}` })

// --- Text -----------------------------------------------------------------------------------------------------------

// Controls, format characters (zero-width, direction marks, tags), halves of pairs, line and paragraph separators.
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
// More marks on one letter than any script writes: they draw over neighbouring lines.
const piledMarks = /\p{M}{5}/u
const codePointsWithin = (text: string, most: number): boolean => text.length <= most || Array.from(text).length <= most

/** Text for people, kept in NFC. */
export function text(most: number, zh: string, en: string) {
  const error = { error: `text:${most}` }
  return z
    .string(error)
    .transform((given) => given.normalize('NFC'))
    .refine(
      (given) => codePointsWithin(given, most) && given.trim() !== '' && !hidden.test(given) && !piledMarks.test(given),
      error,
    )
    .meta({ ...about(zh, en), minLength: 1, maxLength: most })
}

// Begins with a letter, a digit or the bracket of a document number; inside, single spaces; no bar, which separates the parts of a
// key; nothing invisible. Most identifiers are plain ASCII, which the first pattern settles alone.
const plainIdentifier = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$/
const identifierPattern = /^[\p{L}\p{N}(（〔【《[][\p{L}\p{N}\p{M}\p{P}\p{S}]*(?: [\p{L}\p{N}\p{M}\p{P}\p{S}]+)*$/u
const ignorable = /[|\p{Default_Ignorable_Code_Point}\u2800]/u

function isIdentifier(given: string): boolean {
  if (plainIdentifier.test(given)) return true
  return (
    given.length <= 128 &&
    codePointsWithin(given, 64) &&
    identifierPattern.test(given) &&
    !ignorable.test(given) &&
    !piledMarks.test(given) &&
    given.normalize('NFC') === given
  )
}

/** What something is called by: a project, a contract, a counterparty. Kept exactly as given. */
export function identifier(zh: string, en: string) {
  const error = { error: 'identifier' }
  return z
    .string(error)
    .refine(isIdentifier, error)
    .meta({ ...about(zh, en), minLength: 1, maxLength: 64 })
}

export const fileName = text(200, '文件名', 'file name').refine((name) => !/[/\\]/.test(name) && !/^\.+$/.test(name), {
  error: 'file_name',
})

function patterned(pattern: RegExp, name: string, zh: string, en: string) {
  return z.string({ error: name }).regex(pattern, { error: name }).meta(about(zh, en))
}

export const bookCode = patterned(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, 'book', '账套编号', 'code of the book')
export const accountCode = patterned(/^[0-9]{3,12}$/, 'account', '科目代码，不带点', 'account code, without dots')
export const accountPrefix = patterned(
  /^[0-9]{1,12}$/,
  'account_prefix',
  '科目代码或其开头',
  'account code or the beginning of one',
)
export const entryIdForm = patterned(/^E[1-9][0-9]{0,8}-[1-9][0-9]{0,14}$/, 'entry_id', '凭证编号', 'id of the entry')
export const uuid = patterned(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'uuid',
  '事务编号',
  'id of the transaction',
)
export const sha256 = patterned(/^[0-9a-f]{64}$/, 'sha256', 'SHA-256 摘要', 'SHA-256 hash')
export const districtCode = patterned(
  /^[0-9]{6}$/,
  'district',
  '行政区划代码（GB/T 2260）',
  'district code (GB/T 2260)',
)

// --- Numbers and time -----------------------------------------------------------------------------------------------

export const amount = z
  .string({ error: 'amount' })
  .regex(amountPattern, { error: 'amount', abort: true })
  .transform((written): Fen => parseAmount(written) ?? 0n)
  .meta(about('金额（元）', 'amount in yuan'))

/** The brand is given where the form has been checked: by the parser itself. */
function parsed<Value>(parse: (given: string) => Value | undefined, name: string) {
  return z.string({ error: name }).transform((given, context): Value => {
    const value = parse(given)
    if (value !== undefined) return value
    context.issues.push({ code: 'custom', message: name, input: given })
    return z.NEVER
  })
}

// Years outside those of the books are the ledger's to refuse; only what is no day at all is a matter of form.
const anyDay = (given: string): Day | undefined => {
  const known = parseDay(given)
  if (known !== undefined) return known
  const [, year, rest] = /^([0-9]{4})(-[0-9]{2}-[0-9]{2})$/.exec(given) ?? []
  if (year === undefined || (year >= '1900' && year <= '2199')) return undefined
  // Which days a year has depends on nothing but whether it is a leap year.
  const number = Number(year)
  const isLeap = number % 4 === 0 && (number % 100 !== 0 || number % 400 === 0)
  return parseDay(`${isLeap ? 2000 : 2001}${rest}`) === undefined ? undefined : asDay(given)
}
const asDay = (given: string): Day => given as Day

export const day = parsed(anyDay, 'date').meta({ ...about('日期', 'day'), format: 'date' })
export const month = parsed((given): Month | undefined => parseMonth(given), 'month').meta({
  ...about('会计期间，如 2026-03', 'month, like 2026-03'),
  pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$',
})
export const quarter = parsed((given): Quarter | undefined => parseQuarter(given), 'quarter').meta({
  ...about('季度，如 2026Q3', 'quarter, like 2026Q3'),
  pattern: '^[0-9]{4}Q[1-4]$',
})
export const part = patterned(
  /^(0(\.[0-9]{1,12})?|1(\.0{1,12})?)$/,
  'part',
  '占 1 的比例，如 0.93',
  'a part of 1, like 0.93',
)
export const year = patterned(/^(20[0-9]{2}|2100)$/, 'year', '会计年度', 'fiscal year').transform(Number)
export const instant = parsed((given): Instant | undefined => parseInstant(given), 'instant').meta({
  ...about('时刻（RFC 3339，带时区）', 'instant (RFC 3339 with offset)'),
  format: 'date-time',
})

export const standard = z
  .enum(standards, { error: `one_of:${standards.join('|')}` })
  .meta(about('会计制度', 'accounting standard'))
export const basis = z.enum(bases, { error: `one_of:${bases.join('|')}` }).meta(about('核算基础', 'basis'))
export const flag = z.boolean({ error: 'flag' })

/** An idempotency key, in a header or beside an entry of a batch. */
export const keyPattern = /^[\x21-\x7e]{1,255}$/
export const key = patterned(keyPattern, 'key', '幂等键', 'idempotency key')

/** A count in a query string. */
export const size = z
  .string({ error: 'size' })
  .regex(/^(0|[1-9][0-9]{0,9})$/, { error: 'size', abort: true })
  .transform(Number)
  .meta({ ...about('凭证数', 'number of entries'), type: 'integer', minimum: 0 })

// --- Lists ----------------------------------------------------------------------------------------------------------

const limitDefault = 50
const limitMax = 500

export const limit = z
  .string({ error: 'limit' })
  .regex(/^[1-9][0-9]{0,2}$/, { error: 'limit', abort: true })
  .transform(Number)
  .refine((given) => given <= limitMax, { error: 'limit' })
  .default(limitDefault)
  .meta({
    description: `至多返回多少项（1–${limitMax}，默认 ${limitDefault}）/ at most so many items`,
    type: 'integer',
    minimum: 1,
    maximum: limitMax,
  })
export const cursor = z.exactOptional(
  z.string({ error: 'cursor' }).max(500, { error: 'cursor' }).meta(about('上一页的 next', 'next of the page before')),
)

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
