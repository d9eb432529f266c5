/**
 * `yiben book …`: reading the books from the command line, as text with Chinese headers, CSV or JSON. Amounts are exact in each.
 * Whoever can read the data folder can read the books, so no token is asked for.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { renderCsv } from '../../../reports/render/csv.ts'
import { renderJson } from '../../../reports/render/json.ts'
import { renderPlain } from '../../../reports/render/plain.ts'
import { amount, count, instant, onDay, type Row, type Table, text } from '../../../reports/table.ts'
import { trialBalanceTable } from '../../../reports/trial-balance.ts'
import { type Day, formatInstant, type Instant, parseDay, parseInstant } from '../../base/calendar.ts'
import {
  type Balance,
  readBalance,
  readStatement,
  readTrialBalance,
  type StatementPlace,
} from '../../ledger/balance.ts'
import { listBooks } from '../../ledger/book-list.ts'
import type { Book } from '../../ledger/book.ts'
import { type Basis, bases } from '../../ledger/chart.ts'
import { readEntriesAfter } from '../../ledger/journal.ts'
import { entryId } from '../../ledger/leaf.ts'
import { bookFor, type Ledger, openLedger } from '../../ledger/ledger.ts'
import { operator, withDatabase } from './open.ts'

const formats = ['text', 'csv', 'json'] as const
type Format = (typeof formats)[number]
const renderers: Record<Format, (table: Table) => string> = {
  text: renderPlain,
  csv: (table) => renderCsv(table),
  json: renderJson,
}

type Common = { readonly format: Format }
type OfBook = Common & { readonly book: string }
type Moment = { readonly asOf?: Day; readonly knownAt?: Instant }
type Filter = { readonly account?: string; readonly project?: string; readonly source?: string }

export function bookCommand(program: Command): void {
  const book = program.command('book').description('查账 / read the books')
  withFormat(book.command('list').description('账套列表 / list of books')).action((given: Common) =>
    print(given, async (ledger) => booksTable(ledger)),
  )
  withMoment(ofBook(book, 'trial-balance', '科目余额表 / trial balance'))
    .addOption(new Option('--basis <basis>', '核算基础 / basis').choices(bases))
    .action((given: OfBook & Moment & { basis?: Basis }) => printOf(given, trialBalance(given)))
  withMoment(withFilter(ofBook(book, 'balance', '一个科目的余额 / balance of an account'))).action(
    (given: OfBook & Moment & Filter) => printOf(given, balance(given)),
  )
  withRange(withFilter(ofBook(book, 'statement', '明细账 / statement of an account'), true)).action(
    (given: OfBook & Filter & { account: string; from: Day; to: Day }) => printOf(given, statement(given)),
  )
  withRange(ofBook(book, 'entries', '凭证序时簿 / entries in order'), false).action(
    (given: OfBook & { from?: Day; to?: Day }) => printOf(given, entries(given)),
  )
}

// --- Options --------------------------------------------------------------------------------------------------------

const withFormat = (command: Command): Command =>
  command.addOption(new Option('--format <format>', '输出格式 / output format').choices(formats).default('text'))

const ofBook = (parent: Command, name: string, about: string): Command =>
  withFormat(parent.command(name).description(about)).requiredOption('--book <code>', '账套编号 / code of the book')

const withMoment = (command: Command): Command =>
  command
    .option('--as-of <day>', '截至业务日期 / by business date', dayOption)
    .option('--known-at <instant>', '按某时刻所知 / as known at an instant', instantOption)

function withFilter(command: Command, required = false): Command {
  const account = new Option('--account <code>', '科目代码或其开头 / account code or its beginning').argParser(
    accountOption,
  )
  return command
    .addOption(required ? account.makeOptionMandatory() : account)
    .option('--project <id>', '项目 / project')
    .option('--source <code>', '资金来源 / fund source')
}

function withRange(command: Command, required = true): Command {
  for (const [name, about] of [
    ['--from <day>', '起始日 / first day'],
    ['--to <day>', '截止日 / last day'],
  ] as const) {
    const option = new Option(name, about).argParser(dayOption)
    command.addOption(required ? option.makeOptionMandatory() : option)
  }
  return command
}

function dayOption(given: string): Day {
  const day = parseDay(given)
  if (day === undefined) throw new InvalidArgumentError('须为真实日期，如 2026-03-31 / must be a real day')
  return day
}

function instantOption(given: string): Instant {
  const at = parseInstant(given)
  if (at === undefined)
    throw new InvalidArgumentError('须为带时区的时刻，如 2026-03-31T12:00:00+08:00 / must be an instant with offset')
  return at
}

function accountOption(given: string): string {
  if (!/^[0-9]{1,12}$/.test(given)) throw new InvalidArgumentError('须为数字科目代码 / must be digits')
  return given
}

// --- Tables ---------------------------------------------------------------------------------------------------------

type TableOf = (ledger: Ledger, book: Book) => Promise<Table>

async function print({ format }: Common, table: (ledger: Ledger) => Promise<Table>): Promise<void> {
  const made = await withDatabase((database) => table(openLedger(database)))
  process.stdout.write(renderers[format](made))
}

const printOf = (given: OfBook, table: TableOf): Promise<void> =>
  print(given, async (ledger) => table(ledger, await bookFor(ledger, operator(), given.book, 'book.read')))

async function booksTable({ database }: Ledger): Promise<Table> {
  const rows: Row[] = []
  for (let after = 0; ; ) {
    const page = await listBooks(database, operator(), { after, limit: 500 })
    const last = page.at(-1)
    if (!last) break
    after = last.bookId
    rows.push(
      ...page.map(({ code, name, district, chart, sampleOf }) => ({
        cells: [text(code), text(name), text(district), text(chart.title), text(sampleOf)],
      })),
    )
  }
  return {
    title: '账套',
    notes: [],
    columns: [
      { key: 'code', zh: '编号', en: 'Code', kind: 'text' },
      { key: 'name', zh: '名称', en: 'Name', kind: 'text' },
      { key: 'district', zh: '区划', en: 'District', kind: 'text' },
      { key: 'standard', zh: '会计制度', en: 'Standard', kind: 'text' },
      { key: 'sampleOf', zh: '示例来源', en: 'Sample of', kind: 'text' },
    ],
    rows,
  }
}

const momentNotes = ({ asOf, knownAt }: Moment): string[] => [
  ...(asOf === undefined ? [] : [`截至 ${asOf}`]),
  ...(knownAt === undefined ? [] : [`按 ${formatInstant(knownAt)} 所知`]),
]

const trialBalance =
  (given: Moment & { basis?: Basis }): TableOf =>
  async ({ database }, book) =>
    trialBalanceTable(
      '科目余额表',
      [`${book.code} ${book.name}`, ...momentNotes(given), '单位：元'],
      await readTrialBalance(database, book, given),
    )

const balanceColumns = [
  { key: 'debit', zh: '借方发生额', en: 'Debits', kind: 'amount' },
  { key: 'credit', zh: '贷方发生额', en: 'Credits', kind: 'amount' },
  { key: 'balance', zh: '余额', en: 'Balance', kind: 'amount' },
  { key: 'side', zh: '方向', en: 'Side', kind: 'text' },
] as const

const sideZh = { debit: '借', credit: '贷' } as const
const balanceCells = ({ debitFen, creditFen, balanceFen, side }: Balance) => [
  amount(debitFen),
  amount(creditFen),
  amount(balanceFen),
  text(sideZh[side]),
]

const balance =
  (given: Filter & Moment): TableOf =>
  async ({ database }, book) => ({
    title: '余额',
    notes: [`${book.code} ${book.name}`, ...momentNotes(given), '单位：元'],
    columns: balanceColumns,
    rows: [{ cells: balanceCells(await readBalance(database, book, given)) }],
  })

const statement =
  (given: Filter & { account: string; from: Day; to: Day }): TableOf =>
  async ({ database }, book) => {
    const rows: Row[] = []
    let after: StatementPlace | undefined
    let page
    do {
      page = await readStatement(database, book, { ...given, limit: 500, after })
      rows.push(
        ...page.items.map((item) => ({
          cells: [
            onDay(item.on),
            count(item.number),
            text(item.summary),
            text(item.account),
            text(item.project),
            text(item.source),
            ...balanceCells(item),
          ],
        })),
      )
      after = page.next
    } while (after)
    return {
      title: `明细账 ${given.account}`,
      notes: [`${book.code} ${book.name}`, `${given.from} 至 ${given.to}`, '单位：元'],
      columns: [
        { key: 'on', zh: '日期', en: 'Date', kind: 'day' },
        { key: 'number', zh: '凭证号', en: 'Number', kind: 'count' },
        { key: 'summary', zh: '摘要', en: 'Summary', kind: 'text' },
        { key: 'account', zh: '科目', en: 'Account', kind: 'text' },
        { key: 'project', zh: '项目', en: 'Project', kind: 'text' },
        { key: 'source', zh: '资金来源', en: 'Source', kind: 'text' },
        ...balanceColumns,
      ],
      rows: [openingRow('期初余额', given.from, page.opening), ...rows, openingRow('期末余额', given.to, page.closing)],
    }
  }

const openingRow = (name: string, on: Day, balance: Balance): Row => ({
  cells: [onDay(on), text(''), text(name), text(''), text(''), text(''), ...balanceCells(balance)],
  total: true,
})

const entries =
  (given: { from?: Day; to?: Day }): TableOf =>
  async ({ database }, book) => {
    const rows: Row[] = []
    for (let after = 0; ; ) {
      const page = await readEntriesAfter(database, book, after, 500, given)
      const last = page.at(-1)
      if (!last) break
      after = last.sequence
      rows.push(...page.flatMap(entryRows))
    }
    return { title: '凭证序时簿', notes: [`${book.code} ${book.name}`, '单位：元'], columns: entryColumns, rows }
  }

const entryColumns = [
  { key: 'id', zh: '凭证', en: 'Entry', kind: 'text' },
  { key: 'on', zh: '日期', en: 'Date', kind: 'day' },
  { key: 'number', zh: '凭证号', en: 'Number', kind: 'count' },
  { key: 'recordedAt', zh: '记账时间', en: 'Recorded', kind: 'instant' },
  { key: 'summary', zh: '摘要', en: 'Summary', kind: 'text' },
  { key: 'account', zh: '科目', en: 'Account', kind: 'text' },
  { key: 'project', zh: '项目', en: 'Project', kind: 'text' },
  { key: 'source', zh: '资金来源', en: 'Source', kind: 'text' },
  { key: 'debit', zh: '借方', en: 'Debit', kind: 'amount' },
  { key: 'credit', zh: '贷方', en: 'Credit', kind: 'amount' },
] as const

function entryRows({
  bookId,
  sequence,
  on,
  number,
  recordedAt,
  summary,
  lines,
}: Awaited<ReturnType<typeof readEntriesAfter>>[number]): Row[] {
  return lines.map(({ account, project, source, side, amountFen }) => ({
    cells: [
      text(entryId(bookId, sequence)),
      onDay(on),
      count(number),
      instant(recordedAt),
      text(summary),
      text(account),
      text(project),
      text(source),
      side === 'debit' ? amount(amountFen) : text(''),
      side === 'credit' ? amount(amountFen) : text(''),
    ],
  }))
}
