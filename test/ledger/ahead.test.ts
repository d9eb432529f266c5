/**
 * Batches sent while the one before is still with the database: that they are, and that nothing wrong stands in the
 * books whatever becomes of the first. Batches here are of three hundred entries: enough to be worth sending ahead, too
 * many for two to go together.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import { addDays, day, monthOf, systemClock } from '../../src/base/calendar.ts'
import type { Pipeline } from '../../src/base/wire/pipeline.ts'
import { type Answer, postBatch } from '../../src/ledger/actions.ts'
import type { Book } from '../../src/ledger/book.ts'
import { runChecks } from '../../src/ledger/checks.ts'
import { PostingGroup } from '../../src/ledger/group.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { sendFromMemory, type Unit } from '../../src/ledger/post.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import { checker, maker, newBook, newKey, post, posted, quota, refused, spend } from '../support/ledger.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { until } from '../faults/own-server.ts'

const size = 300
const test = useDatabase()
/** Batches decided so far: each reads the clock once. */
let decided = 0
let ledger: Ledger
let book: Book

beforeEach(async () => {
  ledger = openLedger(test().database, () => {
    decided += 1
    return systemClock()
  })
  book = await newBook(ledger)
  posted(await post(ledger, book, quota('1000000.00', '2026-03-05')))
  posted(await post(ledger, book, spend('1.00')))
})

const entries = (given = spend('1.00'), keys = Array.from({ length: size }, newKey)) =>
  keys.map((key) => ({ key, draft: given }))

const send = (given = entries(), of = ledger): Promise<Answer[]> => postBatch(of, maker, book.code, given, false)

const sequences = (answers: readonly Answer[]): number[] => answers.map((answer) => posted(answer).sequence)

const from = (first: number, count = size): number[] => Array.from({ length: count }, (_, index) => first + index)

/** Runs `work` while another session holds the head of the book; what is sent meanwhile waits in the database. */
async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  return asSuperuser(test(), async (client) => {
    await client.query('begin')
    await client.query(`select from yiben.book_head where book_id = ${book.bookId} for update`)
    const result = await work()
    await client.query('commit')
    return result
  })
}

async function expectCleanBooks(): Promise<void> {
  for await (const result of runChecks(ledger.database)) expect(result).toMatchObject({ faults: [] })
}

describe('a batch sent ahead', () => {
  // A closed month sends the flight of the first group back, whose head stands otherwise than it thought. Meanwhile the
  // second has decided a replay. Over one memory the first then posted again upon that replay, and the totals had an
  // entry twice that stands once.
  it('is no business of another group of the same process', async () => {
    const other = { ...ledger, group: new PostingGroup(ledger.database, ledger.shelf, ledger.clock) }
    const key = newKey()
    const answered = posted(await post(other, book, quota('7.00'), key))
    for (let month = day('2020-01-31'); month < '2023-01-01'; month = addDays(month, 30)) {
      await closePeriod(ledger, checker, book.code, monthOf(month))
      const fresh = post(ledger, book, spend('1.00'))
      await new Promise(setImmediate)
      const replayed = post(other, book, quota('7.00'), key)
      posted(await fresh)
      expect(posted(await replayed).sequence).toBe(answered.sequence)
    }
    await expectCleanBooks()
  })

  it('is decided and on its way before the one before it has landed', async () => {
    const before = decided
    const ends = await whileHeld(async () => {
      const both = [send(), send()]
      await until(async () => decided === before + 2, 5_000, 'the second to be decided')
      return both
    })
    const [first, second] = await Promise.all(ends)
    expect(sequences(first ?? [])).toEqual(from(3))
    expect(sequences(second ?? [])).toEqual(from(3 + size))
    await expectCleanBooks()
  })

  it('waits for company where it is small', async () => {
    const before = decided
    const small = await whileHeld(async () => {
      const first = post(ledger, book, spend('1.00'))
      await until(async () => decided === before + 1, 5_000, 'the first to be decided')
      const more = Array.from({ length: 20 }, () => post(ledger, book, spend('1.00')))
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(decided).toBe(before + 1)
      return [first, ...more]
    })
    expect(sequences(await Promise.all(small))).toEqual(from(3, 21))
    expect(decided).toBe(before + 2)
  })

  it('does not land on another history of the same length', async () => {
    // Another process posts as many entries as the first batch has: the second finds the head at the very sequence it
    // hopes for.
    const other = openLedger(test().database)
    await send(entries(spend('2.00')), other)
    const [first, second] = await Promise.all([send(), send()])
    expect(sequences(first)).toEqual(from(3 + size))
    expect(sequences(second)).toEqual(from(3 + 2 * size))
    await expectCleanBooks()
  })

  it('is posted again after a batch that held an answered key, and memory is what the books are', async () => {
    const asked = entries()
    await send(asked)
    const again = [...asked.slice(0, 1), ...entries().slice(1)]
    const before = decided
    const [first, second] = await Promise.all([send(again), send()])
    expect(first[0]).toMatchObject({ replayed: true })
    expect(sequences(first.slice(1))).toEqual(from(3 + size, size - 1))
    expect(sequences(second)).toEqual(from(2 + 2 * size))
    // Twice in memory, twice by reading; and the next one finds all it needs in memory.
    expect(decided).toBe(before + 4)
    await expectCleanBooks()
    expect(sequences(await send())).toEqual(from(2 + 3 * size))
    expect(decided).toBe(before + 5)
    await expectCleanBooks()
  })

  it('sees what the one before it took, to the fen, and a refusal of it is pinned', async () => {
    const all = entries(spend('3000.00'))
    const rest = entries(spend('1500.00'))
    const [first, second] = await Promise.all([send(all), send(rest)])
    expect(first.every((answer) => 'entries' in answer)).toBe(true)
    // 1,000,000 less 1 less 900,000 leaves 99,999: 66 times 1,500, and then no more.
    expect(second.filter((answer) => 'entries' in answer)).toHaveLength(66)
    expect(new Set(second.slice(66).map(refused))).toEqual(new Set(['balance_insufficient']))
    expect(await send(rest)).toMatchObject(second.map((answer) => ({ ...answer, replayed: true })))
    await expectCleanBooks()
  })

  it('leaves no day behind that memory had let go of when it was taken back', async () => {
    const days = Array.from({ length: 100 }, (_, index) => addDays(day('2026-03-07'), index))
    const old = days.slice(0, 76)
    // The last one too, so that every month has been begun.
    for (const on of [...old, ...days.slice(99)]) posted(await post(ledger, book, spend('1.00', on)))
    // On sixty of the oldest days and on twenty new ones: memory keeps the latest forty only, and then it must all come
    // off again.
    const wide = [...old.slice(0, 60), ...days.slice(78, 98)].map((on) => ({ key: newKey(), draft: spend('1.00', on) }))
    const units: Unit[] = []
    const listening = { post: (unit: Unit) => Promise.resolve(void units.push(unit) as never) }
    await send(wide, { ...ledger, group: listening as unknown as PostingGroup }).catch(() => undefined)
    const overtaken = Object.assign(new Error('overtaken'), { code: '40001' })
    const pipeline = { send: () => Promise.reject(overtaken) } as unknown as Pipeline
    const flight = sendFromMemory(pipeline, ledger.group.memory, ledger.clock, units)
    expect(await flight?.landed).toBe(false)
    flight?.takeBack()
    const [state] = ledger.group.memory.take([book.bookId]) ?? []
    for (const { days: kept, daysFrom } of state?.accounts.values() ?? []) {
      expect([...kept.keys()].filter((on) => on < daysFrom)).toEqual([])
    }
    if (state) ledger.group.memory.keep(state)
    await send(wide)
    for (const on of [...days.slice(98), ...days.slice(0, 3)]) posted(await post(ledger, book, spend('1.00', on)))
    await expectCleanBooks()
  })

  it('does not take others along when the database refuses it outright', async () => {
    const guard = `create or replace function yiben.spoil() returns trigger language plpgsql as $$ begin
      if new.summary = '坏' then raise exception 'spoilt' using errcode = 'check_violation'; end if; return new; end $$`
    await asSuperuser(test(), async (client) => {
      await client.query(guard)
      await client.query(
        'create trigger spoil before insert on yiben.entry for each row execute function yiben.spoil()',
      )
    })
    const bad = { key: newKey(), draft: { ...spend('1.00'), summary: '坏' } }
    const ends = await Promise.allSettled([send([bad, ...entries()]), send()])
    await asSuperuser(test(), (client) => client.query('drop trigger spoil on yiben.entry'))
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(sequences(ends[1]?.status === 'fulfilled' ? ends[1].value : [])).toEqual(from(3))
    await expectCleanBooks()
  })
})
