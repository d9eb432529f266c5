/**
 * `yiben book …`: reading the books from the command line, as text with Chinese headers, CSV or JSON. Amounts are exact
 * in each. Whoever can read the data folder can read the books, so no token is asked for.
 */
import { type Command, Option } from 'commander'
import type { Table } from '../../../reports/table.ts'
import { trialBalanceTable } from '../../../reports/trial-balance.ts'
import { type Day, formatInstant, type Instant } from '../../base/calendar.ts'
import { type Balance, readBalance, readStatement, type StatementPlace } from '../../ledger/balance.ts'
import { readTrialBalance } from '../../ledger/trial-balance.ts'
import { listBooks } from '../../ledger/book-list.ts'
import type { Book } from '../../ledger/book.ts'
import { type Basis, bases } from '../../ledger/chart.ts'
import { firstBookDay, lastBookDay } from '../../ledger/entry.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { sourceOnRecord } from '../../policy/sources.ts'
import { requireOrder } from '../../http/problem.ts'
import {
  amount,
  type ColumnOf,
  count,
  day,
  dayOption,
  everyOf,
  type Given,
  instantOption,
  optionOf,
  pageSize,
  print,
  tableOf,
  text,
  withFormat,
} from '../table.ts'
import { entriesCommand } from './entries.ts'
import { operator } from './open.ts'

type OfBook = Given & { readonly book: string }
type TrialGiven = Moment & { readonly from?: Day; readonly basis?: Basis }
type StatementGiven = Filter & {
  readonly account: string
  readonly from?: Day
  readonly to?: Day
  readonly knownAt?: Instant
}
type Moment = { readonly asOf?: Day; readonly knownAt?: Instant }
type Filter = { readonly account?: string; readonly project?: string; readonly source?: string }

export function bookCommand(program: Command): void {
  const book = program.command('book').description('查账 / read the books')
  withFormat(book.command('list').description('账套列表 / list of books')).action((given: Given) =>
    print(given, async (ledger) => booksTable(ledger), { id: 'listBooks' }),
  )
  withMoment(ofBook(book, 'trial-balance', '科目余额表 / trial balance'))
    .option('--from <day>', '本期首日：另给期初与本期 / first day of the period, with opening and turnover', dayOption)
    .addOption(new Option('--basis <basis>', '核算基础 / basis').choices(bases))
    .action((given: OfBook & TrialGiven) => printOf(given, 'readTrialBalance', trialBalance(given)))
  withMoment(withFilter(ofBook(book, 'balance', '一个科目的余额 / balance of an account'))).action(
    (given: OfBook & Moment & Filter) => printOf(given, 'readBalance', balance(given)),
  )
  withFilter(ofBook(book, 'statement', '明细账 / statement of an account'), true)
    .option('--from <day>', '起始日，缺省为最早 / first day', dayOption)
    .option('--to <day>', '截止日，缺省为最后 / last day', dayOption)
    .option('--known-at <instant>', '按某时刻所知 / as known at an instant', instantOption)
    .action((given: OfBook & StatementGiven) => printOf(given, 'readStatement', statement(given)))
  entriesCommand(book)
}

// --- Options --------------------------------------------------------------------------------------------------------

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

const accountOption = optionOf(
  (given) => (/^[0-9]{1,12}$/.test(given) ? given : undefined),
  '须为数字科目代码 / must be digits',
)

// --- Tables ---------------------------------------------------------------------------------------------------------

type TableIn = (ledger: Ledger, book: Book) => Promise<Table>

const printOf = ({ format, book, ...query }: OfBook, id: string, table: TableIn): Promise<void> =>
  print({ format }, async (ledger) => table(ledger, await bookFor(ledger, operator(), book, 'book.read')), {
    id,
    params: { book },
    query,
  })

async function booksTable({ database }: Ledger): Promise<Table> {
  const items = await everyOf(
    0,
    (after, limit) => listBooks(database, operator(), { after, limit }),
    ({ bookId }) => bookId,
  )
  return tableOf<Book>({
    title: '账套',
    notes: [],
    columns: [
      text('code', '编号', 'Code', ({ code }) => code),
      text('name', '名称', 'Name', ({ name }) => name),
      text('district', '区划', 'District', ({ district }) => district),
      text('standard', '会计制度', 'Standard', ({ chart }) => chart.title),
      text('sampleOf', '示例来源', 'Sample of', ({ sampleOf }) => sampleOf),
    ],
    items,
  })
}

const momentNotes = ({ from, asOf, knownAt }: TrialGiven): string[] => [
  ...(from === undefined ? [] : [`本期自 ${from}`]),
  ...(asOf === undefined ? [] : [`截至 ${asOf}`]),
  ...(knownAt === undefined ? [] : [`按 ${formatInstant(knownAt)} 所知`]),
]

const trialBalance =
  (given: TrialGiven): TableIn =>
  async ({ database }, book) => {
    requireOrder(given.from, given.asOf)
    return trialBalanceTable(
      '科目余额表',
      [`${book.code} ${book.name}`, ...momentNotes(given), '单位：元'],
      await readTrialBalance(database, book, given),
    )
  }

const sideZh = { debit: '借', credit: '贷' } as const

const balanceColumns: readonly ColumnOf<Balance>[] = [
  amount('debit', '借方发生额', 'Debits', ({ debitFen }) => debitFen),
  amount('credit', '贷方发生额', 'Credits', ({ creditFen }) => creditFen),
  amount('balance', '余额', 'Balance', ({ balanceFen }) => balanceFen),
  text('side', '方向', 'Side', ({ side }) => side && sideZh[side]),
]

const balance =
  (given: Filter & Moment): TableIn =>
  async ({ database }, book) =>
    tableOf<Balance>({
      title: '余额',
      notes: [`${book.code} ${book.name}`, ...momentNotes(given), '单位：元'],
      columns: balanceColumns,
      items: [await readBalance(database, book, given)],
    })

type Page = Awaited<ReturnType<typeof readStatement>>
type StatementItem = Page['items'][number]
/** What moved an account, or where it stood on a day. */
type Statement = Balance & Pick<StatementItem, 'summary'> & Partial<StatementItem>

const statementColumns = (nameOf: (account: string) => string | undefined): readonly ColumnOf<Statement>[] => [
  day('on', '日期', 'Date', ({ on }) => on),
  count('number', '凭证号', 'Number', ({ number }) => number),
  text('summary', '摘要', 'Summary', ({ summary }) => summary),
  text('account', '科目', 'Account', ({ account }) => account),
  text('name', '科目名称', 'Name', ({ account }) => account && nameOf(account)),
  text('project', '项目', 'Project', ({ project }) => project),
  text(
    'source',
    '资金来源',
    'Source',
    ({ source }) => source && `${source} ${sourceOnRecord(source)?.zh ?? ''}`.trim(),
  ),
  ...balanceColumns,
]

const statement =
  ({ from = firstBookDay, to = lastBookDay, ...asked }: StatementGiven): TableIn =>
  async ({ database }, book) => {
    requireOrder(from, to)
    const given = { ...asked, from, to }
    const nameOf = (code: string) => book.chart.subjects.get(code)?.name
    const items: StatementItem[] = []
    let after: StatementPlace | undefined
    let page: Page
    do {
      page = await readStatement(database, book, { ...given, limit: pageSize, after })
      items.push(...page.items)
      after = page.next
    } while (after)
    return tableOf<Statement>({
      title: `明细账 ${given.account}`,
      notes: [
        `${book.code} ${book.name}`,
        `${from === firstBookDay ? '自始' : from} 至 ${to === lastBookDay ? '今' : to}`,
        ...momentNotes({ ...(asked.knownAt !== undefined && { knownAt: asked.knownAt }) }),
        '单位：元',
      ],
      columns: statementColumns(nameOf),
      above: [{ ...page.opening, ...(from !== firstBookDay && { on: from }), summary: '期初余额' }],
      items,
      below: [{ ...page.closing, ...(to !== lastBookDay && { on: to }), summary: '期末余额' }],
    })
  }
