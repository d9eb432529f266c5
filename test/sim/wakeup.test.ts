import { beforeAll, describe, expect, it } from 'vitest'
import { examine, type EntryDraft } from '../../src/ledger/entry.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { hashOfKey, hashOfRequest } from '../../src/ledger/post.ts'
import { useDatabase } from '../support/database.ts'
import { newBook, newKey, quota } from '../support/ledger.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

describe('the posting group', () => {
  // The writer sees an empty queue, and before it is noted as finished a request is queued that believes it is still
  // running.
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('answers a request that comes %i turns after an answer', async (turns) => {
    const book = await newBook(ledger)
    const postOnce = (given: EntryDraft) => {
      const key = newKey()
      const lines = examine(given, book.chart)
      return ledger.group.post({
        atomic: false,
        parts: [
          {
            scope: book.bookId,
            key,
            keyHash: hashOfKey('zhang', key),
            requestHash: hashOfRequest('entry', key),
            isTransaction: false,
            postings: [{ bookId: book.bookId, draft: given, maker: 'zhang', approvals: [], lines }],
          },
        ],
      })
    }
    await postOnce(quota('1.00'))
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    const second = await Promise.race([
      postOnce(quota('2.00')).then(() => 'answered'),
      new Promise<string>((resolve) => setTimeout(resolve, 2_000, 'not answered in 2 s')),
    ])
    expect(second).toBe('answered')
  })
})
