/**
 * What goes out: books, entries and balances as JSON. Amounts are strings with two decimals, instants carry Beijing's
 * offset. The order of keys is fixed, because a replay must equal the first answer byte for byte although one was made
 * from memory and the other from the database.
 */
import * as z from 'zod'
import { type Day, formatInstant, monthOf } from '../base/calendar.ts'
import { formatFen } from '../base/money.ts'
import type { Balance } from '../ledger/balance.ts'
import { type Book, entities, entityNamesZh } from '../ledger/book.ts'
import { bases, dimensions, type Subject } from '../ledger/chart.ts'
import { dimensionForms } from '../ledger/forms.ts'
import { farAhead, farAheadText } from '../ledger/far-ahead.ts'
import { approvalText, documentText, entryId, type PostedEntry, quoted } from '../ledger/leaf.ts'
import { about, amountOut, instantOut, namesOf } from '../form/field.ts'

const dayOut = z.string().meta({ ...about('业务日期', 'business date'), format: 'date' })
const side = z.enum(['debit', 'credit'])

// --- Books ----------------------------------------------------------------------------------------------------------

export const bookView = z
  .strictObject({
    code: z.string(),
    name: z.string(),
    district: z.string(),
    standard: z.string(),
    entity: z.exactOptional(z.enum(entities).meta(about(namesOf(entityNamesZh), 'of a government book: whose it is'))),
    /** Only on sample books. */
    sampleOf: z.exactOptional(
      z.string().meta(about('示例账套的数据来源；真实账套没有此项', 'where the figures of a sample book come from')),
    ),
    createdAt: instantOut(),
  })
  .meta({ id: 'Book', ...about('账套', 'a book: one entity’s set of accounts') })

export const presentBook = ({
  code,
  name,
  district,
  chart,
  entity,
  sampleOf,
  createdAt,
}: Book): z.infer<typeof bookView> => ({
  code,
  name,
  district,
  standard: chart.standard,
  ...(entity !== undefined && { entity }),
  ...(sampleOf !== undefined && { sampleOf }),
  createdAt: formatInstant(createdAt),
})

export const accountView = z
  .strictObject({
    code: z.string(),
    name: z.string(),
    basis: z.enum(bases),
    side: side.meta(about('余额方向', 'normal side')),
    guarded: z.boolean().meta(about('余额不得为负', 'may not go below zero')),
    postable: z.boolean().meta(about('末级科目，可以记账', 'has no children and takes postings')),
    requires: z.array(z.enum(dimensions)).meta(about('每行必须写明', 'must be on every line')),
    keptBy: z.array(z.enum(dimensions)).meta(about('余额按此分别核算', 'balances are kept by these')),
  })
  .meta({ id: 'Account', ...about('科目', 'an account of the chart') })

export const presentAccount = ({
  code,
  name,
  basis,
  side,
  guarded,
  postable,
  requires,
  keptBy,
}: Subject): z.infer<typeof accountView> => ({
  code,
  name,
  basis,
  side,
  guarded,
  postable,
  requires: [...requires],
  keptBy: [...keptBy],
})

// --- Entries --------------------------------------------------------------------------------------------------------

const lineView = z
  .strictObject({
    account: z.string(),
    basis: z.enum(bases),
    debit: z.exactOptional(amountOut('借方金额；红字为负', 'debit; red figures are negative')),
    credit: z.exactOptional(amountOut('贷方金额；红字为负', 'credit; red figures are negative')),
    ...dimensionForms,
    memo: z.exactOptional(z.string()),
  })
  .meta({ id: 'Line', ...about('凭证行', 'a line') })

const documentView = z.strictObject({
  number: z.exactOptional(z.string()),
  title: z.exactOptional(z.string()),
  sha256: z.exactOptional(z.string()),
})

const approvalView = z.strictObject({ person: z.string(), decision: z.string(), at: z.string(), of: z.string() })

export const entryView = z
  .strictObject({
    id: z.string().meta(about('凭证编号，如 E3-17', 'id of the entry, such as E3-17')),
    book: z.string(),
    period: z.string().meta(about('会计期间', 'month of the business date')),
    number: z.int().meta(about('凭证号，按账套和月份连续', 'voucher number, without gaps within book and month')),
    sequence: z.int().meta(about('记账顺序号，按账套连续', 'place in the book, without gaps')),
    on: dayOut,
    recordedAt: instantOut(),
    hash: z.string().meta(about('凭证的 SHA-256 叶哈希', 'SHA-256 leaf hash of the entry')),
    type: z.string(),
    summary: z.string(),
    maker: z.string().meta(about('制单人', 'who made it')),
    approvals: z.array(approvalView).meta(about('办理经过', 'who submitted, checked and approved it')),
    documents: z.array(documentView),
    lines: z.array(lineView),
    reverses: z.exactOptional(z.string().meta(about('所冲销的凭证', 'the entry this one reverses'))),
    reversedBy: z.exactOptional(z.string().meta(about('冲销本凭证的红字凭证', 'the red entry of this one'))),
    transaction: z.exactOptional(z.string().meta(about('所属事务', 'the transaction it belongs to'))),
    warnings: z.exactOptional(
      z.array(z.string()).meta(about('提示，如业务日期过远', 'what is worth a second look, such as a day far ahead')),
    ),
  })
  .meta({ id: 'Entry', ...about('凭证', 'an entry as it stands in its book') })

/**
 * An entry as JSON, in the order of `entryView`. Its lines, approvals and documents are the very text its hash is made
 * of, so a thousand entries are answered without making a view of each.
 */
export function entryText(entry: PostedEntry, reversedBy?: number): string {
  const { bookId, sequence, on, reverses, transaction, approvals, documents } = entry
  const recordedAt = formatInstant(entry.recordedAt)
  let text =
    `{"id":"${entryId(bookId, sequence)}","book":${quoted(entry.book)},"period":"${monthOf(on)}",` +
    `"number":${entry.number},"sequence":${sequence},"on":"${on}","recordedAt":"${recordedAt}",` +
    `"hash":"${entry.hash.toString('hex')}","type":${quoted(entry.type)},"summary":${quoted(entry.summary)},` +
    `"maker":${quoted(entry.maker)},"approvals":[${approvals.map(approvalText).join(',')}],` +
    `"documents":[${documents.map(documentText).join(',')}],"lines":${entry.linesText}`
  if (reverses !== undefined) text += `,"reverses":"${entryId(bookId, reverses)}"`
  if (transaction !== undefined) text += `,"transaction":"${transaction}"`
  if (reversedBy !== undefined) text += `,"reversedBy":"${entryId(bookId, reversedBy)}"`
  // Written in Beijing's time, an instant begins with its business day.
  const last = farAhead(on, recordedAt.slice(0, 10) as Day)
  if (last !== undefined) text += `,"warnings":[${quoted(farAheadText(on, last).zh)}]`
  return `${text}}`
}

export const entryTexts = (entries: readonly PostedEntry[]): string[] => entries.map((entry) => entryText(entry))

/** Entries never change: their hash is their version. */
export const etagOf = (entry: PostedEntry): string => `"${entry.hash.toString('hex')}"`

// --- Balances -------------------------------------------------------------------------------------------------------

export const balanceShape = {
  debit: amountOut('借方累计发生额', 'sum of debits'),
  credit: amountOut('贷方累计发生额', 'sum of credits'),
  balance: amountOut('余额，不为负', 'balance, not negative'),
  side: side.meta(about('余额方向', 'the side the balance lies on')),
}

export const balanceView = z.strictObject(balanceShape).meta({ id: 'Balance', ...about('余额', 'a balance') })

export const presentBalance = ({ debitFen, creditFen, balanceFen, side }: Balance): z.infer<typeof balanceView> => ({
  debit: formatFen(debitFen),
  credit: formatFen(creditFen),
  balance: formatFen(balanceFen),
  side,
})

// --- Lists and problems ---------------------------------------------------------------------------------------------

export const nextView = z
  .union([z.string(), z.null()])
  .meta(about('下一页的 cursor；没有下一页为 null', 'cursor of the next page, null on the last'))

/** A page of a list. */
export const pageOf = (item: z.ZodType) => z.strictObject({ items: z.array(item), next: nextView })

export const problemForm = z
  .strictObject({
    type: z.string().meta(about('问题类型的地址', 'URI of the kind of problem')),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta(about('说明与下一步', 'what happened and what to do')),
    code: z.string().meta(about('稳定的代码', 'stable code')),
    clause: z.exactOptional(z.string().meta(about('所依据的条款', 'the clause it rests on'))),
    errors: z.exactOptional(
      z.array(z.strictObject({ path: z.string().meta(about('JSON 指针', 'JSON pointer')), message: z.string() })),
    ),
  })
  .meta({ id: 'Problem', ...about('问题（RFC 9457）', 'a problem (RFC 9457)') })
