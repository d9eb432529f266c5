/**
 * `yiben take-over …`: a start in mid-year out of files, proposed whole or not at all for others to check and approve,
 * and what became of it. The originals are uploaded to the book first; one that is there already changes nothing.
 */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import * as z from 'zod'
import type { Table } from '../../../reports/table.ts'
import type { Actor } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import { levelNamesZh, paymentNamesZh } from '../../budget/indicator/indicator.ts'
import { year } from '../../form/field.ts'
import { type Columns, readRows, type RowFault } from '../../form/file/rows.ts'
import { uploadAttachment } from '../../ledger/attachments.ts'
import { lineDraft } from '../../ledger/forms.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { ImportRefused } from '../../projects/import.ts'
import { stateNamesZh } from '../../projects/terms.ts'
import { rowForms, type TakeOverGiven } from '../../vouchers/take-over/forms.ts'
import { listTakeOvers, type TakeOver } from '../../vouchers/take-over/reads.ts'
import { balanceFaults, documentFaults } from '../../vouchers/take-over/rows.ts'
import { takeOverNames, type TakeOverState, takeOverStateNamesZh } from '../../vouchers/take-over/take-over.ts'
import { proposeTakeOver } from '../../vouchers/take-over/verbs.ts'
import { bearerOf, loginName, operator, withLedger } from './open.ts'
import { Told } from '../failure.ts'
import { byRow, bytesOf, recordsOf } from './rows.ts'
import { amount, count, day, dayOption, everyOf, type Given, print, tableOf, text, withFormat } from '../table.ts'

export function takeOverCommand(program: Command): void {
  const takeOver = program.command('take-over').description('建账接转：年中建账 / taking over books and register')
  const propose = takeOver
    .command('propose')
    .description('从文件报批，全部成功或全部不做；他人复核、审批后生效 / propose out of files, all or none')
    .requiredOption('--book <code>', '账套 / book')
    .requiredOption('--on <day>', '接转日：首个开放会计期间的第一天 / first day of the first open period', dayOption)
    .requiredOption('--summary <text>', '摘要 / summary')
    .requiredOption('--document <number=file...>', '依据：文号=原件，可多个 / documents: number=file', documentOption)
    .option('--person <name>', '由谁报批；缺省为本机登录名 / who proposes; the login name by default')
    .option('--token <token>', '以某人的令牌报批 / with a person’s token')
  for (const [name, { about, columns }] of Object.entries(files)) {
    propose.option(`--${name} <file>`, `${about}；列 / columns: ${Object.keys(columns).join(',')}`)
  }
  propose.action(proposeFrom)
  withFormat(takeOver.command('list').description('建账接转，按提交顺序 / take-overs, oldest first'))
    .option('--book <code>', '账套 / book')
    .addOption(new Option('--state <state>', '状态 / state').choices(Object.keys(takeOverStateNamesZh)))
    .action(({ format, ...query }: Given & Filter) =>
      print({ format }, (ledger) => listTable(ledger, query), { id: 'listTakeOvers', query }),
    )
}

type Paper = { readonly number: string; readonly file: string }

function documentOption(given: string, before: readonly Paper[] = []): Paper[] {
  const at = given.indexOf('=')
  if (at < 1 || at === given.length - 1) throw new InvalidArgumentError('须为 文号=文件 / must be number=file')
  return [...before, { number: given.slice(0, at), file: given.slice(at + 1) }]
}

// --- Files ----------------------------------------------------------------------------------------------------------

type File<Form extends z.ZodType> = {
  readonly about: string
  readonly columns: Columns
  readonly form: Form
}

// A cell is text; a form of a request takes these as numbers.
const whole = z
  .string({ error: 'positive' })
  .regex(/^[1-9][0-9]{0,5}$/, { error: 'positive', abort: true })
  .transform(Number)
const optional = (zh: string) => ({ zh, optional: true }) as const

const dated = { on: { zh: '自何日' }, document: { zh: '依据文号', free: true } } as const
const files = {
  balances: {
    about: '期初余额 / opening balances',
    columns: {
      account: { zh: '科目' },
      debit: optional('借方'),
      credit: optional('贷方'),
      project: optional('项目'),
      source: optional('资金来源'),
      counterparty: optional('往来单位'),
      item: optional('改造内容'),
      contract: optional('合同'),
      dwelling: optional('房屋'),
      indicator: optional('指标'),
      segment: optional('标段'),
      debt: optional('债务'),
      memo: { zh: '行摘要', optional: true, free: true },
    },
    form: rowForms.balance,
  },
  indicators: {
    about: '预算指标（金额见期初余额） / indicators',
    columns: {
      indicator: { zh: '指标' },
      documentNumber: { zh: '文号', free: true },
      level: { zh: '级次', words: levelNamesZh },
      source: { zh: '资金来源' },
      year: { zh: '年度' },
      programme: { zh: '未分解项目编号' },
      purpose: { zh: '用途', free: true },
      payment: { zh: '支付方式', words: paymentNamesZh },
    },
    form: rowForms.indicator.extend({ year }),
  },
  batches: {
    about: '项目列入批次 / projects in batches',
    columns: { project: { zh: '项目' }, year: { zh: '年度' }, batch: { zh: '批次' }, ...dated },
    form: rowForms.batch.extend({ year, batch: whole }),
  },
  plans: {
    about: '现行资金方案 / plans in force',
    columns: { project: { zh: '项目' }, version: { zh: '方案版本' }, ...dated },
    form: rowForms.plan.extend({ version: whole }),
  },
  states: {
    about: '项目状态 / states of projects',
    columns: { project: { zh: '项目' }, to: { zh: '状态', words: stateNamesZh }, ...dated },
    form: rowForms.state,
  },
} as const satisfies Readonly<Record<string, File<z.ZodType>>>

type FileName = keyof typeof files
const fileNames = Object.keys(files) as FileName[]

type Read = { readonly [Name in FileName]?: { readonly row: number; readonly value: RowOf<Name> }[] }
type RowOf<Name extends FileName> = z.output<(typeof files)[Name]['form']>

/** The rows of all files, or all that is wrong with any. */
async function readFiles(paths: Readonly<Partial<Record<FileName, string>>>): Promise<Read> {
  const read: Record<string, unknown> = {}
  const faults: RowFault[] = []
  for (const name of fileNames) {
    const path = paths[name]
    if (path === undefined) continue
    const { columns, form } = files[name]
    const found = readRows(await recordsOf(path), columns as Columns, form as z.ZodType)
    read[name] = found.rows
    faults.push(...found.faults.map((fault) => ({ ...fault, file: path })))
  }
  if (faults.length > 0) throw new ImportRefused(faults)
  return read
}

// --- Proposing ------------------------------------------------------------------------------------------------------

type Options = Partial<Record<FileName, string>> & {
  readonly book: string
  readonly on: Day
  readonly summary: string
  readonly document: readonly Paper[]
  readonly person?: string
  readonly token?: string
}

async function proposeFrom(options: Options): Promise<void> {
  const { takeOver, approval } = await byRow(async () => {
    const read = await readFiles(options)
    return withLedger(async (ledger) => proposed(ledger, options, read))
  })
  process.stdout.write(`${takeOver}\n`)
  process.stderr.write(`已报批 ${takeOver}，待复核 ${approval} / proposed, to be checked\n`)
}

async function proposed(ledger: Ledger, options: Options, read: Read): Promise<{ takeOver: string; approval: string }> {
  const { book, on, summary } = options
  const actor = await actorOf(ledger, options)
  const faults = [
    ...(await balanceFaults(ledger, actor, {
      book,
      on,
      file: options.balances ?? '',
      rows: (read.balances ?? []).map(({ row, value }) => ({ row, line: lineDraft(value) })),
    })),
    ...documentFaults(
      (['batches', 'plans', 'states'] as const).flatMap((name) =>
        (read[name] ?? []).map(({ row, value }) => ({ row, file: options[name] ?? '', ...value })),
      ),
      options.document.map(({ number }) => number),
    ),
  ]
  if (faults.length > 0) throw new ImportRefused(faults)
  const documents = await uploaded(ledger, actor, book, options.document)
  const given: TakeOverGiven = { book, on, summary, documents, ...rowsOf(read) }
  const answer = await proposeTakeOver(ledger, actor, given, randomUUID())
  if ('answer' in answer) return { takeOver: answer.answer.takeOver.takeOver, approval: answer.answer.approval }
  const { code, detail } = answer.refusal
  process.stderr.write(`${code}: ${detail.zh} / ${detail.en}\n`)
  throw new Told('take-over refused')
}

const rowsOf = ({ balances, indicators, batches, plans, states }: Read) => {
  const values = <Row>(rows: readonly { readonly value: Row }[]): Row[] => rows.map(({ value }) => value)
  return {
    ...(balances && { balances: values(balances) }),
    ...(indicators && { indicators: values(indicators) }),
    ...(batches && { batches: values(batches) }),
    ...(plans && { plans: values(plans) }),
    ...(states && { states: values(states) }),
  }
}

async function uploaded(ledger: Ledger, actor: Actor, book: string, papers: readonly Paper[]) {
  const documents: { number: string; title: string; sha256: string }[] = []
  for (const { number, file } of papers) {
    const original = { name: basename(file), mediaType: 'application/octet-stream', content: await bytesOf(file) }
    const { attachment } = await uploadAttachment(ledger, actor, book, original)
    documents.push({ number, title: attachment.name, sha256: attachment.sha256 })
  }
  return documents
}

const actorOf = async (ledger: Ledger, { person, token }: Options): Promise<Actor> =>
  token === undefined ? { ...operator(), person: person ?? loginName() } : bearerOf(ledger, token)

// --- List -----------------------------------------------------------------------------------------------------------

type Filter = { readonly book?: string; readonly state?: TakeOverState }

async function listTable(ledger: Ledger, { book, state }: Filter): Promise<Table> {
  return tableOf<TakeOver>({
    title: '建账接转',
    notes: ['单位：元'],
    columns: [
      text('takeOver', '编号', 'Number', ({ id }) => takeOverNames.nameOf(id)),
      text('book', '账套', 'Book', (row) => row.book),
      day('on', '接转日', 'Day', ({ on }) => on),
      text('state', '状态', 'State', (row) => takeOverStateNamesZh[row.state]),
      amount('amount', '金额', 'Amount', ({ amountFen }) => amountFen),
      count('balances', '期初行', 'Balances', ({ balances }) => balances),
      count('registerRows', '登记行', 'Rows', ({ registerRows }) => registerRows),
      text('madeBy', '经办', 'Made by', ({ madeBy }) => madeBy),
      text('approval', '审批', 'Approval', ({ approval }) => approval),
      text('entries', '期初凭证', 'Entries', ({ entries }) => entries.join(' ')),
      text('summary', '摘要', 'Summary', ({ summary }) => summary),
    ],
    items: await everyOf(
      0n,
      (after, limit) => listTakeOvers(ledger, operator(), { book, state, after, limit }),
      ({ id }) => id,
    ),
  })
}
