/**
 * What a form that was not kept is called in both languages; schemas name the form in their `error`, with its limits
 * after colons.
 */
import type * as z from 'zod'
import type { Text } from '../base/refusal.ts'

const missing: Text = { zh: '缺少此项', en: 'is missing' }
const notAnObject: Text = { zh: '须为对象', en: 'must be an object' }

/** The sentence for what a schema found; it is told the input, so that what is absent reads as missing. */
export function sentenceOf(issue: z.core.$ZodIssue): Text {
  if (issue.input === undefined && issue.code === 'invalid_type') return missing
  const [name = '', ...limits] = issue.message.split(':')
  const sentence = Object.hasOwn(sentences, name) ? sentences[name] : undefined
  return sentence?.(...limits) ?? notAnObject
}

const sentences: Record<string, (...limits: string[]) => Text> = {
  amount: () => ({
    zh: '须为金额：以元为单位的十进制字符串，整数部分至多 15 位、小数至多 2 位，不带正负号，如 "1234.50"',
    en: 'must be an amount: a decimal string in yuan, at most 15 digits before the point and 2 after, no sign, like "1234.50"',
  }),
  signed_amount: () => ({
    zh: '须为金额（元），可带负号，如 "-1234.50"',
    en: 'must be an amount in yuan, with a minus where it is taken back, like "-1234.50"',
  }),
  ratio: () => ({
    zh: '须为不带正负号的十进制字符串，整数部分至多 15 位、小数至多 12 位，如 "1.20"',
    en: 'must be a decimal string without a sign, at most 15 digits before the point and 12 after, like "1.20"',
  }),
  formula: () => ({
    zh: '须为 variant（公式名），或 weights、standard 之一连同 document（依据文件）',
    en: 'must be a variant, or weights or a standard with the document they come from',
  }),
  rows_or_registry: () => ({
    zh: '须有且仅有 rows（自带数据）、registry（取自登记）之一',
    en: 'has exactly one of rows and registry',
  }),
  one_side: () => ({ zh: '每行须有且仅有 debit、credit 之一', en: 'a line has exactly one of debit and credit' }),
  date: () => ({
    zh: '须为 1900 至 2199 年间真实存在的日期，形如 2026-03-05',
    en: 'must be a real calendar day of the years 1900 to 2199, like 2026-03-05',
  }),
  month: () => ({ zh: '须为月份，形如 2026-03', en: 'must be a month, like 2026-03' }),
  quarter: () => ({ zh: '须为季度，形如 2026Q3', en: 'must be a quarter, like 2026Q3' }),
  part: () => ({
    zh: '须为 0 至 1 之间的十进制字符串，至多 12 位小数，如 "0.93"',
    en: 'must be a decimal string from 0 to 1 with at most 12 decimals, like "0.93"',
  }),
  area: () => ({ zh: '须为面积（㎡），至多两位小数', en: 'must be an area in m² with at most two decimals' }),
  one_voucher: () => ({
    zh: '记账填写 book、on、summary 与 lines 或 forms 之一；冲销填写 reverses、on、reason',
    en: 'to post, give book, on, summary and one of lines and forms; to take back, give reverses, on and reason',
  }),
  one_take_over: () => ({
    zh: '须有 balances、batches、plans、states 中至少一项；indicators 与 balances 同时填写',
    en: 'give one of balances, batches, plans and states at least; indicators come with balances',
  }),
  one_fund: () => ({ zh: 'indicator 与 source 须有且仅有其一', en: 'give exactly one of indicator and source' }),
  counted: () => ({ zh: '数量与单价须同时填写', en: 'quantity and unit price are given together' }),
  listed_once: () => ({ zh: '同一项目只能列一次', en: 'a project stands in the list once' }),
  sign_in: () => ({
    zh: '须有 person、password、code（可带 duty）；试用须有 trial、person',
    en: 'give person, password and code (and duty, if you like); on trial, trial and person',
  }),
  proof: () => ({
    zh: '须有且仅有 password、code 之一；试用为 confirm: true',
    en: 'give exactly one of password and code; on trial, confirm: true',
  }),
  one_time_code: () => ({ zh: '须为六位数字', en: 'must be six digits' }),
  secret: () => ({ zh: '须为链接或页面所给的内容', en: 'must be what a link or a page gave' }),
  password: (most = '') => ({
    zh: `须为不超过 ${most} 个字符的文字`,
    en: `must be text of at most ${most} characters`,
  }),
  positive: () => ({ zh: '须为大于 0 的整数', en: 'must be a whole number above 0' }),
  progress: () => ({
    zh: '须为 0 至 1 之间的十进制字符串，至多四位小数，如 "0.45"',
    en: 'must be a decimal string from 0 to 1 with at most four decimals, like "0.45"',
  }),
  whole_dwelling: () => ({
    zh: '小区、楼栋、房号须同时填写或都不填',
    en: 'community, building and dwelling are given together or not at all',
  }),
  year: () => ({ zh: '须为四位年份，形如 2026', en: 'must be a year of four digits, like 2026' }),
  instant: () => ({
    zh: '须为带时区的时刻（RFC 3339），如 2026-03-05T12:00:00+08:00',
    en: 'must be an instant with offset (RFC 3339), like 2026-03-05T12:00:00+08:00',
  }),
  text: (most = '') => ({
    zh: `须为 1 至 ${most} 个字符的文字，不得全为空白，不得含控制字符或不可见字符`,
    en: `must be text of 1 to ${most} characters, not blank, without control or invisible characters`,
  }),
  identifier: () => ({
    zh: '须为 1 至 64 个字符的编号，以文字或数字开头，不含竖线、首尾空格和不可见字符；字母和数字的全角与半角视为相同（NFC）',
    en: 'must be an identifier of 1 to 64 characters, beginning with a letter or digit, without bars, outer spaces or invisible characters; the width of letters and digits makes no difference (NFC)',
  }),
  account: () => ({
    zh: '须为 3 至 12 位数字的科目代码（不带点）',
    en: 'must be an account code of 3 to 12 digits without dots',
  }),
  account_prefix: () => ({
    zh: '须为 1 至 12 位数字的科目代码或其开头',
    en: 'must be 1 to 12 digits: an account code or the beginning of one',
  }),
  book: () => ({
    zh: '须为 1 至 40 个字母、数字、下划线或连字符的账套编号，以字母或数字开头',
    en: 'must be a book code of 1 to 40 letters, digits, _ or -, beginning with a letter or digit',
  }),
  entry_id: () => ({ zh: '须为凭证编号，形如 E3-17', en: 'must be the id of an entry, like E3-17' }),
  uuid: () => ({ zh: '须为小写 UUID', en: 'must be a UUID in lower case' }),
  entry_type: () => ({
    zh: '须为 1 至 20 个字母、数字、下划线或连字符的凭证类型',
    en: 'must be an entry type of 1 to 20 letters, digits, _ or -',
  }),
  entry_type_reserved: () => ({ zh: '该凭证类型只能由系统生成', en: 'this type is made by the ledger only' }),
  district: () => ({ zh: '须为六位行政区划代码', en: 'must be a district code of six digits' }),
  sha256: () => ({ zh: '须为 64 位小写十六进制摘要', en: 'must be a hash of 64 lower-case hex digits' }),
  key_id: () => ({ zh: '须为 16 位小写十六进制公钥编号', en: 'must be a key id of 16 lower-case hex digits' }),
  file_name: () => ({
    zh: '须为 1 至 200 个字符的文件名，不含路径',
    en: 'must be a file name of 1 to 200 characters without a path',
  }),
  base64: () => ({ zh: '须为 base64', en: 'must be base64' }),
  document: () => ({
    zh: '须为文号字符串，或至少含 number、title、sha256 之一的对象',
    en: 'must be a document number, or an object with at least one of number, title, sha256',
  }),
  key: () => ({ zh: '须为 1 至 255 个可见 ASCII 字符', en: 'must be 1 to 255 visible ASCII characters' }),
  flag: () => ({ zh: '须为 true 或 false', en: 'must be true or false' }),
  limit: () => ({ zh: '须为 1 至 500 的整数', en: 'must be a whole number from 1 to 500' }),
  size: () => ({ zh: '须为非负整数', en: 'must be a whole number, not negative' }),
  cursor: () => ({ zh: '游标无效，或属于另一个列表', en: 'the cursor is not one of this list' }),
  list: (least = '', most = '') => ({
    zh: `须为 ${least} 至 ${most} 项的数组`,
    en: `must be an array of ${least} to ${most} items`,
  }),
  one_of: (choices = '') => ({
    zh: `须为以下之一：${choices.replaceAll('|', '、')}`,
    en: `must be one of ${choices.replaceAll('|', ', ')}`,
  }),
}
