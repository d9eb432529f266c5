/**
 * Carrying a year over (年终结转). A person proposes the plan he previewed, another checks it under its hash, and the
 * check books it and closes the year in its own transaction; nothing of it may stand in the way then. A machine client
 * carries over at once and is warned of what stands in the way.
 */
import { lastDayOfYear } from '../../base/calendar.ts'
import type { Actor } from '../../access/actor.ts'
import { approvalDistrict } from '../../approvals/approval.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import type { Reader } from '../../base/db.ts'
import { sumFen } from '../../base/money.ts'
import { indicatorsAfter } from '../../budget/indicator/store.ts'
import type { Book } from '../../ledger/book.ts'
import type { EntryDraft } from '../../ledger/entry.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { readEntriesAfter } from '../../ledger/journal.ts'
import type { PostedEntry } from '../../ledger/post.ts'
import { refuse } from '../../ledger/refusals.ts'
import { carryOver, carryOverPlan, type CarryOverPlan, requireCarryable } from '../../ledger/year-end.ts'
import { proposal } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import type * as z from 'zod'
import { carryOverForm, ofYear, yearEndCarried, yearEndContent, yearEndProposed } from './forms.ts'
import { type Obstacle, obstaclesOf, obstaclesText, obstacleText, yearEndLimits } from './obstacles.ts'

export type YearEndPreview = CarryOverPlan & { readonly obstacles: readonly Obstacle[] }

/**
 * What carrying the year over would post, and what stands in its way; nothing is written. Refuses `book_not_found`,
 * `year_not_carried`.
 */
export async function previewYearEnd(
  ledger: Ledger,
  actor: Actor,
  code: string,
  year: number,
): Promise<YearEndPreview> {
  const book = await bookFor(ledger, actor, code, 'year.carry_over')
  const { sql } = ledger.database
  return { ...(await planOf(sql, book, year)), obstacles: await obstaclesOf(sql, book, year) }
}

const planOf = async (reader: Reader, book: Book, year: number): Promise<CarryOverPlan> =>
  carryOverPlan(reader, book, { year, later: await indicatorsAfter(reader, book.code, year) })

/** Refuses `year_end_obstructed` with all that was found. */
async function requireClear(reader: Reader, book: Book, year: number): Promise<void> {
  const obstacles = await obstaclesOf(reader, book, year)
  if (obstacles.length === 0) return
  throw refuse('year_end_obstructed', { book: book.code, year, obstacles: obstaclesText(obstacles) })
}

async function bookOf(ledger: Ledger, code: string): Promise<Book> {
  const book = await ledger.shelf.find(code)
  assert(book, `book ${code} was there when its year-end was proposed`)
  return book
}

/** Checked, the plan that was seen is booked and the year closed, or the check is not taken. */
export const yearEndProposal = proposal({
  kind: 'year_end',
  form: yearEndContent,
  limits: async ({ book, year }, { ledger, tx }) => yearEndLimits(tx, await bookOf(ledger, book), year),
  papers: ({ book, year }) => {
    const last = lastDayOfYear(year)
    const href = `/v1/books/${encodeURIComponent(book)}/trial-balance?asOf=${last}`
    return Promise.resolve([{ name: `${book} ${last} 科目余额表`, href }])
  },
  approved: async ({ ledger, approval, content: { book: code, year, plan: hash }, stored: _, ...running }) => {
    const { tx } = running
    const book = await bookOf(ledger, code)
    await requireClear(tx, book, year)
    const later = await indicatorsAfter(tx, code, year)
    await carryOver({ ledger, ...running }, book, { year, later, hash }, await approvedBy(tx, approval))
  },
})

type Proposed = z.input<typeof yearEndProposed>
type Carried = z.input<typeof yearEndCarried>

/**
 * Carries a year over under the hash of its preview: proposed by a person, at once by `integration`.
 */
export const carryYearOver = verb({
  kind: 'year.carry_over',
  right: 'year.carry_over',
  of: ofYear,
  form: carryOverForm,
  refuses: [
    'book_not_found',
    'year_not_carried',
    'year_not_ended',
    'carry_over_pending',
    'year_already_carried',
    'preview_stale',
    'year_end_obstructed',
    'approval_pending',
    'idempotency_key_reused',
  ],
  content: ({ book, year, hash }) => ({ book, year, hash }),
  before: (ledger, actor, { book }) => bookFor(ledger, actor, book, 'year.carry_over'),
  work: async ({ ledger, actor, before: book, ...running }, { year, hash }): Promise<Proposed | Carried> => {
    const { tx, at, today } = running
    const { code } = book
    if (actor.role === 'integration') {
      const later = await indicatorsAfter(tx, code, year)
      const obstacles = await obstaclesOf(tx, book, year)
      const by = { maker: actor.person, approvals: [] }
      const entries = await carryOver({ ledger, ...running }, book, { year, later, hash }, by)
      const warnings = obstacles.map((obstacle) => obstacleText(obstacle).zh)
      return { book: code, year, after: (entries[0]?.sequence ?? 1) - 1, entries: entries.length, warnings }
    }
    const plan = await planOf(tx, book, year)
    await requireCarryable(tx, book, year, today)
    if (plan.hash !== hash) throw refuse('preview_stale', { book: code, year, hash })
    await requireClear(tx, book, year)
    const submitted = {
      subject: `year_end:${code}:${year}`,
      district: approvalDistrict(book.district, today),
      summary: `账套 ${code}（${book.name}）${year} 年度结转，共 ${plan.entries.length} 张凭证`,
      content: { book: code, year, plan: hash, moves: movesOf(plan.entries) },
    }
    const approval = await yearEndProposal.submitFor(tx, actor.person, submitted, at)
    return { book: code, year, plan: hash, approval: approval.id, hash: approval.hash }
  },
})

/** What each rule of a plan moves, over all projects and sources: entries, and the debits of the first basis. */
function movesOf(entries: readonly EntryDraft[]): z.output<typeof yearEndContent>['moves'] {
  const summaries = [...new Set(entries.map(({ summary }) => summary))]
  return summaries.map((summary) => {
    const own = entries.filter((entry) => entry.summary === summary)
    const debits = own.flatMap(({ lines }) =>
      lines.flatMap(({ side, amountFen }) => (side === 'debit' ? amountFen : [])),
    )
    return { summary, entries: own.length, amount: sumFen(debits) }
  })
}

/** The entries a carry-over booked. */
export async function entriesOfYearEnd(
  ledger: Ledger,
  { book: code, after, entries }: Pick<Carried, 'book' | 'after' | 'entries'>,
): Promise<PostedEntry[]> {
  const book = await ledger.shelf.find(code)
  return book && entries > 0 ? readEntriesAfter(ledger.database, book, after, entries) : []
}
