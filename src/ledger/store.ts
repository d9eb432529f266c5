/**
 * The SQL of posting: lock, read, write. A batch takes the same few statements whether it holds one entry or a
 * thousand; columns travel as arrays. Everything here runs inside `transact()`, and nothing here decides.
 */
import { addDays, type Day, firstDayOf, instantText, type Month, monthOf } from '../base/calendar.ts'
import { bytesArray, hexArray, intArray, textArray } from '../base/arrays.ts'
import { assert } from '../base/assert.ts'
import { instantColumn, type Statement, type Tx } from '../base/db.ts'
import type { Step } from '../base/wire/pipeline.ts'
import type { Fen } from '../base/money.ts'
import type { RefusalRecord } from '../base/refusal.ts'
import { type AccountState, type Book, type BookState, type Closing, closingsSince } from './book.ts'
import { type Dimension, dimensions, subjectOf } from './chart.ts'
import { type Decided, type DecidedLine, type ExaminedPosting, monthKey } from './decide.ts'
import type { Entry } from './leaf.ts'
import { basisNumber, lastBookDay, noDetails } from './entry.ts'
import { frontierBytes, frontierFromBytes } from './merkle.ts'

/** What a key was answered with. */
export type Receipt = {
  /** 16 bytes in hex, as `keyHash`. */
  readonly requestHash: string
  readonly sequence?: number
  readonly transaction?: string
  readonly refusal?: RefusalRecord
}

export type KeyedReceipt = Receipt & { readonly scope: number; readonly keyHash: string }

/**
 * Locks the heads of books in the one order everybody uses: the statement a posting opens with. Its rows are `Head`s.
 */
export const lockHeads = (bookIds: readonly number[]): string => `${readHeads(bookIds)} for update`

/** The heads of books, in that order. */
export function readHeads(bookIds: readonly number[]): string {
  return `select book_id, sequence, case when isfinite(recorded_at) then ${instantColumn('recorded_at')} else 0 end as recorded_at,
      accounts, acts, to_char(closed_through, 'YYYY-MM') as closed_through, frontier
    from book_head where book_id in (${bookIds.map(Number).join(', ')}) order by book_id`
}

export type Head = {
  book_id: number
  sequence: bigint
  recorded_at: bigint
  accounts: number
  acts: number
  closed_through: string | null
  frontier: Buffer
}

/** A book's state as its head says, with nothing loaded. */
export function stateOf(book: Book, head: Head): BookState {
  const sequence = Number(head.sequence)
  return {
    book,
    sequence,
    recordedAt: head.recorded_at,
    accountCount: head.accounts,
    acts: head.acts,
    closedThrough: (head.closed_through ?? undefined) as Month | undefined,
    frontier: frontierFromBytes(sequence, head.frontier),
    accounts: new Map(),
    numbers: new Map(),
    reversedBy: new Map(),
  }
}

const holdStatement: Statement = { name: 'hold_heads', text: 'select hold_heads($1, $2, $3, $4)' }

/**
 * Locks heads like `lockHeads`, and fails with a serialization failure unless they stand where these states do. The
 * frontier tells it: a hash over every entry of the book, so that no other history of the same length passes for the
 * one that was decided on.
 */
export function holding(states: readonly BookState[]): Step {
  const values = [
    intArray(states.map(({ book }) => book.bookId)),
    intArray(states.map(({ sequence }) => sequence)),
    intArray(states.map(({ acts }) => acts)),
    bytesArray(states.map(({ frontier }) => frontierBytes(frontier))),
  ]
  return { statement: holdStatement, values }
}

/**
 * What keys were answered with: the statement that follows the lock, in the same message. Its rows are `ReceiptRow`s.
 */
export function readReceipts(scopes: readonly number[], keyHashes: readonly string[]): string {
  return `select r.book_id, r.key_hash, r.request_hash, r.sequence, r.transaction_id, r.refusal
    from unnest('${intArray(scopes)}'::int[], '${hexArray(keyHashes)}'::bytea[]) k(book_id, key_hash)
    join receipt r using (book_id, key_hash)`
}

export type ReceiptRow = {
  book_id: number
  key_hash: Buffer
  request_hash: Buffer
  sequence: bigint | null
  transaction_id: string | null
  refusal: RefusalRecord | null
}

export const receiptOf = (row: ReceiptRow): KeyedReceipt => ({
  scope: row.book_id,
  keyHash: row.key_hash.toString('hex'),
  requestHash: row.request_hash.toString('hex'),
  ...(row.sequence !== null && { sequence: Number(row.sequence) }),
  ...(row.transaction_id !== null && { transaction: row.transaction_id }),
  ...(row.refusal !== null && { refusal: row.refusal }),
})

/** An account a batch needs, and the earliest day it needs it from. */
export type Wanted = { readonly key: string; readonly from: Day }

/** Whether anything a posting needs would have to be read first. */
export function lacks(
  { accounts, accountCount, numbers, sequence }: BookState,
  { draft: { on, documents }, lines, reverses }: ExaminedPosting,
): boolean {
  if (reverses !== undefined || documents.some(({ sha256 }) => sha256 !== undefined)) return true
  if (sequence > 0 && !numbers.has(monthOf(on))) return true
  // Where every account is in memory, one that is not there does not exist yet.
  const all = accounts.size === accountCount
  return lines.some(({ accountKey }) => {
    const account = accounts.get(accountKey)
    return account ? on < account.daysFrom : !all
  })
}

/** Brings the accounts, their days and voucher numbers into the state that the batch needs and it lacks. */
export async function load(
  tx: Tx,
  state: BookState,
  wanted: readonly Wanted[],
  months: readonly Month[],
): Promise<void> {
  const unknown = wanted.filter(({ key }) => !state.accounts.has(key))
  // An account above the head's count cannot exist: a book without accounts needs no reading.
  if (unknown.length > 0 && state.accountCount > 0) await loadAccounts(tx, state, unknown)
  const short = wanted.flatMap(({ key, from }) => {
    const account = state.accounts.get(key)
    return account && from < account.daysFrom ? [{ account, from }] : []
  })
  if (short.length > 0) await loadDays(tx, state, short)
  const unnumbered = months.filter((month) => !state.numbers.has(month))
  if (unnumbered.length > 0 && state.sequence > 0) await loadNumbers(tx, state, unnumbered)
}

const loadAccountsStatement: Statement = {
  name: 'load_accounts',
  text: `select a.account, a.key, a.subject, ${dimensions.map((d) => `a.${d}`).join(', ')},
                coalesce(c.debit_fen, 0) as debit_fen, coalesce(c.credit_fen, 0) as credit_fen, c.booked_on::text as last_on
         from unnest($1::text[]) k(key) join account a on a.key = k.key
         left join lateral balance_on(a.book_id, a.account, 'infinity') c on true`,
}

type AccountRow = {
  account: number
  key: string
  subject: string
  debit_fen: bigint
  credit_fen: bigint
  last_on: Day | null
} & {
  [D in Dimension]: string | null
}

// In the table a key begins with its book, so that it can be looked up by itself.
const storedKey = (bookId: number, key: string): string => `${bookId}|${key}`

// One past every day: nothing loaded yet.
const noDays = '9999-12-31' as Day

async function loadAccounts(tx: Tx, state: BookState, wanted: readonly Wanted[]): Promise<void> {
  const { bookId } = state.book
  const rows = await tx.query<AccountRow>(loadAccountsStatement, [
    textArray(wanted.map(({ key }) => storedKey(bookId, key))),
  ])
  for (const row of rows) {
    const subject = subjectOf(state.book.chart, row.subject)
    assert(subject, `subject ${row.subject} of a posted account`)
    const account: AccountState = {
      account: row.account,
      key: row.key.slice(row.key.indexOf('|') + 1),
      subject,
      dimensions: Object.fromEntries(dimensions.flatMap((d) => (row[d] === null ? [] : [[d, row[d]]]))),
      debitFen: row.debit_fen,
      creditFen: row.credit_fen,
      days: new Map(),
      daysFrom: noDays,
      lastOn: row.last_on ?? '',
    }
    state.accounts.set(account.key, account)
  }
}

// What a day moved is its closing less the one before it: the range begins at the last closing before the first day,
// where there is one.
const loadDaysStatement: Statement = {
  name: 'load_days',
  text: `select w.account, c.booked_on::text, c.debit_fen, c.credit_fen
         from unnest($2::int[], $3::date[], $4::date[]) w(account, since, until)
         left join lateral balance_on($1, w.account, w.since - 1) b on true
         cross join lateral (
           select booked_on, debit_fen - coalesce(lag(debit_fen) over day, 0) as debit_fen,
                  credit_fen - coalesce(lag(credit_fen) over day, 0) as credit_fen
           from closing
           where book_id = $1 and account = w.account and booked_on between coalesce(b.booked_on, w.since) and w.until
           window day as (order by booked_on)
         ) c where c.booked_on >= w.since`,
}

async function loadDays(
  tx: Tx,
  state: BookState,
  short: readonly { account: AccountState; from: Day }[],
): Promise<void> {
  const spans = short.map(({ account, from }) => {
    const known = account.daysFrom === noDays ? undefined : addDays(account.daysFrom, -1)
    return { account, from, until: known !== undefined && known < account.lastOn ? known : account.lastOn }
  })
  const reading = spans.filter(({ from, until }) => until >= from)
  const byNumber = new Map(spans.map(({ account }) => [account.account, account]))
  if (reading.length > 0) {
    const rows = await tx.query<{ account: number; booked_on: Day; debit_fen: Fen; credit_fen: Fen }>(
      loadDaysStatement,
      [
        state.book.bookId,
        intArray(reading.map(({ account }) => account.account)),
        textArray(reading.map(({ from }) => from)),
        textArray(reading.map(({ until }) => until)),
      ],
    )
    for (const row of rows) {
      byNumber.get(row.account)?.days.set(row.booked_on, { debitFen: row.debit_fen, creditFen: row.credit_fen })
    }
  }
  for (const { account, from } of spans) account.daysFrom = from
}

const loadNumbersStatement: Statement = {
  name: 'load_numbers',
  text: `select to_char(month, 'YYYY-MM') as month, number from voucher_number where book_id = $1 and month = any($2::date[])`,
}

async function loadNumbers(tx: Tx, state: BookState, months: readonly Month[]): Promise<void> {
  const rows = await tx.query<{ month: Month; number: number }>(loadNumbersStatement, [
    state.book.bookId,
    textArray(months.map(firstDayOf)),
  ])
  for (const { month, number } of rows) state.numbers.set(month, number)
}

const loadReversalsStatement: Statement = {
  name: 'load_reversals',
  text: `select reverses, sequence from entry where book_id = $1 and reverses = any($2::bigint[])`,
}

/** Notes which of these entries are reversed already. */
export async function loadReversals(tx: Tx, state: BookState, sequences: readonly number[]): Promise<void> {
  const rows = await tx.query<{ reverses: bigint; sequence: bigint }>(loadReversalsStatement, [
    state.book.bookId,
    intArray(sequences),
  ])
  for (const { reverses, sequence } of rows) state.reversedBy.set(Number(reverses), Number(sequence))
}

const existingAttachmentsStatement: Statement = {
  name: 'existing_attachments',
  text: `select sha256 from attachment where book_id = $1 and sha256 = any($2::bytea[])`,
}

/** Which of these originals a book has. */
export async function existingAttachments(tx: Tx, bookId: number, hashes: readonly Buffer[]): Promise<Set<string>> {
  const rows = await tx.query<{ sha256: Buffer }>(existingAttachmentsStatement, [bookId, bytesArray(hashes)])
  return new Set(rows.map(({ sha256 }) => sha256.toString('hex')))
}

/**
 * Writes a decided batch: entries, lines, new accounts, closings, numbers, nodes, receipts and heads, in one statement.
 */
export async function write(
  tx: Tx,
  decided: readonly Decided[],
  states: readonly BookState[],
  receipts: readonly KeyedReceipt[],
): Promise<void> {
  const { statement, values } = writing(decided, states, receipts)
  await tx.query(statement, values)
}

/** The statement that writes a decided batch, and its values. */
export function writing(
  decided: readonly Decided[],
  states: readonly BookState[],
  receipts: readonly KeyedReceipt[],
): Step {
  const values = [
    ...entryColumns(decided),
    ...lineColumns(decided),
    ...closingColumns(decided),
    ...numberColumns(decided),
    ...accountColumns(decided),
    ...nodeColumns(decided),
    ...receiptColumns(receipts),
    ...headColumns(states),
  ]
  return { statement: writeStatement, values }
}

const entryTypes = [
  'int[]',
  'bigint[]',
  'date[]',
  'int[]',
  'int[]',
  'timestamptz[]',
  'bigint[]',
  'uuid[]',
  'text[]',
  'text[]',
  'text[]',
  'jsonb[]',
  'jsonb[]',
  'bytea[]',
]

function entryColumns(decided: readonly Decided[]): string[] {
  const entries = decided.map(({ entry }) => entry)
  return [
    intArray(entries.map(({ bookId }) => bookId)),
    intArray(entries.map(({ sequence }) => sequence)),
    textArray(entries.map(({ on }) => on)),
    intArray(entries.map(({ number }) => number)),
    intArray(entries.map(({ lines }) => lines.length)),
    textArray(entries.map(({ recordedAt }) => instantText(recordedAt))),
    textArray(entries.map(({ reverses }) => reverses?.toString())),
    textArray(entries.map(({ transaction }) => transaction)),
    textArray(entries.map(({ type }) => type)),
    textArray(entries.map(({ summary }) => summary)),
    textArray(entries.map(({ maker }) => maker)),
    textArray(entries.map(({ approvals }) => (approvals.length > 0 ? JSON.stringify(approvals) : null))),
    textArray(entries.map(({ documents }) => (documents.length > 0 ? JSON.stringify(documents) : null))),
    bytesArray(entries.map(({ hash }) => hash)),
  ]
}

const detailColumns = ['counterparty', 'item', 'contract', 'dwelling', 'indicator', 'segment', 'debt'] as const
const lineTypes = [
  'int[]',
  'bigint[]',
  'date[]',
  'int[]',
  'int[]',
  'int[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'text[]',
  ...detailColumns.map(() => 'text[]'),
]

function lineColumns(decided: readonly Decided[]): string[] {
  const lines: DecidedLine[] = []
  const entries: Entry[] = []
  const numbers: number[] = []
  for (const { entry, lines: own } of decided) {
    own.forEach((line, index) => {
      lines.push(line)
      entries.push(entry)
      numbers.push(index + 1)
    })
  }
  const isNoted = lines.some(({ details }) => details !== noDetails)
  return [
    intArray(entries.map(({ bookId }) => bookId)),
    intArray(entries.map(({ sequence }) => sequence)),
    textArray(entries.map(({ on }) => on)),
    intArray(numbers),
    intArray(lines.map(({ account }) => account.account)),
    intArray(lines.map(({ line }) => basisNumber[line.basis])),
    intArray(lines.map(({ line }) => (line.side === 'debit' ? line.amountFen : null))),
    intArray(lines.map(({ line }) => (line.side === 'credit' ? line.amountFen : null))),
    intArray(lines.map(({ dayDebitFen }) => dayDebitFen)),
    intArray(lines.map(({ dayCreditFen }) => dayCreditFen)),
    textArray(lines.map(({ line }) => line.memo)),
    ...detailColumns.map((column) => textArray(isNoted ? lines.map(({ details }) => details[column]) : [])),
  ]
}

const closingTypes = [
  'int[]',
  'int[]',
  'date[]',
  'int[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'bigint[]',
  'bool[]',
]

/**
 * The days of an account that a batch touches, hardly ever more than one, with the first and the last sequence of each.
 */
type Touched = { readonly bookId: number; readonly days: { readonly on: Day; readonly first: number; last: number }[] }

type ClosingRow = {
  readonly bookId: number
  readonly account: AccountState
  readonly closing: Closing
  readonly added: ReturnType<typeof sequencesOf>
  readonly isBehind: boolean
}

// Of each account the earliest day touched and every later day it has moved on, as they stand now: each row once,
// whatever the batch did.
function closingRows(decided: readonly Decided[]): ClosingRow[] {
  const rows: ClosingRow[] = []
  for (const [account, { bookId, days }] of touchedBy(decided)) {
    let since = lastBookDay
    for (const { on } of days) if (on < since) since = on
    let isBehind = false
    for (const closing of closingsSince(account, since)) {
      rows.push({ bookId, account, closing, added: sequencesOf(days, closing.on), isBehind })
      isBehind = true
    }
  }
  return rows
}

function closingColumns(decided: readonly Decided[]): string[] {
  const rows = closingRows(decided)
  return [
    intArray(rows.map(({ bookId }) => bookId)),
    intArray(rows.map(({ account }) => account.account)),
    textArray(rows.map(({ closing }) => closing.on)),
    intArray(rows.map(({ account }) => floorOf(account))),
    intArray(rows.map(({ closing }) => closing.debitFen)),
    intArray(rows.map(({ closing }) => closing.creditFen)),
    intArray(rows.map(({ added }) => added.first)),
    intArray(rows.map(({ added }) => added.last)),
    intArray(rows.map(({ added }) => added.least)),
    textArray(rows.some(({ isBehind }) => isBehind) ? rows.map(({ isBehind }) => String(isBehind)) : []),
  ]
}

// What the batch adds to a day: its first line, the last of it or of a day before, the first of it or of a day after. A
// day that is not touched itself has its row, and with it its first and least sequence.
function sequencesOf(days: Touched['days'], closing: Day): { first: number; last: number; least: number } {
  let first = Infinity
  let last = 0
  let least = Infinity
  for (const day of days) {
    if (day.on === closing) first = day.first
    if (day.on <= closing) last = Math.max(last, day.last)
    if (day.on >= closing) least = Math.min(least, day.first)
  }
  return { first: Math.min(first, last), last, least: Math.min(least, last) }
}

function touchedBy(decided: readonly Decided[]): Map<AccountState, Touched> {
  const touched = new Map<AccountState, Touched>()
  for (const { entry, lines } of decided) {
    const { bookId, on, sequence } = entry
    for (const { account } of lines) {
      let at = touched.get(account)
      if (!at) touched.set(account, (at = { bookId, days: [] }))
      const day = at.days.find((day) => day.on === on)
      if (day) day.last = sequence
      else at.days.push({ on, first: sequence, last: sequence })
    }
  }
  return touched
}

// Debit less credit of a guarded account, times this, is not negative.
const floorOf = ({ subject: { guarded, side } }: AccountState): number => (!guarded ? 0 : side === 'debit' ? 1 : -1)

const numberTypes = ['int[]', 'date[]', 'int[]']

function numberColumns(decided: readonly Decided[]): string[] {
  const latest = new Map<string, { bookId: number; month: Day; number: number }>()
  for (const { entry } of decided) {
    const month = monthKey(entry.on)
    latest.set(`${entry.bookId}|${month}`, { bookId: entry.bookId, month, number: entry.number })
  }
  const rows = [...latest.values()]
  return [
    intArray(rows.map(({ bookId }) => bookId)),
    textArray(rows.map(({ month }) => month)),
    intArray(rows.map(({ number }) => number)),
  ]
}

const accountTypes = [
  'int[]',
  'int[]',
  'text[]',
  'text[]',
  'int[]',
  'text[]',
  'bool[]',
  ...dimensions.map(() => 'text[]'),
]

function accountColumns(decided: readonly Decided[]): string[] {
  const accounts = decided.flatMap(({ entry, newAccounts }) =>
    newAccounts.map((account) => ({ ...account, bookId: entry.bookId })),
  )
  return [
    intArray(accounts.map(({ bookId }) => bookId)),
    intArray(accounts.map(({ account }) => account)),
    textArray(accounts.map(({ bookId, key }) => storedKey(bookId, key))),
    textArray(accounts.map(({ subject }) => subject.code)),
    intArray(accounts.map(({ subject }) => basisNumber[subject.basis])),
    textArray(accounts.map(({ subject }) => subject.side)),
    textArray(accounts.map(({ subject }) => String(subject.guarded))),
    ...dimensions.map((dimension) => textArray(accounts.map((account) => account.dimensions[dimension]))),
  ]
}

const nodeTypes = ['int[]', 'int[]', 'bigint[]', 'bytea[]']

function nodeColumns(decided: readonly Decided[]): string[] {
  const nodes = decided.flatMap(({ entry, nodes }) => nodes.map((node) => ({ ...node, bookId: entry.bookId })))
  return [
    intArray(nodes.map(({ bookId }) => bookId)),
    intArray(nodes.map(({ level }) => level)),
    intArray(nodes.map(({ index }) => index)),
    bytesArray(nodes.map(({ hash }) => hash)),
  ]
}

const receiptTypes = ['int[]', 'bytea[]', 'bytea[]', 'bigint[]', 'uuid[]', 'jsonb[]']

function receiptColumns(receipts: readonly KeyedReceipt[]): string[] {
  return [
    intArray(receipts.map(({ scope }) => scope)),
    hexArray(receipts.map(({ keyHash }) => keyHash)),
    hexArray(receipts.map(({ requestHash }) => requestHash)),
    textArray(receipts.map(({ sequence }) => sequence?.toString())),
    textArray(receipts.map(({ transaction }) => transaction)),
    textArray(receipts.map(({ refusal }) => refusal && JSON.stringify(refusal))),
  ]
}

const headTypes = ['int[]', 'bigint[]', 'timestamptz[]', 'int[]', 'bytea[]']

function headColumns(states: readonly BookState[]): string[] {
  return [
    intArray(states.map(({ book }) => book.bookId)),
    intArray(states.map(({ sequence }) => sequence)),
    textArray(states.map(({ recordedAt }) => (recordedAt > 0n ? instantText(recordedAt) : '-infinity'))),
    intArray(states.map(({ accountCount }) => accountCount)),
    bytesArray(states.map(({ frontier }) => frontierBytes(frontier))),
  ]
}

const writeStatement: Statement = { name: 'write_batch', text: writeText() }

function writeText(): string {
  let parameters = 0
  const unnest = (types: readonly string[]) => `unnest(${types.map((type) => `$${++parameters}::${type}`).join(', ')})`
  const entries = `insert into entry (book_id, sequence, booked_on, number, lines, recorded_at, reverses, transaction_id,
      type, summary, maker, approvals, documents, leaf) select * from ${unnest(entryTypes)}`
  const lines = `insert into line (book_id, sequence, booked_on, line, account, basis, debit_fen, credit_fen, day_debit_fen,
      day_credit_fen, memo, ${detailColumns.join(', ')}) select * from ${unnest(lineTypes)}`
  // Of a day that others follow, the next one knows the least sequence from there on, if it was there before.
  const closings = `insert into closing (book_id, account, booked_on, floor, debit_fen, credit_fen, first_sequence, last_sequence,
      least_sequence)
      select book_id, account, booked_on, floor, debit_fen, credit_fen, first, last,
        case when is_behind then coalesce((select c.least_sequence from closing c
          where c.book_id = u.book_id and c.account = u.account and c.booked_on > u.booked_on order by c.booked_on limit 1), least)
        else least end
      from ${unnest(closingTypes)} u(book_id, account, booked_on, floor, debit_fen, credit_fen, first, last, least, is_behind)
      on conflict (book_id, account, booked_on)
      do update set debit_fen = excluded.debit_fen, credit_fen = excluded.credit_fen, last_sequence = excluded.last_sequence`
  const numbers = `insert into voucher_number (book_id, month, number) select * from ${unnest(numberTypes)}
      on conflict (book_id, month) do update set number = excluded.number`
  const accounts = `insert into account (book_id, account, key, subject, basis, side, guarded, ${dimensions.join(', ')})
      select * from ${unnest(accountTypes)}`
  const nodes = `insert into merkle_node (book_id, level, index, hash) select * from ${unnest(nodeTypes)}`
  const receipts = `insert into receipt (book_id, key_hash, request_hash, sequence, transaction_id, refusal)
      select * from ${unnest(receiptTypes)}`
  const heads = `update book_head h set sequence = u.sequence, recorded_at = u.recorded_at, accounts = u.accounts,
      frontier = u.frontier from ${unnest(headTypes)} u(book_id, sequence, recorded_at, accounts, frontier)
      where h.book_id = u.book_id`
  return `with entries as (${entries}), lines as (${lines}), closings as (${closings}),
    numbers as (${numbers}), accounts as (${accounts}), nodes as (${nodes}), receipts as (${receipts}) ${heads}`
}

/** Months of a set of days, each once. */
export const monthsOf = (days: Iterable<Day>): Month[] => [...new Set([...days].map(monthOf))]
