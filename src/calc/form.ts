/**
 * The forms of calc.md as schemas: what comes in is a string of a fixed form and becomes fen, a Decimal or a day; what
 * goes out is the reverse. Every value carries a description in Chinese and English, which is what `--schema` prints.
 * A check that fails says which form was not kept; the sentence is made of that name in fault.ts.
 */
import * as z from 'zod'
import { type Day, parseDay, yearMax, yearMin } from '../base/calendar.ts'
import { Decimal, formatScaled, parseRatio, ratioPattern } from '../base/decimal.ts'
import { amountPattern, type Fen, formatFen, parseAmount } from '../base/money.ts'
import { pointDecimals, ratioDecimals } from '../policy/units.ts'

/** Chinese and English in one line, as they stand in a JSON Schema. */
const about = (zh: string, en: string) => ({ description: `${zh} / ${en}` })

const dayPattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const decimals = (places: number): RegExp => new RegExp(`^-?(0|[1-9][0-9]*)\\.[0-9]{${places}}$`)

// --- What comes in -------------------------------------------------------------------------------------------------

/** An amount in yuan → fen, not negative. */
export function amount(zh: string, en: string) {
  return z
    .string({ error: 'amount' })
    .regex(amountPattern, { error: 'amount', abort: true })
    .transform((written, context): Fen => parseAmount(written) ?? fail(context, 'amount'))
    .meta(about(`${zh}（元）`, `${en} (yuan)`))
}

/** A rate, ratio, weight, area, coefficient or score → a Decimal, not negative. */
export function ratio(zh: string, en: string) {
  return z
    .string({ error: 'ratio' })
    .regex(ratioPattern, { error: 'ratio', abort: true })
    .transform((written, context): Decimal => parseRatio(written) ?? fail(context, 'ratio'))
    .meta(about(zh, en))
}

/** A ratio of at most so much. */
export function ratioUpTo(most: string, zh: string, en: string) {
  const limit = new Decimal(most)
  return ratio(zh, en).refine((value) => value.lte(limit), { error: `at_most:${most}` })
}

/** A whole JSON number, not negative. */
export function count(zh: string, en: string, { from = 0, to = Number.MAX_SAFE_INTEGER } = {}) {
  const error = { error: from === 0 && to === Number.MAX_SAFE_INTEGER ? 'count' : `count:${from}:${to}` }
  return z.int(error).min(from, error).max(to, error).meta(about(zh, en))
}

export const year = (zh: string, en: string) => count(zh, en, { from: yearMin, to: yearMax })

/** YYYY-MM-DD, a real day of the known years. */
export function date(zh: string, en: string) {
  return z
    .string({ error: 'date' })
    .regex(dayPattern, { error: 'date', abort: true })
    .transform((written, context): Day => parseDay(written) ?? fail(context, 'date'))
    .meta({ ...about(zh, en), format: 'date' })
}

export const onDate = () => date('适用规定的日期', 'the date whose policy applies')

export const id = (zh = '编号', en = 'id, once in its list') =>
  z
    .string({ error: 'id' })
    .min(1, { error: 'id' })
    .max(idMost, { error: `id_long:${idMost}` })
    .meta(about(zh, en))

export const text = (zh: string, en: string) => z.string({ error: 'text' }).meta(about(zh, en))

export const flag = (zh: string, en: string) => z.boolean({ error: 'flag' }).meta(about(zh, en))

export function oneOf<const Choice extends string>(choices: readonly Choice[], zh: string, en: string) {
  return z.enum(choices, { error: `one_of:${choices.join('|')}` }).meta(about(zh, en))
}

export function oneOfNumbers<const Choice extends number>(choices: readonly Choice[], zh: string, en: string) {
  return z.literal([...choices], { error: `one_of:${choices.join('|')}` }).meta(about(zh, en))
}

// More than any programme of a city has of anything; the rules are linear in it.
export const listMost = 100_000
const tooLong = { error: `list_most:${listMost}` }
const idMost = 200

/** A list with at least one item. */
export function list<Item extends z.ZodType>(item: Item, zh: string, en: string) {
  return z.array(item, { error: 'list' }).min(1, { error: 'list' }).max(listMost, tooLong).meta(about(zh, en))
}

/** A list that may be empty. */
export function anyList<Item extends z.ZodType>(item: Item, zh: string, en: string) {
  return z.array(item, { error: 'any_list' }).max(listMost, tooLong).meta(about(zh, en))
}

export function form<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape)
}

/** Says that a form was not kept, from inside a transform. */
function fail(context: z.RefinementCtx, name: string): never {
  context.issues.push({ code: 'custom', message: name, input: context.value })
  return z.NEVER
}

// --- What goes out -------------------------------------------------------------------------------------------------

/** Fen → an amount with exactly two decimals; may be negative where its row says so. */
export function amountOut(zh: string, en: string) {
  return scaledOut(pointDecimals, formatFen).meta(about(`${zh}（元）`, `${en} (yuan)`))
}

/** Units of the fourth decimal → a ratio with four decimals. */
export function ratioOut(zh: string, en: string) {
  return scaledOut(ratioDecimals, (scaled) => formatScaled(scaled, ratioDecimals)).meta(about(zh, en))
}

/** A ratio that is null where the divisor is 0. */
export const maybeRatioOut = (zh: string, en: string) => ratioOut(zh, en).nullable().meta(about(zh, en))

/** Hundredths of a point → points with two decimals. */
export function pointsOut(zh: string, en: string) {
  return scaledOut(pointDecimals, (scaled) => formatScaled(scaled, pointDecimals)).meta(about(zh, en))
}

/** A Decimal of the policy's own → a ratio with four decimals. */
export function policyRatioOut(zh: string, en: string) {
  return z
    .codec(z.string().regex(decimals(ratioDecimals)), z.instanceof(Decimal), {
      decode: (written) => new Decimal(written),
      encode: (value) => value.toFixed(ratioDecimals),
    })
    .meta(about(zh, en))
}

function scaledOut(places: number, write: (scaled: bigint) => string) {
  return z.codec(z.string().regex(decimals(places)), z.bigint(), {
    decode: (written) => BigInt(written.replace('.', '')),
    encode: write,
  })
}

/** A day of a result. It may lie after the last year an input may name: a bond of 2199 is repaid later. */
export function dateOut(zh: string, en: string) {
  return z
    .codec(z.string().regex(dayPattern), z.custom<Day>(), { decode: (written) => written as Day, encode: (on) => on })
    .meta({ ...about(zh, en), format: 'date' })
}

export const countOut = (zh: string, en: string) => z.int().meta(about(zh, en))
