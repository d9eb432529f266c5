/**
 * Closing balances: what the database itself refuses, and that every one is the sum of the lines up to its day,
 * whatever came in which order.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { addDays, day, type Day, systemClock } from '../../src/base/calendar.ts'
import { openDatabase, sqlState } from '../../src/base/db.ts'
import { type Answer, postBatch, postEntry, reverseEntry } from '../../src/ledger/actions.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import type { EntryDraft } from '../../src/ledger/entry.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { type Random, random } from '../sim/random.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { draft, line, maker, newBook, newKey, post, posted, quota, refused, spend } from '../support/ledger.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

/** Account, day and what it turned over by then: `1011 2026-03-05 100.00/0.00`. */
async function closings({ bookId }: Book): Promise<string[]> {
  const rows = await test().database.sql<{ subject: string; on: string; debit: bigint; credit: bigint }[]>`
    select a.subject, c.booked_on as on, c.debit_fen as debit, c.credit_fen as credit from closing c join account a using (book_id, account)
    where book_id = ${bookId} order by account, booked_on`
  return rows.map(({ subject, on, debit, credit }) => `${subject} ${on} ${Number(debit) / 100}/${Number(credit) / 100}`)
}

describe('the database itself', () => {
  let book: Book
  beforeAll(async () => {
    book = await newBook(ledger)
    const planned = [line('800101', 'debit', '100.00'), line('6001', 'credit', '100.00')]
    const owed = [line('100201', 'debit', '100.00'), line('230701', 'credit', '100.00')]
    posted(await post(ledger, book, draft('2026-03-05', [...quota('100.00').lines, ...planned, ...owed])))
    posted(await post(ledger, book, spend('40.00', '2026-03-08')))
  })

  /** As the role that posts: the constraint that refused the statement, and takes back what none refused. */
  async function refusalOf(statement: string): Promise<string | undefined> {
    const client = await test().database.pool.connect()
    try {
      await client.query('begin')
      const { rowCount } = await client.query(statement, [book.bookId])
      expect(rowCount, statement).toBe(1)
      return undefined
    } catch (error) {
      if (sqlState(error) !== '23514') throw error
      return (error as { constraint?: string }).constraint
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  const accountOf = (subject: string) => `(select account from account where book_id = $1 and subject = '${subject}')`
  const change = (subject: string, on: string, set: string) =>
    `update closing set ${set} where book_id = $1 and account = ${accountOf(subject)} and booked_on = '${on}'`
  const add = (subject: string, totals: string) =>
    `insert into closing (book_id, account, booked_on, debit_fen, credit_fen, floor, first_sequence, last_sequence, least_sequence)
     select book_id, account, '2026-03-09', ${totals}, floor, first_sequence, last_sequence, least_sequence from closing
     where book_id = $1 and account = ${accountOf(subject)} and booked_on = '2026-03-05'`

  it.each([
    ['the last day of a debit account', change('1011', '2026-03-08', 'credit_fen = debit_fen + 1')],
    ['a day before the last', change('1011', '2026-03-05', 'debit_fen = -1')],
    ['a credit account', change('230701', '2026-03-05', 'debit_fen = credit_fen + 1')],
    ['a new day of a debit account', add('1011', '0, 1')],
    ['a new day of a credit account', add('230701', '1, 0')],
    ['a day written over', `${add('1011', '0, 1').replace('2026-03-09', '2026-03-08')} ${overwrite()}`],
  ])('refuses a guarded account below zero: %s', async (_, statement) => {
    expect(await refusalOf(statement)).toBe('closing_not_below_zero')
  })

  it.each([
    ['a guarded account at zero', change('1011', '2026-03-08', 'credit_fen = debit_fen')],
    ['a guarded credit account at zero', add('230701', '1, 1')],
    ['an account that is not guarded, on either side', change('161301', '2026-03-08', 'credit_fen = debit_fen + 1')],
    ['the same on the credit side', change('4001', '2026-03-05', 'debit_fen = credit_fen + 1')],
    ['a new day of one that is not guarded', add('4001', '1, 0')],
    ['totals as large as they may become', add('1011', '4000000000000000000, 0')],
  ])('takes %s', async (_, statement) => {
    expect(await refusalOf(statement)).toBeUndefined()
  })

  it('finds the last day with one probe an account, as part of the query that asks', async () => {
    const client = await test().database.pool.connect()
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (costs off) select a.subject, c.debit_fen from account a
       cross join lateral balance_on(a.book_id, a.account, '2026-03-06') c where a.book_id = 1`,
    )
    client.release()
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('Index Scan Backward using closing_pkey')
    expect(plan).toContain('booked_on <=')
    expect(plan).not.toContain('Function Scan')
  })
})

function overwrite(): string {
  return 'on conflict (book_id, account, booked_on) do update set debit_fen = excluded.debit_fen, credit_fen = excluded.credit_fen'
}

describe('an entry of an earlier day', () => {
  it('moves every later day, and makes a day of its own', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2026-01-10')))
    posted(await post(ledger, book, quota('20.00', '2026-03-05')))
    posted(await post(ledger, book, spend('40.00', '2026-04-01')))
    posted(await post(ledger, book, quota('5.00', '2026-02-03')))
    expect(await closings(book)).toEqual([
      '1011 2026-01-10 100/0',
      '1011 2026-02-03 105/0',
      '1011 2026-03-05 125/0',
      '1011 2026-04-01 125/40',
      '4001 2026-01-10 0/100',
      '4001 2026-02-03 0/105',
      '4001 2026-03-05 0/125',
      '161301 2026-04-01 40/0',
    ])
    // Before the first day of all, and one that knows nothing yet.
    const other = openLedger(test().database)
    posted(await post(other, book, quota('1.00', '2025-12-31')))
    expect((await closings(book)).filter((row) => row.startsWith('1011'))).toEqual([
      '1011 2025-12-31 1/0',
      '1011 2026-01-10 101/0',
      '1011 2026-02-03 106/0',
      '1011 2026-03-05 126/0',
      '1011 2026-04-01 126/40',
    ])
    const asOf = async (on: string) =>
      (await readBalance(ledger.database, book, { account: '1011', asOf: day(on) })).balanceFen
    expect(await Promise.all(['2025-12-30', '2026-01-09', '2026-02-28', '2199-12-31'].map(asOf))).toEqual([
      0n,
      100n,
      10_600n,
      8_600n,
    ])
  })

  it('is refused, by its name, for the later day it would leave below zero', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2026-01-10')))
    posted(await post(ledger, book, spend('90.00', '2026-02-20')))
    posted(await post(ledger, book, quota('500.00', '2026-03-01')))
    const before = await closings(book)
    for (const by of [ledger, openLedger(test().database)]) {
      const answer = await post(by, book, spend('10.01', '2026-01-15'))
      expect(refused(answer)).toBe('balance_insufficient')
      expect('refusal' in answer && answer.refusal.detail.en).toContain('2026-02-20')
    }
    expect(await closings(book)).toEqual(before)
    posted(await post(ledger, book, spend('10.00', '2026-01-15')))
  })

  it('does not write a day that a refused entry would have moved', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2026-01-10')))
    posted(await post(ledger, book, quota('100.00', '2026-04-10')))
    // The first of two that stand or fall together moves March, and is taken back with the second.
    const both = [quota('1.00', '2026-03-03'), spend('9999.00', '2026-03-04')]
    const answers = await postBatch(
      ledger,
      maker,
      book.code,
      both.map((given) => ({ key: newKey(), draft: given })),
      true,
    )
    expect(answers.map(refused)).toEqual(['batch_not_posted', 'balance_insufficient'])
    posted(await post(ledger, book, quota('1.00', '2026-02-02')))
    expect((await closings(book)).filter((row) => row.startsWith('1011'))).toEqual([
      '1011 2026-01-10 100/0',
      '1011 2026-02-02 101/0',
      '1011 2026-04-10 201/0',
    ])
  })

  it('keeps a day that came to nothing but has lines', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2026-01-10')))
    const wrong = posted(await post(ledger, book, quota('7.00', '2026-03-03')))
    const red = { on: day('2026-03-03'), reason: '记错' }
    posted(await reverseEntry(ledger, maker, entryId(book.bookId, wrong.sequence), red, newKey()))
    posted(await post(ledger, book, quota('1.00', '2026-04-10')))
    for (const [by, on] of [
      [ledger, '2026-02-02'],
      [openLedger(test().database), '2026-02-01'],
    ] as const)
      posted(await post(by, book, quota('1.00', on)))
    expect((await closings(book)).filter((row) => row.startsWith('1011'))).toEqual([
      '1011 2026-01-10 100/0',
      '1011 2026-02-01 101/0',
      '1011 2026-02-02 102/0',
      '1011 2026-03-03 102/0',
      '1011 2026-04-10 103/0',
    ])
  })
})

describe('closings after a storm', () => {
  const firstDay = day('2026-01-20')
  const moves = [
    ['1011', '4001'],
    ['161301', '1011'],
    ['100201', '230701'],
    ['230701', '100201'],
    ['161301', '230201'],
  ] as const
  const randomDraft = (from: Random): EntryDraft => {
    const [debit, credit] = from.pick(moves)
    const amount = `${from.below(90) + 1}.${from.below(90) + 10}`
    const more = { project: `P${from.below(2)}` }
    const on = addDays(firstDay, from.below(75))
    return draft(on, [line(debit, 'debit', amount, more), line(credit, 'credit', amount, more)], {
      type: from.chance(0.1) ? 'red' : 'general',
    })
  }

  type Moved = { account: number; on: Day; debit: bigint; credit: bigint; sequence: bigint }
  const movesOf = ({ bookId }: Book) => test().database.sql<Moved[]>`
    select account, booked_on as on, coalesce(debit_fen, 0) as debit, coalesce(credit_fen, 0) as credit, sequence from line
    where book_id = ${bookId} order by sequence, line`
  const totalOf = (lines: readonly Moved[]): string => {
    const sum = (side: 'debit' | 'credit') => lines.reduce((fen, line) => fen + line[side], 0n)
    return `${sum('debit')}/${sum('credit')}`
  }

  /** Added up here, line by line. */
  async function summed(book: Book): Promise<Map<string, string>> {
    const lines = await movesOf(book)
    const wanted = new Map<string, string>()
    for (const { account, on } of lines) {
      const upTo = lines.filter((other) => other.account === account && other.on <= on)
      const first = upTo.find((other) => other.on === on)?.sequence
      const least = lines.find((other) => other.account === account && other.on >= on)?.sequence
      wanted.set(
        `${account} ${on}`,
        `${totalOf(upTo)} from ${first} to ${upTo.at(-1)?.sequence}, none after from ${least}`,
      )
    }
    return wanted
  }

  /** What the function gives for some days and sequences that is not the sum of the lines. */
  async function wronglyKnown(book: Book, from: Random): Promise<string[]> {
    const lines = await movesOf(book)
    const wrong: string[] = []
    for (let n = 0; n < 40; n++) {
      const { account } = from.pick(lines)
      const [on, sequence] = [
        addDays(firstDay, from.below(80) - 2),
        BigInt(from.below(Number(lines.at(-1)?.sequence) + 2)),
      ]
      const near = lines.find((line) => line.sequence === sequence)?.on ?? null
      const known = lines.filter((line) => line.account === account && line.on <= on && line.sequence <= sequence)
      const found = await test().database.sql<{ debit: bigint; credit: bigint; way: string }[]>`
        select debit_fen as debit, credit_fen as credit, 'searched' as way
        from known_balance_on(${book.bookId}, ${account}, ${on}::date, ${sequence})
        union all
        select debit_fen, credit_fen, 'near ' || n from (values (${near}::date), (${addDays(firstDay, from.below(80) - 2)}::date)) d(n)
        cross join lateral known_balance_near(${book.bookId}, ${account}, ${on}::date, ${sequence}, n)
        where ${near}::date is not null`
      for (const { debit, credit, way } of found) {
        if (`${debit}/${credit}` !== totalOf(known)) wrong.push(`${account} on ${on} at ${sequence}, ${way}`)
      }
    }
    return wrong
  }

  /**
   * Instants at which, and just before and after which, an entry was recorded, that the function does not give the last
   * sequence of.
   */
  async function wronglyPlaced({ bookId }: Book): Promise<readonly unknown[]> {
    return test().database.sql`
      select at from entry e cross join lateral (
        select e.recorded_at + us * interval '1 microsecond' as at from (values (-1), (0), (1)) d(us)
      ) i
      where e.book_id = ${bookId} and (entry_at(${bookId}, at)).sequence is distinct from
        (select coalesce(max(o.sequence), 0) from entry o where o.book_id = ${bookId} and o.recorded_at <= i.at)`
  }

  it('are found at instants that lie close together and far apart', async () => {
    let now = systemClock()
    const own = openLedger(test().database, () => now)
    const book = await newBook(own)
    expect(await test().database.sql`select * from entry_at(${book.bookId}, now())`).toEqual([
      { sequence: 0n, booked_on: null },
    ])
    posted(await post(own, book, quota('1000.00', '2026-03-05')))
    // Clumps of instants a microsecond apart, a second, a day, a year and a century apart.
    for (const apart of [1, 86_400, 31_536_000, 3_153_600_000, 1, 1]) {
      now += BigInt(apart) * 1_000_000n
      for (let n = 0; n < 31; n++) posted(await post(own, book, spend('1.00')))
      expect(await wronglyPlaced(book)).toEqual([])
    }
  })

  async function kept({ bookId }: Book): Promise<Map<string, string>> {
    const rows = await test().database.sql<
      { account: number; on: Day; debit: bigint; credit: bigint; first: bigint; last: bigint; least: bigint }[]
    >`
      select account, booked_on as on, debit_fen as debit, credit_fen as credit, first_sequence as first, last_sequence as last,
        least_sequence as least
      from closing where book_id = ${bookId}`
    return new Map(
      rows.map(({ account, on, debit, credit, first, last, least }) => [
        `${account} ${on}`,
        `${debit}/${credit} from ${first} to ${last}, none after from ${least}`,
      ]),
    )
  }

  const sorted = (map: ReadonlyMap<string, string>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))

  it.each([1, 2, 3])('are the sums of the lines up to their days, seed %i', { timeout: 120_000 }, async (seed) => {
    const from = random(seed)
    const second = openDatabase(test().url)
    try {
      const ledgers = [ledger, openLedger(second)]
      const book = await newBook(ledger)
      const seen = { posted: 0, refused: 0, behind: 0, over: 0 }
      const latest = new Map<string, Day>()
      const note = ({ on, lines }: EntryDraft, answer: Answer | undefined): void => {
        if (!answer || 'refusal' in answer) {
          seen.refused += 1
          return
        }
        seen.posted += 1
        for (const { account, project } of lines) {
          const last = latest.get(`${account} ${project}`)
          if (last !== undefined && on < last) seen.behind += 1
          if (last !== undefined && on.slice(0, 7) < last.slice(0, 7)) seen.over += 1
          if (last === undefined || on > last) latest.set(`${account} ${project}`, on)
        }
      }
      for (let burst = 0; burst < 12; burst++) {
        for (let n = 0; n < 12; n++) {
          const by = from.pick(ledgers)
          if (from.chance(0.5)) {
            const drafts = Array.from({ length: from.below(6) + 1 }, () => randomDraft(from))
            const keyed = drafts.map((given) => ({ key: newKey(), draft: given }))
            const answers = await postBatch(by, maker, book.code, keyed, from.chance(0.5))
            drafts.forEach((given, i) => note(given, answers[i]))
          } else if (from.chance(0.7) || seen.posted === 0) {
            const given = randomDraft(from)
            note(given, await postEntry(by, maker, book.code, given, newKey()))
          } else {
            const entry = entryId(book.bookId, from.below(seen.posted) + 1)
            const on = addDays(firstDay, 40 + from.below(40))
            await reverseEntry(by, maker, entry, { on, reason: '冲' }, newKey()).catch(() => undefined)
          }
          if (from.chance(0.1)) by.group.memory.forget([book.bookId])
        }
        expect(sorted(await kept(book))).toEqual(sorted(await summed(book)))
        expect(await wronglyKnown(book, from)).toEqual([])
        expect(await wronglyPlaced(book)).toEqual([])
      }
      expect(seen.posted, 'the storm posts').toBeGreaterThan(100)
      expect(seen.refused, 'the storm is refused').toBeGreaterThan(30)
      expect(seen.behind, 'lines come behind later days').toBeGreaterThan(100)
      expect(seen.over, 'and behind later months').toBeGreaterThan(50)
    } finally {
      await second.close()
    }
  })

  it('are what the migration makes of the lines', async () => {
    await asSuperuser(test(), async (client) => {
      const all = 'select * from closing order by book_id, account, booked_on'
      const before = await client.query(all)
      expect(before.rowCount).toBeGreaterThan(200)
      await client.query(`begin; set local role yiben_owner;
        create table day_total ();
        create table month_total ();
        drop table closing; drop function balance_on; drop function known_balance_on`)
      await client.query(readFileSync('migrations/0015_closing_balances.sql', 'utf8'))
      expect((await client.query(all)).rows).toEqual(before.rows)
      await client.query('rollback')
    })
  })
})
