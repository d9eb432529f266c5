/** Reading balances against adding up the journal by hand: every moment, every filter, every page. */
import { beforeAll, describe, expect, it } from 'vitest'
import { assert } from '../../src/base/assert.ts'
import { addDays, day, type Day } from '../../src/base/calendar.ts'
import { postBatch, postEntry, reverseEntry } from '../../src/ledger/actions.ts'
import {
  heldOn,
  readBalance,
  readHeldFen,
  readHoldings,
  readStatement,
  type StatementItem,
} from '../../src/ledger/balance.ts'
import { readTrialBalance } from '../../src/ledger/trial-balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import { readEntriesAfter } from '../../src/ledger/journal.ts'
import type { EntryLine } from '../../src/ledger/entry.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import type { PostedEntry } from '../../src/ledger/post.ts'
import { random } from '../sim/random.ts'
import { useDatabase } from '../support/database.ts'
import { draft, line, maker, newBook, posted, post, quota, spend } from '../support/ledger.ts'

const test = useDatabase()
const firstDay = day('2025-11-20')
const dayCount = 90
let ledger: Ledger
let book: Book
let journal: readonly PostedEntry[]

beforeAll(async () => {
  ledger = openLedger(test().database)
  book = await newBook(ledger)
  const from = random(7)
  const subjects = ['161301', '161302', '161303', '230201', '230202', '5001', '4609']
  const drafts = Array.from({ length: 600 }, (_, i) => {
    const amount = `${from.below(90_000)}.${from.below(90) + 10}`
    const more = { project: `P${from.below(4)}`, source: from.pick(['F21', 'F51', 'F61']) }
    const lines = [
      line(from.pick(subjects), 'debit', amount, more),
      line(from.pick(subjects), 'credit', amount, { ...more, project: `P${from.below(4)}`, memo: `第${i}笔` }),
    ]
    const on = addDays(firstDay, from.below(dayCount))
    return { key: `b${i}`, draft: draft(on, lines, { type: from.chance(0.1) ? 'red' : 'general' }) }
  })
  await postBatch(ledger, maker, book.code, drafts, false)
  for (let n = 0; n < 20; n++) {
    const entry = entryId(book.bookId, from.below(500) + 1)
    await reverseEntry(ledger, maker, entry, { on: addDays(firstDay, dayCount), reason: '冲' }, `r${n}`).catch(
      () => undefined,
    )
  }
  journal = await readEntriesAfter(ledger.database, book, 0, 10_000)
})

type Filter = { account?: string | undefined; project?: string | undefined; source?: string | undefined }

function sumsOf(filter: Filter, asOf?: Day, knownAt?: bigint): [bigint, bigint] {
  let [debit, credit] = [0n, 0n]
  for (const entry of journal) {
    if ((asOf && entry.on > asOf) || (knownAt !== undefined && entry.recordedAt > knownAt)) continue
    for (const own of entry.lines.filter((candidate) => holds(candidate, filter))) {
      if (own.side === 'debit') debit += own.amountFen
      else credit += own.amountFen
    }
  }
  return [debit, credit]
}

const holds = (own: EntryLine, { account = '', project = own.project, source = own.source }: Filter): boolean =>
  own.account.startsWith(account) && own.project === project && own.source === source

const filters: readonly Filter[] = [
  { account: '161301' },
  { account: '1613' },
  { account: '1' },
  { account: '2302', project: 'P1' },
  { account: '16', source: 'F51' },
  { account: '5001', project: 'P3', source: 'F61' },
  { account: '4', project: 'P0' },
  { account: '161301', project: 'nowhere' },
]
const days = [
  '2025-11-19',
  '2025-11-20',
  '2025-11-30',
  '2025-12-01',
  '2025-12-31',
  '2026-01-01',
  '2026-01-17',
  '2026-02-28',
].map(day)

describe('a balance', () => {
  it('is the sum of the journal now, as of a day, as known at an instant, and both', async () => {
    expect(journal.length).toBeGreaterThan(500)
    const instants = [0, 1, 99, 300, 599, journal.length - 1].map((i) => journal[i]?.recordedAt)
    for (const filter of filters) {
      for (const asOf of [undefined, ...days]) {
        for (const knownAt of [undefined, 0n, ...instants]) {
          const { debitFen, creditFen } = await readBalance(ledger.database, book, { ...filter, asOf, knownAt })
          expect([debitFen, creditFen], JSON.stringify({ ...filter, asOf, knownAt: `${knownAt}` })).toEqual(
            sumsOf(filter, asOf, knownAt),
          )
        }
      }
    }
  })

  it('as known just before an instant lacks what was recorded at it', async () => {
    const entry = journal[250]
    if (!entry) throw new Error('recorded')
    const { debitFen } = await readBalance(ledger.database, book, { account: '1', knownAt: entry.recordedAt - 1n })
    expect(debitFen).toBe(sumsOf({ account: '1' }, undefined, entry.recordedAt - 1n)[0])
  })

  it('lies on the larger side, and at zero on the normal side of the account', async () => {
    const own = await newBook(ledger)
    expect(await readBalance(ledger.database, own, { account: '4001' })).toMatchObject({
      side: 'credit',
      balanceFen: 0n,
    })
    posted(await post(ledger, own, quota('5.00')))
    expect(await readBalance(ledger.database, own, { account: '4001' })).toMatchObject({
      side: 'credit',
      balanceFen: 500n,
    })
    posted(
      await post(ledger, own, draft('2026-03-05', [line('4001', 'debit', '7.00'), line('4609', 'credit', '7.00')])),
    )
    expect(await readBalance(ledger.database, own, { account: '4001' })).toMatchObject({
      side: 'debit',
      balanceFen: 200n,
    })
  })

  it('of an account the chart does not have is refused, and a prefix takes no other account', async () => {
    await expect(readBalance(ledger.database, book, { account: '98' })).rejects.toMatchObject({
      code: 'account_unknown',
    })
    await expect(readBalance(ledger.database, book, { account: '%' })).rejects.toMatchObject({
      code: 'account_unknown',
    })
    await expect(readBalance(ledger.database, book, { account: '1_' })).rejects.toMatchObject({
      code: 'account_unknown',
    })
  })
})

describe('holdings', () => {
  const read = async (query: Omit<Parameters<typeof readHoldings>[1], 'book'>): Promise<string[]> =>
    (await readHoldings(ledger.database.sql, { book: book.code, ...query }))
      .map(({ account, project, source, netFen }) => [account, project, source, netFen].join(' '))
      .toSorted()

  /** From the journal, by account, project and source. */
  const held = (wanted: (own: EntryLine) => boolean, asOf?: Day): string[] => {
    const sums = new Map<string, bigint>()
    for (const { on, lines } of journal) {
      if (asOf && on > asOf) continue
      for (const own of lines.filter(wanted)) {
        const place = [own.account, own.project, own.source].join(' ')
        sums.set(place, (sums.get(place) ?? 0n) + (own.side === 'debit' ? own.amountFen : -own.amountFen))
      }
    }
    return [...sums].flatMap(([place, fen]) => (fen === 0n ? [] : [`${place} ${fen}`])).toSorted()
  }

  it('are what the journal says, of accounts or all below them, by project and source, as of a day', async () => {
    for (const on of [undefined, ...days]) {
      expect(await read({ accounts: ['161301', '5001'], on })).toEqual(
        held(({ account }) => ['161301', '5001'].includes(account), on),
      )
      const ofProject = { project: 'P1', source: 'F51' }
      for (const below of [false, true]) {
        expect(await read({ accounts: ['161301'], ...ofProject, below, on })).toEqual(
          held((own) => own.account === '161301' && own.project === 'P1' && own.source === 'F51', on),
        )
      }
      expect(await read({ accounts: ['1613', '2302'], below: true, source: 'F61', on })).toEqual(
        held(({ account, source }) => /^(?:1613|2302)/.test(account) && source === 'F61', on),
      )
    }
    expect(await read({ accounts: ['1613'] })).toEqual([])
    expect(await read({ accounts: ['161301'], project: 'P' })).toEqual([])
    expect(await read({ accounts: ['161301'], indicator: 'none' })).toEqual([])
  })

  it('tell a project from those whose names go on, and leave out what holds nothing', async () => {
    const own = await newBook(ledger)
    for (const project of ['P1', 'P10', 'P1-', 'P1z']) {
      const lines = [
        line('161301', 'debit', '3.00', { project, source: 'F51' }),
        line('4609', 'credit', '3.00', { project, source: project === 'P1' ? 'F21' : 'F51' }),
      ]
      posted(await post(ledger, own, draft('2026-03-05', lines)))
    }
    const { sql } = ledger.database
    const of = { book: own.code, accounts: ['161301', '4609'] }
    expect(await readHeldFen(sql, { ...of, project: 'P1' })).toBe(0n)
    expect(await readHeldFen(sql, { ...of, project: 'P1', source: 'F51' })).toBe(300n)
    expect(await readHeldFen(sql, { ...of, project: 'P1', source: 'F21' })).toBe(-300n)
    expect(await readHeldFen(sql, { ...of, accounts: ['161301'] })).toBe(1200n)
    posted(
      await post(
        ledger,
        own,
        draft('2026-03-06', [
          line('4609', 'debit', '3.00', { project: 'P1z', source: 'F51' }),
          line('161301', 'credit', '3.00', { project: 'P1z', source: 'F51' }),
        ]),
      ),
    )
    expect((await readHoldings(sql, of)).map(({ project }) => project)).not.toContain('P1z')
    const [{ fen } = { fen: 0n }] = await sql<{ fen: bigint }[]>`
      select sum(a.debit_fen + a.credit_fen)::bigint as fen from book b
      cross join ${sql.unsafe(heldOn('b.book_id', "'161301'", "'2026-03-06'"))} a where b.code = ${own.code}`
    expect(fen).toBe(1500n)
  })
})

describe('a trial balance', () => {
  it('is the sum of the journal by subject, at every moment, and balances', async () => {
    const codes = [...new Set(journal.flatMap(({ lines }) => lines.map(({ account }) => account)))].sort()
    for (const asOf of [undefined, ...days]) {
      for (const knownAt of [undefined, journal[120]?.recordedAt, journal[580]?.recordedAt]) {
        const { rows, totals } = await readTrialBalance(ledger.database, book, { asOf, knownAt })
        const wanted = codes
          .map((account) => [account, ...sumsOf({ account }, asOf, knownAt)] as const)
          .filter(([, debit, credit]) => debit !== 0n || credit !== 0n)
        expect(rows.map(({ account, debitFen, creditFen }) => [account, debitFen, creditFen])).toEqual(wanted)
        for (const total of totals) {
          expect(total.debitFen).toBe(total.creditFen)
          expect(total.debitBalanceFen).toBe(total.creditBalanceFen)
        }
      }
    }
  })

  it('of a period is what stood before it, what moved in it, and what stands after', async () => {
    const [from, asOf] = [days[Math.floor(days.length / 3)], days[Math.floor((days.length * 2) / 3)]]
    assert(from !== undefined && asOf !== undefined, 'there are days')
    for (const knownAt of [undefined, journal[580]?.recordedAt]) {
      const { rows, totals } = await readTrialBalance(ledger.database, book, { from, asOf, knownAt })
      expect(rows.length).toBeGreaterThan(3)
      for (const { account, opening, turnover, debitFen, creditFen, side, balanceFen } of rows) {
        const [debit, credit] = sumsOf({ account }, addDays(from, -1), knownAt)
        expect([opening?.debitFen, opening?.creditFen], account).toEqual([debit, credit])
        expect([turnover?.debitFen, turnover?.creditFen]).toEqual([debitFen - debit, creditFen - credit])
        const net = (of: { side: string; balanceFen: bigint }) => (of.side === 'debit' ? of.balanceFen : -of.balanceFen)
        assert(opening && turnover, 'a period was asked for')
        expect(net(opening) + turnover.debitFen - turnover.creditFen).toBe(net({ side, balanceFen }))
      }
      for (const { opening, turnover } of totals) {
        expect(opening?.debitFen).toBe(opening?.creditFen)
        expect(turnover?.debitFen).toBe(turnover?.creditFen)
      }
    }
  })

  it('shows what was taken back by red figures since it stood at the opening', async () => {
    const own = await newBook(ledger, 'government', 'RED')
    await post(ledger, own, quota('5.00', '2026-03-05'))
    await reverseEntry(ledger, maker, entryId(own.bookId, 1), { on: day('2026-04-05'), reason: '误记' }, 'red')
    const { rows } = await readTrialBalance(ledger.database, own, { from: day('2026-04-01'), asOf: day('2026-04-30') })
    expect(rows.find(({ account }) => account === '1011')).toMatchObject({
      balanceFen: 0n,
      opening: { balanceFen: 500n },
      turnover: { debitFen: -500n, creditFen: 0n },
    })
  })
})

describe('a statement', () => {
  it.each([1, 3, 7, 1000])('of pages of %i lines runs on without a gap or a repeat', async (limit) => {
    const [from, to] = [day('2025-12-05'), day('2026-01-20')]
    for (const filter of [{ account: '161301' }, { account: '2302', project: 'P1' }, { account: '1', source: 'F51' }]) {
      const items: StatementItem[] = []
      let after
      let closing
      let opening
      do {
        const page: Awaited<ReturnType<typeof readStatement>> = await readStatement(ledger.database, book, {
          ...filter,
          from,
          to,
          limit,
          after,
        })
        items.push(...page.items)
        opening = page.opening
        closing = page.closing
        after = page.next
      } while (after)
      expect(signed(opening)).toBe(netOf(filter, addDays(from, -1)))
      expect(signed(closing)).toBe(netOf(filter, to))
      expect(items.map(({ sequence, line: at }) => `${sequence}.${at}`)).toEqual(linesBetween(filter, from, to))
      let running = signed(opening)
      for (const item of items) {
        running += item.debitFen - item.creditFen
        expect(signed(item)).toBe(running)
      }
      expect(running).toBe(signed(closing))
    }
  })

  it('keeps its place while entries are booked behind it', async () => {
    const own = await newBook(ledger)
    const send = (on: string, amount: string) =>
      postEntry(ledger, maker, own.code, quota(amount, on), `${on} ${amount}`)
    for (const on of ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04']) await send(on, '1.00')
    const query = { account: '1011', from: day('2026-03-01'), to: day('2026-03-31'), limit: 2 }
    const first = await readStatement(ledger.database, own, query)
    await send('2026-03-01', '5.00')
    await send('2026-03-04', '7.00')
    const second = await readStatement(ledger.database, own, { ...query, limit: 10, after: first.next })
    expect(first.items.map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(second.items.map(({ sequence }) => sequence)).toEqual([3, 4, 6])
    expect(second.items.at(-1)?.balanceFen).toBe(second.closing.balanceFen)
  })

  it('shows what was spent on the day it was spent, however late it was recorded', async () => {
    const own = await newBook(ledger)
    posted(await post(ledger, own, quota('10.00', '2026-01-01')))
    posted(await post(ledger, own, spend('2.00', '2026-01-20')))
    posted(await post(ledger, own, spend('3.00', '2026-01-10')))
    const { items } = await readStatement(ledger.database, own, {
      account: '1011',
      from: day('2026-01-01'),
      to: day('2026-01-31'),
      limit: 10,
    })
    expect(items.map(({ on, balanceFen }) => [on, balanceFen])).toEqual([
      ['2026-01-01', 1000n],
      ['2026-01-10', 700n],
      ['2026-01-20', 500n],
    ])
  })
})

const signed = ({ side, balanceFen }: { side: string; balanceFen: bigint }): bigint =>
  side === 'debit' ? balanceFen : -balanceFen

function netOf(filter: Filter, asOf: Day): bigint {
  const [debit, credit] = sumsOf(filter, asOf)
  return debit - credit
}

function linesBetween(filter: Filter, from: Day, to: Day): string[] {
  return journal
    .filter(({ on }) => on >= from && on <= to)
    .toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : a.sequence - b.sequence))
    .flatMap(({ sequence, lines }) => lines.flatMap((own, i) => (holds(own, filter) ? [`${sequence}.${i + 1}`] : [])))
}

describe('totals over accounts', () => {
  it('have no bound: a book of the largest amounts is read like another', async () => {
    const large = await newBook(ledger)
    const most = '999999999999999.99'
    const drafts = ['A', 'B', 'C'].flatMap((project) =>
      Array.from({ length: 39 }, (_, index) => ({
        key: `${project}${index}`,
        draft: draft('2026-03-05', [
          line('161301', 'debit', most, { project }),
          line('230201', 'credit', most, { project }),
        ]),
      })),
    )
    const answers = await postBatch(ledger, maker, large.code, drafts, false)
    for (const answer of answers) posted(answer)
    const sum = 117n * 99_999_999_999_999_999n
    const { rows, totals } = await readTrialBalance(ledger.database, large, {})
    expect(rows.map(({ balanceFen }) => balanceFen)).toEqual([sum, sum])
    expect(totals[0]?.debitFen).toBe(sum)
    expect((await readBalance(ledger.database, large, { account: '16' })).debitFen).toBe(sum)
    const range = { account: '16', from: day('2026-03-01'), to: day('2026-03-31'), limit: 100 }
    const first = await readStatement(ledger.database, large, range)
    const second = await readStatement(ledger.database, large, { ...range, after: first.next })
    expect([first.closing.debitFen, second.items.at(-1)?.balanceFen]).toEqual([sum, sum])
  })
})
