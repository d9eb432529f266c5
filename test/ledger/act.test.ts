/**
 * Actions that post: their own rows and their entries are one transaction, beside the group that posts everything else.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordChange } from '../../src/base/history.ts'
import type { Json } from '../../src/base/json.ts'
import { type Database, openDatabase } from '../../src/base/db.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { type Act, act, actOnce } from '../../src/ledger/act.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import { runChecks } from '../../src/ledger/checks.ts'
import type { EntryDraft } from '../../src/ledger/entry.ts'
import { readEntriesAfter, readEntry } from '../../src/ledger/journal.ts'
import { leafHash, leafText } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { newBook, newKey, post, posted, quota, refused, spend } from '../support/ledger.ts'

const test = useDatabase()
const others: Database[] = []
let ledger: Ledger
let second: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
  // Another process: nothing is shared but the database.
  others.push(openDatabase(test().url))
  second = openLedger(others[0] as Database)
})
afterAll(() => Promise.all(others.map((database) => database.close())))

const request = (key = newKey(), content: Json = {}) => ({ person: 'zhang', key, kind: 'test.act', content })
const approvals = [
  { person: 'li', decision: 'checked', at: '2026-03-01T09:00:00.000000+08:00', of: 'a'.repeat(64) },
  { person: 'wang', decision: 'approved for chen', at: '2026-03-01T10:00:00.000000+08:00', of: 'a'.repeat(64) },
]
let effects = 0
const effect = (book: Book, ...drafts: EntryDraft[]) => ({
  key: `effect:${++effects}`,
  maker: 'zhang',
  approvals,
  entries: drafts.map((draft) => ({ book: book.code, draft })),
})
const note = ({ tx, at }: Act, id: string) =>
  recordChange(tx, { noun: 'thing', id, version: 1, verb: 'made', person: 'zhang', at, body: {} })
const noted = async (id: string): Promise<number> =>
  (await ledger.database.sql`select 1 from change where noun = 'thing' and id = ${id}`).length
const balanceOf = async (book: Book, account: string): Promise<bigint> =>
  (await readBalance(ledger.database, book, { account })).balanceFen
const count = async (book: Book): Promise<number> => (await readEntriesAfter(ledger.database, book, 0, 500, {})).length

async function faults(): Promise<string[]> {
  const found: string[] = []
  for await (const { check, faults: of } of runChecks(ledger.database))
    found.push(...of.map((one) => `${check}: ${one}`))
  return found
}

describe('an act that posts', () => {
  it('keeps who made, checked and approved it in the entry, under its leaf hash', async () => {
    const book = await newBook(ledger)
    const done = await act(ledger, request(), async (running) => {
      const [entry] = await running.post(effect(book, quota('100.00')))
      return { sequence: entry?.sequence ?? 0, hash: entry?.hash.toString('hex') ?? '' }
    })
    const entry = await readEntry(ledger.database, book, 1)
    if (!entry || !('answer' in done)) throw new Error('posted')
    expect(entry).toMatchObject({ maker: 'zhang', approvals })
    expect(leafHash(leafText(entry)).toString('hex')).toBe(done.answer.hash)
    for (const other of [[], approvals.slice(1), approvals.map((one) => ({ ...one, person: 'zhang' }))]) {
      expect(leafHash(leafText({ ...entry, approvals: other })).toString('hex')).not.toBe(done.answer.hash)
    }
  })

  it('is seen by what the group posts next, and sees what the group posted', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('1.00')))
    await actOnce(ledger, (running) => running.post(effect(book, quota('99.00'))))
    posted(await post(ledger, book, spend('100.00')))
    expect(refused(await post(ledger, book, spend('0.01')))).toBe('balance_insufficient')
    await expect(actOnce(second, (running) => running.post(effect(book, spend('0.01'))))).rejects.toMatchObject({
      code: 'balance_insufficient',
    })
    expect(await balanceOf(book, '1011')).toBe(0n)
  })

  it('sees its own earlier entries, of the same book and of another', async () => {
    const [one, two] = [await newBook(ledger), await newBook(ledger)]
    await actOnce(ledger, async (running) => {
      await running.post(effect(one, quota('5.00')))
      const [first, next] = await running.post({
        ...effect(one, spend('5.00')),
        entries: [
          { book: one.code, draft: spend('5.00') },
          { book: two.code, draft: quota('5.00') },
        ],
      })
      expect(first?.transaction).toBeDefined()
      expect(next?.transaction).toBe(first?.transaction)
    })
    expect([await count(one), await count(two)]).toEqual([2, 1])
    expect([await balanceOf(one, '1011'), await balanceOf(two, '1011')]).toEqual([0n, 500n])
  })

  it('answers a key again with the same bytes, and posts nothing twice', async () => {
    const book = await newBook(ledger)
    const given = request()
    const work = async (running: Act): Promise<Json> => {
      const [entry] = await running.post(effect(book, quota('3.00')))
      return { at: running.today, entry: entry?.sequence ?? 0 }
    }
    const first = await act(ledger, given, work)
    const again = await act(second, given, work)
    expect(again).toEqual({ ...first, replayed: true })
    expect(await count(book)).toBe(1)
  })
})

describe('an act that is refused', () => {
  it('leaves neither its rows nor any of its entries, and keeps the refusal with its key', async () => {
    const [one, two] = [await newBook(ledger), await newBook(ledger)]
    const given = request()
    const work = async (running: Act): Promise<Json> => {
      await note(running, 'refused')
      await running.post(effect(one, quota('7.00')))
      await running.post({
        ...effect(one),
        entries: [
          { book: one.code, draft: spend('7.00') },
          { book: two.code, draft: spend('7.00') },
        ],
      })
      return null
    }
    const first = await act(ledger, given, work)
    expect(first).toMatchObject({ refusal: { code: 'balance_insufficient' }, replayed: false })
    expect([await noted('refused'), await count(one), await count(two)]).toEqual([0, 0, 0])
    posted(await post(ledger, two, quota('7.00')))
    expect(await act(ledger, given, work)).toEqual({ ...first, replayed: true })
    expect(await act(ledger, request(), work)).toMatchObject({ answer: null })
    expect([await noted('refused'), await count(one), await count(two)]).toEqual([1, 2, 2])
  })

  it('by what is wrong whatever the state stays free, and a book nobody has is not found', async () => {
    const book = await newBook(ledger)
    const given = request()
    const unbalanced = { ...quota('1.00'), lines: quota('1.00').lines.slice(0, 1) }
    const work =
      (draft: EntryDraft, code = book.code) =>
      async (running: Act): Promise<Json> => {
        await note(running, 'wrong')
        await running.post({ ...effect(book), entries: [{ book: code, draft }] })
        return null
      }
    await expect(act(ledger, given, work(unbalanced))).rejects.toMatchObject({ code: 'entry_too_short' })
    await expect(act(ledger, given, work(quota('1.00'), 'NOWHERE'))).rejects.toMatchObject({ code: 'book_not_found' })
    expect([await noted('wrong'), await count(book)]).toEqual([0, 0])
    expect(await act(ledger, given, work(quota('1.00')))).toMatchObject({ replayed: false })
  })

  it('may be answered otherwise by the room, and nothing of the posting stands', async () => {
    const book = await newBook(ledger)
    const { code } = await actOnce(ledger, async (running) => {
      await note(running, 'otherwise')
      try {
        await running.post(effect(book, spend('1.00')))
      } catch (error) {
        if (error instanceof Refusal) return { code: error.code }
        throw error
      }
      return { code: 'posted' }
    })
    expect([code, await noted('otherwise')]).toEqual(['balance_insufficient', 1])
    posted(await post(ledger, book, quota('1.00')))
    expect(await faults()).toEqual([])
  })

  it('where an effect was posted before, loudly: its own rows should have said so', async () => {
    const book = await newBook(ledger)
    const once = effect(book, quota('1.00'))
    await actOnce(ledger, (running) => running.post(once))
    await expect(
      actOnce(ledger, async (running) => {
        await note(running, 'again')
        return running.post(once)
      }),
    ).rejects.toThrow(/was posted before/)
    expect([await noted('again'), await count(book)]).toEqual([0, 1])
  })
})

describe('a crash', () => {
  it('between posting and COMMIT leaves nothing, and the same key does all of it once', async () => {
    const book = await newBook(ledger)
    const given = request()
    const work =
      (dies: boolean) =>
      async (running: Act): Promise<Json> => {
        await note(running, 'crashed')
        const [entry] = await running.post(effect(book, quota('9.00')))
        if (dies) {
          const [row] = await running.tx.query<{ pid: number }>('select pg_backend_pid() as pid')
          await asSuperuser(test(), (client) => client.query('select pg_terminate_backend($1)', [row?.pid]))
        }
        return entry?.sequence ?? 0
      }
    await expect(act(ledger, given, work(true))).rejects.toMatchObject({ name: 'Unavailable' })
    expect([await noted('crashed'), await count(book)]).toEqual([0, 0])
    expect(await act(ledger, given, work(false))).toEqual({ answer: 1, replayed: false })
    expect([await noted('crashed'), await count(book)]).toEqual([1, 1])
  })
})

describe('acts and the group', () => {
  it('post to one book from two processes at once: no gap, no lost fen, no entry twice', async () => {
    const [book, other] = [await newBook(ledger), await newBook(ledger)]
    const both = [ledger, second]
    const one = (index: number): Promise<unknown> => {
      const of = both[index % 2] as Ledger
      const draft = quota(`${index + 1}.00`, index % 3 === 0 ? '2026-03-05' : '2026-04-06')
      if (index % 4 < 2) return post(of, book, draft).then(posted)
      const given = effect(book, draft)
      // Some take a second book along, and name it first: heads are locked in order whatever is said.
      const entries = index % 8 === 7 ? [{ book: other.code, draft: quota('1.00') }, ...given.entries] : given.entries
      return act(of, request(), async (running) => {
        await note(running, `mixed-${index}`)
        return (await running.post({ ...given, entries })).length
      })
    }
    await Promise.all(Array.from({ length: 96 }, (_, index) => one(index)))
    const entries = await readEntriesAfter(ledger.database, book, 0, 500, {})
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 96 }, (_, index) => index + 1))
    expect(await balanceOf(book, '1011')).toBe(((96n * 97n) / 2n) * 100n)
    expect([await count(other), await balanceOf(other, '1011')]).toEqual([12, 1200n])
    // What both know of the book is the book: neither spends a fen more than there is.
    expect(refused(await post(second, book, spend('4656.01', '2026-04-07')))).toBe('balance_insufficient')
    posted(await post(ledger, book, spend('4656.00', '2026-04-07')))
    expect(refused(await post(second, book, spend('0.01', '2026-04-07')))).toBe('balance_insufficient')
    expect(await faults()).toEqual([])
  })

  it('spend what is there once: fifty acts and postings want the last hundred yuan', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00')))
    const tries = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const of = index % 2 === 0 ? ledger : second
        if (index % 3 === 0) return 'entries' in (await post(of, book, spend('7.00')))
        const done = await act(
          of,
          request(),
          async (running) => (await running.post(effect(book, spend('7.00')))).length,
        )
        return 'answer' in done
      }),
    )
    expect(tries.filter((spent) => spent)).toHaveLength(14)
    expect(await balanceOf(book, '1011')).toBe(200n)
    expect(await faults()).toEqual([])
  })
})
