/**
 * The forms of what comes in, each once: the schema checks it, turns it into what the ledger speaks, and is what the
 * published document shows. A string is a string and nothing is coerced. Text that can look like other text (invisible
 * characters, direction marks, unnormalised identifiers) stays outside, because people approve what they see.
 */
import * as z from 'zod'
import {
  type Day,
  formatInstant,
  type Instant,
  type Month,
  parseDay,
  parseInstant,
  parseMonth,
} from '../base/calendar.ts'
import type { Json } from '../base/json.ts'
import { amountPattern, type Fen, formatFen, parseAmount } from '../base/money.ts'
import { parseQuarter, type Quarter } from '../base/quarter.ts'

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

// Controls, format characters (zero-width, direction marks, tags), halves of pairs, line and paragraph separators, what
// no version of Unicode has given a meaning, what is drawn as nothing (fillers, joiners, variation selectors, the blank
// of Braille), and what stands for a character that was lost.
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\uFFFC\uFFFD]/u
// More marks on one letter than any script writes: they draw over neighbouring lines.
const piledMarks = /\p{M}{5}/u
const codePointsWithin = (text: string, most: number): boolean => text.length <= most || Array.from(text).length <= most
// Before it is normalised, which takes the square of a run of marks. NFC makes of four characters one at the most.
const longest = 4

/** Text for people, kept in NFC. */
export function text(most: number, zh: string, en: string) {
  const error = { error: `text:${most}` }
  return z
    .codec(z.string(error).max(longest * most, { ...error, abort: true }), z.string(), {
      decode: (given) => given.normalize('NFC'),
      encode: (kept) => kept,
    })
    .refine(
      (given) => codePointsWithin(given, most) && given.trim() !== '' && !hidden.test(given) && !piledMarks.test(given),
      error,
    )
    .meta({ ...about(zh, en), minLength: 1, maxLength: most })
}

// Begins with a letter, a digit or the bracket of a document number; inside, single spaces; no bar, which separates the
// parts of a key; nothing invisible. Most identifiers are plain ASCII, which the first pattern settles alone.
const plainIdentifier = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$/
const identifierPattern = /^[\p{L}\p{N}(（〔【《[][\p{L}\p{N}\p{M}\p{P}\p{S}]*(?: [\p{L}\p{N}\p{M}\p{P}\p{S}]+)*$/u
const bar = /[|｜]/
const identifierMost = 64

function isIdentifier(text: string): boolean {
  if (plainIdentifier.test(text)) return true
  return (
    text.length <= 2 * identifierMost &&
    codePointsWithin(text, identifierMost) &&
    identifierPattern.test(text) &&
    !bar.test(text) &&
    !hidden.test(text) &&
    !piledMarks.test(text) &&
    text.normalize('NFC') === text
  )
}

// Letters, digits and the signs of numbers in full width. Brackets stay: they belong to the names of firms and
// documents.
const fullWidth = /[\uFF0D-\uFF1A\uFF21-\uFF3A\uFF3F\uFF41-\uFF5A]/g

/** How an identifier is kept. What is none stays as it is. */
const canonical = (given: string): string =>
  plainIdentifier.test(given) || !isIdentifier(given)
    ? given
    : given.replaceAll(fullWidth, (sign) => sign.normalize('NFKC'))

/**
 * What something is called by: a project, a contract, a counterparty. Letters and digits are brought into one width
 * wherever they come in, in bodies and in questions, so that １０１ and 101 are never two.
 */
export function identifier(zh: string, en: string) {
  const error = { error: 'identifier' }
  return z
    .string(error)
    .overwrite(canonical)
    .refine(isIdentifier, error)
    .meta({ ...about(zh, en), minLength: 1, maxLength: identifierMost })
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

/** Yuan as text ↔ fen. */
export const amount = z
  .codec(z.string({ error: 'amount' }).regex(amountPattern, { error: 'amount', abort: true }), z.bigint(), {
    decode: (written): Fen => parseAmount(written) ?? 0n,
    encode: formatFen,
  })
  .meta(about('金额（元）', 'amount in yuan'))

/** A value that is written one way alone: the brand is given where the form has been checked, by the parser itself. */
export function parsed<Value>(
  parse: (given: string) => Value | undefined,
  name: string,
  write: (value: Value) => string = String,
) {
  return z.codec(z.string({ error: name }), z.custom<Value>(), {
    decode: (given, context): Value => {
      const value = parse(given)
      if (value !== undefined) return value
      context.issues.push({ code: 'custom', message: name, input: given })
      return z.NEVER
    },
    encode: write,
  })
}

// Of an entry only what is no day at all is a matter of form.
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

const dayMeta = { ...about('日期', 'day'), format: 'date' } as const
export const day = parsed((given): Day | undefined => parseDay(given), 'date').meta(dayMeta)
/** The day of an entry: that it lies outside the years of the books is for the ledger to say, with its sentence. */
export const entryDay = parsed(anyDay, 'date').meta(dayMeta)
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
export const instant = parsed((given): Instant | undefined => parseInstant(given), 'instant', formatInstant).meta({
  ...about('时刻（RFC 3339，带时区）', 'instant (RFC 3339 with offset)'),
  format: 'date-time',
})

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

// --- What things are called -----------------------------------------------------------------------------------------

export const indicatorCode = identifier('指标编号', 'code of the indicator')
export const projectCode = identifier('项目编号', 'code of the project')
export const itemCode = identifier('改造内容，如 B03', 'item of the catalogue, such as B03')
export const contractCode = identifier('合同', 'contract')
export const documentNumber = text(100, '文号', 'document number')
export const bookedOn = day.meta(about('记账日期', 'the day it is booked on'))
export const positiveAmount = amount.refine((fen) => fen > 0n, { error: 'amount' })
/** A year in a body; in a query it is text. */
export const budgetYear = z
  .int({ error: 'year' })
  .min(2000, { error: 'year' })
  .max(2100, { error: 'year' })
  .meta(about('预算年度', 'budget year'))
export const inBook = z.strictObject({ book: bookCode })
/** What a maker can say that he has looked at. */
export const confirmations = ['looks_repeated'] as const
/** That what looks like a repetition is none. Absent, nothing of a request is spelled otherwise than before. */
export const confirmed = z.exactOptional(
  listOf(oneOf(confirmations), confirmations.length).meta(
    about('经办人已核对：看似重复而不是重复', 'the maker has looked: it is no repetition'),
  ),
)

// --- What goes out, and what is stored ------------------------------------------------------------------------------

const writtenAmount = /^-?(0|[1-9][0-9]*)\.[0-9]{2}$/

/** An amount of an answer: yuan with two decimals, which may be negative. */
export const amountOut = (zh: string, en: string) => z.string().regex(writtenAmount).meta(about(zh, en))

/** Fen as they stand in a stored content: yuan with two decimals, which may be negative. */
export const storedAmount = z.codec(z.string().regex(writtenAmount), z.bigint(), {
  decode: (written): Fen => BigInt(written.replace('.', '')),
  encode: formatFen,
})

/** An instant as it is answered. */
export const instantOut = (zh = '时刻', en = 'instant') => z.string().meta({ ...about(zh, en), format: 'date-time' })

/** A name or a sentence as it is answered, in both languages. */
export const inBoth = z.strictObject({ zh: z.string(), en: z.string() })

/** JSON of any shape. */
export const anyJson: z.ZodType<Json, Json> = z.json()
