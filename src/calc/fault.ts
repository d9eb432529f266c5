/**
 * What is wrong with an input, by place and in words. A fault is not a refusal: the form is checked before any rule,
 * and a faulty input never reaches one. Places are JSON pointers into the input.
 */
import type * as z from 'zod'
import { pointer } from '../base/json.ts'
import type { Text } from '../base/refusal.ts'

export type Fault = { readonly path: string; readonly message: Text }

/** An input wrong in ten thousand places is answered with the first of them. */
export const faultsMax = 50

export const fault = (path: string, zh: string, en: string): Fault => ({ path, message: { zh, en } })

/** A fault for every id that comes again in its list. */
export function repeated<Item>(
  items: readonly Item[],
  path: string,
  key: string,
  keyOf: (item: Item) => string,
): Fault[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const value = keyOf(item)
    const again = seen.has(value)
    seen.add(value)
    return again ? [fault(`${path}/${index}/${key}`, `与前面的重复：${value}`, `comes twice: ${value}`)] : []
  })
}

export const repeatedIds = (items: readonly { id: string }[], path: string): Fault[] =>
  repeated(items, path, 'id', (item) => item.id)

/** One fault where the condition holds, none where it does not. */
export const faultIf = (wrong: boolean, path: string, zh: string, en: string): Fault[] =>
  wrong ? [fault(path, zh, en)] : []

export const weightsZero = (path: string): Fault =>
  fault(path, '权重合计为0，无法分摊', 'the weights add up to 0, nothing can be split by them')

/** The faults a schema found. Unknown keys are one fault each, at the key. */
export function schemaFaults(error: z.ZodError): Fault[] {
  return error.issues.slice(0, faultsMax).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys
        .slice(0, faultsMax)
        .map((key) => fault(pointer([...issue.path, key]), `没有这一项：${key}`, `unknown key: ${key}`))
    }
    return [{ path: pointer(issue.path), message: messageOf(issue) }]
  })
}

/** The sentence for the form that a check names as its error (form.ts). */
const sentences: Record<string, (...limits: string[]) => Text> = {
  amount: () => ({
    zh: '须为金额：以元为单位的十进制字符串，整数部分至多15位、小数至多2位，不带正负号，如 "1234.50"',
    en: 'must be an amount: a decimal string in yuan, at most 15 digits before the point and 2 after, no sign, like "1234.50"',
  }),
  ratio: () => ({
    zh: '须为非负十进制字符串，整数部分至多15位、小数至多12位，如 "0.043"',
    en: 'must be a decimal string, not negative, at most 15 digits before the point and 12 after, like "0.043"',
  }),
  count: () => ({ zh: '须为非负整数（JSON 数字）', en: 'must be a whole JSON number, not negative' }),
  date: () => ({
    zh: '须为1900至2199年间真实存在的日期，形如 2024-02-29',
    en: 'must be a real calendar day YYYY-MM-DD of the years 1900 to 2199',
  }),
  id: () => ({ zh: '须为非空字符串', en: 'must be a string that is not empty' }),
  list_most: (most = '') => ({ zh: `数组至多 ${most} 项`, en: `an array has at most ${most} items` }),
  id_long: (most = '') => ({ zh: `编号至多 ${most} 个字符`, en: `an id has at most ${most} characters` }),
  text: () => ({ zh: '须为字符串', en: 'must be a string' }),
  flag: () => ({ zh: '须为 true 或 false', en: 'must be true or false' }),
  list: () => ({ zh: '须为至少一项的数组', en: 'must be an array of at least one item' }),
  any_list: () => ({ zh: '须为数组', en: 'must be an array' }),
  floor: () => ({ zh: '楼层须为不带前导0的非负整数', en: 'a floor must be a whole number without leading zeros' }),
  at_most: (most = '') => ({ zh: `不得大于 ${most}`, en: `must be at most ${most}` }),
  one_of: (choices = '') => ({
    zh: `须为以下之一：${choices.replaceAll('|', '、')}`,
    en: `must be one of ${choices.replaceAll('|', ', ')}`,
  }),
}

function messageOf(issue: z.core.$ZodIssue): Text {
  const [name = '', ...limits] = issue.message.split(':')
  if (name === 'count' && limits.length > 0) {
    const [from, to] = limits
    return { zh: `须为 ${from} 至 ${to} 的整数（JSON 数字）`, en: `must be a whole JSON number from ${from} to ${to}` }
  }
  if (issue.code === 'invalid_key') return { zh: '键不合要求', en: 'this key is not allowed' }
  const sentence = Object.hasOwn(sentences, name) ? sentences[name] : undefined
  return sentence?.(...limits) ?? { zh: '须为对象', en: 'must be an object' }
}
