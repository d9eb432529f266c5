/** A ledger on the file's own database, and short ways to say what tests post. */
import type { Actor } from '../../src/access/actor.ts'
import { type Clock, day, type Day, systemClock } from '../../src/base/calendar.ts'
import type { Database } from '../../src/base/db.ts'
import { parseAmount } from '../../src/base/money.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { type Answer, createBook, postEntry } from '../../src/ledger/actions.ts'
import type { Book } from '../../src/ledger/book.ts'
import { BookShelf } from '../../src/ledger/books.ts'
import type { Standard } from '../../src/ledger/chart.ts'
import type { EntryDraft, LineDraft } from '../../src/ledger/entry.ts'
import { PostingGroup } from '../../src/ledger/group.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { PostedEntry } from '../../src/ledger/post.ts'
import {
  carryYearOver,
  entriesOfYearEnd,
  previewYearEnd,
  type YearEndPreview,
} from '../../src/workflow/year-end/verbs.ts'

export const maker: Actor = { person: 'zhang', role: 'integration' }
/** Posts as an action does: where its own accounts are kept from hands. */
export async function asAction(ledger: Ledger, book: Book, given: EntryDraft): Promise<PostedEntry> {
  const entries = [{ book: book.code, draft: given }]
  const [entry] = await actOnce(ledger, (act) =>
    act.post({ key: newKey(), maker: maker.person, approvals: [], entries }),
  )
  if (!entry) throw new Error('an action posts what it is given')
  return entry
}

export const checker: Actor = { person: 'li', role: 'finance_checker' }
export const approver: Actor = { person: 'wang', role: 'finance_approver' }
export const auditor: Actor = { person: 'zhao', role: 'auditor' }

/**
 * A ledger that sends whatever waits behind what is under way, be it a single entry: for tests that look for trouble
 * there.
 */
export function eagerLedger(database: Database, clock: Clock = systemClock): Ledger {
  const shelf = new BookShelf(database)
  return { database, shelf, clock, group: new PostingGroup(database, shelf, clock, 1) }
}

let books = 0

export function newBook(ledger: Ledger, standard: Standard = 'government', code = `T${++books}`): Promise<Book> {
  return createBook(ledger, maker, { code, name: `测试账套 ${code}`, district: '110102', standard })
}

/** `line('1011', 'debit', '100.00')` for project P1 and source F21 unless said otherwise. */
export function line(
  account: string,
  side: 'debit' | 'credit',
  amount: string,
  more: Partial<LineDraft> = {},
): LineDraft {
  const amountFen = parseAmount(amount)
  if (amountFen === undefined) throw new Error(`amount ${amount}`)
  return { account, side, amountFen, project: 'P1', source: 'F21', ...more }
}

export function draft(on: Day | string, lines: readonly LineDraft[], more: Partial<EntryDraft> = {}): EntryDraft {
  return { on: day(on), summary: '测试', type: 'general', documents: [], lines, ...more }
}

/** Quota of the treasury in financial accounting: Dr 1011 / Cr 4001. */
export const quota = (amount: string, on = '2026-03-05', more: Partial<LineDraft> = {}): EntryDraft =>
  draft(on, [line('1011', 'debit', amount, more), line('4001', 'credit', amount, more)])

/** Spending of the quota: Dr 161301 / Cr 1011. */
export const spend = (amount: string, on = '2026-03-06', more: Partial<LineDraft> = {}): EntryDraft =>
  draft(on, [line('161301', 'debit', amount, more), line('1011', 'credit', amount, more)])

/** What carrying a year over would post. */
export const preview = (ledger: Ledger, { code }: Pick<Book, 'code'>, year: number): Promise<YearEndPreview> =>
  previewYearEnd(ledger, maker, code, year)

/** Carries a year over as a machine client does, under a hash given or that of the moment. A refusal is thrown. */
export async function carry(
  ledger: Ledger,
  book: Pick<Book, 'code'>,
  year: number,
  hash?: string,
  key = newKey(),
): Promise<{ entries: PostedEntry[]; warnings: readonly string[] }> {
  const given = { book: book.code, year, hash: hash ?? (await preview(ledger, book, year)).hash }
  const answer = await carryYearOver(ledger, maker, given, key)
  if ('refusal' in answer) throw new Refusal(answer.refusal)
  if (!('warnings' in answer.answer)) throw new Error('a machine client carries over at once')
  const { warnings } = answer.answer
  return { entries: await entriesOfYearEnd(ledger, answer.answer), warnings }
}

let keys = 0
export const newKey = (): string => `key-${++keys}`

export function posted(answer: Answer): PostedEntry {
  if ('refusal' in answer) throw new Error(`refused: ${answer.refusal.code} ${answer.refusal.detail.en}`)
  const [entry] = answer.entries
  if (!entry) throw new Error('nothing posted')
  return entry
}

/** `done`, or the code it was refused with. */
export async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

export function refused(answer: Answer): string {
  if (!('refusal' in answer)) throw new Error('posted, not refused')
  return answer.refusal.code
}

export const post = (ledger: Ledger, book: Book, given: EntryDraft, key = newKey()): Promise<Answer> =>
  postEntry(ledger, maker, book.code, given, key)
