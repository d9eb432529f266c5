/** Carrying a year over: the plan, what happens when it is killed half way, and what was booked in between. */
import { beforeAll, describe, expect, it } from 'vitest'
import { assert } from '../../src/base/assert.ts'
import { type Clock, day, type Month, numberOfDay } from '../../src/base/calendar.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import { readTrialBalance } from '../../src/ledger/trial-balance.ts'
import type { Book, Entity } from '../../src/ledger/book.ts'
import { readEntriesAfter } from '../../src/ledger/journal.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { createBook, reverseEntry } from '../../src/ledger/actions.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { approveReopening, readPeriods, requestReopening } from '../../src/ledger/period.ts'
import { lockForAct, recordAct } from '../../src/ledger/period-acts.ts'
import { useDatabase } from '../support/database.ts'
import {
  approver,
  asAction,
  carry,
  checker,
  draft,
  line,
  maker,
  newBook,
  newKey,
  post,
  posted,
  preview,
  quota,
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

describe('carrying a year over', () => {
  it('leaves no income and no expense, in any project or source, and the balances where the law puts them', async () => {
    const book = await bookOf2025()
    const { entries } = await carry(ledger, book, 2025)
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
    const plan = await preview(ledger, book, 2025)
    expect(await preview(ledger, book, 2025)).toEqual(plan)
    posted(await post(ledger, book, quota('1.00', '2025-12-31')))
    await expect(carry(ledger, book, 2025, plan.hash)).rejects.toMatchObject({
      code: 'preview_stale',
    })
    const second = await preview(ledger, book, 2025)
    // The next year's entries do not touch it.
    posted(await post(ledger, book, quota('1.00', '2026-01-01')))
    const { entries } = await carry(ledger, book, 2025, second.hash)
    expect(entries.map(({ lines }) => lines.length)).toEqual(second.entries.map(({ lines }) => lines.length))
    await expect(carry(ledger, book, 2025, second.hash)).rejects.toMatchObject({
      code: 'year_already_carried',
    })
  })

  it('is one transaction: what the books refuse of it leaves the year as it was', async () => {
    const book = await bookOf2025()
    const early = draft('2026-01-05', [
      line('161301', 'debit', '30.00', { project: 'P3' }),
      line('1011', 'credit', '30.00', { project: 'P3' }),
    ])
    posted(await post(ledger, book, early))
    const before = await readTrialBalance(ledger.database, book, {})
    await expect(carry(ledger, book, 2025)).rejects.toMatchObject({ code: 'balance_insufficient' })
    expect(await readTrialBalance(ledger.database, book, {})).toEqual(before)
    expect(await readPeriods(ledger, book)).toEqual({ closedThrough: null, acts: [] })
  })

  it('left half done by an earlier program is ended by reopening December, and then carries the rest', async () => {
    const [book, other] = [await bookOf2025(), await bookOf2025()]
    await carry(ledger, other, 2025)
    const { hash, entries } = await preview(ledger, book, 2025)
    const [first] = entries
    assert(first, 'there is something to carry')
    await actOnce(ledger, async (running) => {
      const act = { kind: 'carry_over_begun', year: '2025', plan: hash, entries: [], person: 'li' } as const
      await recordAct(running.tx, book, await lockForAct(running.tx, book), act, ledger.clock(), '2025-12' as Month)
      const one = { book: book.code, draft: first, intoClosedMonth: true } as const
      await running.post({ key: `half ${book.code}`, maker: 'li', approvals: [], entries: [one] })
    })
    await expect(carry(ledger, book, 2025)).rejects.toMatchObject({ code: 'carry_over_pending' })
    const december = '2025-12' as Month
    const asked = await requestReopening(ledger, checker, book.code, december, '结转中断')
    await approveReopening(ledger, approver, book.code, december, asked.hash)
    await carry(ledger, book, 2025)
    const [own, theirs] = await Promise.all([book, other].map((one) => readTrialBalance(ledger.database, one, {})))
    expect(own).toEqual(theirs)
  })

  it('asked twice at once is done once, and under its key answers the same for ever', async () => {
    const book = await bookOf2025()
    const { hash, entries: planned } = await preview(ledger, book, 2025)
    const other = openLedger(test().database)
    const answers = await Promise.all([
      carry(ledger, book, 2025, hash, `twice ${book.code}`),
      carry(other, book, 2025, hash, `twice ${book.code}`),
      carry(ledger, book, 2025, hash).catch((error: { code: string }) => error.code),
    ])
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toBe('year_already_carried')
    const journal = await readEntriesAfter(ledger.database, book, 0, 1000)
    expect(journal.filter(({ type }) => type === 'carry_over')).toHaveLength(planned.length)
    const { acts } = await readPeriods(ledger, book)
    expect(acts.map(({ kind }) => kind)).toEqual(['carry_over_begun', 'carried_over'])
    expect(await carry(ledger, book, 2025, hash, `twice ${book.code}`)).toEqual(answers[0])
  })

  it('after December is reopened carries what was booked since, and nothing again', async () => {
    const book = await bookOf2025()
    await carry(ledger, book, 2025)
    const december = '2025-12' as Month
    const { hash } = await requestReopening(ledger, checker, book.code, december, '补记')
    await approveReopening(ledger, approver, book.code, december, hash)
    const empty = await preview(ledger, book, 2025)
    expect(empty.entries).toEqual([])
    const late = draft('2025-12-20', [line('5001', 'debit', '5.00'), line('230299', 'credit', '5.00')])
    posted(await post(ledger, book, late))
    const { entries } = await carry(ledger, book, 2025)
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
    const { hash } = await preview(ledger, book, 2025)
    const commit = () => carry(ledger, book, 2025, hash)
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
    const { entries } = await carry(ledger, book, 2025)
    expect(entries.map(({ lines: own }) => own.length)).toEqual([2000, 1000, 2, 2, 2, 2])
    expect(await readBalance(ledger.database, book, { account: '910102' })).toMatchObject({ balanceFen: 0n })
    expect(await readBalance(ledger.database, book, { account: '8101' })).toMatchObject({ balanceFen: 50_000n })
  })
})

describe('of a carry-over', () => {
  it('no entry is reversed by itself', async () => {
    const book = await bookOf2025()
    const { entries } = await carry(ledger, book, 2025)
    for (const { sequence } of [entries[0], entries.at(-1)].flatMap((entry) => entry ?? [])) {
      const id = entryId(book.bookId, sequence)
      const reversal = reverseEntry(ledger, maker, id, { on: day('2026-01-05'), reason: '冲销' }, newKey())
      await expect(reversal).rejects.toMatchObject({ code: 'entry_kept_by_year_end' })
    }
  })

  it('the year has ended, in Beijing', async () => {
    // 15:59:59 UTC on 31 December is a second before midnight in Beijing.
    const midnight = BigInt(numberOfDay(day('2026-01-01'))) * 86_400_000_000n - 8n * 3_600_000_000n
    const at = (micros: bigint): Ledger => openLedger(test().database, (() => micros) satisfies Clock)
    const book = await bookOf2025()
    const early = at(midnight - 1_000_000n)
    const { hash } = await preview(early, book, 2025)
    await expect(carry(early, book, 2025, hash)).rejects.toMatchObject({ code: 'year_not_ended' })
    expect((await readPeriods(ledger, book)).acts).toEqual([])
    await carry(at(midnight), book, 2025, hash)
  })
})

describe('what a finance bureau carries', () => {
  const bureau = async (entity: Entity) => {
    const code = `B-${newKey()}`
    return createBook(ledger, maker, { code, name: code, district: '110000', standard: 'government', entity })
  }

  it('is no income and no quota to be returned (O-67, E1): its lines stay lines', async () => {
    const lines = [
      line('910102', 'debit', '498000000.00', { indicator: 'ZY-2025' }),
      line('9901', 'credit', '498000000.00', { indicator: 'ZY-2025' }),
    ]
    const [finance, unit] = [await bureau('finance'), await bureau('administrative')]
    for (const book of [finance, unit]) {
      await asAction(ledger, book, draft('2025-03-01', lines))
      posted(await post(ledger, book, quota('100.00', '2025-04-01')))
      await carry(ledger, book, 2025)
    }
    const of = async (book: Book, account: string) => (await readBalance(ledger.database, book, { account })).balanceFen
    expect([await of(finance, '910102'), await of(unit, '910102')]).toEqual([49_800_000_000n, 0n])
    expect([await of(finance, '1201'), await of(unit, '1201')]).toEqual([0n, 49_800_010_000n])
    expect([await of(finance, '3001'), await of(unit, '3001')]).toEqual([10_000n, 49_800_010_000n])
    expect(await of(finance, '4001')).toBe(0n)
  })
})

describe('the close (J34, O-69)', () => {
  it('takes loans and investments to 8501, business to 8401, and the rest where its source says', async () => {
    const book = await newBook(ledger)
    const moved = (debit: string, credit: string, amount: string, source = 'F81') =>
      draft('2025-05-01', [line(debit, 'debit', amount, { source }), line(credit, 'credit', amount, { source })])
    for (const [debit, credit, amount, source] of [
      ['800102', '6602', '30.00'],
      ['7601', '800102', '10.00'],
      ['800102', '6501', '500.00'],
      ['7701', '800102', '50.00'],
      ['800102', '6401', '9.00'],
      ['7301', '800102', '4.00'],
      ['800102', '6609', '8.00', 'F51'],
      ['7101', '800102', '8.00', 'F51'],
    ] as const) {
      posted(await post(ledger, book, moved(debit, credit, amount, source)))
    }
    await carry(ledger, book, 2025)
    const balances = await Promise.all(
      ['8501', '8401', '8201', '6', '7'].map((account) => readBalance(ledger.database, book, { account })),
    )
    // 30 - 10 - 50 lies on the debit side.
    expect(balances.map(({ balanceFen, side }) => [balanceFen, side])).toEqual([
      [3_000n, 'debit'],
      [500n, 'credit'],
      [50_000n, 'credit'],
      [0n, 'credit'],
      [0n, 'debit'],
    ])
  })
})
