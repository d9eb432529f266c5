/**
 * What may be taken back, by whom, and with what: an entry alone, a transaction whole, and never what stands for
 * something larger.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { createBook, postTransaction, reverseEntry, reverseTransaction } from '../../src/ledger/actions.ts'
import { dryRunReversal } from '../../src/ledger/dry-run.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { isOwned, isTakenBackByApproval } from '../../src/ledger/effects.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import type { Approval } from '../../src/ledger/entry.ts'
import { readEntriesAfter } from '../../src/ledger/journal.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import type { PostedEntry } from '../../src/ledger/post.ts'
import { hashOfRequest } from '../../src/ledger/post.ts'
import { useDatabase } from '../support/database.ts'
import { asAction, carry, draft, line, maker, newBook, newKey, post, posted, quota } from '../support/ledger.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

const red = { on: day('2026-04-01'), reason: '冲销' }
const idOf = ({ bookId, sequence }: PostedEntry): string => entryId(bookId, sequence)
const reversed = (entry: PostedEntry) => reverseEntry(ledger, maker, idOf(entry), red, newKey())
const tried = async (entry: PostedEntry) => (await dryRunReversal(ledger, maker, idOf(entry), red)).refusals[0]?.code

async function pair(): Promise<{ readonly books: readonly Book[]; readonly id: string; readonly key: string }> {
  const books = [await newBook(ledger), await newBook(ledger)]
  const key = newKey()
  const entries = books.map(({ code }) => ({ book: code, draft: quota('100.00') }))
  const answer = await postTransaction(ledger, maker, entries, key)
  return { books, key, id: 'transaction' in answer ? (answer.transaction ?? '') : '' }
}

describe('a transaction', () => {
  it('is taken back whole: every entry of it, in every book, once', async () => {
    const { books, id } = await pair()
    const key = newKey()
    const answer = await reverseTransaction(ledger, maker, id, red, key)
    expect('entries' in answer && answer.entries.map(({ book, reverses }) => [book, reverses])).toEqual(
      books.map(({ code }) => [code, 1]),
    )
    for (const book of books) {
      expect(await readBalance(ledger.database, book, { account: '1011' })).toMatchObject({ balanceFen: 0n })
    }
    expect(await reverseTransaction(ledger, maker, id, red, key)).toMatchObject({ replayed: true })
    const again = await reverseTransaction(ledger, maker, id, red, newKey())
    expect('refusal' in again && again.refusal.code).toBe('entry_already_reversed')
  })

  it('has no entry that is taken back alone, tried or done', async () => {
    const { books } = await pair()
    const [entry] = await readEntriesAfter(ledger.database, books[0] as Book, 0, 1, {})
    await expect(reversed(entry as PostedEntry)).rejects.toMatchObject({ code: 'entry_of_transaction' })
    expect(await tried(entry as PostedEntry)).toBe('entry_of_transaction')
  })

  it('is taken back by those who see all its books', async () => {
    const given = { code: 'AWAY', name: '外区', district: '110105', standard: 'government' } as const
    const books = [await newBook(ledger), await createBook(ledger, maker, given)]
    const entries = books.map(({ code }) => ({ book: code, draft: quota('100.00') }))
    const answer = await postTransaction(ledger, maker, entries, newKey())
    const id = 'transaction' in answer ? (answer.transaction ?? '') : ''
    const local = { ...maker, district: '110105' }
    const code = 'transaction_not_found'
    await expect(reverseTransaction(ledger, local, id, red, newKey())).rejects.toMatchObject({ code })
    const unknown = '00000000-0000-4000-8000-000000000000'
    await expect(reverseTransaction(ledger, maker, unknown, red, newKey())).rejects.toMatchObject({ code })
  })

  it('is asked to be taken back under a hash of its number, the day and the reason', () => {
    const unknown = '00000000-0000-4000-8000-000000000000'
    expect(hashOfRequest('transaction_reversal', unknown, red.on, red.reason)).toBe('81a6a48403af3bdf1a58a7e884855d1e')
  })
})

describe('an entry', () => {
  it('of a carry-over is not reversed by itself', async () => {
    const book = await newBook(ledger)
    const parallel = [line('800101', 'debit', '100.00'), line('6001', 'credit', '100.00')]
    posted(await post(ledger, book, draft('2025-03-05', [...quota('100.00').lines, ...parallel])))
    const { entries } = await carry(ledger, book, 2025)
    for (const entry of entries) {
      await expect(reversed(entry)).rejects.toMatchObject({ code: 'entry_kept_by_year_end' })
      expect(await tried(entry)).toBe('entry_kept_by_year_end')
    }
  })

  it('that others approved is reversed by approval', async () => {
    const book = await newBook(ledger)
    const approvals: Approval[] = [{ person: 'wang', decision: 'approved', at: '2026-03-05', of: 'ab'.repeat(32) }]
    const [entry] = await actOnce(ledger, (act) =>
      act.post({ key: newKey(), maker: 'zhang', approvals, entries: [{ book: book.code, draft: quota('1.00') }] }),
    )
    await expect(reversed(entry as PostedEntry)).rejects.toMatchObject({ code: 'entry_kept_by_approval' })
    expect(await tried(entry as PostedEntry)).toBe('entry_kept_by_approval')
  })

  it('of every action there is names who undoes it', () => {
    const golden = readFileSync(new URL('../http/effect-keys.txt', import.meta.url), 'utf8')
    const kinds = new Set(golden.split('\n').flatMap((line) => /^([a-z_-]+):/.exec(line)?.[1] ?? []))
    // What tests put into their worlds, and what a year-end posts, which is refused by its type.
    for (const other of ['funds', 'plan', 'spent', 'year_end']) expect(kinds.delete(other), other).toBe(true)
    expect(kinds.size).toBeGreaterThan(12)
    expect([...kinds].filter((kind) => !isOwned(`${kind}:1`) && !isTakenBackByApproval(`${kind}:1`))).toEqual([])
    expect(isOwned('nobody:1')).toBe(false)
  })

  it('that an action posted is undone by the action', async () => {
    const book = await newBook(ledger)
    const plain = await asAction(ledger, book, quota('1.00'))
    await expect(reversed(plain)).rejects.toMatchObject({ code: 'entry_kept_by_action' })
    expect(await tried(plain)).toBe('entry_kept_by_action')
    const of = { indicator: 'Z-1' }
    const lines = [line('910102', 'debit', '1.00', of), line('9901', 'credit', '1.00', of)]
    const kept = await asAction(ledger, book, draft('2026-03-05', lines))
    await expect(reversed(kept)).rejects.toMatchObject({ code: 'account_kept_by_action' })
    expect(await tried(kept)).toBe('account_kept_by_action')
  })
})
