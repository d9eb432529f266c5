/** Carrying a year over: the plan, what happens when it is killed half way, and what was booked in between. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Month } from '../../src/base/calendar.ts'
import { readBalance, readTrialBalance } from '../../src/ledger/balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import { PostingGroup } from '../../src/ledger/group.ts'
import { readEntriesAfter } from '../../src/ledger/journal.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { reverseEntry } from '../../src/ledger/actions.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { approveReopening, readPeriods, requestReopening } from '../../src/ledger/period.ts'
import type { PartOutcome, Unit } from '../../src/ledger/post.ts'
import { commitCarryOver, previewCarryOver } from '../../src/ledger/year-end.ts'
import { useDatabase } from '../support/database.ts'
import {
  approver,
  asAction,
  checker,
  draft,
  line,
  maker,
  newBook,
  newKey,
  post,
  posted,
  quota,
  refused,
} from '../support/ledger.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

/** Three projects and two sources with income, cost and unspent quota in 2025. */
async function bookOf2025(): Promise<Book> {
  const book = await newBook(ledger)
  for (const project of ['P1', 'P2', 'P3']) {
    for (const source of ['F21', 'F61']) {
      const more = { project, source }
      const amounts = project === 'P2' ? ['900.00', '900.00'] : ['1000.00', '345.67']
      const [income = '', cost = ''] = amounts
      posted(await post(ledger, book, quota(income, '2025-03-01', more)))
      const lines = [
        line('5001', 'debit', cost, more),
        line('1011', 'credit', cost, more),
        line('6001', 'credit', income, more),
        line('800101', 'debit', income, more),
        line('7201', 'debit', cost, more),
        line('800101', 'credit', cost, more),
      ]
      posted(await post(ledger, book, draft('2025-06-01', lines)))
    }
  }
  return book
}

/** Posts the first parts it is given and then dies. */
class DyingGroup extends PostingGroup {
  left: number
  constructor({ database, shelf, clock }: Ledger, left: number) {
    super(database, shelf, clock)
    this.left = left
  }
  override post(unit: Unit): Promise<PartOutcome[]> {
    return this.left-- > 0 ? super.post(unit) : Promise.reject(new Error('killed'))
  }
}

const carry = async (book: Book, year: number) => {
  const { hash } = await previewCarryOver(ledger, checker, book.code, year)
  return commitCarryOver(ledger, checker, book.code, year, hash)
}

describe('carrying a year over', () => {
  it('leaves no income and no expense, in any project or source, and the balances where the law puts them', async () => {
    const book = await bookOf2025()
    const { entries } = await carry(book, 2025)
    expect(entries.every(({ on, type }) => on === '2025-12-31' && type === 'carry_over')).toBe(true)
    for (const project of ['P1', 'P2', 'P3']) {
      for (const source of ['F21', 'F61']) {
        for (const account of ['4', '5', '6', '7', '3301', '3302', '1011', '800101']) {
          const { balanceFen } = await readBalance(ledger.database, book, { account, project, source })
          expect(balanceFen, `${account} ${project} ${source}`).toBe(0n)
        }
      }
    }
    // Unspent budget of fiscal money goes to 8101, of other money to 8201.
    expect(await readBalance(ledger.database, book, { account: '8101' })).toMatchObject({ balanceFen: 130_866n })
    expect(await readBalance(ledger.database, book, { account: '8201', source: 'F61' })).toMatchObject({
      balanceFen: 130_866n,
    })
    expect((await readPeriods(ledger, book)).closedThrough).toBe('2025-12')
  })

  it('previews what it posts, and previews the same until something is booked', async () => {
    const book = await bookOf2025()
    const plan = await previewCarryOver(ledger, checker, book.code, 2025)
    expect(await previewCarryOver(ledger, checker, book.code, 2025)).toEqual(plan)
    posted(await post(ledger, book, quota('1.00', '2025-12-31')))
    await expect(commitCarryOver(ledger, checker, book.code, 2025, plan.hash)).rejects.toMatchObject({
      code: 'preview_stale',
    })
    const second = await previewCarryOver(ledger, checker, book.code, 2025)
    // The next year's entries do not touch it.
    posted(await post(ledger, book, quota('1.00', '2026-01-01')))
    const { entries } = await commitCarryOver(ledger, checker, book.code, 2025, second.hash)
    expect(entries.map(({ lines }) => lines.length)).toEqual(second.entries.map(({ lines }) => lines.length))
    await expect(commitCarryOver(ledger, checker, book.code, 2025, second.hash)).rejects.toMatchObject({
      code: 'year_already_carried',
    })
  })

  it.each([0, 1, 5, 11])('killed after %i entries goes on where it stopped, and posts nothing twice', async (count) => {
    const [book, other] = [await bookOf2025(), await bookOf2025()]
    await carry(other, 2025)
    const { hash } = await previewCarryOver(ledger, checker, book.code, 2025)
    const dying = { ...ledger, group: new DyingGroup(ledger, count) }
    await expect(commitCarryOver(dying, checker, book.code, 2025, hash)).rejects.toThrow('killed')
    // The year is closed from the moment the carry-over begins.
    expect(refused(await post(ledger, book, quota('1.00', '2025-12-31')))).toBe('period_closed')
    const { acts } = await readPeriods(ledger, book)
    expect(acts.map(({ kind }) => kind)).toEqual(['carry_over_begun'])
    // What the year's balances are by now does not matter: the plan was recorded.
    const restarted = openLedger(test().database)
    const { entries } = await commitCarryOver(restarted, { ...checker, person: 'sun' }, book.code, 2025, hash)
    const [own, theirs] = await Promise.all([book, other].map((one) => readTrialBalance(ledger.database, one, {})))
    expect(own).toEqual(theirs)
    const journal = await readEntriesAfter(ledger.database, book, 0, 1000)
    expect(journal.filter(({ type }) => type === 'carry_over')).toHaveLength(entries.length)
    expect((await readPeriods(ledger, book)).acts.map(({ kind }) => kind)).toEqual(['carry_over_begun', 'carried_over'])
  })

  it('asked twice at once is done once', async () => {
    const book = await bookOf2025()
    const { hash, entries: planned } = await previewCarryOver(ledger, checker, book.code, 2025)
    const ask = (of: Ledger) => commitCarryOver(of, checker, book.code, 2025, hash)
    const answers = await Promise.allSettled([ask(ledger), ask(openLedger(test().database)), ask(ledger)])
    expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true)
    const journal = await readEntriesAfter(ledger.database, book, 0, 1000)
    expect(journal.filter(({ type }) => type === 'carry_over')).toHaveLength(planned.length)
    const { acts } = await readPeriods(ledger, book)
    expect(acts.map(({ kind }) => kind)).toEqual(['carry_over_begun', 'carried_over'])
  })

  it('after December is reopened carries what was booked since, and nothing again', async () => {
    const book = await bookOf2025()
    await carry(book, 2025)
    const december = '2025-12' as Month
    const { hash } = await requestReopening(ledger, checker, book.code, december, '补记')
    await approveReopening(ledger, approver, book.code, december, hash)
    const empty = await previewCarryOver(ledger, checker, book.code, 2025)
    expect(empty.entries).toEqual([])
    const late = draft('2025-12-20', [line('5001', 'debit', '5.00'), line('230299', 'credit', '5.00')])
    posted(await post(ledger, book, late))
    const { entries } = await carry(book, 2025)
    expect(entries.map(({ lines }) => lines.map(({ account, amountFen }) => [account, amountFen]))).toEqual([
      [
        ['5001', 500n],
        ['3301', 500n],
      ],
      [
        ['3301', 500n],
        ['3302', 500n],
      ],
      [
        ['3302', 500n],
        ['3001', 500n],
      ],
    ])
    expect((await readPeriods(ledger, book)).closedThrough).toBe(december)
  })

  it('that would take money already spent in the new year is refused, and goes on once that is put right', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2025-03-01')))
    const early = posted(
      await post(
        ledger,
        book,
        draft('2026-01-05', [line('161301', 'debit', '30.00'), line('1011', 'credit', '30.00')]),
      ),
    )
    const { hash } = await previewCarryOver(ledger, checker, book.code, 2025)
    const commit = () => commitCarryOver(ledger, checker, book.code, 2025, hash)
    await expect(commit()).rejects.toMatchObject({ code: 'balance_insufficient' })
    await expect(commit()).rejects.toMatchObject({ code: 'balance_insufficient' })
    const id = entryId(book.bookId, early.sequence)
    posted(await reverseEntry(ledger, maker, id, { on: early.on, reason: '额度已注销' }, newKey()))
    await commit()
    expect(await readBalance(ledger.database, book, { account: '1011' })).toMatchObject({ balanceFen: 0n })
    expect(await readBalance(ledger.database, book, { account: '120102' })).toMatchObject({ balanceFen: 10_000n })
  })

  it('splits a plan of more lines than an entry takes', async () => {
    const book = await newBook(ledger)
    const lines = (from: number) =>
      Array.from({ length: 250 }, (_, i) => [
        line('910102', 'debit', '1.00', { indicator: `Z${from + i}` }),
        line('9901', 'credit', '1.00', { indicator: `Z${from + i}` }),
      ]).flat()
    for (const from of [0, 250]) await asAction(ledger, book, draft('2025-01-10', lines(from)))
    const { entries } = await carry(book, 2025)
    expect(entries.map(({ lines: own }) => own.length)).toEqual([2000, 1000, 2, 2, 2, 2])
    expect(await readBalance(ledger.database, book, { account: '910102' })).toMatchObject({ balanceFen: 0n })
    expect(await readBalance(ledger.database, book, { account: '8101' })).toMatchObject({ balanceFen: 50_000n })
  })
})
